r"""One wide layer of random filters, at several scales: features nobody trained.

At scale f an image is replaced by the means of its squares of f x f pixels, and

.. math:: F_f(x) = \mathrm{relu}\left(W_f * (\mathrm{mean}_f(x) - \tfrac12)\right)

with Gaussian kernels that are centered in part and of length 1. Their adjoint is the
transposed convolution, and every pixel gets :math:`1/f^2` of what its square received.
A large kernel on a large image and the same on a small one see different sizes of
pattern: that is what the depth of a trained network is for, and all of it that textures
need.

Source: Ustyuzhaninov et al., "Texture synthesis using shallow convolutional networks
with random filters", arXiv:1606.00021 (there kernels of 3 to 55 pixels on one image).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.layers import Cache, Conv2D, ReLU, Sequential

DTYPE = np.float64
CENTERED = 0.7  # of a kernel's mean, taken away; what is left sees colors


class Features(NamedTuple):
    """Maps (N, filters, H, W) of one scale, and what their backward pass needs."""

    maps: np.ndarray
    cache: Cache


class Bank:
    """A layer of random filters for each scale.

    Parameters
    ----------
    layers : dict of int to Sequential
        By scale, from fine to coarse.
    """

    def __init__(self, layers: dict[int, Sequential]) -> None:
        self.layers = layers

    def shrunk(self, f: int) -> Bank:
        """What is left of it for images that are f times smaller.

        A scale s of the large image is s / f of the small one; those below 1 are gone.
        """
        kept = {s // f: layer for s, layer in self.layers.items() if s >= f}
        return Bank(kept)

    def forward(self, x: np.ndarray) -> list[Features]:
        """Features of images (N, 3, H, W), scale by scale."""
        return [
            Features(*layer.forward(means(x, f) - 0.5))
            for f, layer in self.layers.items()
        ]

    def backward(self, dmaps: list[np.ndarray], features: list[Features]) -> np.ndarray:
        """The gradient of the images from that of each scale's maps."""
        total: np.ndarray | float = 0.0
        for (f, layer), d, (_, cache) in zip(
            self.layers.items(), dmaps, features, strict=True
        ):
            dx, _ = layer.backward(d, cache, param_grads=False)
            assert dx is not None  # asked for
            total = total + means_backward(dx, f)
        assert isinstance(total, np.ndarray)  # there is a scale
        return total


def random_bank(
    filters: int, kernel: int, scales: tuple[int, ...], rng: np.random.Generator
) -> Bank:
    """A bank of as many filters at each scale, `kernel` pixels wide."""

    def layer() -> Sequential:
        h = Conv2D(3, filters, kernel, init=_kernels, rng=rng, dtype=DTYPE)
        return Sequential([("h", h), ("relu", ReLU())])

    return Bank({f: layer() for f in scales})


def means(x: np.ndarray, f: int) -> np.ndarray:
    """Means of the squares of f x f pixels; H and W are multiples of f."""
    n, c, height, width = x.shape
    return x.reshape(n, c, height // f, f, width // f, f).mean(axis=(3, 5))


def means_backward(d: np.ndarray, f: int) -> np.ndarray:
    """The adjoint of `means`."""
    return np.repeat(np.repeat(d, f, axis=2), f, axis=3) / f**2


def _kernels(
    shape: tuple[int, ...], rng: np.random.Generator, dtype: object
) -> np.ndarray:
    """An initializer: Gaussian kernels, nearly centered, of length 1."""
    W = rng.standard_normal(shape)
    W -= CENTERED * W.mean(axis=(2, 3), keepdims=True)
    return W / np.sqrt(np.square(W).sum(axis=(1, 2, 3), keepdims=True))
