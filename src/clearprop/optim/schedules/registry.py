"""Finds schedules by name, and writes them down for a file."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any

from clearprop.core.described import read, written
from clearprop.errors import OptionError
from clearprop.optim.schedules.base import SCHEDULES, LearningRateSchedule

__all__ = ["SCHEDULES", "deserialize", "register", "serialize"]


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """
    Describe a schedule as JSON can hold it; `deserialize` makes it again.

    Examples
    --------
    >>> from clearprop.optim.schedules import ExponentialDecay
    >>> serialize(ExponentialDecay(0.1, 10, 0.5))["class_name"]
    'ExponentialDecay'
    """
    return written(learning_rate_schedule)


def deserialize(
    config: Mapping[str, Any],
    custom_objects: Mapping[str, type[LearningRateSchedule]] | None = None,
) -> LearningRateSchedule:
    """
    Make the schedule that `serialize` described.

    Parameters
    ----------
    config : mapping
    custom_objects : mapping of str to class, optional
        Schedules of your own that are not registered.

    Raises
    ------
    OptionError
        If the description names no schedule or settings that it does not have.
    """
    made: LearningRateSchedule = read(
        "schedule", config, ChainMap(dict(custom_objects or {}), SCHEDULES)
    )
    return made


def register(kind: type[LearningRateSchedule]) -> type[LearningRateSchedule]:
    """
    Make a schedule class of your own known by its name, so that files that hold it can be loaded.

    Raises
    ------
    OptionError
        If another module has a schedule of that name.
    """
    return entered(kind, SCHEDULES, kind.__name__, "schedule")


def entered(kind: Any, registry: MutableMapping[str, Any], name: str, what: str) -> Any:
    """Put a class into a registry, unless another module has one of that name."""
    known = registry.get(name)
    if known is not None and known.__module__ != kind.__module__:
        raise OptionError(
            f"{known.__module__} has {what} {kind.__name__!r} already; give this one another name."
        )
    registry[name] = kind
    return kind
