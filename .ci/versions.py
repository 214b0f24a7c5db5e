"""The wheel on several Pythons: installed, trained, asked, tested; a table of it.

    python .ci/versions.py python3.10 python3.13 ...

Each interpreter, a name or a path, gets an environment of its own, outside of the
checkout: the wheel and what it requires, then pytest and mypy. A column says ``ok``, or
how it failed; the exit code is 1 if anything did.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SLICE = (
    "tests/kernels/test_kernels_affine.py",
    "tests/layers/test_dense.py",
    "tests/test_optim.py",
    "tests/gradcheck/test_numeric.py",
    "tests/exercises/test_running.py",
    "tests/exercises/test_inprocess.py",
)
SOLUTION = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
PACKAGES = ("numpy", "numba", "scipy", "scikit-learn", "matplotlib")
COLUMNS = ("Python", *PACKAGES, "install", "train", "check", "tests", "mypy")
SECONDS = 1200


def outcome(command: list[str], folder: Path, wanted: str = "") -> tuple[str, str]:
    """``ok`` or what went wrong, and the output."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__, str(error)
    if done.returncode:
        return f"exit {done.returncode}", done.stdout
    return ("ok" if wanted in done.stdout else f"no {wanted!r}"), done.stdout


def row(interpreter: str, wheel: Path, work: Path) -> list[str]:
    """What one Python does with the wheel; stops where nothing further can work.

    The tests lie beside the wheel, as they were when it was built.
    """
    work.mkdir()
    made, said = outcome([interpreter, "-m", "venv", str(work / "venv")], work)
    if made != "ok":
        print(said, file=sys.stderr)
        return [interpreter, *[""] * len(PACKAGES), made]
    scripts = work / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python, command = str(scripts / "python"), str(scripts / "gan-numpy")
    _, version = outcome([python, "--version"], work)
    pip = [python, "-m", "pip", "install", "--quiet"]
    installed, said = outcome([*pip, str(wheel)], work)
    cells = [version.split()[-1]]
    if installed != "ok":
        print(said, file=sys.stderr)
        return [*cells, *[""] * len(PACKAGES), installed]
    _, frozen = outcome([python, "-m", "pip", "list", "--format=freeze"], work)
    versions = dict(line.split("==") for line in frozen.split() if "==" in line)
    cells += [versions.get(name, "") for name in PACKAGES] + [installed]
    (work / "solution.py").write_text(SOLUTION, "utf-8")
    shutil.copytree(wheel.parent / "tests", work / "tests")
    shutil.copy(wheel.parent / "setup.cfg", work)
    more, said = outcome([*pip, "pytest", "mypy"], work)
    consumer = work / "tests" / "release" / "consumer.py"
    steps = (
        ([command, "train", "--epochs", "2", "--quiet"], "trained generator"),
        ([command, "check", "solution.py"], "1 right"),
        ([python, "-m", "pytest", "-q", *SLICE], " passed"),
        ([python, "-m", "mypy", "--strict", str(consumer)], "no issues found"),
    )
    for words, wanted in steps:
        result, said = outcome(words, work, wanted)
        if result != "ok":
            print(f"{version}: {' '.join(words)}\n{said[-3000:]}", file=sys.stderr)
        passed = re.findall(r"(\d+) passed", said)
        cells.append(f"{passed[-1]} passed" if result == "ok" and passed else result)
    return cells


def build(folder: Path) -> Path:
    """The checkout's wheel, and the tests as they are now."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    made, said = outcome([*command, "--wheel-dir", str(folder), str(ROOT)], folder)
    if made != "ok":
        raise SystemExit(f"versions: error: the wheel cannot be built\n{said}")
    shutil.copytree(ROOT / "tests", folder / "tests")
    shutil.copy(ROOT / "setup.cfg", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def main(interpreters: list[str]) -> int:
    """Print the table."""
    if not interpreters:
        raise SystemExit("versions: error: expected the names of interpreters")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        for number, interpreter in enumerate(interpreters):
            rows.append(row(interpreter, wheel, Path(folder, str(number))))
            print("| " + " | ".join(rows[-1]) + " |", file=sys.stderr)
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    for cells in rows:
        print("| " + " | ".join(cells) + " |")
    fine = all(len(c) == len(COLUMNS) and not failed(c) for c in rows)
    return 0 if fine else 1


def failed(cells: list[str]) -> bool:
    """Whether a column is neither ``ok`` nor a number of tests."""
    steps = cells[1 + len(PACKAGES) :]
    return any(step != "ok" and not step.endswith(" passed") for step in steps)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
