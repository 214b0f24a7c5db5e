r"""Packing (PacGAN: Lin, Khetan, Fanti and Oh, arXiv:1712.04086, section 2).

The discriminator judges m examples together, all real or all generated:

.. math:: (x_1, \dots, x_m) \mapsto [x_1, \dots, x_m] .

A generator that collapses is betrayed by packs of look-alikes, which the data do not
have. The whole method is this one concatenation; backward undoes it.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Pack(Layer):
    """(N, features) to (N / m, m * features): m examples become one row.

    Parameters
    ----------
    m : int
        Degree of packing; 1 changes nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Pack
    >>> layer = Pack(2)
    >>> x = np.ones((6, 5), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (3, 10)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((6, 5), {})
    """

    def __init__(self, m: int) -> None:
        super().__init__()
        if m < 1:
            raise ValueError(f"Pack needs m of at least 1, got {m}")
        self.m = m

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the packs and the former shape.

        Raises
        ------
        ValueError
            If the batch does not divide into packs.
        """
        check_float(self, x)
        if x.ndim != 2 or len(x) % self.m:
            raise ValueError(
                f"Pack expects a batch of shape (a multiple of {self.m}, features), "
                f"got {x.shape}"
            )
        return x.reshape(len(x) // self.m, self.m * x.shape[1]), x.shape

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` in the shape of the examples."""
        return dy.reshape(cache) if input_grad else None, {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return the packs of `u`; no gradients, no curvature."""
        return u.reshape(dy.shape), {}, None
