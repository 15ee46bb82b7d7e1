"""Formulas as a plain Python program that computes the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from clearprop.explain.elementary import in_python
from clearprop.explain.formula import Applied, Formula, Quantity, Terms
from clearprop.explain.seven import Derivation, given

__all__ = ["expression", "program"]

_HEADINGS = {
    "forward": "1 forward",
    "error": "2 error",
    "output_error": "3 error of the outputs",
    "input_back": "4 error of the inputs",
    "weight_back": "6 error of weights and biases",
    "update": "7 update",
}


def program(derivation: Derivation) -> str:
    """Write a derivation as a program; it prints every number that it computes."""
    return "\n".join(_lines(derivation)) + "\n"


def _lines(derivation: Derivation) -> Iterator[str]:
    written = [e for e in derivation.equations if e.section in _HEADINGS]  # 5 computes nothing
    if any("math." in expression(e.formula) for e in written):
        yield "import math"
        yield ""
    for name, value in given(derivation).items():
        yield f"{name} = {value!r}"
    for section, equations in groupby(written, key=lambda e: e.section):
        yield ""
        yield f"# {_HEADINGS[section]}"
        for equation in equations:
            name = equation.quantity.symbol.removesuffix("⁺")
            yield f"{name} = {expression(equation.formula)}"
            yield f'print("{equation.quantity.symbol}", {name})'


def expression(formula: Formula) -> str:
    """
    Write a formula as Python does; every operand that is one itself is in parentheses.

    Examples
    --------
    >>> import clearprop as cp
    >>> from clearprop.explain.formula import apply
    >>> x = apply(cp.square, {"x": Quantity(3.0, "y")}, 9.0)
    >>> expression(apply(cp.divide, {"x1": x, "x2": Quantity(2.0)}, 4.5))
    '(y ** 2) / 2.0'
    """
    if isinstance(formula, Quantity):
        return formula.symbol or repr(formula.value)
    if isinstance(formula, Terms):
        return " + ".join(map(_operand, formula.parts))
    way = in_python(formula.op)
    assert way is not None  # formulas of a network are opened down to what has one
    inside = expression if way.endswith(")") and way.startswith(("m", "a")) else _operand
    return way.format(**{name: inside(arg) for name, arg in formula.args.items()})


def _operand(formula: Formula) -> str:
    text = expression(formula)
    return text if isinstance(formula, Quantity) or _is_call(formula) else f"({text})"


def _is_call(formula: Applied | Terms) -> bool:
    return isinstance(formula, Applied) and (in_python(formula.op) or "").startswith(("m", "a"))
