"""One reader, one answer: every file through every entry.

Each entry takes a quarter of the files in turn; ``GAN_NUMPY_WRAPPINGS=all`` takes all.
"""

from __future__ import annotations

import entries
import pytest
import wrappings
from wrappings import TEMPLATES

from gan_numpy.exercises.running import close_idle
from gan_numpy.grading.grader import close_nurseries
from tests.turns import share

NOTEBOOKS = [w for w in TEMPLATES if w.filename.lower().endswith(".ipynb")]


def chosen(wrappings, shift):
    return share(wrappings, 4, "GAN_NUMPY_WRAPPINGS", shift)


@pytest.fixture(scope="module", autouse=True)
def _end_of_processes():
    yield
    close_idle()
    close_nurseries()


def differing(files, found):
    """The files whose verdict is not the one that they were made for."""
    return {w.name: found[w.name] for w in files if found[w.name] != w.verdict}


def test_the_bank_is_large_and_holds_both_kinds():
    verdicts = [w.verdict for w in TEMPLATES]
    assert len({w.name for w in TEMPLATES}) == len(TEMPLATES) >= 120
    assert min(verdicts.count(v) for v in (wrappings.RIGHT, wrappings.WRONG)) >= 60


def test_check(tmp_path):
    files = chosen(TEMPLATES, 0)
    found = {w.name: entries.by_check(w, tmp_path / w.name) for w in files}
    assert differing(files, found) == {}


def test_pytest(tmp_path):
    files = chosen(TEMPLATES, 1)
    assert differing(files, entries.by_pytest(files, tmp_path)) == {}


def test_grade_and_gradescope(tmp_path):
    alone = chosen([w for w in TEMPLATES if not w.beside], 2)
    found = {w.name: entries.by_grade(w, tmp_path / w.name) for w in alone}
    grades = {name: grade for name, (grade, _) in found.items()}
    assert differing(alone, grades) == {}
    assert differing(alone, {n: told for n, (_, told) in found.items()}) == {}


def test_the_notebook_and_nbgrader(tmp_path):
    files = chosen(NOTEBOOKS, 3)
    found = entries.by_notebook(files, tmp_path)
    checked = {name: verdict for name, (verdict, _) in found.items()}
    assert differing(files, checked) == {}
    graded = {w.name: entries.by_nbgrader(w, found[w.name][1]) for w in files}
    assert differing(files, graded) == {}
