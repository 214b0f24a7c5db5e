from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import polynomial_kernel

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.kid import kid, measure, polynomial_mmd2
from gan_numpy.evaluation.subject import Subject


def naive(x, y):
    """The estimate, word by word, with scikit-learn's kernel."""
    kernels = [polynomial_kernel(a, b, degree=3) for a, b in ((x, x), (y, y), (x, y))]
    m, n = len(x), len(y)
    within = [k.sum() - np.trace(k) for k in kernels[:2]]
    return within[0] / (m * (m - 1)) + within[1] / (n * (n - 1)) - 2 * kernels[2].mean()


def expected_kernel(a, b):
    """E k(x, y) for x ~ N(a, I), y ~ N(b, I), from the moments of t = x . y.

    Given y, t is N(a . y, |y|^2); the rest are moments of a Gaussian y.
    """
    d, ab, aa, bb = len(a), a @ b, a @ a, b @ b
    second = ab**2 + aa + bb + d
    third = ab**3 + 3 * ab * aa + 3 * ab * (bb + d + 2)
    return third / d**3 + 3 * second / d**2 + 3 * ab / d + 1


def test_agrees_with_the_definition(rng):
    x, y = rng.normal(size=(30, 3)), 1 + rng.normal(size=(41, 3))
    assert polynomial_mmd2(x, y) == pytest.approx(naive(x, y), rel=1e-12)


def test_points_by_hand():
    """Both sets at one place each: k(x, x) + k(y, y) - 2 k(x, y) with d = 2."""
    x, y = np.tile([[2.0, 0]], (3, 1)), np.tile([[0, 4.0]], (5, 1))
    assert polynomial_mmd2(x, y) == pytest.approx(3**3 + 9**3 - 2)


def test_closed_form_of_two_gaussians():
    """The mean over seeds lies within its own standard errors of the exact value."""
    a, b = np.array([0.5, 0, 0]), np.array([0, 1.0, -1])
    exact = expected_kernel(a, a) + expected_kernel(b, b) - 2 * expected_kernel(a, b)
    rng = np.random.default_rng(1)
    x, y = a + rng.normal(size=(20_000, 3)), b + rng.normal(size=(20_000, 3))
    found = kid(x, y, block_size=200)
    assert found.blocks == 100 and found.standard_error < 0.02 * exact
    assert abs(found.kid - exact) < 3 * found.standard_error


def test_unbiased_where_the_distributions_are_equal(rng):
    found = [kid(*rng.normal(size=(2, 20, 4))) for _ in range(300)]
    values = np.array([result.kid for result in found])
    error = values.std() / np.sqrt(len(values))
    assert abs(values.mean()) < 3 * error
    assert 0.3 < np.mean(values < 0) < 0.7
    # The standard error that each states is the spread that they have.
    stated = np.sqrt(np.mean([result.standard_error**2 for result in found]))
    assert stated == pytest.approx(values.std(), rel=0.2)


def test_the_mean_does_not_depend_on_the_size_of_blocks(rng):
    x, y = rng.normal(size=(1200, 2)), 0.5 + rng.normal(size=(1200, 2))
    small, large = kid(x, y, block_size=4), kid(x, y, block_size=120)
    error = np.hypot(small.standard_error, large.standard_error)
    assert abs(small.kid - large.kid) < 3 * error
    assert small.standard_error > large.standard_error


def test_it_has_the_scale_of_its_features(rng):
    """The trap: the same difference, in other units, is another number altogether."""
    x, y = rng.normal(size=(500, 2)), 1 + rng.normal(size=(500, 2))
    assert kid(10 * x, 10 * y).kid > 10_000 * kid(x, y).kid


def test_blocks_are_disjoint_and_as_many_as_fit(rng):
    x, y = rng.normal(size=(2, 250, 2))
    assert (kid(x, y).blocks, kid(x, y).block_size) == (10, 25)
    assert (kid(x[:9], y).blocks, kid(x[:9], y).block_size) == (4, 2)
    one = kid(x, y, block_size=250)
    assert one.kid == pytest.approx(naive(x, y), abs=1e-12)
    assert one.standard_error == np.inf
    assert kid(x, y, seed=1) == kid(x, y, seed=1) != kid(x, y)


def test_without_labels_pixels_are_left(rng):
    images = rng.integers(0, 256, (100, 16), dtype=np.uint8)
    data = Dataset("own", images[:60], images[60:80], images[80:], 255.0, (4, 4))
    found = measure(Subject(rng.random((20, 16)), data, "own.npy"))
    assert [row.key for row in found.rows] == ["pixels", "pixels_error"]
    assert "own has no labels" in found.notes[0]


def test_bad_input():
    with pytest.raises(ValueError, match="2 or more"):
        kid(np.zeros((1, 2)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="expected 2"):
        kid(np.zeros((3, 2)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="2 to 3 points of each set, got 4"):
        kid(np.zeros((3, 2)), np.zeros((4, 2)), block_size=4)
