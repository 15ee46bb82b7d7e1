"""What one time step of a recurrent layer does: the cells, and what they have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.activations import get_activation, written
from clearprop.nn.chance import Drawing
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options, written_weight_options

__all__ = ["Cell", "SimpleRNNCell", "positive", "share"]

ROLES = ("kernel", "recurrent", "bias")


def positive(who: str, what: str, value: Any) -> int:
    """Give a positive whole number back, or say what is wrong with it."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < 1:
        raise OptionError(f"{who}: {what} must be a positive whole number; got {value!r}.")
    return int(value)


def share(who: str, what: str, value: Any) -> float:
    """Give the fraction that is dropped back, or say what is wrong with it."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= value < 1:
        mend = f" For {value:g} % give {value / 100:g}." if number and 1 < value < 100 else ""
        raise OptionError(f"{who}: {what} must be at least 0 and less than 1; got {value!r}.{mend}")
    return float(value)


class Cell(Drawing):
    """
    One time step of a recurrent layer, from an input and states to an output and states.

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable
        The function that gives new values.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, recurrent_initializer, bias_initializer : str, Initializer or callable
        Where the first values of the weights come from.
    kernel_regularizer, recurrent_regularizer, bias_regularizer : str or Regularizer, optional
        What the loss is raised by on their account.
    kernel_constraint, recurrent_constraint, bias_constraint : str or Constraint, optional
        What they are put through after every step of training.
    dropout, recurrent_dropout : float
        The fraction of the inputs, and of the outputs that come back, that is dropped in training:
        the same ones at every time step of a sequence.
    seed : int, optional
        Where to start drawing what is dropped.
    implementation : {2, 1}
        Whether all gates lack the same inputs (2) or each has its own dropped (1); with
        `recurrent_dropout`, each has.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Attributes
    ----------
    kernel : Variable, shape (I, gates U)
    recurrent_kernel : Variable, shape (U, gates U)
    bias : Variable or None
    """

    gates: ClassVar[int] = 1
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        implementation: int = 2,
        **options: Any,
    ) -> None:
        who = type(self).__name__.removesuffix("Cell")
        super().__init__(seed, **options)
        self.units = positive(who, "units", units)
        self.activation = get_activation(activation)
        self.use_bias = bool(use_bias)
        set_weight_options(
            self,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )
        self.dropout = share(who, "dropout", dropout)
        self.recurrent_dropout = share(who, "recurrent_dropout", recurrent_dropout)
        if implementation not in (1, 2):
            raise OptionError(f"{who}: implementation must be 1 or 2; got {implementation!r}.")
        self.implementation = implementation
        self._kept: list[Any] | None = None
        self._kept_back: list[Any] | None = None

    # -- weights --------------------------------------------------------------------------------

    @property
    def state_size(self) -> Any:
        """How many numbers each state has for an example."""
        return self.units

    @property
    def output_size(self) -> int:
        """How many numbers come out for an example."""
        return self.units

    def build(self, input_shape: BatchShape) -> None:
        """Make kernel, recurrent kernel and bias for inputs (N, I)."""
        features = input_shape[-1]
        if len(input_shape) != 2 or features is None:
            raise ShapeError(
                f"{type(self).__name__} takes one time step, of shape (N, features), with a known"
                f" number of features; got {input_shape}."
            )
        width = self.gates * self.units
        self.kernel = make_weight(self, "kernel", (features, width))
        self.recurrent_kernel = make_weight(
            self, "recurrent", (self.units, width), name="recurrent_kernel"
        )
        self.bias = make_weight(self, "bias", self.bias_shape()) if self.use_bias else None

    def bias_shape(self) -> tuple[int, ...]:
        """Give the shape of the bias."""
        return (self.gates * self.units,)

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Give states of zeros for a batch."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        rows = 1 if batch_size is None else batch_size
        return [np.zeros((rows, size), self._dtype) for size in sizes]

    # -- a step ---------------------------------------------------------------------------------

    def project(self, x: Tensor, training: bool = False) -> Tensor:
        """Compute what the gates get of inputs (..., N, I), of one time step or of many."""
        bias = self.input_bias()
        kept = self._keeping(x.shape[-2:]) if training and self.dropout else None
        if kept is None or len(kept) == 1:
            y = _times(x if kept is None else self._dropped(x, kept[0]), self.kernel)
        else:
            kernels = self.by_gate(self.kernel)
            parts = [_times(self._dropped(x, m), w) for m, w in zip(kept, kernels, strict=True)]
            y = ops.concat(parts, axis=-1)
        return y if bias is None else ops.add(y, bias)

    def input_bias(self) -> Any:
        """Give the bias that is added to what comes of the inputs."""
        return self.bias

    @abstractmethod
    def advance(
        self, z: Tensor, states: list[Any], training: bool = False
    ) -> tuple[Any, list[Any]]:
        """Compute an output (N, U) and the next states from projected inputs and states."""

    def call(self, x: Tensor, states: Any, training: bool = False) -> Any:
        """Compute the output of a time step, and the states after it."""
        nested = isinstance(states, list | tuple)
        y, after = self.advance(
            self.project(x, training), list(states) if nested else [states], training
        )
        return y, after if nested else after[0]

    def by_gate(self, w: Tensor) -> list[Tensor]:
        """Cut an array with all gates side by side into those of each."""
        U = self.units
        if self.gates == 1:
            return [w]
        return [w[..., k * U : (k + 1) * U] for k in range(self.gates)]

    def recur(self, h: Any, training: bool) -> list[Any]:
        """Compute what each gate gets of the output before."""
        if not (training and self.recurrent_dropout):
            return self.by_gate(ops.matmul(h, self.recurrent_kernel))
        kernels = self.by_gate(self.recurrent_kernel)
        return [ops.matmul(x, w) for x, w in zip(self.came_back(h, True), kernels, strict=True)]

    def came_back(self, h: Any, training: bool) -> list[Any]:
        """Give the output before as each gate gets it."""
        if not (training and self.recurrent_dropout):
            return [h] * self.gates
        if self._kept_back is None:
            self._kept_back = self._draw(h.shape, self.recurrent_dropout)
        return [ops.dropout(h, kept, rate=self.recurrent_dropout) for kept in self._kept_back]

    # -- dropping -------------------------------------------------------------------------------

    def _draw(self, shape: tuple[int, ...], rate: float) -> list[Any]:
        each = self.implementation == 1 or self.recurrent_dropout
        return [self.draw("keep", shape, rate) for _ in range(self.gates if each else 1)]

    def _keeping(self, shape: tuple[int, ...]) -> list[Any]:
        if self._kept is None:
            self._kept = self._draw(shape, self.dropout)
        return self._kept

    def _dropped(self, x: Tensor, kept: Any) -> Tensor:
        if x.ndim > kept.ndim:
            kept = ops.broadcast_to(kept, shape=x.shape)
        return ops.dropout(x, kept, rate=self.dropout)

    def dropped(self, x: Tensor) -> Tensor:
        """Drop of sequences (N, T, I), in every time step the same."""
        (kept,) = self._keeping((x.shape[0], x.shape[-1]))
        whole = ops.broadcast_to(ops.expand_dims(kept, axis=1), shape=x.shape)
        return ops.dropout(x, whole, rate=self.dropout)

    def reset_dropout_mask(self) -> None:
        """Draw anew, at the next step, which inputs are dropped."""
        self._kept = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Draw anew, at the next step, which outputs do not come back."""
        self._kept_back = None

    # -- configuration --------------------------------------------------------------------------

    def describe(self) -> str:
        """Say how many units it has."""
        return f"{type(self).__name__}, {self.units} units"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a cell like this one."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": written(self.activation),
            "use_bias": self.use_bias,
            **written_weight_options(self, *ROLES),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "implementation": self.implementation,
        }


def _times(x: Tensor, w: Tensor) -> Tensor:
    """Multiply (..., I) by (I, O) as one product of matrices, whose gradient is one too."""
    if x.ndim == 2:
        return ops.matmul(x, w)
    rows = ops.reshape(x, shape=(-1, x.shape[-1]))
    return ops.reshape(ops.matmul(rows, w), shape=(*x.shape[:-1], w.shape[-1]))


@final
@register
class SimpleRNNCell(Cell):
    """
    One time step of `SimpleRNN`: ``activation(x @ kernel + h @ recurrent_kernel + bias)``.

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable
        The function.
    **options
        The same as of `SimpleRNN`, but for those of sequences.

    Examples
    --------
    >>> import numpy as np
    >>> cell = SimpleRNNCell(2, kernel_initializer="ones", recurrent_initializer="zeros")
    >>> y, states = cell(np.zeros((1, 3)), [np.zeros((1, 2))])
    >>> y.tolist(), len(states)
    ([[0.0, 0.0]], 1)
    """

    def advance(
        self, z: Tensor, states: list[Any], training: bool = False
    ) -> tuple[Any, list[Any]]:
        """Compute the output, which is the state too."""
        (recurrent,) = self.recur(states[0], training)
        y = self.activation(ops.add(z, recurrent))
        return y, [y]
