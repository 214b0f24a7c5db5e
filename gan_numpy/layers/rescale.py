r"""A fixed affine map of every value.

.. math:: y = scale \cdot x + shift, \qquad dx = scale \cdot dy,

and in the second order :math:`\partial S/\partial(dy) = scale \cdot u`. It takes pixels
in [0, 1], as data sets hold them, to DCGAN's [-1, 1] (arXiv:1511.06434, section 4) with
``Rescale(2, -1)``, and a generator's tanh back with ``Rescale(0.5, 0.5)``.
"""

from __future__ import annotations

import math

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Rescale(Layer):
    """``scale * x + shift``, elementwise; nothing to learn.

    Parameters
    ----------
    scale : float, not 0
    shift : float

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Rescale
    >>> layer = Rescale(2, -1)
    >>> y, cache = layer.forward(np.array([[0.0, 0.5, 1.0]]))
    >>> y, y.shape
    (array([[-1.,  0.,  1.]]), (1, 3))
    >>> dx, _ = layer.backward(np.ones_like(y), cache)
    >>> dx
    array([[2., 2., 2.]])
    """

    def __init__(self, scale: float, shift: float = 0.0) -> None:
        super().__init__()
        if not (math.isfinite(scale) and math.isfinite(shift)) or scale == 0:
            raise ValueError(
                f"Rescale needs a finite scale that is not 0 and a finite shift, got "
                f"{scale} and {shift}"
            )
        self.scale, self.shift = scale, shift

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the rescaled batch; no cache."""
        check_float(self, x)
        return x.dtype.type(self.scale) * x + x.dtype.type(self.shift), None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return ``scale * dy``."""
        return dy.dtype.type(self.scale) * dy if input_grad else None, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return ``scale * u``, no gradients, no curvature."""
        return u.dtype.type(self.scale) * u, {}, None
