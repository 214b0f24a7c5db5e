from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.baselines import k_means, training_images
from gan_numpy.evaluation.parzen import (
    SIGMAS,
    evaluate_baseline,
    evaluate_parzen,
    parzen_log_likelihood,
    select_sigma,
)


@pytest.mark.parametrize("sigma", [0.05, 0.2, 1.0])
def test_agrees_with_scikit_learn(sigma, rng):
    from sklearn.neighbors import KernelDensity

    x, centers = rng.random((101, 20)), rng.random((307, 20))
    # One leaf: with more, its sums over the tree are off by up to 373 nats here.
    model = KernelDensity(bandwidth=sigma, leaf_size=len(centers))
    values = model.fit(centers).score_samples(x)
    score = parzen_log_likelihood(x, centers, sigma)
    assert score.log_likelihood == pytest.approx(values.mean(), abs=1e-9)
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert score.standard_error == pytest.approx(error, abs=1e-9)


def test_one_center_is_a_gaussian(rng):
    x, center = rng.normal(size=(50, 3)), rng.normal(size=(1, 3))
    expected = multivariate_normal(center[0], 0.49 * np.eye(3)).logpdf(x).mean()
    score = parzen_log_likelihood(x, center, 0.7)
    assert score.log_likelihood == pytest.approx(expected, abs=1e-12)


def test_far_away_points_do_not_underflow():
    score = parzen_log_likelihood(np.full((2, 4), 1e3), np.zeros((3, 4)), 0.1)
    assert score.log_likelihood == pytest.approx(-4e6 / 0.02, rel=1e-4)


def test_sigma_is_the_grids_best(rng):
    """Centers and points from one Gaussian mixture of known width."""
    means = rng.normal(size=(200, 5)) * 10
    x = means + rng.normal(size=means.shape) * SIGMAS[4]
    assert select_sigma(x, means) == SIGMAS[4]


def test_refinement_never_lowers_the_validation_score_much(rng):
    """The refined bandwidth is the maximum of a smooth curve, to .3 %."""
    from scipy.optimize import minimize_scalar

    centers, validation = rng.random((400, 30)), rng.random((300, 30))
    result = evaluate_parzen(centers, validation, validation)
    best = minimize_scalar(
        lambda s: -parzen_log_likelihood(validation, centers, s).log_likelihood,
        bounds=(0.05, 2),
        method="bounded",
    )
    assert result.refined.sigma == pytest.approx(best.x, rel=4e-3)
    assert result.refined.log_likelihood >= result.coarse.log_likelihood


def test_only_the_first_thousand_validation_images_choose(rng):
    centers, validation = rng.random((50, 4)), rng.random((1000, 4))
    garbage = np.concatenate([validation, np.full((5000, 4), 99.0)])
    assert evaluate_parzen(centers, validation, centers) == evaluate_parzen(
        centers, garbage, centers
    )


def test_a_fixed_bandwidth(rng):
    x = rng.random((20, 4))
    result = evaluate_parzen(x, x, x, sigma=0.3)
    assert result.coarse.sigma == result.refined.sigma == 0.3


def test_as_dict_has_the_promised_keys(rng):
    x = rng.random((20, 4))
    result = evaluate_parzen(x, x, x).as_dict()
    three = {"log_likelihood", "standard_error", "sigma"}
    assert set(result) == three | {"refined"} and set(result["refined"]) == three


@pytest.mark.parametrize(
    "x, centers, sigma, message",
    [
        (np.full((2, 3), np.nan), np.zeros((2, 3)), 1, "examples hold values"),
        (np.zeros((2, 3)), np.full((2, 3), np.inf), 1, "centers hold values"),
        (np.zeros((2, 3)), np.zeros((2, 4)), 1, "3 values, centers 4"),
        (np.zeros((2, 3)), np.zeros((0, 3)), 1, "centers need shape"),
        (np.zeros(3), np.zeros((2, 3)), 1, "examples need shape"),
        (np.zeros((2, 3)), np.zeros((2, 3)), 0, "more than 0"),
        (np.zeros((2, 3)), np.zeros((2, 3)), np.nan, "finite"),
    ],
)
def test_bad_input(x, centers, sigma, message):
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood(x, centers, sigma)


@pytest.fixture
def data(rng):
    images = rng.integers(0, 256, (300, 6), dtype=np.uint8)
    return Dataset("random", images[:200], images[200:250], images[250:], 255.0)


def test_baselines(data):
    """Training images are training images; there is a centroid for five of them."""
    centers = training_images(data, 50)
    rows = {tuple(row) for row in data.scaled("train", dtype=np.float64)}
    assert centers.shape == (50, 6) and all(tuple(row) in rows for row in centers)
    assert len(training_images(data)) == 200
    centroids = k_means(data)
    assert centroids.shape == (40, 6)
    assert len(k_means(data, 7)) == 7
    for name in ("training_images", "k_means"):
        assert np.isfinite(evaluate_baseline(name, data).coarse.log_likelihood)
