"""Exponential and logarithm that vectorise.

PyPI's llvmlite ships no vector math library, so a call of libm's ``exp`` inside the lanes would break the loop into scalar
code. These are plain polynomials with the exponent taken from the bits; relative error is below 1e-13 on the range that
the model uses (checked in the tests). Reassociation would break the rounding trick and is therefore not among the fast-math
flags.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

FAST: dict[str, Any] = {
    "fastmath": {"nnan", "ninf", "nsz", "arcp", "contract", "afn"},
    "error_model": "numpy",
    "nogil": True,
}

_SHIFT = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer in the low bits
_SHIFT_BITS = 0x4338000000000000
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10


@intrinsic
def bits_of(context, value):  # type: ignore[no-untyped-def]
    """Reinterpret a double as a 64-bit integer."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def from_bits(context, value):  # type: ignore[no-untyped-def]
    """Reinterpret a 64-bit integer as a double."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


@njit(inline="always", **FAST)
def exp(x):  # type: ignore[no-untyped-def]
    """Return e**x, clipped to the range in which the result is a normal number."""
    x = min(max(x, -690.0), 690.0)
    shifted = x * _LOG2_E + _SHIFT
    k = shifted - _SHIFT
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * from_bits((bits_of(shifted) - _SHIFT_BITS + 1023) << 52)


@njit(inline="always", **FAST)
def log(x):  # type: ignore[no-untyped-def]
    """Return the natural logarithm of a positive normal number; any other argument gives a large negative number."""
    bits = bits_of(max(x, 1e-300))
    # exponent of x / sqrt(1/2), so that the mantissa lies in [sqrt(1/2), sqrt(2))
    e = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = from_bits(bits - (e << 52))
    k = from_bits(e + _SHIFT_BITS) - _SHIFT
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 0.11764705882352941
    p = p * z + 0.13333333333333333
    p = p * z + 0.15384615384615385
    p = p * z + 0.18181818181818182
    p = p * z + 0.2222222222222222
    p = p * z + 0.2857142857142857
    p = p * z + 0.4
    p = p * z + 0.6666666666666666
    p = p * z + 2.0
    return k * _LN2_HIGH + (s * p + k * _LN2_LOW)
