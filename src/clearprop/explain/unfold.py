"""From one element to an explanation's steps: open it, then what it mentions, as deep as asked."""

from __future__ import annotations

from collections import deque
from typing import Any

from clearprop.explain.explanation import State, Step
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, leaves
from clearprop.explain.naming import Name
from clearprop.explain.reader import Place, Reader

__all__ = ["unfold"]

FLAT = 1e-3  # a slope below this lets almost nothing through
MOST_STEPS = 200  # an explanation longer than this is read by nobody


def unfold(reader: Reader, start: Place, *, depth: int | None, everything: bool) -> list[Step]:
    """
    Open an element and what its formula mentions.

    Parameters
    ----------
    reader : Reader
    start : Place
    depth : int or None
        How many levels; None for all, back to the inputs.
    everything : bool
        Whether to open forward values too; else a gradient is followed through gradients only.

    Returns
    -------
    list of Step
        Nearest first; each quantity once.
    """
    steps: list[Step] = []
    waiting = deque([(start, 1)])
    seen: set[str] = set()
    while waiting and len(steps) < MOST_STEPS:
        place, level = waiting.popleft()
        formula, condition = reader.define(place)
        name = reader.names.of(place.node) or reader.names.make(place.node)
        if formula is None and level > 1:
            continue
        asked = None if condition is None else reader.define(condition)[0]
        step = _step(name, place, level, formula, asked)
        seen.add(step.address)
        steps.append(step)
        if formula is None or (depth is not None and level >= depth):
            continue
        for quantity in leaves(formula):
            inside = reader.places.get(quantity.address)
            if inside is None or quantity.address in seen:
                continue
            its = reader.names.of(inside.node)
            if everything or (its is not None and its.gradient) or _made_up(inside, its):
                seen.add(quantity.address)
                waiting.append((inside, level + 1))
    return steps


def _made_up(place: Place, name: Name | None) -> bool:
    """Tell whether a quantity has only the name we gave it, and so needs its own line."""
    return (
        place.node.op is not None
        and place.node.name is None
        and name is not None
        and (name.role in ("value", "update"))
    )


def _step(
    name: Name, place: Place, level: int, formula: Formula | None, condition: Formula | None
) -> Step:
    shape = tuple(place.node.data.shape)
    called = name.quantity(place.index, shape, place.value)
    return Step(
        address=called.address,
        symbol=called.symbol,
        latex=called.latex,
        value=called.value,
        role=name.role,
        level=level,
        formula=formula,
        condition=condition,
        state=_state(called.value, name, formula, condition),
        source=_source(name, place),
    )


def _source(name: Name, place: Place) -> dict[str, Any]:
    source: dict[str, Any] = {}
    if name.layer:
        source["layer"] = name.layer
    if name.batch and place.index:
        source["sample"] = place.index[0]
    if len(place.index) > int(name.batch):
        source["unit"] = place.index[-1]
    return source


def _state(
    value: float, name: Name, formula: Formula | None, condition: Formula | None
) -> State | None:
    """Tell the kinds of zero apart, and slopes that let nothing through."""
    if value == 0 and condition is not None:
        asked = [q for q in leaves(condition) if q.symbol]
        if asked and name.function == "relu":
            return State("relu_off", {"z": asked[0].value})
        if asked:
            return State("off", {"symbol": asked[0].symbol, "z": asked[0].value})
    if value == 0 and formula is not None:
        zeros = [q for q in leaves(formula) if q.value == 0 and q.symbol]
        if isinstance(formula, Terms):
            return State("terms_zero")
        if zeros:
            return State("input_zero", {"name": zeros[0].symbol})
    if name.function and isinstance(formula, Applied) and formula.op == "multiply":
        slopes = [a for a in formula.args.values() if not isinstance(a, Quantity)]
        if slopes and 0 < abs(slopes[-1].value) < FLAT:
            return State("saturated", {"function": name.function, "slope": slopes[-1].value})
    return None
