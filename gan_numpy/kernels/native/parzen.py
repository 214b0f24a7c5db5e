r"""Log-densities of Gaussian Parzen windows, at the speed of their matrix product.

The distances of N points to M centers are one product of matrices and a little more,

.. math:: \lVert x - c\rVert^2 = \lVert x\rVert^2 - 2\, x \cdot c + \lVert c\rVert^2,

and the product dominates: 2 N M d operations. It is computed as in `matmul`, in pieces
of ``CENTERS`` centers by one panel of points. The distances of a piece are used, for
every bandwidth, while they are in the nearest cache; the memory never sees them. Each
lane of a vector register belongs to one point, so that the sums of exponentials need no
exchange between lanes, and `exponential` runs in all lanes at once.

Points and centers are shifted by the mean of the centers, which changes no distance but
makes the terms of the formula, and with them the rounding of their sum, smaller.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.exponential import exp2
from gan_numpy.kernels.native.arrays import operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.native.registers import (
    ROWS,
    VECTOR_BYTES,
    VECTORS,
    add_outer_product,
    store_tile,
    zero_tile,
)

#: Error of a log-density, in nats, up to which float32 distances are good enough.
FLOAT32_NATS = 2e-3
#: Bytes of a row of a tile: one value for each point of a panel.
WIDTH_BYTES = VECTORS * VECTOR_BYTES
#: Terms of a scalar product that are added up in one chain (see `_float32_nats`).
DEPTH = 128
#: Centers of a piece: its distances fill half of the nearest cache.
CENTERS = 20 * ROWS
#: Distances whose exponentials are added up in the dtype before float64 takes over.
CHAIN = 25
#: Power of two below which a term vanishes beside the largest, 1, even in float64.
NEGLIGIBLE = -90


# Free to choose the order of the sum (in float64), it runs in vector registers.
@kernel(parallel=True, fastmath={"reassoc", "contract"})
def _shift_centers(centers, mean, shifted, norms):
    """``shifted = centers - mean`` and the squared norms of its rows."""
    for i in prange(len(centers)):
        total = 0.0
        for k in range(centers.shape[1]):
            shifted[i, k] = centers[i, k] - mean[k]
            total += np.float64(shifted[i, k]) ** 2
        norms[i] = total


@kernel(parallel=True)
def _shift_points(x, mean, packed, norms):
    """The same for points, in panels (d, lanes); rows that are missing stay zero."""
    panels, d, width = packed.shape
    for p in prange(panels):
        packed[p] = 0
        for j in range(width):
            i, total = p * width + j, 0.0
            if i < len(x):
                for k in range(d):
                    packed[p, k, j] = x[i, k] - mean[k]
                    total += np.float64(packed[p, k, j]) ** 2
            norms[p, j] = total


@kernel()
def _tile(a, a_at, a_row, panel, b_at, width, depth, tile):
    """The inner loop: `depth` terms of ROWS x width scalar products."""
    for _ in range(depth):
        tile = add_outer_product(tile, a, a_at, a_row, panel, b_at)
        a_at += 1
        b_at += width
    return tile


@kernel()
def _scalar_products(panel, a, first, rows, d, piece):
    """``piece[i, j] = c_{first + i} . x_j`` in tiles, in chains of ``DEPTH`` terms."""
    width, out = piece.shape[1], piece.reshape(-1)
    for start in range(0, max(d, 1), DEPTH):
        depth = min(DEPTH, d - start)
        for i in range(0, rows, ROWS):
            a_at, b_at = (first + i) * d + start, start * width
            zeros = zero_tile(piece)
            tile = _tile(a, a_at, d, panel, b_at, width, depth, zeros)
            store_tile(tile, out, i * width, width, start > 0)


@kernel(fastmath={"contract"})
def _distances(piece, rows, center_norms, first, point_norms, nearest):
    """Turn scalar products into squared distances; lower each point's nearest one."""
    width = WIDTH_BYTES // piece.itemsize  # known to the compiler: whole vectors
    zero = piece.dtype.type(0)
    for i in range(rows):
        row, norm = piece[i], center_norms[first + i]
        for j in range(width):
            dot = row[j]
            # Rounding can take a small distance below zero.
            distance = max(norm + point_norms[j] - (dot + dot), zero)
            row[j] = distance
            nearest[j] = min(nearest[j], distance)


# Free to forget about NaN (whose points are marked in the end), it runs in registers.
@kernel(fastmath={"nnan", "nsz", "reassoc"})
def _gaps(piece, rows, nearest, gaps):
    """By how much each center is farther than the nearest one, at any point."""
    width = WIDTH_BYTES // piece.itemsize
    for i in range(rows):
        row, gap = piece[i], piece[i, 0] - nearest[0]
        for j in range(width):
            gap = min(gap, row[j] - nearest[j])
        gaps[i] = gap


@kernel(fastmath={"contract"})
def _add_terms(piece, rows, nearest, gaps, factor, chain, total):
    """Add ``2^(factor * (distance - nearest))`` of a piece to each point's total.

    Centers whose terms are below 2^NEGLIGIBLE for every point are passed over.
    """
    width = WIDTH_BYTES // piece.itemsize
    for start in range(0, rows, CHAIN):
        chain[:] = 0
        for i in range(start, min(start + CHAIN, rows)):
            row = piece[i]
            if gaps[i] * factor < NEGLIGIBLE:
                continue
            for j in range(width):
                chain[j] += exp2((row[j] - nearest[j]) * factor)
        for j in range(width):
            total[j] += chain[j]


@kernel()
def _panel(panel, point_norms, centers, center_norms, count, factors, nearest, total):
    """All centers at hand, and every bandwidth, for one panel of points."""
    d, width = panel.shape
    flat, a = panel.reshape(-1), centers.reshape(-1)
    piece = np.empty((CENTERS, width), centers.dtype)
    gaps = np.empty(CENTERS, centers.dtype)
    before, chain = np.empty(width, centers.dtype), np.empty(width, centers.dtype)
    for first in range(0, count, CENTERS):
        rows = min(CENTERS, count - first)
        for j in range(width):
            before[j] = nearest[j]
        _scalar_products(flat, a, first, rows, d, piece)
        _distances(piece, rows, center_norms, first, point_norms, nearest)
        _gaps(piece, rows, nearest, gaps)
        for s in range(len(factors)):
            # Terms are relative to the nearest center: the largest of them is 1.
            for j in range(width):
                total[s, j] *= exp2((before[j] - nearest[j]) * factors[s])
            _add_terms(piece, rows, nearest, gaps, factors[s], chain, total[s])


@kernel(parallel=True)
def _panels(packed, point_norms, centers, center_norms, count, factors, nearest, total):
    for p in prange(len(packed)):
        _panel(
            packed[p],
            point_norms[p],
            centers,
            center_norms,
            count,
            factors,
            nearest[p],
            total[p],
        )


def _float32_nats(x: np.ndarray, centers: np.ndarray, sigma: float) -> float:
    r"""Expected rounding error of a log-density from float32 distances, in nats.

    Adding n terms that grow to a sum S makes a random walk of rounding errors, of
    u S k/n at step k, each uniform: its deviation is :math:`u S \sqrt{n} / 3`, with
    :math:`u = 2^{-24}`. Here :math:`S = x \cdot c` is at most the product of the norms,
    whose mean squares we take, n is ``DEPTH``, and the error of a squared distance,
    twice that, is divided by :math:`2 \sigma^2`.

    Source: Higham and Mary, "A new approach to probabilistic rounding error analysis",
    SIAM J. Sci. Comput. 41(5), 2019.
    """
    mean = centers.mean(axis=0, dtype=np.float64)
    # At most 1,000 rows of each tell their size.
    sizes = [
        np.mean((a[:: -(-len(a) // 1000)] - mean) ** 2) * a.shape[1]
        for a in (x, centers)
    ]
    error = 2 * 2.0**-24 * np.sqrt(DEPTH) / 3 * np.sqrt(sizes[0] * sizes[1])
    return float(error / (2 * sigma**2))


def parzen_log_density(
    x: np.ndarray,
    centers: np.ndarray,
    sigmas: np.ndarray,
    block_values: int = 1 << 21,
) -> np.ndarray:
    r"""Log-density of a Gaussian Parzen window at each point, for each bandwidth.

    See `reference.parzen_log_density` for the formula. Exponentials are taken relative
    to the nearest center, in the dtype of the inputs, and summed in float64. Where
    float32 distances are too coarse for the smallest bandwidth, by more than
    ``FLOAT32_NATS`` as `_float32_nats` estimates, float64 is used instead: on MNIST,
    below sigma = .08. That takes twice the time.

    Parameters
    ----------
    x : (N, d)
        float32 or float64; another dtype is converted to float64.
    centers : (M, d)
        At least one.
    sigmas : (S,)
        Positive.
    block_values : int
        Values of points, and of centers, held at once. The extra memory is a few times
        that, whatever N and M.

    Returns
    -------
    (N, S), float64
        NaN for a point that is not finite, and everywhere if a center is not.
    """
    sigmas = np.asarray(sigmas, dtype=np.float64)
    if len(centers) == 0 or not (sigmas > 0).all():
        raise ValueError("a Parzen window needs a center and positive bandwidths")
    dtype = np.result_type(x, centers)
    if dtype != np.float32 or not (
        len(x) == 0
        or len(sigmas) == 0
        or _float32_nats(x, centers, sigmas.min()) <= FLOAT32_NATS
    ):
        dtype = np.dtype(np.float64)
    dim = centers.shape[1]
    width = WIDTH_BYTES // dtype.itemsize
    rows = max(1, block_values // (dim * width or 1)) * width
    mean = centers.mean(axis=0, dtype=np.float64).astype(dtype)
    out = np.empty((len(x), len(sigmas)))
    for start in range(0, len(x), rows):
        block = x[start : start + rows]
        out[start : start + rows] = _block(block, centers, mean, sigmas, block_values)
    return out - np.log(len(centers)) - 0.5 * dim * np.log(2 * np.pi * sigmas**2)


def _block(
    x: np.ndarray,
    centers: np.ndarray,
    mean: np.ndarray,
    sigmas: np.ndarray,
    block_values: int,
) -> np.ndarray:
    """Logarithm of the sum over the centers, for a block of points, shape (n, S)."""
    dtype, dim = mean.dtype, len(mean)
    width = WIDTH_BYTES // dtype.itemsize
    panels = -(-len(x) // width)
    packed = np.empty((panels, dim, width), dtype)
    point_norms = np.empty((panels, width), dtype)
    _shift_points(operand(x), mean, packed, point_norms)
    nearest = np.full((panels, width), np.inf, dtype)
    total = np.zeros((panels, len(sigmas), width))
    factors = (-0.5 / np.log(2) / sigmas**2).astype(dtype)
    count = min(len(centers), max(1, block_values // (dim * CENTERS or 1)) * CENTERS)
    shifted = np.zeros((-(-count // ROWS) * ROWS, dim), dtype)
    norms = np.empty(count, dtype)
    for first in range(0, len(centers), count):
        part = operand(centers[first : first + count])
        _shift_centers(part, mean, shifted, norms)
        _panels(packed, point_norms, shifted, norms, len(part), factors, nearest, total)
        point_norms[~np.isfinite(norms[: len(part)]).all(), ...] = np.nan
    exponent = -0.5 / sigmas**2 * nearest.astype(np.float64)[:, :, None]
    result = exponent + np.log(total.transpose(0, 2, 1))
    result[~np.isfinite(point_norms)] = np.nan
    return result.reshape(panels * width, -1)[: len(x)]
