"""What the Parzen log-likelihood gives to no model at all.

Two sets of centers that any table of Parzen scores must be read beside: training images
themselves, and k-means centroids of them. The centroids win, although nobody would call
them samples (Theis, van den Oord and Bethge, arXiv:1511.01844, Table 1): the score
rewards centers that cover, not centers that look real.
"""

from __future__ import annotations

import warnings
from importlib.metadata import version

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.cache import Arrays, Shapes, remember

SAMPLES = 10_000  # that the paper's protocol draws
KMEANS_ITERATIONS = 15
IMAGES_PER_CENTROID = 5  # 10,000 centroids of MNIST's 50,000 training images


def training_images(data: Dataset, n: int = SAMPLES, seed: int = 0) -> np.ndarray:
    """`n` training images (all, if there are fewer), drawn without replacement.

    Returns
    -------
    (n, features) float64 ndarray
    """
    rows = np.random.default_rng(seed).permutation(len(data.train))[:n]
    return data.scaled("train", rows, np.float64)


def k_means(data: Dataset, n: int = SAMPLES, seed: int = 0) -> np.ndarray:
    """`n` k-means centroids of the training images, one for five images at most.

    Lloyd's algorithm from random images, 15 iterations, by scikit-learn. It takes half
    a minute on MNIST, once: the centroids are kept on disk (see
    `gan_numpy.evaluation.cache`).

    Returns
    -------
    (n, features) float64 ndarray
    """
    clusters = max(1, min(n, len(data.train) // IMAGES_PER_CENTROID))
    key = {
        "data": data.fingerprint(),
        "scale": data.scale,
        "clusters": clusters,
        "iterations": KMEANS_ITERATIONS,
        "seed": seed,
        "scikit-learn": version("scikit-learn"),
    }
    shapes: Shapes = {"centers": ((clusters, data.features), np.dtype(np.float32))}
    found = remember("k-means", key, shapes, lambda: _lloyd(data, clusters, seed))
    return found["centers"].astype(np.float64)


def _lloyd(data: Dataset, clusters: int, seed: int) -> Arrays:
    """Centroids of the training images, float32."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    model = KMeans(
        clusters,
        init="random",
        n_init=1,
        max_iter=KMEANS_ITERATIONS,
        tol=0,
        random_state=seed,
        algorithm="lloyd",
    )
    with warnings.catch_warnings():
        # 15 iterations are the definition of the baseline, converged or not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(data.scaled("train"))
    return {"centers": model.cluster_centers_.astype(np.float32)}


BASELINES = {"training_images": training_images, "k_means": k_means}
