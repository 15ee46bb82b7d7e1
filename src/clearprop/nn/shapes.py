"""Shapes of batches, told before there are any."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.namespaces import ArrayNamespace, computing_with, no_grad
from clearprop.core.quick import QUICK
from clearprop.core.tree import map_tree
from clearprop.errors import MemoryLimitError, ShapeError
from clearprop.lang import told
from clearprop.nn.effects import forget, replacing_by
from clearprop.nn.memory import in_words

__all__ = ["BatchShape", "Shapes", "as_batch_shape", "as_shapes", "inferred", "map_shapes"]

BatchShape = tuple[int | None, ...]
Shapes: TypeAlias = Any  # a BatchShape, or a list or dict of such


def as_batch_shape(shape: Any) -> BatchShape:
    """
    Give a shape with its batch axis as a tuple of whole numbers and None.

    Raises
    ------
    ShapeError
        If it is none.

    Examples
    --------
    >>> as_batch_shape([32, 4])
    (None, 4)
    """
    try:
        sizes = tuple(None if n is None else operator.index(n) for n in shape)
    except TypeError:
        raise ShapeError(
            f"a shape is a tuple such as (None, 784), the batch axis first; got {shape!r}."
        ) from None
    if not sizes:
        raise ShapeError("a layer takes batches: its input's shape needs a batch axis; got ().")
    return (None, *sizes[1:])


def is_shape(shape: Any) -> bool:
    """Tell a shape from a list or dict of shapes."""
    if isinstance(shape, dict):
        return False
    return not any(isinstance(n, list | tuple | dict) for n in shape)


def map_shapes(f: Callable[[Any], Any], shapes: Shapes) -> Any:
    """
    Apply `f` shape by shape.

    Examples
    --------
    >>> map_shapes(len, [(None, 2), (None, 3, 4)])
    [2, 3]
    """
    if isinstance(shapes, dict):
        return {key: map_shapes(f, each) for key, each in shapes.items()}
    try:
        one = is_shape(shapes)
    except TypeError:
        one = True
    return f(shapes) if one else [map_shapes(f, each) for each in shapes]


def as_shapes(shapes: Any) -> Shapes:
    """Give a shape, or a list or dict of shapes, each with None for its batch axis."""
    return map_shapes(as_batch_shape, shapes)


def shape_alone(shape: BatchShape, dtype: Any) -> BatchShape:
    return shape


def inferred(
    f: Callable[[Any], Any],
    shapes: Shapes,
    dtypes: Any,
    each: Callable[[BatchShape, Any], Any] = shape_alone,
) -> Any:
    """
    Find the shapes of what a function makes of batches of zeros.

    It is tried with two sizes for every axis whose size is not known: what then comes out
    different is not known either.

    Parameters
    ----------
    f : callable
        Of a tensor, or of a list or dict of such as `shapes` is one.
    shapes : tuple of (int or None), or a list or dict of such
    dtypes : dtype, or list of dtype
        Of the zeros, in their order.
    each : callable ``(shape, dtype) -> anything``, optional
        What to give for each tensor that comes out; its shape by default.
    """
    if not isinstance(dtypes, list):
        dtypes = repeat(dtypes)
    outcomes = []
    quiet = np.errstate(all="ignore")  # of zeros, a logarithm has its say too
    with quiet, no_grad(), computing_with(WEIGHING), replacing_by(forget):
        for batch, rest in ((1, 8), (2, 9)):
            zeros = map_shapes(partial(_zeros, kinds=iter(dtypes), batch=batch, rest=rest), shapes)
            outcomes.append(f(zeros))
    return map_tree(lambda a, b: each(common(a.shape, b.shape), a.dtype), *outcomes)


def _zeros(shape: BatchShape, kinds: Iterator[Any], batch: int, rest: int) -> np.ndarray:
    sizes = filled(shape, batch, rest)
    WEIGHING.weigh("the input", sizes)
    return np.zeros(sizes, next(kinds))


class Weighing(ArrayNamespace):
    """NumPy, for one or two examples of zeros: what no example can be as large as is refused."""

    weighs = True

    def weigh(self, what: str, shape: tuple[int, ...]) -> None:
        """
        Refuse an array that would be too large, before it is made.

        Raises
        ------
        MemoryLimitError
            If it is more than any machine computes with for every example.
        """
        size = 8 * math.prod(shape)
        if size > MOST:
            raise MemoryLimitError(
                told("layers.one_example", what=what, shape=shape, size=in_words(size))
            )


WEIGHING = Weighing(np, "numpy", QUICK)
MOST = 2**30  # bytes


def filled(shape: BatchShape, batch: int, rest: int) -> tuple[int, ...]:
    """Put a number in the place of each size that is not known."""
    return tuple((rest if k else batch) if n is None else n for k, n in enumerate(shape))


def common(a: tuple[int, ...], b: tuple[int, ...]) -> BatchShape:
    """Give the sizes that two shapes have in common; the batch axis is never one."""
    return tuple(m if m == n and k else None for k, (m, n) in enumerate(zip(a, b, strict=True)))
