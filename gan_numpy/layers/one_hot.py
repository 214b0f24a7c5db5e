r"""Labels as vectors; with a dense layer behind it, an embedding.

.. math:: e(k)_c = [\,c = k\,], \qquad e(k)\, E = E_k .

There is no embedding layer because ``Dense`` on one-hot labels is one: it picks row
:math:`E_k` of its weights for label k, adds a bias, and its gradient :math:`dE = e^\top
dy` adds each :math:`dy_n` to the row of its label.

>>> import numpy as np
>>> from gan_numpy import Dense, one_hot
>>> from gan_numpy.layers.initializers import normal
>>> table = Dense(10, 4, init=normal(1.0), rng=np.random.default_rng(0))
>>> y, cache = table.forward(one_hot(np.array([3, 3, 7]), 10))
>>> np.array_equal(y, table.params["W"][[3, 3, 7]])
True
>>> _, grads = table.backward(np.ones_like(y), cache)
>>> np.flatnonzero(grads["W"][:, 0]), grads["W"][3, 0] == 2 * grads["W"][7, 0]
(array([3, 7]), np.True_)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def one_hot(
    labels: npt.ArrayLike, classes: int, dtype: npt.DTypeLike = np.float32
) -> np.ndarray:
    """One row per label: 1 in the label's column, 0 in the others.

    Parameters
    ----------
    labels : (N,) integers in [0, classes)
    classes : int
        Number of columns.
    dtype : float32 or float64
        That of the layer behind it.

    Returns
    -------
    (N, classes)

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If they are not one-dimensional, or one is out of range.
    """
    labels = np.asarray(labels)
    if labels.size and labels.dtype.kind not in "iu":
        raise TypeError(f"labels are integers, got an array of {labels.dtype}")
    if labels.ndim != 1:
        raise ValueError(f"labels have the shape (N,), got {labels.shape}")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        n = int(np.flatnonzero(outside)[0])
        raise ValueError(
            f"label {labels[n]} of example {n} is out of range: {classes} classes are "
            f"0 to {classes - 1}"
        )
    vectors = np.zeros((len(labels), classes), dtype)
    vectors[np.arange(len(labels)), labels.astype(np.intp)] = 1
    return vectors
