"""Which whole numbers among the data a program can look up without going wrong."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, inf, isnan, prod
from typing import TypeAlias, final

import numpy as np

from clearprop.engines.compiled.program import NotCompilable, Program, Value, in_order
from clearprop.lang import told

__all__ = ["limits_of"]

Range: TypeAlias = tuple[float, float]  # the least number and the largest

# What leaves numbers as they are, so far as whole ones go.
_MOVED = frozenset(["broadcast", "concat", "permute", "reshape", "slice", "sort"])
_THE_SAME = _MOVED | {"cast", "ceil", "floor", "round", "trunc"}
_ANY: Range = (-inf, inf)


def limits_of(program: Program) -> list[tuple[int, int, int]]:
    """
    Find the bounds of data that are places in other arrays.

    Numbers from behind the end of an array, below 0, are not let through: some layers take them,
    and others say that there is no such place, which only a step done eagerly knows.

    Parameters
    ----------
    program : Program

    Returns
    -------
    list of (int, int, int)
        Which of the data, the smallest whole number that may be among them, and the first that
        is too large.

    Raises
    ------
    NotCompilable
        If places are computed, and could lie outside of the array.
    """
    bounds = _Bounds(program.data)
    _demand_all(program, bounds)
    places = {value: i for i, value in enumerate(program.data)}
    return [(places[value], int(low), int(high) + 1) for value, (low, high) in bounds.data.items()]


def _demand_all(program: Program, bounds: _Bounds) -> None:
    for value in in_order(program.outputs):
        if value.op == "scan":
            _demand_all(value.params["body"], bounds.inside(value))
            bounds.go_out(value)
        elif value.op in ("take", "take_along"):
            bounds.demand(value.inputs[1], value.inputs[0].shape[value.params["axis"]])
        elif value.op in ("scatter_add", "scatter_along"):
            bounds.demand(value.inputs[1], value.params["size"])


@final
class _Bounds:
    """What the data must keep to, so that all places lie inside."""

    def __init__(self, data: Iterable[Value]) -> None:
        self.leaves = set(data)
        self.data: dict[Value, Range] = {}
        self._ranges: dict[Value, Range] = {}
        self._inside: dict[Value, _Bounds] = {}

    def inside(self, scan: Value) -> _Bounds:
        """Give the bounds inside a loop, where what is carried may become anything."""
        body = scan.params["body"]
        return self._inside.setdefault(scan, _Bounds([*body.fixed, *body.data]))

    def go_out(self, scan: Value) -> None:
        """Demand of what a loop is given what is demanded inside."""
        body, bounds = scan.params["body"], self.inside(scan).data
        fixed, count = len(body.fixed), len(body.fixed) + len(body.states)
        outside = [*scan.inputs[:fixed], *scan.inputs[count:]]
        for leaf, given in zip([*body.fixed, *body.data], outside, strict=True):
            if leaf in bounds:
                self.within(given, *bounds[leaf])

    def demand(self, places: Value, size: int) -> None:
        """See to it that places are inside an axis of that size."""
        low, high = self._range(places)
        if not places.nbytes or (-size <= low and high < size):
            return
        self.within(places, 0, size - 1)

    def within(self, x: Value, low: float, high: float) -> None:
        """Demand numbers of ``x`` from `low` to `high` of the data, or refuse."""
        first, last = self._range(x)
        if low <= first and last <= high:
            return
        if x in self.leaves:
            if max(low, -(1 << 62)) > min(high, 1 << 62):
                raise NotCompilable(told("compiling.outside"))
            known = self.data.get(x, _ANY)
            self.data[x] = max(low, known[0], -(1 << 62)), min(high, known[1], 1 << 62)
        elif x.op in _THE_SAME:
            for each in x.inputs:
                self.within(each, low, high)
        elif x.op == "where":
            self._chosen(x, low, high)
        elif x.op in ("minimum", "maximum"):
            self._cut(x, low, high)
        elif x.op in ("add", "subtract", "multiply"):
            self._moved(x, low, high)
        elif x.op == "part" and x.params["index"] < len(x.inputs[0].params["body"].results):
            scan = x.inputs[0]
            made = scan.params["body"].results[x.params["index"]]
            self.inside(scan).within(made, low, high)
            self.go_out(scan)
        else:
            raise NotCompilable(told("compiling.computed_places"))

    def _chosen(self, x: Value, low: float, high: float) -> None:
        """Let a number that is replaced by another be as it is."""
        condition, *both = x.inputs
        for each, kept in zip(both, ("not_equal", "equal"), strict=True):
            first, last = low, high
            if condition.op == kept:
                for one, other in (condition.inputs, condition.inputs[::-1]):
                    by = self._steady(other)
                    if by is not None and _origin(one) is _origin(each):
                        first, last = min(low, by), max(high, by)
            self.within(each, first, last)

    def _cut(self, x: Value, low: float, high: float) -> None:
        """What one of two cuts off is nothing that the other must keep to."""
        for one, other in (x.inputs, x.inputs[::-1]):
            first, last = self._range(other)
            if x.op == "minimum":
                self.within(one, low, inf if last <= high else high)
            else:
                self.within(one, -inf if first >= low else low, high)

    def _moved(self, x: Value, low: float, high: float) -> None:
        """Go back over what is added or multiplied, if that is the same everywhere."""
        a, b = x.inputs
        if x.op != "subtract" and self._steady(a) is not None:
            a, b = b, a
        by = self._steady(b)
        if by is None or by != int(by) or (x.op == "multiply" and by <= 0):
            raise NotCompilable(told("compiling.computed_places"))
        if x.op == "multiply":
            self.within(a, ceil(low / by), floor(high / by))
        else:
            by = -by if x.op == "add" else by
            self.within(a, low + by, high + by)

    def _steady(self, x: Value) -> float | None:
        low, high = self._range(x)
        return low if low == high else None

    def _range(self, x: Value) -> Range:
        """Say between which numbers those of an array are, whatever the data."""
        if x not in self._ranges:
            self._ranges[x] = self._find(x)
        return self._ranges[x]

    def _find(self, x: Value) -> Range:
        if x.kind == "constant":
            array = np.asarray(x.array)
            return (float(array.min()), float(array.max())) if array.size else (0, 0)
        if x.dtype.kind == "b":
            return (0, 1)
        if x.op in ("iota", "argmax", "argmin", "argsort"):
            whole = x.shape if x.op == "iota" else x.inputs[0].shape
            axis = x.params.get("axis")
            return (0, max(0, (prod(whole) if axis is None else whole[axis]) - 1))
        if x.op in _THE_SAME or x.op == "where":
            ranges = [self._range(each) for each in x.inputs[x.op == "where" :]]
            return min(low for low, _ in ranges), max(high for _, high in ranges)
        if x.op in ("minimum", "maximum"):
            (a, b), (c, d) = map(self._range, x.inputs)
            pick = min if x.op == "minimum" else max
            return pick(a, c), pick(b, d)
        if x.op in ("add", "subtract"):
            (a, b), (c, d) = map(self._range, x.inputs)
            return (a + c, b + d) if x.op == "add" else (a - d, b - c)
        if x.op == "multiply":
            ends = [a * b for a in self._range(x.inputs[0]) for b in self._range(x.inputs[1])]
            return _ANY if any(map(isnan, ends)) else (min(ends), max(ends))
        if x.op == "sum":
            low, high = self._range(x.inputs[0])
            count = x.inputs[0].size // x.size if x.size else 0
            return (low * count, high * count) if count else (0, 0)
        if x.op == "remainder":
            by = self._steady(x.inputs[1])
            return _ANY if by is None or by <= 0 else (0, by - 1)
        if not x.op and x.dtype.kind in "iu" and x.dtype.itemsize < 8:
            limits = np.iinfo(x.dtype)
            return limits.min, limits.max
        return _ANY


def _origin(x: Value) -> Value:
    while x.op in ("broadcast", "cast", "reshape"):
        (x,) = x.inputs
    return x
