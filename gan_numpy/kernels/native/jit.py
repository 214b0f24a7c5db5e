"""How every kernel is compiled: kept on disk, without the GIL, announced once."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numba
from numba.core import event

from gan_numpy.cache import say_once
from gan_numpy.kernels.native.compiled import PLACE, KernelCache


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

    def on_start(self, event: event.Event) -> None:
        function = getattr(event.data.get("dispatcher"), "py_func", None)
        module = getattr(function, "__module__", None) or ""
        if module.startswith(f"{__package__}."):
            note = PLACE.note
            once = f"(about 20 s; {note})" if note else "once (about 20 s)"
            say_once(f"compiling Numba kernels, {once} ...", about=note)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say: the kernel's own result follows."""


# Numba triggers this event when it compiles, not when it finds the code on disk.
event.register("numba:compile", _Announcement())


class Shared:
    """A kernel with a ``prange`` loop, for one thread and for several.

    Each is compiled when it is first called for. For one thread the loop is an ordinary
    one: that compiles in a fraction of the time, and small networks never ask for more
    (`gan_numpy.kernels.threads`). Both give the same bits.

    Attributes
    ----------
    alone, shared : dispatcher
    """

    def __init__(self, alone: Any, shared: Any) -> None:
        self.alone, self.shared = alone, shared

    def __call__(self, *args: Any) -> Any:
        """Run it with as many threads as there are."""
        return (self.alone if numba.get_num_threads() == 1 else self.shared)(*args)


def kernel(parallel: bool = False, fastmath: Any = False) -> Callable[[Callable], Any]:
    """Decorator that compiles a function at its first call, or loads it from disk.

    The function stands in a file of this package: `compiled` keeps its code by the
    text of these files, so that it cannot depend on values that are not in them.

    It copies arrays in loops: for ``a[:] = b`` Numba compiles, once in a process, all
    that an error message about shapes might need, which takes longer than a kernel.

    Parameters
    ----------
    parallel : bool
        Whether the function contains a ``prange`` loop.
    fastmath : bool or set of LLVM flags
        Freedom to reorder floating-point arithmetic; off unless a kernel says why.

    Raises
    ------
    TypeError
        If the function is a closure: its values are in no file.
    """

    def compile_later(function: Callable) -> Any:
        if function.__closure__:
            raise TypeError(f"{function.__qualname__} is a closure: no kernel")
        alone = _dispatcher(function, fastmath, False)
        if not parallel:
            return alone
        return Shared(alone, _dispatcher(function, fastmath, _PRANGE_ONLY))

    return compile_later


def _dispatcher(function: Callable, fastmath: Any, parallel: Any) -> Any:
    njit: Any = numba.njit
    dispatcher = njit(
        nogil=True,
        error_model="numpy",  # a division by zero is inf, as in NumPy, no exception
        fastmath=fastmath,
        parallel=parallel,
    )(function)
    # What `cache=True` does, with our cache in place of Numba's.
    dispatcher._cache = KernelCache(function, "shared" if parallel else "alone")
    return dispatcher
