r"""Dropout, :math:`y = m \odot x / keep`, in plain NumPy: its definition."""

from __future__ import annotations

import numpy as np


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
