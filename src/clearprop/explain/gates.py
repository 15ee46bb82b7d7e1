"""What happens inside one time step of a recurrent cell, by name: its gates, carry and output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from clearprop.core.tensor import Node
from clearprop.nn.gru import GRUCell
from clearprop.nn.layers import GRU, LSTM, SimpleRNN
from clearprop.nn.lstm import LSTMCell
from clearprop.nn.recurrent_cells import Cell

__all__ = ["step_by_step"]

Steps = list[tuple[str, Node]]


def step_by_step(layer: Any, steps: Steps) -> None:
    """
    Have a recurrent layer compute one time step after another, and note each by name.

    Parameters
    ----------
    layer : Layer
        Any; those that are not recurrent are left alone.
    steps : list of (str, Node)
        What is noted: ``lstm/forget_gate@2`` is that of the second time step that was computed.
    """
    if isinstance(layer, SimpleRNN | LSTM | GRU):
        layer.__dict__["fused"] = lambda x, states: None
    if isinstance(layer, Cell):
        layer.__dict__["advance"] = _noting(layer, layer.advance, steps)


def _noting(cell: Cell, advance: Callable[..., Any], steps: Steps) -> Callable[..., Any]:
    home = cell.path.rpartition("/")[0] or cell.path
    count = 0

    def noted(*given: Any, **options: Any) -> Any:
        nonlocal count
        y, states = advance(*given, **options)
        count += 1
        for name, node in _parts(cell, y.node, [state.node for state in states]):
            steps.append((f"{home}/{name}@{count}", node))
        return y, states

    return noted


def _parts(cell: Cell, y: Node, states: list[Node]) -> Iterator[tuple[str, Node]]:
    """Name the parts of an output as its cell put it together."""
    if isinstance(cell, LSTMCell):  # y = o · tanh(c), c = f · c before + i · new
        carry = states[1]
        kept, taken = carry.inputs
        yield from [("forget_gate", kept.inputs[0]), ("input_gate", taken.inputs[0])]
        yield from [("candidate", taken.inputs[1]), ("carry", carry), ("output_gate", y.inputs[0])]
    elif isinstance(cell, GRUCell):  # y = u · y before + (1 − u) · new
        kept, taken = y.inputs
        candidate = taken.inputs[1]
        yield from [("update_gate", kept.inputs[0]), ("candidate", candidate)]
        reset = _reset_gate(candidate)
        if reset is not None:
            yield "reset_gate", reset
    yield "state", y


def _reset_gate(candidate: Node) -> Node | None:
    """Find r in tanh(x + r · h R) or tanh(x + (r · h) R)."""
    recurrent = candidate.inputs[0].inputs[1]
    product = recurrent if recurrent.op.name == "multiply" else recurrent.inputs[0]
    found = product.inputs[0]
    return found if isinstance(found, Node) else None
