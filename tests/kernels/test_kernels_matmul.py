"""The product without a BLAS against float64 products, at every edge of its tiles."""

import numpy as np
import pytest

from gan_numpy.kernels.native import matmul as module
from gan_numpy.kernels.native.matmul import matmul
from gan_numpy.kernels.native.registers import ROWS, VECTOR_BYTES, VECTORS

WIDTH = VECTORS * VECTOR_BYTES // 4
SHAPES = [
    (1, 1, 1),
    (0, 3, 4),
    (3, 0, 4),
    (3, 4, 0),
    (ROWS, 16, WIDTH),
    (ROWS - 1, 255, WIDTH - 1),
    (ROWS + 1, 257, WIDTH + 1),
    (100, 300, 33),
    (37, 700, 70),
    (350, 100, 64),
    (1, 600, 97),
    (330, 1, 1),
]


def operands(rng, shape, dtype, transposed):
    m, k, n = shape
    A = rng.standard_normal((k, m) if transposed in ("A", "AB") else (m, k))
    B = rng.standard_normal((n, k) if transposed in ("B", "AB") else (k, n))
    A, B = A.astype(dtype), B.astype(dtype)
    return (
        A.T if transposed in ("A", "AB") else A,
        B.T if transposed in ("B", "AB") else B,
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("transposed", ["", "A", "B", "AB"])
def test_product(rng, dtype, assert_close, shape, transposed):
    A, B = operands(rng, shape, dtype, transposed)
    bias = rng.standard_normal(shape[2]).astype(dtype)
    exact = A.astype(float) @ B.astype(float)
    assert_close(matmul(A, B), exact, dtype, 5)
    assert_close(matmul(A, B, bias), exact + bias, dtype, 5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_adds_to_out(rng, dtype, assert_close, shape):
    A, B = operands(rng, shape, dtype, "")
    out = rng.standard_normal((shape[0], shape[2])).astype(dtype)
    exact = out + A.astype(float) @ B.astype(float)
    result = matmul(A, B, out=out, add=True)
    assert result is out
    assert_close(out, exact, dtype, 5)


def test_layouts(rng, dtype, layout, assert_close):
    A = rng.standard_normal((23, 41)).astype(dtype)
    B = rng.standard_normal((41, 67)).astype(dtype)
    assert_close(matmul(layout(A), layout(B)), A.astype(float) @ B, dtype, 5)


def test_threads_share_the_same_arithmetic(rng, dtype, monkeypatch):
    A = rng.standard_normal((130, 300)).astype(dtype)
    B = rng.standard_normal((300, 150)).astype(dtype)
    shared = matmul(A, B)
    monkeypatch.setattr(module, "SERIAL_BELOW", 1 << 60)
    np.testing.assert_array_equal(matmul(A, B), shared)
    monkeypatch.setattr(module, "TASKS", 1)
    np.testing.assert_array_equal(matmul(A, B), shared)


def test_infinity_and_nan_stay_in_their_row_and_column(rng, dtype):
    A = rng.standard_normal((13, 20)).astype(dtype)
    B = rng.standard_normal((20, 37)).astype(dtype)
    A[12, 3], A[4, 0], B[5, 36] = np.inf, np.nan, -np.inf
    result = matmul(A, B)
    assert np.isnan(result[4]).all()
    assert not np.isfinite(result[12]).any()
    assert not np.isfinite(result[:, 36]).any()
    result[[4, 12]] = 0
    assert np.isfinite(result[:, :36]).all()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.ones((2, 3), "f"), np.ones((3, 2))), TypeError),
        ((np.ones((2, 3), int), np.ones((3, 2), int)), TypeError),
        ((np.ones((2, 3)), np.ones((2, 3))), ValueError),
        ((np.ones(3), np.ones((3, 2))), ValueError),
        ((np.ones((2, 3)), np.ones((3, 2)), np.ones(3)), ValueError),
        ((np.ones((2, 3)), np.ones((3, 2)), None, np.ones((2, 3))), ValueError),
    ],
)
def test_refuses(arguments, error):
    with pytest.raises(error):
        matmul(*arguments)
