"""Formulas as a plain Python program that computes the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

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
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_CALLS = {
    "square": "{x} ** 2",
    "sigmoid": "1 / (1 + math.exp(-{x}))",
    "tanh": "math.tanh({x})",
    "relu": "max(0.0, {x})",
    "greater": "{x1} > {x2}",
    "where": "1.0 if {condition} else 0.0",
    "negative": "-{x}",
    "abs": "abs({x})",
    "exp": "math.exp({x})",
    "log": "math.log({x})",
    "softplus": "math.log(1 + math.exp({x}))",
    "softsign": "{x} / (1 + abs({x}))",
    "silu": "{x} / (1 + math.exp(-{x}))",
}
_WITHOUT_MATH = ("linear", "relu", "softsign")


def program(derivation: Derivation) -> str:
    """Write a derivation as a program; it prints every number that it computes."""
    return "\n".join(_lines(derivation)) + "\n"


def _lines(derivation: Derivation) -> Iterator[str]:
    if any(layer.activation not in _WITHOUT_MATH for layer in derivation.layers):
        yield "import math"
        yield ""
    for name, value in given(derivation).items():
        yield f"{name} = {value!r}"
    written = [e for e in derivation.equations if e.section in _HEADINGS]  # 5 computes nothing
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
    operands = {name: _operand(arg) for name, arg in formula.args.items()}
    if formula.op in _SIGNS:
        return f" {_SIGNS[formula.op]} ".join(operands.values())
    return _CALLS[formula.op].format(**operands)


def _operand(formula: Formula) -> str:
    text = expression(formula)
    return text if isinstance(formula, Quantity) or _is_call(formula) else f"({text})"


def _is_call(formula: Applied | Terms) -> bool:
    return isinstance(formula, Applied) and formula.op in ("tanh", "relu", "abs", "exp", "log")
