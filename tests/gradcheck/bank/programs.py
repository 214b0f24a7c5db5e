r"""Running a case's program: what does it ask of `gradcheck`?"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .cases import Case


@contextmanager
def quiet() -> Iterator[None]:
    """What a program prints or warns of is no part of a measurement."""
    with (
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def written(case: Case) -> Iterator[Path]:
    """The program as a file that exists while it is needed, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bank") as folder:
        path = Path(folder) / "solution.py"
        path.write_text(case.source, encoding="utf-8")
        yield path


@contextmanager
def imported(path: Path) -> Iterator[ModuleType]:
    """The program as a module; its name and its place leave no trace."""
    name = "bank_" + "".join(c if c.isalnum() else "_" for c in str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[name]


def run_tests(module: ModuleType, gradcheck: Any) -> int:
    """Call each test function of the program with a `gradcheck`; how many there are."""
    tests = [f for name, f in vars(module).items() if name.startswith("test_")]
    for test in tests:
        test(gradcheck)
    return len(tests)


def processes() -> int:
    """How many cases may run side by side."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
