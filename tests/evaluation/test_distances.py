from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gan_numpy.evaluation.distances import (
    check_points,
    kth_neighbor,
    nearest,
    squared_distances,
)


@pytest.mark.parametrize("block_values", [1, 40, 10**6])
def test_blocks_are_the_whole_table(rng, block_values):
    x, y = rng.normal(size=(23, 4)) + 1e3, rng.normal(size=(17, 4)) + 1e3
    table = np.full((23, 17), np.nan)
    for rows, d2 in squared_distances(x, y, block_values):
        assert d2.size <= max(block_values, 17)
        table[rows] = d2
    np.testing.assert_allclose(table, cdist(x, y, "sqeuclidean"), rtol=1e-9)


def test_never_negative(rng):
    x = np.repeat(rng.normal(size=(5, 50)), 4, axis=0)
    assert all((d2 >= 0).all() for _, d2 in squared_distances(x, x))


@pytest.mark.parametrize("block_values", [1, 10**6])
def test_nearest_and_kth_agree_with_scikit_learn(rng, block_values):
    from sklearn.neighbors import NearestNeighbors

    x, y = rng.normal(size=(31, 3)), rng.normal(size=(19, 3))
    index, distance = nearest(x, y, block_values)
    expected, neighbors = NearestNeighbors(n_neighbors=1).fit(y).kneighbors(x)
    np.testing.assert_array_equal(index, neighbors[:, 0])
    np.testing.assert_allclose(distance, expected[:, 0], atol=1e-14)
    others, _ = NearestNeighbors(n_neighbors=4).fit(x).kneighbors()
    radii = np.sqrt(kth_neighbor(x, 4, block_values))
    np.testing.assert_allclose(radii, others[:, 3], rtol=1e-12)


def test_a_copy_is_at_exactly_zero(rng):
    y = rng.random((50, 784))
    index, distance = nearest(y[[7, 3]], y)
    assert index.tolist() == [7, 3] and distance.tolist() == [0, 0]


@pytest.mark.parametrize(
    "x, least, message",
    [
        (np.zeros(3), 1, r"points need shape \(N, d\), got \(3,\)"),
        (np.zeros((3, 0)), 1, "need shape"),
        (np.zeros((1, 2)), 2, "points must be 2 or more, got 1"),
        (np.zeros((2, 3)), 1, "3 values each, expected 2"),
        (np.array([[0, np.inf]]), 1, "not finite"),
    ],
)
def test_bad_points(x, least, message):
    with pytest.raises(ValueError, match=message):
        check_points("points", x, least, features=2)
