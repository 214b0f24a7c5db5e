r"""Batch normalization (Ioffe and Szegedy, arXiv:1502.03167).

Each channel is given mean :math:`\beta` and standard deviation :math:`\gamma` over the
:math:`M` values that the batch has of it: N for features, N H W for maps (section 3.2).
In training, with the *batch's* statistics (Algorithm 1):

.. math::
    \mu = \frac1M \sum_m x_m, \qquad
    \sigma^2 = \frac1M \sum_m (x_m - \mu)^2, \qquad
    \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad
    y = \gamma \hat x + \beta .

An entry of x reaches y directly, through :math:`\mu` and through :math:`\sigma^2`. The
three paths together are

.. math::
    d\gamma = \sum_m dy_m \hat x_m, \qquad d\beta = \sum_m dy_m, \qquad
    dx = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}
         \Big(dy - \frac{d\beta}{M} - \hat x\, \frac{d\gamma}{M}\Big) .

Whatever dy is, dx has no component along 1 and (for :math:`\epsilon = 0`) along
:math:`\hat x`: those are what normalization undoes. For a constant dy it is zero,
and a check with a cotangent of ones cannot fail.

Otherwise, with *running* statistics, which are constants: :math:`dx = \gamma\,dy /
\sqrt{\sigma^2 + \epsilon}`. They are the layer's buffers. ``forward`` leaves them
alone; ``commit`` moves them a step of `momentum` toward the batch's:

.. math::
    \mu_{run} \mathrel{+}= momentum\,(\mu - \mu_{run}), \qquad
    \sigma^2_{run} \mathrel{+}= momentum\,
        \Big(\frac{M}{M - 1} \sigma^2 - \sigma^2_{run}\Big) .

:math:`M/(M - 1)` is Algorithm 2's, line 10: the batch is a sample, around its own mean,
and its :math:`\sigma^2` is too small by this factor on average, while the running
variance stands for that of all data. The paper's average over batches is here an
exponential one, as G's data change while it learns.

Second order: with running statistics :math:`S = \langle u, dx \rangle` gives
:math:`\partial S/\partial(dy) = \gamma u / \sqrt{\sigma^2 + \epsilon}` and
:math:`\partial S/\partial\gamma = \sum_m u_m dy_m / \sqrt{\sigma^2 + \epsilon}`. In
training there is none: each logit depends on all examples, and a penalty on "the
gradient with respect to an example" means nothing (arXiv:1704.00028, section 4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gan_numpy import kernels
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_dtype


class Normalized(NamedTuple):
    """What a forward pass leaves: the statistics it used are part of it."""

    x: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    train: bool


class BatchNorm(Layer):
    r"""Normalize features, (N, C), or the channels of maps, (N, C, H, W).

    Its parameters are ``gamma`` (ones at the start) and ``beta`` (zeros), its buffers
    ``mean`` and ``variance``, all of shape (C,).

    Parameters
    ----------
    channels : int
        C.
    momentum : float in (0, 1]
        Weight of the newest batch in the running statistics.
    epsilon : float
        :math:`\epsilon`, added to the variance; it should be far below it.
    dtype : float32 or float64

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import BatchNorm
    >>> layer = BatchNorm(3)
    >>> x = np.random.default_rng(0).normal(5, 2, (4, 3, 7, 7)).astype(np.float32)
    >>> y, cache = layer.forward(x, train=True)
    >>> y.shape, abs(float(y.mean())) < 1e-6
    ((4, 3, 7, 7), True)
    >>> dx, grads = layer.backward(y, cache)
    >>> dx.shape, grads["gamma"].shape, grads["beta"].shape
    ((4, 3, 7, 7), (3,), (3,))
    >>> layer.commit(cache)  # whoever trains decides when
    >>> bool((layer.buffers["mean"] > 0).all())
    True
    """

    per_example = False

    def __init__(
        self,
        channels: int,
        *,
        momentum: float = 0.1,
        epsilon: float = 1e-5,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        if not 0 < momentum <= 1 or not epsilon > 0:
            raise ValueError(
                f"BatchNorm needs a momentum in (0, 1] and an epsilon above 0, got "
                f"{momentum} and {epsilon}"
            )
        self.momentum, self.epsilon = momentum, epsilon
        self.params = {
            "gamma": np.ones(channels, dtype),
            "beta": np.zeros(channels, dtype),
        }
        self.buffers = {
            "mean": np.zeros(channels, dtype),
            "variance": np.ones(channels, dtype),
        }

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return `y`, and in the cache the statistics of the batch or the running ones.

        Raises
        ------
        ValueError
            If `x` is neither (N, C) nor (N, C, H, W), or in training has one value per
            channel, which is its own mean.
        TypeError
            If the dtype of `x` is not that of the parameters.
        """
        gamma, beta = self.params["gamma"], self.params["beta"]
        if x.ndim not in (2, 4) or x.shape[1] != len(gamma):
            C = len(gamma)
            raise ValueError(
                f"BatchNorm expects a batch of shape (N, {C}) or (N, {C}, H, W), "
                f"got {x.shape}"
            )
        check_dtype(self, x, gamma.dtype)
        if train:
            if _count(x) < 2:
                raise ValueError(
                    f"BatchNorm in training needs two values per channel or more: a "
                    f"batch of shape {x.shape} has {_count(x)}"
                )
            mean, variance = kernels.batchnorm_statistics(x)
        else:  # copies: commit changes the buffers in place
            kept = (self.buffers["mean"], self.buffers["variance"])
            mean, variance = (value.astype(gamma.dtype) for value in kept)
        y = kernels.batchnorm(x, mean, gamma / self._std(variance), beta)
        return y, Normalized(x, mean, variance, train)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return `dx`, in the mode of the forward pass, and the gradients."""
        x, mean, variance, train = cache
        std = self._std(variance)
        scale = self.params["gamma"] / std
        grads: Grads = {}
        dbeta = dgamma = np.zeros_like(mean)
        if param_grads or (train and input_grad):
            dbeta, product = kernels.batchnorm_sums(dy, x, mean)
            dgamma = product / std
        if param_grads:
            grads = {"gamma": dgamma, "beta": dbeta}
        if not input_grad:
            return None, grads
        if not train:
            return kernels.batchnorm(dy, np.zeros_like(mean), scale, 0 * mean), grads
        count = x.dtype.type(_count(x))
        slope, shift = scale * dgamma / (std * count), scale * dbeta / count
        return kernels.batchnorm_input_grad(dy, x, mean, scale, slope, shift), grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """With running statistics: scaled `u`, ``{"gamma": ..., "beta": 0}``, None.

        Raises
        ------
        NotImplementedError
            If the forward pass was in training.
        """
        _, mean, variance, train = cache
        if train:
            return super().backward_vjp(u, dy, cache)
        std, zero = self._std(variance), np.zeros_like(mean)
        d_dy = kernels.batchnorm(u, zero, self.params["gamma"] / std, zero)
        _, products = kernels.batchnorm_sums(dy, u, zero)
        return d_dy, {"gamma": products / std, "beta": zero}, None

    def commit(self, cache: Cache, rate: float | None = None) -> None:
        """Move the running statistics a step toward those of the batch, in place."""
        x, mean, variance, train = cache
        if not train:
            return
        step, count = self.momentum if rate is None else rate, _count(x)
        unbiased = variance * variance.dtype.type(count / (count - 1))
        for key, new in (("mean", mean), ("variance", unbiased)):
            running = self.buffers[key]
            running += running.dtype.type(step) * (new - running)

    def _std(self, variance: np.ndarray) -> np.ndarray:
        return np.sqrt(variance + variance.dtype.type(self.epsilon))


def _count(x: np.ndarray) -> int:
    """M: how many values the batch has of each channel."""
    return x.size // x.shape[1]
