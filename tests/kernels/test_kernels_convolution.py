"""Windows, convolution and its adjoint: each implementation against plain sums."""

import numpy as np
import pytest

from gan_numpy.kernels.native import convolution as native
from gan_numpy.kernels.reference import convolution as reference

#: images (N, C, H, W), kernels (O, kh, kw), stride, padding
SHAPES = [
    ((2, 3, 5, 6), (4, 3, 3), 1, 0),
    ((2, 3, 5, 6), (4, 2, 3), 1, 2),
    ((3, 2, 7, 9), (5, 4, 4), 2, 1),
    ((2, 2, 11, 8), (3, 5, 2), 3, 2),
    ((1, 1, 1, 1), (1, 1, 1), 1, 0),
    ((0, 2, 5, 5), (3, 3, 3), 1, 1),
    ((4, 1, 28, 28), (33, 4, 4), 2, 1),
    ((2, 2, 4, 4), (3, 5, 5), 1, 0),  # the window does not fit: no places
]


def make(rng, shape, dtype):
    images, (out, kh, kw), stride, padding = shape
    x = rng.standard_normal(images).astype(dtype)
    W = rng.standard_normal((out, images[1], kh, kw)).astype(dtype)
    b = rng.standard_normal(out).astype(dtype)
    high = reference.places(images[2], kh, stride, padding)
    wide = reference.places(images[3], kw, stride, padding)
    dy = rng.standard_normal((images[0], out, high, wide)).astype(dtype)
    return x, W, b, dy, stride, padding


def entry_by_entry(x, W, b, stride, padding, y):
    """The sum in the definition of a convolution."""
    p = padding
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    kh, kw = W.shape[2:]
    for n, o, h, w in np.ndindex(y.shape):
        rows = slice(h * stride, h * stride + kh)
        columns = slice(w * stride, w * stride + kw)
        y[n, o, h, w] = np.sum(W[o] * x[n, :, rows, columns]) + b[o]
    return y


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_reference_is_the_sum(rng, shape):
    x, W, b, dy, stride, padding = make(rng, shape, np.float64)
    exact = entry_by_entry(x, W, b, stride, padding, np.empty_like(dy))
    y = reference.convolution(x, W, b, stride, padding)
    np.testing.assert_allclose(y, exact, rtol=0, atol=1e-12)
    # dW and dx are its transposes, by linearity.
    V, z = rng.standard_normal(W.shape), rng.standard_normal(x.shape)
    dW = reference.convolution_weight_grad(dy, x, W.shape[2:], stride, padding)
    left = np.vdot(dy, reference.convolution(x, V, None, stride, padding))
    assert np.vdot(dW, V) == pytest.approx(left, rel=1e-12)
    size = x.shape[2:]
    dx = reference.convolution_transpose(dy, W, None, size, stride, padding)
    left = np.vdot(dy, reference.convolution(z, W, None, stride, padding))
    assert np.vdot(dx, z) == pytest.approx(left, rel=1e-12)


@pytest.mark.parametrize("block", [1, 700, 1 << 20])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_operation(kernels, rng, dtype, assert_close, shape, block, monkeypatch):
    monkeypatch.setattr(native, "BLOCK", block)  # many blocks of images, or one
    x, W, b, dy, stride, padding = make(rng, shape, dtype)
    X, V, B, DY = (a.astype(float) for a in (x, W, b, dy))
    size, window, c = x.shape[2:], W.shape[2:], b[:1].repeat(x.shape[1])
    for bias in (b, None):
        y = kernels.convolution(x, W, bias, stride, padding)
        exact = reference.convolution(
            X, V, None if bias is None else B, stride, padding
        )
        assert y.flags.c_contiguous
        assert_close(y, exact, dtype, 10)
    for bias in (c, None):
        back = kernels.convolution_transpose(dy, W, bias, size, stride, padding)
        exact = reference.convolution_transpose(
            DY, V, None if bias is None else c.astype(float), size, stride, padding
        )
        assert back.flags.c_contiguous
        assert_close(back, exact, dtype, 10)
    dW = kernels.convolution_weight_grad(dy, x, window, stride, padding)
    exact = reference.convolution_weight_grad(DY, X, window, stride, padding)
    assert_close(dW, exact, dtype, 10)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_windows(kernels, rng, dtype, assert_close, shape):
    x, W, _, _, stride, padding = make(rng, shape, dtype)
    cols = kernels.im2col(x, W.shape[2:], stride, padding)
    exact = reference.im2col(x, W.shape[2:], stride, padding)
    np.testing.assert_array_equal(cols, exact)
    c = rng.standard_normal(cols.shape).astype(dtype)
    back = kernels.col2im(c, x.shape, W.shape[2:], stride, padding)
    exact = reference.col2im(c.astype(float), x.shape, W.shape[2:], stride, padding)
    assert_close(back, exact, dtype)


def test_layouts(kernels, layout, rng, dtype, assert_close):
    x, W, b, dy, stride, padding = make(rng, SHAPES[2], dtype)
    arguments = (layout(x), layout(W), layout(b), stride, padding)
    exact = reference.convolution(x, W, b, stride, padding)
    assert_close(kernels.convolution(*arguments), exact, dtype)
    back = kernels.convolution_transpose(
        layout(dy), layout(W), None, x.shape[2:], stride, padding
    )
    exact = reference.convolution_transpose(dy, W, None, x.shape[2:], stride, padding)
    assert_close(back, exact, dtype)
    dW = kernels.convolution_weight_grad(
        layout(dy), layout(x), W.shape[2:], stride, padding
    )
    exact = reference.convolution_weight_grad(dy, x, W.shape[2:], stride, padding)
    assert_close(dW, exact, dtype)


def test_mixed_precision_follows_the_reference(kernels, rng):
    x, W, b, dy, stride, padding = make(rng, SHAPES[2], np.float64)
    single = W.astype(np.float32)
    y = kernels.convolution(x, single, b, stride, padding)
    exact = reference.convolution(x, single, b, stride, padding)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, exact)


def test_refuses_what_would_leave_the_array(kernels, rng, dtype):
    x, W, b, dy, stride, padding = make(rng, SHAPES[2], dtype)
    size = (x.shape[2] + stride, x.shape[3])
    with pytest.raises(ValueError, match="maps of shape"):
        kernels.convolution_transpose(dy, W, None, size, stride, padding)
    with pytest.raises(ValueError, match="maps of shape"):
        kernels.convolution_weight_grad(dy[:, :, 1:], x, W.shape[2:], stride, padding)
    cols = kernels.im2col(x, W.shape[2:], stride, padding)
    with pytest.raises(ValueError, match="a matrix of shape"):
        kernels.col2im(cols[1:], x.shape, W.shape[2:], stride, padding)
    with pytest.raises(ValueError, match="channels"):
        kernels.convolution(x, W[:, :1], b, stride, padding)
    with pytest.raises(ValueError, match="channels"):
        kernels.convolution_transpose(dy[:, :1], W, None, x.shape[2:], stride, padding)
