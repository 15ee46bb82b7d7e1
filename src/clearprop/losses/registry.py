"""Losses found by name, and written down."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from clearprop.core.described import read, written
from clearprop.errors import OptionError, unknown
from clearprop.losses.base import ALIASES, LOSSES, Loss
from clearprop.losses.forms import FUNCTIONS, FunctionLoss

__all__ = ["deserialize", "get", "serialize"]


def get(loss: Any) -> Loss:
    """
    Find a loss.

    Parameters
    ----------
    loss : str, Loss, class, dict or callable
        A name ("mse", "mean_squared_error", "MeanSquaredError"), a loss, a class of losses, what
        `serialize` gave, or a function ``(y_true, y_pred) -> values``.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get("mse")
    MeanSquaredError(reduction='sum_over_batch_size', name='mean_squared_error')
    """
    return deserialize(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Loss:
    """
    Find a loss, also among others than the library's.

    Parameters
    ----------
    name : str, dict or anything else that `get` takes
        A name, or what `serialize` gave.
    custom_objects : mapping of str to (class or function), optional
        What else can be meant by a name.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> deserialize({"class_name": "Huber", "config": {"delta": 2.0}}).delta
    2.0
    """
    if isinstance(name, Loss):
        return name
    if isinstance(name, str):
        return deserialize(_named(name, custom_objects or {}))
    if isinstance(name, Mapping):
        if name.get("class_name") == "function":  # as Keras writes one down
            return deserialize(name.get("config"), custom_objects)
        made: Loss = read("loss", name, ChainMap(dict(custom_objects or {}), LOSSES))
        return made
    if isinstance(name, type) and issubclass(name, Loss):
        return name()
    if callable(name) and not isinstance(name, type):
        return FUNCTIONS[name]() if name in FUNCTIONS else FunctionLoss(name)
    raise OptionError(
        f"loss must be a name, a Loss or a function (y_true, y_pred) -> values; got {name!r}."
    )


def _named(name: str, others: Mapping[str, Any]) -> Any:
    """Give the class, or the function, that is called so."""
    if name in others:
        return others[name]
    cls = LOSSES.get(ALIASES.get(name, name))
    if cls is None:
        raise unknown("loss", name, {*ALIASES, *LOSSES, *others})
    return cls


def serialize(loss: Loss) -> dict[str, Any]:
    """
    Write a loss down as plain JSON-able data; `get` makes it again.

    Examples
    --------
    >>> get(serialize(get("half_sse"))).name
    'half_sse'
    """
    return written(loss)
