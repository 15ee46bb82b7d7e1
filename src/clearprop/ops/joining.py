"""Putting several arrays together, and taking one apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Index, Pick
from clearprop.core.shapes import axis_in
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import ShapeError
from clearprop.ops.shaping import in_order

__all__ = ["concat", "split", "stack", "unstack"]

Array = Any


def _joined(*arrays: Shape, axis: int | None = 0) -> Shape:
    if not arrays:
        raise ShapeError("concat: no arrays came; give at least one.")
    if axis is None:
        total = 0
        for shape in arrays:
            size = 1
            for n in shape:
                size *= n
            total += size
        return (total,)
    first = arrays[0]
    along = axis_in(axis, len(first), "concat")
    for i, shape in enumerate(arrays):
        same_rank = len(shape) == len(first)
        if not same_rank or any(
            n != m for a, (n, m) in enumerate(zip(shape, first, strict=True)) if a != along
        ):
            raise ShapeError(
                f"concat: array {i} has shape {shape}, array 0 has {first};"
                f" they must agree but for axis {along}."
            )
    return (*first[:along], sum(s[along] for s in arrays), *first[along + 1 :])


@op(
    "concat({arrays})",
    r"\left[{arrays}\right]",
    shape=_joined,
    cases=[
        case(real(2, 3), real(1, 3), real(4, 3)),
        case(real(2, 3), real(2, 0), real(2, 1), axis=-1),
        case(real(2, 3), real(4), axis=None),
        case(real(3)),
    ],
)
def concat(xp: Any, *arrays: Array, axis: int | None = 0) -> Array:
    """The arrays one after another along `axis` (all elements in a row for None)."""
    return xp.concat(arrays, axis=axis)


def _own_part(xp: Any, g: Array, y: Array, i: int, *arrays: Array, axis: int | None = 0) -> Array:
    if axis is None:
        start = sum(x.size for x in arrays[:i])
        return xp.reshape(g[start : start + arrays[i].size], arrays[i].shape)
    start = sum(x.shape[axis] for x in arrays[:i])
    along = axis % len(g.shape)
    return g[(*(slice(None),) * along, slice(start, start + arrays[i].shape[axis]), ...)]


concat.vjp(arrays=_own_part)


@concat.read
def _which_array(index: Index, *arrays: Array, axis: int | None = 0) -> Pick:
    at = index[0 if axis is None else axis]
    which = 0
    while at >= (n := arrays[which].size if axis is None else arrays[which].shape[axis]):
        at -= n
        which += 1
    if axis is None:
        x = arrays[which]
        return Pick(which, in_order((at,), (x.size,), x.shape).index)
    along = axis % len(index)
    return Pick(which, (*index[:along], at, *index[along + 1 :]))


def _stacked(*arrays: Shape, axis: int = 0) -> Shape:
    if not arrays:
        raise ShapeError("stack: no arrays came; give at least one.")
    for i, shape in enumerate(arrays):
        if shape != arrays[0]:
            raise ShapeError(
                f"stack: array {i} has shape {shape}, array 0 has {arrays[0]}; all must have one."
            )
    along = axis_in(axis, len(arrays[0]) + 1, "stack")
    return (*arrays[0][:along], len(arrays), *arrays[0][along:])


@op(
    "stack({arrays})",
    r"\mathrm{stack}({arrays})",
    shape=_stacked,
    cases=[
        case(real(2, 3), real(2, 3), real(2, 3)),
        case(real(2, 3), real(2, 3), axis=-1),
        case(real(), real()),
        case(real(1), axis=1),
    ],
)
def stack(xp: Any, *arrays: Array, axis: int = 0) -> Array:
    """The arrays, all of one shape, side by side along a new axis."""
    return xp.stack(arrays, axis=axis)


def _own_layer(xp: Any, g: Array, y: Array, i: int, *arrays: Array, axis: int = 0) -> Array:
    return g[(*(slice(None),) * (axis % len(g.shape)), i, ...)]


stack.vjp(arrays=_own_layer)


@stack.read
def _which_layer(index: Index, *arrays: Array, axis: int = 0) -> Pick:
    along = axis % len(index)
    return Pick(index[along], (*index[:along], *index[along + 1 :]))


def unstack(x: Any, *, axis: int = 0) -> list[Tensor]:
    """
    Take an array apart into its layers along `axis`.

    Parameters
    ----------
    x : Tensor or array, shape (..., n, ...)
    axis : int
        The axis that the parts no longer have.

    Returns
    -------
    list of Tensor
        `n` of them.

    Raises
    ------
    ShapeError
        If there is no such axis.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.unstack(cp.tensor([[1, 2], [3, 4]]), axis=1)
    [tensor([1., 3.]), tensor([2., 4.])]
    """
    whole = as_tensor(x)
    along = axis_in(axis, whole.ndim, "unstack")
    before = (slice(None),) * along
    return [whole[(*before, i)] for i in range(whole.shape[along])]


def split(x: Any, indices_or_sections: int | Sequence[int], *, axis: int = 0) -> list[Tensor]:
    """
    Cut an array into parts along `axis`.

    Parameters
    ----------
    x : Tensor or array, shape (..., n, ...)
    indices_or_sections : int or sequence of int
        How many equal parts, or the places before which to cut.
    axis : int
        The axis to cut.

    Returns
    -------
    list of Tensor

    Raises
    ------
    ShapeError
        If `n` cannot be cut into that many equal parts, or there is no such axis.

    Examples
    --------
    >>> import clearprop as cp
    >>> cp.split(cp.tensor([1, 2, 3, 4]), 2)
    [tensor([1., 2.]), tensor([3., 4.])]
    >>> cp.split(cp.tensor([1, 2, 3, 4]), [1])
    [tensor([1.]), tensor([2., 3., 4.])]
    """
    whole = as_tensor(x)
    along = axis_in(axis, whole.ndim, "split")
    size = whole.shape[along]
    if isinstance(indices_or_sections, int):
        parts = indices_or_sections
        if parts < 1 or size % parts:
            raise ShapeError(
                f"split: axis {along} has {size} places, which {parts} equal parts do not share;"
                " give the places to cut at instead."
            )
        cuts = [size // parts * i for i in range(1, parts)]
    else:
        cuts = list(indices_or_sections)
    before = (slice(None),) * along
    edges = zip([0, *cuts], [*cuts, size], strict=True)
    return [whole[(*before, slice(a, b))] for a, b in edges]
