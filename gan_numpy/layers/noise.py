r"""Additive Gaussian noise, in training only.

.. math:: y = x + std \cdot \varepsilon, \qquad \varepsilon \sim N(0, 1), \qquad
          dx = dy .

On the discriminator's input it makes the data's and the generator's distributions
overlap (Arjovsky and Bottou, arXiv:1701.04862, section 3). The noise is a constant to
the gradient, so the backward pass and the second order are the identity.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class GaussianNoise(Layer):
    """Add noise of standard deviation `std` to each value; any shape.

    Parameters
    ----------
    std : float >= 0
        In the units of the input.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import GaussianNoise
    >>> layer = GaussianNoise(0.1)
    >>> x = np.ones((3, 4), dtype=np.float32)
    >>> y, cache = layer.forward(x, train=True, rng=np.random.default_rng(0))
    >>> y.shape
    (3, 4)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((3, 4), {})
    """

    def __init__(self, std: float) -> None:
        super().__init__()
        if not std >= 0:
            raise ValueError(f"GaussianNoise needs a deviation of 0 or more, got {std}")
        self.std = std

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the noisy batch, or `x` itself if not training; no cache.

        Raises
        ------
        ValueError
            If `train` is true and there is no `rng`.
        """
        check_float(self, x)
        if not train:
            return x, None
        if rng is None:
            raise ValueError("GaussianNoise draws when train=True: pass rng=...")
        noise = rng.standard_normal(x.shape, dtype=x.dtype)
        noise *= x.dtype.type(self.std)
        noise += x
        return noise, None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy`."""
        return dy if input_grad else None, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u`, no gradients, no curvature."""
        return u, {}, None
