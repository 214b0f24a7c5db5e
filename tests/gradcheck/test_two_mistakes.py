"""Two mistakes at once are both named, each on its own line, or neither is."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

NOISE = np.random.default_rng(5).standard_normal((4, 5))


def block(x, W, b, V):
    h = np.tanh(x @ W + b)
    return h @ V + x, (x, W, V, h)


def of_different_arrays(dy, cache):
    x, W, V, h = cache
    dV = h.T @ dy
    da = dy @ V.T * (1 - h**2)
    db = da.mean(axis=0)
    return da @ W.T, x.T @ da, db, dV  # the skip is forgotten, too


def of_one_array_each(dy, cache):
    x, W, V, h = cache
    dV = x.T @ dy
    da = dy @ V.T * (1 - h**2)
    dx = da @ W.T - dy
    return dx, x.T @ da, da.sum(axis=0), dV


def one_mistake(dy, cache):
    x, W, V, h = cache
    dV = h.T @ dy
    da = dy @ V.T
    dx = da @ W.T + dy
    return dx, x.T @ da, da.sum(axis=0), dV


def noise_and_a_sign(dy, cache):
    x, W, V, h = cache
    dV = NOISE * dy.sum()
    da = dy @ V.T * (1 - h**2)
    dx = da @ W.T - dy
    return dx, x.T @ da, da.sum(axis=0), dV


@pytest.fixture(autouse=True)
def _patient():
    """Only processor time counts, however busy the machine is."""
    with searching(Limits(wall=120.0)):
        yield


@pytest.fixture(name="inputs")
def _inputs(rng):
    n = rng.standard_normal
    return n((7, 5)), n((5, 4)), n(4), n((4, 5))


def said(result):
    """(what is wrong, its name, the text of its line) of each finding."""
    return {
        (f.names, f.tags, tuple(place.text.split("  #")[0] for place in f.places))
        for f in result.findings
    }


def test_mistakes_that_are_seen_in_different_arrays(inputs):
    result = check_gradients(block, of_different_arrays, *inputs)
    assert said(result) == {
        (("dx",), ("term-missing",), ("return da @ W.T, x.T @ da, db, dV",)),
        (("db",), ("mean-twice",), ("db = da.mean(axis=0)",)),
    }


def test_both_lines_are_in_the_hints_and_both_changes(inputs):
    result = check_gradients(block, of_one_array_each, *inputs)
    assert said(result) == {
        (("dx",), ("sign",), ("dx = da @ W.T - dy",)),
        (("dV",), ("wrong-array",), ("dV = x.T @ dy",)),
    }
    line, change = result.hints(4)[1], result.hints(4)[3]
    assert "dx = da @ W.T - dy" in line and "dV = x.T @ dy" in line
    assert " and " in line and "`h`" in change and "+ dy`" in change


def test_one_mistake_stays_one(inputs):
    result = check_gradients(block, one_mistake, *inputs)
    assert len(result.findings) == 1 and not result.repair.parts
    assert result.tags == ("derivative-missing",)


def test_what_has_no_repair_is_not_paired(inputs):
    with searching(Limits(seconds=2.0, wall=120.0)):
        result = check_gradients(block, noise_and_a_sign, *inputs)
    of = {name: f.tags for f in result.findings for name in f.names}
    assert of["dV"] == ("not-recognized",) and result.repair is None
