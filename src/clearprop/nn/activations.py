"""Activation functions by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearprop import ops
from clearprop.errors import OptionError, unknown

__all__ = ["ACTIVATIONS", "activation_name", "get_activation", "leaky_relu", "linear"]

Activation = Callable[..., Any]


def linear(x: Any) -> Any:
    """
    Give the input as it is.

    Examples
    --------
    >>> linear(3.0)
    3.0
    """
    return x


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Positive elements as they are, negative ones times `negative_slope`."""
    return ops.leaky_relu(x, negative_slope=negative_slope)


ACTIVATIONS: dict[str, Activation] = {"linear": linear, "leaky_relu": leaky_relu}
for _name in ("sigmoid", "tanh", "relu", "softmax"):
    if hasattr(ops, _name):
        ACTIVATIONS[_name] = getattr(ops, _name)


def get_activation(activation: Any) -> Activation:
    """
    Find an activation function.

    Parameters
    ----------
    activation : str, callable or None
        A name, a function of a tensor, or None for `linear`.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get_activation("tanh")(0.0).item()
    0.0
    """
    if activation is None:
        return linear
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            raise unknown("activation", activation, ACTIVATIONS)
        return ACTIVATIONS[activation]
    if callable(activation) and not isinstance(activation, type):
        return activation
    raise OptionError(f"activation must be a name, a function or None; got {activation!r}.")


def activation_name(activation: Activation) -> str | None:
    """
    Tell the name of an activation function; None if it has none here.

    Examples
    --------
    >>> activation_name(get_activation(None))
    'linear'
    """
    return next((name for name, known in ACTIVATIONS.items() if known is activation), None)


def written(activation: Activation) -> str:
    """
    Give the name under which an activation function is saved.

    Raises
    ------
    OptionError
        If it has none: a function is not saved, only its name is.
    """
    name = activation_name(activation)
    if name is None:
        raise OptionError(
            f"the activation {activation!r} has no name to be saved by; give it one:"
            " clearprop.nn.ACTIVATIONS['name'] = function."
        )
    return name
