"""Finds optimizers by name, and writes them down for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.core.described import read, written
from clearprop.errors import OptionError, unknown
from clearprop.optim.optimizer import OPTIMIZERS, Optimizer
from clearprop.optim.schedules.registry import entered

__all__ = ["OPTIMIZERS", "deserialize", "get", "register", "serialize"]


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
    clearprop.errors.OptionError: unknown optimizer 'adan'; did you mean 'adam'? Known: 'adadelta',
    'adafactor', 'adagrad', 'adam', 'adamax', 'adamw', 'ftrl', 'lamb', 'lion', 'nadam', 'rmsprop',
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
    >>> from clearprop.optim import SGD
    >>> described = serialize(SGD(0.1))
    >>> described["class_name"], described["config"]["learning_rate"]
    ('SGD', 0.1)
    """
    return written(optimizer)


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, type[Optimizer]] | None = None
) -> Optimizer:
    """
    Make the optimizer that `serialize` described.

    Parameters
    ----------
    config : mapping
    custom_objects : mapping of str to class, optional
        Optimizers of your own that are not registered.

    Raises
    ------
    OptionError
        If the description names no optimizer or settings that it does not have.
    """
    kinds = {kind.__name__: kind for kind in OPTIMIZERS.values()}
    made: Optimizer = read("optimizer", config, {**kinds, **OPTIMIZERS, **(custom_objects or {})})
    return made


def register(kind: type[Optimizer]) -> type[Optimizer]:
    """
    Make an optimizer class of your own known by its name, so that files that hold it can be loaded.

    Raises
    ------
    OptionError
        If another module has an optimizer of that name.
    """
    return entered(kind, OPTIMIZERS, kind.__name__.lower(), "optimizer")
