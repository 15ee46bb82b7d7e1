"""Stacks of products, and what is between them, one example after the other: within the cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from clearprop.engines.compiled.codegen.affine import VIEWS
from clearprop.engines.compiled.codegen.kernels import FOLDS, SEARCHES, base
from clearprop.engines.compiled.codegen.maps import MAPS
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace.scan import Looping

__all__ = ["example_by_example"]

PRODUCTS = ("dot", "dot_apart")
WORTH = 1 << 19  # bytes between products from which on they leave the caches
MOST = 1 << 19  # bytes of an example up to which it stays in them


def example_by_example(program: Program) -> Program:
    """
    Let stacks of products that are made of each other go through the examples together.

    What one of them gives for an example, the next takes while the cache still holds it; and what
    nobody else needs is written for one example at a time.
    """
    order = program.values()
    sizes = {v.shape[0] for v in order if v.op in PRODUCTS and v.ndim > 2 and v.dtype.kind == "f"}
    for count in sorted(sizes):
        while regions := _regions(program.values(), count):  # each, once looped, is none any more
            program = _looped(program, regions[0], count)
    return program


def _regions(order: list[Value], count: int) -> list[list[Value]]:
    """Find what goes through so many examples together, each in the order of the program."""
    # Between what does not go through the examples one by one, everything is on one level.
    level: dict[Value, int] = {}
    for value in order:
        before = max((level[x] for x in value.inputs), default=0)
        level[value] = before + (_of_example(value, count) is None and bool(value.op))
    products: dict[int, list[Value]] = {}
    for value in order:
        if value.op in PRODUCTS and value.ndim > 2 and _of_example(value, count) is not None:
            products.setdefault(level[value], []).append(value)
    found = []
    for at, listed in products.items():
        region = _between(listed, [value for value in order if level[value] == at])
        stored = sum(value.nbytes for value in listed)
        if len(listed) > 1 and stored >= WORTH and stored <= MOST * count:
            found.append(region)
    return found


def _between(products: list[Value], order: list[Value]) -> list[Value]:
    """List products, and what lies on the way from one to another."""
    begun, needed = set(products), set(products)
    for value in order:
        if any(x in begun for x in value.inputs):
            begun.add(value)
    for value in reversed(order):
        if value in needed:
            needed.update(value.inputs)
    return [value for value in order if value in begun and value in needed]


def _looped(program: Program, region: list[Value], count: int) -> Program:
    """Make a region a loop over the examples."""
    inside = set(region)
    others = [*program.outputs, *(x for v in program.values() if v not in inside for x in v.inputs)]
    given = [value for value in region if any(value is x for x in others)]
    loop = Looping(count, what="examples")
    own = _Own(loop, count)
    for value in region:
        own.known[value] = own.made(value)
    told, _ = loop.run([], [own.known[value] for value in given])
    for part in told:
        part.inputs[0].params["apart"] = True
    taken = dict(zip(given, told, strict=True))
    return rewritten(program, lambda value, inputs: taken.get(value))


class _Own:
    """What each value of a region is for one example."""

    def __init__(self, loop: Looping, count: int) -> None:
        self.loop, self.count = loop, count
        self.known: dict[Value, Value] = {}
        self.fixed: dict[Value, Value] = {}

    def made(self, value: Value) -> Value:
        """Give what a value is for one example."""
        params = _of_example(value, self.count)
        assert params is not None
        same = value.op == "broadcast" and 0 not in value.params["axes"]
        inputs = [self._same(x) if same else self._each(x) for x in value.inputs]
        if value.op in PRODUCTS:  # the next example's is fetched meanwhile
            params["ahead"] = tuple(base(x).nbytes * (base(x).kind == "carried") for x in inputs)
        return Value(value.op, inputs, params, value.shape[1:], value.dtype, weak=value.weak)

    def _each(self, x: Value) -> Value:
        if x not in self.known:
            view = x.op in VIEWS and _of_example(x, self.count) is not None
            self.known[x] = self.made(x) if view else self.loop.each(x)
        return self.known[x]

    def _same(self, x: Value) -> Value:
        if x.kind == "constant" and not x.shape:
            return x
        if x not in self.fixed:
            self.fixed[x] = self.loop.fixed(x)
        return self.fixed[x]


def _of_example(value: Value, count: int) -> dict[str, Any] | None:
    """
    Tell what a value's parameters are for one example, if examples do not depend on each other.

    Examples lie along the first axis: of the value, and of all that it is made from.
    """
    if not value.shape or value.shape[0] != count:
        return None
    params, first = value.params, [x.shape[:1] == (count,) for x in value.inputs]
    if value.op == "broadcast":
        axes = params["axes"]
        if 0 in axes and not first[0]:
            return None
        return {"axes": _less(axes[1:] if 0 in axes else axes), "shape": params["shape"][1:]}
    if not first or not all(first):
        return None
    if value.op in MAPS:
        return dict(params)
    if value.op in FOLDS - SEARCHES and 0 not in params["axes"]:
        return {"axes": _less(params["axes"])}
    match value.op:
        case "reshape":
            return {"shape": params["shape"][1:]}
        case "permute" if params["axes"][0] == 0:
            return {"axes": _less(params["axes"][1:])}
        case "dot" if value.ndim > 2:
            return dict(params)
        case "dot_apart" if value.ndim > 3 and not any(axes[0] for axes in params["axes"]):
            return {**params, "axes": tuple(_less(axes[1:]) for axes in params["axes"])}
    return None


def _less(axes: Iterable[int]) -> Sequence[int]:
    return tuple(axis - 1 for axis in axes)
