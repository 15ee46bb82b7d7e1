"""A model run with values in place of arrays, and left as it was."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.looping import Turn, rolling_by
from clearprop.core.namespaces import computing_with, no_grad
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.engines.compiled.program import NotCompilable, Value, in_order
from clearprop.engines.compiled.trace.building import as_kind, as_value
from clearprop.engines.compiled.trace.limits import limits_of
from clearprop.engines.compiled.trace.namespace import COMPILER
from clearprop.engines.compiled.trace.rolling import roll
from clearprop.engines.compiled.trace.scan import without_idle_parts
from clearprop.engines.compiled.trace.traced import RATE, STEP, Drawn, Held, Traced
from clearprop.engines.engine import Beside, Leaf, Meter, Task
from clearprop.errors import ClearpropError, Told
from clearprop.lang import detail, told

__all__ = ["Trace", "tracing", "undisturbed"]

Array: TypeAlias = Any
Tree: TypeAlias = Any

_DOUBLE = np.dtype(np.float64)


class Trace:
    """What is known of a step while it is traced."""

    def __init__(self, beside: Beside, leaves: Sequence[Leaf]) -> None:
        self.beside, self.traced = beside, Traced()
        held = {id(leaf): leaf for leaf in [*beside.variables, *leaves]}
        self.variables = list(held.values())
        self.first = [leaf.node for leaf in self.variables]
        self.places: dict[Value, int] = {}  # of states
        self.given: dict[int, Node] = {}  # by variable
        self.starts: dict[str, int] = {}
        self.replaced = 0
        self.rate = Value("", (), {}, (), np.float64, kind="scalar", name=RATE, weak=True)
        self.step = Value("", (), {}, (), np.float64, kind="scalar", name=STEP, weak=True)

    def state(self, held: Held, array: Array) -> Value:
        """Add a state."""
        array = np.asarray(array)
        name = f"{held.path}/{held.name}" if held.leaf is None else held.leaf.path
        value = Value("", (), {}, array.shape, array.dtype, kind="state", name=name)
        self.places[value] = len(self.traced.states)
        self.traced.states.append(held)
        self.traced.program.states.append(value)
        self.traced.program.after.append(value)
        return value

    def becomes(self, state: Value, new: Array) -> None:
        """Say what a state is after the step."""
        value = as_value(new)
        if value.weak:
            value = as_kind(value, state.dtype)
        if value.shape != state.shape or value.dtype != state.dtype:
            raise NotCompilable(told("compiling.other_kind", name=state.name))
        self.traced.program.after[self.places[state]] = value

    def hand_out(self) -> None:
        """Put leaves of the program under the handles of all variables."""
        for leaf, node in zip(self.variables, self.first, strict=True):
            value = self.state(Held(leaf, "", ""), node.data)
            leaf.node = self.given[id(leaf)] = _node(value, node)

    def give_back(self) -> None:
        """Put under the handles what was there before."""
        for leaf, node in zip(self.variables, self.first, strict=True):
            leaf.node = node

    def replace(self, variable: Any, value: Tensor) -> None:
        """Keep what a layer makes of a variable: it is that for the rest of the step."""
        if id(variable) not in self.given:
            raise NotCompilable(told("compiling.new_state", path=variable.path))
        variable.node = _node(value.node.data, variable.node)
        self.replaced += 1

    def draw(
        self, path: str, seed: int | None, number: int, kind: str, shape: Any, rate: float
    ) -> Value:
        """Give a leaf for what a layer draws."""
        offset = number - self.starts.setdefault(path, number)
        traced = self.traced
        traced.draws.append(Drawn(path, seed, offset, kind, tuple(shape), rate))
        traced.drawn_per_step[path] = offset + 1
        value = _leaf(np.bool if kind == "keep" else np.float64, shape, "draw", f"{path}/{kind}")
        traced.program.draws.append(value)
        return value

    def roll(
        self, turn: Turn, sequences: Sequence[Any], states: Any, *, reverse: bool, whole: bool
    ) -> tuple[Any, Any] | None:
        """Make one loop of steps that are all the same, if they are."""
        drawn, counts = len(self.traced.draws), self.counts()
        known = dict(self.starts), dict(self.traced.drawn_per_step)
        nodes = [leaf.node for leaf in self.variables]
        made = roll(
            turn, sequences, states, reverse=reverse, whole=whole,
            effects=lambda: (len(self.traced.draws), self.replaced),
        )  # fmt: skip
        if made is None:
            del self.traced.draws[drawn:], self.traced.program.draws[drawn:]
            self.starts, self.traced.drawn_per_step = known
            self.set_counts(counts)
            for leaf, node in zip(self.variables, nodes, strict=True):
                leaf.node = node
        return made

    def counts(self) -> dict[str, int]:
        """Tell how often each layer has drawn."""
        return {path: counter.step for path, counter in self.beside.counters.items()}

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Let layers have drawn as often as they had."""
        for path, count in counts.items():
            self.beside.counters[path].step = count

    def take(self, x: Tree, *others: Tree) -> list[Tree]:
        """Give the inputs as tensors, and the other trees as they are, of leaves of the program."""
        made = []
        for tree, name in zip((x, *others), ("x", "y", "weight"), strict=False):
            arrays, form = flatten(tree)
            values = [_leaf(each.dtype, each.shape, "data", name) for each in arrays]
            self.traced.program.data += values
            given = [Tensor(_node(value)) for value in values] if name == "x" else values
            made.append(unflatten(form, given) if arrays else tree)
        return made

    def tell(self, loss: Any) -> None:
        """Make the loss the first result."""
        value = as_value(loss)
        self.traced.program.results.append(value.reshape(()) if value.shape else value)

    def measure(self, task: Task, output: Any, targets: Any, weights: Any, *, summed: bool) -> None:
        """Make what meters want further results: sums, or predictions and their masks."""
        if not task.meters:
            return
        traced, results = self.traced, self.traced.program.results
        with no_grad():
            prediction = task.predict(output)
            for meter in task.meters if summed else ():
                found = _sums(meter, targets, prediction, weights)
                traced.sums.append(None if found is None else len(results))
                results += found or ()
        if traced.sums and None not in traced.sums:
            return
        made, form = flatten(prediction)
        masks, form_of_masks = flatten(self.beside.mask_of(prediction))
        results += [as_value(each.node.data) for each in [*made, *masks]]
        traced.form = (form, form_of_masks if masks else None)

    def done(self) -> Traced:
        """Say what has become of the variables, and which scalars were used."""
        program = self.traced.program
        for leaf, state in zip(self.variables, list(program.states), strict=False):
            if leaf.node.data is not state:
                self.becomes(state, leaf.node.data)
        without_idle_parts(program)
        used = set(in_order(program.outputs))
        program.scalars = [each for each in (self.rate, self.step) if each in used]
        self.traced.scalars = [each.name for each in program.scalars]
        self.traced.limits = limits_of(program)
        return self.traced


def _sums(meter: Meter, targets: Any, prediction: Any, weights: Any) -> list[Value] | None:
    """Ask a meter what a step adds, if it can say that without looking at numbers."""
    try:
        found = meter.sums(COMPILER, targets, prediction, weights)
    except _SAID_AT_THE_TIME:
        return None
    return None if found is None else [as_kind(each, _DOUBLE) for each in found]


def _leaf(dtype: Any, shape: Any, kind: Any, name: str) -> Value:
    return Value("", (), {}, tuple(shape), dtype, kind=kind, name=name)


def _node(value: Any, like: Node | None = None) -> Node:
    node = Node(value)
    if like is not None:
        node.name, node.needs_grad = like.name, like.needs_grad
    return node


_ONE_AT_A_TIME = threading.RLock()  # for what is under the variables' handles meanwhile


def undisturbed() -> contextlib.AbstractContextManager[Any]:
    """
    Keep other threads from tracing for a while.

    Whoever computes with a model in one thread while it is traced in another may find values
    under its variables' handles, which raises `NotCompilable`; within this it cannot happen.
    """
    return _ONE_AT_A_TIME


_SAID_AT_THE_TIME = (
    ClearpropError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError,
    NotImplementedError,
)  # fmt: skip


@contextlib.contextmanager
def tracing(beside: Beside | None, leaves: Sequence[Leaf]) -> Iterator[Trace]:
    """Compute with values instead of arrays, and leave everything as it was."""
    if beside is None:
        raise NotCompilable(told("compiling.silent_task"))
    with _ONE_AT_A_TIME, contextlib.ExitStack() as stack:
        trace = Trace(beside, leaves)
        counts = trace.counts()
        try:
            stack.enter_context(computing_with(COMPILER))
            stack.enter_context(beside.replacing_by(trace.replace))
            stack.enter_context(beside.drawing_from(trace.draw))
            stack.enter_context(rolling_by(trace.roll))
            trace.hand_out()
            yield trace
        except NotCompilable:
            raise
        except _SAID_AT_THE_TIME as error:  # which the eager engine will raise too, if it is one
            raise _not_compilable(error) from error
        finally:
            trace.give_back()
            trace.set_counts(counts)


def _not_compilable(error: Exception) -> NotCompilable:
    said = detail(error)
    if not (isinstance(said, Told) and said.key.startswith("compiling.")):
        said = told("compiling.answered", error=said)
    made = NotCompilable(said)
    for note in getattr(error, "__notes__", ()):
        made.add_note(note)
    return made
