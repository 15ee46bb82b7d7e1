"""Where values lie: pieces of memory, and views of them that need no copy."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.core.op import Shape
from clearprop.engines.compiled.program import Value

__all__ = ["Root", "Spot", "viewed"]

Array: TypeAlias = Any


@final
class Root:
    """
    A piece of memory.

    Attributes
    ----------
    shape : tuple of int
    dtype : dtype
    leaf : Value or None
        Whose it is, if it is handed in or a constant.
    first, last : int
        The steps of the plan between which it is needed.
    block : object
        What piece of the memory that is used again and again it is put into.
    """

    __slots__ = ("block", "dtype", "first", "last", "leaf", "shape")

    def __init__(self, shape: Shape, dtype: Any, leaf: Value | None = None) -> None:
        self.shape, self.dtype, self.leaf = shape, np.dtype(dtype), leaf
        self.first = self.last = -1
        self.block: Any = None

    @property
    def nbytes(self) -> int:
        """How large it is."""
        return prod(self.shape) * int(self.dtype.itemsize)


class Spot(NamedTuple):
    """A view of a piece of memory: where it begins and how far apart elements are, in bytes."""

    root: Root
    offset: int
    shape: Shape
    strides: Shape
    dtype: Any

    @classmethod
    def whole(cls, root: Root) -> Spot:
        """Give all of it."""
        return cls(root, 0, root.shape, contiguous(root.shape, root.dtype.itemsize), root.dtype)

    @property
    def is_contiguous(self) -> bool:
        """Whether elements stand one after another in memory."""
        want = self.dtype.itemsize
        for n, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if n != 1 and stride != want:
                return 0 in self.shape
            want *= n
        return True

    def permuted(self, axes: Sequence[int]) -> Spot:
        """Give the axes in another order."""
        shape = tuple(self.shape[a] for a in axes)
        return self._replace(shape=shape, strides=tuple(self.strides[a] for a in axes))

    def reshaped(self, shape: Shape) -> Spot | None:
        """Give the same elements in another shape; None if they would have to be copied."""
        if self.is_contiguous:
            strides = contiguous(shape, self.dtype.itemsize)
            return self._replace(shape=shape, strides=strides)
        low = sum(min(0, s * (n - 1)) for n, s in zip(self.shape, self.strides, strict=True))
        high = sum(max(0, s * (n - 1)) for n, s in zip(self.shape, self.strides, strict=True))
        nothing = np.empty(high - low + self.dtype.itemsize, np.uint8)  # nobody reads what is in it
        like: Any = np.ndarray(self.shape, self.dtype, nothing, -low, self.strides)
        try:
            made = np.reshape(like, shape, copy=False)
        except ValueError:
            return None
        return self._replace(shape=shape, strides=made.strides)

    def part(self, starts: Shape, steps: Shape, shape: Shape) -> Spot:
        """Give every ``steps``-th element from ``starts`` on."""
        offset = self.offset + sum(a * s for a, s in zip(starts, self.strides, strict=True))
        strides = tuple(k * s for k, s in zip(steps, self.strides, strict=True))
        return Spot(self.root, offset, shape, strides, self.dtype)

    def spread(self, axes: Sequence[int], shape: Shape) -> Spot:
        """Lay axes along those of another shape, and repeat along all others."""
        strides = [0] * len(shape)
        for axis, n, stride in zip(axes, self.shape, self.strides, strict=True):
            strides[axis] = stride if n != 1 else 0
        return self._replace(shape=shape, strides=tuple(strides))

    def as_operand(self) -> Spot:
        """Give one number without axes if it is the same everywhere: NumPy is quicker with it."""
        if self.shape and not any(
            stride for n, stride in zip(self.shape, self.strides, strict=True) if n != 1
        ):
            return self._replace(shape=(), strides=())
        return self

    def within(self, array: Array) -> Array:
        """Give the view of an array that holds the whole."""
        made: Array = np.ndarray(self.shape, self.dtype, array, self.offset, self.strides)
        return made


def contiguous(shape: Shape, itemsize: int) -> Shape:
    """Give the strides of elements that stand one after another."""
    strides, step = [], itemsize
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def viewed(value: Value, x: Spot) -> Spot | None:
    """Give where a view of `x` lies; None if it takes a copy."""
    params = value.params
    if value.op == "broadcast":
        return x.spread(params["axes"], value.shape)
    if value.op == "permute":
        return x.permuted(params["axes"])
    if value.op == "slice":
        return x.part(params["starts"], params["steps"], value.shape)
    return x.reshaped(value.shape)
