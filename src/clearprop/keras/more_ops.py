"""Operations of `keras.ops` that are put together of others: sorting, slices, loops, pools."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clearprop import ops
from clearprop.core.tensor import as_tensor

__all__ = [
    "allclose", "argsort", "average_pool", "bincount", "cbrt", "cond", "conv", "copy", "deg2rad",
    "diag", "einsum", "fliplr", "flipud", "fori_loop", "glu", "in_top_k", "inner", "isclose",
    "isneginf", "isposinf",
    "map", "max_pool", "median", "meshgrid", "multi_hot", "nan_to_num",
    "nanmean", "nansum", "ptp", "quantile",
    "rad2deg", "scatter", "segment_sum", "slice", "slice_update", "sort", "split", "switch",
    "top_k", "unstack", "vdot", "vectorized_map", "while_loop",
]  # fmt: skip

Array = Any

einsum, split, unstack = ops.einsum, ops.split, ops.unstack


# -- order -------------------------------------------------------------------------------------


def argsort(x: Any, axis: int = -1) -> Array:
    """
    Give the places of the elements from the least to the greatest, along an axis.

    Examples
    --------
    >>> argsort([3.0, 1.0, 2.0]).tolist()
    [1, 2, 0]
    """
    values = as_tensor(x).data
    return as_tensor(values.__array_namespace__().argsort(values, axis=axis, stable=True))


def sort(x: Any, axis: int = -1) -> Array:
    """Put the elements in order along an axis."""
    return ops.take_along_axis(x, argsort(x, axis), axis=axis)


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Array, Array]:
    """
    Give the `k` greatest elements of each row, and their places.

    Examples
    --------
    >>> values, places = top_k([1.0, 5.0, 3.0], 2)
    >>> values.tolist(), places.tolist()
    ([5.0, 3.0], [1, 2])
    """
    places = argsort(ops.negative(as_tensor(x)))[..., :k]
    return ops.take_along_axis(x, places, axis=-1), places


def in_top_k(targets: Any, predictions: Any, k: int) -> Array:
    """Tell of each row whether its class is among the `k` likeliest."""
    _, places = top_k(predictions, k)
    return ops.any(ops.equal(places, ops.expand_dims(as_tensor(targets), axis=-1)), axis=-1)


def quantile(x: Any, q: float, axis: int | None = None, keepdims: bool = False) -> Array:
    """
    Give the number below which a share `q` of the elements lies, between two of them if need be.

    Examples
    --------
    >>> quantile([0.0, 10.0, 20.0], 0.25).tolist()
    5.0
    """
    x = as_tensor(x)
    rank = x.ndim
    flat = ops.reshape(x, shape=(-1,)) if axis is None else ops.moveaxis(
        x, source=axis, destination=-1
    )  # fmt: skip
    ordered, place = sort(flat), float(q) * (flat.shape[-1] - 1)
    low = int(place)
    high = min(low + 1, flat.shape[-1] - 1)
    share = place - low
    found = ordered[..., low] * (1 - share) + ordered[..., high] * share
    if not keepdims:
        return found
    if axis is None:
        return ops.reshape(found, shape=(1,) * rank)
    return ops.expand_dims(found, axis=axis)


def median(x: Any, axis: int | None = None, keepdims: bool = False) -> Array:
    """Give the number in the middle."""
    return quantile(x, 0.5, axis, keepdims)


def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """Give how far the greatest is from the least."""
    greatest = ops.max(x, axis=axis, keepdims=keepdims)
    return ops.subtract(greatest, ops.min(x, axis=axis, keepdims=keepdims))


# -- parts -------------------------------------------------------------------------------------


def slice(inputs: Any, start_indices: Sequence[int], shape: Sequence[int]) -> Array:
    """
    Cut a block of a shape out, from a place on; -1 takes what is left of an axis.

    Examples
    --------
    >>> slice(np.arange(6).reshape(2, 3), (0, 1), (2, 2)).tolist()
    [[1, 2], [4, 5]]
    """
    starts = [int(k) for k in start_indices]
    ends = [None if n == -1 else k + int(n) for k, n in zip(starts, shape, strict=True)]
    return as_tensor(inputs)[
        tuple(builtins.slice(k, end) for k, end in zip(starts, ends, strict=True))
    ]


def slice_update(inputs: Any, start_indices: Sequence[int], updates: Any) -> Array:
    """Put a block in, from a place on."""
    x, block = as_tensor(inputs), as_tensor(updates)
    widths = tuple(
        (int(k), n - int(k) - own)
        for k, n, own in zip(start_indices, x.shape, block.shape, strict=True)
    )
    inside = np.pad(np.ones(block.shape, bool), widths)
    return ops.where(inside, ops.pad(block, widths=widths, value=0.0), x)


def fliplr(x: Any) -> Array:
    """Turn the second axis around."""
    return ops.flip(x, axis=1)


def flipud(x: Any) -> Array:
    """Turn the first axis around."""
    return ops.flip(x, axis=0)


def diag(x: Any, k: int = 0) -> Array:
    """Give a matrix's diagonal, or the matrix that has a row of numbers as its diagonal."""
    x = as_tensor(x)
    if x.ndim > 1:
        return ops.diagonal(x, offset=k)
    n = x.shape[0] + abs(k)
    placed = ops.pad(x, widths=((max(k, 0), max(-k, 0)),), value=0.0)
    return ops.multiply(np.eye(n, k=k, dtype=x.dtype), placed)


def meshgrid(*x: Any, indexing: str = "xy") -> list[Array]:
    """Give the places of a grid, an array for each axis."""
    made = np.meshgrid(*(as_tensor(each).data for each in x), indexing=indexing)  # type: ignore[call-overload]
    return [as_tensor(each) for each in made]


def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Array:
    """
    Put values at places of an array of zeros; what meets at one place is added.

    Examples
    --------
    >>> scatter([[0], [2]], [1.0, 2.0], (4,)).tolist()
    [1.0, 0.0, 2.0, 0.0]
    """
    places = np.asarray(as_tensor(indices).data)
    sizes, width = tuple(int(n) for n in shape), places.shape[-1]
    flat = np.ravel_multi_index(tuple(np.moveaxis(places, -1, 0)), sizes[:width]).reshape(-1)
    given = ops.reshape(as_tensor(values), shape=(len(flat), *sizes[width:]))
    summed = segment_sum(given, flat, int(np.prod(sizes[:width])))
    return ops.reshape(summed, shape=sizes)


def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Add up the rows that have the same number."""
    numbers = np.asarray(as_tensor(segment_ids).data)
    count = int(numbers.max()) + 1 if num_segments is None else num_segments
    return ops.segment_sum(data, numbers, size=count)


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Array:
    """Count how often each whole number occurs."""
    numbers = np.asarray(as_tensor(x).data)
    shares = None if weights is None else np.asarray(as_tensor(weights).data)
    made = np.bincount(numbers, shares, minlength)
    return as_tensor(made.astype("int32" if shares is None else shares.dtype))


def multi_hot(inputs: Any, num_classes: int, axis: int = -1, dtype: Any = "float32") -> Array:
    """Give ones at the places of all numbers of a row."""
    made = ops.max(ops.one_hot(as_tensor(inputs), num_classes=num_classes), axis=-2)
    return made.astype(dtype)


# -- numbers -----------------------------------------------------------------------------------


def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Tell which elements are nearly equal."""
    a, b = as_tensor(x1).data, as_tensor(x2).data
    return as_tensor(np.isclose(a, b, rtol, atol, equal_nan))


def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Array:
    """Tell whether all elements are nearly equal."""
    return ops.all(isclose(x1, x2, rtol, atol, equal_nan))


def nan_to_num(x: Any, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """Put numbers in the places of NaN and of the infinities."""
    x = as_tensor(x)
    limits = np.finfo(x.dtype)
    high = float(limits.max) if posinf is None else posinf
    low = float(limits.min) if neginf is None else neginf
    x = ops.where(ops.isnan(x), nan, x)
    return ops.where(ops.isinf(x), ops.where(ops.greater(x, 0), high, low), x)


def cbrt(x: Any) -> Array:
    """Give the third root."""
    return ops.multiply(ops.sign(x), ops.pow(ops.abs(x), 1.0 / 3.0))


def isposinf(x: Any) -> Array:
    """Tell which elements are ∞."""
    return ops.logical_and(ops.isinf(x), ops.greater(x, 0))


def isneginf(x: Any) -> Array:
    """Tell which elements are −∞."""
    return ops.logical_and(ops.isinf(x), ops.less(x, 0))


def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """Add up what is not NaN."""
    return ops.sum(ops.where(ops.isnan(x), 0.0, x), axis=axis, keepdims=keepdims)


def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """Average what is not NaN."""
    counted = ops.logical_not(ops.isnan(x)).astype(as_tensor(x).dtype)
    count = ops.sum(counted, axis=axis, keepdims=keepdims)
    return ops.divide(nansum(x, axis, keepdims), count)


def deg2rad(x: Any) -> Array:
    """Convert degrees."""
    return ops.multiply(x, np.pi / 180.0)


def rad2deg(x: Any) -> Array:
    """Convert to degrees."""
    return ops.multiply(x, 180.0 / np.pi)


def glu(x: Any, axis: int = -1) -> Array:
    """Let one half of an axis say how much of the other passes."""
    a, b = ops.split(x, 2, axis=axis)
    return ops.multiply(a, ops.sigmoid(b))


def inner(x1: Any, x2: Any) -> Array:
    """Multiply along the last axes and add."""
    return ops.tensordot(x1, x2, axes=((-1,), (-1,)))


def vdot(x1: Any, x2: Any) -> Array:
    """Multiply element by element and add all."""
    return ops.sum(ops.multiply(ops.reshape(x1, shape=(-1,)), ops.reshape(x2, shape=(-1,))))


def copy(x: Any) -> Array:
    """Give the same numbers in another tensor."""
    return ops.positive(x)


# -- windows -----------------------------------------------------------------------------------


def conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = 1,
) -> Array:  # fmt: skip
    """Slide a kernel over (N, ..., C), channels last."""
    return ops.conv(inputs, kernel, strides=strides, padding=padding, dilation=dilation_rate)


def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
    data_format: Any = None,
) -> Array:  # fmt: skip
    """Give the greatest of each window of (N, ..., C), channels last."""
    return ops.max_pool(inputs, window=pool_size, strides=strides, padding=padding)


def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
    data_format: Any = None,
) -> Array:  # fmt: skip
    """Give the mean of each window of (N, ..., C), channels last."""
    return ops.average_pool(inputs, window=pool_size, strides=strides, padding=padding)


# -- course ------------------------------------------------------------------------------------


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Call one function or the other."""
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Call the function of a number."""
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:  # fmt: skip
    """
    Repeat as long as a condition holds.

    Examples
    --------
    >>> while_loop(lambda i: i < 5, lambda i: (i + 2,), (0,))
    (6,)
    """
    several = isinstance(loop_vars, list | tuple)
    now, count = loop_vars if several else (loop_vars,), 0
    while (maximum_iterations is None or count < maximum_iterations) and bool(cond(*now)):
        made = body(*now)
        now, count = made if isinstance(made, list | tuple) else (made,), count + 1
    return now if several else now[0]


def fori_loop(lower: int, upper: int, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """Repeat for each whole number from `lower` up to, not including, `upper`."""
    value = init_val
    for k in range(int(lower), int(upper)):
        value = body_fun(k, value)
    return value


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Array:
    """Apply a function to each element of the first axis."""
    return ops.stack([function(each) for each in ops.unstack(as_tensor(elements), axis=0)], axis=0)


map = vectorized_map
