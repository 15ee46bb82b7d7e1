"""The layers that nearly every network has: dense, activation, flatten."""

from __future__ import annotations

import math
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.lang import told
from clearprop.nn.activations import (
    activation_name,
    get_activation,
    linear,
    shape_after,
    written,
)
from clearprop.nn.first_values import drawn_here
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.memory import ensure_fits, free_memory, machine_memory
from clearprop.nn.registry import register
from clearprop.nn.settings import is_whole
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options, written_weight_options

__all__ = ["Activation", "Dense", "Flatten"]

# What training a unit takes at the least: each weight as itself, its gradient and two states of
# the optimizer; sum and output, and their gradients, for a batch of this many.
COPIES, USUAL_BATCH = 4, 32


@final
@register
class Dense(Layer):
    r"""
    Every output from every input: ``activation(x @ kernel + bias)``.

    .. math:: y_{no} = f\Bigl(\sum_i x_{ni} w_{io} + b_o\Bigr)

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable, optional
        The function f; none leaves the sum as it is.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, bias_initializer : str, Initializer or callable
        Where the first values of the weights come from.
    kernel_regularizer, bias_regularizer, activity_regularizer : str, Regularizer or callable
        What the loss is raised by on account of the weights and of the output; nothing by default.
    kernel_constraint, bias_constraint : str, Constraint or callable, optional
        What the weights are put through after each step.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    kernel : Variable, shape (I, O)
        Column ``o`` holds the weights of what feeds output ``o``.
    bias : Variable, shape (O,), or None

    Raises
    ------
    OptionError
        If `units` is no positive whole number, or a name is unknown.
    MemoryLimitError
        When built, if the machine could not hold it in training.
    ShapeError
        When built or called, if the input is not (N, ..., I).

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dense(2, activation="tanh", kernel_initializer="ones")
    >>> layer(np.zeros((1, 3))).tolist()
    [[0.0, 0.0]]
    >>> [w.shape for w in layer.weights]
    [(3, 2), (2,)]
    """

    supports_masking = True
    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        if not is_whole(units) or units < 1:
            raise OptionError(told("layers.units", got=repr(units)))
        self.units = int(units)
        self.activation = get_activation(activation)
        self.use_bias = bool(use_bias)
        set_weight_options(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape: BatchShape) -> None:
        """Make the kernel (I, O) and the bias (O,)."""
        features = _features(input_shape)
        if drawn_here():
            self._ensure_fits(features)
        self.kernel = make_weight(self, "kernel", (features, self.units))
        self.bias = make_weight(self, "bias", (self.units,)) if self.use_bias else None

    def _ensure_fits(self, features: int) -> None:
        weights = COPIES * (features + self.use_bias)
        a_unit = (weights + COPIES * USUAL_BATCH) * self._dtype.itemsize
        most = min(machine_memory(), free_memory()) // a_unit
        sizes = {"inputs": features, "units": self.units, "batch": USUAL_BATCH}
        what = told("layers.training_dense", name=self.name, dtype=self.dtype, **sizes)
        mend = told("layers.fewer_units", most=most) if most else told("layers.fewer_inputs")
        ensure_fits(a_unit * self.units, what, mend)

    def call_before_activation(self, x: Any) -> Tensor:
        """Compute ``x @ kernel + bias``."""
        if len(x.node.data.shape) < 2:  # or matmul would take one example for a vector
            raise _no_batch(x.shape)
        y: Tensor = ops.matmul(x, self.kernel)
        return y if self.bias is None else ops.add(y, self.bias)

    def call(self, x: Any) -> Any:
        """Compute ``activation(x @ kernel + bias)``."""
        y = self.call_before_activation(x)
        if self.activation is linear:
            return y
        y.node.name = self._sum_name
        return self.activation(y)

    @property
    def final_activation(self) -> str | None:
        """The activation's name."""
        return activation_name(self.activation)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give (None, ..., units)."""
        shape = as_batch_shape(input_shape)
        _features(shape)
        return shape_after(self.activation, (*shape[:-1], self.units))

    def describe(self) -> str:
        """Say, as in "Dense, 784 → 128", how many inputs and outputs it has."""
        inputs = "? " if self.built_for is None else f"{self.built_for[-1]} "
        return f"Dense, {inputs}→ {self.units}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": written(self.activation),
            "use_bias": self.use_bias,
            **written_weight_options(self, "kernel", "bias"),
        }


def _features(shape: BatchShape) -> int:
    """Give the size of the last axis."""
    if len(shape) < 2:
        raise _no_batch(shape)
    features = shape[-1]
    if features is None:
        raise ShapeError(
            f"Dense needs to know how many inputs there are; got shape {shape}, with None last."
            " Say it in Input(...)."
        )
    return features


def _no_batch(shape: Any) -> ShapeError:
    return ShapeError(
        f"Dense takes batches, of shape (N, features); got {len(shape)} axis. A single example"
        " is a batch of one: x[None, :]; a single feature: x[:, None]."
    )


@final
@register
class Activation(Layer):
    """
    A function applied to each element (or, of `softmax`, along the last axis).

    Parameters
    ----------
    activation : str or callable
        The function; with settings of its own as ``lambda x: cp.elu(x, alpha=0.5)``.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If the name is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]])).tolist()
    [[0.0, 2.0]]
    """

    supports_masking = True

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = get_activation(activation)

    def call_before_activation(self, x: Any) -> Any:
        """Give the input as it is."""
        return x

    def call(self, x: Any) -> Any:
        """Apply the function."""
        return self.activation(x)

    @property
    def final_activation(self) -> str | None:
        """The function's name."""
        return activation_name(self.activation)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input; `glu` halves its last axis."""
        return shape_after(self.activation, as_batch_shape(input_shape))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "activation": written(self.activation)}


@final
@register
class Flatten(Layer):
    """
    Each example's elements in one row.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        In which order an image's axes come; with channels first, they are put last before
        flattening, so that weights that follow mean the same in both.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `data_format` is neither.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    FORMATS = ("channels_last", "channels_first")

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        if data_format is not None and data_format not in self.FORMATS:
            raise unknown("data_format", data_format, self.FORMATS)
        self.data_format = data_format or "channels_last"

    def call(self, x: Any) -> Any:
        """Reshape (N, ...) to (N, the product of the rest)."""
        rank = x.ndim
        if self.data_format == "channels_first" and rank > 2:
            x = ops.permute_dims(x, axes=(0, *range(2, rank), 1))  # (N, ..., C)
        return ops.reshape(x, shape=(-1, math.prod(x.shape[1:])))

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give (None, the product of the rest)."""
        rest = as_batch_shape(input_shape)[1:]
        return (None, None if None in rest else math.prod(n for n in rest if n is not None))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "data_format": self.data_format}
