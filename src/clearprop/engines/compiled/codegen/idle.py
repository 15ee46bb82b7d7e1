"""Rows of an update that change nothing, because what they are multiplied by is zero."""

from __future__ import annotations

from collections.abc import Callable

from clearprop.engines.compiled.codegen.affine import VIEWS, Affine, Index, flat, identity, through
from clearprop.engines.compiled.codegen.kernels import Cone, base
from clearprop.engines.compiled.program import Value

__all__ = ["idle_factor"]


def idle_factor(
    cone: Cone, stored: set[Value], inner: int, in_place: Callable[[Value, Value], bool]
) -> tuple[Value, Affine] | None:
    """
    Find what a row's change is multiplied by: where that is zero, the row stays as it is.

    So it is with the weights of a layer that took one example: the gradient of a row is the row's
    input times what came back, and most inputs may be zero.

    Parameters
    ----------
    cone : Cone
        Of what is written.
    stored : set of Value
        What is in memory.
    inner : int
        The first of the axes that make a row.
    in_place : callable ``(written, read) -> bool``
        Whether two values lie in the same place.

    Returns
    -------
    (Value, Affine) or None
        What is read, and where.
    """
    root = cone.root
    if root.op not in ("add", "subtract"):
        return None
    before, change = root.inputs
    if root.op == "add" and not _is_kept(before, root, in_place):
        before, change = change, before
    if not _is_kept(before, root, in_place):
        return None
    return _factor(change, identity(len(cone.extents)), cone, stored, inner)


def _is_kept(before: Value, root: Value, in_place: Callable[[Value, Value], bool]) -> bool:
    return bool(before.kind) and before.shape == root.shape and in_place(root, before)


def _factor(
    value: Value, index: Index, cone: Cone, stored: set[Value], inner: int
) -> tuple[Value, Affine] | None:
    below = base(value)
    rank = len(cone.extents)
    if below.kind or below in stored:
        place = flat(value.shape, index, rank)
        constant = below.kind in ("constant", "scalar")
        outer, row = place[1 : inner + 1], place[inner + 1 :]
        return (below, place) if any(outer) and not any(row) and not constant else None
    if value.op in VIEWS:
        moved = through(value, index, cone.extents)
        return None if moved is None else _factor(value.inputs[0], moved, cone, stored, inner)
    if value.op in ("multiply", "negative", "divide"):
        for each in value.inputs[: 1 if value.op == "divide" else 2]:
            found = _factor(each, index, cone, stored, inner)
            if found is not None:
                return found
    return None
