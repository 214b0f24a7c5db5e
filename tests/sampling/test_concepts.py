"""Concepts: how styles are measured, how exemplars are chosen, what is intended."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.errors import UserError
from gan_numpy.sampling.concepts import (
    Concept,
    find_exemplars,
    ink,
    intended,
    parse_concept,
    slant,
    style_score,
)


def bar(s, size=21, value=1.0):
    """A vertical bar of width 3, sheared: its top leans s to the right per row."""
    image, middle = np.zeros((size, size)), size // 2
    for y in range(3, size - 3):
        center = middle - round(s * (y - middle))
        image[y, center - 1 : center + 2] = value
    return image


@pytest.mark.parametrize("s", [-0.5, -0.25, 0.0, 0.25, 0.5])
def test_the_slant_of_a_sheared_bar_is_its_shear(s):
    assert slant(bar(s)[None])[0] == pytest.approx(s, abs=0.03)


def test_a_shear_adds_to_the_slant(rng):
    """Of any image, sheared by whole pixels: the top of a row y moves by y0 - y."""
    image = np.zeros((15, 45))
    image[3:12, 18:27] = rng.random((9, 9))
    sheared = np.stack([np.roll(row, 7 - y) for y, row in enumerate(image)])
    before, after = slant(np.stack([image, sheared]))
    assert after - before == pytest.approx(1, abs=1e-12)


def test_slant_and_ink_of_special_images():
    images = np.stack([np.zeros((5, 5)), np.ones((5, 5)), 0.25 * np.ones((5, 5))])
    np.testing.assert_allclose(slant(images), 0, atol=1e-12)  # also an empty image
    np.testing.assert_allclose(ink(images), [0, 1, 0.25])
    faint, strong = slant(np.stack([bar(0.25, value=0.1), bar(0.25)]))
    assert faint == pytest.approx(strong)  # a slant is no matter of ink


def test_opposite_styles_have_opposite_scores(rng):
    images = rng.random((4, 6, 5))
    for one, other in (("bold", "thin"), ("right", "left")):
        score = style_score(images, one)
        np.testing.assert_array_equal(score, -style_score(images, other))
        assert np.ptp(score) > 0
    np.testing.assert_array_equal(style_score(images, ""), np.zeros(4))
    leaning = np.stack([bar(-0.4), bar(0.4)])
    assert style_score(leaning, "left").argmax() == 0


def test_concepts_are_read_and_written():
    assert parse_concept("7", 10) == Concept(7) and str(Concept(7)) == "7"
    assert parse_concept("0:left", 10) == Concept(0, "left")
    assert str(parse_concept("3:bold", 10)) == "3:bold"


@pytest.mark.parametrize(
    "text, message",
    [
        ("10", "a class from 0 to 9"),
        ("-1", "a class from 0 to 9"),
        ("seven", "a class from 0 to 9"),
        ("", "a class from 0 to 9"),
        (":bold", "a class from 0 to 9"),
        ("7:fat", "the styles are bold, thin, left, right, got 'fat'"),
        ("7:bold:left", "got 'bold:left'"),
    ],
)
def test_what_is_no_concept_is_refused(text, message):
    with pytest.raises(UserError, match=message) as caught:
        parse_concept(text, 10)
    assert repr(text) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "formula, result",
    [
        ("3:bold 3:thin 7:thin", "7:bold"),  # a style is handed over
        ("7:right 7:left 1:left", "1:right"),
        ("3:bold 3 7", "7:bold"),
        ("4 9 9", "4"),  # what is added is taken away
        ("4:bold 9:thin 9:thin", "4:bold"),
        ("3:bold 3:thin 7:left", "7"),  # no style of 7 is known from these
        ("4 9 7", None),  # no one knows
        ("4 9:thin 9", None),
    ],
)
def test_what_is_intended(formula, result):
    concepts = [parse_concept(text, 10) for text in formula.split()]
    goal = intended(*concepts)
    assert (None if goal is None else str(goal)) == result


def test_exemplars_are_sure_ones_with_most_of_the_style():
    """Images of rising ink; the classifier is sure of the even ones and of number 9."""
    images = np.arange(10)[:, None, None] / 10 * np.ones((10, 3, 3))
    p = np.full(10, 0.1)
    p[::2], p[9] = 0.995, 0.991
    probabilities = np.stack([1 - p, p], axis=1)
    found = find_exemplars(Concept(1, "bold"), images, probabilities, 3)
    assert found.tolist() == [9, 8, 6]
    found = find_exemplars(Concept(1, "thin"), images, probabilities, 2)
    assert found.tolist() == [0, 2]
    probabilities[4, 1] = 0.999
    assert find_exemplars(Concept(1), images, probabilities, 1).tolist() == [4]
    with pytest.raises(UserError, match="only 6 of 10 .* class 1 .* 7 are needed"):
        find_exemplars(Concept(1), images, probabilities, 7)
    with pytest.raises(UserError, match="only 0 of 10 samples are read as class 0"):
        find_exemplars(Concept(0), images, 0.8 * probabilities, 1)
