"""A network run once with everything recorded and named: forward, loss, gradients and updates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.tape import Backward
from clearprop.core.tensor import RECORDED, Node, Tensor, leaf
from clearprop.core.tree import flatten, unflatten
from clearprop.errors import StateError
from clearprop.explain.addresses import Address
from clearprop.explain.doubled import observed
from clearprop.explain.explanation import State, Step
from clearprop.explain.labels import SAMPLE_LOSS, labelled
from clearprop.explain.naming import AT, Index, Name, Names, gradient_name, latex_of
from clearprop.explain.settings import name_bias_corrections, named_rule
from clearprop.explain.tensors import (
    add_fused,
    by_sample,
    of_calls,
    parts_of,
    passes_on,
    reached,
)
from clearprop.explain.weighted import Weighted
from clearprop.lang import told

__all__ = ["Recording", "record"]


class Recording:
    """
    Every tensor of one training step, by address.

    Attributes
    ----------
    forward : dict of str to Node
        ``x``, ``dense/kernel``, ``dense/sum``, ``dense/output``, ``loss``.
    gradients : dict of str to Node
        By the same addresses, where the loss depends on them.
    names : Names
    facts : dict
        What the numbers belong to.
    inputs, results : tuple of str
        The addresses of what goes in and of what comes out.
    weighted : weighted.Weighted or None
        The loss with weights for the samples, where there are targets.
    changing : set of str
        The layers that gave other numbers than they were given, by path.
    """

    def __init__(self, forward: dict[str, Node], names: Names, facts: dict[str, Any]) -> None:
        self.forward, self.names, self.facts = forward, names, facts
        self.inputs: tuple[str, ...] = ("x",)
        self.results: tuple[str, ...] = ()
        self.weighted: Any = None
        self.changing: set[str] = set()
        self.gradients: dict[str, Node] = {}
        self.updates: dict[str, Node] = {}

    def walk_back(self) -> None:
        """Record the backward pass, from the loss to everything that has a name."""
        loss = self.forward["loss"]
        nodes = {
            a: n
            for a, n in self.forward.items()
            if n.needs_grad and n is not loss and a != SAMPLE_LOSS
        }
        one = self.gradients["loss"] = Node(np.ones_like(loss.data))  # ∂E/∂E
        self.names.table[one] = gradient_name(self.names.table[loss], self.names.table[loss].symbol)
        walk = Backward(loss, Tensor(Node(np.ones_like(loss.data))), list(nodes.values()))
        with recording():
            for i, (address, node) in enumerate(nodes.items()):
                walk.record(0)
                found = walk.recorded[i] if walk.recorded else None
                if found is not None:
                    self.gradients[address] = found.node
                    self.names.learn_walk(walk, found.node, node)

    def update(self, rule: Any, memory: Any, leaves: Sequence[Any]) -> None:
        """
        Record what an optimizer would make of every weight.

        Parameters
        ----------
        rule : Optimizer
        memory : engines.Memory
            What it remembers.
        leaves : sequence of Variable
            The weights that are trained.
        """
        rate = leaf(np.asarray(float(rule.rate(memory.step))), name="lr", requires_grad=False)
        leaves = [each for each in leaves if each.path in self.gradients]
        with computing_with(NUMPY), recording():
            states = {each.path: _state(rule, memory, each.path, each) for each in leaves}
            gradients = [Tensor(self.gradients[each.path]) for each in leaves]
            named, step, names = named_rule(rule, memory.step)
            try:
                made = _moved(named, leaves, gradients, states, memory.step, rate, step)
            except (TypeError, ValueError, AttributeError, LookupError):
                # A rule that somebody else wrote may need its settings as plain numbers.
                names = {}
                made = _moved(rule, leaves, gradients, states, memory.step, rate, memory.step)
        self.names.table.update(names)
        for each, new, kept in made:
            name = self.names.of(each.node)
            assert name is not None  # every weight has one
            self.updates[each.path] = new.node
            self.names.table.setdefault(new.node, _after(name))
            for key, tensor in kept.items():
                if isinstance(tensor, Tensor):
                    self.names.table.setdefault(tensor.node, _after(_slot(each.path, key)))
        ends = [new.node for _, new, _ in made]
        self.names.table.update(name_bias_corrections(ends, step.node))

    @property
    def features(self) -> int:
        """How many numbers one example has, all inputs together."""
        return sum(math.prod(self.forward[name].data.shape[1:]) for name in self.inputs)

    @property
    def shapes(self) -> dict[str, Index]:
        """The shape of everything that can be asked about; of one example, where they differ."""
        found: dict[str, Index] = {"loss": ()}
        for address, node in self.forward.items():
            name = self.names.of(node)
            batch = name is not None and name.batch
            found[address] = tuple(node.data.shape)[int(batch) :]
        return found

    @property
    def batched(self) -> set[str]:
        """Of what there is one for each example, by address."""
        named = ((address, self.names.of(node)) for address, node in self.forward.items())
        return {address for address, name in named if name is not None and name.batch}

    def locate(self, address: Address, sample: int) -> tuple[Node, Index]:
        """
        Find the node and the element that an address means.

        Raises
        ------
        StateError
            If there is no loss, or no optimizer to give its next value.
        """
        wants_loss = address.tensor == "loss" or address.aspect not in ("", "value")
        if "loss" not in self.forward and (wants_loss or self._is_weight(address)):
            raise StateError(told("asking.no_targets"))
        table: Mapping[str, Node] = self.forward
        if address.aspect in ("gradient", "delta") or self._is_weight(address):
            table = self.gradients
        if address.aspect == "next":
            table = self.updates
            if address.tensor not in table:
                raise StateError(told("asking.no_next", name=address.tensor))
        node = table[address.tensor]
        name = self.names.of(self.forward[address.tensor])
        batch = name is not None and name.batch
        return node, (sample, *address.index) if batch else address.index

    def absent(self, address: Address) -> str | None:
        """Tell, of a gradient that is not there, why; a word of the catalogue."""
        if "loss" not in self.forward or address.tensor in self.gradients:
            return None
        if address.aspect not in ("gradient", "delta") and not self._is_weight(address):
            return None
        return "not_on_path" if self.forward[address.tensor].needs_grad else "constant_input"

    def without_gradient(self, address: Address, sample: int, reason: str) -> Step:
        """Make the step that says so."""
        node = self.forward[address.tensor]
        name, loss = self.names.of(node), self.names.of(self.forward["loss"])
        assert name is not None  # both were named when they were recorded
        assert loss is not None
        called = gradient_name(name, loss.symbol)
        index = (sample, *address.index) if name.batch else address.index
        own = called.quantity(index, tuple(node.data.shape), 0.0)
        self.facts["absent"] = reason
        state = State(reason, {"name": loss.symbol} if reason == "not_on_path" else {})
        return Step(own.address, own.symbol, own.latex, 0.0, called.role, 1, None, state=state)

    def passed_on(self, address: Address, index: Index) -> Step | None:
        """Say of a layer that changes nothing, as dropout in prediction, whose output it gives."""
        node = self.forward[address.tensor]
        name = self.names.of(node)
        layer, _, what = address.tensor.rpartition("/")
        own = name is None or name.layer == layer or name.role == "sum"
        if own or not what.startswith("output") or address.aspect not in ("", "value"):
            return None
        assert name is not None
        quantity = name.quantity(index, tuple(node.data.shape), float(node.data[index]))
        called = replace(
            name, address=address.tensor, symbol=address.tensor, elements=(), elements_latex=(),
            latex=latex_of(address.tensor) + AT,
        ).quantity(index, tuple(node.data.shape), quantity.value)  # fmt: skip
        return Step(
            called.address, called.symbol, called.latex, called.value, "output", 1, quantity,
            state=State("passed_on", {"layer": layer}) if layer not in self.changing else None,
            source={"layer": layer},
        )  # fmt: skip

    def _is_weight(self, address: Address) -> bool:
        name = self.names.of(self.forward[address.tensor])
        return address.aspect == "" and name is not None and name.role == "weight"


def record(task: Any, model: Any, x: Any, y: Any, *, training: bool = False) -> Recording:
    """
    Run a network on a batch, recording everything.

    Parameters
    ----------
    task : engines.Task
        The network as an engine sees it, in double precision.
    model : Layer
        The network itself, in double precision; its layers will note their calls.
    x : array, shape (N, ...), or tree of them
    y : array, shape (N, ...), or tree of them, optional
        Targets; without them there is no loss and no gradient.
    training : bool
        Whether layers work as in training: dropout drops.
    """
    leaves, form = flatten(x)
    starts = [
        _start(np.asarray(each), name)
        for name, each in zip(_input_names(model, x), leaves, strict=True)
    ]
    calls, inside = observed(model)
    with computing_with(NUMPY), recording():
        out = task.forward(unflatten(form, starts), training)
        predicted = task.predict(out)
        loss = None if y is None else task.loss(y, out, None)
    inputs = {start.name or "x": start.node for start in starts}
    forward = inputs | {w.path: w.node for w in model.weights} | dict(of_calls(calls))
    ends = [(t.node, p.node) for t, p in zip(_tensors(out), _tensors(predicted), strict=True)]
    fused = [pair for pair in ends if pair[0] is not pair[1]]
    for total, result in fused:  # the loss has the last activation in itself
        add_fused(forward, calls, total, result)
    known = set(forward.values())
    forward |= {name: node for name, node in inside if node not in known}
    known = set(forward.values())
    tops = [node for pair in ends for node in pair] + ([] if loss is None else [loss.node])
    for node in reached(tops):  # what a layer's own code gave a name
        if node.name is not None and node not in known and node.name != "loss":
            forward.setdefault(node.name, node)
    if loss is not None:
        forward |= parts_of(loss.node, [t for t, _ in ends], getattr(model, "output_names", ()))
        forward["loss"] = loss.node
        forward |= by_sample(forward, len(starts[0].data))
    made = Recording(forward, Names(), {"samples": len(starts[0].data)})
    made.inputs, made.results = tuple(inputs), tuple(_addresses(forward, [p for _, p in ends]))
    made.changing = {c.layer.path for c in calls if c.whole and not passes_on(c)}
    if y is not None:
        made.weighted = Weighted(task.loss, y, out)
    made.names.table.update(labelled(forward, calls, model, made.inputs))
    for total, result in fused if loss is not None else ():
        made.names.twins[(result.op, total)] = made.names.table[result]
    return made


def _start(x: np.ndarray, name: str) -> Tensor:
    """Hold an input; whole numbers, such as the words of an embedding, have no gradient."""
    floating = x.dtype.kind == "f"
    return leaf(x.astype(np.float64) if floating else x, name=name, requires_grad=floating)


def _input_names(model: Any, x: Any) -> list[str]:
    """Name the inputs: x, or as the keys of a dict, or as a model's inputs, or numbered."""
    if isinstance(x, Mapping):
        return [str(key) for key in x]
    if not isinstance(x, list | tuple):
        return ["x"]
    names: list[str] = list(getattr(model, "input_names", ()))
    return names if len(names) == len(x) else [f"x_{k}" for k in range(len(x))]


def _tensors(tree: Any) -> list[Tensor]:
    return [each for each in flatten(tree)[0] if isinstance(each, Tensor)]


def _addresses(forward: Mapping[str, Node], nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        yield next((a for a, n in forward.items() if n is node), "")


def _after(name: Name) -> Name:
    """Name a weight after its update."""
    return Name(
        f"{name.address}.next", f"{name.symbol}⁺", name.latex.replace(AT, f"^{{+}}{AT}"), "update",
        tuple(f"{e}⁺" for e in name.elements),
        tuple(f"{e}^{{+}}" for e in name.elements_latex), layer=name.layer,
    )  # fmt: skip


def _moved(
    rule: Any, leaves: Sequence[Any], gradients: list[Tensor], states: Any, step: int,
    rate: Tensor, named_step: Any,
) -> list[tuple[Any, Tensor, Mapping[str, Any]]]:  # fmt: skip
    """Let an optimizer take one step of all weights; its rule counts from the named step."""

    def update(w: Any, g: Any, i: int, state: Any, count: int, lr: Any, own: Any) -> Any:
        return own.update(RECORDED, w, g[i], state, named_step if count == step else count, lr)

    weights = [Tensor(each.node) for each in leaves]
    made = rule.moves(RECORDED, leaves, weights, list(gradients), states, step, rate, update=update)
    return [(leaves[i], new, kept) for i, new, kept in made]


def _state(rule: Any, memory: Any, address: str, w: Tensor) -> dict[str, Tensor]:
    """Give an optimizer's state for a weight as named tensors; as new if it has none yet."""
    held = memory.states.get(address)
    state = rule.start(NUMPY, w.data) if held is None else held
    return {
        key: leaf(
            np.asarray(value, np.float64), name=_slot(address, key).symbol, requires_grad=False
        )
        for key, value in state.items()
    }


def _slot(address: str, key: str) -> Name:
    """Name what an optimizer remembers of a weight: its momentum, its velocity."""
    return Name(f"{address}.{key}", f"{address}.{key}", latex_of(f"{address}.{key}") + AT)
