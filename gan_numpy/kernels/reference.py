r"""The definition of every kernel, in plain NumPy.

Each function here is what the fast implementations are tested against, and short
enough to be read as the equation it computes. Arrays are C-contiguous unless said
otherwise; the dtype (float32 or float64) of the result is that of the inputs.

Notation: :math:`x` is a batch of shape (N, n_in), :math:`W` has shape (n_in, n_out),
:math:`b` has shape (n_out,).
"""

from __future__ import annotations

import numpy as np

from gan_numpy.kernels.channels import (  # noqa: F401
    batchnorm,
    batchnorm_input_grad,
    batchnorm_statistics,
    batchnorm_sums,
    channel_sum,
)
from gan_numpy.kernels.pools import (  # noqa: F401
    max_pool,
    max_pool_gather,
    max_pool_scatter,
    piece_gather,
    piece_maximum,
    piece_scatter,
)
from gan_numpy.kernels.windows import (  # noqa: F401
    col2im,
    convolution,
    convolution_transpose,
    convolution_weight_grad,
    im2col,
    places,
)

# -- affine: y = x W + b -------------------------------------------------------------


def affine(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    r""":math:`y = xW + b`, shape (N, n_out)."""
    y = x @ W
    y += b
    return y


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    return x.T @ dy, dy.sum(axis=0)


def affine_input_grad(dy: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx = dy\, W^\top`, shape (N, n_in)."""
    return dy @ W.T


# -- maxout: h_u = max_j (x W + b)_{u, j} --------------------------------------------


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r"""Affine map followed by the maximum over the pieces of each unit.

    Parameters
    ----------
    x : (N, n_in)
    W : (n_in, units * pieces)
        Column ``u * pieces + j`` holds piece ``j`` of unit ``u``.
    b : (units * pieces,)

    Returns
    -------
    h : (N, units)
        :math:`h_u = \max_j (xW + b)_{u,j}`; NaN if any piece is NaN.
    winners : (N, units), uint8
        :math:`\arg\max_j`; the first of equal pieces.
    """
    z = affine(x, W, b).reshape(len(x), W.shape[1] // pieces, pieces)
    winners = z.argmax(axis=2)
    h = np.take_along_axis(z, winners[:, :, None], axis=2)[:, :, 0]
    return h, winners.astype(np.uint8)


def _scatter_to_winners(dh: np.ndarray, winners: np.ndarray, pieces: int) -> np.ndarray:
    """dz of shape (N, units * pieces): dh at the winning piece, 0 at the others."""
    dz = np.zeros((*dh.shape, pieces), dtype=dh.dtype)
    np.put_along_axis(dz, winners[:, :, None].astype(np.intp), dh[:, :, None], axis=2)
    return dz.reshape(len(dh), dh.shape[1] * pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    return affine_param_grads(_scatter_to_winners(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`, shape (N, n_in)."""
    pieces = W.shape[1] // dh.shape[1]
    return affine_input_grad(_scatter_to_winners(dh, winners, pieces), W)


def maxout_directional(u: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r"""Derivative of h in the direction u, shape (N, units): the second order.

    :math:`(uW)_{n,(i,j^*_{n,i})}` for unit i of example n: the pieces that won for x.
    """
    z = (u @ W).reshape(*winners.shape, W.shape[1] // winners.shape[1])
    index = winners[:, :, None].astype(np.intp)
    return np.take_along_axis(z, index, axis=2)[:, :, 0]


# -- activations ---------------------------------------------------------------------


def sigmoid(x: np.ndarray) -> np.ndarray:
    r""":math:`\sigma(x) = 1 / (1 + e^{-x})`, precise in both tails."""
    # exp of a negative number only: no overflow at either end.
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`y = \max(x, 0)` and the mask :math:`x > 0`. NaN stays NaN."""
    return np.maximum(x, 0), x > 0


def leaky_relu(x: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`y = x` where :math:`x > 0`, else :math:`\alpha x`; and the mask."""
    return leaky_relu_backward(x, x > 0, alpha), x > 0


def leaky_relu_backward(
    dy: np.ndarray, positive: np.ndarray, alpha: float
) -> np.ndarray:
    r""":math:`dx = dy` where x was positive, else :math:`\alpha\, dy`."""
    return np.where(positive, dy, dy.dtype.type(alpha) * dy)


# -- dropout: y = m x / keep ---------------------------------------------------------


def bernoulli_mask(seed: int, shape: tuple[int, ...], keep: float) -> np.ndarray:
    r"""Boolean mask whose entries are True with probability `keep`.

    Counter-based: entry :math:`i` (in C order) is
    ``splitmix64(seed + (i + 1) * 0x9E3779B97F4A7C15) < keep * 2**64``, so that any
    part of the mask can be made by any thread in any order, with the same bits.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014 (the finalizer and the golden-ratio increment).
    """
    size = int(np.prod(shape, dtype=np.int64))
    with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is meant
        bits = np.arange(1, size + 1, dtype=np.uint64)
        bits *= np.uint64(0x9E3779B97F4A7C15)
        bits += np.uint64(seed)
        bits ^= bits >> np.uint64(30)
        bits *= np.uint64(0xBF58476D1CE4E5B9)
        bits ^= bits >> np.uint64(27)
        bits *= np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
    # The upper 53 bits as a float64 in [0, 1): exact, and keep = 1 keeps everything.
    uniform = (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return (uniform < keep).reshape(shape)


def dropout(x: np.ndarray, keep: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Inverted dropout :math:`y = m \odot x / keep`, :math:`m_i \sim B(keep)`.

    Parameters
    ----------
    x : array of any shape
    keep : float in (0, 1]
        Probability to keep a value. Kept values are scaled by 1 / keep.
    seed : int in [0, 2**64)
        Seed of the counter-based mask (`bernoulli_mask`).

    Returns
    -------
    y : like x
    mask : bool, the shape of x
    """
    mask = bernoulli_mask(seed, x.shape, keep)
    return dropout_backward(x, mask, keep), mask


def dropout_backward(dy: np.ndarray, mask: np.ndarray, keep: float) -> np.ndarray:
    r""":math:`dx = m \odot dy / keep`, with the forward's mask.

    Dropped entries are zero even where `dy` is infinite or NaN.
    """
    return np.where(mask, dy * dy.dtype.type(1 / keep), dy.dtype.type(0))


# -- updates: the one place where parameters change (in place) -----------------------


def momentum_update(
    param: np.ndarray,
    velocity: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    momentum: float,
) -> None:
    r""":math:`v \leftarrow \mu v - \eta g`, :math:`\theta \leftarrow \theta + v`."""
    velocity *= param.dtype.type(momentum)
    velocity -= param.dtype.type(learning_rate) * grad
    param += velocity


def adam_update(
    param: np.ndarray,
    mean: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    t: int,
) -> None:
    r"""Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1), in place.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \\
        \theta &\leftarrow \theta - \eta\,
            \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}.

    `t` counts the updates from 1.
    """
    scalar = param.dtype.type
    mean *= scalar(beta1)
    mean += scalar(1 - beta1) * grad
    square *= scalar(beta2)
    square += scalar(1 - beta2) * grad * grad
    root = np.sqrt(square / scalar(1 - beta2**t)) + scalar(epsilon)
    param -= scalar(learning_rate / (1 - beta1**t)) * mean / root


def rmsprop_update(
    param: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    decay: float,
    epsilon: float,
) -> None:
    r"""RMSProp: :math:`v \leftarrow \rho v + (1-\rho) g^2`,
    :math:`\theta \leftarrow \theta - \eta\, g / (\sqrt v + \epsilon)`, in place.

    Source: Tieleman and Hinton, Coursera lecture 6.5, 2012.
    """
    scalar = param.dtype.type
    square *= scalar(decay)
    square += scalar(1 - decay) * grad * grad
    param -= scalar(learning_rate) * grad / (np.sqrt(square) + scalar(epsilon))


def average_update(average: np.ndarray, param: np.ndarray, decay: float) -> None:
    r""":math:`\bar\theta \leftarrow \rho\bar\theta + (1-\rho)\theta`, in place."""
    average += average.dtype.type(1 - decay) * (param - average)


# -- Parzen windows: log p(x) = log mean_c N(x; c, sigma^2 I) ------------------------


def parzen_log_density(
    x: np.ndarray,
    centers: np.ndarray,
    sigmas: np.ndarray,
    block_values: int = 1 << 21,
) -> np.ndarray:
    r"""Log-density of a Gaussian Parzen window at each point, for each bandwidth.

    .. math::
        \log p_\sigma(x) = \log \frac1M \sum_{i=1}^M
            \exp\!\Big(-\frac{\lVert x - c_i\rVert^2}{2\sigma^2}\Big)
            - \frac d2 \log(2\pi\sigma^2)

    Parameters
    ----------
    x : (N, d)
    centers : (M, d)
    sigmas : (S,)
    block_values : int
        Distances held at once; the extra memory does not depend on N or M.

    Returns
    -------
    (N, S), float64
    """
    sigmas = np.asarray(sigmas, dtype=np.float64)
    scale = -0.5 / sigmas**2
    dim, M = centers.shape[1], len(centers)
    out = np.empty((len(x), len(sigmas)))
    columns = min(M, 2048)
    rows = max(1, block_values // columns)
    center_norms = np.einsum("md,md->m", centers, centers)
    for start in range(0, len(x), rows):
        block = x[start : start + rows]
        block_norms = np.einsum("nd,nd->n", block, block)[:, None]
        peak = np.full((len(block), len(sigmas)), -np.inf)
        total = np.zeros((len(block), len(sigmas)))
        for first in range(0, M, columns):
            part = slice(first, first + columns)
            # ||x - c||^2 = ||x||^2 - 2 x.c + ||c||^2, clamped: rounding can dip below 0
            distance = block @ centers[part].T
            distance *= -2
            distance += center_norms[part]
            distance += block_norms
            squared = np.maximum(distance, 0).astype(np.float64, copy=False)
            nearest = squared.min(axis=1)
            for s, factor in enumerate(scale):
                # Running log-sum-exp: rescale the sum whenever the peak rises.
                new_peak = np.maximum(peak[:, s], factor * nearest)
                terms = np.exp(factor * squared - new_peak[:, None]).sum(axis=1)
                total[:, s] *= np.exp(peak[:, s] - new_peak)
                total[:, s] += terms
                peak[:, s] = new_peak
        out[start : start + rows] = peak + np.log(total)
    return out - np.log(M) - 0.5 * dim * np.log(2 * np.pi * sigmas**2)
