"""One reader, one answer: every file through every entry."""

from __future__ import annotations

import entries
import pytest
import wrappings
from wrappings import TEMPLATES

from gan_numpy.exercises.running import close_idle
from gan_numpy.grading.grader import close_nurseries

NOTEBOOKS = [w for w in TEMPLATES if w.filename.lower().endswith(".ipynb")]


@pytest.fixture(scope="module", autouse=True)
def _end_of_processes():
    yield
    close_idle()
    close_nurseries()


def differing(chosen, found):
    """The files whose verdict is not the one that they were made for."""
    return {w.name: found[w.name] for w in chosen if found[w.name] != w.verdict}


def test_the_bank_is_large_and_holds_both_kinds():
    verdicts = [w.verdict for w in TEMPLATES]
    assert len({w.name for w in TEMPLATES}) == len(TEMPLATES) >= 120
    assert min(verdicts.count(v) for v in (wrappings.RIGHT, wrappings.WRONG)) >= 60


def test_check(tmp_path):
    found = {w.name: entries.by_check(w, tmp_path / w.name) for w in TEMPLATES}
    assert differing(TEMPLATES, found) == {}


def test_pytest(tmp_path):
    assert differing(TEMPLATES, entries.by_pytest(TEMPLATES, tmp_path)) == {}


def test_grade_and_gradescope(tmp_path):
    alone = [w for w in TEMPLATES if not w.beside]
    found = {w.name: entries.by_grade(w, tmp_path / w.name) for w in alone}
    grades = {name: grade for name, (grade, _) in found.items()}
    assert differing(alone, grades) == {}
    assert differing(alone, {n: told for n, (_, told) in found.items()}) == {}


def test_the_notebook_and_nbgrader(tmp_path):
    found = entries.by_notebook(NOTEBOOKS, tmp_path)
    checked = {name: verdict for name, (verdict, _) in found.items()}
    assert differing(NOTEBOOKS, checked) == {}
    graded = {w.name: entries.by_nbgrader(w, found[w.name][1]) for w in NOTEBOOKS}
    assert differing(NOTEBOOKS, graded) == {}
