r"""Max pooling (Riesenhuber and Poggio, Nature Neuroscience 2(11), 1999).

.. math::
    y_{n,c,h,w} = \max_{i,j < k} x_{n,\; c,\; h s + i,\; w s + j}, \qquad
    dx_{n,c,r,q} = \sum_{(h,w)\,:\ (r,q)\ \text{won}} dy_{n,c,h,w} .

Windows overlap if the stride :math:`s` is less than their side :math:`k`: a pixel may
win several of them, and its gradient is the sum. Of equal pixels the first wins, row by
row, in all sweeps the same. Second order: `u` at the winners, which do not move when x
changes a little; no curvature.

*The border.* Every pixel is seen: there are :math:`\lceil (H - k)/s \rceil + 1` windows
in a column, and the last one, where it reaches beyond the image, is cut off there.
(Pylearn2, which the paper's code uses, has the same rule; other libraries drop what
does not fill a window.) An image smaller than the window is one, cut off, window.
"""

from __future__ import annotations

import numpy as np

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_float, check_window


class MaxPool2D(Layer):
    """Maximum over windows of each channel: (N, C, H, W) to (N, C, PH, PW).

    Parameters
    ----------
    size : int in [1, 256]
        Side of the window, in pixels.
    stride : int in [1, size], optional
        Its step; `size` if not given. The maxout networks for CIFAR-10 pool 4 by 4 in
        steps of 2 (arXiv:1302.4389, section 5).

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import MaxPool2D
    >>> layer = MaxPool2D(2)
    >>> x = np.ones((2, 3, 7, 7), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (2, 3, 4, 4)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads
    ((2, 3, 7, 7), {})
    """

    def __init__(self, size: int, stride: int | None = None) -> None:
        super().__init__()
        self.size, self.stride = size, size if stride is None else stride
        check_window(self, self.size, self.stride)
        if self.stride > self.size or self.size > 256:
            raise ValueError(
                f"MaxPool2D needs a window of 1 to 256 and no larger a stride (it "
                f"would skip pixels), got {self.size} and {self.stride}"
            )

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the maxima, and in the cache who won, and the shape of `x`.

        Raises
        ------
        ValueError
            If `x` is not (N, C, H, W).
        """
        check_float(self, x)
        if x.ndim != 4:
            raise ValueError(
                f"MaxPool2D expects a batch of shape (N, C, H, W), got {x.shape}"
            )
        y, winners = kernels.max_pool(x, self.size, self.stride)
        return y, (winners, x.shape)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Add every `dy` to the winner of its window."""
        if not input_grad:
            return None, {}
        winners, shape = cache
        k, s = self.size, self.stride
        return kernels.max_pool_scatter(dy, winners, shape, k, s), {}

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """Return `u` at the winners, no gradients, no curvature."""
        winners, _ = cache
        return kernels.max_pool_gather(u, winners, self.size, self.stride), {}, None
