r"""A tile of the product that lives in vector registers, for `matmul`.

A matrix product spends 2 M N K operations on M K + K N + M N numbers. It is fast when
each number that is fetched is used many times before it leaves the registers. The unit
of that reuse is a *tile* of C: ``ROWS`` rows of ``VECTORS`` vectors that stay in
registers while k runs, each step adding the outer product of a column piece of A and a
row piece of B:

.. math:: C_{r,c} \leftarrow C_{r,c} + a_r b_c

With AVX-512 there are 32 registers of 16 float32. A tile of 10 x 2 vectors takes 20 of
them and leaves room for two vectors of B and the broadcasts of A. A step loads 10 + 2
values and issues 20 fused multiply-adds: the arithmetic, not the loads, is the limit.

Neither Python nor Numba has a type for "20 vectors in registers". LLVM has one, and a
Numba *intrinsic* is a function that writes LLVM instructions directly; the Python loops
below run at compile time and unroll the tile. After that, `matmul` is ordinary Numba.

Source: Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
ACM TOMS 34(3), 2008; Van Zee and van de Geijn, "BLIS", ACM TOMS 41(3), 2015.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

_FEATURES = llvm.get_host_cpu_features()
_HAS_32_REGISTERS = bool(_FEATURES.get("avx512f") or _FEATURES.get("neon"))

#: Bytes of one vector register.
VECTOR_BYTES = 64 if _FEATURES.get("avx512f") else 32 if _FEATURES.get("avx") else 16
#: Rows of a tile, and vectors in each row.
ROWS = 10 if _HAS_32_REGISTERS else 6
VECTORS = 2


class Tile(types.Type):
    """Numba type of a tile of `dtype`: ROWS x VECTORS vectors of `lanes` values."""

    def __init__(self, dtype: types.Type) -> None:
        super().__init__(name=f"Tile({dtype}, {ROWS}, {VECTORS}, {VECTOR_BYTES})")
        self.dtype = dtype
        bits = 32 if dtype == types.float32 else 64
        self.lanes = VECTOR_BYTES * 8 // bits


def _vector(tile: Tile) -> ir.VectorType:
    scalar = ir.FloatType() if tile.dtype == types.float32 else ir.DoubleType()
    return ir.VectorType(scalar, tile.lanes)


@register_model(Tile)
class TileModel(models.PrimitiveModel):
    """In LLVM, an array of vectors; the optimizer takes it apart into registers."""

    def __init__(self, manager: Any, tile: Tile) -> None:
        super().__init__(manager, tile, ir.ArrayType(_vector(tile), ROWS * VECTORS))


def _address(
    context: Any, builder: Any, kind: types.Array, array: Any, at: Any
) -> ir.Value:
    """Pointer to element `at` of a contiguous array."""
    return builder.gep(context.make_array(kind)(context, builder, array).data, [at])


def _load_row(builder: Any, vector: ir.VectorType, start: ir.Value) -> list[ir.Value]:
    """The VECTORS vectors that begin at a pointer."""
    return [builder.load(p, align=4) for p in _row(builder, vector, start)]


def _row(builder: Any, vector: ir.VectorType, start: ir.Value) -> list[ir.Value]:
    """Pointers to the VECTORS vectors that begin at a pointer (at any alignment)."""
    steps = [ir.Constant(ir.IntType(64), v * vector.count) for v in range(VECTORS)]
    return [
        builder.bitcast(builder.gep(start, [step]), vector.as_pointer())
        for step in steps
    ]


def _multiply_add(builder: Any, vector: ir.VectorType) -> ir.Function:
    """The instruction a * b + c (fused where the processor has it)."""
    scalar = "f32" if isinstance(vector.element, ir.FloatType) else "f64"
    kind = ir.FunctionType(vector, [vector] * 3)
    name = f"llvm.fmuladd.v{vector.count}{scalar}"
    return cgutils.get_or_insert_function(builder.module, kind, name)


def _broadcast(builder: Any, vector: ir.VectorType, value: ir.Value) -> ir.Value:
    """A vector whose lanes all hold `value`."""
    undefined = ir.Constant(vector, ir.Undefined)
    first = ir.Constant(ir.IntType(32), 0)
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
    one = builder.insert_element(undefined, value, first)
    return builder.shuffle_vector(one, undefined, lanes)


@intrinsic
def zero_tile(typing: Any, like: types.Array) -> Any:
    """``zero_tile(like)``: a tile of zeros of the dtype of the array `like`."""
    tile = Tile(like.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        return ir.Constant(context.get_value_type(tile), None)

    return tile(like), generate


@intrinsic
def bias_tile(typing: Any, bias: types.Array, at: types.Integer) -> Any:
    """``bias_tile(bias, at)``: every row of the tile is ``bias[at : at + COLUMNS]``."""
    tile = Tile(bias.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        start = _address(context, builder, signature.args[0], *args)
        value = ir.Constant(context.get_value_type(tile), None)
        for v, piece in enumerate(_load_row(builder, _vector(tile), start)):
            for r in range(ROWS):
                value = builder.insert_value(value, piece, r * VECTORS + v)
        return value

    return tile(bias, at), generate


@intrinsic
def add_outer_product(
    typing: Any,
    tile: Tile,
    a: types.Array,
    a_at: types.Integer,
    a_step: types.Integer,
    b: types.Array,
    b_at: types.Integer,
) -> Any:
    """One step in k: ``tile[r, c] + a[a_at + r * a_step] * b[b_at + c]``."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        value, a_array, a_from, step, b_array, b_from = args
        a_pointer = _address(context, builder, signature.args[1], a_array, a_from)
        b_pointer = _address(context, builder, signature.args[4], b_array, b_from)
        vector = _vector(tile)
        multiply_add = _multiply_add(builder, vector)
        b_row = _load_row(builder, vector, b_pointer)
        for r in range(ROWS):
            a_r = _broadcast(builder, vector, builder.load(a_pointer))
            a_pointer = builder.gep(a_pointer, [step])
            for v, b_v in enumerate(b_row):
                i = r * VECTORS + v
                old = builder.extract_value(value, i)
                new = builder.call(multiply_add, [a_r, b_v, old])
                value = builder.insert_value(value, new, i)
        return value

    return tile(tile, a, a_at, a_step, b, b_at), generate


@intrinsic
def store_tile(
    typing: Any,
    tile: Tile,
    c: types.Array,
    c_at: types.Integer,
    c_step: types.Integer,
    add: types.Boolean,
) -> Any:
    """``c[c_at + r * c_step + column] = tile[r, column]``, or ``+=`` if `add`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        value, array, at, step, adding = args
        vector = _vector(tile)

        def write(accumulate: bool) -> None:
            start = _address(context, builder, signature.args[1], array, at)
            for r in range(ROWS):
                for v, pointer in enumerate(_row(builder, vector, start)):
                    piece = builder.extract_value(value, r * VECTORS + v)
                    if accumulate:
                        piece = builder.fadd(builder.load(pointer, align=4), piece)
                    builder.store(piece, pointer, align=4)
                start = builder.gep(start, [step])

        with builder.if_else(adding) as (then, otherwise):
            with then:
                write(True)
            with otherwise:
                write(False)
        return context.get_dummy_value()

    return types.void(tile, c, c_at, c_step, add), generate


@intrinsic
def transpose_block(
    typing: Any,
    source: types.Array,
    at: types.Integer,
    step: types.Integer,
    target: types.Array,
    to: types.Integer,
    to_step: types.Integer,
) -> Any:
    """``target[to + c * to_step + r] = source[at + r * step + c]``, lanes x lanes.

    Each of log2(lanes) rounds interleaves row i with row i + lanes / 2, like a riffle
    shuffle of a deck of cards; as many shuffles as the index has bits transpose it.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        vector = _vector(Tile(source.dtype))
        lanes, half = vector.count, vector.count // 2
        index = ir.VectorType(ir.IntType(32), lanes)
        low, high = (
            ir.Constant(index, [start + i // 2 + i % 2 * lanes for i in range(lanes)])
            for start in (0, half)
        )
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        rows = []
        for _ in range(lanes):
            typed = builder.bitcast(pointer, vector.as_pointer())
            rows.append(builder.load(typed, align=4))
            pointer = builder.gep(pointer, [args[2]])
        for _ in range(lanes.bit_length() - 1):
            pairs = list(zip(rows[:half], rows[half:]))
            rows = [
                builder.shuffle_vector(top, bottom, mask)
                for top, bottom in pairs
                for mask in (low, high)
            ]
        pointer = _address(context, builder, signature.args[3], args[3], args[4])
        for row in rows:
            typed = builder.bitcast(pointer, vector.as_pointer())
            builder.store(row, typed, align=4)
            pointer = builder.gep(pointer, [args[5]])
        return context.get_dummy_value()

    return types.void(source, at, step, target, to, to_step), generate
