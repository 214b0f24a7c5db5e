r"""Convolution and its adjoint, with compiled copying and fewer bytes.

The matrix of `im2col` is `kh * kw / stride**2` times as large as the image. So the
batch is taken in blocks of images, for which the matrix stays in the cache between the
passage that writes and the product that reads it.

Each image is copied first, padded and with its channels last: a row of the window is
then one run of memory, which is copied, or added back, in vector registers. A thread
takes whole images, into which no other adds: results do not depend on the number of
threads, bit for bit.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.native.matmul import matmul
from gan_numpy.kernels.reference import convolution as reference
from gan_numpy.kernels.reference.convolution import places

#: Values of a block of the matrix.
BLOCK = 1 << 18


@kernel()
def _see(x, window, padding, stride, wide, cols):
    """One image's rows of the matrix."""
    channels, height, width = x.shape
    line = (width + 2 * padding) * channels
    padded = np.zeros(line * (height + 2 * padding), x.dtype)
    for h in range(height):
        for w in range(width):
            start = (h + padding) * line + (w + padding) * channels
            pixel = padded[start : start + channels]
            for c in range(channels):
                pixel[c] = x[c, h, w]
    run = window[1] * channels
    for place in range(len(cols)):
        start = stride * (place // wide * line + place % wide * channels)
        for i in range(window[0]):
            source = padded[start + i * line : start + i * line + run]
            target = cols[place, i * run : (i + 1) * run]
            for k in range(run):
                target[k] = source[k]


@kernel()
def _unsee(cols, window, padding, stride, wide, b, x):
    """One image from its rows of the matrix: the adjoint of `_see`, plus b."""
    channels, height, width = x.shape
    line = (width + 2 * padding) * channels
    padded = np.zeros(line * (height + 2 * padding), x.dtype)
    run = window[1] * channels
    for place in range(len(cols)):
        start = stride * (place // wide * line + place % wide * channels)
        for i in range(window[0]):
            source = cols[place, i * run : (i + 1) * run]
            target = padded[start + i * line : start + i * line + run]
            for k in range(run):
                target[k] += source[k]
    for h in range(height):
        for w in range(width):
            start = (h + padding) * line + (w + padding) * channels
            pixel = padded[start : start + channels]
            for c in range(channels):
                x[c, h, w] = pixel[c] + b[c]


@kernel(parallel=True)
def _see_all(x, window, padding, stride, wide, cols):
    count = len(cols) // max(len(x), 1)
    for n in prange(len(x)):
        seen = cols[n * count : (n + 1) * count]
        _see(x[n], window, padding, stride, wide, seen)


@kernel(parallel=True)
def _unsee_all(cols, window, padding, stride, wide, b, x):
    count = len(cols) // max(len(x), 1)
    for n in prange(len(x)):
        seen = cols[n * count : (n + 1) * count]
        _unsee(seen, window, padding, stride, wide, b, x[n])


class _Geometry:
    """Where the windows of a convolution lie on images of one shape."""

    def __init__(
        self, shape: tuple[int, ...], window: tuple[int, int], stride: int, padding: int
    ) -> None:
        self.high, self.wide = (
            places(shape[2 + a], window[a], stride, padding) for a in (0, 1)
        )
        self.count = self.high * self.wide
        self.columns = window[0] * window[1] * shape[1]
        self.window = (int(window[0]), int(window[1]))
        self.padding, self.stride = padding, stride

    def matrix(self, images: int, dtype: np.dtype) -> np.ndarray:
        """Room for the rows of some images."""
        return np.empty((images * self.count, self.columns), dtype)

    def im2col(self, x: np.ndarray, cols: np.ndarray) -> None:
        """Fill the rows of the images x."""
        _see_all(x, self.window, self.padding, self.stride, self.wide, cols)

    def col2im(self, cols: np.ndarray, b: np.ndarray, x: np.ndarray) -> None:
        """Fill the images x with what their rows add up to, plus b."""
        _unsee_all(cols, self.window, self.padding, self.stride, self.wide, b, x)

    def block(self) -> int:
        """Number of images in a block."""
        return max(1, BLOCK // max(1, self.count * self.columns))

    def blocks(self, n: int) -> Iterator[tuple[slice, slice]]:
        """Blocks of images, and the rows of the matrix that are theirs."""
        for start in range(0, n, self.block()):
            stop = min(n, start + self.block())
            yield slice(start, stop), slice(0, (stop - start) * self.count)

    def largest(self, n: int, dtype: np.dtype) -> np.ndarray:
        """Room for the rows of the largest block."""
        return self.matrix(min(n, self.block()), dtype)


def _supported(*arrays: np.ndarray | None) -> bool:
    """Whether all arrays are float32 or all are float64, and images not empty."""
    given = [a for a in arrays if a is not None]
    first = given[0].dtype
    same = first in FLOATS and all(a.dtype == first for a in given)
    return same and all(a.size for a in given)


def im2col(
    x: np.ndarray, window: tuple[int, int], stride: int, padding: int
) -> np.ndarray:
    """See `reference.im2col`."""
    if not _supported(x):
        return reference.im2col(x, window, stride, padding)
    geometry = _Geometry(x.shape, window, stride, padding)
    cols = geometry.matrix(len(x), x.dtype)
    geometry.im2col(operand(x), cols)
    return cols


def col2im(
    cols: np.ndarray,
    shape: tuple[int, int, int, int],
    window: tuple[int, int],
    stride: int,
    padding: int,
) -> np.ndarray:
    """See `reference.col2im`."""
    geometry = _Geometry(shape, window, stride, padding)
    expected = (shape[0] * geometry.count, geometry.columns)
    if cols.shape != expected:
        raise ValueError(f"a matrix of shape {cols.shape}, not {expected}")
    if not _supported(cols):
        return reference.col2im(cols, shape, window, stride, padding)
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
    r""":math:`y = \mathrm{im2col}(x)\, W^\top + b`, for a block of images at a time."""
    if x.shape[1] != W.shape[1]:
        raise ValueError(f"images of {x.shape[1]} channels, kernels for {W.shape[1]}")
    if not _supported(x, W, b):
        return reference.convolution(x, W, b, stride, padding)
    geometry = _Geometry(x.shape, W.shape[2:], stride, padding)
    x, matrix = operand(x), reference.as_matrix(W)
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
    size: tuple[int, int],
    stride: int,
    padding: int,
    product: Callable = matmul,
) -> np.ndarray:
    r""":math:`x = \mathrm{col2im}(y\, W) + b`, for a block of images at a time."""
    if y.shape[1] != len(W):
        raise ValueError(f"maps of {y.shape[1]} channels, kernels for {len(W)}")
    shape = (len(y), W.shape[1], *size)
    geometry = _Geometry(shape, W.shape[2:], stride, padding)
    if y.shape[2:] != (geometry.high, geometry.wide):
        raise ValueError(f"maps of shape {y.shape} for images of shape {shape}")
    if not _supported(y, W, b):
        return reference.convolution_transpose(y, W, b, size, stride, padding)
    bias = np.zeros(W.shape[1], y.dtype) if b is None else operand(b)
    matrix = reference.as_matrix(W)
    x = np.empty(shape, y.dtype)
    cols = geometry.largest(len(x), x.dtype)
    for images, rows in geometry.blocks(len(x)):
        product(reference.as_rows(y[images]), matrix, out=cols[rows])
        geometry.col2im(cols[rows], bias, x[images])
    return x


def convolution_weight_grad(
    dy: np.ndarray,
    x: np.ndarray,
    window: tuple[int, int],
    stride: int,
    padding: int,
    product: Callable = matmul,
) -> np.ndarray:
    r""":math:`dW = dy^\top\, \mathrm{im2col}(x)`, block by block, in their order."""
    geometry = _Geometry(x.shape, window, stride, padding)
    if dy.shape[::2] != (len(x), geometry.high) or dy.shape[3] != geometry.wide:
        raise ValueError(f"maps of shape {dy.shape} for images of shape {x.shape}")
    if not _supported(dy, x):
        return reference.convolution_weight_grad(dy, x, window, stride, padding)
    x = operand(x)
    dW = np.zeros((dy.shape[1], geometry.columns), x.dtype)
    cols = geometry.largest(len(x), x.dtype)
    for images, rows in geometry.blocks(len(x)):
        geometry.im2col(x[images], cols[rows])
        product(reference.as_rows(dy[images]).T, cols[rows], out=dW, add=True)
    return reference.as_weights(dW, x.shape[1], window)
