r"""Batch normalization and sums over a batch, in plain NumPy: their definition.

The value of a channel c (a feature map of a convolution, or a feature) is there once
for each example and place. All arrays are (N, C, places); a batch of features has one
place. Sums over them are over :math:`M = N \cdot places` values.
"""

from __future__ import annotations

import numpy as np


def by_channel(x: np.ndarray) -> np.ndarray:
    """A batch (N, C, ...) as (N, C, places)."""
    places = int(np.prod(x.shape[2:], dtype=np.int64))
    return x.reshape(len(x), x.shape[1], places)


def _column(c: np.ndarray) -> np.ndarray:
    """One number per channel, to be spread over the places."""
    return c[:, None]


def channel_sum(dy: np.ndarray) -> np.ndarray:
    r""":math:`\sum_{n,p} dy_{n,c,p}` for dy of shape (N, C, ...); summed in float64."""
    runs = by_channel(dy).sum(axis=2)
    return runs.sum(axis=0, dtype=np.float64).astype(dy.dtype)


def batchnorm_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Mean and variance of each channel, (C,), in two passes.

    .. math:: \mu_c = \frac1M \sum_{n,p} x_{n,c,p}, \qquad
              \sigma^2_c = \frac1M \sum_{n,p} (x_{n,c,p} - \mu_c)^2 .

    The mean of the squares less the square of the mean would be one pass, but in
    float32 nothing is left of a variance much smaller than the mean.
    """
    x = by_channel(x)
    count = x.shape[0] * x.shape[2]
    mean = (channel_sum(x) / count).astype(x.dtype)
    centered = x - _column(mean)
    return mean, (channel_sum(centered * centered) / count).astype(x.dtype)


def batchnorm(
    x: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
) -> np.ndarray:
    r""":math:`y = scale_c\,(x - mean_c) + shift_c`, shaped like x, (N, C, ...)."""
    y = by_channel(x) - _column(mean)
    y *= _column(scale)
    y += _column(shift)
    return y.reshape(x.shape)


def batchnorm_sums(
    dy: np.ndarray, x: np.ndarray, mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`\sum_{n,p} dy` and :math:`\sum_{n,p} dy\,(x - mean_c)`, (C,) each."""
    centered = by_channel(x) - _column(mean)
    return channel_sum(dy), channel_sum(by_channel(dy) * centered)


def batchnorm_input_grad(
    dy: np.ndarray,
    x: np.ndarray,
    mean: np.ndarray,
    scale: np.ndarray,
    slope: np.ndarray,
    shift: np.ndarray,
) -> np.ndarray:
    r""":math:`dx = scale_c\, dy - slope_c\,(x - mean_c) - shift_c`, shaped like x."""
    dx = by_channel(dy) * _column(scale)
    dx -= _column(slope) * (by_channel(x) - _column(mean))
    dx -= _column(shift)
    return dx.reshape(x.shape)
