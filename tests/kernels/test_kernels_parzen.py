"""Parzen windows: against SciPy and scikit-learn, invariances, precision and memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.neighbors import KernelDensity

import gan_numpy
from gan_numpy.kernels.native import parzen
from gan_numpy.kernels.reference import parzen as reference

SIGMAS = np.array([0.05, 0.3, 1.0, 4.0])
SHAPES = [
    (1, 1, 1),
    (0, 3, 2),
    (5, 1, 3),
    (3, 4, 0),
    (33, parzen.CENTERS + 1, 7),
    (70, 2 * parzen.CENTERS - 3, parzen.DEPTH + 5),
]


def direct(x, centers, sigmas):
    """The formula itself, in float64, from differences."""
    x, centers = np.asarray(x, float), np.asarray(centers, float)
    squared = ((x[:, None] - centers) ** 2).sum(2)[:, :, None]
    sums = logsumexp(-squared / (2 * sigmas**2), axis=1)
    constant = 0.5 * x.shape[1] * np.log(2 * np.pi * sigmas**2)
    return sums - np.log(len(centers)) - constant


def images(rng, n, d=784, seed=7):
    """Smooth images of mostly dark pixels, of the size of MNIST's norms."""
    basis = np.random.default_rng(seed).standard_normal((20, d))
    return 1 / (1 + np.exp(3 - rng.standard_normal((n, 20)) @ basis))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_against_scipy(kernels, rng, shape):
    n, m, d = shape
    x, centers = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    result = kernels.parzen_log_density(x, centers, SIGMAS)
    assert result.dtype == np.float64 and result.shape == (n, len(SIGMAS))
    np.testing.assert_allclose(
        result, direct(x, centers, SIGMAS), rtol=1e-11, atol=1e-9
    )


@pytest.mark.parametrize("sigma", [0.1, 0.7, 5.0])
def test_against_sklearn(kernels, rng, sigma):
    x, centers = rng.standard_normal((40, 6)), rng.standard_normal((300, 6))
    # One leaf: the bounds of a tree lose the digits of densities as low as these.
    tree = KernelDensity(bandwidth=sigma, rtol=0, leaf_size=1000)
    density = tree.fit(centers)
    result = kernels.parzen_log_density(x, centers, np.array([sigma]))[:, 0]
    np.testing.assert_allclose(result, density.score_samples(x), rtol=0, atol=1e-9)


def test_one_center_is_a_gaussian(kernels, rng, dtype):
    x, center = rng.standard_normal((9, 5)), rng.standard_normal((1, 5))
    x, center = x.astype(dtype), center.astype(dtype)
    result = kernels.parzen_log_density(x, center, SIGMAS)
    squared = ((x.astype(float) - center) ** 2).sum(1)[:, None]
    exact = -squared / (2 * SIGMAS**2) - 2.5 * np.log(2 * np.pi * SIGMAS**2)
    tolerance = 1e-9 if dtype == np.float64 else parzen.FLOAT32_NATS
    np.testing.assert_allclose(result, exact, rtol=1e-12, atol=tolerance)


def test_shift_invariance(kernels, rng):
    x, centers = rng.standard_normal((20, 8)), rng.standard_normal((50, 8))
    result = kernels.parzen_log_density(x, centers, SIGMAS)
    shifted = kernels.parzen_log_density(x + 3, centers + 3, SIGMAS)
    np.testing.assert_allclose(shifted, result, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("block_values", [1, 1000, 1 << 14, 1 << 21])
def test_block_size_does_not_matter(kernels, rng, dtype, block_values):
    x = rng.standard_normal((90, 11)).astype(dtype)
    centers = rng.standard_normal((3 * parzen.CENTERS + 2, 11)).astype(dtype)
    sigmas = np.array([0.5, 2.0])
    exact = direct(x, centers, sigmas)
    result = kernels.parzen_log_density(x, centers, sigmas, block_values)
    tolerance = 1e-9 if dtype == np.float64 else 1e-4
    np.testing.assert_allclose(result, exact, rtol=0, atol=tolerance)


def test_layouts(kernels, layout, rng, dtype):
    x = rng.standard_normal((13, 4)).astype(dtype)
    centers = rng.standard_normal((31, 4)).astype(dtype)
    expected = kernels.parzen_log_density(x, centers, SIGMAS)
    result = kernels.parzen_log_density(layout(x), layout(centers), layout(SIGMAS))
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-9)


def test_a_point_far_from_every_center(kernels, dtype):
    x = np.full((2, 3), 1e4, dtype)
    centers = np.zeros((250, 3), dtype)
    result = kernels.parzen_log_density(x, centers, np.array([0.1]))
    np.testing.assert_allclose(result, direct(x, centers, np.array([0.1])), rtol=1e-6)


def test_points_on_centers(kernels, rng, dtype):
    centers = rng.standard_normal((40, 30)).astype(dtype)
    result = kernels.parzen_log_density(centers, centers, np.array([0.05]))
    exact = direct(centers, centers, np.array([0.05]))
    np.testing.assert_allclose(result, exact, rtol=0, atol=parzen.FLOAT32_NATS)


def test_what_is_not_finite_is_nan(kernels, rng, dtype):
    x = rng.standard_normal((40, 3)).astype(dtype)
    centers = rng.standard_normal((300, 3)).astype(dtype)
    clean = kernels.parzen_log_density(x, centers, SIGMAS)
    with np.errstate(invalid="ignore"):
        x[1, 0], x[34, 2] = np.nan, np.inf
        result = kernels.parzen_log_density(x, centers, SIGMAS)
        assert np.isnan(result[[1, 34]]).all()
        others = np.delete(np.arange(40), [1, 34])
        np.testing.assert_allclose(result[others], clean[others], rtol=1e-5, atol=1e-3)
        centers[299, 0] = np.nan
        result = kernels.parzen_log_density(x, centers, SIGMAS)
        assert np.isnan(result).all()


@pytest.mark.parametrize("sigmas", [[0.1], [0.1, 0.3, 1.0], [0.01], [0.01, 1.0]])
def test_float32_images_within_the_tolerance(kernels, rng, sigmas):
    x, centers = images(rng, 100), images(rng, 700)
    x, centers = x.astype(np.float32), centers.astype(np.float32)
    sigmas = np.array(sigmas)
    exact = reference.parzen_log_density(x.astype(float), centers.astype(float), sigmas)
    result = kernels.parzen_log_density(x, centers, sigmas)
    assert np.abs(result - exact).max() < 2e-3


def test_float32_arithmetic_is_as_good_as_it_is_estimated(rng, monkeypatch):
    # Whatever the estimate says, stay in float32, and compare the error with it.
    monkeypatch.setattr(parzen, "FLOAT32_NATS", np.inf)
    x, centers = images(rng, 200), images(rng, 500)
    x, centers = x.astype(np.float32), centers.astype(np.float32)
    sigma = 0.1
    exact = direct(x, centers, np.array([sigma]))
    result = parzen.parzen_log_density(x, centers, np.array([sigma]))
    error = np.sqrt(np.mean((result - exact) ** 2))
    assert 0 < error < parzen._float32_nats(x, centers, sigma)


def test_a_constant_estimate_is_refused_where_float32_would_be_wrong(rng):
    x = images(rng, 50)
    assert parzen._float32_nats(x, x, 0.01) > parzen.FLOAT32_NATS
    assert parzen._float32_nats(x, x, 0.2) < parzen.FLOAT32_NATS


@pytest.mark.parametrize(
    ("centers", "sigmas"),
    [(np.ones((0, 2)), [1.0]), (np.ones((3, 2)), [0.0]), (np.ones((3, 2)), [np.nan])],
)
def test_refuses(kernels, centers, sigmas):
    with pytest.raises(ValueError, match="center and positive"):
        kernels.parzen_log_density(np.ones((4, 2)), centers, np.array(sigmas))


_MEMORY = """
import resource, sys
import numpy as np
from gan_numpy.kernels.native.parzen import parzen_log_density
rng = np.random.default_rng(0)
n, m, d = 30_000, 30_000, 64
x, centers = rng.random((n, d), np.float32), rng.random((m, d), np.float32)
sigmas = np.array([0.5, 1.0])
parzen_log_density(x[:5], centers[:5], sigmas)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
out = parzen_log_density(x, centers, sigmas)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert np.isfinite(out).all()
print((after - before) * (1 if sys.platform == "darwin" else 1024))
"""


def test_memory_is_bounded():
    pytest.importorskip("resource")
    result = subprocess.run(
        [sys.executable, "-c", _MEMORY],
        cwd=Path(gan_numpy.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    # All distances would take 3.6 GB.
    assert int(result.stdout) < 64e6
