"""Builds a site on which the lessons run in the reader's browser, without a server.

    pip install -r lessons/lite/requirements.txt
    python lessons/lite/build.py --out DIR

The site holds the students' notebooks, the pages beside them, and wheels: the package,
and what it requires that Pyodide does not bring. Any web server for files serves it.
Pyodide itself comes from its own place when a notebook is opened. ``--pyodide FILE``
puts a distribution of it (a tar archive) into the site, which then needs no network.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

LITE = Path(__file__).resolve().parent
LESSONS = LITE.parent
# Pure Python, and not among the packages of Pyodide: ours needs lark, its kernel comm.
BESIDE = ("lark", "comm")


def run(command: list[str | Path], what: str, folder: Path) -> None:
    """Run a command quietly.

    Raises
    ------
    SystemExit
        If it fails: its last lines.
    """
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,  # what builds leaves its notes there
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise SystemExit(f"lite: error: {what} failed\n{tail}")


def make_wheels(folder: Path) -> list[Path]:
    """The package's wheel, from this checkout, and those beside it."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    into = ["--quiet", "--no-deps", "--wheel-dir", folder]
    run([*pip, "wheel", *into, LESSONS.parent], "the package's wheel", folder)
    for name in BESIDE:
        run([*pip, "wheel", *into, name], f"the wheel of {name}", folder)
    return sorted(folder.glob("*-none-any.whl"))


def copy_contents(folder: Path) -> None:
    """The notebooks, and the pages beside them."""
    for pattern in ("*.ipynb", "*.md"):
        for path in sorted(LESSONS.glob(pattern)):
            shutil.copy(path, folder)


def build(out: Path, pyodide: str = "") -> None:
    """Build the site.

    Parameters
    ----------
    out : Path
        A folder; what it holds of an earlier site is replaced.
    pyodide : str
        Path or address of a distribution of Pyodide; by default none.
    """
    if find_spec("jupyterlite_core") is None:
        raise SystemExit(
            "lite: error: JupyterLite is not installed: "
            "pip install -r lessons/lite/requirements.txt"
        )
    with tempfile.TemporaryDirectory() as work:
        wheels, contents = Path(work, "wheels"), Path(work, "contents")
        lite = Path(work, "lite")
        for folder in (wheels, contents, lite):
            folder.mkdir()
        shutil.copy(LITE / "jupyter-lite.json", lite)
        copy_contents(contents)
        command = [sys.executable, "-m", "jupyterlite_core", "build"]
        command += ["--lite-dir", lite, "--contents", contents]
        command += ["--output-dir", out.resolve(), "--no-sourcemaps"]
        for wheel in make_wheels(wheels):
            command += ["--piplite-wheels", wheel]
        if pyodide:
            place = Path(pyodide)
            command += ["--pyodide", place.resolve() if place.exists() else pyodide]
        run(command, "jupyter lite build", lite)


def main(arguments: list[str]) -> None:
    """What the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--pyodide", default="", metavar="FILE")
    chosen = parser.parse_args(arguments)
    build(chosen.out, chosen.pyodide)
    print(chosen.out / "index.html")


if __name__ == "__main__":
    main(sys.argv[1:])
