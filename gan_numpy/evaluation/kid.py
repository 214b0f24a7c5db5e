r"""Kernel distance of features: the KID, an FID without a bias.

With the cubic polynomial kernel

.. math:: k(x, y) = \left(\tfrac1d\, x \cdot y + 1\right)^3

the squared maximum mean discrepancy of `gan_numpy.evaluation.mmd` compares the first
three moments of two sets, all mixed ones among them, where the FID compares two and
takes the features to be Gaussian. The unbiased estimate

.. math::
    MMD^2_u = \frac{1}{m(m-1)} \sum_{i \ne j} k(x_i, x_j)
            + \frac{1}{m(m-1)} \sum_{i \ne j} k(y_i, y_j)
            - \frac{2}{m^2} \sum_{i,j} k(x_i, y_j)

is computed on blocks of m points of each set, and averaged. The blocks are disjoint
here, hence independent: their spread over the root of their number is the mean's
standard error. (Published code draws overlapping ones, whose spread is no error of
anything.) Equal distributions give 0 on average, and so a negative value every other
time: that is no mistake.

Traps. The kernel has a fixed scale, features have not: ten times larger features change
the value up to a million times, so it compares only within one set of features. The
average does not depend on the size of the blocks, its error does. No value below twice
its standard error tells anything; and where the distributions are equal the values are
skewed, many a little below 0 and few far above, so that the error of ten blocks is too
small just where the mean is lowest: a negative value says nothing, however many errors
away from 0 it is.

Source: Bińkowski et al., arXiv:1801.01401, section 4 and, for the estimator, eq. 4; the
authors' blocks have 1,000 points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.evaluation.distances import check_points
from gan_numpy.evaluation.measurement import ALL, Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, NotApplicable, Subject

BLOCK = 1_000  # points of each set in a block, at most
BLOCKS = 10  # at least, where there are 20 points of each set


@dataclass(frozen=True)
class KIDResult:
    """The mean over blocks.

    Attributes
    ----------
    kid : float
        Unbiased; may be negative.
    standard_error : float
        Of that mean; infinite if there is one block.
    blocks, block_size : int
    """

    kid: float
    standard_error: float
    blocks: int
    block_size: int


def polynomial_mmd2(x: np.ndarray, y: np.ndarray) -> float:
    r"""Unbiased :math:`MMD^2_u` with the cubic kernel.

    Parameters
    ----------
    x, y : (m, d), (n, d)
        Two points at least.
    """
    within = [_kernel(points, points) for points in (x, y)]
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in within]
    return float(sum(means) - 2 * _kernel(x, y).mean())


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    base = x @ y.T / x.shape[1] + 1
    return base * base * base  # many times faster than base**3


def kid(
    x: np.ndarray, y: np.ndarray, block_size: int | None = None, seed: int = 0
) -> KIDResult:
    """KID of two sets, from disjoint blocks of both.

    Parameters
    ----------
    x, y : (N, d), (M, d)
        Two points at least; what does not fill a block is left out.
    block_size : int, optional
        Points of each set in a block, 2 or more; by default 1,000, or so few that there
        are 10 blocks.
    seed : int
        Of the order in which points go to blocks.

    Raises
    ------
    ValueError
        If there are too few points, shapes do not fit or a value is not finite.
    """
    x = check_points("the first points", x, least=2)
    y = check_points("the second points", y, 2, x.shape[1])
    n = min(len(x), len(y))
    size = min(BLOCK, max(2, n // BLOCKS)) if block_size is None else block_size
    if not 2 <= size <= n:
        raise ValueError(f"a block has 2 to {n} points of each set, got {size}")
    rng = np.random.default_rng(seed)
    x, y = x[rng.permutation(len(x))], y[rng.permutation(len(y))]
    starts = range(0, n - size + 1, size)
    values = np.array(
        [polynomial_mmd2(x[s : s + size], y[s : s + size]) for s in starts]
    )
    blocks = len(values)
    error = values.std(ddof=1) / np.sqrt(blocks) if blocks > 1 else np.inf
    return KIDResult(float(values.mean()), float(error), blocks, size)


def measure(subject: Subject) -> Measurement:
    """Kernel distance (KID) of features, and of pixels."""
    spaces, notes = {}, []
    try:
        spaces["features"] = subject.features(ALL, SAMPLES, REAL, TEST)
    except NotApplicable as reason:
        notes.append(f"KID: without features, {reason}")
    if subject.data.image_shape or not spaces:
        spaces["pixels"] = subject.points(ALL, SAMPLES, REAL, TEST)
    rows = []
    for space, (a, b, test) in spaces.items():
        found, real = kid(a, test), kid(b, test)
        n, text = (
            len(a),
            f"{found.blocks} blocks of {found.block_size}; near 0 if equal",
        )
        values = found.kid, real.kid
        rows.append(Row(space, f"KID, {space}", *values, "lower", n, text))
        errors = found.standard_error, real.standard_error
        text = "standard error of the line above"
        rows.append(Row(f"{space}_error", "KID ±", *errors, "lower", n, text))
    notes.append(
        "KID: has the scale of its features: compares within one classifier's only; "
        "negative is as good as 0"
    )
    return Measurement(rows, notes)
