"""Numbers side by side, as LLVM computes them: constants, and the functions that its library lacks.

`Arithmetic` writes instructions for vectors of doubles or of single-precision numbers of any count; a count
of one writes plain scalars, which other targets than this processor want. Exponential and logarithm are
polynomials of our own, because LLVM from PyPI comes without a library of vector mathematics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from llvmlite import ir

from osteocast.engine.layout import Lanes

__all__ = ["FLAGS", "Arithmetic", "arithmetic"]

#: Reassociation would break the rounding trick in `exps` and is left out; results stay the same from build to
#: build.
FLAGS = ("nnan", "ninf", "nsz", "arcp", "contract", "afn")

# What is computed for several vectors step by step together, because each step waits for the one before.
MOST_SIDE_BY_SIDE = 6  # more would not find room in the registers


@dataclass(frozen=True)
class _Format:
    """A binary format of floating-point numbers, and how its exponential and logarithm are approximated."""

    number: Any
    integer: Any
    letter: str
    size: int  # bytes
    mantissa: int  # bits
    bias: int
    # 1.5 * 2**mantissa: adding it rounds to an integer, held in the low bits
    shift: float
    shift_bits: int
    # ln 2 in two parts, the first short enough for its product with an exponent to be exact
    ln2: tuple[float, float]
    # what the exponential is clipped to, and what the logarithm takes
    exponents: float
    smallest: float
    largest: float
    root_half_bits: int  # of sqrt(1/2)
    exp: tuple[float, ...]
    log: tuple[float, ...]


_FORMATS = {
    "double": _Format(
        number=ir.DoubleType(),
        integer=ir.IntType(64),
        letter="f64",
        size=8,
        mantissa=52,
        bias=1023,
        shift=6755399441055744.0,
        shift_bits=0x4338000000000000,
        ln2=(6.93147180369123816490e-01, 1.90821492927058770002e-10),
        exponents=700.0,
        smallest=1e-300,
        largest=1e300,
        root_half_bits=0x3FE6A09E667F3BCD,
        # Taylor's series
        exp=(
            1 / 479001600,
            1 / 39916800,
            1 / 3628800,
            1 / 362880,
            1 / 40320,
            1 / 5040,
            1 / 720,
            1 / 120,
            1 / 24,
            1 / 6,
            1 / 2,
            1.0,
            1.0,
        ),
        log=(2 / 19, 2 / 17, 2 / 15, 2 / 13, 2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3, 2.0),
    ),
    "single": _Format(
        number=ir.FloatType(),
        integer=ir.IntType(32),
        letter="f32",
        size=4,
        mantissa=23,
        bias=127,
        shift=12582912.0,
        shift_bits=0x4B400000,
        ln2=(0.693145751953125, 1.42860677e-06),
        exponents=43.0,  # so that a square of an exponential, as a derivative takes it, is a number too
        smallest=1e-37,
        largest=1e37,
        root_half_bits=0x3F3504F3,
        # Fitted for the least of the largest relative error where they are used: 2e-9 and 7e-10.
        exp=(
            0.0013836807929287775,
            0.008374845906459427,
            0.04166822784318825,
            0.16666419812937414,
            0.4999999206250745,
            1.0000000364018238,
            1.0,
        ),
        log=(0.2992712730809939, 0.3997473412577395, 0.6666681657395567, 2.0),
    ),
}


class Arithmetic:
    """Writes operations on numbers of one format, `lanes.count` of them side by side.

    Parameters
    ----------
    lanes : Lanes
        Precision and count.

    Attributes
    ----------
    type : llvmlite type
        Of what is computed with: a vector, or a scalar for a count of one.
    align : int
        Bytes; what any number of the format may be relied on to be aligned to.
    """

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.format = _FORMATS[lanes.precision]
        self.type = self._wide(self.format.number)
        self.integers = self._wide(self.format.integer)
        self.align = self.format.size
        self.functions: dict[str, Callable[..., Any]] = {
            "exp": self.exp,
            "log": self.log,
            "sqrt": self.sqrt,
            "abs": self.absolute,
            "max": self.larger,
            "select": self.select,
        }
        self.side_by_side: dict[str, Callable[..., list[Any]]] = {"exp": self.exps, "log": self.logs}

    def _wide(self, one: Any) -> Any:
        return one if self.lanes.count == 1 else ir.VectorType(one, self.lanes.count)

    def splat(self, number: float) -> ir.Constant:
        """Return the same number in every lane."""
        return self._constant(self.type, float(number))

    def _constant(self, kind: Any, number: float) -> ir.Constant:
        return ir.Constant(kind, number if self.lanes.count == 1 else [number] * self.lanes.count)

    def _integer(self, number: int) -> ir.Constant:
        return self._constant(self.integers, number)

    def sqrt(self, b: Any, x: Any) -> Any:
        """Square root of every lane."""
        count = "" if self.lanes.count == 1 else f"v{self.lanes.count}"
        name = f"llvm.sqrt.{count}{self.format.letter}"
        known = b.module.globals.get(name)
        function = known or ir.Function(b.module, ir.FunctionType(self.type, [self.type]), name)
        return b.call(function, [x])

    def absolute(self, b: Any, x: Any) -> Any:
        """Magnitude of every lane."""
        return b.select(b.fcmp_ordered("<", x, self.splat(0.0)), b.fsub(self.splat(-0.0), x), x)

    def larger(self, b: Any, x: Any, y: Any) -> Any:
        """Pick the larger of two, lane by lane."""
        return b.select(b.fcmp_ordered(">", x, y), x, y)

    def select(self, b: Any, choice: Any, x: Any, y: Any) -> Any:
        """Pick x where choice is above zero and y elsewhere, lane by lane."""
        return b.select(b.fcmp_ordered(">", choice, self.splat(0.0)), x, y)

    def _polynomials(self, b: Any, coefficients: tuple[float, ...], xs: list[Any]) -> list[Any]:
        """Horner's scheme, highest coefficient first, for several arguments step by step together."""
        totals = [self.splat(coefficients[0])] * len(xs)
        for coefficient in coefficients[1:]:
            totals = [
                b.fadd(b.fmul(total, x, flags=FLAGS), self.splat(coefficient), flags=FLAGS)
                for total, x in zip(totals, xs, strict=True)
            ]
        return totals

    def _clip(self, b: Any, x: Any, low: float, high: float) -> Any:
        x = b.select(b.fcmp_ordered("<", x, self.splat(low)), self.splat(low), x)
        return b.select(b.fcmp_ordered(">", x, self.splat(high)), self.splat(high), x)

    def exps(self, b: Any, xs: list[Any]) -> list[Any]:
        """e**x of every lane; what is clipped is far from anything that the equations ask for.

        The relative error is below 1e-13 for doubles. x = k ln 2 + r; a polynomial in r, and k written into
        the exponent bits.
        """
        form, splat = self.format, self.splat
        high, low = form.ln2
        rests, scales = [], []
        for given in xs:
            x = self._clip(b, given, -form.exponents, form.exponents)
            shifted = b.fadd(b.fmul(x, splat(1.4426950408889634)), splat(form.shift))
            k = b.fsub(shifted, splat(form.shift))
            rests.append(b.fsub(b.fsub(x, b.fmul(k, splat(high))), b.fmul(k, splat(low))))
            bits = b.add(b.bitcast(shifted, self.integers), self._integer(form.bias - form.shift_bits))
            scales.append(b.bitcast(b.shl(bits, self._integer(form.mantissa)), self.type))
        series = self._polynomials(b, form.exp, rests)
        return [b.fmul(one, scale, flags=FLAGS) for one, scale in zip(series, scales, strict=True)]

    def logs(self, b: Any, xs: list[Any]) -> list[Any]:
        """Natural logarithm of every lane; anything below the smallest that is taken counts as that.

        The error is below 1e-13 for doubles. x = m 2**k with m between sqrt(1/2) and sqrt(2); the series of
        log((1+s)/(1-s)) with s = (m-1)/(m+1).
        """
        form, splat = self.format, self.splat
        high, low = form.ln2
        ratios, powers = [], []
        for given in xs:
            x = self._clip(b, given, form.smallest, form.largest)
            bits = b.bitcast(x, self.integers)
            places = self._integer(form.mantissa)
            exponent = b.ashr(b.sub(bits, self._integer(form.root_half_bits)), places)
            m = b.bitcast(b.sub(bits, b.shl(exponent, places)), self.type)
            k = b.bitcast(b.add(exponent, self._integer(form.shift_bits)), self.type)
            powers.append(b.fsub(k, splat(form.shift)))
            ratios.append(b.fdiv(b.fsub(m, splat(1.0)), b.fadd(m, splat(1.0))))
        series = self._polynomials(b, form.log, [b.fmul(s, s) for s in ratios])
        made = []
        for s, k, one in zip(ratios, powers, series, strict=True):
            rest = b.fadd(b.fmul(k, splat(low)), b.fmul(s, one, flags=FLAGS), flags=FLAGS)
            made.append(b.fadd(b.fmul(k, splat(high)), rest, flags=FLAGS))
        return made

    def exp(self, b: Any, x: Any) -> Any:
        """As `exps`, of one vector."""
        return self.exps(b, [x])[0]

    def log(self, b: Any, x: Any) -> Any:
        """As `logs`, of one vector."""
        return self.logs(b, [x])[0]


@cache
def arithmetic(lanes: Lanes) -> Arithmetic:
    """Return the arithmetic of so many numbers of a precision side by side."""
    return Arithmetic(lanes)
