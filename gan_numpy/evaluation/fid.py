r"""Fréchet distance between Gaussians fitted to features: the FID.

.. math::
    d^2 = \lVert \mu_1 - \mu_2 \rVert^2
          + \mathrm{tr}\left(\Sigma_1 + \Sigma_2
          - 2\,(\Sigma_1 \Sigma_2)^{1/2}\right)

is the squared Wasserstein-2 distance of :math:`N(\mu_1, \Sigma_1)` and
:math:`N(\mu_2, \Sigma_2)`. The product :math:`\Sigma_1 \Sigma_2` is not symmetric, but
it has the eigenvalues of :math:`S = \Sigma_1^{1/2} \Sigma_2 \Sigma_1^{1/2}`, which is:
the trace of its root is the sum of the roots of the eigenvalues of S, all real and not
negative, and needs no root of a general matrix.

The features are here those of a classifier of the data set itself
(`gan_numpy.evaluation.classifier`), not Inception's: values compare to each other, not
to published ones. The estimate is biased upward by a finite number of samples, so
compare at equal numbers only.

Source: Heusel et al., arXiv:1706.08500, eq. 6.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.evaluation.distances import check_points
from gan_numpy.evaluation.measurement import ALL, Measurement, Row
from gan_numpy.evaluation.subject import REAL, SAMPLES, TEST, Subject


def frechet_distance(
    mean1: np.ndarray, cov1: np.ndarray, mean2: np.ndarray, cov2: np.ndarray
) -> float:
    r"""Squared Fréchet distance :math:`d^2` of two Gaussians.

    Parameters
    ----------
    mean1, mean2 : (d,)
    cov1, cov2 : (d, d)
        Symmetric and positive semidefinite.
    """
    values, vectors = np.linalg.eigh(cov1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    product = root @ cov2 @ root
    eigenvalues = np.linalg.eigvalsh((product + product.T) / 2)
    trace_of_root = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    shift = mean1 - mean2
    return float(shift @ shift + np.trace(cov1) + np.trace(cov2) - 2 * trace_of_root)


def fid(features1: np.ndarray, features2: np.ndarray) -> float:
    """Fréchet distance of the Gaussians with the means and covariances of two sets.

    Parameters
    ----------
    features1, features2 : (N, d), (M, d)
        Two rows at least.

    Raises
    ------
    ValueError
        If shapes do not fit or a value is not finite.
    """
    features1 = check_points("features", features1, least=2)
    features2 = check_points("features", features2, 2, features1.shape[1])
    gaussians = [
        (f.mean(axis=0), np.atleast_2d(np.cov(f, rowvar=False)))
        for f in (features1, features2)
    ]
    # Rounding can take the distance of a set to itself just below zero.
    return max(frechet_distance(*gaussians[0], *gaussians[1]), 0.0)


def measure(subject: Subject) -> Measurement:
    """Fréchet distance of features."""
    a, b, test = subject.features(ALL, SAMPLES, REAL, TEST)
    text = "distance of Gaussians fitted to features"
    values = fid(a, test), fid(b, test)
    row = Row("fid", "Fréchet distance (FID)", *values, "lower", len(a), text)
    note = "FID: on features of this data set's classifier, not Inception's"
    return Measurement([row], [note] if subject.data.labels else [])
