"""Partial credit, mistakes counted once, pages that fit a phone and link the lesson."""

from __future__ import annotations

from collections import Counter

import pytest

from gan_numpy.exercises.registry import STEMS
from gan_numpy.grading.feedback import as_html, markdown
from gan_numpy.grading.report import Grades, Row, grades_of, share_of
from gan_numpy.grading.summary import Summary, diagnoses, draw


def finding(tag, *names):
    return {"verdict": "scale", "tags": [tag], "names": list(names), "says": tag}


def entry(*findings, right=(), state="wrong"):
    tags = [tag for f in findings for tag in f["tags"]]
    return {
        "state": state, "findings": list(findings), "right": list(right), "tags": tags,
        "reasons": [], "texts": ["what is said"],
    }  # fmt: skip


ONE_OF_THREE = entry(finding("transposed", "dW"), right=["dx", "db"])


def test_a_part_that_is_right_has_its_share_if_the_instructor_says_so():
    assert share_of(ONE_OF_THREE, partial=True) == pytest.approx(2 / 3)
    assert share_of(ONE_OF_THREE, partial=False) == 0
    assert share_of(entry(state="right"), partial=False) == 1


@pytest.mark.parametrize(
    "one",
    [
        entry(finding("mutated"), right=["dx", "dW", "db"]),
        entry(finding("sign", "dW"), finding("exception"), right=["dx"]),
        entry(state="not attempted"),
        entry(finding("sign", "dx"), right=["dW"], state="flagged"),
        {"state": "missing"},
    ],
)
def test_a_fault_of_the_whole_function_costs_all_of_it(one):
    assert share_of(one, partial=True) == 0


def test_what_is_called_right_and_wrong_is_wrong():
    assert share_of(entry(finding("sign", "dx"), right=["dx"]), partial=True) == 0


def test_the_table_of_grades_has_the_shares(monkeypatch, tmp_path):
    record = {
        "student": "a", "problems": [], "missing": [],
        "exercises": {"dense_backward": ONE_OF_THREE},
    }  # fmt: skip
    monkeypatch.setattr("gan_numpy.grading.report.load_records", lambda out: [record])
    for partial, points in ((False, 0), (True, 4)):
        grades = grades_of(tmp_path, ["dense_backward"], {"dense_backward": 6}, partial)
        assert grades.rows[0].points == {"dense_backward": points}


def test_one_mistake_in_three_arrays_is_counted_once():
    same = entry(*(finding("mean-twice", name) for name in ("dx", "dW", "db")))
    assert [tag for tag, _ in diagnoses(same)] == ["mean-twice"]
    spread = entry(finding("to-all-pieces", "dx"), finding("not-recognized", "dW"))
    assert [tag for tag, _ in diagnoses(spread)] == ["to-all-pieces"]
    unknown = entry(finding("not-recognized", "dW"))
    assert [tag for tag, _ in diagnoses(unknown)] == ["not-recognized"]


def page_of(page, lessons):
    record = {"problems": [], "exercises": {"dense_backward": ONE_OF_THREE}}
    row, grades = Row("ann", {"dense_backward": 0.0}, []), Grades({"dense_backward": 2})
    parts = [("dense_backward", "wrong", "what is said")]
    return page(record, row, grades, parts, lessons)


def test_feedback_links_the_lesson_where_its_address_is_known():
    stem = STEMS["02"]
    for page in (as_html, markdown):
        assert f"https://a.org/lessons/{stem}.ipynb" in page_of(
            page, "https://a.org/lessons/"
        )
        assert "lesson 02" in page_of(page, "") and "ipynb" not in page_of(page, "")


def test_a_page_is_as_wide_as_the_phone():
    page = page_of(as_html, "")
    assert "width=device-width" in page and "white-space:pre-wrap" in page


def test_the_names_of_the_lessons_are_those_of_their_files(request):
    folder = request.config.rootpath / "lessons" / "source"
    assert sorted(STEMS.values()) == sorted(p.stem for p in folder.glob("*.py"))


def test_the_summarys_figure_has_its_numbers_and_no_text_is_small():
    states = {"dense_backward": Counter(right=20, wrong=9, missing=1)}
    common = Counter({("dense_backward", f"mistake-{k}"): 9 - k for k in range(9)})
    figure = draw(Summary(30, states, common, dict.fromkeys(common, "")))
    above, below = figure.axes
    assert {t.get_text() for t in above.texts} >= {"20", "9", "1"}
    assert [t.get_text() for t in below.texts] == [str(k) for k in range(1, 10)]
    labels = [*above.get_yticklabels(), *below.get_yticklabels()]
    assert all(label.get_fontsize() >= 10 for label in labels)
