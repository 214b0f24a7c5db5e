r"""Convolution as one matrix product, in plain NumPy: its definition.

A convolution looks at an image through a window that moves in steps of `stride`.
`im2col` writes what it sees at each place into a row of a matrix, and the convolution
is then one product with the weights, :math:`y = \mathrm{im2col}(x)\, W^\top`. As a map,
``im2col`` copies entries of x, some of them several times. Its adjoint `col2im` adds
every copy back to where it came from:

.. math:: \langle \mathrm{im2col}(x), c \rangle = \langle x, \mathrm{col2im}(c) \rangle.

So the adjoint of the convolution is the same two steps the other way round, the
product first: :math:`x = \mathrm{col2im}(y\, W)`. It is the convolution's input
gradient, and the forward pass of the transposed convolution.

Notation: images x (N, C, H, W), padded on every side by `padding` zeros; maps y
(N, O, OH, OW) with :math:`OH = \lfloor (H + 2\,padding - kh) / stride \rfloor + 1`;
weights W (O, C, kh, kw). The last rows of x that no window reaches are ignored, and
their gradient is zero. Row ``(n, h, w)`` of the matrix holds ``x[n, c, h * stride + i -
padding, w * stride + j - padding]`` in column ``(i, j, c)``, and in the product W is
the matrix :math:`W_{o,(i,j,c)}`: with the channels last, a row of the window is one run
of memory.

Source: Chellapilla, Puri and Simard, "High performance convolutional neural networks
for document processing", IWFHR 2006, section 3; for the adjoint, Dumoulin and Visin,
"A guide to convolution arithmetic for deep learning", arXiv:1603.07285, chapter 4.
"""

from __future__ import annotations

import numpy as np


def places(length: int, window: int, stride: int, padding: int) -> int:
    """Number of places of a window on `length` entries; 0 if it does not fit."""
    return max(0, (length + 2 * padding - window) // stride + 1)


def im2col(
    x: np.ndarray, window: tuple[int, int], stride: int, padding: int
) -> np.ndarray:
    """What the window sees, one row per place: (N * OH * OW, kh * kw * C)."""
    n, channels = x.shape[:2]
    (kh, kw), p = window, padding
    high, wide = (places(x.shape[2 + a], window[a], stride, p) for a in (0, 1))
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    cols = np.empty((n, high, wide, kh, kw, channels), x.dtype)
    for i in range(kh):
        for j in range(kw):
            rows = slice(i, i + stride * high, stride)
            columns = slice(j, j + stride * wide, stride)
            seen = padded[:, :, rows, columns]
            cols[:, :, :, i, j] = seen.transpose(0, 2, 3, 1)
    return cols.reshape(n * high * wide, kh * kw * channels)


def col2im(
    cols: np.ndarray,
    shape: tuple[int, int, int, int],
    window: tuple[int, int],
    stride: int,
    padding: int,
) -> np.ndarray:
    """The adjoint of `im2col`: add every entry where it was seen, (N, C, H, W)."""
    n, channels, height, width = shape
    (kh, kw), p = window, padding
    high, wide = (places(shape[2 + a], window[a], stride, p) for a in (0, 1))
    cols = cols.reshape(n, high, wide, kh, kw, channels)
    padded = np.zeros((n, channels, height + 2 * p, width + 2 * p), cols.dtype)
    for i in range(kh):
        for j in range(kw):
            rows = slice(i, i + stride * high, stride)
            columns = slice(j, j + stride * wide, stride)
            # += : windows overlap, and an entry may have been seen by several.
            padded[:, :, rows, columns] += cols[:, :, :, i, j].transpose(0, 3, 1, 2)
    return padded[:, :, p : p + height, p : p + width]


def as_rows(y: np.ndarray) -> np.ndarray:
    """Maps (N, O, OH, OW) as a matrix with one row per place, (N * OH * OW, O)."""
    return y.transpose(0, 2, 3, 1).reshape(-1, y.shape[1])


def as_matrix(W: np.ndarray) -> np.ndarray:
    """Weights (O, C, kh, kw) as a matrix (O, kh * kw * C)."""
    return W.transpose(0, 2, 3, 1).reshape(len(W), -1)


def as_weights(
    matrix: np.ndarray, channels: int, window: tuple[int, int]
) -> np.ndarray:
    """The inverse of `as_matrix`."""
    W = matrix.reshape(len(matrix), *window, channels).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(W)


def convolution(
    x: np.ndarray, W: np.ndarray, b: np.ndarray | None, stride: int, padding: int
) -> np.ndarray:
    r""":math:`y = \mathrm{im2col}(x)\, W^\top + b`, shape (N, O, OH, OW)."""
    window = W.shape[2:]
    high, wide = (places(x.shape[2 + a], window[a], stride, padding) for a in (0, 1))
    y = im2col(x, window, stride, padding) @ as_matrix(W).T
    if b is not None:
        y += b
    y = y.reshape(len(x), high, wide, len(W)).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(y)


def convolution_transpose(
    y: np.ndarray,
    W: np.ndarray,
    b: np.ndarray | None,
    size: tuple[int, int],
    stride: int,
    padding: int,
) -> np.ndarray:
    r"""The adjoint: :math:`x = \mathrm{col2im}(y\, W) + b`, shape (N, C, *size).

    Parameters
    ----------
    y : (N, O, OH, OW)
    W : (O, C, kh, kw)
    b : (C,), optional
    size : (H, W)
        A size on which the window has OH x OW places.
    stride, padding : int
    """
    cols = as_rows(y) @ as_matrix(W)
    x = col2im(cols, (len(y), W.shape[1], *size), W.shape[2:], stride, padding)
    return np.ascontiguousarray(x if b is None else x + b[:, None, None])


def convolution_weight_grad(
    dy: np.ndarray,
    x: np.ndarray,
    window: tuple[int, int],
    stride: int,
    padding: int,
) -> np.ndarray:
    r""":math:`dW = dy^\top\, \mathrm{im2col}(x)`, shape (O, C, kh, kw)."""
    dW = as_rows(dy).T @ im2col(x, window, stride, padding)
    return as_weights(dW, x.shape[1], window)
