"""Print an equality with as many digits as it takes to be true as printed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from itertools import chain
from typing import Literal, SupportsFloat, TypeAlias

from clearprop.errors import NumericsError
from clearprop.explain.digits import Notation, show
from clearprop.explain.evaluation import evaluate
from clearprop.explain.expression import Expr, Num
from clearprop.explain.parsing import parse
from clearprop.explain.truth import Relation, holds, reach_of_rounding
from clearprop.explain.typeset import REST, Form, typeset

__all__ = ["Equality", "equate"]

Written: TypeAlias = Callable[[Form], str]

_ALL_DIGITS = 17  # tell any two floats apart
_FEWEST_DIGITS = 3
_IN_LATEX = {"=": "=", "≈": r"\approx", "→": r"\to"}


@dataclass(frozen=True, slots=True)
class Equality:
    """
    A formula with numbers, and what it comes to, in digits that make it true as printed.

    Attributes
    ----------
    left, right : str
        The formula and the result, for display.
    relation : {"=", "≈", "→"}
        ``→`` where no digits could make an equality true: a number is not finite, or rounding in
        floating point alone decides what the formula comes to, as in ``1 / (0.1 + 0.2 − 0.3)``.
    operand_digits : int
        The significant digits of the numbers on the left.
    """

    left: str
    relation: Literal["=", "≈", "→"]
    right: str
    operand_digits: int

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"

    def form(self, notation: Notation = "display") -> Form:
        """Give the way in which the numbers on the left are written."""
        return partial(show, digits=self.operand_digits, notation=notation)

    def latex(self, formula: Expr | Written, *, rest: str = REST) -> str:
        r"""
        Write the same equality in LaTeX.

        Parameters
        ----------
        formula : Expr or callable
            As for `equate`; a callable writes LaTeX.
        rest : str
            As for `equate`.

        Returns
        -------
        str

        Examples
        --------
        >>> half = Num(0.5) * -3.0
        >>> print(equate(half, -1.5).latex(half))
        0.5 \times \left(-3\right) = -1.5
        """
        return " ".join(self.latex_sides(formula, rest=rest))

    def latex_sides(self, formula: Expr | Written, *, rest: str = REST) -> tuple[str, str, str]:
        """Write the left side, the relation and the right side in LaTeX, each by itself."""
        form = self.form("latex")
        if isinstance(formula, Expr):
            left = typeset(formula, form, latex=True, rest=rest)
        else:
            left = formula(form)
        return left, _IN_LATEX[self.relation], _in_latex(self.right)


def equate(
    formula: Expr | Written, value: SupportsFloat, digits: int = 6, *, rest: str = REST
) -> Equality:
    """
    Print that a formula with numbers comes to a value.

    First with `digits` significant digits on both sides. Where that would not be true as printed,
    with ``≈`` and one digit more, and still more on the left if they are needed, as they are when
    nearly equal numbers are subtracted. Where the numbers do not determine that many digits of
    the value, because it was computed in lower precision, it is shown with as many as they do.

    Parameters
    ----------
    formula : Expr or callable
        The formula, or what writes it for display, given how to write a number.
    value : float
        What it was found to be.
    digits : int
        Significant digits, 1 to 17.
    rest : str
        How to say what the parts left out of a sum come to.

    Returns
    -------
    Equality

    Raises
    ------
    NumericsError
        If the value is not what the formula comes to.
    FormatError
        If the formula cannot be worked out again from its text.

    See Also
    --------
    clearprop.explain.truth : When a printed equality is true.

    Examples
    --------
    >>> print(equate(Num(2.0) * 3.0 + Num(1.0) * 1.0, 7.0))
    2×3 + 1×1 = 7
    >>> print(equate(lambda form: f"{form(2 / 3)} · {form(1 / 7)}", 2 / 21))
    0.6666667 · 0.1428571 ≈ 0.09523810
    """
    write = partial(typeset, formula, rest=rest) if isinstance(formula, Expr) else formula
    trial = _Trial(write, value)
    left = trial.left(digits)
    if not math.isfinite(value) or "∞" in left or "NaN" in left:
        return Equality(left, "→", show(value, digits), digits)
    found = next(filter(None, chain(trial.exact(digits), trial.approximate(digits))), None)
    if found is not None:
        return found
    if trial.is_undetermined():
        return Equality(left, "→", show(value, digits), digits)
    computed = float(evaluate(trial.formula(_ALL_DIGITS)))
    raise NumericsError(
        f"{trial.left(_ALL_DIGITS)} comes to {computed!r}, not to {float(value)!r}: "
        "the value was not computed by this formula from these numbers."
    )


class _Trial:
    """Equalities that might be printed for one formula and its value, in order of preference."""

    def __init__(self, write: Written, value: SupportsFloat) -> None:
        self.value = value
        self.left = cache(lambda digits: write(partial(show, digits=digits)))
        self.formula = cache(lambda digits: parse(self.left(digits)))

    def attempt(self, digits: int, relation: Relation, right: str) -> Equality | None:
        """Print with so many digits on the left, if that is true."""
        printed = Num(Decimal(right.replace("−", "-")))
        if holds(self.formula(digits), relation, printed):
            return Equality(self.left(digits), relation, right, digits)
        return None

    def exact(self, digits: int) -> Iterator[Equality | None]:
        short, full = (show(self.value, digits, zeros=zeros) for zeros in (False, True))
        yield self.attempt(digits, "=", short)
        if full != short:
            yield self.attempt(digits, "=", full)

    def approximate(self, digits: int) -> Iterator[Equality | None]:
        """Give one digit more, then more on the left, then as many as the left determines."""
        more = min(digits + 1, _ALL_DIGITS)
        yield from self.with_more_on_the_left(more, show(self.value, more, zeros=True))
        if self.is_undetermined():
            for fewer in range(digits, _FEWEST_DIGITS - 1, -1):
                yield from self.with_more_on_the_left(more, show(self.value, fewer, zeros=True))
            yield self.attempt(digits, "≈", "0")

    def with_more_on_the_left(self, digits: int, right: str) -> Iterator[Equality | None]:
        return (self.attempt(left, "≈", right) for left in range(digits, _ALL_DIGITS + 1))

    def is_undetermined(self) -> bool:
        """Tell whether rounding its numbers could make the formula come to the value."""
        formula = self.formula(_ALL_DIGITS)
        try:
            return abs(Decimal(float(self.value)) - evaluate(formula)) <= reach_of_rounding(formula)
        except ArithmeticError:
            return True


def _in_latex(number: str) -> str:
    text = number.replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa}\times10^{{{exponent}}}" if exponent else text
