"""Finds optimizers by name, and writes them down for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.errors import OptionError, unknown
from clearprop.optim.adam import Adam
from clearprop.optim.optimizer import Optimizer
from clearprop.optim.sgd import SGD

__all__ = ["OPTIMIZERS", "deserialize", "get", "serialize"]

OPTIMIZERS: dict[str, type[Optimizer]] = {kind.name: kind for kind in (SGD, Adam)}


def get(optimizer: Any) -> Optimizer:
    """
    Give the optimizer that is meant by a name, a description, or itself.

    Parameters
    ----------
    optimizer : str, mapping or Optimizer
        ``"sgd"`` (in any case; with the defaults), what `serialize` gave, or an optimizer.

    Raises
    ------
    OptionError
        If there is none of that name; the message offers the nearest.

    Examples
    --------
    >>> get("sgd")
    SGD(learning_rate=0.01, momentum=0.0, nesterov=False)
    >>> get("adan")
    Traceback (most recent call last):
    clearprop.errors.OptionError: unknown optimizer 'adan'; did you mean 'adam'? Known: 'adam',
    'sgd'.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, Mapping):
        return deserialize(optimizer)
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        raise OptionError(
            f"optimizer is the class {optimizer.__name__}; give one made from it:"
            f" {optimizer.__name__}()."
        )
    kind = OPTIMIZERS.get(optimizer.lower()) if isinstance(optimizer, str) else None
    if kind is None:
        raise unknown("optimizer", optimizer, OPTIMIZERS)
    return kind()


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """
    Describe an optimizer as JSON can hold it; `get` makes it again.

    Examples
    --------
    >>> serialize(SGD(0.1))["config"]
    {'learning_rate': 0.1, 'momentum': 0.0, 'nesterov': False}
    """
    return {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}


def deserialize(description: Mapping[str, Any]) -> Optimizer:
    """
    Make the optimizer that `serialize` described.

    Raises
    ------
    OptionError
        If the description names no optimizer or settings that it does not have.
    """
    name, config = description.get("class_name"), description.get("config", {})
    kinds = {kind.__name__: kind for kind in OPTIMIZERS.values()}
    if not isinstance(name, str) or name not in kinds:
        raise unknown("optimizer", name, kinds)
    if not isinstance(config, Mapping) or not all(isinstance(key, str) for key in config):
        raise OptionError(f"the settings of optimizer {name!r} must be a mapping; got {config!r}.")
    return kinds[name].from_config(config)
