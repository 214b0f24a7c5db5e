r"""The progress bar: tqdm's, or none where tqdm is not installed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from gan_numpy.capabilities import starts_threads

try:
    from tqdm import tqdm

    if not starts_threads():
        tqdm.monitor_interval = 0  # its own thread, which would warn of its absence
except ImportError:

    class tqdm:  # type: ignore[no-redef]
        """What we use of tqdm's bar, without the bar."""

        n: float = 0

        def __init__(self, iterable: Iterable[Any] = (), **options: Any) -> None:
            self.iterable = iterable

        def __iter__(self) -> Iterator[Any]:
            return iter(self.iterable)

        def __enter__(self) -> tqdm:
            return self

        def __exit__(self, *raised: object) -> None:
            """Nothing was shown."""

        def update(self, n: float = 1) -> None:
            """Count."""
            self.n += n

        def set_postfix_str(self, text: str) -> None:
            """Nothing to show it beside."""

        @staticmethod
        def write(text: str, file: Any = None) -> None:
            """A line, which no bar is in the way of."""
            print(text, file=file or sys.stdout)


__all__ = ["tqdm"]
