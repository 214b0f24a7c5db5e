r"""Gradient reversal: one backward pass for two players with opposite aims.

.. math::
    y = x, \qquad dx = -\lambda\, dy .

This is *not* the derivative of the identity. Behind the layer stands a player that
minimizes a loss; what lies in front of it receives the negative gradient and so
maximizes the same loss, in the same backward pass. In domain adaptation the player
tells two domains apart by features, and the features learn not to show them: minimax,
as in a GAN, with the sign changed once in the network instead of in the second player's
loss. :math:`\lambda` weighs this aim against others; 0 cuts the branch off.

The second order is that of ``backward`` as it is: :math:`S = \langle u, -\lambda\,
dy \rangle`, so :math:`\partial S/\partial(dy) = -\lambda u`.

Source: Ganin et al., "Domain-adversarial training of neural networks",
arXiv:1505.07818: the gradient reversal layer.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class GradientReversal(Layer):
    """A batch of any shape to itself, and its gradient to the negative.

    Parameters
    ----------
    weight : float >= 0
        The factor lambda.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import GradientReversal
    >>> layer = GradientReversal(0.5)
    >>> x = np.array([[1.0, 2.0]])
    >>> y, cache = layer.forward(x)
    >>> dx, grads = layer.backward(np.array([[3.0, 4.0]]), cache)
    >>> y.shape, dx.tolist(), grads
    ((1, 2), [[-1.5, -2.0]], {})
    """

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        if not (np.isfinite(weight) and weight >= 0):
            raise ValueError(
                f"GradientReversal needs a weight of 0 or more, got {weight}"
            )
        self.weight = weight

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return a copy of `x`; no cache."""
        check_float(self, x)
        return x.copy(), None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``-weight * dy``."""
        return (self._reversed(dy) if input_grad else None), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``-weight * u``, no gradients, no curvature."""
        return self._reversed(u), {}, None

    def _reversed(self, dy: np.ndarray) -> np.ndarray:
        return dy * dy.dtype.type(-self.weight)
