"""Activation functions by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearprop import ops
from clearprop.errors import OptionError, unknown

__all__ = ["ACTIVATIONS", "activation_name", "get_activation", "linear", "written"]

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


# Operations that are activation functions under their own names, with Keras's defaults.
NAMES = (
    "sigmoid", "tanh", "relu", "leaky_relu", "softmax", "log_softmax", "relu6", "elu", "celu",
    "selu", "gelu", "silu", "mish", "softplus", "softsign", "squareplus", "log_sigmoid",
    "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink",
    "sparse_sigmoid", "sparse_plus",
)  # fmt: skip

ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    **{name: getattr(ops, name) for name in NAMES},
    "exponential": ops.exp,
}
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}


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
        name = ALIASES.get(activation, activation)
        if name not in ACTIVATIONS:
            raise unknown("activation", activation, ACTIVATIONS)
        return ACTIVATIONS[name]
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
    own = getattr(activation, "name", "")
    if ACTIVATIONS.get(own) is activation:  # asked at every step
        return own
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
