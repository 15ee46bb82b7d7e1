"""Activation functions by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from clearprop import ops
from clearprop.core.shapes import axis_in
from clearprop.core.tensor import as_tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn.registry import LAYERS, deserialize, serialize

__all__ = [
    "ACTIVATIONS",
    "activation_name",
    "get_activation",
    "glu",
    "linear",
    "relu",
    "shape_after",
    "written",
]

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


def relu(
    x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Any:
    """
    Give elements as they are above a threshold, and 0 (or a slope) below it.

    Parameters
    ----------
    x : Tensor
    negative_slope : float
        What the distance below the threshold is multiplied by.
    max_value : float, optional
        What larger elements become; none by default.
    threshold : float
        Where the slope ends.

    Returns
    -------
    Tensor, shape of `x`

    Examples
    --------
    >>> relu([-1.0, 1.0, 3.0], max_value=2).tolist()
    [0.0, 1.0, 2.0]
    """
    if threshold == 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope=negative_slope) if negative_slope else ops.relu(x)
    below = negative_slope * (as_tensor(x) - threshold) if negative_slope else 0.0
    y = ops.where(ops.greater(x, threshold), x, below)
    return y if max_value is None else ops.minimum(y, max_value)


def glu(x: Any, axis: int = -1) -> Any:
    """
    Give the first half of an axis, each element times the sigmoid of its partner in the second.

    Parameters
    ----------
    x : Tensor, shape (..., 2n, ...)
    axis : int
        Along which axis.

    Returns
    -------
    Tensor, shape (..., n, ...)

    Raises
    ------
    ShapeError
        If the axis cannot be halved.

    References
    ----------
    Dauphin, Fan, Auli, Grangier, "Language Modeling with Gated Convolutional Networks", 2017,
    equation 1.

    Examples
    --------
    >>> glu([1.0, 2.0, 0.0, 0.0]).tolist()
    [0.5, 1.0]
    """
    x = as_tensor(x)
    place = axis_in(axis, x.ndim, "glu")
    n = x.shape[place]
    if n % 2:
        raise ShapeError(
            f"glu halves an axis; axis {axis} of shape {x.shape} has {n} elements, an odd number."
        )
    before = (slice(None),) * place
    return x[(*before, slice(n // 2))] * ops.sigmoid(x[(*before, slice(n // 2, None))])


# Operations that are activation functions under their own names, with Keras's defaults.
NAMES = (
    "sigmoid", "tanh", "relu", "leaky_relu", "softmax", "log_softmax", "sparsemax", "relu6", "elu",
    "celu", "selu", "gelu", "silu", "mish", "softplus", "softsign", "squareplus", "log_sigmoid",
    "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink",
    "sparse_sigmoid", "sparse_plus",
)  # fmt: skip

ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    **{name: getattr(ops, name) for name in NAMES},
    "exponential": ops.exp,
    "glu": glu,
}
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}


def get_activation(activation: Any) -> Activation:
    """
    Find an activation function.

    Parameters
    ----------
    activation : str, callable, dict or None
        A name; a function of a tensor, or a layer such as ``LeakyReLU(0.1)``; what `written` gave
        for a layer; or None for `linear`.

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
        if name == "threshold":
            raise OptionError(
                "the activation 'threshold' needs two numbers: activation=lambda x:"
                " cp.threshold(x, threshold=1.0, default_value=0.0)."
            )
        if name not in ACTIVATIONS:
            raise unknown("activation", activation, {*ACTIVATIONS, *ALIASES})
        return ACTIVATIONS[name]
    if activation is relu:  # with its defaults, which the operation is faster for
        return ops.relu
    if isinstance(activation, Mapping) and {"class_name", "config"} <= activation.keys():
        made: Activation = deserialize(activation, LAYERS, "layer")
        return made
    if callable(activation) and not isinstance(activation, type):
        return activation
    raise OptionError(
        f"activation must be a name, a function, a layer or None; got {activation!r}."
    )


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


def written(activation: Activation) -> Any:
    """
    Give what an activation function is saved as: its name, or a layer's configuration.

    Raises
    ------
    OptionError
        If it has none: a function is not saved, only its name is.
    """
    if type(activation) in LAYERS.held.values():
        return serialize(activation)
    name = activation_name(activation)
    if name is None:
        raise OptionError(
            f"the activation {activation!r} has no name to be saved by; give it one:"
            " clearprop.nn.ACTIVATIONS['name'] = function."
        )
    return name


def shape_after(activation: Activation, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """
    Give the shape of what an activation makes of an input of `shape`: the same but for `glu`.

    Examples
    --------
    >>> shape_after(glu, (None, 6))
    (None, 3)
    """
    if activation is not glu or shape[-1] is None:
        return shape
    return (*shape[:-1], shape[-1] // 2)
