"""A network run once with everything recorded and named: forward, loss, gradients and updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.tape import Backward
from clearprop.core.tensor import RECORDED, Node, Tensor, leaf
from clearprop.errors import NumericsError, ShapeError, StateError
from clearprop.explain.addresses import Address, book_names
from clearprop.explain.naming import AT, Index, Name, Names, gradient_name, latex_of
from clearprop.nn.layer import Layer

__all__ = ["Recording", "record"]

ROLES = {"x": "input", "y": "target", "loss": "loss", "sum": "sum", "output": "output"}
MOST_BOOK_UNITS = 24  # beyond this many, h17 says less than dense/output[16]


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
    """

    def __init__(self, forward: dict[str, Node], names: Names, facts: dict[str, Any]) -> None:
        self.forward, self.names, self.facts = forward, names, facts
        self.gradients: dict[str, Node] = {}
        self.updates: dict[str, Node] = {}

    def walk_back(self) -> None:
        """Record the backward pass, from the loss to everything that has a name."""
        loss = self.forward["loss"]
        nodes = {a: n for a, n in self.forward.items() if n.needs_grad and n is not loss}
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

    def update(self, rule: Any, memory: Any) -> None:
        """Record what an optimizer would make of every weight."""
        rate = leaf(np.asarray(float(rule.rate(memory.step))), name="lr", requires_grad=False)
        with computing_with(NUMPY), recording():
            for address, gradient in self.gradients.items():
                name = self.names.of(self.forward[address])
                if name is None or name.role != "weight":
                    continue
                w = Tensor(self.forward[address])
                state = _state(rule, memory, address, w)
                new, kept = rule.update(RECORDED, w, Tensor(gradient), state, memory.step, rate)
                self.updates[address] = new.node
                self.names.table[new.node] = _after(name)
                for key, tensor in kept.items():
                    self.names.table[tensor.node] = _after(_slot(address, key))

    def locate(self, address: Address, sample: int) -> tuple[Node, Index]:
        """
        Find the node and the element that an address means.

        Raises
        ------
        StateError
            If the loss does not depend on it, or there is no optimizer to give its next value.
        """
        wants_loss = address.tensor == "loss" or address.aspect not in ("", "value")
        if "loss" not in self.forward and (wants_loss or self._is_weight(address)):
            raise StateError(
                "without targets there is no loss, and so no gradient and no step of training:"
                " give y=..., or ask for a value, such as 'dense/output[0]'."
            )
        table: Mapping[str, Node] = self.forward
        if address.aspect in ("gradient", "delta") or self._is_weight(address):
            table = self.gradients
            if address.tensor not in table:
                raise StateError(
                    f"the loss does not depend on {address.tensor}: it is not on the path"
                    " from the inputs to the loss, so there is no gradient to explain."
                )
        if address.aspect == "next":
            table = self.updates
            if address.tensor not in table:
                raise StateError(
                    f"{address.tensor} has no next value: it is no trained weight, or the model"
                    " was not compiled with an optimizer."
                )
        node = table[address.tensor]
        name = self.names.of(self.forward[address.tensor])
        batch = name is not None and name.batch
        return node, (sample, *address.index) if batch else address.index

    def _is_weight(self, address: Address) -> bool:
        name = self.names.of(self.forward[address.tensor])
        return address.aspect == "" and name is not None and name.role == "weight"


def record(task: Any, layers: Sequence[Layer], x: np.ndarray, y: np.ndarray | None) -> Recording:
    """
    Run a network on a batch, recording everything.

    Parameters
    ----------
    task : engines.Task
        The network as an engine sees it, in float64.
    layers : sequence of Layer
        Its layers, in order.
    x : array, shape (N, ...)
    y : array, shape (N, ...), optional
        Targets; without them there is no loss and no gradient.
    """
    start = leaf(np.asarray(x, np.float64), name="x", requires_grad=True)
    with computing_with(NUMPY), recording():
        out = task.forward(start, False)
        predicted = task.predict(out)
        loss = None if y is None else task.loss(y, out, None)
    ends = [n.node for n in (loss, predicted, out) if n is not None]
    forward = {n.name: n for n in _reached(ends) if n.name is not None}
    last = layers[-1].name
    if predicted.node is not out.node:  # the loss has the last activation in itself
        if layers[-1].weights:
            forward.pop(out.node.name or "", None)
            forward[f"{last}/sum"] = out.node
        forward[f"{last}/output"] = predicted.node
    for layer in layers:
        if layer.weights and f"{layer.name}/sum" not in forward:  # no activation: sum and output
            forward[f"{layer.name}/sum"] = forward[f"{layer.name}/output"]
    if loss is not None:
        forward["loss"] = loss.node
    made = Recording(forward, Names(), {"samples": len(x)})
    made.names.table.update(_names(forward, layers, len(np.ravel(x[0]))))
    if predicted.node is not out.node and loss is not None:
        _share_output(made, out.node, predicted.node)
    return made


def _share_output(made: Recording, total: Node, predicted: Node) -> None:
    """See that a fused loss's own activation is called what the network's output is called."""
    made.names.twins[(predicted.op, total)] = made.names.table[predicted]


def _reached(ends: Sequence[Node]) -> list[Node]:
    """List everything that some nodes were made from."""
    seen: dict[Node, None] = {}
    stack = list(ends)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack.extend(x for x in node.inputs if isinstance(x, Node))
    return list(seen)


def _names(forward: Mapping[str, Node], layers: Sequence[Layer], inputs: int) -> dict[Node, Name]:
    """Name every tensor, by the book where the network is small enough for that."""
    units = inputs + sum(layer.weights[0].shape[-1] for layer in layers if layer.weights)
    elements = _elements(book_names(layers, inputs)) if units <= MOST_BOOK_UNITS else {}
    functions = {layer.name: layer.final_activation or "" for layer in layers}
    names: dict[Node, Name] = {}
    for address, node in forward.items():
        layer, _, what = address.rpartition("/")
        role = ROLES.get(what, "weight")
        if role == "sum" and node is forward.get(f"{layer}/output"):
            symbols, address = elements.get(f"{layer}/output", ()), f"{layer}/output"
        elif role == "output" and node is forward.get(f"{layer}/sum"):
            continue  # named as the sum that it also is
        elif role == "target":
            symbols = tuple(f"t{j + 1}" for j in range(node.data.shape[-1])) if elements else ()
        elif role == "sum":
            symbols = tuple(f"sum_{name}" for name in elements.get(f"{layer}/output", ()))
        else:
            symbols = elements.get(address, ())
        symbol = ("E" if elements else "L") if role == "loss" else address
        names[node] = Name(
            address, symbol, latex_of(symbol) + AT, role, symbols, tuple(map(_book_latex, symbols)),
            batch=role in ("input", "target", "sum", "output"), layer=layer,
            function=functions.get(layer, "") if role == "sum" else "",
        )  # fmt: skip
    return names


def _elements(book: Mapping[str, Address]) -> dict[str, tuple[str, ...]]:
    """Group the book's names by tensor, in the order of the elements."""
    grouped: dict[str, dict[Index, str]] = {}
    for name, address in book.items():
        grouped.setdefault(address.tensor, {})[address.index] = name
    return {tensor: tuple(own[i] for i in sorted(own)) for tensor, own in grouped.items()}


def _book_latex(symbol: str) -> str:
    """Set ``h1`` as h₁ and ``sum_h1`` as a sum with that index."""
    if symbol.startswith("sum_"):
        return rf"\mathrm{{sum}}_{{{symbol[4:]}}}"
    return f"{symbol[0]}_{{{symbol[1:]}}}"


def _after(name: Name) -> Name:
    """Name a weight after its update."""
    return Name(
        f"{name.address}.next", f"{name.symbol}⁺", name.latex.replace(AT, f"^{{+}}{AT}"), "update",
        tuple(f"{e}⁺" for e in name.elements),
        tuple(f"{e}^{{+}}" for e in name.elements_latex), layer=name.layer,
    )  # fmt: skip


def _state(rule: Any, memory: Any, address: str, w: Tensor) -> dict[str, Tensor]:
    """Give an optimizer's state for a weight as named tensors; as new if it has none yet."""
    held = memory.states.get(address)
    state = rule.init(NUMPY, w.data) if held is None else held
    return {
        key: leaf(
            np.asarray(value, np.float64), name=_slot(address, key).symbol, requires_grad=False
        )
        for key, value in state.items()
    }


def _slot(address: str, key: str) -> Name:
    """Name what an optimizer remembers of a weight: its momentum, its velocity."""
    return Name(f"{address}.{key}", f"{address}.{key}", latex_of(f"{address}.{key}") + AT)


def in_float64(config: Any) -> Any:
    """Rewrite a model's configuration for double precision."""
    if isinstance(config, Mapping):
        return {
            k: "float64" if k == "dtype" and isinstance(v, str) else in_float64(v)
            for k, v in config.items()
        }
    if isinstance(config, list | tuple):
        return [in_float64(each) for each in config]
    return config


def checked_batch(x: Any, y: Any, example: Index) -> tuple[np.ndarray, np.ndarray | None]:
    """
    Give inputs and targets as batches; one example may come without the batch axis.

    Raises
    ------
    ShapeError
        If they fit neither way, or their numbers differ.
    """
    x = np.asarray(x)
    if x.shape == example:
        x, y = x[None], None if y is None else np.asarray(y)[None]
    if x.shape[1:] != example:
        wanted = ", ".join(map(str, ("N", *example)))
        raise ShapeError(f"why: the network takes inputs of shape ({wanted}); got {x.shape}.")
    good = np.isfinite(x)
    if not good.all():
        place = tuple(map(int, np.argwhere(~good)[0]))
        raise NumericsError(
            f"why: x has {x[place]} at {list(place)}; a derivation needs finite numbers."
        )
    if y is None:
        return x, None
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(f"why: {len(x)} inputs, but targets of shape {y.shape}.")
    return x, y
