"""Shape rules that many operations share, and the messages they give when shapes do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.core.op import Shape
from clearprop.errors import ShapeError

__all__ = ["axis_in", "broadcast", "broadcast_shapes", "reduced", "same", "within"]


def same(x: Shape, *_: Shape, **__: Any) -> Shape:
    """Give the shape of the (first) input."""
    return x


def broadcast_shapes(*shapes: Shape) -> Shape:
    """
    Give the shape that NumPy's broadcasting makes of `shapes`.

    Raises
    ------
    ShapeError
        If two sizes of an axis differ and neither is 1.

    Examples
    --------
    >>> broadcast_shapes((3, 1), (4,))
    (3, 4)
    """
    rank = max((len(s) for s in shapes), default=0)
    out = []
    for axis in range(-rank, 0):
        sizes = {s[axis] for s in shapes if len(s) >= -axis} - {1}
        if len(sizes) > 1:
            raise ShapeError(
                f"shapes {' and '.join(map(str, shapes))} do not broadcast:"
                f" axis {axis} has sizes {', '.join(map(str, sorted(sizes)))};"
                " they must be equal or 1."
            )
        out.append(sizes.pop() if sizes else 1)
    return tuple(out)


def broadcast(*shapes: Shape, **_: Any) -> Shape:
    """Give the shape of elementwise operations on several inputs."""
    return broadcast_shapes(*shapes)


same.by_place = True  # type: ignore[attr-defined]  # read by `op` as the default of elementwise
broadcast.by_place = True  # type: ignore[attr-defined]


def axis_in(axis: int, rank: int, what: str) -> int:
    """
    Give `axis` counted from the front.

    Raises
    ------
    ShapeError
        If there is no such axis.
    """
    if not -rank <= axis < rank:
        have = f"axes {-rank} to {rank - 1}" if rank else "no axes"
        raise ShapeError(f"{what}: axis {axis} of an array with {have}.")
    return axis % rank


def reduced(
    x: Shape, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, **_: Any
) -> Shape:
    """Give the shape of a reduction such as `sum` along `axis` (all of them for None)."""
    rank = len(x)
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    gone = {axis_in(a, rank, "reduction") for a in axes}
    if len(gone) < len(axes):
        raise ShapeError(f"reduction: axis {axis} names an axis twice.")
    if keepdims:
        return tuple(1 if a in gone else n for a, n in enumerate(x))
    return tuple(n for a, n in enumerate(x) if a not in gone)


def within(index: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """
    Find the place, in an input of `shape`, that broadcasting repeats at `index`.

    Examples
    --------
    >>> within((2, 5), (1, 6))
    (0, 5)
    """
    own = index[len(index) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(own, shape, strict=True))
