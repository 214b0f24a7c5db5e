"""Concatenate: networks side by side on shared and separate columns."""

import numpy as np
import pytest

from gan_numpy.layers import Dense, Maxout, Tanh
from gan_numpy.layers.concatenate import Concatenate
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.penalties import r1
from gan_numpy.recipes.parts import making_pairs
from tests.recipes.tiny import tiny_data, tiny_recipe


@pytest.fixture
def two_branches(rng):
    """One branch reads columns 0..4, the other 3..7; a third hands 5..6 on."""
    options = {"init": normal(0.7), "rng": rng, "dtype": np.float64}
    a = Sequential([("h", Dense(4, 3, **options)), ("tanh", Tanh())])
    b = Sequential([("h", Maxout(4, 2, 3, **options))])
    branches = [
        ("a", slice(0, 4), a),
        ("b", slice(3, 7), b),
        ("c", slice(5, 6), Sequential([])),
    ]
    return Concatenate(branches, 7)


def test_the_columns_go_where_they_should(two_branches, rng):
    x = rng.normal(size=(5, 7))
    y, _ = two_branches.forward(x)
    (_, _, a), (_, _, b), _ = two_branches.branches
    np.testing.assert_array_equal(y[:, :3], a.forward(x[:, :4])[0])
    np.testing.assert_array_equal(y[:, 3:5], b.forward(x[:, 3:])[0])
    np.testing.assert_array_equal(y[:, 5], x[:, 5])


def test_flat_branches_have_no_curvature(two_branches, rng):
    """None, as the protocol says, so that a penalty spares itself the r sweep."""
    _, b, c = two_branches.branches
    flat = Concatenate([b, c], 7)
    x, u = rng.normal(size=(2, 5, 7))
    y, cache = flat.forward(x)
    assert flat.backward_vjp(u, y, cache)[2] is None
    curved = Concatenate([c, two_branches.branches[0]], 7)
    y, cache = curved.forward(x)
    d_x = curved.backward_vjp(u, y, cache)[2]
    assert d_x.shape == x.shape and (d_x[:, :4] != 0).any() and not d_x[:, 4:].any()


def test_conditional_r1_makes_no_needless_sweep(monkeypatch, rng):
    """Maxout branches are flat: no layer is crossed backward after the u sweep."""
    recipe = tiny_recipe("cgan", keep=1.0)
    _, D = recipe.networks(tiny_data(), rng)
    x = rng.random((6, 4 * 4 + 3)).astype(np.float32)
    forward = D.forward(x, train=True, rng=rng)
    calls = []
    plain = Dense.backward
    monkeypatch.setattr(
        Dense, "backward", lambda *a, **k: calls.append(a) or plain(*a, **k)
    )
    r1(D, x, 1.0, forward=forward, labels=3)
    assert len(calls) == 1  # the input sweep's


def test_a_twin_with_other_weights_leaves_the_original_alone(two_branches, rng):
    network = Sequential([("join", two_branches), ("tanh", Tanh())])
    x = rng.normal(size=(5, 7))
    before, _ = network.forward(x)
    others = {name: value + 1 for name, value in network.params.items()}
    twin = network.with_params(others)
    assert (twin.forward(x)[0] != before).any()
    np.testing.assert_array_equal(network.forward(x)[0], before)
    others["join.a.h.W"] += 1
    np.testing.assert_array_equal(twin.params["join.a.h.W"], others["join.a.h.W"])


def test_a_generator_of_pairs_hands_its_class_on(rng):
    G = Sequential([("h", Dense(5, 4, init=normal(1.0), rng=rng, dtype=np.float64))])
    inputs = rng.normal(size=(6, 5))
    pairs, _ = making_pairs(G, 2, 3).forward(inputs)
    np.testing.assert_array_equal(pairs[:, :4], G.forward(inputs)[0])
    np.testing.assert_array_equal(pairs[:, 4:], inputs[:, 2:])


@pytest.mark.parametrize(
    "branches, message",
    [
        ([("a", slice(0, 8), Sequential([]))], "columns 0:8"),
        ([("a", slice(0, 1), Sequential([]))] * 2, "differ"),
        ([("a.b", slice(0, 1), Sequential([]))], "no dots"),
    ],
)
def test_impossible_branches_are_refused(branches, message):
    with pytest.raises(ValueError, match=message):
        Concatenate(branches, 7)


def test_a_wrong_width_is_refused(two_branches):
    with pytest.raises(ValueError, match=r"\(N, 7\), got \(2, 6\)"):
        two_branches.forward(np.zeros((2, 6)))
