r"""Leaky rectified linear unit (Maas, Hannun and Ng, ICML 2013).

.. math::
    y = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}, \qquad
    dx = dy \odot \begin{cases} 1 & x > 0 \\ \alpha & x \le 0 \end{cases}.

Second order: :math:`\partial S/\partial(dy)` is :math:`u` times the same slope; no
curvature.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class LeakyReLU(Layer):
    r"""Identity for positive values, slope :math:`\alpha` for the others.

    Parameters
    ----------
    alpha : float in [0, 1)
        Slope for negative values; .2 in DCGAN (arXiv:1511.06434, section 3).

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import LeakyReLU
    >>> layer = LeakyReLU(0.25)
    >>> y, cache = layer.forward(np.array([[-2.0, 3.0]]))
    >>> y, y.shape
    (array([[-0.5,  3. ]]), (1, 2))
    >>> dx, _ = layer.backward(np.ones_like(y), cache)
    >>> dx
    array([[0.25, 1.  ]])
    """

    def __init__(self, alpha: float = 0.2) -> None:
        super().__init__()
        if not 0 <= alpha < 1:
            raise ValueError(f"LeakyReLU needs a slope in [0, 1), got alpha={alpha}")
        self.alpha = alpha

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the activation, and in the cache where `x` was positive."""
        check_float(self, x)
        return kernels.leaky_relu(x, self.alpha)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` times the slope."""
        positive = cache
        if not input_grad:
            return None, {}
        return kernels.leaky_relu_backward(dy, positive, self.alpha), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u` times the slope, no gradients, no curvature."""
        positive = cache
        return kernels.leaky_relu_backward(u, positive, self.alpha), {}, None
