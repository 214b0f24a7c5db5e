r"""An exponential for loops that run in vector registers.

A call of the C library's ``exp`` handles one number and stops a loop from being
vectorized. This one is straight-line arithmetic on one number, written as an intrinsic
(see `registers`), and LLVM turns a loop over it into vectors of 4 to 16 numbers:

.. math:: 2^t = 2^n \cdot 2^f, \qquad n = \lfloor t + \tfrac12 \rfloor, \qquad
    2^f = \sum_k \frac{(f \log 2)^k}{k!}, \quad |f| \le \tfrac12

and :math:`2^n` is n written into the exponent bits of a float. The sum has as many
terms as the dtype has precision for: the relative error is a few units in the last bit.
"""

from __future__ import annotations

from math import factorial, log
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

#: Below this power of two the result stays: nothing, beside a sum that is 1 or more.
LEAST = -126.0


def _call(builder: Any, name: str, kind: ir.Type, *args: ir.Value) -> ir.Value:
    """A call of one of LLVM's mathematical instructions."""
    suffix = "f32" if isinstance(kind, ir.FloatType) else "f64"
    signature = ir.FunctionType(kind, [kind] * len(args))
    function = cgutils.get_or_insert_function(
        builder.module, signature, f"llvm.{name}.{suffix}"
    )
    return builder.call(function, args)


@intrinsic
def exp2(typing: Any, t: types.Float) -> Any:
    """``exp2(t)``: 2^t for t <= 0 of either dtype; 2^LEAST below LEAST and for NaN."""
    single = t == types.float32
    terms, bias, mantissa = (8, 127, 23) if single else (14, 1023, 52)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> ir.Value:
        kind, bits = args[0].type, ir.IntType(32 if single else 64)
        least = ir.Constant(kind, LEAST)
        above = builder.fcmp_ordered(">", args[0], least)
        power = builder.select(above, args[0], least)
        half = ir.Constant(kind, 0.5)
        whole = _call(builder, "floor", kind, builder.fadd(power, half))
        fraction = builder.fsub(power, whole)
        value = ir.Constant(kind, log(2) ** (terms - 1) / factorial(terms - 1))
        for k in reversed(range(terms - 1)):  # Horner's rule
            term = ir.Constant(kind, log(2) ** k / factorial(k))
            value = _call(builder, "fmuladd", kind, value, fraction, term)
        exponent = builder.fptosi(whole, ir.IntType(32))
        exponent = exponent if single else builder.sext(exponent, bits)
        biased = builder.add(exponent, ir.Constant(bits, bias))
        raised = builder.shl(biased, ir.Constant(bits, mantissa))
        return builder.fmul(value, builder.bitcast(raised, kind))

    return t(t), generate
