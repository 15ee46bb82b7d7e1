"""Weights that are no numbers any more: not trained on, and said of what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import vdot

from clearprop.core.caller import warn
from clearprop.core.tree import flatten
from clearprop.errors import NumericsError
from clearprop.lang import say, told

if TYPE_CHECKING:
    from clearprop.engines.engine import Leaf
    from clearprop.nn import Layer

__all__ = ["refuse_astray", "tell_of_answers"]


def refuse_astray(weights: Iterable[Leaf]) -> None:
    """
    Refuse to train weights of which one is no finite number: every step would give such again.

    Raises
    ------
    NumericsError
        If there is one; the message has the first, and what to do.
    """
    for weight in weights:
        values = weight.node.data
        if not isfinite(vdot(values, values)) and not _all_finite(values):
            raise NumericsError(told("train.astray", **_where(weight)))


def tell_of_answers(model: Layer, what: str, answers: Any) -> None:
    """
    Warn of answers that are no finite numbers, and say whether weights are to blame.

    Parameters
    ----------
    model : Layer
    what : str
        What they are: the word of the catalogue.
    answers : array or float, or a tree of such
    """
    if all(_all_finite(np.asarray(each)) for each in flatten(answers)[0]):
        return
    words = say("train.no_numbers", what=say(f"train.{what}"))
    for weight in model.weights:
        if not _all_finite(weight.node.data):
            reason = say("train.astray", **_where(weight))
            break
    else:
        reason = say("train.overflow")
    warn(f"{words} {reason}", RuntimeWarning)


def _all_finite(values: np.ndarray) -> bool:
    if values.dtype.kind != "f":
        return True
    # One pass, nothing written, no warnings; NaN and infinity both last, and a sum may overflow.
    return isfinite(vdot(values, values)) or bool(np.isfinite(values).all())


def _where(weight: Leaf) -> dict[str, str]:
    place = np.argwhere(~np.isfinite(weight.node.data))[0].tolist()
    value = weight.node.data[tuple(place)]
    return {"weight": f"{weight.path}{place if place else ''}", "value": str(value)}
