r"""Maxout, :math:`h_u = \max_j (xW + b)_{u,j}`, and its gradients, in plain NumPy.

Notation: as for `affine`; the columns of W are the pieces j of each unit u in turn. The
index of the winner is kept: the gradient of a maximum goes to it, in all sweeps.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.kernels.reference.affine import (
    affine,
    affine_input_grad,
    affine_param_grads,
)


def maxout(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r"""Affine map followed by the maximum over the pieces of each unit.

    Parameters
    ----------
    x : (N, n_in)
    W : (n_in, units * pieces)
        Column ``u * pieces + j`` holds piece ``j`` of unit ``u``.
    b : (units * pieces,)

    Returns
    -------
    h : (N, units)
        :math:`h_u = \max_j (xW + b)_{u,j}`; NaN if any piece is NaN.
    winners : (N, units), uint8
        :math:`\arg\max_j`; the first of equal pieces.
    """
    z = affine(x, W, b).reshape(len(x), W.shape[1] // pieces, pieces)
    winners = z.argmax(axis=2)
    h = np.take_along_axis(z, winners[:, :, None], axis=2)[:, :, 0]
    return h, winners.astype(np.uint8)


def _scatter_to_winners(dh: np.ndarray, winners: np.ndarray, pieces: int) -> np.ndarray:
    """dz of shape (N, units * pieces): dh at the winning piece, 0 at the others."""
    dz = np.zeros((*dh.shape, pieces), dtype=dh.dtype)
    np.put_along_axis(dz, winners[:, :, None].astype(np.intp), dh[:, :, None], axis=2)
    return dz.reshape(len(dh), dh.shape[1] * pieces)


def maxout_param_grads(
    dh: np.ndarray, winners: np.ndarray, x: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    r""":math:`dW = x^\top dz`, :math:`db = \sum_n dz_n`; dz is dh at the winners."""
    return affine_param_grads(_scatter_to_winners(dh, winners, pieces), x)


def maxout_input_grad(dh: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r""":math:`dx_n = \sum_u dh_{n,u} W_{:, (u, j^*_{n,u})}`, shape (N, n_in)."""
    pieces = W.shape[1] // dh.shape[1]
    return affine_input_grad(_scatter_to_winners(dh, winners, pieces), W)


def maxout_directional(u: np.ndarray, winners: np.ndarray, W: np.ndarray) -> np.ndarray:
    r"""Derivative of h in the direction u, shape (N, units): the second order.

    :math:`(uW)_{n,(i,j^*_{n,i})}` for unit i of example n: the pieces that won for x.
    """
    z = (u @ W).reshape(*winners.shape, W.shape[1] // winners.shape[1])
    index = winners[:, :, None].astype(np.intp)
    return np.take_along_axis(z, index, axis=2)[:, :, 0]
