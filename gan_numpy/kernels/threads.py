"""How many threads compute: one place for the BLAS's pool and Numba's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gan_numpy.capabilities import why_not
from gan_numpy.kernels import active_kernels


@contextmanager
def limit_threads(n: int | None) -> Iterator[None]:
    """Run the block with at most `n` threads in either pool; None changes nothing.

    Small networks run faster on one thread. Threads that share a product of a few
    microseconds wait for each other longer than they compute, and where another process
    takes a processor from one of them, all wait for it: a hundred times longer.

    Parameters
    ----------
    n : int or None
    """
    from threadpoolctl import threadpool_limits

    if n is None:
        yield
        return
    with threadpool_limits(n, user_api="blas"):
        if active_kernels() == "reference":
            yield
            return
        import numba

        before = numba.get_num_threads()
        numba.set_num_threads(min(n, before))
        try:
            yield
        finally:
            numba.set_num_threads(before)


def numba_threads() -> int | None:
    """The number of Numba's threads; None without Numba."""
    if why_not("numba"):
        return None
    import numba

    return int(numba.get_num_threads())
