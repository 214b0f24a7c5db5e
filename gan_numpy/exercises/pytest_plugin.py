r"""The pytest plugin: ``pytest solution.py``, ``pytest lesson.ipynb``, and a fixture.

Shipped as an entry point, so there is nothing to import. A file that is named on the
command line and defines exercise functions becomes one item for each of them; all other
files are left alone, and NumPy is imported only when there is something to check.

``--hints N`` shows hints, ``--exercise-timeout S`` limits the time for each exercise,
``-k`` selects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gan_numpy.exercises.loading import Submission
    from gan_numpy.exercises.running import Worker

NOT_ATTEMPTED = "not attempted"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, in a group of their own."""
    group = parser.getgroup("gan-numpy", "checks of hand-derived gradients")
    group.addoption(
        "--hints",
        type=int,
        default=0,
        metavar="N",
        help="show the first N hints (category, which term, the formula)",
    )
    group.addoption(
        "--exercise-timeout",
        type=float,
        default=20.0,
        metavar="S",
        help="seconds for one exercise (default: 20)",
    )


class Wrong(Exception):
    """A gradient is wrong; the message is the diagnosis."""


class ExerciseItem(pytest.Item):
    """One exercise of a file."""

    parent: ExerciseFile

    def runtest(self) -> None:
        """Ask the worker of the file."""
        from gan_numpy.exercises.running import shown

        plain = self.parent.worker().check(self.name)
        if not plain["attempted"]:
            raise pytest.skip.Exception(NOT_ATTEMPTED, _use_item_location=True)
        self.user_properties.append(("tags", " ".join(plain["tags"])))
        text = shown(plain, int(self.config.getoption("--hints")))
        if not plain["passed"]:
            raise Wrong(text)
        if plain["notes"]:
            self.add_report_section("call", "gradcheck", text)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """The diagnosis alone: no traceback of ours."""
        if isinstance(excinfo.value, Wrong):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where, and under which heading."""
        return self.path, self.parent.submission.line_of(self.name), self.name


class ExerciseFile(pytest.File):
    """A solution or a notebook."""

    submission: Submission
    _worker: Worker | None = None

    def collect(self) -> Iterable[ExerciseItem]:
        """One item for each exercise found."""
        for name in self.submission.found:
            yield ExerciseItem.from_parent(self, name=name)

    def worker(self) -> Worker:
        """The process that runs the file, started when it is first needed."""
        if self._worker is None:
            from gan_numpy.exercises.running import Worker

            limit = float(self.config.getoption("--exercise-timeout"))
            self._worker = Worker(self.submission, limit)
        return self._worker

    def teardown(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _submission(path: Path, parent: pytest.Collector) -> Submission | None:
    """The file if it is named on the command line and holds exercises."""
    if path.suffix not in (".py", ".ipynb") or not parent.session.isinitpath(path):
        return None
    from gan_numpy.errors import UserError
    from gan_numpy.exercises.loading import read_submission

    try:
        submission = read_submission(path)
    except UserError as error:
        if path.suffix == ".py":
            return None  # let pytest say what it thinks of it
        raise pytest.Collector.CollectError(str(error)) from None
    if _is_test_file(path, parent) and submission.has_tests():
        return None
    return submission if submission.found else None


def _is_test_file(path: Path, parent: pytest.Collector) -> bool:
    patterns = parent.config.getini("python_files")
    return any(path.match(pattern) for pattern in patterns)


def _file(path: Path, parent: pytest.Collector, submission: Submission) -> ExerciseFile:
    file: ExerciseFile = ExerciseFile.from_parent(parent, path=path)
    file.submission = submission
    return file


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> ExerciseFile | None:
    """Notebooks, and solutions that hold tests of their own beside the exercises."""
    submission = _submission(file_path, parent)
    if submission is None:
        return None
    if file_path.suffix == ".py" and not submission.has_tests():
        return None  # comes by `pytest_pycollect_makemodule`, in place of the module
    return _file(file_path, parent, submission)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> ExerciseFile | None:
    """A solution is not imported as a module of tests: only its exercises run."""
    submission = _submission(module_path, parent)
    if submission is None or submission.has_tests():
        return None
    return _file(module_path, parent, submission)


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport,
) -> tuple[str, str, str] | None:
    """A stub is "not attempted", neither an error nor a skipped test."""
    if report.skipped and isinstance(report.longrepr, tuple):
        if report.longrepr[2] == f"Skipped: {NOT_ATTEMPTED}":
            return NOT_ATTEMPTED, "n", NOT_ATTEMPTED.upper()
    return None


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Check a forward and backward of your own; see `gan_numpy.gradcheck`.

    ``gradcheck(forward, backward, x)`` fails the test with a diagnosis if a gradient is
    wrong, and returns the result if all are right.
    """
    hints = int(request.config.getoption("--hints"))

    def check(*args: Any, **keywords: Any) -> Any:
        __tracebackhide__ = True
        from gan_numpy.gradcheck import check_gradients

        result = check_gradients(*args, **keywords)
        if not result:
            pytest.fail(result.text(hints), pytrace=False)
        return result

    return check
