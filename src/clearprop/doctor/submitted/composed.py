"""Parts that were handed in together: layers in a list, a network with its criterion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.doctor.submitted.signature import BACKWARD, FORWARD, arguments, first_of
from clearprop.doctor.submitted.snapshot import functions_of

__all__ = ["LayerOf", "NetworkOf", "Row", "as_row"]


class Row:
    """
    Layers one after another, as one object.

    Parameters
    ----------
    parts : sequence of object
    """

    of_program = True  # what it holds is the program's, though its class is not

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = list(parts)

    def forward(self, x: Any) -> Any:
        """Go through all parts."""
        for part in self.parts:
            x = _way(part, FORWARD)(x)
        return x

    def backward(self, dout: Any) -> Any:
        """Go back through all parts."""
        for part in reversed(self.parts):
            dout = _way(part, BACKWARD)(dout)
        return dout


class WithCriterion:
    """
    Layers, and the loss behind them.

    Parameters
    ----------
    parts : sequence of object
        The last is the loss: forward takes output and target.
    """

    of_program = True

    def __init__(self, parts: Sequence[Any]) -> None:
        *layers, self.criterion = parts
        self.net = layers[0] if len(layers) == 1 else Row(layers)

    def forward(self, x: Any, t: Any) -> Any:
        """Give the loss."""
        return _way(self.criterion, FORWARD)(_way(self.net, FORWARD)(x), t)

    def backward(self) -> Any:
        """Start at the loss."""
        start = _way(self.criterion, BACKWARD)
        return _way(self.net, BACKWARD)(start(*([1.0] if arguments(start)[0] else [])))


class _Methods:
    """An object of which two methods were handed in; they are looked up whenever asked for."""

    of_program = True

    def __init__(self, owner: Any, first: str, second: str) -> None:
        self.owner, self._names = owner, (first, second)

    def _method(self, k: int) -> Any:
        return getattr(self.owner, self._names[k])


class LayerOf(_Methods):
    """
    An object of which two methods were handed in: they go forward and back.

    Parameters
    ----------
    owner : object
    first, second : str
        The methods' names.
    """

    forward = property(lambda self: self._method(0), doc="The way forward.")
    backward = property(lambda self: self._method(1), doc="The way back.")


class NetworkOf(_Methods):
    """
    An object of which two methods were handed in: they give a loss and its gradients.

    Parameters
    ----------
    owner : object
    first, second : str
        The methods' names.
    """

    loss = property(lambda self: self._method(0), doc="The loss, of input and target.")
    gradient = property(lambda self: self._method(1), doc="Its gradients.")


def _way(part: Any, names: tuple[str, ...]) -> Any:
    functions = functions_of(part)
    name = first_of(names, functions)
    return functions[name] if name is not None else None


def as_row(thing: Any) -> Any:
    """Give one object for several layers; anything else as it is."""
    if not isinstance(thing, list | tuple) or not thing:
        return thing
    plain = ("function", "method", "builtin_function_or_method", "type", "partial")
    if any(type(part).__name__ in plain for part in thing):
        return thing
    if not all(_way(part, FORWARD) and _way(part, BACKWARD) for part in thing):
        return thing
    takes = len(arguments(_way(thing[-1], FORWARD))[0])
    return WithCriterion(thing) if takes == 2 and len(thing) > 1 else Row(thing)
