"""The table of environments: what is set, how Python starts, where the output goes.

Every environment names the commands that run in it each time; all commands run in it
where ``GAN_NUMPY_ENVIRONMENTS=all``.
"""

from __future__ import annotations

import ctypes
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.robustness.ground import TINY

PACKAGE = Path(__file__).parents[2] / "gan_numpy"

# Of each command: its words (``@x`` is a path in the working folder), a word that its
# output has if it worked, and a file that it then leaves.
COMMANDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "recipes": (("recipes", "digits"), "batch_size=", ""),
    "data": (("data", "list"), "cifar10", ""),
    "exercises": (("exercises", "relu_backward"), "lesson", ""),
    "check": (("check", "@solution.py"), "1 right", ""),
    "sample": (("sample", "@run", "-n", "4", "--out", "@s.png"), "s.png", "s.png"),
    "walk": (
        ("interpolate", "@run", "--rows", "1", "--steps", "2", "--out", "@w.png"),
        "w.png",
        "w.png",
    ),
    "evaluate": (
        ("evaluate", "@run", "--samples", "5", "--sigma", "0.3"),
        "training images",
        "run/result.json",
    ),
    "train": (
        (
            *("train", "--data", "@own.npy", "--out", "@fresh", "--epochs", "1"),
            *(*TINY, "--quiet"),
        ),
        "trained generator",
        "fresh/checkpoint.npz",
    ),
    "resume": (
        ("train", "--resume", "@run", "--epochs", "3"),
        "trained generator",
        "run/samples/epoch-0003.png",
    ),
}
LIGHT = ("recipes", "data", "exercises")  # they compute nothing and read no home
HEAVY = ("sample", "walk", "evaluate", "train", "resume")


def nothing(folder: Path) -> None:
    """No preparation."""


@dataclass(frozen=True)
class Environment:
    """One row of the table.

    Attributes
    ----------
    commands : tuple of str
        Those that always run.
    env : dict
        Variables to set (``@x``: a path in the folder) or, with None, to unset.
    flags : tuple of str
        Of Python.
    redirect : str
        Of the shell.
    prepare : callable
        Changes the folder.
    refused : dict
        Commands that cannot work, and a word of the line that says so.
    rename : str
        Name of the working folder.
    lost : str
        Streams whose content nobody sees: ``"out"``, ``"err"``.
    says : str
        A word of the one line on stderr that is expected.
    """

    commands: tuple[str, ...]
    env: dict[str, str | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    redirect: str = ""
    prepare: Callable[[Path], None] = nothing
    refused: dict[str, str] = field(default_factory=dict)
    rename: str = "work"
    lost: tuple[str, ...] = ()
    says: str = ""


def all_refused(word: str, commands: tuple[str, ...] = HEAVY) -> dict[str, str]:
    return dict.fromkeys(commands, word)


def read_only(*names: str) -> Callable[[Path], None]:
    """Folders that exist, and into which nobody may write."""

    def prepare(folder: Path) -> None:
        for name in names:
            place = folder / name
            place.mkdir(exist_ok=True)
            for inner in (*place.rglob("*"), place):
                if inner.is_dir():
                    inner.chmod(0o555)

    return prepare


def file(name: str, content: bytes) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    return prepare


def zip_package(folder: Path) -> None:
    """The package in an archive, and nothing else of it."""
    with zipfile.ZipFile(folder / "package.zip", "w") as archive:
        for path in PACKAGE.rglob("*.py"):
            archive.write(path, path.relative_to(PACKAGE.parent))


def link_run(folder: Path) -> None:
    (folder / "run").rename(folder / "elsewhere")
    (folder / "run").symlink_to("elsewhere")


def unreadable(name: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).chmod(0)

    return prepare


def drop_privileges() -> None:
    """Let permissions count for root too: no overriding of them after exec."""
    if os.getuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


USETEX = b"text.usetex: True\nfont.size: 3\nimage.cmap: jet\nbackend: TkAgg\n"
ODD_RC = b"no_such_key: 1\nfigure.dpi: many\nsavefig.dpi: -3\naxes.prop_cycle: what\n"
JUPYTER = "module://matplotlib_inline.backend_inline"
C_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
OPEN_PIPE = "| head -1 > /dev/null; exit ${PIPESTATUS[0]}"
NATIVE: dict[str, str | None] = {"GAN_NUMPY_KERNELS": None}

TABLE: dict[str, Environment] = {
    "plain": Environment(tuple(COMMANDS)),
    # ---------------------------------------------------------------- home
    "home unset": Environment(("check",), {"HOME": None}),
    "home missing": Environment(("check",), {"HOME": "/nonexistent/home"}),
    "home read-only": Environment(
        ("check", "evaluate"),
        {"HOME": "@home", "GAN_NUMPY_CACHE": None, "XDG_CACHE_HOME": None},
        prepare=read_only("home"),
    ),
    "home is a file": Environment(("check",), {"HOME": "@solution.py"}),
    "nobody": Environment(("check",), {"HOME": None, "USER": None, "LOGNAME": None}),
    "progress damaged": Environment(
        ("check",),
        {"GAN_NUMPY_PROGRESS": "@progress.json"},
        prepare=file("progress.json", b'{"relu'),
        says="progress.json",
    ),
    "progress is a list": Environment(
        ("check",),
        {"GAN_NUMPY_PROGRESS": "@progress.json"},
        prepare=file("progress.json", b"[1]"),
        says="progress.json",
    ),
    "progress cannot be written": Environment(
        ("check",),
        {"GAN_NUMPY_PROGRESS": "@kept/progress.json"},
        prepare=read_only("kept"),
        says="progress.json",
    ),
    "cache cannot be made": Environment(
        ("evaluate",), {"GAN_NUMPY_CACHE": "/proc/nothing/here"}
    ),
    # ---------------------------------------------------------- matplotlib
    "backend of Jupyter": Environment(("sample",), {"MPLBACKEND": JUPYTER}),
    "backend unknown": Environment(("sample",), {"MPLBACKEND": "nonsense"}),
    "backend of a window": Environment(
        ("train",), {"MPLBACKEND": "TkAgg", "DISPLAY": None}
    ),
    "rc with TeX": Environment(
        ("resume",),
        {"MATPLOTLIBRC": "@rc/matplotlibrc"},
        prepare=file("rc/matplotlibrc", USETEX),
    ),
    "rc with errors": Environment(
        ("resume",),
        {"MATPLOTLIBRC": "@rc/matplotlibrc"},
        prepare=file("rc/matplotlibrc", ODD_RC),
    ),
    "rc of no encoding": Environment(
        ("sample",),
        {"MATPLOTLIBRC": "@rc/matplotlibrc"},
        prepare=file("rc/matplotlibrc", b"font.family: \xff\xfe\n"),
    ),
    "rc in the folder": Environment(
        ("train",), prepare=file("matplotlibrc", USETEX + ODD_RC)
    ),
    "rc folder read-only": Environment(
        ("sample",), {"MPLCONFIGDIR": "@rc"}, prepare=read_only("rc")
    ),
    "rc folder is a file": Environment(("sample",), {"MPLCONFIGDIR": "@own.npy"}),
    # --------------------------------------------------- numba and kernels
    "kernels unknown": Environment(
        ("recipes", "train"),
        {"GAN_NUMPY_KERNELS": "nonsense"},
        refused=all_refused("GAN_NUMPY_KERNELS"),
    ),
    "kernels empty": Environment(("recipes",), {"GAN_NUMPY_KERNELS": ""}),
    "no jit": Environment(
        ("train",),
        NATIVE | {"NUMBA_DISABLE_JIT": "1"},
        refused=all_refused("NUMBA_DISABLE_JIT"),
    ),
    "no jit, reference": Environment(("train",), {"NUMBA_DISABLE_JIT": "1"}),
    "threads are a word": Environment(
        ("train",),
        {"NUMBA_NUM_THREADS": "many"},
        refused=all_refused("NUMBA_NUM_THREADS"),
    ),
    "no threads": Environment(
        ("train",),
        {"NUMBA_NUM_THREADS": "0"},
        refused=all_refused("NUMBA_NUM_THREADS"),
    ),
    "a million threads": Environment(
        ("train",),
        NATIVE | {"NUMBA_NUM_THREADS": "1000000"},
        refused=all_refused("NUMBA_NUM_THREADS"),
    ),
    "threading layer unknown": Environment(
        ("train",),
        NATIVE | {"NUMBA_THREADING_LAYER": "nonsense"},
        refused=all_refused("NUMBA_THREADING_LAYER"),
    ),
    "BLAS threads are a word": Environment(
        ("sample",), {"OPENBLAS_NUM_THREADS": "many", "OMP_NUM_THREADS": "many"}
    ),
    # ------------------------------------------------------------ encodings
    "ascii": Environment(("train",), C_LOCALE | {"PYTHONIOENCODING": "ascii"}),
    "cp1252": Environment(("check",), C_LOCALE | {"PYTHONIOENCODING": "cp1252"}),
    "cp949": Environment(("evaluate",), C_LOCALE | {"PYTHONIOENCODING": "cp949"}),
    "strict ascii": Environment(("recipes",), {"PYTHONIOENCODING": "ascii:strict"}),
    "locale C": Environment(("recipes",), C_LOCALE),
    "utf-16": Environment(("recipes", "resume"), {"PYTHONIOENCODING": "utf-16"}),
    "narrow terminal": Environment(("recipes",), {"COLUMNS": "1", "TERM": "dumb"}),
    "columns are a word": Environment(("resume",), {"COLUMNS": "wide", "LINES": "x"}),
    "settings of tqdm": Environment(
        ("resume",),
        {"TQDM_MININTERVAL": "soon", "TQDM_ASCII": "maybe"},
        refused=all_refused("TQDM"),
    ),
    # -------------------------------------------------------------- streams
    "no stderr": Environment(("resume", "check"), redirect="2>&-", lost=("err",)),
    "no stdout": Environment(("check",), redirect=">&-", lost=("out",)),
    "no streams": Environment(("train",), redirect="<&- >&- 2>&-", lost=("out", "err")),
    "no stdin": Environment(("check",), redirect="<&-"),
    "stdout full": Environment(
        ("recipes", "evaluate"),
        redirect="> /dev/full",
        lost=("out",),
        refused=all_refused("output", tuple(COMMANDS)),
    ),
    "stderr full": Environment(("resume",), redirect="2> /dev/full", lost=("err",)),
    "reader gone": Environment(("recipes", "data"), redirect=OPEN_PIPE, lost=("out",)),
    "reader of stderr gone": Environment(
        ("resume",), redirect="2> >(true)", lost=("err",)
    ),
    # ---------------------------------------------------------------- paths
    "long paths": Environment(
        ("sample", "check"), rename="/".join(["d" * 150, "e" * 150])
    ),
    "odd names": Environment(("check",), rename="a b\n'%s' $HOME ★"),
    "names that are no text": Environment(
        ("sample", "check"), rename=os.fsdecode(b"caf\xe9")
    ),
    "symbolic links": Environment(("resume",), prepare=link_run),
    "run read-only": Environment(
        ("evaluate", "resume"),
        prepare=read_only("run"),
        refused={"resume": "cannot write"},
        says="cannot write",
    ),
    "run unreadable": Environment(
        ("sample",),
        prepare=unreadable("run"),
        refused=all_refused("run", ("sample", "walk", "evaluate", "resume")),
    ),
    "data unreadable": Environment(
        ("train",),
        prepare=unreadable("own.npy"),
        refused=all_refused("own.npy", ("train",)),
    ),
    "folder read-only": Environment(
        ("train",),
        prepare=read_only("."),
        refused=all_refused("cannot", ("sample", "walk", "train", "resume")),
        says="cannot write",
    ),
    "temporary folder missing": Environment(("check",), {"TMPDIR": "/none"}),
    "umask 077": Environment(("train", "recipes"), redirect="umask 077"),
    # --------------------------------------------------------------- Python
    "optimized": Environment(("check",), flags=("-OO",)),
    "warnings are errors": Environment(("train", "check"), flags=("-W", "error")),
    "development mode": Environment(("sample",), flags=("-X", "dev")),
    "from an archive": Environment(
        ("sample", "check"),
        {"PYTHONPATH": "@package.zip"},
        prepare=zip_package,
    ),
}
