r"""Matrix products without a BLAS: :math:`AB`, :math:`A^\top B` and :math:`AB^\top`.

`registers` explains the tile of C that stays in registers. This file feeds it:

- C is cut into *panels* as wide as a tile. A panel takes the same few columns of B
  again and again, for every row of A, so they should sit in the nearest cache: k runs
  in blocks of ``DEPTH``, and ``DEPTH`` rows of a panel of B fill most of that cache.
- In a big or transposed B those columns lie far apart, and fetching them costs more
  than using them. They are *packed* first: copied once into contiguous memory. A skinny
  A, a training batch, uses each value of B too few times for that to pay.
- A is read one value per row and step, neighbors of the last ones: it is never packed,
  and :math:`A^\top` costs nothing but another pair of strides.
- Tiles at the lower and right edge of C are computed whole, on padding of zeros, and
  only their valid part is copied.

Every element of C is summed by one thread in one order, whatever the number of threads:
the result does not depend on it, bit for bit.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import get_num_threads, prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.native.registers import (
    ROWS,
    VECTOR_BYTES,
    VECTORS,
    add_outer_product,
    bias_tile,
    store_tile,
    transpose_block,
    zero_tile,
)

#: Terms of a sum that are added up in registers before they go to C. Shorter chains
#: also round less: float32 errors grow with the length of a chain.
DEPTH = 256
#: Pieces into which C is cut, at least: enough for many threads to share evenly.
TASKS = 64
#: Multiplications below which one thread does it: about 20 us. Waking others takes a
#: tenth of that on an idle machine and a thousand times as much on an overloaded one.
SERIAL_BELOW = 1 << 21
#: Rows of C from which on each panel of B is packed.
PACK_FROM = 320


@kernel()
def _pack_rows(B, first, columns, start, depth, packed, width):
    """``packed[k, c] = B[start + k, first + c]``, zeros right of `columns`."""
    flat, step = B.reshape(-1), B.shape[1]
    for k in range(depth):
        source = (start + k) * step + first
        for c in range(columns):
            packed[k * width + c] = flat[source + c]
        for c in range(columns, width):
            packed[k * width + c] = 0


@kernel()
def _pack_columns(B, first, columns, start, depth, packed, width):
    """``packed[k, c] = B[first + c, start + k]``: transposed, in square blocks."""
    flat, step = B.reshape(-1), B.shape[1]
    lanes = width // VECTORS
    whole = depth // lanes * lanes if columns == width else 0
    for c in range(0, width, lanes):
        for k in range(0, whole, lanes):
            source = (first + c) * step + start + k
            transpose_block(flat, source, step, packed, k * width + c, width)
    for k in range(whole, depth):
        for c in range(columns):
            packed[k * width + c] = B[first + c, start + k]
        for c in range(columns, width):
            packed[k * width + c] = 0


@kernel()
def _tile(a, a_at, a_row, a_k, b, b_at, b_k, depth, tile):
    """The inner loop: `depth` outer products added to a tile."""
    for _ in range(depth):
        tile = add_outer_product(tile, a, a_at, a_row, b, b_at)
        a_at += a_k
        b_at += b_k
    return tile


@kernel()
def _edge_rows(a, a_at, a_row, a_k, rows, depth, out):
    """Copy of the last rows of A in the layout (depth, ROWS), padded with zeros."""
    for k in range(depth):
        for r in range(ROWS):
            out[k * ROWS + r] = a[a_at + r * a_row + k * a_k] if r < rows else 0


@kernel()
def _panel(C, A, a_row, a_k, B, b_transposed, bias, first, row, stop, add):
    """Rows row..stop of C in the panel that begins at column `first`."""
    depth_total = B.shape[1] if b_transposed else B.shape[0]
    width = VECTORS * VECTOR_BYTES // C.itemsize
    c_step = C.shape[1]
    columns = min(width, c_step - first)
    a, b, c = A.reshape(-1), B.reshape(-1), C.reshape(-1)
    pack = b_transposed or columns < width or C.shape[0] >= PACK_FROM
    packed = np.empty(DEPTH * width, C.dtype) if pack else b
    edge_a = np.empty(DEPTH * ROWS, C.dtype)
    edge_c = np.empty(ROWS * width, C.dtype)
    edge_bias = np.zeros(width, C.dtype)
    for j in range(min(columns, len(bias))):
        edge_bias[j] = bias[first + j]
    for start in range(0, max(depth_total, 1), DEPTH):
        depth = min(DEPTH, depth_total - start)
        adding = add or start > 0
        b_at, b_step = start * c_step + first, c_step
        if pack:
            b_at, b_step = 0, width
            if b_transposed:
                _pack_columns(B, first, columns, start, depth, packed, width)
            else:
                _pack_rows(B, first, columns, start, depth, packed, width)
        for i in range(row, stop, ROWS):
            rows = min(ROWS, stop - i)
            tile = zero_tile(C) if start > 0 else bias_tile(edge_bias, 0)
            a_at = i * a_row + start * a_k
            if rows < ROWS:
                _edge_rows(a, a_at, a_row, a_k, rows, depth, edge_a)
                tile = _tile(edge_a, 0, 1, ROWS, packed, b_at, b_step, depth, tile)
            else:
                tile = _tile(a, a_at, a_row, a_k, packed, b_at, b_step, depth, tile)
            if rows == ROWS and columns == width:
                store_tile(tile, c, i * c_step + first, c_step, adding)
            else:
                store_tile(tile, edge_c, 0, width, False)
                for r in range(rows):
                    for j in range(columns):
                        old = C[i + r, first + j] if adding else edge_c.dtype.type(0)
                        C[i + r, first + j] = old + edge_c[r * width + j]


@kernel()
def _task(C, A, a_transposed, B, b_transposed, bias, add, task, groups):
    """One panel and one of the `groups` groups of rows."""
    a_row, a_k = (1, A.shape[1]) if a_transposed else (A.shape[1], 1)
    first = task // groups * (VECTORS * VECTOR_BYTES // C.itemsize)
    group = -(-C.shape[0] // (groups * ROWS)) * ROWS
    row = task % groups * group
    stop = min(row + group, C.shape[0])
    if row < stop:
        _panel(C, A, a_row, a_k, B, b_transposed, bias, first, row, stop, add)


@kernel(parallel=True)
def _product(C, A, a_transposed, B, b_transposed, bias, add, panels, groups):
    for task in prange(panels * groups):
        # An index of prange has no sign: without a cast all is compiled a second time.
        index = np.int64(task)
        _task(C, A, a_transposed, B, b_transposed, bias, add, index, groups)


def _oriented(array: np.ndarray) -> tuple[np.ndarray, bool]:
    """The array or its transpose, whichever is C-contiguous, and which it is."""
    if array.T.flags.c_contiguous and not array.flags.c_contiguous:
        return operand(array.T), True
    return operand(array), False


def matmul(
    A: np.ndarray,
    B: np.ndarray,
    bias: np.ndarray | None = None,
    out: np.ndarray | None = None,
    add: bool = False,
) -> np.ndarray:
    r""":math:`C = AB + 1 b^\top`, or :math:`C \leftarrow C + AB + 1 b^\top`.

    Parameters
    ----------
    A : (M, K)
        Like `B`, float32 or float64 of either memory order: pass ``A.T`` for a product
        with a transpose, nothing is copied.
    B : (K, N)
        Of the dtype of `A`.
    bias : (N,), optional
        Added to every row.
    out : (M, N), optional
        C-contiguous array for the result.
    add : bool
        Add to what `out` holds.

    Returns
    -------
    (M, N), like A
    """
    if A.dtype != B.dtype or A.dtype not in FLOATS:
        raise TypeError(f"matmul of {A.dtype} and {B.dtype}: float32 or float64 twice")
    if A.ndim != 2 or B.ndim != 2 or A.shape[1] != B.shape[0]:
        raise ValueError(f"matmul of shapes {A.shape} and {B.shape}")
    rows, columns = A.shape[0], B.shape[1]
    C = np.empty((rows, columns), A.dtype) if out is None else out
    left, a_transposed = _oriented(A)
    right, b_transposed = _oriented(B)
    if C.shape != (rows, columns) or C.dtype != A.dtype or not C.flags.c_contiguous:
        raise ValueError(f"out: a C-contiguous {A.dtype} array of {(rows, columns)}")
    if bias is not None and (bias.shape != (columns,) or bias.dtype != A.dtype):
        raise ValueError(f"bias: {A.dtype} of shape {(columns,)}, not {bias.shape}")
    bias = np.empty(0, A.dtype) if bias is None else operand(bias)
    panels = -(-columns // (VECTORS * VECTOR_BYTES // A.itemsize))
    # Each group packs its panels for itself: let that serve ten tiles or more.
    packing = b_transposed or rows >= PACK_FROM or panels < 2
    largest = max(1, -(-rows // (10 * ROWS if packing else ROWS)))
    groups = min(largest, max(1, TASKS // max(panels, 1)))
    multiply = _product
    if rows * columns * A.shape[1] < SERIAL_BELOW or get_num_threads() == 1:
        multiply, groups = _product.alone, 1
    multiply(C, left, a_transposed, right, b_transposed, bias, add, panels, groups)
    return C
