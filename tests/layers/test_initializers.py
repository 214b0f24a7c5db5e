import numpy as np
import pytest

from gan_numpy.layers.initializers import (
    glorot_uniform,
    he_normal,
    normal,
    uniform,
)

SHAPE = (300, 200)


@pytest.mark.parametrize(
    "init, std",
    [
        (uniform(0.05), 0.05 / np.sqrt(3)),
        (normal(0.02), 0.02),
        (glorot_uniform(), np.sqrt(2 / 500)),
        (he_normal(), np.sqrt(2 / 300)),
    ],
    ids=["uniform", "normal", "glorot_uniform", "he_normal"],
)
def test_mean_spread_dtype_and_seed(init, std):
    W = init(SHAPE, np.random.default_rng(3), np.float32)
    again = init(SHAPE, np.random.default_rng(3), np.float32)
    assert W.shape == SHAPE and W.dtype == np.float32
    assert abs(W.mean()) < 5 * std / np.sqrt(W.size)
    assert W.std() == pytest.approx(std, rel=0.02)
    np.testing.assert_array_equal(W, again)


def test_uniform_stays_within_its_limit():
    W = uniform(0.05)(SHAPE, np.random.default_rng(0), np.float64)
    assert np.abs(W).max() <= 0.05
