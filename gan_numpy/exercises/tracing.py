r"""Which lines of a solution have run, for ``pytest --cov``: by the coverage package.

The solution runs in a worker, where the coverage of the test process sees nothing. So
the worker measures the solution's folder itself, and its lines are added to the data of
the test process.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Any


class Tracing:
    """Measures what runs within ``with``; nothing, if it is not asked to.

    Parameters
    ----------
    path : Path
        The solution; its folder is measured.
    how : dict or None
        ``{"branch": bool}``
    """

    def __init__(self, path: Path, how: dict[str, Any] | None) -> None:
        self.coverage: Any = None
        if how is not None:
            from coverage import Coverage

            self.coverage = Coverage(
                data_file=None,
                branch=how["branch"],
                config_file=False,
                include=[str(path.resolve().parent / "*")],
                messages=False,
            )

    def __enter__(self) -> Tracing:
        if self.coverage is not None:
            self.coverage.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.coverage is not None:
            self.coverage.stop()

    def lines(self) -> dict[str, list[Any]]:
        """Lines, or pairs of lines, by file."""
        if self.coverage is None:
            return {}
        data = self.coverage.get_data()
        by_file = data.arcs if data.has_arcs() else data.lines
        return {f: list(by_file(f) or []) for f in data.measured_files()}


def measuring() -> dict[str, Any] | None:
    """How this process is measured, or None if it is not."""
    current = _current()
    branch = None if current is None else bool(current.get_option("run:branch"))
    return None if branch is None else {"branch": branch}


def add_lines(found: dict[str, list[Any]]) -> None:
    """Add a worker's lines to the coverage of this process."""
    current = _current()
    if current is None or not found:
        return
    data = current.get_data()
    if current.get_option("run:branch"):
        data.add_arcs({f: {(a, b) for a, b in arcs} for f, arcs in found.items()})
    else:
        data.add_lines(found)


def _current() -> Any:
    """The measurement in progress; coverage is not imported for the question."""
    package = sys.modules.get("coverage")
    return None if package is None else package.Coverage.current()
