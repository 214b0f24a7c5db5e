"""A derivation is right in every form, and a wrong one is told what is wrong with it.

The banks were written before the mechanism. Every sixth right form and every
eighteenth near miss is tried; ``GAN_NUMPY_BANK=all`` tries them all.
"""

import os
import zlib

import pytest
from formulas_right import RIGHT
from formulas_wrong import WRONG
from rewriting import variants

from gan_numpy.derive import VOCABULARIES, judge
from gan_numpy.exercises import all_exercises

WHOLE = os.environ.get("GAN_NUMPY_BANK") == "all"
LESSONS = ("02", "03", "05", "12", "13", "14", "15")


def chosen(items, every):
    return [
        item for item in items if WHOLE or zlib.crc32(str(item).encode()) % every == 0
    ]


def right_forms(name):
    lines = RIGHT[name].strip().split("\n")
    return list(dict.fromkeys(v for line in lines for v in variants(line)))


def near_misses(name):
    pairs = [line.split(" | ", 1) for line in WRONG[name].strip().split("\n")]
    return list(dict.fromkeys((t, v) for t, line in pairs for v in variants(line)))


def test_there_is_a_derivation_for_each_exercise_of_these_lessons():
    names = {n for n, e in all_exercises().items() if e.lesson in LESSONS}
    assert names == VOCABULARIES.keys() == RIGHT.keys() == WRONG.keys()
    for name in names:
        assert len(right_forms(name)) >= 40 and len(near_misses(name)) >= 40


@pytest.mark.parametrize("name", RIGHT)
def test_every_form_of_a_right_derivation_is_right(name):
    for text in chosen(right_forms(name), 6):
        result = judge(name, text)
        assert result.right and result.derived, f"{text}\n{result}"
        assert result.latex.count("&=") + result.latex.count("}=") >= 1


@pytest.mark.parametrize("name", WRONG)
def test_every_near_miss_is_told_its_mistake(name):
    for tags, text in chosen(near_misses(name), 18):
        result = judge(name, text)
        assert not result.right, text
        assert set(result.tags) == set(tags.split()), f"{text}\n{result}"
        if result.error is not None:
            assert 0 <= result.error.start <= len(text) and len(result.error.says) > 15
