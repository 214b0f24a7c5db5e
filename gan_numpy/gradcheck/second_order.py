r"""The gradient of a gradient, by differences of differences.

A penalty :math:`P = \sum_n \pi(g_n)`, :math:`g_n = \nabla_x a(x_n; \theta)`, needs
:math:`\partial P / \partial \theta`: a second derivative of the critic :math:`a`. To
check one derived by hand, nothing but the critic's forward pass is needed. The inner
gradient costs a few passes per column of x, because sample n of the output depends on
sample n of the input only: all rows are moved at once.

Sources: Gulrajani et al., arXiv:1704.00028 (gradient penalty); Mescheder et al.,
arXiv:1801.04406 (R1).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy.gradcheck.numeric import Derivative, entry_gradient

STEP = 1e-3


def input_gradients(
    critic: Callable[[np.ndarray], np.ndarray], x: np.ndarray, step: float = STEP
) -> np.ndarray:
    r"""Row n is :math:`\nabla_x a(x_n)`; shape of x, float64.

    Two steps and Richardson's combination, an error of :math:`O(h^4)`: for a critic
    that is piecewise linear the gradient is exact up to rounding.
    """
    x = np.asarray(x, dtype=np.float64)
    g = np.zeros_like(x)
    rows = len(x)
    for j in np.ndindex(x.shape[1:]):
        u = np.zeros_like(x)
        u[(slice(None), *j)] = 1.0

        def central(h: float, u: np.ndarray = u) -> np.ndarray:
            ahead, behind = critic(x + h * u), critic(x - h * u)
            return (np.reshape(ahead, rows) - np.reshape(behind, rows)) / (2 * h)

        fine, coarse = central(step / 2), central(step)
        g[(slice(None), *j)] = fine + (fine - coarse) / 3
    return g


def penalty_gradient(
    critic: Callable[[np.ndarray, np.ndarray], np.ndarray],
    penalty: Callable[[np.ndarray], float],
    x: np.ndarray,
    parameter: np.ndarray,
) -> Derivative:
    r""":math:`\partial \pi(\nabla_x a(x; \theta)) / \partial \theta`, numerically.

    Parameters
    ----------
    critic : function (x, parameter) -> a
        One number for each row of x, each depending on its own row only.
    penalty : function g -> float
        Of the input gradients, shape of x.
    x : (N, ...)
    parameter : array, any shape
    """

    def value(p: np.ndarray) -> np.ndarray:
        return np.asarray(penalty(input_gradients(lambda z: critic(z, p), x)))

    return entry_gradient(value, parameter, np.asarray(1.0))
