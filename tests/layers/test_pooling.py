"""Max pooling, upsampling and maxout convolution, by hand and at their borders."""

import numpy as np
import pytest

from gan_numpy.layers import Conv2D, MaxoutConv2D, MaxPool2D, Upsample
from gan_numpy.layers.initializers import normal


def test_max_pool_by_hand():
    x = np.array([[[[1.0, 5, 2, 0], [3, 4, 9, 1], [7, 6, 8, 2]]]])
    y, cache = MaxPool2D(2, 1).forward(x)
    np.testing.assert_array_equal(y, [[[[5, 9, 9], [7, 9, 9]]]])
    dx, _ = MaxPool2D(2, 1).backward(np.arange(1.0, 7).reshape(y.shape), cache)
    # 9 won four windows, and gets the sum of their gradients.
    np.testing.assert_array_equal(dx, [[[[0, 1, 0, 0], [0, 0, 16, 0], [4, 0, 0, 0]]]])


def test_the_last_window_is_cut_off_so_that_every_pixel_is_seen():
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    y, _ = MaxPool2D(2).forward(x)
    np.testing.assert_array_equal(y, [[[[6, 8, 9], [16, 18, 19], [21, 23, 24]]]])
    y, _ = MaxPool2D(7).forward(-x)
    np.testing.assert_array_equal(y, [[[[0]]]])  # nothing but the image is looked at
    # The paper's discriminator for CIFAR-10: 8 x 8 maxout, then 4 x 4 in steps of 2.
    y, _ = MaxPool2D(4, 2).forward(np.zeros((1, 1, 25, 25)))
    assert y.shape == (1, 1, 12, 12)


@pytest.mark.parametrize("size, stride", [(2, 2), (4, 2), (3, 1)])
def test_the_first_of_equal_pixels_wins_in_every_sweep(size, stride, rng):
    layer, x = MaxPool2D(size, stride), np.zeros((1, 1, 6, 6))
    y, cache = layer.forward(x)
    dy, u = rng.normal(size=y.shape), rng.normal(size=x.shape)
    dx, _ = layer.backward(dy, cache)
    corners = slice(0, 6 - size + 1, stride)
    np.testing.assert_array_equal(dx[0, 0, corners, corners], dy[0, 0])
    assert np.count_nonzero(dx) == dy.size
    d_dy, _, _ = layer.backward_vjp(u, dy, cache)
    np.testing.assert_array_equal(d_dy, u[:, :, corners, corners])


def test_a_nan_reaches_the_output():
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 1, 1] = np.nan
    y, _ = MaxPool2D(2).forward(x)
    assert np.isnan(y[0, 0, 0, 0]) and np.isfinite(y[0, 0, 1, 1])


def test_pools_that_skip_pixels_are_refused():
    with pytest.raises(ValueError, match="skip pixels.*2 and 3"):
        MaxPool2D(2, 3)
    with pytest.raises(ValueError, match="MaxPool2D needs a window"):
        MaxPool2D(0)
    with pytest.raises(ValueError, match=r"\(N, C, H, W\), got \(2, 3\)"):
        MaxPool2D(2).forward(np.zeros((2, 3)))


def test_upsample_by_hand():
    y, cache = Upsample(2).forward(np.array([[[[1.0, 2]]]]))
    np.testing.assert_array_equal(y, [[[[1, 1, 2, 2], [1, 1, 2, 2]]]])
    dx, _ = Upsample(2).backward(np.arange(8.0).reshape(y.shape), cache)
    np.testing.assert_array_equal(dx, [[[[0 + 1 + 4 + 5, 2 + 3 + 6 + 7]]]])
    with pytest.raises(ValueError, match="whole factor"):
        Upsample(1.5)
    with pytest.raises(ValueError, match=r"got \(2, 3\)"):
        Upsample(2).forward(np.zeros((2, 3)))


def test_maxout_convolution_is_a_convolution_and_a_maximum(rng):
    options = {"init": normal(0.5), "rng": rng, "dtype": np.float64}
    layer = MaxoutConv2D(3, 2, 4, 3, stride=2, padding=1, **options)
    layer.params["b"][:] = rng.normal(size=8)
    conv = Conv2D(3, 8, 3, stride=2, padding=1, **options).with_params(layer.params)
    x = rng.normal(size=(2, 3, 9, 8))
    z, _ = conv.forward(x)
    h, (_, winners) = layer.forward(x)
    np.testing.assert_array_equal(h, z.reshape(2, 2, 4, 5, 4).max(axis=2))
    assert len(np.unique(winners)) == 4  # each piece wins somewhere


def test_the_first_of_equal_pieces_wins(rng):
    layer = MaxoutConv2D(1, 2, 3, 1, init=normal(1), rng=rng, dtype=np.float64)
    layer.params["W"][:] = 0
    y, cache = layer.forward(np.ones((2, 1, 2, 2)))
    _, grads = layer.backward(np.ones_like(y), cache)
    np.testing.assert_array_equal(grads["b"], [8, 0, 0, 8, 0, 0])


def test_maxout_convolution_names_bad_sizes(rng):
    options = {"init": normal(1), "rng": rng}
    with pytest.raises(ValueError, match="1 to 255 pieces"):
        MaxoutConv2D(1, 2, 0, 3, **options)
    with pytest.raises(ValueError, match="3 x 3 or more"):
        MaxoutConv2D(1, 2, 2, 5, padding=1, **options).forward(
            np.zeros((1, 1, 9, 2), np.float32)
        )
