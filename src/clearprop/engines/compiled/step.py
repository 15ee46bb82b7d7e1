"""A step of training, judging or asking a model, said as a program."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, no_grad, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.engines.compiled.building import as_kind, as_value, constant
from clearprop.engines.compiled.limits import limits_of
from clearprop.engines.compiled.namespace import COMPILER
from clearprop.engines.compiled.program import NotCompilable, Program, Value, in_order
from clearprop.engines.compiled.scan import without_idle_parts
from clearprop.engines.engine import Beside, Leaf, Meter, Rule, Task
from clearprop.errors import ClearpropError

__all__ = ["Drawn", "Held", "Traced", "trace_evaluation", "trace_prediction", "trace_training"]

Array: TypeAlias = Any
Tree: TypeAlias = Any

_DOUBLE = np.dtype(np.float64)
RATE, STEP = "lr", "step"  # the scalars of a step


class Held(NamedTuple):
    """What a state of a program is: a variable, or what an optimizer remembers of one by name."""

    leaf: Leaf | None
    path: str
    name: str


class Drawn(NamedTuple):
    """What a layer draws at random in a step; `offset` counts its draws in one step."""

    path: str
    seed: int | None
    offset: int
    kind: str
    shape: tuple[int, ...]
    rate: float


@dataclass
class Traced:
    """
    A program, and what its leaves and results are.

    Attributes
    ----------
    program : Program
        Its data are the arrays of inputs, targets and weights, as `flatten` lists them; its first
        result is the loss, unless nothing but predictions was asked for.
    states : list of Held
        By state of the program.
    draws : list of Drawn
        By draw of the program.
    drawn_per_step : dict of str to int
        How often each layer draws, by path.
    scalars : list of str
        By scalar of the program: "lr" or "step".
    unreached : set of str
        Paths of weights that the loss does not depend on.
    form : (form, form)
        Of the predictions, and of their masks, among the results; None for what there is not.
    sums : list of (int or None)
        By meter, which of the results is what the step adds to its sum; the next one is what it
        adds to its count. None for a meter that has to see the predictions. Empty unless sums were
        asked for: then all have to.
    limits : list of (int, int, int)
        For an entry of the data, by its place: its whole numbers must be at least the one and
        below the other, or the program would read something else than they say.
    """

    program: Program = field(default_factory=Program)
    states: list[Held] = field(default_factory=list)
    draws: list[Drawn] = field(default_factory=list)
    drawn_per_step: dict[str, int] = field(default_factory=dict)
    scalars: list[str] = field(default_factory=list)
    unreached: set[str] = field(default_factory=set)
    form: tuple[Any, Any] = (None, None)
    sums: list[int | None] = field(default_factory=list)
    limits: list[tuple[int, int, int]] = field(default_factory=list)


def trace_training(
    task: Task, x: Tree, y: Tree, weight: Tree, *, summed: bool = False
) -> Traced:
    """
    Say a step of training: forward, loss, gradients, and what becomes of the weights.

    Parameters
    ----------
    task : Task
    x, y, weight : array or tree of arrays
        One batch; shapes and kinds of numbers are read, values are not.
    summed : bool
        Whether meters are to be told sums instead of predictions, where they can do with those.

    Raises
    ------
    NotCompilable
        If the step decides something by computed numbers, or does what has no primitives.
    """
    if task.rule is None:
        raise NotCompilable("training without an optimizer")
    with _tracing(task.beside, task.leaves) as trace, recording():
        inputs, targets, weights = trace.take(x, y, weight)
        output = task.forward(inputs, True)
        loss = task.loss(targets, output, weights)
        trace.tell(loss.node.data)
        trace.measure(task, output, targets, weights, summed=summed)
        _descend(trace, task, task.rule, loss.node)
        return trace.done()


def trace_evaluation(
    task: Task, x: Tree, y: Tree, weight: Tree, *, summed: bool = False
) -> Traced:
    """
    Say a step of judging: forward and loss; nothing is changed.

    Parameters
    ----------
    task : Task
    x, y, weight : array or tree of arrays
        One batch.
    summed : bool
        As for training.

    Raises
    ------
    NotCompilable
        If it cannot be said.
    """
    with _tracing(task.beside, task.leaves) as trace, no_grad():
        inputs, targets, weights = trace.take(x, y, weight)
        output = task.forward(inputs, False)
        trace.tell(task.loss(targets, output, weights).node.data)
        trace.measure(task, output, targets, weights, summed=summed)
        return trace.done()


def trace_prediction(forward: Callable[[Any, bool], Any], beside: Beside | None, x: Tree) -> Traced:
    """
    Say what a model makes of a batch; the results are the leaves of that alone.

    Parameters
    ----------
    forward : callable ``(x, training) -> Tensor``
    beside : Beside or None
    x : array or tree of arrays
        One batch.

    Raises
    ------
    NotCompilable
        If it cannot be said.
    """
    with _tracing(beside, ()) as trace, no_grad():
        (inputs,) = trace.take(x)
        made, form = flatten(forward(inputs, False))
        trace.traced.program.results += [as_value(each.node.data) for each in made]
        trace.traced.form = (form, None)
        return trace.done()


class _Trace:
    """What is known of a step while it is traced."""

    def __init__(self, beside: Beside, leaves: Sequence[Leaf]) -> None:
        self.beside, self.traced = beside, Traced()
        held = {id(leaf): leaf for leaf in [*beside.variables, *leaves]}
        self.variables = list(held.values())
        self.first = [leaf.node for leaf in self.variables]
        self.places: dict[Value, int] = {}  # of states
        self.given: dict[int, Node] = {}  # by variable
        self.starts: dict[str, int] = {}
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
            raise NotCompilable(f"a {state.name} that becomes another kind of array in a step")
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
        variable.node = _node(value.node.data, variable.node)

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

    def measure(
        self, task: Task, output: Any, targets: Any, weights: Any, *, summed: bool
    ) -> None:
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

_SAID_AT_THE_TIME = (
    ClearpropError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError,
    NotImplementedError,
)  # fmt: skip


@contextlib.contextmanager
def _tracing(beside: Beside | None, leaves: Sequence[Leaf]) -> Iterator[_Trace]:
    """Compute with values instead of arrays, and leave everything as it was."""
    if beside is None:
        raise NotCompilable("a task that does not say what it changes beside its result")
    with _ONE_AT_A_TIME, contextlib.ExitStack() as stack:
        counts = {path: counter.step for path, counter in beside.counters.items()}
        trace = _Trace(beside, leaves)
        try:
            stack.enter_context(computing_with(COMPILER))
            stack.enter_context(beside.replacing_by(trace.replace))
            stack.enter_context(beside.drawing_from(trace.draw))
            trace.hand_out()
            yield trace
        except NotCompilable:
            raise
        except _SAID_AT_THE_TIME as error:  # which the eager engine will raise too, if it is one
            raise _not_compilable(error) from error
        finally:
            trace.give_back()
            for path, count in counts.items():
                beside.counters[path].step = count


def _not_compilable(error: Exception) -> NotCompilable:
    made = NotCompilable(f"what answers: {error}")
    for note in getattr(error, "__notes__", ()):
        made.add_note(note)
    return made


def _descend(trace: _Trace, task: Task, rule: Rule, loss: Node) -> None:
    """Let every weight follow its gradient, as the eager engine does."""
    if not loss.needs_grad:
        return
    scale = rule.loss_scale_factor
    seed = constant(np.asarray(1 if scale is None else scale, loss.data.dtype))
    leaves = task.leaves
    gradients = walk(loss, seed, [trace.given[id(leaf)] for leaf in leaves], COMPILER, plain)
    if scale is not None:
        gradients = [None if g is None else g / scale for g in gradients]
    states = _remembered(trace, task, rule, gradients)
    weights = [leaf.node.data for leaf in leaves]
    moved = rule.moves(
        COMPILER,
        leaves,
        weights,
        gradients,
        states,
        trace.step,
        trace.rate,  # type: ignore[arg-type]
    )
    for i, w, state in list(moved):
        trace.replace(leaves[i], Tensor(Node(w)))
        for name, value in state.items():
            trace.becomes(states[leaves[i].path][name], value)


def _remembered(
    trace: _Trace, task: Task, rule: Rule, gradients: Sequence[Any]
) -> Mapping[str, dict[str, Value]]:
    """Make states of what the optimizer remembers of the weights that have gradients."""
    states = {}
    arrays = {id(leaf): node.data for leaf, node in zip(trace.variables, trace.first, strict=True)}
    for leaf, g in zip(task.leaves, gradients, strict=True):
        if g is None:
            trace.traced.unreached.add(leaf.path)
            continue
        known = task.memory.states.get(leaf.path)
        if known is None:
            known = rule.start(NUMPY, arrays[id(leaf)])
        states[leaf.path] = {
            name: trace.state(Held(None, leaf.path, name), array) for name, array in known.items()
        }
    return states
