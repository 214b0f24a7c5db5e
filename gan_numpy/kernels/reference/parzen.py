r"""Log-densities of Gaussian Parzen windows, in plain NumPy: their definition.

.. math:: \log p(x) = \log \frac1M \sum_i \mathcal N(x;\, c_i, \sigma^2 I).
"""

from __future__ import annotations

import numpy as np


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
