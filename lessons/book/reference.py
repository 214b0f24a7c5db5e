"""The reference: a page for each package, a section for each of its modules.

Sphinx reads the docstrings. A file of the library holds one idea, with its mathematics
on top, so the modules of a package read one after another.
"""

from __future__ import annotations

from pathlib import Path

from book.links import ROOT, label_of, module_of
from book.source import FOLDER, file_of

PACKAGE = ROOT / "gan_numpy"
INTRODUCTION = """\
The library
===========

Every module with its public functions and classes, from their docstrings, and a
link to its code. Where to begin is on :doc:`the map of the code </map>`.

.. toctree::
   :maxdepth: 1

"""


def packages() -> dict[str, list[str]]:
    """The public modules of each package, by its name."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("__init__.py")):
        name = str(module_of(path))
        modules = [module_of(p) for p in sorted(path.parent.glob("*.py")) if p != path]
        public = [
            str(m) for m in modules if not str(m).rsplit(".", 1)[1].startswith("_")
        ]
        found[name] = public
    return found


def section(module: str, title: str, mark: str, options: str) -> str:
    """A module's section."""
    file = file_of(module).relative_to(ROOT).as_posix()
    return (
        f".. _{label_of(module)}:\n\n{title}\n{mark * len(title)}\n\n"
        f".. container:: source\n\n   `{file} <../{FOLDER}/{module}.html>`__\n\n"
        f".. automodule:: {module}\n{options}\n"
    )


def write_reference(folder: Path) -> None:
    """Write a page for each package."""
    place = folder / "reference"
    place.mkdir(exist_ok=True)
    found = packages()
    members = "   :members:\n   :ignore-module-all:\n   :member-order: bysource\n"
    for package, modules in found.items():
        parts = [section(package, package, "=", "   :no-members:\n")]
        for module in modules:
            name = module.removeprefix(f"{package}.")
            parts.append(section(module, name, "-", members))
        (place / f"{package}.rst").write_text("\n".join(parts), "utf-8")
    listed = "".join(f"   {package}\n" for package in found)
    (place / "index.rst").write_text(INTRODUCTION + listed, "utf-8")
