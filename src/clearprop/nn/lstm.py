"""Long short-term memory: a recurrent layer whose carry is kept and changed by gates."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.nn.activations import get_activation, written
from clearprop.nn.first_values import drawn_here
from clearprop.nn.recurrent_cells import Cell
from clearprop.nn.recurrent_units import OfUnits
from clearprop.nn.registry import register

__all__ = ["LSTM", "LSTMCell"]


@final
@register
class LSTMCell(Cell):
    """
    One time step of `LSTM`; the gates stand side by side: input, forget, candidate, output.

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable
        The function of the candidate and of the carry.
    recurrent_activation : str or callable
        The function of the gates.
    unit_forget_bias : bool
        Whether the bias of the forget gate starts as 1.
    **options
        The same as of `LSTM`, but for those of sequences.

    Examples
    --------
    >>> import numpy as np
    >>> cell = LSTMCell(2)
    >>> y, (h, c) = cell(np.zeros((1, 3)), [np.zeros((1, 2)), np.ones((1, 2))])
    >>> np.round(c.numpy(), 3).tolist()
    [[0.731, 0.731]]
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        unit_forget_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(units, activation, **options)
        self.recurrent_activation = get_activation(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    @property
    def state_size(self) -> list[int]:
        """How many numbers output and carry have for an example."""
        return [self.units, self.units]

    def build(self, input_shape: Any) -> None:
        """Make the weights; the forget gate's bias starts as 1."""
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias and drawn_here():
            start = np.array(self.bias.data)
            start[self.units : 2 * self.units] = 1
            self.bias.assign(start)

    def advance(
        self, z: Tensor, states: list[Any], training: bool = False
    ) -> tuple[Any, list[Any]]:
        """Compute the output, and output and carry as states."""
        h, c = states
        if training and self.recurrent_dropout:
            own = zip(self.by_gate(z), self.recur(h, training), strict=True)
            sums = [ops.add(a, b) for a, b in own]
        else:
            sums = self.by_gate(ops.add(z, ops.matmul(h, self.recurrent_kernel)))
        i, f = self.recurrent_activation(sums[0]), self.recurrent_activation(sums[1])
        c = ops.add(ops.multiply(f, c), ops.multiply(i, self.activation(sums[2])))
        y = ops.multiply(self.recurrent_activation(sums[3]), self.activation(c))
        return y, [y, c]

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a cell like this one."""
        return {
            **super().get_config(),
            "recurrent_activation": written(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }


@final
@register
class LSTM(OfUnits):
    r"""
    Long short-term memory: gates say what the carry keeps, takes in and gives out.

    .. math:: i, f, o = \sigma(x_t W_\cdot + h_{t-1} R_\cdot + b_\cdot) \qquad
        c_t = f c_{t-1} + i \tanh(x_t W_c + h_{t-1} R_c + b_c) \qquad h_t = o \tanh c_t

    Parameters
    ----------
    units : int
        How many outputs, U.
    activation : str or callable
        The function in place of tanh.
    recurrent_activation : str or callable
        The function of the gates, in place of the sigmoid.
    unit_forget_bias : bool
        Whether the bias of the forget gate starts as 1.
    **options
        `use_bias`; initializers, regularizers and constraints of `kernel`, `recurrent` and `bias`;
        `dropout`, `recurrent_dropout`, `seed`; `return_sequences`, `return_state`, `go_backwards`,
        `stateful`, `zero_output_for_mask`; `name`, `dtype`, `trainable`, `input_shape`, as for
        every `Layer`. See `Cell` and `Recurrent`.

    Raises
    ------
    OptionError, ShapeError, StateError
        As `SimpleRNN` does.

    References
    ----------
    Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997; Gers, Schmidhuber, Cummins, "Learning
    to Forget", 2000; Jozefowicz, Zaremba, Sutskever, "An Empirical Exploration of Recurrent
    Network Architectures", 2015, for the bias of 1.

    Examples
    --------
    >>> import numpy as np
    >>> y, h, c = LSTM(4, return_sequences=True, return_state=True)(np.zeros((2, 5, 3)))
    >>> y.shape, h.shape, c.shape
    ((2, 5, 4), (2, 4), (2, 4))
    """

    cell_class = LSTMCell

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        unit_forget_bias: bool = True,
        **options: Any,
    ) -> None:
        self._of_cell = {
            "recurrent_activation": recurrent_activation,
            "unit_forget_bias": unit_forget_bias,
        }
        super().__init__(units, activation, **options)

    def fused(self, x: Tensor, states: list[Any]) -> Tensor | None:
        """Give all time steps' gates and states, with the usual functions."""
        cell = self.cell
        if cell.activation is not ops.tanh or cell.recurrent_activation is not ops.sigmoid:
            return None
        return ops.lstm(
            x, cell.kernel, cell.recurrent_kernel, self._bias(), *states, label=self.path
        )
