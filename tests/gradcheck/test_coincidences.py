"""A name does not rest on a number that means two things in this call."""

import numpy as np
import pytest

from gan_numpy.exercises import all_exercises
from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.adapt import from_functions
from gan_numpy.gradcheck.coincidences import axes_by_size, independent


def affine(x, W):
    return x @ W, (x, W)


def averaged(dy, cache):
    x, W = cache
    return dy @ W.T, x.T @ dy / len(x)


def attention(Q, K):
    return Q @ K.T / np.sqrt(Q.shape[1]), (Q, K)


def unscaled(dy, cache):
    Q, K = cache
    return dy @ K, dy.T @ Q / np.sqrt(Q.shape[1])


def pooled(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5)), x.shape


def summed(dy, shape):
    return np.repeat(np.repeat(dy, 2, axis=2), 2, axis=3)


CASES = {
    "N is the number of inputs": (affine, averaged, (4, 4), (4, 3)),
    "N is the number of outputs": (affine, averaged, (3, 5), (5, 3)),
    "the root of d = 4 is 2": (attention, unscaled, (7, 4), (5, 4)),
    "N is a window of 2 by 2": (pooled, summed, (4, 3, 6, 10)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_factor_of_two_meanings_gets_no_name(case, rng):
    forward, backward, *shapes = CASES[case]
    result = check_gradients(forward, backward, *map(rng.standard_normal, shapes))
    text = " ".join(str(result).split())
    if "at test_coincidences.py, line" not in text:  # no repair that tells them apart
        assert result.tags == ("factor-ambiguous",), text
        assert "sizes that differ" in text
    else:
        assert result.tags[0] in ("mean-twice", "factor-extra", "factor-missing"), text


def test_with_sizes_that_differ_it_gets_its_name(rng):
    x, W = rng.standard_normal((7, 5)), rng.standard_normal((5, 3))
    assert check_gradients(affine, averaged, x, W).tags == ("mean-twice",)


def test_axes_that_belong_together_are_one(rng):
    x, W, b = (rng.standard_normal(s) for s in ((4, 4), (4, 4), (4,)))

    def forward(x, W, b):
        return x @ W + b, None

    problem = from_functions(forward, lambda dy, c: dy, (x, W, b), {}, None)
    told = independent(problem, axes_by_size(problem)[4])
    assert {frozenset(axes) for axes in told} == {
        frozenset({("x", 0)}),
        frozenset({("x", 1), ("W", 0)}),
        frozenset({("W", 1), ("b", 0)}),
    }


ORDINARY = {
    name: e.check
    for name, e in all_exercises().items()
    if hasattr(e.check, "wrt") and not hasattr(e.check, "formulas")
}


SHARED = {"semi_supervised_gradient"}  # three sets of logits of the same K classes


@pytest.mark.parametrize("name", ORDINARY)
def test_our_own_draws_have_no_size_twice(name):
    """The sizes of independent axes differ; height and width may equal others."""
    check = ORDINARY[name]
    forward = getattr(check, "forward", None) or check.loss
    inputs = check.ordinary_inputs(0)
    problem = from_functions(forward, None, tuple(inputs.values()), {}, check.wrt)
    for size, axes in axes_by_size(problem).items():
        image = {(k, i) for k, i in axes if inputs[k].ndim == 4 and i > 1}
        kept = [axis for axis in axes if axis not in image]
        if size > 2 and len(kept) > 1:
            told = independent(problem, kept)
            assert len(told) <= 1 or name in SHARED, f"{size}: {told}"
