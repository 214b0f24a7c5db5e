"""The transposed convolution is the convolution's adjoint, and nothing else."""

import numpy as np
import pytest

from gan_numpy import kernels
from gan_numpy.kernels import IMPLEMENTATIONS, use_kernels
from gan_numpy.layers import Conv2D, ConvTranspose2D
from gan_numpy.layers.initializers import he_normal, normal

GEOMETRIES = [  # kernel, stride, padding, image
    (1, 1, 0, (4, 5)),
    (3, 1, 1, (5, 8)),
    (4, 2, 1, (14, 28)),
    (4, 2, 1, (7, 9)),
    (5, 3, 2, (8, 10)),
    (2, 5, 0, (6, 13)),
    (3, 2, 4, (1, 2)),
]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("size, stride, padding, shape", GEOMETRIES)
def test_it_is_the_adjoint(size, stride, padding, shape, implementation, rng):
    """<conv x, y> = <x, convT y> for all x and y: the definition."""
    W = rng.normal(size=(3, 4, size, size))
    x = rng.normal(size=(2, 4, *shape))
    with use_kernels(implementation):
        conv = kernels.convolution(x, W, None, stride, padding)
        y = rng.normal(size=conv.shape)
        adjoint = kernels.convolution_transpose(y, W, None, shape, stride, padding)
    assert adjoint.shape == x.shape
    scale = np.linalg.norm(conv) * np.linalg.norm(y)
    assert abs(np.vdot(conv, y) - np.vdot(x, adjoint)) < 1e-12 * scale


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("size, stride, padding, shape", GEOMETRIES)
def test_col2im_is_the_adjoint_of_im2col(
    size, stride, padding, shape, implementation, rng
):
    x = rng.normal(size=(2, 3, *shape))
    with use_kernels(implementation):
        cols = kernels.im2col(x, (size, size), stride, padding)
        c = rng.normal(size=cols.shape)
        back = kernels.col2im(c, x.shape, (size, size), stride, padding)
    scale = np.linalg.norm(cols) * np.linalg.norm(c)
    assert abs(np.vdot(cols, c) - np.vdot(x, back)) < 1e-12 * max(scale, 1)


@pytest.mark.parametrize("size, stride, padding, shape", GEOMETRIES[:-1])
def test_forward_and_backward_are_exchanged(size, stride, padding, shape, rng):
    """Every pass of one layer is a pass of the other, with the same weights."""
    options = {"init": normal(0.7), "rng": rng, "dtype": np.float64}
    geometry = {"stride": stride, "padding": padding}
    more = (shape[0] + 2 * padding - size) % stride
    square = (shape[0], shape[0])
    conv = Conv2D(4, 3, size, **geometry, **options)
    back = ConvTranspose2D(3, 4, size, output_padding=more, **geometry, **options)
    assert back.params["W"].shape == conv.params["W"].shape
    back.params["W"][:] = conv.params["W"]
    image = rng.normal(size=(2, 4, *square))
    maps, conv_cache = conv.forward(image)
    dy = rng.normal(size=maps.shape)
    dx, conv_grads = conv.backward(dy, conv_cache)
    stamped, back_cache = back.forward(dy)
    np.testing.assert_array_equal(stamped, dx)
    seen, back_grads = back.backward(image, back_cache)
    np.testing.assert_array_equal(seen, maps)  # both biases are zero
    np.testing.assert_array_equal(back_grads["W"], conv_grads["W"])
    np.testing.assert_allclose(back_grads["b"], image.sum(axis=(0, 2, 3)))


def test_by_hand(rng):
    layer = ConvTranspose2D(1, 1, 2, init=normal(1), rng=rng, bias=[100.0])
    layer.params["W"][:] = [[[[1, 2], [3, 4]]]]
    y, _ = layer.forward(np.array([[[[1, 10]]]], np.float32))
    np.testing.assert_array_equal(y, [[[[101, 112, 120], [103, 134, 140]]]])


@pytest.mark.parametrize("q", [0, 1, 2])
def test_output_padding_names_one_of_the_heights(q, rng):
    """A convolution of stride 3 takes the heights 13, 14 and 15 to the same 5."""
    options = {"init": normal(1), "rng": rng}
    layer = ConvTranspose2D(2, 3, 3, stride=3, padding=1, output_padding=q, **options)
    layer.params["b"][:] = [1, 2, 3]
    y, _ = layer.forward(rng.normal(size=(2, 2, 5, 5)).astype(np.float32))
    assert y.shape == (2, 3, 13 + q, 13 + q)
    maps, _ = Conv2D(3, 2, 3, stride=3, padding=1, **options).forward(y)
    assert maps.shape == (2, 2, 5, 5)
    if q == 2:  # no stamp reaches the last row
        np.testing.assert_array_equal(y[0, :, -1, 0], [1, 2, 3])


def test_dcgan_doubles_a_map(rng):
    layer = ConvTranspose2D(128, 64, 4, stride=2, padding=1, init=normal(0.02), rng=rng)
    y, _ = layer.forward(np.zeros((2, 128, 7, 7), np.float32))
    assert y.shape == (2, 64, 14, 14)
    assert layer.params["W"].std() == pytest.approx(0.02, rel=0.01)


def test_the_initializer_counts_this_layers_inputs(rng):
    layer = ConvTranspose2D(64, 16, 5, init=he_normal(), rng=rng)
    assert layer.params["W"].shape == (64, 16, 5, 5)
    assert layer.params["W"].var() == pytest.approx(2 / (64 * 25), rel=0.05)


def test_bad_sizes_are_named(rng):
    options = {"init": normal(1), "rng": rng}
    with pytest.raises(ValueError, match="output padding of 0 to 1"):
        ConvTranspose2D(1, 1, 3, stride=2, output_padding=2, **options)
    with pytest.raises(ValueError, match="a stride of at least 1"):
        ConvTranspose2D(1, 1, 3, stride=0, **options)
    layer = ConvTranspose2D(2, 1, 3, padding=2, **options)
    with pytest.raises(ValueError, match=r"\(N, 2, H, W\), got \(1, 1, 9, 9\)"):
        layer.forward(np.zeros((1, 1, 9, 9), np.float32))
    with pytest.raises(ValueError, match="images of 0 x 0; the padding, 2, is too"):
        layer.forward(np.zeros((1, 2, 2, 2), np.float32))
