"""Read a formula with numbers in it back from plain text, with the digits that are printed."""

from __future__ import annotations

import re
from decimal import Decimal

from clearprop.errors import FormatError
from clearprop.explain.expression import Call, Expr, Negative, Num, Power, Rest, Sum
from clearprop.explain.functions import FUNCTIONS

__all__ = ["parse"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?:e[-+−]?\d+)?)(?![A-Za-z\d_.])
    | (?P<rest>\([^\d()]*\d+[^\d:()]*:)                  # (97 more: 0.0012)
    | (?P<mark>\*\*|[-−+×·*/÷^()|,%½])
    | (?P<power>[⁺⁻]?[⁰¹²³⁴-⁹]+)
    | (?P<name>[^\W\d_]\w*|√)
    )""",
    re.VERBOSE,
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_MINUS, _TIMES, _OVER, _POWER = ("-", "−"), ("×", "·", "*"), ("/", "÷"), ("^", "**")


def parse(text: str) -> Expr:
    """
    Read a formula.

    Parameters
    ----------
    text : str
        Numbers, ``+ − × · * / ÷ ^``, superscripts, ``%``, ``½`` before what it halves, brackets,
        ``|x|``, functions by name, and the rest of a sum as ``(97 more: 0.0012)`` in any words.

    Returns
    -------
    Expr
        Its numbers are decimals.

    Raises
    ------
    FormatError
        If the text is anything else, such as a formula with symbols in it.

    Examples
    --------
    >>> from clearprop.explain.evaluation import evaluate
    >>> evaluate(parse("½(3 − 10)² + (2 more: −0.5)"))
    Decimal('24.0')
    """
    return _Parser(text).formula()


class _Parser:
    """Goes through the tokens once, a method for each level of binding."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.tokens = self.cut(text.rstrip())
        self.kind, self.text = self.tokens.pop()

    def cut(self, text: str) -> list[tuple[str, str]]:
        """Cut the text into tokens and their kinds, the last of them first."""
        tokens, end = [], 0
        while end < len(text):
            token = _TOKEN.match(text, end)
            if token is None or token.lastgroup is None:
                raise self.error(f"{text[end:].strip()!r} is no part of one")
            tokens.append((token.lastgroup, token[token.lastgroup]))
            end = token.end()
        return [("end", ""), *reversed(tokens)]

    def error(self, why: str) -> FormatError:
        return FormatError(f"{self.source!r} is not a formula with numbers: {why}.")

    def take(self) -> str:
        """Go on by one token, and give the text of the one left behind."""
        taken = self.text
        self.kind, self.text = self.tokens.pop()
        return taken

    def expect(self, mark: str) -> None:
        if self.text != mark:
            raise self.error(f"{mark!r} is missing")
        self.take()

    def formula(self) -> Expr:
        formula = self.sum()
        if self.kind != "end":
            raise self.error(f"it does not end before {self.text!r}")
        return formula

    def sum(self) -> Expr:
        parts = [self.product()]
        while self.text == "+" or self.text in _MINUS:
            subtracted = self.take() != "+"
            part = self.product()
            parts.append(Negative(part) if subtracted else part)
        return parts[0] if len(parts) == 1 else Sum(tuple(parts))

    def product(self) -> Expr:
        formula = self.signed()
        while True:
            if self.text in _TIMES:
                self.take()
                formula = formula * self.signed()
            elif self.text in _OVER:
                self.take()
                formula = formula / self.signed()
            else:
                return formula

    def signed(self) -> Expr:
        if self.text in _MINUS:
            self.take()
            of = self.signed()
            return Num(Decimal(of.value).copy_negate()) if isinstance(of, Num) else Negative(of)
        formula = self.primary()
        while self.kind == "power" or self.text in _POWER:
            formula = Power(formula, self.exponent())
        return formula

    def exponent(self) -> Expr:
        if self.kind == "power":
            return Num(Decimal(self.take().translate(_SUPERSCRIPTS)))
        self.take()
        return self.signed()

    def primary(self) -> Expr:
        if self.kind == "number":
            value = Decimal(self.take().replace("−", "-"))
            if self.text != "%":
                return Num(value)
            self.take()
            return Num(value.scaleb(-2))
        if self.kind == "rest":
            return self.rest()
        if self.kind == "name":
            return self.call()
        opening = self.text
        if opening == "½":
            self.take()
            half = Num(Decimal("0.5"))
            return half * self.signed() if self.kind != "mark" or self.text == "(" else half
        if opening not in ("(", "|"):
            raise self.error(f"a number is missing before {opening or 'its end'!r}")
        self.take()
        inner = self.sum()
        self.expect(")" if opening == "(" else "|")
        return inner if opening == "(" else Call("abs", (inner,))

    def rest(self) -> Expr:
        words = self.take()
        total = self.signed()
        if not isinstance(total, Num):
            raise self.error(f"after {words!r} there must be one number")
        self.expect(")")
        return Rest(int(re.sub(r"\D", "", words)), total)

    def call(self) -> Expr:
        name = self.take()
        if name not in FUNCTIONS:
            raise self.error(f"{name!r} is not a function that can be worked out")
        self.expect("(")
        arguments = [self.sum()]
        while self.text == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")")
        return Call(name, tuple(arguments))
