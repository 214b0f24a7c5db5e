r"""Dropout, inverted (Srivastava et al., JMLR 15, 2014, section 10).

In training every value is kept with probability `keep` and scaled by :math:`1/keep`, so
that its mean is unchanged; at test time the layer is the identity.

.. math::
    y = \frac{m \odot x}{keep}, \qquad m_i \sim \mathrm{Bernoulli}(keep), \qquad
    dx = \frac{m \odot dy}{keep}.

The backward pass uses the forward's mask: it is in the cache. So does the second order,
:math:`\partial S/\partial(dy) = m \odot u / keep`, without curvature. The paper's
discriminator keeps .8 of its input and .5 of each hidden layer, scaled by 1.25 and 2.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Dropout(Layer):
    """Keep each value with probability `keep`, scale it by ``1 / keep``.

    Parameters
    ----------
    keep : float in (0, 1]
        Probability to keep a value (not to drop it).

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Dropout
    >>> layer = Dropout(0.5)
    >>> x = np.ones((3, 4), dtype=np.float32)
    >>> y, cache = layer.forward(x, train=True, rng=np.random.default_rng(0))
    >>> y.shape
    (3, 4)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((3, 4), {})
    """

    def __init__(self, keep: float) -> None:
        super().__init__()
        if not 0 < keep <= 1:
            raise ValueError(f"Dropout keeps a share in (0, 1], got keep={keep}")
        self.keep = keep

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the masked batch and the mask; `x` itself and None if not training.

        Raises
        ------
        ValueError
            If `train` is true and there is no `rng`.
        """
        check_float(self, x)
        if not train:
            return x, None
        if rng is None:
            raise ValueError("Dropout draws a mask when train=True: pass rng=...")
        seed = int(rng.integers(2**64, dtype=np.uint64))
        return kernels.dropout(x, self.keep, seed)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Mask and scale `dy` as the forward did `x`."""
        mask = cache
        if not input_grad:
            return None, {}
        dx = dy if mask is None else kernels.dropout_backward(dy, mask, self.keep)
        return dx, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Mask and scale `u` as the forward did `x`; no gradients, no curvature."""
        mask = cache
        d_dy = u if mask is None else kernels.dropout_backward(u, mask, self.keep)
        return d_dy, {}, None
