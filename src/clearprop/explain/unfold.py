"""From one element to an explanation's steps: open it, then what it mentions, as deep as asked."""

from __future__ import annotations

from collections import deque
from typing import Any

from clearprop.explain.explanation import Step
from clearprop.explain.formula import Formula, Quantity, leaves
from clearprop.explain.naming import Name
from clearprop.explain.reader import Place, Reader
from clearprop.explain.states import Reasons, state_of

__all__ = ["unfold"]

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
        reasons = dict(reader.reasons)
        name = reader.names.of(place.node) or reader.names.make(place.node)
        if level > 1 and (
            formula is None or (isinstance(formula, Quantity) and formula.symbol == name.symbol)
        ):
            continue
        step = _step(name, place, level, formula, Reasons.of(reader, condition, reasons))
        seen.add(step.address)
        steps.append(step)
        if formula is None or (depth is not None and level >= depth + _says_nothing(step)):
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


def _says_nothing(step: Step) -> bool:
    """Tell what is but another number: a zero, which has to say why then, or a value renamed."""
    if not isinstance(step.formula, Quantity) or step.state is not None:
        return False
    return step.value == 0 or (step.condition is None and step.role in ("output", "inside"))


def _made_up(place: Place, name: Name | None) -> bool:
    """Tell whether a quantity has only the name we gave it, and so needs its own line."""
    return (
        place.node.op is not None
        and place.node.name is None
        and name is not None
        and (name.role in ("value", "update", "bias_correction"))
    )


def _step(name: Name, place: Place, level: int, formula: Formula | None, reasons: Reasons) -> Step:
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
        condition=reasons.condition,
        state=state_of(called.value, name, formula, reasons),
        source=_source(name, place),
    )


def _source(name: Name, place: Place) -> dict[str, Any]:
    source: dict[str, Any] = {}
    if name.layer:
        source["layer"] = name.layer
    if name.function:
        source["function"] = name.function
    if name.batch and place.index:
        source["sample"] = place.index[0]
    if len(place.index) > int(name.batch):
        source["unit"] = place.index[-1]
    return source
