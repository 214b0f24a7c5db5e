"""Convolution against SciPy, by hand, and against mistakes that are often made."""

import numpy as np
import pytest
from scipy.signal import correlate

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.layers import Conv2D
from gan_numpy.layers.initializers import he_normal, normal


def make(rng, *sizes, dtype=np.float64, **options):
    return Conv2D(*sizes, init=normal(0.7), rng=rng, dtype=dtype, **options)


@pytest.mark.parametrize(
    "size, stride, padding, shape",
    [
        (1, 1, 0, (5, 4)),
        (3, 1, 0, (3, 3)),
        (3, 1, 1, (5, 8)),
        (4, 2, 1, (14, 14)),
        (4, 2, 1, (7, 9)),  # 2 p + H - k = 5 and 7: a row and a column are left over
        (5, 3, 2, (8, 10)),
        (2, 5, 0, (6, 13)),  # the window skips pixels
        (3, 2, 4, (1, 2)),  # more padding than image
    ],
)
def test_agrees_with_scipy(size, stride, padding, shape, rng):
    layer = make(rng, 3, 4, size, stride=stride, padding=padding, bias=[1, 2, 3, 4])
    x = rng.normal(size=(2, 3, *shape))
    y, _ = layer.forward(x)
    W, b = layer.params["W"], layer.params["b"]
    p = ((0, 0), (padding, padding), (padding, padding))
    for n in range(2):
        for o in range(4):
            full = correlate(np.pad(x[n], p), W[o], mode="valid", method="direct")[0]
            expected = full[::stride, ::stride] + b[o]
            np.testing.assert_allclose(y[n, o], expected, rtol=0, atol=1e-12)


def test_by_hand(rng):
    layer = make(rng, 1, 1, 2, bias=10)
    layer.params["W"][:] = [[[[1, 2], [3, 4]]]]
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    y, cache = layer.forward(x)
    np.testing.assert_array_equal(y, [[[[37, 47], [67, 77]]]])
    dx, grads = layer.backward(np.array([[[[1.0, 0], [0, 10]]]]), cache)
    # The center is the last entry of the first window and the first of the last.
    np.testing.assert_array_equal(dx, [[[[1, 2, 0], [3, 14, 20], [0, 30, 40]]]])
    np.testing.assert_array_equal(grads["W"], [[[[40, 51], [73, 84]]]])
    np.testing.assert_array_equal(grads["b"], [11])


def test_a_place_that_no_window_sees_has_no_gradient(rng):
    layer = make(rng, 2, 3, 2, stride=3)
    y, cache = layer.forward(rng.normal(size=(2, 2, 6, 5)))
    assert y.shape == (2, 3, 2, 2)
    dx, _ = layer.backward(rng.normal(size=y.shape), cache)
    seen = np.zeros((6, 5), bool)
    seen[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])] = True
    assert (dx[:, :, ~seen] == 0).all() and (dx[:, :, seen] != 0).all()


def test_he_keeps_the_variance(rng):
    """The initializer counts the inputs of a kernel, in_channels * k * k."""
    layer = Conv2D(16, 64, 5, init=he_normal(), rng=rng)
    assert layer.params["W"].var() == pytest.approx(2 / (16 * 25), rel=0.05)
    y, _ = layer.forward(rng.normal(size=(8, 16, 20, 20)).astype(np.float32))
    assert y.var() == pytest.approx(2, rel=0.1)


def test_bad_sizes_are_named(rng):
    with pytest.raises(ValueError, match="Conv2D needs a window"):
        make(rng, 1, 1, 0)
    with pytest.raises(ValueError, match="no negative padding, got 3, 1 and -1"):
        make(rng, 1, 1, 3, padding=-1)
    layer = make(rng, 2, 3, 5, padding=1)
    with pytest.raises(ValueError, match=r"\(N, 2, H, W\), got \(4, 3, 8, 8\)"):
        layer.forward(np.zeros((4, 3, 8, 8)))
    with pytest.raises(ValueError, match="images of 3 x 3 or more for its window"):
        layer.forward(np.zeros((4, 2, 8, 2)))
    with pytest.raises(TypeError, match="float64 parameters, got a float32 batch"):
        layer.forward(np.zeros((4, 2, 8, 8), np.float32))


# -- mistakes that teaching code makes: the gradients here are not those --------------


def test_the_kernel_is_not_turned_around(rng):
    """A "convolution" of libraries is a correlation; its backward turns nothing."""
    layer = make(rng, 2, 3, 3, padding=1)
    x = rng.normal(size=(2, 2, 6, 5))
    y, cache = layer.forward(x)
    turned = layer.with_params(
        {"W": layer.params["W"][:, :, ::-1, ::-1], "b": layer.params["b"]}
    )
    assert np.abs(turned.forward(x)[0] - y).max() > 1
    dy = rng.normal(size=y.shape)
    dx, _ = layer.backward(dy, cache)
    assert np.abs(turned.backward(dy, cache)[0] - dx).max() > 1


class _Mistaken(Conv2D):
    """Our layer with one mistake in its backward pass."""

    def __init__(self, mistake, *args, **keywords):
        super().__init__(*args, **keywords)
        self.mistake = mistake

    def backward(self, dy, cache, **keywords):
        dx, grads = super().backward(dy, cache, **keywords)
        return self.mistake(self, dy, cache, dx, dict(grads))


def turned(layer, dy, x, dx, grads):
    params = layer.params | {"W": layer.params["W"][:, :, ::-1, ::-1].copy()}
    return Conv2D.backward(layer.with_params(params), dy, x)[0], grads


def overlaps_overwritten(layer, dy, x, dx, grads):
    W, s = layer.params["W"], layer.stride
    k, (high, wide) = W.shape[2], dy.shape[2:]
    dx = np.zeros_like(dx)
    for i in range(k):
        for j in range(k):
            part = np.einsum("nohw,oc->nchw", dy, W[:, :, i, j])
            dx[:, :, i : i + s * high : s, j : j + s * wide : s] = part  # not +=
    return dx, grads


def bias_summed_over_the_batch_only(layer, dy, x, dx, grads):
    return dx, grads | {"b": dy.sum(axis=0)[:, 0, 0]}


def bias_averaged(layer, dy, x, dx, grads):
    return dx, grads | {"b": dy.mean(axis=(0, 2, 3))}


def weights_of_the_first_image(layer, dy, x, dx, grads):
    return dx, grads | {"W": Conv2D.backward(layer, dy[:1], x[:1])[1]["W"]}


@pytest.mark.parametrize(
    "mistake, wrong",
    [
        (turned, "dx"),
        (overlaps_overwritten, "dx"),
        (bias_summed_over_the_batch_only, "db"),
        (bias_averaged, "db"),
        (weights_of_the_first_image, "dW"),
    ],
)
def test_the_usual_mistakes_are_seen(mistake, wrong, rng):
    options = {"init": normal(0.7), "rng": rng, "dtype": np.float64}
    x = rng.normal(size=(3, 2, 7, 5))
    right = check_gradients(Conv2D(2, 4, 3, stride=2, **options), x)
    assert right.passed, str(right)
    with searching(Limits(0)):
        result = check_gradients(_Mistaken(mistake, 2, 4, 3, stride=2, **options), x)
    assert not result.passed
    assert set(result.right) == {"dx", "dW", "db"} - {wrong}
