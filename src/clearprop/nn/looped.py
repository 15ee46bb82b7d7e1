"""The same step for every part of a sequence, handed over whole to an engine that can use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop import ops
from clearprop.core.looping import Turn, rolled, rolling
from clearprop.nn.effects import losses_wanted

__all__ = ["at_once", "time_first"]


def at_once(
    turn: Turn, sequences: Sequence[Any], states: Any, *, reverse: bool = False, whole: bool = True
) -> tuple[Any, Any] | None:
    """
    Have all steps taken as one loop, if an engine does that and they are all the same.

    Parameters
    ----------
    turn, sequences, states, reverse, whole
        As `clearprop.core.looping.rolled` takes them.

    Returns
    -------
    (Tensor, tree of Tensor) or None
        None if the steps are to be taken one after the other, as they are without an engine that
        makes programs.
    """
    if not rolling():
        return None
    penalties = losses_wanted()
    raised = 0 if penalties is None else len(penalties)
    made = rolled(turn, sequences, states, reverse=reverse, whole=whole)
    if penalties is not None and len(penalties) > raised:  # once for all steps, not in each
        del penalties[raised:]
        return None
    return made


def time_first(x: Any) -> Any:
    """Exchange the axes of examples and time steps: (N, T, ...) and (T, N, ...)."""
    return ops.permute_dims(x, axes=(1, 0, *range(2, x.ndim)))
