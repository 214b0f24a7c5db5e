r"""The affine map :math:`y = xW + b` and its gradients, in plain NumPy.

Notation: :math:`x` is a batch of shape (N, n_in), :math:`W` has shape (n_in, n_out),
:math:`b` has shape (n_out,).
"""

from __future__ import annotations

import numpy as np


def affine(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    r""":math:`y = xW + b`, shape (N, n_out)."""
    y = x @ W
    y += b
    return y


def affine_param_grads(dy: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dy` and :math:`db = \sum_n dy_n`."""
    return x.T @ dy, dy.sum(axis=0)


def affine_input_grad(dy: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx = dy\, W^\top`, shape (N, n_in)."""
    return dy @ W.T
