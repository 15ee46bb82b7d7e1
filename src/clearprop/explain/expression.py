"""
Formulas with numbers in them, small enough to be written down and worked out again.

Written in Python as one would expect: ``Num(2) * 3 + Num(1) * 1``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

__all__ = ["Call", "Expr", "Negative", "Num", "Power", "Product", "Quotient", "Rest", "Sum", "call"]

Number: TypeAlias = float | int | Decimal


class Expr:
    """A number, or an operation on formulas."""

    __slots__ = ()

    def __add__(self, other: Expr | Number) -> Sum:
        return Sum((*(self.parts if isinstance(self, Sum) else (self,)), wrap(other)))

    def __radd__(self, other: Number) -> Sum:
        return Num(other) + self

    def __sub__(self, other: Expr | Number) -> Sum:
        return self + Negative(wrap(other))

    def __rsub__(self, other: Number) -> Sum:
        return Num(other) - self

    def __mul__(self, other: Expr | Number) -> Product:
        factors = self.factors if isinstance(self, Product) else (self,)
        return Product((*factors, wrap(other)))

    def __rmul__(self, other: Number) -> Product:
        return Num(other) * self

    def __truediv__(self, other: Expr | Number) -> Quotient:
        return Quotient(self, wrap(other))

    def __rtruediv__(self, other: Number) -> Quotient:
        return Num(other) / self

    def __pow__(self, other: Expr | Number) -> Power:
        return Power(self, wrap(other))

    def __neg__(self) -> Negative:
        return Negative(self)

    def operands(self) -> tuple[Expr, ...]:
        """Give the formulas that this one operates on."""
        raise NotImplementedError

    def numbers(self) -> Iterator[Num]:
        """Give the numbers in the formula, from left to right."""
        for operand in self.operands():
            yield from operand.numbers()


@dataclass(frozen=True, slots=True)
class Num(Expr):
    """A number: a float to be written, or the exact decimal that was written."""

    value: Number

    def operands(self) -> tuple[Expr, ...]:
        return ()

    def numbers(self) -> Iterator[Num]:
        yield self


@dataclass(frozen=True, slots=True)
class Negative(Expr):
    """A formula with its sign changed."""

    of: Expr

    def operands(self) -> tuple[Expr, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Sum(Expr):
    """Parts added; a part that is `Negative` is subtracted."""

    parts: tuple[Expr, ...]

    def operands(self) -> tuple[Expr, ...]:
        return self.parts


@dataclass(frozen=True, slots=True)
class Rest(Expr):
    """What `count` parts of a sum that are not written come to."""

    count: int
    total: Num

    def operands(self) -> tuple[Expr, ...]:
        return (self.total,)


@dataclass(frozen=True, slots=True)
class Product(Expr):
    """Factors multiplied."""

    factors: tuple[Expr, ...]

    def operands(self) -> tuple[Expr, ...]:
        return self.factors


@dataclass(frozen=True, slots=True)
class Quotient(Expr):
    """One formula divided by another."""

    above: Expr
    below: Expr

    def operands(self) -> tuple[Expr, ...]:
        return (self.above, self.below)


@dataclass(frozen=True, slots=True)
class Power(Expr):
    """One formula to the power of another."""

    base: Expr
    exponent: Expr

    def operands(self) -> tuple[Expr, ...]:
        return (self.base, self.exponent)


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function of formulas, by its name in `clearprop.explain.functions`."""

    name: str
    arguments: tuple[Expr, ...]

    def operands(self) -> tuple[Expr, ...]:
        return self.arguments


def call(name: str, *arguments: Expr | Number) -> Call:
    """Apply a function: ``call("exp", -2.0)``."""
    return Call(name, tuple(map(wrap, arguments)))


def wrap(value: Expr | Number) -> Expr:
    """Make a formula of a number."""
    return value if isinstance(value, Expr) else Num(value)
