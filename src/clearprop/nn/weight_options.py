"""What a layer is told of each of its weights: first values, penalty and bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearprop.nn.constraints import get_constraint
from clearprop.nn.holder import Holder
from clearprop.nn.initializers.base import get_initializer
from clearprop.nn.registry import serialize
from clearprop.nn.regularizers import get_regularizer
from clearprop.nn.variable import Variable

__all__ = ["make_weight", "set_weight_options", "written_weight_options"]

FINDERS: dict[str, Callable[[Any], Any]] = {
    "initializer": get_initializer,
    "regularizer": get_regularizer,
    "constraint": get_constraint,
}


def set_weight_options(layer: Holder, **given: Any) -> None:
    """
    Keep arguments such as ``kernel_initializer="zeros"`` as attributes of a layer.

    Parameters
    ----------
    layer : Layer
    **given
        Names that end in ``_initializer``, ``_regularizer`` or ``_constraint``.
    """
    for name, value in given.items():
        setattr(layer, name, FINDERS[name.rpartition("_")[2]](value))


def make_weight(
    layer: Holder, role: str, shape: tuple[int, ...], *, name: str | None = None
) -> Variable:
    """
    Make a weight as the layer's arguments for it say.

    Parameters
    ----------
    layer : Layer
    role : str
        What the arguments begin with: "kernel", "depthwise".
    shape : tuple of int
    name : str, optional
        What it is called, `role` by default.
    """
    return layer.add_weight(
        shape,
        getattr(layer, f"{role}_initializer"),
        name=name or role,
        regularizer=getattr(layer, f"{role}_regularizer"),
        constraint=getattr(layer, f"{role}_constraint"),
    )


def written_weight_options(layer: Holder, *roles: str) -> dict[str, Any]:
    """Give those arguments as plain data, for `get_config`."""
    named = {f"{role}_{end}": getattr(layer, f"{role}_{end}") for role in roles for end in FINDERS}
    return {name: None if value is None else serialize(value) for name, value in named.items()}
