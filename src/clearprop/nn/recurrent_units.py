"""Recurrent layers with cells of ours, and the simplest of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.nn.naming import auto_name
from clearprop.nn.recurrent import Recurrent
from clearprop.nn.recurrent_cells import Cell, SimpleRNNCell
from clearprop.nn.registry import register

__all__ = ["OfUnits", "SimpleRNN"]


class OfUnits(Recurrent):
    """
    A recurrent layer with a cell of ours: it takes the cell's arguments as its own.

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable
        The function that gives new values.
    **more
        What else `cell_class` and `Recurrent` take.
    """

    cell_class: ClassVar[type[Cell]]
    cell: Any
    OF_CELL = (
        "units", "activation", "recurrent_activation", "use_bias", "unit_forget_bias",
        "reset_after", "dropout", "recurrent_dropout", "implementation", "seed",
    )  # fmt: skip

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
        use_cudnn: Any = "auto",
        **options: Any,
    ) -> None:
        if use_cudnn not in ("auto", True, False):
            raise OptionError(f"use_cudnn is 'auto', True or False; got {use_cudnn!r}.")
        for_both = {name: options[name] for name in ("dtype", "trainable") if name in options}
        cell = self.cell_class(
            units,
            activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            implementation=implementation,
            name=auto_name(self.cell_class),
            **getattr(self, "_of_cell", {}),
            **for_both,
        )
        super().__init__(cell, **options)

    def __getattr__(self, name: str) -> Any:
        """Give the cell's: units, activation, dropout."""
        if name in self.OF_CELL and hasattr(vars(self).get("cell"), name):
            return getattr(self.cell, name)
        return object.__getattribute__(self, name)  # and say why not as it did

    # -- all time steps in one operation --------------------------------------------------------

    @abstractmethod
    def fused(self, x: Tensor, states: list[Any]) -> Tensor | None:
        """Give all time steps' states, (T, parts U, N), or None if it takes the long way."""

    def _bias(self) -> Any:
        bias = self.cell.bias
        return np.zeros(self.cell.bias_shape(), self._dtype) if bias is None else bias

    def _through(self, x: Tensor, states: Any, mask: Any, training: bool) -> tuple[Any, Any]:
        cell, U = self.cell, self.cell.units
        y = None
        each = cell.recurrent_dropout or (cell.dropout and cell.implementation == 1)
        if mask is None and not (training and each):
            given = x
            if training and cell.dropout:
                given = cell.dropped(x)
            y = self.fused(ops.flip(given, axis=1) if self.go_backwards else given, states)
        if y is None:
            return super()._through(x, states, mask, training)
        whole = (2, 0, 1)  # (N, T, U)
        last = y[-1, -U:]
        output = (
            ops.permute_dims(y[:, -U:], axes=whole)
            if self.return_sequences
            else ops.permute_dims(last, axes=(1, 0))
        )
        if not (self.return_state or self.stateful):
            return output, []
        parts = [y[-1, -(k + 1) * U : y.shape[1] - k * U] for k in range(len(states))]
        return output, [ops.permute_dims(part, axes=(1, 0)) for part in parts]

    # -- configuration --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        own = super().get_config()
        return {**{k: v for k, v in self.cell.get_config().items() if k not in own}, **own}


@final
@register
class SimpleRNN(OfUnits):
    r"""
    Every output from the input of its time step and the outputs before.

    .. math:: h_t = f(x_t W + h_{t-1} R + b)

    Parameters
    ----------
    units : int
        How many outputs, U.
    activation : str or callable
        The function f.
    **options
        `use_bias`; initializers, regularizers and constraints of `kernel`, `recurrent` and `bias`;
        `dropout`, `recurrent_dropout`, `seed`; `return_sequences`, `return_state`, `go_backwards`,
        `stateful`, `zero_output_for_mask`; `name`, `dtype`, `trainable`, `input_shape`, as for
        every `Layer`. See `Cell` and `Recurrent`.

    Raises
    ------
    OptionError
        If `units` is no positive whole number, a fraction is none, or a name is unknown.
    ShapeError
        When built or called, if the input is not (N, T, I) with at least one time step, or
        `initial_state` or the mask does not fit.
    StateError
        When a stateful layer is called on a batch of another size.

    References
    ----------
    Elman, "Finding Structure in Time", 1990; with relu and an identity as `recurrent_initializer`,
    Le, Jaitly, Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units",
    2015.

    Examples
    --------
    >>> import numpy as np
    >>> SimpleRNN(4, return_sequences=True)(np.zeros((2, 5, 3))).shape
    (2, 5, 4)
    >>> SimpleRNN(1, "relu", kernel_initializer="ones", recurrent_initializer="ones")(
    ...     np.array([[[1.0], [2.0], [3.0]]])
    ... ).tolist()
    [[6.0]]
    """

    cell_class = SimpleRNNCell

    def fused(self, x: Tensor, states: list[Any]) -> Tensor | None:
        """Give all time steps' outputs, if the activation is tanh or relu."""
        cell = self.cell
        if cell.activation is not ops.tanh and cell.activation is not ops.relu:
            return None
        return ops.simple_rnn(
            x, cell.kernel, cell.recurrent_kernel, self._bias(), states[0],
            activation=cell.activation.name, label=self.path,
        )  # fmt: skip
