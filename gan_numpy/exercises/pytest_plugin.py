r"""The pytest plugin: ``pytest solution.py``, ``pytest lesson.ipynb``, and a fixture.

Shipped as an entry point, so there is nothing to import. A file that is named on the
command line, and is one of ours (`belonging`), gives one item for each exercise. All
other files are left alone, what pytest itself collects is collected, and NumPy is
imported only when there is something to check.

``--gan-hints N`` shows hints, ``--gan-timeout S`` limits the time for each exercise,
``--gan-exercises`` checks the named files whatever they are; ``-k`` selects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gan_numpy.exercises.reading.submission import Submission
    from gan_numpy.exercises.running import Worker

KINDS = (".py", ".ipynb")
NOT_ATTEMPTED = "not attempted"
REMARKS = pytest.StashKey[dict[str, None]]()
READ = pytest.StashKey[dict[Path, "Submission"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, in a group and with a prefix of their own."""
    group = parser.getgroup("gan-numpy", "checks of hand-derived gradients")
    group.addoption(
        "--gan-hints",
        type=int,
        default=0,
        metavar="N",
        help="show the first N hints (category, which term, formula, change)",
    )
    group.addoption(
        "--gan-timeout",
        type=float,
        default=20.0,
        metavar="S",
        help="seconds for one exercise (default: 20)",
    )
    group.addoption(
        "--gan-exercises",
        action="store_true",
        help="check the exercises in every file that is named, besides its tests",
    )


class Wrong(Exception):
    """A gradient is wrong; the message is the diagnosis."""


class ExerciseItem(pytest.Item):
    """One exercise of a file."""

    parent: ExerciseFile

    def runtest(self) -> None:
        """Ask the worker of the file."""
        from gan_numpy.exercises.answers import shown

        plain = self.parent.check(self.name)
        if not plain["attempted"]:
            self.user_properties.append(("gan_numpy", NOT_ATTEMPTED))
            raise pytest.skip.Exception(NOT_ATTEMPTED, _use_item_location=True)
        self.user_properties.append(("tags", " ".join(plain["tags"])))
        text = shown(plain, int(self.config.getoption("gan_hints")))
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

            limit = float(self.config.getoption("gan_timeout"))
            self._worker = Worker(self.submission, limit)
        return self._worker

    def check(self, name: str) -> dict[str, Any]:
        """The result of an exercise, with the hints that its author may see."""
        from gan_numpy.exercises.limited import cut

        plain = cut(self.worker().check(name), self.submission.most_hints())
        if self.worker().note:
            _remark(self, self.worker().note)
        return plain

    def teardown(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _read(path: Path, parent: pytest.Collector) -> Submission | None:
    """The file, if it is named on the command line and may hold exercises."""
    if path.suffix.lower() not in KINDS or not parent.session.isinitpath(path):
        return None
    read = parent.config.stash.setdefault(READ, {})
    if path not in read:
        from gan_numpy.errors import UserError
        from gan_numpy.exercises.reading.submission import read_submission

        try:
            read[path] = read_submission(path)
        except UserError as error:
            if path.suffix.lower() == ".py":
                return None  # let pytest say what it thinks of it
            raise pytest.Collector.CollectError(str(error)) from None
    return read[path]


def _is_test_file(path: Path, parent: pytest.Collector) -> bool:
    patterns = parent.config.getini("python_files")
    return any(path.match(pattern) for pattern in patterns)


def _is_pytests(path: Path, parent: pytest.Collector, submission: Submission) -> bool:
    """Whether pytest by itself would find anything in it."""
    from gan_numpy.exercises.belonging import holds_tests

    if submission.is_notebook:
        return False
    names = [
        parent.config.getini(f"python_{kind}") for kind in ("functions", "classes")
    ]
    return _is_test_file(path, parent) or holds_tests(submission, *names)


def _is_ours(path: Path, parent: pytest.Collector, submission: Submission) -> bool:
    """Whether the exercises of a named file are checked."""
    from gan_numpy.exercises.belonging import is_called_alike, is_marked

    if not submission.found:
        return False
    if parent.config.getoption("gan_exercises") or is_marked(submission):
        return True
    doctests = parent.config.getoption("doctestmodules", False)
    if doctests or _is_pytests(path, parent, submission):
        return False
    if is_called_alike(submission):
        return True
    names = ", ".join(submission.found)
    _remark(parent, f"{path.name}: {names} not checked; --gan-exercises checks them")
    return False


def _remark(parent: pytest.Collector, text: str) -> None:
    parent.config.stash.setdefault(REMARKS, {})[text] = None


def _file(path: Path, parent: pytest.Collector, submission: Submission) -> ExerciseFile:
    file: ExerciseFile = ExerciseFile.from_parent(parent, path=path)
    file.submission = submission
    return file


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> ExerciseFile | None:
    """Notebooks, and exercises beside what pytest itself finds in the file."""
    submission = _read(file_path, parent)
    if submission is None:
        return None
    if submission.is_notebook and not submission.found:
        _remark(parent, f"{file_path.name}: no exercises")
        return _file(file_path, parent, submission)
    if not _is_ours(file_path, parent, submission):
        return None
    # What holds no tests comes below, in place of the module; pytest knows only .py.
    alone = not _is_pytests(file_path, parent, submission)
    if alone and file_path.suffix == ".py":
        return None
    return _file(file_path, parent, submission)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> ExerciseFile | None:
    """A solution without tests is not imported: only its exercises run."""
    submission = _read(module_path, parent)
    if submission is None or not _is_ours(module_path, parent, submission):
        return None
    if _is_pytests(module_path, parent, submission):
        return None
    return _file(module_path, parent, submission)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Files without exercises, and files that might be ours."""
    remarks = config.stash.get(REMARKS, {})
    if remarks:
        terminalreporter.section("gan-numpy")
        for text in remarks:
            terminalreporter.write_line(text)


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport,
) -> tuple[str, str, str] | None:
    """A stub is "not attempted", neither an error nor a skipped test."""
    if ("gan_numpy", NOT_ATTEMPTED) in getattr(report, "user_properties", ()):
        if report.skipped:
            return NOT_ATTEMPTED, "n", NOT_ATTEMPTED.upper()
    return None


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Check a forward and backward of your own; see `gan_numpy.gradcheck`.

    ``gradcheck(forward, backward, x)`` fails the test with a diagnosis if a gradient is
    wrong, and returns the result if all are right.
    """
    hints = int(request.config.getoption("gan_hints"))

    def check(*args: Any, **keywords: Any) -> Any:
        __tracebackhide__ = True
        from gan_numpy.gradcheck import check_gradients

        result = check_gradients(*args, **keywords)
        if not result:
            pytest.fail(result.text(hints), pytrace=False)
        return result

    return check
