"""AdaIN and modulated convolution: what styles do, oracles, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate

from gan_numpy.layers import AdaIN, ModulatedConv2D
from gan_numpy.layers.initializers import normal


def joined(*parts: np.ndarray) -> np.ndarray:
    """Rows of maps and what belongs to them."""
    return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)


def test_adain_writes_the_statistics_of_the_style(rng):
    x = 3 + 2 * rng.standard_normal((4, 3, 5, 6))
    scale, shift = rng.uniform(0.5, 2, (4, 3)), rng.standard_normal((4, 3))
    y, _ = AdaIN(3, 5, 6, epsilon=1e-12).forward(joined(x, scale, shift))
    np.testing.assert_allclose(y.mean(axis=(2, 3)), shift)
    np.testing.assert_allclose(y.std(axis=(2, 3)), scale)


def test_adain_erases_what_the_maps_statistics_said(rng):
    layer, style = AdaIN(2, 3, 5, epsilon=1e-12), rng.standard_normal((3, 4))
    x = rng.standard_normal((3, 2, 3, 5))
    y, _ = layer.forward(joined(x, style))
    other = x * rng.uniform(0.5, 2, (3, 2, 1, 1)) + rng.standard_normal((3, 2, 1, 1))
    np.testing.assert_allclose(layer.forward(joined(other, style))[0], y)
    dy = rng.standard_normal(y.shape)
    dx, _ = layer.backward(dy, layer.forward(joined(x, style))[1])
    dx = dx[:, :30].reshape(x.shape)
    np.testing.assert_allclose(dx.sum(axis=(2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis=(2, 3)), 0, atol=1e-11)


def test_no_image_of_adain_knows_of_another(rng):
    layer, x = AdaIN(2, 3, 4), rng.standard_normal((5, 28))
    alone = [layer.forward(row[None])[0][0] for row in x]
    np.testing.assert_array_equal(layer.forward(x)[0], alone)


@pytest.fixture
def modulated(rng):
    options = {"init": normal(0.5), "rng": rng, "dtype": np.float64}
    layer = ModulatedConv2D(2, 3, 6, 5, 3, padding=1, **options)
    layer.params["b"][:] = rng.standard_normal(3)
    return layer


def test_modulated_convolution_is_one_with_weights_of_its_own_per_image(modulated, rng):
    """The paper's equations 1 and 3, image by image, with SciPy's correlation."""
    x, s = rng.standard_normal((4, 2, 6, 5)), rng.standard_normal((4, 2))
    y, _ = modulated.forward(joined(x, s))
    W, b = modulated.params["W"], modulated.params["b"]
    for n in range(4):
        own = W * s[n][None, :, None, None]
        own /= np.sqrt(np.square(own).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)
        padded = np.pad(x[n], ((0, 0), (1, 1), (1, 1)))
        wanted = [correlate(padded, w, "valid")[0] + b[o] for o, w in enumerate(own)]
        np.testing.assert_allclose(y[n], wanted)


def test_demodulation_undoes_the_size_of_a_style(modulated, rng):
    x, s = rng.standard_normal((4, 2, 6, 5)), rng.standard_normal((4, 2))
    y, _ = modulated.forward(joined(x, s))
    louder, _ = modulated.forward(joined(x, 7 * s))
    np.testing.assert_allclose(louder, y, rtol=1e-5, atol=1e-7)
    noise = rng.standard_normal((3000, 2, 6, 5))
    y, _ = modulated.forward(joined(noise, np.tile([[0.1, 20.0]], (3000, 1))))
    inside = (y - modulated.params["b"][:, None, None])[:, :, 1:-1, 1:-1]
    np.testing.assert_allclose(inside.std(axis=(0, 2, 3)), 1, atol=0.02)


def test_what_does_not_fit_is_refused(modulated):
    with pytest.raises(ValueError, match=r"\(N, 28\): 2 maps of 3 x 4, 2 scales and 2"):
        AdaIN(2, 3, 4).forward(np.zeros((3, 24)))
    with pytest.raises(ValueError, match=r"\(N, 62\): 2 maps of 6 x 5 and 2 scales"):
        modulated.forward(np.zeros((3, 60)))
    for sizes, epsilon in (((0, 3, 4), 1e-5), ((2, 3, 4), 0.0)):
        with pytest.raises(ValueError, match="maps of a size and an epsilon above 0"):
            AdaIN(*sizes, epsilon=epsilon)
    options = {"init": normal(1), "rng": np.random.default_rng(0)}
    with pytest.raises(ValueError, match="smaller than the window"):
        ModulatedConv2D(2, 3, 2, 7, 3, **options)
