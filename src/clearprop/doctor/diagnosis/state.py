"""One pass of a model over examples, recorded and walked back: what its units and gradients do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, map_tree
from clearprop.engines import Task
from clearprop.nn.effects import forget, replacing_by

__all__ = ["Broken", "Kernel", "State", "Units", "record"]

SLOPES = {  # of the output: the slope, as a share of the steepest
    "sigmoid": lambda y: 4 * y * (1 - y),
    "tanh": lambda y: 1 - y * y,
}
FLAT = 0.05  # less than this share of the steepest slope is as good as none


@dataclass(frozen=True)
class Units:
    """What the units of one activation do on the examples."""

    place: str
    kind: str
    units: int
    dead: float  # share of units that are 0 for every example
    flat: float  # share of values where the slope is next to nothing


@dataclass(frozen=True)
class Kernel:
    """A weight of two axes or more, and the gradient that reaches it."""

    path: str
    size: float  # root mean square
    gradient: float | None  # root mean square; None where none comes
    alike: bool  # whether all its units have the same weights
    last: bool  # whether it makes the output


@dataclass(frozen=True)
class Broken:
    """The first number that is not finite."""

    op: str
    place: str
    low: float  # of what went in
    high: float


@dataclass(frozen=True)
class State:
    """
    What a pass shows.

    Attributes
    ----------
    loss : float
        With penalties.
    outputs : list of array
        What the loss takes: before the last activation, where the loss has that in itself.
    units : tuple of Units
        Of activations inside; not that of the output.
    kernels : tuple of Kernel
    entering : array or None
        What goes into the first kernel.
    through_time : float or None
        The gradient at the first step of a sequence by that at the last.
    broken : Broken or None
    unreached : tuple of str
        Weights that are trained, and that the loss does not depend on.
    softmaxes : tuple of (int, bool)
        Of each softmax: over how many it goes, and whether its input is one already.
    last_op : str
    """

    loss: float
    outputs: list[np.ndarray]
    units: tuple[Units, ...]
    kernels: tuple[Kernel, ...]
    entering: np.ndarray | None
    through_time: float | None
    broken: Broken | None
    unreached: tuple[str, ...]
    softmaxes: tuple[tuple[int, bool], ...]
    last_op: str
    gradients: list[Any]
    work: int


def record(model: Any, task: Task, x: Any, y: Any, weight: Any = None) -> State:
    """
    Run a model once as in training, with everything recorded, and walk back from the loss.

    Parameters
    ----------
    model : Model
        To be called within `aside`, if it draws or keeps averages.
    task : Task
    x, y, weight
        The examples, as the task takes them.
    """
    with computing_with(NUMPY), recording(), replacing_by(forget), np.errstate(all="ignore"):
        entered = map_tree(_entered, x)
        output = task.forward(entered, True)
        loss = task.loss(y, output, weight)
        made = [each.node for each in flatten(output)[0]]
        leaves = [leaf.node for leaf in task.leaves]
        inputs = [each.node for each in flatten(entered)[0]]
        gradients: list[Any] = [None] * (len(leaves) + len(inputs))
        if loss.node.needs_grad:
            one = np.ones((), loss.node.data.dtype)
            gradients = walk(loss.node, one, [*leaves, *inputs], NUMPY, plain)
        nodes = _everything(loss.node)
        names = _names(nodes)
        kernels = _kernels(model, task, gradients, nodes)
        return State(
            float(loss.node.data),
            [node.data for node in made],
            tuple(_units(nodes, names, set(map(id, made)))),
            tuple(kernels),
            _entering(model, nodes),
            _through_time(model, inputs, gradients[len(leaves) :]),
            _broken(nodes, names),
            tuple(leaf.path for leaf, g in zip(task.leaves, gradients, strict=False) if g is None),
            tuple(_softmaxes(nodes)),
            "" if not made or made[0].op is None else made[0].op.name,
            gradients[: len(leaves)],
            sum(node.data.size for node in nodes if node.op is not None),
        )


def _entered(x: np.ndarray) -> Tensor:
    node = Node(x, needs_grad=x.dtype.kind == "f")
    node.name = "x"
    return Tensor(node)


def _everything(root: Node) -> list[Node]:
    """List all that a result was made from, each after what it was made from."""
    done: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, left = stack.pop()
        if left:
            done.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(x, False) for x in reversed(node.inputs) if isinstance(x, Node)]
    return done


def _names(nodes: Sequence[Node]) -> dict[int, str]:
    """Give each node its own name, or that of what comes next behind it with one."""
    names: dict[int, str] = {}
    for node in reversed(nodes):
        name = node.name or names.get(id(node), "")
        names[id(node)] = name
        for x in node.inputs:
            if isinstance(x, Node):
                names.setdefault(id(x), name)
    return {key: name.removesuffix("/output").removesuffix("/sum") for key, name in names.items()}


def _units(nodes: Sequence[Node], names: dict[int, str], last: set[int]) -> list[Units]:
    found = []
    for node in nodes:
        kind = "" if node.op is None else node.op.name
        y = node.data
        if id(node) in last or kind not in ("relu", *SLOPES) or y.ndim < 2 or not y.size:
            continue
        flat = y.reshape(-1, y.shape[-1])
        dead = float((flat == 0).all(axis=0).mean()) if kind == "relu" else 0.0
        slope = SLOPES[kind](flat) if kind in SLOPES else np.ones(1)
        found.append(Units(names[id(node)], kind, y.shape[-1], dead, float((slope < FLAT).mean())))
    return found


def _kernels(model: Any, task: Task, gradients: Sequence[Any], nodes: Sequence[Node]) -> list[Any]:
    by_path = {leaf.path: g for leaf, g in zip(task.leaves, gradients, strict=False)}
    own = [w for w in model.weights if w.ndim > 1 and not _is_average(w)]
    made = []
    for k, w in enumerate(own):
        values, g = np.asarray(w.data), by_path.get(w.path)
        made.append(
            Kernel(
                w.path, _size(values), None if g is None else _size(g),
                w.shape[-1] > 1 and _same_columns(values), k == len(own) - 1,
            )
        )  # fmt: skip
    return made


def _same_columns(w: np.ndarray) -> bool:
    flat = w.reshape(-1, w.shape[-1])
    return bool(np.abs(flat - flat[:, :1]).max() <= 1e-3 * np.abs(flat).max())


def _is_average(weight: Any) -> bool:
    return weight.path.rpartition("/")[2] in ("mean", "variance", "moving_mean", "moving_variance")


def _size(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0


def _entering(model: Any, nodes: Sequence[Node]) -> np.ndarray | None:
    """Give what the first kernel is applied to, if that is real numbers."""
    kernels = {id(w.node) for w in model.weights if w.ndim > 1 and not _is_average(w)}
    for node in nodes:
        own = [x for x in node.inputs if isinstance(x, Node)]
        if any(id(x) in kernels for x in own):
            other = [x.data for x in own if id(x) not in kernels and x.data.ndim > 1]
            return other[0] if other and other[0].dtype.kind == "f" else None
    return None


def _through_time(model: Any, inputs: Sequence[Node], gradients: Sequence[Any]) -> float | None:
    if len(inputs) != 1 or inputs[0].data.ndim != 3 or gradients[0] is None:
        return None
    if not any("recurrent" in w.path.rpartition("/")[2] for w in model.weights):
        return None
    sizes = [_size(gradients[0][:, t]) for t in range(inputs[0].data.shape[1])]
    if len(sizes) < 5 or not np.isfinite(sizes).all() or not sizes[-1]:
        return None
    return sizes[0] / sizes[-1]


def _broken(nodes: Sequence[Node], names: dict[int, str]) -> Broken | None:
    """Find what first gave a number that is not finite, from numbers that were."""
    for node in nodes:
        if np.isfinite(node.data).all():
            continue
        into = [x.data for x in node.inputs if isinstance(x, Node)]
        if node.op is None or not all(np.isfinite(x).all() for x in into):
            return Broken("", names[id(node)], np.nan, np.nan)
        values = np.concatenate([np.ravel(x) for x in into] or [np.zeros(1)])
        return Broken(node.op.name, names[id(node)], float(values.min()), float(values.max()))
    return None


def _softmaxes(nodes: Sequence[Node]) -> list[tuple[int, bool]]:
    found = []
    for node in nodes:
        if node.op is not None and node.op.name == "softmax":
            before = node.inputs[0]
            twice = isinstance(before, Node) and before.op is not None
            found.append((node.data.shape[-1], twice and before.op.name == "softmax"))
    return found
