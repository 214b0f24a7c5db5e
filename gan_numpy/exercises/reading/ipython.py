r"""IPython's syntax: cells become Python by IPython's own input transformer.

A cell that is plain Python stays as it is, and IPython is not needed. Else
``%matplotlib inline`` becomes ``get_ipython().run_line_magic(...)``, ``files = !ls``
becomes ``get_ipython().getoutput(...)``; these calls do nothing here (`Shell`). Every
line keeps its number.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
import types
from collections.abc import Callable
from functools import cache
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.reading.text import unix_lines

Transform = Callable[[str], str]
TRANSFORMER = "IPython.core.inputtransformer2"
LOOKS_SO = re.compile(r"^\s*(?:[%!?]|\w+\s*=\s*[%!])|\?\s*$", re.MULTILINE)
RUN_HERE = ("time", "capture", "prun")  # cell magics that run the cell where it is
NEEDED = (
    "a cell uses IPython's syntax (%, ! or ?), and IPython, which reads it, is not"
    " installed: pip install ipython"
)


def is_installed() -> bool:
    """Whether there is an IPython to read cells with."""
    return importlib.util.find_spec("IPython") is not None


@cache
def transformer() -> Transform | None:
    """IPython's ``transform_cell``, with as many lines as before; None without it."""
    module = _transformers()
    if module is None:
        return None

    class KeepsLines(module.TransformerManager):  # type: ignore[name-defined]
        """Puts empty lines where several lines have become one."""

        def do_one_token_transform(self, lines: list[str]) -> tuple[bool, list[str]]:
            changed, new = super().do_one_token_transform(lines)
            lost = len(lines) - len(new)
            if lost > 0:
                pairs = zip(lines, new, strict=False)
                same = next((k for k, (a, b) in enumerate(pairs) if a != b), len(new))
                new = [*new[: same + 1], *["\n"] * lost, *new[same + 1 :]]
            return changed, new

    def transform(source: str) -> str:
        blank = re.match(r"(?:[^\S\n]*\n)*", source)
        head = blank.group() if blank is not None else ""
        return head + str(KeepsLines().transform_cell(source[len(head) :]))

    return transform


def _transformers() -> types.ModuleType | None:
    """The module of IPython that holds them.

    IPython itself imports a whole shell (0.6 s), which only a kernel needs: so the
    module is imported without it, unless IPython is there already.
    """
    found = None if "IPython" in sys.modules else importlib.util.find_spec("IPython")
    if found is None or found.submodule_search_locations is None:
        try:
            return importlib.import_module(TRANSFORMER)
        except ImportError:
            return None
    package = types.ModuleType("IPython")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["IPython"] = package
    try:
        return importlib.import_module(TRANSFORMER)
    except Exception:  # a release that needs more of itself
        _forget()
        return importlib.import_module(TRANSFORMER)
    finally:
        if sys.modules.get("IPython") is package:
            _forget()


def _forget() -> None:
    """Who imports IPython later gets all of it."""
    for name in [m for m in sys.modules if m.partition(".")[0] == "IPython"]:
        del sys.modules[name]


def as_python(source: str) -> str:
    """A cell as Python, with as many lines; as it is, if it is Python already.

    Raises
    ------
    UserError
        If it looks like IPython's syntax, and IPython is not installed.
    """
    source = unix_lines(source)
    changed = source if is_python(source) else _transformed(source)
    body = _body_of_magic(changed)
    if body is None:
        return changed
    above = source[: len(source) - len(source.lstrip())].count("\n") + 1
    return "\n" * above + as_python(body)


def _transformed(source: str) -> str:
    transform = transformer()
    if transform is None:
        if LOOKS_SO.search(source):
            raise UserError(NEEDED)
        return source
    try:
        return transform(source)
    except (SyntaxError, RuntimeError, ValueError, RecursionError):
        return source  # what Python says of it will be shown


def is_python(source: str) -> bool:
    """Whether Python understands it."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _body_of_magic(source: str) -> str | None:
    """The cell below ``%%time``, which runs as if the magic were not there."""
    if "run_cell_magic" not in source:
        return None
    try:
        (statement,) = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    match statement:
        case ast.Expr(
            ast.Call(
                ast.Attribute(attr="run_cell_magic"),
                [ast.Constant(name), ast.Constant(), ast.Constant(body)],
            )
        ) if name in RUN_HERE and isinstance(body, str):
            return body
    return None


class Shell:
    """Stands for IPython's shell: nothing is run, and commands print nothing."""

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """Of ``files = !ls``: no lines."""
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def get_ipython() -> Shell:
    """What is called where a cell has a magic."""
    return Shell()
