"""Recurrent layers: a cell applied to one time step after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.looping import Turn, rolling
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, leaves_as_in, map_tree, unflatten
from clearprop.errors import OptionError, ShapeError, StateError
from clearprop.nn import effects
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.looped import at_once, time_first
from clearprop.nn.recurrent_cells import Cell
from clearprop.nn.registry import LAYERS, check_config, deserialize, register, serialize
from clearprop.nn.stacked_cells import StackedRNNCells
from clearprop.nn.variable import Variable

__all__ = ["RNN", "Recurrent"]


class Recurrent(Layer):
    """
    A cell applied to one time step after another, its states handed on.

    Parameters
    ----------
    cell : Layer
        With `state_size`, and ``call(x, states) -> (output, states)``.
    return_sequences : bool
        Whether to give the output of every time step, (N, T, U), or of the last, (N, U).
    return_state : bool
        Whether to give the states after the last time step too.
    go_backwards : bool
        Whether to start at the end; outputs then come in that order.
    stateful : bool
        Whether a batch starts from the states that the batch before ended with.
    unroll : bool
        Of no effect: time steps are always gone through one by one.
    zero_output_for_mask : bool
        Whether the output of a time step that does not count is zero, or that of the one before.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.
    """

    supports_masking = True

    def __init__(
        self,
        cell: Any,
        /,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.cell = cell
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.states: Any = None  # of Variables, once a stateful layer has seen a batch
        size = cell.state_size
        self._single = not isinstance(size, list | tuple)
        self.state_size: list[Any] = [size] if self._single else list(size)

    # -- shapes ---------------------------------------------------------------------------------

    def build(self, input_shape: BatchShape) -> None:
        """Build the cell for one time step."""
        self._check(input_shape)
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((None, *input_shape[2:]))

    def _check(self, shape: Sequence[int | None]) -> None:
        who, built_in = type(self).__name__, isinstance(self.cell, Cell)
        if len(shape) < 3 or (built_in and len(shape) != 3):
            mend = " A series of single numbers has one feature: x[..., None]." * (len(shape) == 2)
            raise ShapeError(
                f"{who} takes sequences, of shape (N, time steps, features); got {tuple(shape)}."
                + mend
            )
        if shape[1] == 0:
            raise ShapeError(f"{who} needs at least one time step; got shape {tuple(shape)}.")
        if built_in and not shape[2]:
            raise ShapeError(
                f"{who} needs a known number of features, at least one; got {tuple(shape)}."
            )

    @property
    def output_size(self) -> int:
        """How many numbers come out for a time step of an example."""
        size = getattr(self.cell, "output_size", None)
        if size is None:
            size = self.state_size[0]
        return int(size)

    def output_shape(self, input_shape: Any) -> Any:
        """Give (None, T, U) or (None, U); a list of that and of the states' shapes if asked for."""
        shape = as_batch_shape(input_shape)
        self._check(shape)
        time = (shape[1],) if self.return_sequences else ()
        y = (None, *time, self.output_size)
        if not self.return_state:
            return y
        return [y, *map_tree(lambda size: (None, int(size)), self.state_size)]

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Hand the mask on with whole sequences alone."""
        own = mask[0] if isinstance(mask, list | tuple) else mask
        own = own if self.return_sequences else None
        return [own, *(None for _ in self.state_size)] if self.return_state else own

    # -- states ---------------------------------------------------------------------------------

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Give the states that a batch starts from: zeros, if the cell says nothing else."""
        make = getattr(self.cell, "get_initial_state", None)
        if make is None:
            return [np.zeros((batch_size, size), self._dtype) for size in self.state_size]
        made = make(batch_size=batch_size)
        return list(made) if isinstance(made, list | tuple) else [made]

    def reset_state(self) -> None:
        """Have the next batch start from zeros."""
        for state in flatten(self.states)[0] if self.states is not None else []:
            effects.replace(state, Tensor(Node(np.zeros(state.shape, state.dtype))))

    def reset_states(self) -> None:
        """Have the next batch start from zeros; `reset_state` by another name."""
        self.reset_state()

    def _first_states(self, batch: int, initial_state: Any) -> Any:
        """Give the states to start from, in the form of the cell's."""
        if initial_state is not None:
            return self._given(batch, initial_state)
        if not self.stateful or not effects.remembered():
            return self.get_initial_state(batch)
        if self.states is None:
            self.states = map_tree(
                lambda zeros: Variable(np.array(zeros), path=f"{self.path}/state", trainable=False),
                self.get_initial_state(batch),
            )
        first = flatten(self.states)[0][0]
        if first.shape[0] != batch:
            raise StateError(
                f"{self.name!r} is stateful and remembers a batch of {first.shape[0]}; got one of"
                f" {batch}. Give batches of one size (drop the rest), or call forget_batch()"
                " first."
            )
        return map_tree(lambda state: Tensor(Node(state.node.data)), self.states)

    def forget_batch(self) -> None:
        """Forget states and the size of the batch, so that one of another size may follow."""
        self.states = None

    def _given(self, batch: int, initial_state: Any) -> Any:
        form = self.get_initial_state(batch)
        given = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
        wanted, got = flatten(form)[0], flatten(given)[0]
        shapes = [tuple(x.shape) for x in wanted]
        if [tuple(np.shape(x)) for x in got] != shapes:
            raise ShapeError(
                f"{type(self).__name__}: initial_state has shapes"
                f" {[tuple(np.shape(x)) for x in got]}; it must be a list of"
                f" {len(shapes)} of shapes {shapes}."
            )
        return unflatten(flatten(form)[1], [self.enters(x) for x in got])

    # -- computing ------------------------------------------------------------------------------

    def call(
        self, sequence: Tensor, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Go through the time steps of (N, T, ...)."""
        self._check(sequence.shape)
        mask = self._checked_mask(mask, sequence.shape)
        states = self._first_states(sequence.shape[0], initial_state)
        self._forget_dropped()
        outputs, states = self._through(sequence, states, mask, training)
        self._forget_dropped()
        if self.stateful and effects.remembered():
            for variable, state in zip(flatten(self.states)[0], flatten(states)[0], strict=True):
                effects.replace(variable, state.detach())
        return (outputs, *states) if self.return_state else outputs

    def _through(self, x: Tensor, states: Any, mask: Any, training: bool) -> tuple[Any, Any]:
        """Give the outputs asked for, and the states at the end; one time step after another."""
        cell: Any = self.cell
        steps = time_first(x)
        if built_in := isinstance(cell, Cell):
            steps = cell.project(steps, training)
        options = {"training": training} if getattr(cell, "_takes_training", False) else {}

        def turn(now: list[Any], states: Any) -> tuple[Any, Any]:
            step, *counts = now
            if built_in:
                y, after = cell.advance(step, states, training)
            else:
                y, after = self._of_own_cell(cell, step, states, options)
            return self._held(counts[0], y, after, states) if counts else (y, after)

        if rolling():
            made = self._at_once(turn, steps, states, mask)
            if made is not None:
                return made
            self._forget_dropped()
        outputs: list[Any] = []
        times = range(x.shape[1])
        for t in reversed(times) if self.go_backwards else times:
            counts = [] if mask is None else [mask[:, t : t + 1]]
            y, states = turn([steps[t], *counts], states)
            if isinstance(y, Tensor) and y.node.name is None:
                y.node.name = f"{self.path}/h_{t}"
            if self.return_sequences:
                outputs.append(y)
        return (ops.stack(outputs, axis=1) if self.return_sequences else y), states

    def _at_once(self, turn: Turn, steps: Tensor, states: Any, mask: Any) -> Any:
        """Give outputs and states of all steps taken as one loop, if that can be."""
        sequences = [steps]
        if mask is not None:
            sequences.append(ops.expand_dims(time_first(mask), axis=-1))
        whole = self.return_sequences
        made = at_once(turn, sequences, states, reverse=self.go_backwards, whole=whole)
        if made is None or not whole:
            return made
        y, last = made
        y = time_first(y)
        return (ops.flip(y, axis=1) if self.go_backwards else y), last

    def _of_own_cell(self, cell: Any, x: Tensor, states: Any, options: dict[str, Any]) -> Any:
        """Call a cell that somebody else wrote."""
        y, after = (cell if callable(cell) else cell.call)(x, states, **options)
        after = list(after) if isinstance(after, list | tuple) else [after]
        if len(after) != len(states):
            raise ShapeError(
                f"the cell {type(cell).__name__} gave {len(after)} states; its state_size says"
                f" {len(states)}."
            )
        return y, after

    def _held(self, counts: Tensor, y: Tensor, after: Any, before: Any) -> tuple[Tensor, Any]:
        """Keep output and states as they were where a time step, by (N, 1), does not count."""

        def chosen(new: Any, old: Any) -> Any:
            more = new.ndim - counts.ndim
            there = ops.reshape(counts, shape=(-1, *(1,) * (more + 1))) if more else counts
            return ops.where(there, new, old)

        news, form = flatten(after)
        held = [chosen(*each) for each in zip(news, leaves_as_in(form, before), strict=True)]
        states = unflatten(form, held)
        if self.zero_output_for_mask:
            return chosen(y, 0.0), states
        if y is news[0] and not isinstance(after[0], list | tuple):
            return held[0], states
        last = before[-1] if isinstance(before[0], list | tuple) else before
        return chosen(y, flatten(last)[0][0]), states

    def _checked_mask(self, mask: Any, shape: tuple[int, ...]) -> Any:
        if isinstance(mask, list | tuple):
            mask = mask[0]
        if mask is None:
            return None
        if tuple(mask.shape) != shape[:2]:
            raise ShapeError(
                f"{type(self).__name__}: the mask has shape {tuple(mask.shape)}; for sequences of"
                f" shape {shape} it must be {shape[:2]}."
            )
        return mask if mask.dtype == bool else ops.not_equal(mask, 0)

    def _forget_dropped(self) -> None:
        for cell in (self.cell, *getattr(self.cell, "cells", ())):
            if isinstance(cell, Cell):
                cell.reset_dropout_mask()
                cell.reset_recurrent_dropout_mask()

    # -- configuration --------------------------------------------------------------------------

    def describe(self) -> str:
        """Say which cell it has."""
        return f"{type(self).__name__}, {self.output_size} units"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one, but for its cell."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
        }


@final
@register
class RNN(Recurrent):
    """
    A cell of your own, or several on top of each other, applied to one time step after another.

    Parameters
    ----------
    cell : Layer, or list of Layer
        With an attribute `state_size`, a whole number or a list of such, and a method
        ``call(x, states) -> (output, states)``.
    **options
        `return_sequences`, `return_state`, `go_backwards`, `stateful`, `zero_output_for_mask`, and
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `cell` has no `call` or no `state_size`.
    ShapeError
        When built or called, if the input is not (N, T, ...) with at least one time step.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn import SimpleRNNCell
    >>> cells = [SimpleRNNCell(4), SimpleRNNCell(2)]
    >>> y, *states = RNN(cells, return_state=True)(np.zeros((3, 5, 1)))
    >>> y.shape, [s[0].shape for s in states]
    ((3, 2), [(3, 4), (3, 2)])
    """

    def __init__(self, cell: Any, **options: Any) -> None:
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        for needed in ("call", "state_size"):
            if not hasattr(cell, needed):
                raise OptionError(
                    f"RNN: a cell needs {needed!r}; {cell!r} has none. See SimpleRNNCell."
                )
        super().__init__(cell, **options)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "cell": serialize(self.cell)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> RNN:
        """Make a layer from `get_config`'s data."""
        own = check_config(cls, config)
        return cls(**{**own, "cell": deserialize(own["cell"], LAYERS, "layer")})
