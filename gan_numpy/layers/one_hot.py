r"""One-hot codes: a class as a row of zeros with a single one.

A dense layer on a one-hot row is an embedding: :math:`\mathrm{onehot}(y) W` is row y of
the weights, and its gradient :math:`\mathrm{onehot}(y)^\top dy` adds each example's
cotangent to the row of its class.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def one_hot(
    labels: np.ndarray, classes: int, dtype: npt.DTypeLike = np.float32
) -> np.ndarray:
    """Turn class numbers into rows with a single one.

    Parameters
    ----------
    labels : (N,) int ndarray
        In 0 .. classes - 1.
    classes : int
    dtype : float32 or float64

    Returns
    -------
    (N, classes) ndarray

    Raises
    ------
    ValueError
        If a label is outside the range.
    TypeError
        If the labels are not integers.
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"one_hot expects integer labels, got {labels.dtype}")
    if labels.size and not (0 <= labels.min() and labels.max() < classes):
        raise ValueError(
            f"one_hot expects labels in 0 .. {classes - 1}, got "
            f"{labels.min()} .. {labels.max()}"
        )
    return np.eye(classes, dtype=dtype)[labels]
