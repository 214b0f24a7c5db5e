r"""A changed line may ask for billions of numbers: it must not get them.

The limit is the system's (``setrlimit``), so it holds inside NumPy, too; where there is
none, on Windows for instance, a search goes without.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MORE = 1 << 30  # bytes


def address_space() -> int:
    """Bytes mapped by this process, or a generous guess."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 1 << 32
    return pages * resource.getpagesize()


@contextmanager
def little_memory(more: int = MORE) -> Iterator[None]:
    """In the block the process gets so many bytes more; what needs them fails.

    A `MemoryError`, as of any other code that does not run.
    """
    before = _lower(more)
    try:
        yield
    finally:
        if before is not None:
            resource.setrlimit(resource.RLIMIT_AS, before)


def _lower(more: int) -> tuple[int, int] | None:
    """The limits as they were, if they were changed."""
    if resource is None:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = address_space() + more
    if soft != resource.RLIM_INFINITY and soft <= wanted:
        return None
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):  # a sandbox, whose limit is lower anyway
        return None
    return soft, hard


def memory_limits() -> tuple[int, int] | None:
    """The soft and the hard limit of this process; None where there are none."""
    if resource is None:
        return None
    return resource.getrlimit(resource.RLIMIT_AS)


def limit_memory(limits: tuple[int, int] | None) -> None:
    """As they were."""
    if limits is not None:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, limits)
