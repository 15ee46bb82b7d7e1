"""The backward walk: from a result to whatever it was made from, one rule at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from clearprop.core.cases import real
from clearprop.core.namespaces import MODE, NUMPY, ArrayNamespace, Mode, recording
from clearprop.core.op import Op, Shape, op
from clearprop.core.reading import Pick
from clearprop.core.shapes import same
from clearprop.core.tensor import RECORDED, Node, Tensor
from clearprop.errors import GradientError, ShapeError

__all__ = ["Backward", "alias", "order", "unbroadcast", "walk"]

Array = Any


@op("{x}", r"{x}", shape=same, cases=[real(3)])
def alias(xp: Any, x: Array) -> Array:
    """The same values under another node, so that derivatives can be taken from here."""
    return x


alias.vjp(x=lambda xp, g, y, x: g)
alias.read(lambda index, x: Pick(0, index))


def order(root: Node) -> list[Node]:
    """List what `root` was made from and has gradients, each after everything it was made from."""
    done: list[Node] = []
    entered: set[Node] = set()
    opened: list[Node] = []  # entered, but not yet everything they were made from
    stack: list[Node | None] = [root]  # None stands behind what the last opened one was made from
    while stack:
        node = stack.pop()
        if node is None:
            done.append(opened.pop())
        elif node in entered:
            continue
        elif node.op is None:
            entered.add(node)
            done.append(node)
        else:
            entered.add(node)
            opened.append(node)
            stack.append(None)
            for x in node.inputs:
                if isinstance(x, Node) and x.needs_grad:
                    stack.append(x)
    return done


def unbroadcast(xp: Any, g: Any, shape: Shape) -> Any:
    """
    Add up `g` over the axes along which an input of `shape` was repeated.

    Raises
    ------
    ShapeError
        If that is not how the two shapes differ.
    """
    if [n for n in g.shape if n != 1] == [n for n in shape if n != 1]:
        return xp.reshape(g, shape)  # only axes of size 1 differ: nothing to add
    extra = len(g.shape) - len(shape)
    if extra > 0:
        g = xp.sum(g, axis=tuple(range(extra)))
    elif extra < 0:
        g = xp.reshape(g, (1,) * -extra + tuple(g.shape))
    repeated = tuple(a for a, n in enumerate(shape) if n == 1 and g.shape[a] != 1)
    if repeated:
        g = xp.sum(g, axis=repeated, keepdims=True)
    if g.shape == shape:
        return g
    if any(m not in (1, n) for m, n in zip(g.shape, shape, strict=True)):
        raise ShapeError(
            f"a rule gave a gradient of shape {g.shape} for an input of shape {shape}; it must be"
            " that shape, or one that broadcasts to it."
        )
    return xp.broadcast_to(g, shape)


def walk(  # noqa: C901 - one loop, as flat as it can be, for its speed
    root: Node,
    seed: Any,
    targets: Sequence[Node],
    xp: Any,
    value: Callable[[Node], Any],
    observe: Callable[[Node, Any], None] | None = None,
) -> list[Any]:
    """
    Propagate `seed` from `root` back to `targets`.

    Parameters
    ----------
    root : Node
        Where to start.
    seed : array, shape of `root`
        The gradient of whatever is differentiated with respect to `root`.
    targets : sequence of Node
        Where gradients are wanted; the walk does not go beyond what leads to them.
    xp : namespace
        Where rules compute: arrays, or the recorded namespace.
    value : callable ``(Node) -> array or Tensor``
        What a rule gets to see of a node.
    observe : callable ``(node, gradient)``, optional
        Told of each node on the way, once its gradient is complete.

    Returns
    -------
    list of (array or None)
        One a target; None where `root` does not depend on it.
    """
    # Training waits for this loop at every step: each line of it is paid for once an operation.
    nodes = order(root) if root.needs_grad else [root]
    wanted = set(targets)
    relevant = _leading_to(wanted, nodes)
    gradients: dict[Node, Any] = {root: seed} if root in relevant else {}
    in_place = value is plain and xp is NUMPY
    own: set[Node] = set()  # whose gradients are arrays made here, to which parts are added
    for node in reversed(nodes):
        g = gradients.get(node)
        if g is None:
            continue
        if observe is not None:
            observe(node, g)
        op = node.op
        if op is None:
            continue
        if node not in wanted:
            del gradients[node]
        y, params = value(node), node.params
        if value is plain:
            seen = [x.data if isinstance(x, Node) else x for x in node.inputs]
        else:
            seen = [value(x) if isinstance(x, Node) else x for x in node.inputs]
        shares = _together(op, xp, relevant, g, y, seen, node) if op.together else None
        for i, x in enumerate(node.inputs):
            if isinstance(x, Node) and x in relevant:
                known, rule = gradients.get(x), op.rule(i)
                if rule is None:
                    raise _no_rule(op, i)
                part = getattr(rule, "part", None) if op.in_parts and in_place else None
                if part is not None and _added(xp, part(**params), g, x, gradients, own):
                    continue
                try:
                    if shares is not None and rule.__class__ is partial:
                        share = shares[i]
                    else:
                        share = rule(xp, g, y, *seen, **params)
                    data = x.data
                    if share.shape != data.shape or share.dtype != data.dtype:
                        share = _fitted(xp, share, data)
                except Exception as error:
                    error.add_note(f"in the rule of {op.name} for {op.input_name(i)}")
                    raise
                if known is None:
                    gradients[x] = share
                elif x in own:
                    known += share
                else:
                    gradients[x] = total = known + share
                    if in_place and total.shape:  # without axes it is a number, which stays
                        own.add(x)
    return [gradients.get(node) for node in targets]


def _together(
    op: Op, xp: Any, relevant: set[Node], g: Any, y: Any, seen: Sequence[Any], node: Node
) -> Sequence[Any]:
    """Ask the one rule of an operation for the gradients of all inputs that lead on."""
    assert op.together is not None
    wants = [isinstance(x, Node) and x in relevant for x in node.inputs]
    return op.together(xp, wants, g, y, *seen, **node.params)


def _added(
    xp: Any, key: Any, g: Array, x: Node, gradients: dict[Node, Any], own: set[Node]
) -> bool:
    """Add the gradient of a part of `x` in place, if that spares an array of its size."""
    known = gradients.get(x)
    if key is None or not (known is None or x in own):
        return False
    if known is None:
        known = gradients[x] = xp.zeros(x.data.shape, dtype=x.data.dtype)
        own.add(x)
    known[key] += g
    return True


def _leading_to(wanted: set[Node], nodes: Sequence[Node]) -> set[Node]:
    """Choose those of `nodes`, given in `order`, that are `wanted` or depend on one that is."""
    relevant = wanted.intersection(nodes)
    for node in nodes:
        for x in node.inputs:
            if isinstance(x, Node) and x in relevant:
                relevant.add(node)
                break
    return relevant


def _fitted(xp: Any, g: Any, x: Array) -> Any:
    """Give a rule's result the shape and the kind of number of the input it belongs to."""
    if g.shape != x.shape:
        g = unbroadcast(xp, g, tuple(x.shape))
    return g if g.dtype == x.dtype else xp.astype(g, dtype=x.dtype)


def _no_rule(op: Op, i: int) -> GradientError:
    name = op.input_name(i)
    return GradientError(
        f"{op.name} has no derivative with respect to {name!r}; use .detach() on that input"
        f" if none should flow, or define one: {op.name}.vjp({name}=lambda xp, g, y, ...: ...)."
    )


def plain(node: Node) -> Array:
    """Show a rule the array of a node."""
    return node.data


# Two threads that look at one gradient must see one record: walks compare nodes by identity.
_ONE_AT_A_TIME = threading.RLock()


class Backward:
    """
    One backward walk, computed at once in numbers and again, on demand, as a record.

    A gradient is most often only used; now and then someone asks *why* it is what it is, or
    differentiates it. Rules depend on recorded values alone, so the record of the walk can be
    made at that moment, and nobody pays for it before.
    """

    __slots__ = ("gradient_of", "mode", "recorded", "root", "seed", "targets")

    def __init__(self, root: Node, seed: Tensor, targets: Sequence[Node]) -> None:
        if seed.dtype != root.data.dtype:
            seed = RECORDED.astype(seed, dtype=root.data.dtype)
        self.root, self.seed, self.targets = root, seed, tuple(targets)
        self.mode: Mode = MODE.get()
        self.recorded: list[Tensor | None] | None = None
        self.gradient_of: dict[Node, Node] = {}  # recorded gradient -> whose gradient it is

    def gradients(self) -> list[Tensor | None]:
        """Compute the gradients; each is a tensor that can tell where it came from."""
        xp: ArrayNamespace = self.mode.xp
        arrays = walk(self.root, self.seed.data, self.targets, xp, plain)
        return [
            None if array is None else Tensor(GradientNode(array, self, i))
            for i, array in enumerate(arrays)
        ]

    def record(self, i: int) -> Node:
        """Give the recorded gradient of the i-th target."""
        if self.recorded is None:
            with _ONE_AT_A_TIME:
                if self.recorded is None:
                    self.recorded = self._walk_again()
        found = self.recorded[i]
        assert found is not None  # it had a value, so the walk reached it
        return found.node

    def _walk_again(self) -> list[Tensor | None]:
        token = MODE.set(self.mode)
        try:
            with recording():
                return walk(self.root, self.seed, self.targets, RECORDED, Tensor, self._note)
        finally:
            MODE.reset(token)

    def _note(self, node: Node, gradient: Tensor) -> None:
        """Remember whose gradient a recorded tensor is; a named node before an unnamed one."""
        known = self.gradient_of.get(gradient.node)
        if known is None or (known.name is None and node.name is not None):
            self.gradient_of[gradient.node] = node


class GradientNode(Node):
    """A gradient: an `alias` of the record of the backward walk, made when first looked at."""

    __slots__ = ("index", "source")

    def __init__(self, data: Array, source: Backward, index: int) -> None:
        self.data, self.op, self.params = data, alias, {}
        self.source, self.index = source, index
        self.needs_grad = source.root.needs_grad or source.seed.node.needs_grad
        self.name = self.holder = None

    @property
    def inputs(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The one node this is another name of."""
        return (self.source.record(self.index),)
