"""Write formulas with numbers in them, as plain text or LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from clearprop.explain.expression import (
    Call,
    Expr,
    Negative,
    Num,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
)

__all__ = ["REST", "Form", "typeset"]

Form: TypeAlias = Callable[[float], str]

REST = "{count} …: {total}"

# How tightly a formula binds; whatever binds less than its place asks for goes into brackets.
_SUM, _SIGN, _PRODUCT, _POWER, _ATOM = range(5)
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHORT = {"sigmoid": "σ", "sqrt": "√"}
_LATEX_FUNCTIONS = frozenset(
    ["exp", "ln", "log", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh"]
)


def typeset(formula: Expr, form: Form, *, latex: bool = False, rest: str = REST) -> str:
    r"""
    Write a formula.

    Parameters
    ----------
    formula : Expr
    form : callable
        How to write a number; `clearprop.explain.digits.show` with its digits chosen.
    latex : bool
        LaTeX instead of plain text.
    rest : str
        How to say, within brackets, what the parts left out of a sum come to; the words of a
        language for ``"{count} …: {total}"``.

    Returns
    -------
    str

    Examples
    --------
    >>> from clearprop.explain.digits import show
    >>> from clearprop.explain.expression import Num, call
    >>> typeset(Num(2) * 3 + Num(1) * -1, show)
    '2×3 + 1×(−1)'
    >>> print(typeset(1 / (1 + call("exp", -0.5)), lambda x: show(x, notation="latex"), latex=True))
    \frac{1}{1 + \exp\left(-0.5\right)}
    """
    return _Writer(form, latex, rest).at(formula, _SUM, leading=True)


class _Writer:
    """Writes each formula with how tightly it binds; `leading` ones may begin with a sign."""

    def __init__(self, form: Form, latex: bool, rest: str) -> None:
        self.form, self.latex, self.rest = form, latex, rest
        self.minus = "-" if latex else "−"

    def at(self, formula: Expr, level: int, *, tight: bool = False, leading: bool = False) -> str:
        """Write a formula where what binds less than `level` needs brackets."""
        text, own = self.write(formula, tight, leading)
        if own >= level or (leading and own == _SIGN):
            return text
        return self.brackets(text)

    def write(self, formula: Expr, tight: bool, leading: bool) -> tuple[str, int]:
        match formula:
            case Num(value=value):
                return self.number(self.form(value))  # type: ignore[arg-type]
            case Sum(parts=parts):
                return self.sum(parts), _SUM
            case Rest(count=count, total=total):
                return self.brackets(self.rest_of(count, total)), _ATOM
            case Product(factors=factors):
                return self.product(factors, tight, leading), _PRODUCT
            case Quotient():
                return self.quotient(formula, tight, leading)
            case Negative(of=of):
                return self.minus + self.at(of, _PRODUCT, tight=tight), _SIGN
            case Power(base=base, exponent=exponent):
                return self.at(base, _ATOM) + self.exponent(exponent), _POWER
            case Call(name=name, arguments=arguments):
                return self.call(
                    name, ", ".join(self.at(x, _SUM, leading=True) for x in arguments)
                ), _ATOM
            case _:
                raise TypeError(f"not a formula: {formula!r}")

    def number(self, text: str) -> tuple[str, int]:
        if text.startswith(self.minus):
            return text, _SIGN
        return text, _POWER if "e" in text or r"\times" in text else _ATOM

    def sum(self, parts: tuple[Expr, ...]) -> str:
        text = self.at(parts[0], _SIGN, tight=True, leading=True)
        for part in parts[1:]:
            subtracted = isinstance(part, Negative)
            body = part.of if isinstance(part, Negative) else part
            written = self.at(body, _PRODUCT, tight=True, leading=isinstance(part, Num))
            if isinstance(part, Num) and written.startswith(self.minus):
                subtracted, written = True, written.removeprefix(self.minus)
            text += f" {self.minus if subtracted else '+'} {written}"
        return text

    def rest_of(self, count: int, total: Num) -> str:
        words, _, after = self.rest.format(count=count, total="\0").partition("\0")
        if self.latex:
            words, after = (rf"\text{{{text}}}" if text else "" for text in (words, after))
        return words + self.at(total, _SUM, leading=True) + after

    def product(self, factors: tuple[Expr, ...], tight: bool, leading: bool) -> str:
        times = r" \times " if self.latex else "×" if tight else " × "
        first = self.at(factors[0], _PRODUCT, tight=tight, leading=leading)
        return times.join([first, *(self.at(x, _POWER, tight=tight) for x in factors[1:])])

    def quotient(self, formula: Quotient, tight: bool, leading: bool) -> tuple[str, int]:
        if self.latex:
            above, below = self.at(formula.above, _SUM), self.at(formula.below, _SUM)
            return rf"\frac{{{above}}}{{{below}}}", _POWER
        above = self.at(formula.above, _PRODUCT, tight=True, leading=leading)
        below = self.at(formula.below, _POWER, tight=True)
        return above + ("/" if tight else " / ") + below, _PRODUCT

    def exponent(self, exponent: Expr) -> str:
        if self.latex:
            return f"^{{{self.at(exponent, _SUM)}}}"
        written = self.at(exponent, _ATOM)
        return written.translate(_SUPERSCRIPTS) if written.isdecimal() else f"^{written}"

    def call(self, name: str, arguments: str) -> str:
        if name == "abs":
            return rf"\left|{arguments}\right|" if self.latex else f"|{arguments}|"
        if not self.latex:
            return f"{_SHORT.get(name, name)}({arguments})"
        if name == "sqrt":
            return rf"\sqrt{{{arguments}}}"
        if name in _LATEX_FUNCTIONS:
            return rf"\{name}{self.brackets(arguments)}"
        written = r"\sigma" if name in ("σ", "sigmoid") else rf"\operatorname{{{name}}}"
        return written + self.brackets(arguments)

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if self.latex else f"({text})"
