"""A way to grade one text as the work of one student."""

from __future__ import annotations

import hostile
import pytest

from gan_numpy.grading.grader import Task, close_nurseries, grade
from gan_numpy.grading.submissions import Handin


@pytest.fixture
def graded():
    """Grade a source: the record of one exercise, with the problems of the file."""

    def run(
        source, exercise="relu_backward", limits=hostile.LIMITS, name="s.py", **task
    ):
        content = source.encode() if isinstance(source, str) else source
        handin = Handin("student", ((name, content),), ())
        task.setdefault("weak", True)
        record = grade(handin, Task((exercise,), limits=limits, **task))
        return record["exercises"][exercise] | {"problems": record["problems"]}

    return run


@pytest.fixture(scope="session", autouse=True)
def _end_of_nurseries():
    yield
    close_nurseries()
