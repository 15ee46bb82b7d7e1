"""Sums of parts with zeros around them, such as the gradients of slices: joined instead."""

from __future__ import annotations

from typing import NamedTuple

from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace.building import fitted, number

__all__ = ["parts_joined"]


class Parts(NamedTuple):
    """What lies where along an axis, with zeros in between."""

    axis: int
    pieces: tuple[tuple[int, Value], ...]  # where each begins, in order


def parts_joined(program: Program) -> Program:
    """
    Join parts that do not overlap instead of adding them up with zeros around each.

    No number changes, but that a zero may keep its sign.
    """
    known: dict[Value, Parts] = {}

    def change(value: Value, inputs: tuple[Value, ...]) -> Value | None:
        made, parts = None, None
        if value.op == "pad":
            parts = _padded(value, inputs[0])
            made = Value("pad", inputs, value.params, value.shape, value.dtype)
        elif value.op == "add" and all(x in known for x in inputs):
            parts = _both(*(known[x] for x in inputs))
            made = None if parts is None else _joined(value, parts)
        if made is not None and parts is not None:
            known[made] = parts
        return made

    return rewritten(program, change)


def _padded(value: Value, inner: Value) -> Parts | None:
    """Read a pad with zeros along one axis."""
    low, high = value.params["low"], value.params["high"]
    axes = [a for a, (n, m) in enumerate(zip(low, high, strict=True)) if n or m]
    if any(value.params["interior"]) or value.params["value"] or len(axes) != 1:
        return None
    return Parts(axes[0], ((low[axes[0]], inner),))


def _both(one: Parts, two: Parts) -> Parts | None:
    pieces = sorted((*one.pieces, *two.pieces), key=lambda piece: piece[0])
    return Parts(one.axis, tuple(pieces)) if one.axis == two.axis else None


def _joined(value: Value, parts: Parts) -> Value | None:
    """Put the pieces one after another; None if they overlap."""
    axis, rows, end = parts.axis, [], 0

    def zeros(count: int) -> Value:
        shape = (*value.shape[:axis], count, *value.shape[axis + 1 :])
        return fitted(number(0, value.dtype), shape)

    for start, piece in parts.pieces:
        if start < end:
            return None
        rows += [zeros(start - end)] * (start > end) + [piece]
        end = start + piece.shape[axis]
    rows += [zeros(value.shape[axis] - end)] * (end < value.shape[axis])
    return Value("concat", rows, {"axis": axis}, value.shape, value.dtype)
