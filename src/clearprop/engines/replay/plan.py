"""A step as calls of NumPy's functions, and the memory that they work in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value, in_order
from clearprop.engines.replay.blocks import in_blocks
from clearprop.engines.replay.calls import OVER_INPUT, UFUNCS, Call, calls, parts
from clearprop.engines.replay.memory import Memory
from clearprop.engines.replay.spots import Root, Spot, viewed
from clearprop.engines.replay.unrolling import TURNS, Outputs, unrolled

__all__ = ["Plan"]

Array: TypeAlias = Any

VIEWS = frozenset(["broadcast", "permute", "reshape", "slice"])
JOINS = frozenset(["concat", TURNS])
LAID_OUT = frozenset(["dot"])  # what may be written in another order of its axes
_MEANWHILE = object()  # who holds what is needed for one value alone


@final
class Plan:
    """
    The plan of a step.

    Parameters
    ----------
    program : Program

    Attributes
    ----------
    calls : list of Call
        In order; spots stand for their arrays.
    spots : dict of Value to Spot
    counted : dict of Root to array
        What is the same in every step.
    roots : dict of Value to Root
        Of what is handed in.
    memory : Memory
        What all else is computed in.
    results : list of Spot

    Raises
    ------
    NotCompilable
        If the loops of the program are too long to be written out.
    """

    def __init__(self, program: Program) -> None:
        outputs = unrolled(_separate(program))
        self.order = in_order([*outputs.after, *outputs.results])
        self.calls: list[Call] = []
        self.spots: dict[Value, Spot] = {}
        self.roots: dict[Value, Root] = {}
        self.counted: dict[Root, Array] = {}
        self.memory = Memory()
        self._bases: dict[Value, Value] = {}
        self._last = self._needed(outputs)
        self._homes: dict[Value, Spot] = {}
        for value in program.leaves:
            self._lie_as_handed_in(value)
        self._stay_in_place(program.states, outputs.after)
        self._go_where_they_are_joined()
        self._lie_as_they_are_read()
        for value, home in self._homes.items():
            self.memory.hold(home.root, value)
        for at, value in enumerate(self.order):
            self._place(at, value)
        for state, after in zip(program.states, outputs.after, strict=True):
            if after is not state and self.spots[after] != self.spots[state]:
                self.calls.append(Call(np.copyto, (self.spots[state], self.spots[after])))
        self.calls = in_blocks(self.calls)
        self.results = [self.spots[value] for value in outputs.results]

    # -- how long things are needed ------------------------------------------------------------

    def _needed(self, outputs: Outputs) -> dict[Value, int]:
        """Tell for each value but views when it, or a view of it, is read for the last time."""
        last: dict[Value, int] = {}
        for at, value in enumerate(self.order):
            self._bases[value] = self._bases[value.inputs[0]] if value.op in VIEWS else value
            for x in value.inputs:
                last[self._bases[x]] = at
        for value in (*outputs.after, *outputs.results):
            last[self._bases[value]] = len(self.order)
        return last

    # -- where things go -----------------------------------------------------------------------

    def _lie_as_handed_in(self, value: Value) -> None:
        root = self.roots[value] = Root(value.shape, value.dtype, value)
        self.spots[value] = Spot.whole(root)

    def _stay_in_place(self, states: Sequence[Value], after: Sequence[Value]) -> None:
        """Write over states what they become, where nobody reads them any more."""
        places = {value: at for at, value in enumerate(self.order)}
        for state, value in zip(states, after, strict=True):
            computed = value.op and value.op not in VIEWS | JOINS
            if not computed or value in self._homes or sum(value is each for each in after) > 1:
                continue
            at, read = places[value], self._last.get(state, -1)
            by_element = value.op in UFUNCS and any(x is state for x in value.inputs)
            if read < at or (read == at and by_element):
                self._homes[value] = self.spots[state]

    def _go_where_they_are_joined(self) -> None:
        """Compute what is joined where it belongs when it is joined."""
        for value in reversed(self.order):
            if value.op not in JOINS:
                continue
            home = self._homes.get(value)
            if home is None:
                home = self._homes[value] = Spot.whole(Root(value.shape, value.dtype))
            for x, part in zip(value.inputs, parts(value, home), strict=True):
                if x.op and x.op not in VIEWS and x not in self._homes and x.size:
                    self._homes[x] = part

    def _lie_as_they_are_read(self) -> None:
        """Write what is read with its axes in another order in that order, if all read it so."""
        readers: dict[Value, list[Value]] = {}
        for value in self.order:
            for x in value.inputs:
                readers.setdefault(x, []).append(value)
        for value in self.order:
            if value.op not in LAID_OUT or value in self._homes or value.ndim < 3:
                continue
            orders = {tuple(r.params.get("axes", ())) for r in readers.get(value, ())
                      if r.op == "permute"}  # fmt: skip
            if len(orders) == 1 and all(
                r.op == "permute" and any(u.op == "reshape" for u in readers.get(r, ()))
                for r in readers[value]
            ):
                (axes,) = orders
                shape = tuple(value.shape[a] for a in axes)
                whole = Spot.whole(Root(shape, value.dtype))
                self._homes[value] = whole.permuted(np.argsort(axes).tolist())

    def _place(self, at: int, value: Value) -> None:
        """Say where a value lies, and how it comes there."""
        if not value.op:
            if value not in self.spots:
                self._lie_as_handed_in(value)
            return
        if value.op == "iota":
            counted = PRIMITIVES["iota"].reference(**value.params)
            self._lie_as_handed_in(value)
            self.counted[self.roots[value]] = np.ascontiguousarray(counted)
            return
        inputs = [self.spots[x] for x in value.inputs]
        if value.op in VIEWS:
            self.spots[value] = viewed(value, inputs[0]) or self._copied(value, inputs[0])
        else:
            self._compute(at, value, inputs)
        for base in dict.fromkeys([*(self._bases[x] for x in value.inputs), self._bases[value]]):
            if self._last.get(base, at) <= at:
                self.memory.end(base)

    def _copied(self, value: Value, x: Spot) -> Spot:
        """Put the same elements into another shape where that takes a copy."""
        spot = self._new(value, self._bases[value])
        like = spot.reshaped(x.shape)
        assert like is not None
        self.calls.append(Call(np.copyto, (like, x)))
        return spot

    def _compute(self, at: int, value: Value, inputs: Sequence[Spot]) -> None:
        out = self._homes.get(value)
        if out is None:
            out = self._over_an_input(at, value, inputs)
            if out is None:
                out = self._new(value, value)
            else:
                self.memory.hold(out.root, value)
        self.memory.begin(out.root)
        self.spots[value] = out

        def scratch(shape: Sequence[int], dtype: Any) -> Spot:
            root = Root(tuple(shape), dtype)
            self.memory.hold(root, _MEANWHILE)
            self.memory.begin(root)
            return Spot.whole(root)

        self.calls += calls(value, inputs, out, scratch)
        self.memory.end(_MEANWHILE)

    def _new(self, value: Value, holder: Value) -> Spot:
        root = Root(value.shape, value.dtype)
        self.memory.hold(root, holder)
        self.memory.begin(root)
        return Spot.whole(root)

    def _over_an_input(self, at: int, value: Value, inputs: Sequence[Spot]) -> Spot | None:
        """Find an input that nobody needs any more, and whose place is as large."""
        for k in OVER_INPUT.get(value.op, ())[: len(inputs)]:
            base, spot = self._bases[value.inputs[k]], inputs[k]
            if (
                self._last[base] == at
                and spot.shape == value.shape
                and spot.dtype == value.dtype
                and spot.root.nbytes == value.nbytes
                and spot.is_contiguous
                and self.memory.alone(spot.root, base)
                and all(x == spot or x.root is not spot.root for x in inputs)
            ):
                return spot
        return None


def _separate(program: Program) -> Outputs:
    """Have what is but a view of something handed in copied: a step may write over that."""

    def own(value: Value, state: Value | None) -> Value:
        below = value
        while below.op in VIEWS:
            (below,) = below.inputs
        if below.op or below.kind == "constant" or value is state:
            return value
        return Value("cast", (value,), {"dtype": value.dtype}, value.shape, value.dtype)

    after = [own(v, state) for v, state in zip(program.after, program.states, strict=True)]
    return Outputs(after, [own(v, None) for v in program.results])
