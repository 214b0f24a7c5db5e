"""Sigmoid, ReLU and leaky ReLU, in plain NumPy: their definition."""

from __future__ import annotations

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    r""":math:`\sigma(x) = 1 / (1 + e^{-x})`, precise in both tails."""
    # exp of a negative number only: no overflow at either end.
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def relu(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`y = \max(x, 0)` and the mask :math:`x > 0`. NaN stays NaN."""
    return np.maximum(x, 0), x > 0


def leaky_relu(x: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`y = x` where :math:`x > 0`, else :math:`\alpha x`; and the mask."""
    return leaky_relu_backward(x, x > 0, alpha), x > 0


def leaky_relu_backward(
    dy: np.ndarray, positive: np.ndarray, alpha: float
) -> np.ndarray:
    r""":math:`dx = dy` where x was positive, else :math:`\alpha\, dy`."""
    return np.where(positive, dy, dy.dtype.type(alpha) * dy)
