"""Why a number is special: the kinds of zero told apart, what was cut off, what blocks the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from clearprop.explain.explanation import State
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, leaves
from clearprop.explain.naming import Name
from clearprop.explain.reader import Place, Reader

__all__ = ["Reasons", "state_of"]

FLAT = 1e-3  # a slope below this lets almost nothing through
# So many roundings' worth is left where numbers that should cancel do not quite.
ROUNDING = 16 * float(np.finfo(np.float64).eps)


class Reasons(NamedTuple):
    """
    What is known of how an element came about, beside its formula.

    Attributes
    ----------
    condition : Formula or None
        The comparison that chose this case, where there was a choice.
    role : str
        Whose comparison: "mask" of what was given, not computed; "sum" of a unit.
    told : mapping of str to mapping
        What operations told of themselves, see `Reader.reasons`.
    """

    condition: Formula | None = None
    role: str = ""
    told: Mapping[str, Mapping[str, Any]] = {}

    @staticmethod
    def of(reader: Reader, asked: Place | None, told: Mapping[str, Mapping[str, Any]]) -> Reasons:
        """Look up the condition that was asked."""
        if asked is None:
            return Reasons(told=told)
        source = reader.settle(asked)
        if source.node.op is None or _role(reader, source) == "mask":
            return Reasons(None, "" if source.value else "mask", told)
        formula = reader.define(asked)[0]
        if isinstance(formula, Quantity) and not formula.symbol:  # a mask that was put in shape
            return Reasons(None, "" if formula.value else "mask", told)
        named = [] if formula is None else [q for q in leaves(formula) if q.symbol]
        places = [reader.places[q.address] for q in named if q.address in reader.places]
        roles = {_role(reader, place) for place in places}
        return Reasons(formula, "sum" if "sum" in roles else "", told)


def _role(reader: Reader, place: Place) -> str:
    name = reader.names.of(place.node)
    return "" if name is None else name.role


def state_of(value: float, name: Name, formula: Formula | None, reasons: Reasons) -> State | None:
    """Tell why a number is special; None for one like any other."""
    if name.role == "bias_correction":
        return State("bias_correction")
    if reasons.role == "mask":
        return State("masked_out" if value == 0 else "masked_instead")
    if value == 0 and reasons.condition is not None and not _passed(formula):
        return _off(name, reasons.condition, reasons.role)
    for key, values in reasons.told.items():
        if key != "padded":
            return State(key, values)
    cut = None if formula is None else next(_clipped(formula), None)
    if cut is not None:
        return cut
    if value == 0 and name.function and _without_slope(formula):
        return State("saturated_off", {"function": name.function})
    if formula is not None and not isinstance(formula, Quantity):
        found = _zero(formula) if value == 0 else _nearly_zero(value, name, formula)
        if found is not None:
            return found
    if "padded" in reasons.told:
        return State("padded", reasons.told["padded"])
    shift = None if formula is None else _shift(formula)
    return None if shift is None else State("shifted", {"name": shift})


def _passed(formula: Formula | None) -> bool:
    """Tell a branch that lets something through, which is 0 by itself."""
    if isinstance(formula, Quantity):
        return bool(formula.symbol)
    return formula is not None and any(
        isinstance(factor, Quantity) and factor.symbol and factor.value == 0
        for factor in _factors(formula)
    )


def _off(name: Name, condition: Formula, role: str) -> State | None:
    asked = [q for q in leaves(condition) if q.symbol]
    if not asked:
        return None
    if name.function == "relu":
        return State("relu_off", {"z": asked[0].value})
    if name.function or role == "sum":
        return State("off", {"symbol": asked[0].symbol, "z": asked[0].value})
    return None  # the comparison itself is printed


def _clipped(formula: Formula) -> Iterator[State]:
    """Find what was cut off at a bound."""
    for part in _parts(formula):
        if not isinstance(part, Applied):
            continue
        first = part.args.get("x", part.args.get("x1"))
        bound = part.args.get("x2")
        limited = part.op == "clip" or (part.op in ("minimum", "maximum") and _is_bound(bound))
        if isinstance(bound, Quantity) and bound.address.endswith("clipnorm"):
            if first is not None and first.value > bound.value:
                yield State("scaled", {"norm": first.value, "limit": bound.value})
            continue
        if limited and first is not None and first.value != part.value:
            yield State("clipped", {"before": first.value, "after": part.value})


def _is_bound(x: Formula | None) -> bool:
    """Tell a plain number, a setting, or its negative: what something is kept within."""
    if isinstance(x, Applied) and x.op == "negative":
        return _is_bound(x.args["x"])
    return isinstance(x, Quantity) and (not x.symbol or x.address.startswith("optimizer."))


def _parts(formula: Formula) -> Iterator[Formula]:
    """Go through a formula, but not into sums, where one part of many says little."""
    yield formula
    if isinstance(formula, Applied):
        for arg in formula.args.values():
            yield from _parts(arg)


def _zero(formula: Formula) -> State | None:
    """Tell why a formula comes to exactly zero."""
    terms = _terms(formula)
    if terms is not None:
        rest = formula.rest_total if isinstance(formula, Terms) else 0.0
        more = formula.rest_count if isinstance(formula, Terms) else 0
        if len(terms) == 1 and not more:
            return _zero(terms[0])
        return State("terms_cancel" if rest or any(t.value for t in terms) else "terms_zero")
    if isinstance(formula, Applied) and formula.op == "relu" and formula.args["x"].value < 0:
        return State("relu_off", {"z": formula.args["x"].value})
    factors = list(_factors(formula))
    zero = next((f for f in factors if f.value == 0), None)
    if isinstance(zero, Applied) and zero.op == "dropout":
        return _zero(zero.args["x"]) if zero.args["mask"].value else State("masked")
    if isinstance(zero, Quantity):
        return State("input_zero", {"name": zero.symbol}) if zero.symbol else None
    if zero is not None and (zero is not formula or len(factors) > 1):
        return _zero(zero)
    if zero is None and len(factors) > 1:
        return State("underflow")
    if isinstance(zero, Applied) and zero.op == "exp":
        return State("underflow")
    named = [q for q in leaves(formula) if q.symbol]
    if named and all(q.value == 0 for q in named):
        return State("input_zero", {"name": named[0].symbol})
    return None


def _nearly_zero(value: float, name: Name, formula: Formula) -> State | None:
    """Tell a number that is nothing but rounding, and one that a flat slope made small."""
    terms = _terms(formula)
    if terms is not None:
        rest = formula.rest_total if isinstance(formula, Terms) else 0.0
        size = sum(abs(t.value) for t in terms) + abs(rest)
        over = formula.over if isinstance(formula, Terms) else 1.0
        if abs(value) <= ROUNDING * size / over:
            return State("rounded", {"value": value})
    if name.function and isinstance(formula, Applied) and formula.op == "multiply":
        slopes = [a for a in formula.args.values() if not isinstance(a, Quantity)]
        if slopes and 0 < abs(slopes[-1].value) < FLAT:
            return State("saturated", {"function": name.function, "slope": slopes[-1].value})
    return None


def _without_slope(formula: Formula | None) -> bool:
    """Tell a delta in which the slope of the activation came to 0, and all else did not."""
    if not (isinstance(formula, Applied) and formula.op == "multiply"):
        return False
    zeros = [factor for factor in _factors(formula) if factor.value == 0]
    return bool(zeros) and not any(isinstance(zero, Quantity) for zero in zeros)


def _terms(formula: Formula) -> list[Formula] | None:
    """Take a sum apart; None for what is none."""
    if isinstance(formula, Terms):
        return [each for part in formula.parts for each in _terms(part) or [part]]
    if isinstance(formula, Applied) and formula.op in ("add", "subtract"):
        sides = [formula.args["x1"], formula.args["x2"]]
        return [each for side in sides for each in _terms(side) or [side]]
    return None


def _factors(formula: Formula) -> Iterator[Formula]:
    """Take a product or a quotient apart: what makes it zero by being zero."""
    if isinstance(formula, Applied) and formula.op == "multiply":
        yield from _factors(formula.args["x1"])
        yield from _factors(formula.args["x2"])
    elif isinstance(formula, Applied) and formula.op in ("divide", "negative"):
        yield from _factors(formula.args["x1" if formula.op == "divide" else "x"])
    else:
        yield formula


def _shift(formula: Formula) -> str | None:
    """Find what a softmax takes off each of its inputs: the largest, so that exp stays small."""
    if not (isinstance(formula, Applied) and formula.op == "divide"):
        return None
    top, below = formula.args["x1"], formula.args["x2"]
    if not (isinstance(top, Applied) and top.op == "exp"):
        return None
    inside = next(iter(top.args.values()))
    if not (isinstance(inside, Applied) and inside.op == "subtract"):
        return None
    taken = inside.args["x2"]
    shared = isinstance(below, Terms | Quantity) and isinstance(taken, Quantity) and taken.symbol
    return taken.symbol if shared and isinstance(taken, Quantity) else None
