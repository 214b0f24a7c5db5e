r"""Convolution and its adjoint: `windows`, with compiled copying and fewer bytes.

The matrix of `im2col` is `kh * kw / stride**2` times as large as the image. So the
batch is taken in blocks of images, for which the matrix stays in the cache between the
passage that writes and the product that reads it.

Where column k of the matrix lies in an image depends on k only, but for the place of
the window: a table of offsets serves all places, and copying a window is one loop. A
thread takes whole images, into which no other adds: results do not depend on the number
of threads, bit for bit.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numba import prange

from gan_numpy.kernels import windows
from gan_numpy.kernels.jit import kernel, operand
from gan_numpy.kernels.matmul import matmul
from gan_numpy.kernels.windows import places

#: Values of a block of the matrix.
BLOCK = 1 << 18

Pair = tuple[int, int]


@kernel()
def _see(x, offsets, padding, stride, wide, cols):
    """One image's rows of the matrix; the image is padded first."""
    channels, height, width = x.shape
    row = width + 2 * padding
    plane = row * (height + 2 * padding)
    padded = np.zeros(channels * plane, x.dtype)
    for c in range(channels):
        for h in range(height):
            start = c * plane + (h + padding) * row + padding
            padded[start : start + width] = x[c, h]
    for place in range(len(cols)):
        at = padded[stride * (place // wide * row + place % wide) :]
        seen = cols[place]
        for k in range(len(offsets)):
            seen[k] = at[offsets[k]]


@kernel()
def _unsee(cols, offsets, padding, stride, wide, b, x):
    """One image from its rows of the matrix: the adjoint of `_see`, plus b."""
    channels, height, width = x.shape
    row = width + 2 * padding
    plane = row * (height + 2 * padding)
    padded = np.zeros(channels * plane, x.dtype)
    for place in range(len(cols)):
        at = padded[stride * (place // wide * row + place % wide) :]
        seen = cols[place]
        for k in range(len(offsets)):
            at[offsets[k]] += seen[k]
    for c in range(channels):
        for h in range(height):
            start = c * plane + (h + padding) * row + padding
            x[c, h] = padded[start : start + width] + b[c]


@kernel(parallel=True)
def _see_all(x, offsets, padding, stride, wide, cols):
    count = len(cols) // max(len(x), 1)
    for n in prange(len(x)):
        seen = cols[n * count : (n + 1) * count]
        _see(x[n], offsets, padding, stride, wide, seen)


@kernel(parallel=True)
def _unsee_all(cols, offsets, padding, stride, wide, b, x):
    count = len(cols) // max(len(x), 1)
    for n in prange(len(x)):
        seen = cols[n * count : (n + 1) * count]
        _unsee(seen, offsets, padding, stride, wide, b, x[n])


class _Geometry:
    """Where the windows of a convolution lie on images of one shape."""

    def __init__(
        self, shape: tuple[int, ...], window: Pair, stride: int, padding: int
    ) -> None:
        _, channels, height, width = shape
        self.high, self.wide = (
            places(shape[2 + a], window[a], stride, padding) for a in (0, 1)
        )
        self.count = self.high * self.wide
        row = width + 2 * padding
        c, i, j = np.ogrid[:channels, : window[0], : window[1]]
        offsets = c * (row * (height + 2 * padding)) + i * row + j
        # Unsigned: Numba need not ask whether an index counts from the end.
        self.offsets = offsets.reshape(-1).astype(np.uint64)
        self.padding, self.stride = padding, stride

    def matrix(self, images: int, dtype: np.dtype) -> np.ndarray:
        """Room for the rows of some images."""
        return np.empty((images * self.count, len(self.offsets)), dtype)

    def im2col(self, x: np.ndarray, cols: np.ndarray) -> None:
        """Fill the rows of the images x."""
        _see_all(x, self.offsets, self.padding, self.stride, self.wide, cols)

    def col2im(self, cols: np.ndarray, b: np.ndarray, x: np.ndarray) -> None:
        """Fill the images x with what their rows add up to, plus b."""
        _unsee_all(cols, self.offsets, self.padding, self.stride, self.wide, b, x)

    def blocks(self, n: int) -> Iterator[tuple[slice, slice]]:
        """Blocks of images, and the rows of the matrix that are theirs."""
        size = max(1, BLOCK // max(1, self.count * len(self.offsets)))
        for start in range(0, n, size):
            stop = min(n, start + size)
            yield slice(start, stop), slice(0, (stop - start) * self.count)

    def largest(self, n: int, dtype: np.dtype) -> np.ndarray:
        """Room for the rows of the largest block."""
        size = max(1, BLOCK // max(1, self.count * len(self.offsets)))
        return self.matrix(min(n, size), dtype)


def _supported(*arrays: np.ndarray | None) -> bool:
    """Whether all arrays are float32 or all are float64, and images not empty."""
    given = [a for a in arrays if a is not None]
    first = given[0].dtype
    same = first in (np.float32, np.float64) and all(a.dtype == first for a in given)
    return same and all(a.size for a in given)


def im2col(x: np.ndarray, window: Pair, stride: int, padding: int) -> np.ndarray:
    """See `windows.im2col`."""
    if not _supported(x):
        return windows.im2col(x, window, stride, padding)
    geometry = _Geometry(x.shape, window, stride, padding)
    cols = geometry.matrix(len(x), x.dtype)
    geometry.im2col(operand(x), cols)
    return cols


def col2im(
    cols: np.ndarray,
    shape: tuple[int, int, int, int],
    window: Pair,
    stride: int,
    padding: int,
) -> np.ndarray:
    """See `windows.col2im`."""
    geometry = _Geometry(shape, window, stride, padding)
    expected = (shape[0] * geometry.count, len(geometry.offsets))
    if cols.shape != expected:
        raise ValueError(f"a matrix of shape {cols.shape}, not {expected}")
    if not _supported(cols):
        return windows.col2im(cols, shape, window, stride, padding)
    x = np.empty(shape, cols.dtype)
    geometry.col2im(operand(cols), np.zeros(shape[1], cols.dtype), x)
    return x


def convolution(
    x: np.ndarray,
    W: np.ndarray,
    b: np.ndarray | None,
    stride: int,
    padding: int,
    product: Callable = matmul,
) -> np.ndarray:
    r""":math:`y = \mathrm{im2col}(x)\, W^\top + b`; see `windows.convolution`."""
    if x.shape[1] != W.shape[1]:
        raise ValueError(f"images of {x.shape[1]} channels, kernels for {W.shape[1]}")
    if not _supported(x, W, b):
        return windows.convolution(x, W, b, stride, padding)
    geometry = _Geometry(x.shape, W.shape[2:], stride, padding)
    x, matrix = operand(x), operand(W).reshape(len(W), -1)
    y = np.empty((len(x), len(W), geometry.high, geometry.wide), x.dtype)
    cols = geometry.largest(len(x), x.dtype)
    for images, rows in geometry.blocks(len(x)):
        geometry.im2col(x[images], cols[rows])
        out = product(cols[rows], matrix.T, b)
        target = y[images]
        by_place = out.reshape(len(target), geometry.count, len(W))
        target.reshape(len(target), len(W), -1)[:] = by_place.transpose(0, 2, 1)
    return y


def convolution_transpose(
    y: np.ndarray,
    W: np.ndarray,
    b: np.ndarray | None,
    size: Pair,
    stride: int,
    padding: int,
    product: Callable = matmul,
) -> np.ndarray:
    r""":math:`x = \mathrm{col2im}(y\, W) + b`; see `windows.convolution_transpose`."""
    if y.shape[1] != len(W):
        raise ValueError(f"maps of {y.shape[1]} channels, kernels for {len(W)}")
    shape = (len(y), W.shape[1], *size)
    geometry = _Geometry(shape, W.shape[2:], stride, padding)
    if y.shape[2:] != (geometry.high, geometry.wide):
        raise ValueError(f"maps of shape {y.shape} for images of shape {shape}")
    if not _supported(y, W, b):
        return windows.convolution_transpose(y, W, b, size, stride, padding)
    bias = np.zeros(W.shape[1], y.dtype) if b is None else operand(b)
    matrix = operand(W).reshape(len(W), -1)
    x = np.empty(shape, y.dtype)
    cols = geometry.largest(len(x), x.dtype)
    for images, rows in geometry.blocks(len(x)):
        product(windows.as_rows(y[images]), matrix, out=cols[rows])
        geometry.col2im(cols[rows], bias, x[images])
    return x


def convolution_weight_grad(
    dy: np.ndarray,
    x: np.ndarray,
    window: Pair,
    stride: int,
    padding: int,
    product: Callable = matmul,
) -> np.ndarray:
    r""":math:`dW = dy^\top\, \mathrm{im2col}(x)`, block by block, in their order."""
    geometry = _Geometry(x.shape, window, stride, padding)
    if dy.shape[::2] != (len(x), geometry.high) or dy.shape[3] != geometry.wide:
        raise ValueError(f"maps of shape {dy.shape} for images of shape {x.shape}")
    if not _supported(dy, x):
        return windows.convolution_weight_grad(dy, x, window, stride, padding)
    x = operand(x)
    dW = np.zeros((dy.shape[1], len(geometry.offsets)), x.dtype)
    cols = geometry.largest(len(x), x.dtype)
    for images, rows in geometry.blocks(len(x)):
        geometry.im2col(x[images], cols[rows])
        product(windows.as_rows(dy[images]).T, cols[rows], out=dW, add=True)
    return dW.reshape(dy.shape[1], x.shape[1], *window)
