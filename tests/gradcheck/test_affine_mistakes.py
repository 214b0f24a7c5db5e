"""Everything that may go wrong with the most common layer, without any candidates."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits


def forward(x, W, b):
    return x @ W + b, (x, W)


def true(dy, x, W):
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


@pytest.fixture
def arrays(rng):
    return (
        rng.standard_normal((7, 5)),
        rng.standard_normal((5, 3)),
        rng.standard_normal(3),
    )


WRONG = {
    "not-summed": lambda dx, dW, db, dy, x, W: (dx, dW, dy),
    "mean-twice": lambda dx, dW, db, dy, x, W: (dx, dW, dy.mean(axis=0)),
    "wrong-axis": lambda dx, dW, db, dy, x, W: (dx, dW, dy.sum(axis=1)),
    "keepdims": lambda dx, dW, db, dy, x, W: (dx, dW, db[None]),
    "summed-too-much": lambda dx, dW, db, dy, x, W: (dx, dW, dy.sum()),
    "transposed": lambda dx, dW, db, dy, x, W: (dx, dW.T, db),
    "mean-missing": lambda dx, dW, db, dy, x, W: (dx, 7 * dW, db),
    "mean-wrong-axis": lambda dx, dW, db, dy, x, W: (dx, dW * 7 / 5, db),
    "sign": lambda dx, dW, db, dy, x, W: (-dx, dW, db),
    "factor-2": lambda dx, dW, db, dy, x, W: (2 * dx, dW, db),
    "factor-half": lambda dx, dW, db, dy, x, W: (dx / 2, dW, db),
    "factor-unrecognized": lambda dx, dW, db, dy, x, W: (dx, 1.37 * dW, db),
    "upstream-ignored": lambda dx, dW, db, dy, x, W: (
        np.ones_like(dy) @ W.T,
        dW,
        db,
    ),
    "dy-squared": lambda dx, dW, db, dy, x, W: (dx, x.T @ dy**2, db),
    "not-linear-in-dy": lambda dx, dW, db, dy, x, W: (np.abs(dy) @ W.T, dW, db),
    "term-without-dy": lambda dx, dW, db, dy, x, W: (dx, dW + 0.1 * W, db),
    "flipped": lambda dx, dW, db, dy, x, W: (dx, dW[::-1], db),
    "wrong-reshape": lambda dx, dW, db, dy, x, W: (
        dx,
        dW.T.reshape(dW.shape),
        db,
    ),
    "shape": lambda dx, dW, db, dy, x, W: (dx, dW[:4], db),
    "nan": lambda dx, dW, db, dy, x, W: (dx * np.nan, dW, db),
    "all-zero": lambda dx, dW, db, dy, x, W: (dx * 0, dW, db),
    "precision": lambda dx, dW, db, dy, x, W: (
        dx.astype(np.float32).astype(np.float64),
        dW,
        db,
    ),
    "none": lambda dx, dW, db, dy, x, W: (None, dW, db),
    "count": lambda dx, dW, db, dy, x, W: (dx, dW),
}


def backward_of(wrong):
    def backward(dy, cache):
        x, W = cache
        return wrong(*true(dy, x, W), dy, x, W)

    return backward


@pytest.mark.parametrize("tag", WRONG)
def test_each_mistake_gets_its_own_name(tag, arrays):
    with searching(Limits(0)):  # by the numbers alone
        result = check_gradients(forward, backward_of(WRONG[tag]), *arrays)
    assert not result and result.tags == (tag,)


def test_two_mistakes_in_one_array_are_both_named(arrays):
    both = backward_of(lambda dx, dW, db, dy, x, W: (dx, -7 * dW, db))
    assert check_gradients(forward, both, *arrays).tags == ("sign", "mean-missing")


def test_the_true_gradient_passes_and_the_evidence_is_right(arrays):
    right = backward_of(lambda dx, dW, db, dy, x, W: (dx, dW, db))
    assert check_gradients(forward, right, *arrays)
    wrong = check_gradients(forward, backward_of(WRONG["mean-missing"]), *arrays)
    e = wrong.evidence
    assert e is not None and np.isclose(e.got / e.want, 7) and np.isclose(e.ratio, 7)
    assert np.isclose(e.cosine, 1) and e.wrong == e.size == 15
    assert wrong.right == ["dx", "db"]


def test_a_dict_of_gradients_and_a_backward_with_the_inputs(arrays):
    def with_names(dy, cache):
        return dict(zip(("dx", "W", "db"), true(dy, *cache), strict=True))

    assert check_gradients(forward, with_names, *arrays)
    assert check_gradients(np.tanh, lambda dy, x: dy / np.cosh(x) ** 2, arrays[0])


def test_accumulated_and_written_arguments_are_named(arrays):
    total = {}

    def accumulates(dy, cache):
        dx, dW, db = true(dy, *cache)
        total["dW"] = total.get("dW", 0) + dW
        return dx, total["dW"], db

    def writes(dy, cache):
        grads = true(dy, *cache)
        dy *= 0
        return grads

    def spoils(dy, cache):
        grads = true(dy, *cache)
        cache[0][:] = 0  # which is the input itself
        return grads

    assert check_gradients(forward, accumulates, *arrays).tags == ("accumulated",)
    assert check_gradients(forward, writes, *arrays).tags == ("mutated",)
    assert check_gradients(forward, spoils, *arrays).tags == ("mutated",)


def test_every_line_is_at_most_80_columns(arrays):
    for wrong in WRONG.values():
        with searching(Limits(0)):
            result = check_gradients(forward, backward_of(wrong), *arrays)
        assert max(map(len, result.text(hints=3).split("\n"))) <= 80
