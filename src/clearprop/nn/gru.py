"""Gated recurrent units: a recurrent layer whose output is itself kept and changed by gates."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.nn.activations import get_activation, written
from clearprop.nn.recurrent_cells import Cell
from clearprop.nn.recurrent_units import OfUnits
from clearprop.nn.registry import register

__all__ = ["GRU", "GRUCell"]


@final
@register
class GRUCell(Cell):
    """
    One time step of `GRU`; the gates stand side by side: update, reset, candidate.

    Parameters
    ----------
    units : int
        How many outputs.
    activation : str or callable
        The function of the candidate.
    recurrent_activation : str or callable
        The function of the gates.
    reset_after : bool
        Whether the reset gate works on what comes of the output before, or on that output itself.
    **options
        The same as of `GRU`, but for those of sequences.

    Examples
    --------
    >>> import numpy as np
    >>> y, (h,) = GRUCell(2)(np.zeros((1, 3)), [np.ones((1, 2))])
    >>> y.shape
    (1, 2)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        reset_after: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(units, activation, **options)
        self.recurrent_activation = get_activation(recurrent_activation)
        self.reset_after = bool(reset_after)

    def bias_shape(self) -> tuple[int, ...]:
        """Give the shape of the bias: with `reset_after`, that of the output before is apart."""
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def input_bias(self) -> Any:
        """Give the bias that is added to what comes of the inputs."""
        return self.bias[0] if self.bias is not None and self.reset_after else self.bias

    def advance(
        self, z: Tensor, states: list[Any], training: bool = False
    ) -> tuple[Any, list[Any]]:
        """Compute the output, which is the state too."""
        (h,) = states
        own = self.by_gate(z)
        if self.reset_after:
            back = self.recur(h, training)
            if self.bias is not None:
                biases = self.by_gate(self.bias[1])
                back = [ops.add(x, b) for x, b in zip(back, biases, strict=True)]
        else:
            kernels = self.by_gate(self.recurrent_kernel)
            came = self.came_back(h, training)
            back = [ops.matmul(came[k], kernels[k]) for k in range(2)]
        update = self.recurrent_activation(ops.add(own[0], back[0]))
        reset = self.recurrent_activation(ops.add(own[1], back[1]))
        if self.reset_after:
            recurrent = ops.multiply(reset, back[2])
        else:
            recurrent = ops.matmul(ops.multiply(reset, came[2]), kernels[2])
        new = self.activation(ops.add(own[2], recurrent))
        y = ops.add(ops.multiply(update, h), ops.multiply(ops.subtract(1, update), new))
        return y, [y]

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a cell like this one."""
        return {
            **super().get_config(),
            "recurrent_activation": written(self.recurrent_activation),
            "reset_after": self.reset_after,
        }


@final
@register
class GRU(OfUnits):
    r"""
    Gated recurrent units: an update gate mixes the output before with a candidate.

    .. math:: z, r = \sigma(x_t W_\cdot + h_{t-1} R_\cdot + b_\cdot) \qquad
        n = \tanh(x_t W_n + b_n + r (h_{t-1} R_n + b_n')) \qquad h_t = z h_{t-1} + (1 - z) n

    Parameters
    ----------
    units : int
        How many outputs, U.
    activation : str or callable
        The function in place of tanh.
    recurrent_activation : str or callable
        The function of the gates, in place of the sigmoid.
    reset_after : bool
        Whether the reset gate works on what comes of the output before, as in the formula, or on
        that output itself.
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
    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
    Translation", 2014; there, the reset gate works on the output itself, and the update gate the
    other way round.

    Examples
    --------
    >>> import numpy as np
    >>> GRU(4)(np.zeros((2, 5, 3))).shape
    (2, 4)
    """

    cell_class = GRUCell

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        reset_after: bool = True,
        **options: Any,
    ) -> None:
        self._of_cell = {"recurrent_activation": recurrent_activation, "reset_after": reset_after}
        super().__init__(units, activation, **options)

    def fused(self, x: Tensor, states: list[Any]) -> Tensor | None:
        """Give all time steps' gates and outputs, with the usual functions."""
        cell = self.cell
        usual = cell.activation is ops.tanh and cell.recurrent_activation is ops.sigmoid
        if not (usual and cell.reset_after):
            return None
        return ops.gru(
            x, cell.kernel, cell.recurrent_kernel, self._bias(), *states, label=self.path
        )
