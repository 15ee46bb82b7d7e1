"""What a listing may say to prove its label itself, where its style is one that nobody foresaw.

A line ``>>? EXPRESSION`` before the call is evaluated in the program's names, with `differs` and
`departs` besides; it is True where the program is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.doctor.corpus.slots import same

__all__ = ["departs", "differs"]


def differs(value: Callable[[], Any], claims: Callable[[], Any], at: Sequence[Any]) -> bool:
    """
    Whether claimed gradients are not the slopes of a value.

    Parameters
    ----------
    value : callable
        Gives the number that is differentiated; called over and over.
    claims : callable
        Gives the gradients, in the order of `at`; called once, first.
    at : sequence
        Arrays, moved in place; or pairs of an object and an attribute's name or a key.
    """
    given = [np.array(np.nan if c is None else c, dtype=float) for c in claims()]
    if len(given) != len(at):
        return True
    return not all(
        same(claim, _slopes(value, place)) for claim, place in zip(given, at, strict=True)
    )


def _slopes(value: Callable[[], Any], place: Any, h: float = 1e-5) -> np.ndarray:
    old = np.array(_read(place), dtype=float)
    found = np.zeros(old.shape)
    for index in np.ndindex(old.shape):
        ends = []
        for step in (h, -h):
            moved = old.copy()
            moved[index] += step
            _write(place, moved)
            ends.append(float(value()))
        found[index] = (ends[0] - ends[1]) / (2 * h)
    _write(place, old)
    return found


def _read(place: Any) -> Any:
    if not isinstance(place, tuple):
        return place
    holder, key = place
    return (
        getattr(holder, key)
        if isinstance(key, str) and not isinstance(holder, dict)
        else (holder[key])
    )


def _write(place: Any, new: np.ndarray) -> None:
    if not isinstance(place, tuple):
        place[...] = new
        return
    holder, key = place
    kind = type(_read(place))
    fresh = new.tolist() if kind in (list, float) else new.copy()
    if isinstance(key, str) and not isinstance(holder, dict):
        setattr(holder, key, fresh)
    else:
        holder[key] = fresh


def departs(step: Callable[[Any, Any], Any], rule: Callable[[dict[str, Any], Any], Any]) -> bool:
    """
    Whether an optimizer's five steps are not a rule's.

    Parameters
    ----------
    step : callable
        From weights and gradient to the new weights (the array itself may be changed).
    rule : callable
        From a state and a gradient to what is subtracted from the weights; the state starts empty,
        but for ``w``: the weights, and ``t``: the number of the step.
    """
    rng = np.random.default_rng(3)
    state: dict[str, Any] = {}
    mine = rng.normal(size=(2, 3))
    theirs = mine.copy()
    for t in range(1, 6):
        g = rng.normal(size=(2, 3))
        state |= {"w": mine, "t": t}
        mine = mine - rule(state, g)
        theirs = np.array(step(theirs.copy(), g.copy()))
        if not np.allclose(mine, theirs, rtol=1e-9, atol=1e-12):
            return True
    return False
