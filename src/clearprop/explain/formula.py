"""A formula as plain data: each leaf a number with its name, symbols and numbers in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import ATOM, REGISTRY, SUM, Op
from clearprop.errors import FormatError

__all__ = [
    "Applied",
    "Formula",
    "Quantity",
    "Terms",
    "apply",
    "evaluate",
    "from_json",
    "leaves",
    "to_json",
]


@dataclass(frozen=True)
class Quantity:
    """
    A number.

    Attributes
    ----------
    value : float
    symbol, latex : str
        What it's called; empty for a plain constant.
    address : str
        How it can be asked about; empty for a plain constant.
    """

    value: float
    symbol: str = ""
    latex: str = ""
    address: str = ""


@dataclass(frozen=True)
class Applied:
    """
    An operation on formulas; `words`, `latex` and `level` are the operation's own.

    What it was told beside the formulas, and is no number, is in `settings`: a kind of number, a
    bound that is None.
    """

    op: str
    words: str
    latex: str
    level: int
    args: Mapping[str, Formula]
    value: float
    settings: Mapping[str, str | bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """
    A sum, divided by `over`.

    Attributes
    ----------
    parts : tuple of Formula
        The terms shown.
    rest_count : int
        How many more terms there are.
    rest_total : float
        What those add up to.
    over : float
        What the sum is divided by; 1 for a plain sum.
    value : float
        The result.
    """

    parts: tuple[Formula, ...]
    rest_count: int
    rest_total: float
    over: float
    value: float

    @property
    def level(self) -> int:
        """How tightly it binds: as a sum, or as its only term."""
        if self.over != 1 or len(self.parts) + self.rest_count > 1:
            return SUM
        return getattr(self.parts[0], "level", ATOM) if self.parts else ATOM


Formula: TypeAlias = Quantity | Applied | Terms


def apply(
    op: Op,
    args: Mapping[str, Formula],
    value: float,
    settings: Mapping[str, str | bool | None] | None = None,
) -> Formula:
    """
    Write an operation on formulas, simply: ``1 · x`` and ``x + 0`` are `x`, ``x + x`` is ``2 · x``.

    Examples
    --------
    >>> import clearprop as cp
    >>> w = Quantity(3.0, "w")
    >>> apply(cp.multiply, {"x1": Quantity(1.0), "x2": w}, 3.0) == w
    True
    """
    if all(isinstance(a, Quantity) and not a.symbol for a in args.values()):
        return Quantity(value)
    neutral = {"multiply": 1.0, "divide": 1.0, "add": 0.0, "subtract": 0.0}.get(op.name)
    if neutral is not None:
        x1, x2 = args["x1"], args["x2"]
        if _constant(x2, neutral):
            return x1
        if _constant(x1, neutral) and op.name in ("multiply", "add"):
            return x2
    if op.name == "add" and args["x1"] == args["x2"]:  # the gradient of x·x has x twice
        return apply(REGISTRY["multiply"], {"x1": Quantity(2.0), "x2": args["x2"]}, value)
    scaled = args.get("x1")
    if op.name == "subtract" and _is_scaled(scaled, args["x2"]):  # a/N − 1/N is (a − 1)/N
        share = scaled.args["x2"]
        less = apply(op, {"x1": share, "x2": Quantity(1.0)}, share.value - 1)
        return apply(REGISTRY["multiply"], {"x1": args["x2"], "x2": less}, value)
    return Applied(op.name, op.words, op.latex, op.level, dict(args), value, dict(settings or {}))


def _is_scaled(product: Formula | None, factor: Formula) -> TypeGuard[Applied]:
    """Tell whether one formula is a plain constant times something, and the other the constant."""
    return (
        isinstance(product, Applied)
        and product.op == "multiply"
        and product.args["x1"] == factor
        and isinstance(factor, Quantity)
        and not factor.symbol
    )


def _constant(x: Formula, value: float) -> bool:
    if isinstance(x, Terms):  # one-hot targets add up to 1, and saying so helps nobody
        return value == 1 and _is_one_hot(x)
    return isinstance(x, Quantity) and not x.symbol and x.value == value


def _is_one_hot(terms: Terms) -> bool:
    values = [part.value for part in terms.parts]
    if not all(isinstance(part, Quantity) and _is_target(part) for part in terms.parts):
        return False  # some other sum that happens to come to 1
    return terms.rest_total == 0 and values.count(1) == 1 and values.count(0) == len(values) - 1


def _is_target(quantity: Quantity) -> bool:
    return not quantity.symbol or quantity.address.partition("[")[0] == "y"


def leaves(formula: Formula) -> Iterator[Quantity]:
    """Iterate over the numbers of a formula, from left to right."""
    if isinstance(formula, Quantity):
        yield formula
        return
    inside = formula.args.values() if isinstance(formula, Applied) else formula.parts
    for part in inside:
        yield from leaves(part)


def evaluate(formula: Formula, number: Any = lambda quantity: quantity.value) -> float:
    """
    Compute a formula again from its leaves, to check what it claims.

    Parameters
    ----------
    formula : Formula
    number : callable ``(Quantity) -> float``, optional
        What to take for a leaf: its value, or that rounded as it is printed.
    """
    if isinstance(formula, Quantity):
        return float(number(formula))
    if isinstance(formula, Terms):
        shown = sum(evaluate(part, number) for part in formula.parts)
        return (shown + formula.rest_total) / formula.over
    op = REGISTRY[formula.op]
    inputs = [evaluate(formula.args[name], number) for name in op.inputs]
    params = {k: evaluate(v, number) for k, v in formula.args.items() if k not in op.inputs}
    return float(op.compute(NUMPY, *map(np.asarray, inputs), **params, **formula.settings))


def to_json(formula: Formula) -> dict[str, Any]:
    """Give a formula as JSON-able data; see ``schema.json`` beside this file."""
    if isinstance(formula, Quantity):
        named = {"symbol": formula.symbol, "latex": formula.latex, "address": formula.address}
        return {"kind": "quantity", "value": formula.value} | {k: v for k, v in named.items() if v}
    if isinstance(formula, Terms):
        return {
            "kind": "terms",
            "parts": [to_json(part) for part in formula.parts],
            "rest": {"count": formula.rest_count, "total": formula.rest_total},
            "over": formula.over,
            "value": formula.value,
        }
    return {
        "kind": "applied",
        "op": formula.op,
        "words": formula.words,
        "latex": formula.latex,
        "level": formula.level,
        "args": {name: to_json(arg) for name, arg in formula.args.items()},
        "value": formula.value,
        "settings": dict(formula.settings),
    }


def from_json(data: Mapping[str, Any]) -> Formula:
    """
    Read a formula back.

    Raises
    ------
    FormatError
        If the data are no formula.
    """
    try:
        kind = data["kind"]
        if kind == "quantity":
            names = (str(data.get(k, "")) for k in ("symbol", "latex", "address"))
            return Quantity(float(data["value"]), *names)
        if kind == "terms":
            parts = tuple(from_json(part) for part in data["parts"])
            rest = data["rest"]
            return Terms(
                parts, int(rest["count"]), float(rest["total"]),
                float(data["over"]), float(data["value"]),
            )  # fmt: skip
        if kind == "applied":
            args = {str(name): from_json(arg) for name, arg in data["args"].items()}
            return Applied(
                str(data["op"]), str(data["words"]), str(data["latex"]), int(data["level"]),
                args, float(data["value"]), dict(data.get("settings", {})),
            )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"not a formula of an explanation: {error!r}.") from error
    raise FormatError(f"a formula is a quantity, terms or applied; got kind {kind!r}.")
