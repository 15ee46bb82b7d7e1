"""Runs a plan: steps over the rows of arrays, one NumPy call after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.kept import aligned
from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.running import Bound
from clearprop.engines.replay.plan import Plan
from clearprop.engines.replay.spots import Root, Spot

__all__ = ["Replayed", "replayed"]

Array: TypeAlias = Any
Ready: TypeAlias = Callable[[], Any]


def replayed(program: Program, batch: int) -> Replayed:
    """Make what runs a program as it was traced, a batch of so many rows a step."""
    return Replayed(prepared(program), batch)


class _OfRows(NamedTuple):
    """A call that sees a step's own rows."""

    at: int
    function: Callable[..., Any]
    args: list[Array]
    out: Array
    views: list[tuple[int, Callable[[Sequence[Array]], Array]]]  # by argument, made of all rows

    def ready(self, rows: Sequence[Array]) -> Ready:
        """Give it for the rows of a step."""
        args = list(self.args)
        for k, view in self.views:
            args[k] = view(rows)
        return _ready(self.function, args, self.out)


@final
class Replayed:
    """
    A program that NumPy runs in memory that is used again and again.

    Parameters
    ----------
    program : Program
    batch : int
        The rows of a step.

    Raises
    ------
    NotCompilable
        If the program is too long.
    """

    def __init__(self, program: Program, batch: int) -> None:
        self.program, self.batch = program, batch
        self.plan = plan = Plan(program)
        self._data = {plan.roots[value]: k for k, value in enumerate(program.data)}
        self._given = [plan.roots[value] for value in [*program.draws, *program.scalars]]
        # What the functions are bound to, once there are arrays.
        self._states: list[Array] | None = None
        self._arrays: dict[Root, Array] = {}
        self._calls: list[Ready] = []
        self._of_rows: list[_OfRows] = []
        self._results: list[Array] = []

    def run(self, bound: Bound, steps: int) -> None:
        """Do the first `steps` steps of what is bound."""
        known = self._states
        if known is None or any(a is not b for a, b in zip(known, bound.states, strict=True)):
            self._bind(bound.states)
        given = [self._arrays[root] for root in self._given]
        work = list(self._calls)
        with np.errstate(all="ignore"):
            for step in range(steps):
                self._take_rows(bound, step, work)
                values = [*(each[step] for each in bound.draws), *bound.scalars[step]]
                for array, value in zip(given, values, strict=True):
                    array[...] = value
                for call in work:
                    call()
                for told, result in zip(bound.results, self._results, strict=True):
                    told[step] = result

    def _take_rows(self, bound: Bound, step: int, work: list[Ready]) -> None:
        """Hand a step its rows: as they lie in the data if they follow each other, else copied."""
        batch = self.batch
        if bound.rows is not None:
            rows = bound.rows[step * batch : (step + 1) * batch]
            for root, k in self._data.items():
                np.take(bound.data[k], rows, 0, self._arrays[root], "clip")
            return
        first = bound.first_row + step * batch
        own = [array[first : first + batch] for array in bound.data]
        for each in self._of_rows:
            work[each.at] = each.ready(own)

    def _bind(self, states: Sequence[Array]) -> None:
        """Put arrays in the places of spots."""
        plan, self._states = self.plan, list(states)
        own = dict(zip(self.program.states, states, strict=True))
        for value, root in plan.roots.items():
            if value in own:
                self._arrays[root] = own[value]
            elif root in plan.counted:
                self._arrays[root] = plan.counted[root]
            elif value.kind == "constant":
                self._arrays[root] = np.ascontiguousarray(value.array).reshape(value.shape)
            else:
                self._arrays[root] = aligned(value.shape, value.dtype)
        self._calls, self._of_rows = [], []
        for at, call in enumerate(plan.calls):
            args, out = [self._array(x) for x in call.args], self._array(call.out)
            self._calls.append(_ready(call.function, args, out))
            views = [(k, self._view(x)) for k, x in enumerate(call.args) if self._is_of_rows(x)]
            if views:
                self._of_rows.append(_OfRows(at, call.function, args, out, views))
        self._results = [self._array(spot) for spot in plan.results]

    def _array(self, x: Any) -> Any:
        if not isinstance(x, Spot):
            return x
        known = self._arrays.get(x.root)
        if known is None:
            return x.within(self.plan.memory.array(x.root))
        return known if x == Spot.whole(x.root) else x.within(known)

    def _is_of_rows(self, x: Any) -> bool:
        return isinstance(x, Spot) and x.root in self._data

    def _view(self, x: Spot) -> Callable[[Sequence[Array]], Array]:
        """Give what makes a view of a step's own rows."""
        place = self._data[x.root]
        return itemgetter(place) if x == Spot.whole(x.root) else lambda own: x.within(own[place])


def _ready(function: Callable[..., Any], args: Iterable[Any], out: Array | None) -> Ready:
    return partial(function, *args) if out is None else partial(function, *args, out=out)
