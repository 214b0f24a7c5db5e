"""Noise, rescaling, reversed gradients, and labels as vectors."""

import numpy as np
import pytest

from gan_numpy.layers import Dense, GaussianNoise, GradientReversal, Rescale, one_hot
from gan_numpy.layers.initializers import normal


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise_has_its_deviation_and_is_for_training_only(dtype, rng):
    layer, x = GaussianNoise(0.3), np.full((200, 100), 2, dtype)
    y, _ = layer.forward(x, train=True, rng=rng)
    assert y.dtype == dtype
    # Five standard errors, of the mean and of the deviation of 20,000 draws.
    assert abs(y.mean(dtype=float) - 2) < 5 * 0.3 / np.sqrt(20_000)
    assert abs(y.std(dtype=float) - 0.3) < 5 * 0.3 / np.sqrt(40_000)
    assert layer.forward(x)[0] is x and (x == 2).all()


def test_noise_repeats_with_the_seed_and_differs_between_calls():
    layer, x, rng = GaussianNoise(1), np.zeros((5, 4)), np.random.default_rng(1)
    first, second = (layer.forward(x, train=True, rng=rng)[0] for _ in range(2))
    again, _ = layer.forward(x, train=True, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(first, again)
    assert (first != second).all()
    with pytest.raises(ValueError, match="pass rng"):
        layer.forward(x, train=True)
    for std in (-0.1, float("nan")):
        with pytest.raises(ValueError, match="deviation"):
            GaussianNoise(std)


def test_rescale_takes_pixels_to_tanh_and_back():
    pixels = np.array([[0, 0.25, 1]], np.float32)
    y, _ = Rescale(2, -1).forward(pixels)
    np.testing.assert_array_equal(y, [[-1, -0.5, 1]])
    back, cache = Rescale(0.5, 0.5).forward(y)
    np.testing.assert_array_equal(back, pixels)
    dx, _ = Rescale(0.5, 0.5).backward(np.ones_like(y), cache)
    np.testing.assert_array_equal(dx, np.full((1, 3), 0.5))
    for scale, shift in ((0, 1), (float("inf"), 0), (1, float("nan"))):
        with pytest.raises(ValueError, match="finite scale"):
            Rescale(scale, shift)


def test_one_hot():
    vectors = one_hot([2, 0, 2], 3)
    np.testing.assert_array_equal(vectors, [[0, 0, 1], [1, 0, 0], [0, 0, 1]])
    assert vectors.dtype == np.float32
    assert one_hot(np.array([1], np.uint8), 2, np.float64).dtype == np.float64
    assert one_hot([], 4).shape == (0, 4)


def test_dense_on_one_hot_labels_is_an_embedding(rng):
    table = Dense(6, 3, init=normal(1), rng=rng)
    labels = np.array([4, 1, 4, 4])
    y, cache = table.forward(one_hot(labels, 6))
    np.testing.assert_array_equal(y, table.params["W"][labels])
    dy = rng.normal(size=y.shape).astype(np.float32)
    _, grads = table.backward(dy, cache)
    expected = np.zeros((6, 3))
    np.add.at(expected, labels, dy)
    np.testing.assert_allclose(grads["W"], expected, rtol=1e-6)


@pytest.mark.parametrize(
    "labels, error, message",
    [
        ([0, 10], ValueError, "label 10 of example 1 is out of range: 10 classes"),
        ([-1, 3], ValueError, "label -1 of example 0 is out of range"),
        ([1.0, 2.0], TypeError, "integers, got an array of float64"),
        ([True, False], TypeError, "integers, got an array of bool"),
        ([[1, 2]], ValueError, r"shape \(N,\), got \(1, 2\)"),
    ],
)
def test_labels_that_make_no_sense_are_named(labels, error, message):
    with pytest.raises(error, match=message):
        one_hot(labels, 10)


def test_gradient_reversal_makes_one_pass_of_two_aims(rng):
    """The features climb the loss that the unit behind the layer descends."""
    dense = Dense(3, 1, init=normal(1), rng=rng, dtype=np.float64)
    x, weight = rng.standard_normal((5, 3)), 0.25
    layer = GradientReversal(weight)
    y, cache = layer.forward(x)
    a, inner = dense.forward(y)
    dy, grads = dense.backward(np.ones_like(a), inner)
    dx, _ = layer.backward(dy, cache)
    plain, own = dense.backward(np.ones_like(a), dense.forward(x)[1])
    np.testing.assert_array_equal(dx, -weight * plain)
    np.testing.assert_array_equal(grads["W"], own["W"])
    assert y is not x and layer.backward(dy, cache, input_grad=False) == (None, {})
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match="weight of 0 or more"):
            GradientReversal(wrong)
