r"""Adaptive instance normalization: every map gets the mean and the size of a style.

Of each image and each channel, over its :math:`P = H W` places,

.. math::
    \hat x = \frac{x - \mu}{\sigma}, \qquad
    \mu = \frac1P \sum_p x_p, \qquad
    \sigma = \sqrt{\frac1P \sum_p (x_p - \mu)^2 + \epsilon}, \qquad
    y = s\,\hat x + t .

The scale s and the shift t belong to the image and are inputs: what was written in the
maps' statistics is erased, and what the style says is written there instead. With

.. math::
    \mathcal N v = \frac1\sigma \Big(v - \frac1P \sum_p v_p
        - \hat x\, \frac1P \sum_p v_p \hat x_p\Big),

the derivative of :math:`\hat x` in the direction v, which is its own transpose,

.. math:: dx = s\,\mathcal N\,dy, \qquad
          ds = \sum_p dy_p\, \hat x_p, \qquad dt = \sum_p dy_p .

These are batch normalization's formulas with P in place of M; but no image knows of
another, so that the layer is the same in training and afterward, and a penalty may
cross it.

An image and its style come in one row, as noise and class do for `Concatenate`: the
maps (C H W numbers), the scales (C) and the shifts (C).

The second order. :math:`S = \langle u_x, dx \rangle + \langle u_s, ds \rangle +
\langle u_t, dt \rangle` is :math:`\langle dy, y' \rangle` with the derivative of y in
the direction u,

.. math::
    \frac{\partial S}{\partial(dy)} = y' = s\,\mathcal N u_x + u_s \hat x + u_t, \qquad
    \frac{\partial S}{\partial s} = \langle dy, \mathcal N u_x \rangle, \qquad
    \frac{\partial S}{\partial t} = 0,

and :math:`\partial S/\partial x = s\,h + u_s\,\mathcal N\,dy`, where h is the gradient
of :math:`\langle dy, \mathcal N u_x \rangle`: with :math:`\alpha = \frac1P \sum dy\,
\hat x`, :math:`\beta = \frac1P \sum u_x \hat x`,

.. math::
    h = -\frac{\hat x}{P \sigma} \langle dy, \mathcal N u_x \rangle
        - \frac1\sigma \left(\beta\,\mathcal N\,dy + \alpha\,\mathcal N u_x\right) .

Source: Huang and Belongie, "Arbitrary style transfer in real-time with adaptive
instance normalization", arXiv:1703.06868, eq. 8; Karras et al., arXiv:1812.04948,
eq. 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Standardized(NamedTuple):
    """What a forward pass leaves: xhat as (N, C, P), sigma and s as (N, C, 1)."""

    xhat: np.ndarray
    sigma: np.ndarray
    scale: np.ndarray


class AdaIN(Layer):
    r"""Rows of maps, scales and shifts, (N, C * H * W + 2 * C), to (N, C, H, W).

    Parameters
    ----------
    channels, height, width : int
        Of the maps.
    epsilon : float
        :math:`\epsilon`, added to the variance.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import AdaIN
    >>> layer = AdaIN(1, 1, 2, epsilon=1e-9)
    >>> x = np.array([[3.0, 7.0, 10.0, 0.5]])  # two pixels, s = 10 and t = 0.5
    >>> y, cache = layer.forward(x)
    >>> y.round(3).tolist()
    [[[[-9.5, 10.5]]]]
    >>> dx, grads = layer.backward(np.array([[[[1.0, 3.0]]]]), cache)
    >>> dx.round(3).tolist(), grads  # of two pixels both are fixed: dx is 0
    ([[-0.0, 0.0, 2.0, 4.0]], {})
    """

    def __init__(
        self, channels: int, height: int, width: int, *, epsilon: float = 1e-5
    ) -> None:
        super().__init__()
        if min(channels, height, width) < 1 or not epsilon > 0:
            raise ValueError(
                f"AdaIN needs maps of a size and an epsilon above 0, got "
                f"{channels} x {height} x {width} and {epsilon}"
            )
        self.shape, self.epsilon = (channels, height, width), epsilon

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the maps with the statistics of the style.

        Raises
        ------
        ValueError
            If `x` is not (N, C * H * W + 2 * C).
        """
        check_float(self, x)
        maps, scale, shift = self._parts(x)
        centered = maps - maps.mean(axis=2, keepdims=True)
        variance = np.square(centered).mean(axis=2, keepdims=True)
        sigma = np.sqrt(variance + x.dtype.type(self.epsilon))
        xhat = centered / sigma
        y = scale * xhat + shift
        return y.reshape(-1, *self.shape), Standardized(xhat, sigma, scale.copy())

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return the gradients of maps, scales and shifts as rows."""
        if not input_grad:
            return None, {}
        dy = self._as_rows(dy)
        dscale, dshift = (dy * cache.xhat).sum(axis=2), dy.sum(axis=2)
        return self._joined(cache.scale * _along(dy, cache), dscale, dshift), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return the gradients with respect to `dy` and to `x`."""
        (xhat, sigma, scale), dy = cache, self._as_rows(dy)
        u_x, u_scale, u_shift = self._parts(u)
        N_u, N_dy = _along(u_x, cache), _along(dy, cache)
        d_dy = scale * N_u + u_scale * xhat + u_shift
        both = (dy * N_u).sum(axis=2, keepdims=True)
        alpha, beta = (
            (v * xhat).mean(axis=2, keepdims=True).astype(u.dtype) for v in (dy, u_x)
        )
        places = u.dtype.type(xhat.shape[2])
        h = -xhat * both / (places * sigma) - (beta * N_dy + alpha * N_u) / sigma
        d_scale, d_shift = both[:, :, 0], np.zeros_like(both[:, :, 0])
        d_x = self._joined(scale * h + u_scale * N_dy, d_scale, d_shift)
        return d_dy.reshape(-1, *self.shape), {}, d_x

    def _parts(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Maps (N, C, P), scales and shifts (N, C, 1) of rows."""
        c, height, width = self.shape
        places = height * width
        if x.ndim != 2 or x.shape[1] != c * (places + 2):
            raise ValueError(
                f"AdaIN expects a batch of shape (N, {c * (places + 2)}): {c} maps of "
                f"{height} x {width}, {c} scales and {c} shifts; got {x.shape}"
            )
        maps, scale, shift = np.split(x, [c * places, c * places + c], axis=1)
        return maps.reshape(-1, c, places), scale[:, :, None], shift[:, :, None]

    def _as_rows(self, dy: np.ndarray) -> np.ndarray:
        return dy.reshape(-1, self.shape[0], self.shape[1] * self.shape[2])

    def _joined(
        self, maps: np.ndarray, scale: np.ndarray, shift: np.ndarray
    ) -> np.ndarray:
        flat = maps.reshape(len(maps), maps.shape[1] * maps.shape[2])
        return np.concatenate([flat, scale, shift], axis=1)


def _along(v: np.ndarray, cache: Standardized) -> np.ndarray:
    r""":math:`\mathcal N v`, the derivative of :math:`\hat x` in the direction v."""
    xhat, sigma, _ = cache
    with_xhat = (v * xhat).mean(axis=2, keepdims=True)
    return (v - v.mean(axis=2, keepdims=True) - xhat * with_xhat) / sigma
