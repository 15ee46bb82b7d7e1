"""Loops over time: a body that is run for each step of a sequence, and hands numbers on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.interpret import compute
from clearprop.engines.compiled.primitives import Given, primitive
from clearprop.engines.compiled.program import Loop, Program, Value, in_order
from clearprop.engines.compiled.trace.building import as_kind

__all__ = ["Looping", "part", "without_idle_parts"]

Array: TypeAlias = Any

_NOTHING: Given = ((), np.dtype(np.float64))  # of a loop itself: it is its parts that are arrays


def _scan(inputs: Sequence[Value], *, body: Loop, length: int, **_: bool) -> Given:
    """
    From what is fixed, what is handed on at first, and sequences; it gives several arrays.

    `reverse`: it goes from the end; `apart`: no turn needs anything of another.
    """
    return _NOTHING


def _scan_arrays(
    *arrays: Array, body: Loop, length: int, reverse: bool, apart: bool = False
) -> tuple[Array, ...]:
    first, then = len(body.fixed), len(body.fixed) + len(body.states)
    fixed = dict(zip(body.fixed, arrays[:first], strict=True))
    carried = list(arrays[first:then])
    told = [np.zeros((length, *each.shape), each.dtype) for each in body.results]
    for t in reversed(range(length)) if reverse else range(length):
        now = fixed | dict(zip(body.states, carried, strict=True))
        now |= {leaf: x[t] for leaf, x in zip(body.data, arrays[then:], strict=True)}
        made = compute(body.outputs, now)
        carried = made[: len(carried)]
        for sequence, each in zip(told, made[len(carried) :], strict=True):
            sequence[t] = each
    return (*told, *carried)


def _part(inputs: Sequence[Value], *, index: int) -> Given:
    """One of the arrays that a loop gives: what its turns told, then what was handed on last."""
    scan: Value = inputs[0]
    body: Loop = scan.params["body"]
    if index < len(body.results):
        each = body.results[index]
        return (scan.params["length"], *each.shape), each.dtype
    each = body.states[index - len(body.results)]
    return each.shape, each.dtype


primitive("scan", "structured", _scan, _scan_arrays)
primitive("part", "structured", _part, lambda arrays, *, index: arrays[index])


@final
class Looping:
    """
    A loop while it is written down.

    Parameters
    ----------
    length : int
        How many turns it has.
    what : str
        What it computes.
    reverse : bool
        Whether the first turn is that of the last time step.
    """

    def __init__(self, length: int, *, what: str, reverse: bool = False) -> None:
        self.length, self.reverse, self.body = length, reverse, Loop(what=what)
        self._fixed: list[Value] = []
        self._first: list[Value] = []
        self._sequences: list[Value] = []

    def fixed(self, x: Value) -> Value:
        """Give what stands for `x` in every turn."""
        self._fixed.append(x)
        return _leaf(self.body.fixed, x.shape, x.dtype)

    def carried(self, x: Value) -> Value:
        """Give what stands for what is handed on, which is `x` at first."""
        self._first.append(x)
        return _leaf(self.body.states, x.shape, x.dtype)

    def each(self, x: Value) -> Value:
        """Give what stands for the turn's own part of a sequence (T, ...)."""
        self._sequences.append(x)
        return _leaf(self.body.data, x.shape[1:], x.dtype)

    def run(self, after: Sequence[Value], told: Sequence[Value]) -> tuple[list[Value], list[Value]]:
        """
        End the loop.

        Parameters
        ----------
        after : sequence of Value
            What is handed on, in the order in which it was asked for by `carried`.
        told : sequence of Value
            What each turn gives.

        Returns
        -------
        told : list of Value, each (T, ...)
        last : list of Value
            What is handed on by the last turn.
        """
        leaves = zip(after, self.body.states, strict=True)
        self.body.after = [as_kind(x, leaf.dtype) for x, leaf in leaves]
        self.body.results = list(told)
        params = {"body": self.body, "length": self.length, "reverse": self.reverse}
        scan = Value("scan", (*self._fixed, *self._first, *self._sequences), params, *_NOTHING)
        parts = [part(scan, index) for index in range(len(told) + len(after))]
        return parts[: len(told)], parts[len(told) :]


def part(scan: Value, index: int) -> Value:
    """Give one of the arrays that a loop gives."""
    return Value("part", (scan,), {"index": index}, *_part((scan,), index=index))


def _leaf(to: list[Value], shape: Any, dtype: Any) -> Value:
    to.append(Value("", (), {}, shape, dtype, kind="carried", name=f"step {len(to)}"))
    return to[-1]


def without_idle_parts(program: Program) -> None:
    """Leave out of all loops what they give and nobody takes, and what they took for that."""
    # From the end: what a loop took is then asked for by one loop less.
    for scan in [each for each in reversed(program.values()) if each.op == "scan"]:
        parts = [each for each in program.values() if each.op == "part" and each.inputs[0] is scan]
        _narrow(scan, parts)


def _narrow(scan: Value, parts: Sequence[Value]) -> None:
    body: Loop = scan.params["body"]
    told, count = len(body.results), len(body.fixed)
    asked = {each.params["index"] for each in parts}
    results = [k for k in range(told) if k in asked]
    kept = {k - told for k in asked if k >= told}
    while True:  # what is handed on is needed if what is needed is made of it
        roots = [body.results[k] for k in results] + [body.after[k] for k in sorted(kept)]
        used = set(in_order(roots))
        more = {k for k, leaf in enumerate(body.states) if leaf in used} - kept
        if not more:
            break
        kept |= more
    states = sorted(kept)
    places = {k: i for i, k in enumerate(results)}
    places |= {told + k: len(results) + i for i, k in enumerate(states)}
    fixed = [i for i, leaf in enumerate(body.fixed) if leaf in used]
    data = [i for i, leaf in enumerate(body.data) if leaf in used]
    first, sequences = count, count + len(body.states)
    scan.inputs = tuple(
        scan.inputs[i]
        for i in [*fixed, *(first + k for k in states), *(sequences + k for k in data)]
    )
    narrow = Loop(
        fixed=[body.fixed[i] for i in fixed], data=[body.data[i] for i in data],
        states=[body.states[k] for k in states], after=[body.after[k] for k in states],
        results=[body.results[k] for k in results], what=body.what,
    )  # fmt: skip
    scan.params = {**scan.params, "body": narrow}
    without_idle_parts(narrow)
    for each in parts:
        each.params = {"index": places[each.params["index"]]}
