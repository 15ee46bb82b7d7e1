"""Elements at places that are known beforehand: ``x[0, 1:]`` and its way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Fixed, Index, Pick, Total
from clearprop.errors import DTypeError, RangeError, ShapeError

__all__ = ["index", "scatter"]

Array = Any
Key = Any  # int, slice, None, Ellipsis, array of integers or booleans, or a tuple of these


def out_of_range(what: str, indices: Array, size: int, axis: int) -> RangeError:
    """Build the error for `indices` of which one is not in an axis of `size` places."""
    places = np.asarray(indices)
    bad = (places < -size) | (places >= size)
    first = tuple(map(int, np.argwhere(bad)[0])) if bad.any() else ()
    where = f" (at {list(first)} of the indices)" if first else ""
    reach = f"indices go from {-size} to {size - 1}" if size else "there is nothing to take"
    wrong = int(places[first])
    return RangeError(
        f"{what}: index {wrong}{where} is out of range for axis {axis} of size {size}; {reach}."
    )


def whole_numbers(what: str, indices: Array) -> None:
    """Raise unless `indices` are integers."""
    kind = np.asarray(indices).dtype
    if kind.kind not in "iu":
        raise DTypeError(
            f"{what}: indices must be whole numbers; got {kind}. Use .astype('int64')."
        )


def parts_of(key: Key) -> tuple[Any, ...]:
    """List what a key is made of, lists and tensors as arrays."""
    parts = key if isinstance(key, tuple) else (key,)
    return tuple(p if is_basic(p) else np.asarray(p) for p in parts)


def is_basic(part: Any) -> bool:
    """Tell whether a part picks no place twice and gives a view: a number, slice or new axis."""
    if isinstance(part, bool | np.bool):
        return False
    return part is None or part is Ellipsis or isinstance(part, int | np.integer | slice)


def complete(key: Key, rank: int) -> tuple[Any, ...]:
    """Give a key that says something of every axis, its Ellipsis spelt out."""
    parts = parts_of(key)
    taken = [_takes(p) for p in parts]
    if sum(p is Ellipsis for p in parts) > 1:
        raise ShapeError("index: only one Ellipsis (...) can stand in an index.")
    if sum(taken) > rank:
        raise ShapeError(
            f"index: {sum(taken)} indices for an array of {rank} ax{'is' if rank == 1 else 'es'}."
        )
    rest = (slice(None),) * (rank - sum(taken))
    at = next((i for i, p in enumerate(parts) if p is Ellipsis), len(parts))
    return (*parts[:at], *rest, *parts[at + 1 :])


def _takes(part: Any) -> int:
    """Count the axes that a part of a key speaks of."""
    if part is None or part is Ellipsis:
        return 0
    if isinstance(part, np.ndarray) and part.dtype.kind == "b":
        return part.ndim
    return 1


def _check(x: Shape, key: tuple[Any, ...]) -> None:
    axis = 0
    for part in key:
        if isinstance(part, int | np.integer) and not -x[axis] <= part < x[axis]:
            raise out_of_range("index", part, x[axis], axis)
        if isinstance(part, np.ndarray):
            if part.dtype.kind == "b":
                own = x[axis : axis + part.ndim]
                if part.shape != own:
                    raise ShapeError(
                        f"index: a mask of shape {part.shape} for axes of shape {own};"
                        " they must be the same."
                    )
            else:
                whole_numbers("index", part)
                if part.size and (part.min() < -x[axis] or part.max() >= x[axis]):
                    raise out_of_range("index", part, x[axis], axis)
        axis += _takes(part)


def _indexed(x: Shape, *, key: Key) -> Shape:
    full = complete(key, len(x))
    _check(x, full)
    try:
        found: np.ndarray = np.broadcast_to(np.False_, x)[full]
    except IndexError:
        arrays = [p.shape for p in full if isinstance(p, np.ndarray)]
        raise ShapeError(
            f"index: index arrays of shapes {arrays} do not broadcast together."
        ) from None
    return found.shape


def _origins(x: Shape, key: Key) -> list[np.ndarray]:
    """Tell, axis by axis, where each element of ``x[key]`` comes from."""
    full = complete(key, len(x))
    return [
        np.broadcast_to(np.arange(n).reshape((-1,) + (1,) * (len(x) - a - 1)), x)[full]
        for a, n in enumerate(x)
    ]


def _flat_origins(x: Shape, key: Key) -> np.ndarray:
    """Tell where each element of ``x[key]`` comes from, if `x` were one row."""
    places = _origins(x, key)
    return np.asarray(np.ravel_multi_index(places, x) if x else np.zeros(_indexed(x, key=key), int))


def _in_bounds(x: Shape, key: Key) -> tuple[Any, ...]:
    """Spell a basic key as the standard wants it: no slice beyond the end of its axis."""
    out, axis = [], 0
    for part in complete(key, len(x)):
        if isinstance(part, slice):
            start, stop, step = part.indices(x[axis])
            if step > 0:
                stop = max(start, stop)
            out.append(slice(start, None if step < 0 and stop < 0 else stop, step))
        else:
            out.append(part)
        axis += _takes(part)
    return tuple(out)


def _index_jax(xp: Any, x: Array, *, key: Key) -> Array:
    _indexed(x.shape, key=key)  # JAX would clamp an index that is out of range, and say nothing
    return x[parts_of(key)]


_CASES = [
    case(real(3, 4), key=1),
    case(real(3, 4), key=(-1, slice(1, None))),
    case(real(3, 4), key=(Ellipsis, slice(None, None, 2))),
    case(real(3, 4), key=(slice(None, None, -2), None, 0)),
    case(real(3, 4), key=(slice(7, None), slice(-9, 2))),
    case(real(5), key=np.array([0, 3, 3, -1])),
    case(real(4, 3), key=np.array([[0, 3, 3], [1, -1, 0]])),
    case(real(2, 4, 3), key=(slice(None), np.array([0, 3, 3]), 1)),
    case(real(4, 3, 2), key=(np.array([0, 2, 2]), slice(None), np.array([1, -1, 1]))),
    case(real(3, 2), key=np.array([True, False, True])),
    case(real(3, 2), key=np.array([[True, False], [False, False], [True, True]])),
    case(real(3, 2), key=(None, Ellipsis, 0)),
    case(real(3), key=np.zeros(0, np.int64)),
    case(real(), key=()),
]


@op(
    "{x}[{key}]",
    "{x}_{key}",
    shape=_indexed,
    cases=_CASES,
    impl={"numpy": lambda xp, x, *, key: x[key], "jax": _index_jax},
)
def index(xp: Any, x: Array, *, key: Key) -> Array:
    """The elements at `key`, which is anything that NumPy takes between square brackets."""
    shape = tuple(x.shape)
    if all(map(is_basic, parts_of(key))):
        return x[_in_bounds(shape, key)]
    flat = _flat_origins(shape, key)
    row = xp.take(xp.reshape(x, (-1,)), xp.asarray(flat.reshape(-1)), axis=0)
    return xp.reshape(row, flat.shape)


def _source(index: Index, x: Array, *, key: Key) -> Pick:
    return Pick(0, tuple(int(places[index]) for places in _origins(x.shape, key)))


index.read(_source)


def _scattered(x: Shape, *, key: Key, shape: Shape) -> Shape:
    expected = _indexed(shape, key=key)
    if tuple(x) != expected:
        raise ShapeError(
            f"scatter: shape {tuple(x)}; an array of shape {shape} has {expected} there."
        )
    return tuple(shape)


def _scatter_numpy(xp: Any, x: Array, *, key: Key, shape: Shape) -> Array:
    out = np.zeros(shape, x.dtype)
    parts = parts_of(key)
    if all(is_basic(p) or p.dtype.kind == "b" for p in parts):  # no place comes twice
        out[parts] = x
    elif len(parts) == 1:  # one list of rows, the most frequent; this way is the fastest by far
        return xp.segment_sum(x, parts[0], size=shape[0], axis=0)
    else:
        np.add.at(out, parts, x)
    return out


def _scatter_jax(xp: Any, x: Array, *, key: Key, shape: Shape) -> Array:
    return xp.zeros(shape, x.dtype).at[parts_of(key)].add(x)


@op(
    "scatter({x}, [{key}])",
    r"\mathrm{scatter}_{key}({x})",
    shape=_scattered,
    cases=[
        case(real(4), key=1, shape=(3, 4)),
        case(real(2, 2), key=(slice(None, None, 2), slice(1, 3)), shape=(3, 4)),
        case(real(2), key=(slice(None, None, -2), 0), shape=(3, 4)),
        case(real(4), key=np.array([0, 3, 3, -1]), shape=(5,)),
        case(real(2, 2, 3), key=np.array([[0, 3], [3, -1]]), shape=(4, 3)),
        case(real(2, 3), key=(slice(None), np.array([0, 2, 0])), shape=(2, 4)),
        case(real(2, 3), key=np.array([True, False, True]), shape=(3, 3)),
        case(real(), key=(0, 1), shape=(2, 2)),
        case(real(1, 3), key=(None, Ellipsis, 0), shape=(3, 2)),
    ],
    strict=True,
    impl={"numpy": _scatter_numpy, "jax": _scatter_jax},
)
def scatter(xp: Any, x: Array, *, key: Key, shape: Shape) -> Array:
    """Zeros of `shape`, with the elements of `x` added at `key`: what indexing is, backwards."""
    flat = xp.asarray(_flat_origins(tuple(shape), key).reshape(-1))
    size = int(np.prod(shape))
    return xp.reshape(xp.segment_sum(xp.reshape(x, (-1,)), flat, size=size, axis=0), tuple(shape))


@scatter.read
def _whoever_points_here(index: Index, x: Array, *, key: Key, shape: Shape) -> Pick | Total | Fixed:
    here = np.ones(x.shape, bool)
    for i, places in zip(index, _origins(tuple(shape), key), strict=True):
        here = here & (places == i)
    found = np.argwhere(here)
    if len(found) == 0:
        return Fixed(0.0)
    if len(found) == 1:
        return Pick(0, tuple(map(int, found[0])))
    return Total((Elements(0, tuple(found.T)),))


def _put_back(xp: Any, g: Array, y: Array, x: Array, *, key: Key) -> Array:
    return xp.scatter(g, key=key, shape=x.shape)


def _own_part(*, key: Key) -> Any:
    """Give a key by which `g` can be added in place: it names no element twice."""
    parts = key if isinstance(key, tuple) else (key,)
    return parts if all(map(is_basic, parts)) else None


# Taking an array apart, such as a sequence into its time steps, would else cost an array of its
# size for each part.
_put_back.part = _own_part  # type: ignore[attr-defined]
index.vjp(x=_put_back)
scatter.vjp(x=lambda xp, g, y, x, key, shape: xp.index(g, key=key))
