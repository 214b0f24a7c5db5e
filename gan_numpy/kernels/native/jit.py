"""How every kernel is compiled: cached on disk, without the GIL, announced once.

What keeps the cache honest: Numba watches only the file that holds a function for
changes, so a compiled function calls only compiled functions of its own file, and code
older than the intrinsics that went into it is deleted here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.core import event


def _start_threads() -> None:
    """Start Numba's threads as ones that wait for work briefly, then sleep.

    GNU OpenMP's threads spin for milliseconds by default. Where another process takes a
    processor from one of them, the others burn theirs: a step of 15 ms took 75 to 390
    on a busy machine. Those that sleep at once cost 3 ms of waking up on a quiet one. A
    few microseconds of spinning are best on both. OpenMP reads the setting when it is
    loaded; the environment is as it was afterward.
    """
    if "OMP_WAIT_POLICY" in os.environ or "GOMP_SPINCOUNT" in os.environ:
        numba.get_num_threads()
        return
    os.environ["GOMP_SPINCOUNT"] = "3000"
    try:
        numba.get_num_threads()  # starts them
    finally:
        del os.environ["GOMP_SPINCOUNT"]


_start_threads()

# Only the explicit `prange` loops run in parallel. Looking for more parallelism in a
# kernel's array expressions makes its compilation slower and the kernel no faster.
_PRANGE_ONLY = dict.fromkeys(
    ("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil"),
    False,
) | {"fusion": False, "prange": True}


class _Announcement(event.Listener):
    """Says on stderr, once, why the first call takes so long."""

    _said = False

    def on_start(self, event: event.Event) -> None:
        function = getattr(event.data.get("dispatcher"), "py_func", None)
        module = getattr(function, "__module__", None) or ""
        if module.startswith(f"{__package__}.") and not self._said:
            self._said = True
            print("compiling Numba kernels, once (about 20 s) ...", file=sys.stderr)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say: the kernel's own result follows."""


# Numba triggers this event when it compiles, not when it finds the code on disk.
event.register("numba:compile", _Announcement())


def forget_outdated_code(folder: Path) -> None:
    """Delete the cached code of kernels that is older than their intrinsics."""
    intrinsics = (folder / "registers.py", folder / "exponential.py")
    changed = max(source.stat().st_mtime for source in intrinsics)
    for index in (folder / "__pycache__").glob("*.nbi"):
        with suppress(OSError):  # not ours to delete, or another process just did
            if index.stat().st_mtime < changed:
                index.unlink()


forget_outdated_code(Path(__file__).parent)


def kernel(parallel: bool = False, fastmath: Any = False) -> Callable[[Callable], Any]:
    """Decorator that compiles a function at its first call, or loads it from disk.

    Numba keeps compiled code beside the source or, in a read-only installation, in the
    user's cache directory. If it can write to neither, each process compiles anew.

    Parameters
    ----------
    parallel : bool
        Whether the function contains a ``prange`` loop.
    fastmath : bool or set of LLVM flags
        Freedom to reorder floating-point arithmetic; off unless a kernel says why.
    """
    njit: Any = numba.njit
    options = {
        "nogil": True,
        "error_model": "numpy",  # a division by zero is inf, as in NumPy, no exception
        "fastmath": fastmath,
        "parallel": _PRANGE_ONLY if parallel else False,
    }

    def compile_later(function: Callable) -> Any:
        try:
            return njit(cache=True, **options)(function)
        except RuntimeError:  # "cannot cache function: no locator available"
            return njit(**options)(function)

    return compile_later
