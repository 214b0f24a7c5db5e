r"""The Gram matrix of feature maps: which channels light up together, wherever.

With the maps of an image as the rows of :math:`F`, (C, P) for :math:`P = H W` places,

.. math::
    G = \tfrac1P F F^\top, \qquad
    dF = \tfrac1P \left(dG + dG^\top\right) F .

Summing over places forgets *where*: an image and its shifted copy have nearly the same
:math:`G`, which is why it describes a texture. Both factors of :math:`F F^\top` are
:math:`F`, so the product rule has two terms; of a symmetric :math:`dG` they are equal.

The second order. With :math:`S = \langle U, dF \rangle`,

.. math::
    \frac{\partial S}{\partial dG} = \tfrac1P \left(U F^\top + F U^\top\right), \qquad
    \frac{\partial S}{\partial F} = \tfrac1P \left(dG + dG^\top\right) U .

Source: Gatys, Ecker and Bethge, "A neural algorithm of artistic style",
arXiv:1508.06576, eq. 3 and 6 (there without :math:`1/P`, which makes images of
different sizes comparable).
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float


class Gram(Layer):
    """(N, C, H, W) to (N, C, C).

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Gram
    >>> layer = Gram()
    >>> x = np.array([[[[1.0, 2.0]], [[3.0, 0.0]]]])
    >>> y, cache = layer.forward(x)
    >>> y.tolist()
    [[[2.5, 1.5], [1.5, 4.5]]]
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((1, 2, 1, 2), {})
    """

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the Gram matrices, and `x` as the cache.

        Raises
        ------
        ValueError
            If `x` is not (N, C, H, W), with at least one pixel.
        """
        check_float(self, x)
        if x.ndim != 4 or 0 in x.shape[2:]:
            raise ValueError(
                f"Gram expects a batch of shape (N, C, H, W), got {x.shape}"
            )
        F = _rows(x)
        return F @ F.transpose(0, 2, 1) / x.dtype.type(F.shape[2]), x

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return dF, as images."""
        if not input_grad:
            return None, {}
        return _times_both(dy, cache), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return the gradients with respect to `dy` and to `x`."""
        U, F = _rows(u), _rows(cache)
        one = U @ F.transpose(0, 2, 1) / u.dtype.type(F.shape[2])
        return one + one.transpose(0, 2, 1), {}, _times_both(dy, u)


def _rows(x: np.ndarray) -> np.ndarray:
    """The maps of each image as rows, (N, C, P)."""
    n, c, height, width = x.shape
    return x.reshape(n, c, height * width)


def _times_both(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    r""":math:`(dG + dG^\top) F / P`, shaped like `x`."""
    F = _rows(x)
    both = dy + dy.transpose(0, 2, 1)
    return (both @ F / x.dtype.type(F.shape[2])).reshape(x.shape)
