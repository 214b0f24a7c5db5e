"""How every kernel is compiled: cached on disk, without the GIL, announced once.

The rule that keeps the cache honest: Numba watches only the file that holds a function
for changes, so a compiled function calls only compiled functions of its own file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numba
from numba.core import event

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
        if module.startswith(__package__) and not self._said:
            self._said = True
            print("compiling Numba kernels, once (about 20 s) ...", file=sys.stderr)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say: the kernel's own result follows."""


event.register("numba:compile", _Announcement())


def kernel(parallel: bool = False, fastmath: Any = False) -> Callable[[Callable], Any]:
    """Decorator that compiles a function at its first call, or loads it from disk.

    Parameters
    ----------
    parallel : bool
        Whether the function contains a ``prange`` loop.
    fastmath : bool or set of LLVM flags
        Freedom to reorder floating-point arithmetic; off unless a kernel says why.
    """
    njit: Any = numba.njit
    return njit(
        cache=True,
        nogil=True,
        error_model="numpy",  # division by zero gives inf as in NumPy, not an exception
        fastmath=fastmath,
        parallel=_PRANGE_ONLY if parallel else False,
    )
