r"""A bias of its own for every value: :math:`y = x + b`, :math:`db = \sum_n dy_n`.

The biases of a convolution are tied: one per channel. The paper's deconvolutional
generator has one per pixel and channel (``tied_b: 0`` in the released code's
``cifar10_convolutional.yaml``), with which it can draw the mean image. No second order
to speak of: dx is dy.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_dtype


class Bias(Layer):
    """(N, *shape) to (N, *shape), with a learned offset.

    Parameters
    ----------
    *shape : int
        Shape of one example.
    dtype : float32 or float64

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Bias
    >>> layer = Bias(3, 8, 8)
    >>> x = np.zeros((5, 3, 8, 8), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (5, 3, 8, 8)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["b"].shape
    ((5, 3, 8, 8), (3, 8, 8))
    """

    def __init__(self, *shape: int, dtype: npt.DTypeLike = np.float32) -> None:
        super().__init__()
        self.params = {"b": np.zeros(shape, dtype=dtype)}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return ``x + b``; nothing is needed later.

        Raises
        ------
        ValueError
            If the examples have another shape.
        """
        b = self.params["b"]
        check_dtype(self, x, b.dtype)
        if x.shape[1:] != b.shape:
            raise ValueError(f"Bias expects examples of shape {b.shape}, got {x.shape}")
        return x + b, None

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dy` and its sum over the batch."""
        grads = {"b": dy.sum(axis=0)} if param_grads else {}
        return dy.copy() if input_grad else None, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u`; `dx` does not depend on the bias or on `x`."""
        return u.copy(), {"b": np.zeros_like(self.params["b"])}, None
