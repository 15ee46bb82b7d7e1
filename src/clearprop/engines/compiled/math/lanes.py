"""Formulas over vectors: Python's operators write LLVM's instructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from clearprop.engines.compiled.machine.ir import F32, F64, I32, I64, Function, Reg, literal, vector

__all__ = ["Lanes", "fma", "fuses", "polynomial", "two_product", "two_sum", "where"]


@final
class Lanes:
    """
    A number in every lane of a vector, within the function that is being written.

    Arithmetic is of the lanes' own type; a Python number stands for itself in all lanes.
    Comparisons are false where there is a NaN, and give conditions: for ``& | ^ ~`` and `where`.

    Parameters
    ----------
    f : Function
    reg : Reg
    """

    __slots__ = ("f", "reg")

    def __init__(self, f: Function, reg: Reg) -> None:
        self.f, self.reg = f, reg

    # -- what it is -----------------------------------------------------------------------------

    @property
    def element(self) -> str:
        """The type of one lane."""
        return self.reg.element

    @property
    def double(self) -> bool:
        """Whether the lanes are float64, not float32."""
        return self.element == F64

    @property
    def whole(self) -> str:
        """The integers of the same size, as a type of as many lanes."""
        return vector(I64 if self.element in (F64, I64) else I32, self.reg.width)

    def like(self, value: Any) -> Lanes:
        """Give a number in lanes of this type; lanes as they are."""
        return value if isinstance(value, Lanes) else Lanes(self.f, literal(value, self.reg.type))

    def _binary(self, op: str, other: Any) -> Lanes:
        prefix = "f" if self.element in (F32, F64) else ""
        return Lanes(self.f, self.f.binary(prefix + op, self.reg, self.like(other).reg))

    # -- arithmetic -----------------------------------------------------------------------------

    def __add__(self, other: Any) -> Lanes:
        return self._binary("add", other)

    def __radd__(self, other: Any) -> Lanes:
        return self.like(other) + self

    def __sub__(self, other: Any) -> Lanes:
        return self._binary("sub", other)

    def __rsub__(self, other: Any) -> Lanes:
        return self.like(other) - self

    def __mul__(self, other: Any) -> Lanes:
        return self._binary("mul", other)

    def __rmul__(self, other: Any) -> Lanes:
        return self.like(other) * self

    def __truediv__(self, other: Any) -> Lanes:
        return self._binary("div", other)

    def __rtruediv__(self, other: Any) -> Lanes:
        return self.like(other) / self

    def __neg__(self) -> Lanes:
        return Lanes(self.f, self.f.give(self.reg.type, f"fneg {self.reg.type} {self.reg.text}"))

    def __abs__(self) -> Lanes:
        return self._own("llvm.fabs")

    # -- bits and conditions --------------------------------------------------------------------

    def _bitwise(self, op: str, other: Any) -> Lanes:
        return Lanes(self.f, self.f.binary(op, self.reg, self.like(other).reg))

    def __and__(self, other: Any) -> Lanes:
        return self._bitwise("and", other)

    def __or__(self, other: Any) -> Lanes:
        return self._bitwise("or", other)

    def __xor__(self, other: Any) -> Lanes:
        return self._bitwise("xor", other)

    def __invert__(self) -> Lanes:
        return self ^ -1

    def __lshift__(self, count: int) -> Lanes:
        return self._bitwise("shl", count)

    def __rshift__(self, count: int) -> Lanes:
        """Shift in zeros from above."""
        return self._bitwise("lshr", count)

    def _compare(self, order: str, other: Any) -> Lanes:
        op = f"fcmp {order}" if self.element in (F32, F64) else f"icmp {order.replace('o', 's')}"
        return Lanes(self.f, self.f.compare(op, self.reg, self.like(other).reg))

    def __lt__(self, other: Any) -> Lanes:
        return self._compare("olt", other)

    def __le__(self, other: Any) -> Lanes:
        return self._compare("ole", other)

    def __gt__(self, other: Any) -> Lanes:
        return self._compare("ogt", other)

    def __ge__(self, other: Any) -> Lanes:
        return self._compare("oge", other)

    def equals(self, other: Any) -> Lanes:
        """Tell where two numbers are the same."""
        if self.element in (F32, F64):
            return self._compare("oeq", other)
        return Lanes(self.f, self.f.compare("icmp eq", self.reg, self.like(other).reg))

    @property
    def nan(self) -> Lanes:
        """Where this is no number."""
        return self._compare("uno", self)

    @property
    def bits(self) -> Lanes:
        """The same bits, as an integer."""
        return Lanes(self.f, self.f.convert("bitcast", self.reg, self.whole))

    @property
    def number(self) -> Lanes:
        """The same bits of an integer, as a floating-point number."""
        element = F64 if self.element == I64 else F32
        made = self.f.convert("bitcast", self.reg, vector(element, self.reg.width))
        return Lanes(self.f, made)

    # -- functions that processors have ---------------------------------------------------------

    def _own(self, name: str, *others: Lanes) -> Lanes:
        args = [self.reg, *(o.reg for o in others)]
        return Lanes(self.f, self.f.intrinsic(name, self.reg.type, *args))

    def sqrt(self) -> Lanes:
        """Take the root."""
        return self._own("llvm.sqrt")

    def floor(self) -> Lanes:
        """Round down."""
        return self._own("llvm.floor")

    def signed_as(self, other: Lanes) -> Lanes:
        """Give the size of this with the sign of another."""
        return self._own("llvm.copysign", other)

    def at_most(self, limit: Any) -> Lanes:
        """Give the smaller of this and a limit; a NaN stays one."""
        return where(self > limit, limit, self)

    def at_least(self, limit: Any) -> Lanes:
        """Give the larger of this and a limit; a NaN stays one."""
        return where(self < limit, limit, self)

    def widened(self) -> Lanes:
        """Give float32 as float64."""
        return Lanes(self.f, self.f.convert("fpext", self.reg, vector(F64, self.reg.width)))

    def narrowed(self) -> Lanes:
        """Give float64 as float32."""
        return Lanes(self.f, self.f.convert("fptrunc", self.reg, vector(F32, self.reg.width)))


def where(condition: Lanes, a: Any, b: Any) -> Lanes:
    """Give `a` where the condition holds, `b` elsewhere; one of them may be a plain number."""
    like = a if isinstance(a, Lanes) else b
    return Lanes(like.f, like.f.select(condition.reg, like.like(a).reg, like.like(b).reg))


def fma(a: Lanes, b: Any, c: Any) -> Lanes:
    """Give ``a * b + c``, rounded once where the processor can."""
    return Lanes(a.f, a.f.fma(a.reg, a.like(b).reg, a.like(c).reg))


def polynomial(x: Lanes, coefficients: Sequence[Any]) -> Lanes:
    """
    Give ``c[0] + c[1] x + c[2] x**2 + ...``, paired, so that few operations wait for others.

    References
    ----------
    G. Estrin, Organization of computer systems: the fixed plus variable structure computer (1960).
    """
    terms: list[Any] = list(coefficients)
    power = x
    while len(terms) > 1:
        pairs = [
            fma(power, terms[i + 1], terms[i]) if i + 1 < len(terms) else terms[i]
            for i in range(0, len(terms), 2)
        ]
        terms = pairs
        if len(terms) > 1:
            power = power * power
    return x.like(terms[0])


def fuses(f: Function) -> bool:
    """Tell whether the processor multiplies and adds with one rounding."""
    features = f.target.features.split(",")
    return "+fma" in features or f.target.triple.startswith(("aarch64", "arm64"))


def two_sum(a: Lanes, b: Lanes) -> tuple[Lanes, Lanes]:
    """Give the rounded sum, and what rounding took, exactly."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def two_product(a: Lanes, b: Lanes) -> tuple[Lanes, Lanes]:
    """Give the rounded product, and what rounding took, exactly (float64)."""
    product = a * b
    if fuses(a.f):
        return product, a._own("llvm.fma", b, -product)
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a: Lanes) -> tuple[Lanes, Lanes]:
    """Split into parts of 26 bits, whose products are exact."""
    high = (a.bits & ~((1 << 27) - 1)).number
    return high, a - high
