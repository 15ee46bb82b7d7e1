"""Several inputs made into one, element by element: sums, products, means and extremes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError
from clearprop.nn.layer import BatchShape, Layer
from clearprop.nn.registry import register
from clearprop.nn.shapes import as_shapes

__all__ = [
    "Add", "Average", "Maximum", "Merge", "Minimum", "Multiply", "Subtract",
    "add", "average", "maximum", "minimum", "multiply", "spread", "subtract",
]  # fmt: skip


class Merge(Layer):
    """
    A layer that makes one output of a list of inputs.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    ShapeError
        When built or called, if it is not given a list, or of too few inputs, or their shapes do
        not fit.
    """

    supports_masking = True
    count: ClassVar[int | None] = None  # how many inputs there must be; None for any number

    def build(self, input_shape: Any) -> None:
        """See that the shapes fit."""
        self.output_shape(input_shape)

    def _check_built_for(self, shape: Any) -> None:
        """Take inputs of every shape that fits."""
        self.output_shape(shape)

    def _listed(self, shapes: Any) -> list[BatchShape]:
        """Give the shapes of a list of inputs."""
        who = type(self).__name__
        exactly = f"exactly {self.count}" if self.count else "one or more"
        given = as_shapes(shapes)
        if not isinstance(given, list) or not given:
            raise ShapeError(
                f"{who} takes a list of {exactly} inputs: {who}()([x1, x2]); got shape {shapes}."
            )
        if self.count not in (None, len(given)):
            raise ShapeError(f"{who} takes {exactly} inputs; got {len(given)}.")
        return given

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape that the inputs have when they are broadcast, after the batch axis."""
        shapes = self._listed(input_shape)
        rank = max(map(len, shapes))
        alike = [(*shape[:1], *[1] * (rank - len(shape)), *shape[1:]) for shape in shapes]
        sizes = []
        for axis in range(1, rank):
            along = {shape[axis] for shape in alike} - {1}
            known = along - {None}
            if len(known) > 1:
                raise ShapeError(
                    f"{type(self).__name__}: inputs of shapes {shapes} differ in axis"
                    f" {axis - rank}; sizes must be equal or 1."
                )
            sizes.append(next(iter(known), None) if along else 1)
        return (None, *sizes)

    def call(self, x: Any, mask: Any = None) -> Any:
        """Merge a list of tensors, each with axes of size 1 behind the batch axis if need be."""
        rank = max(each.ndim for each in x)
        alike = [
            each
            if each.ndim == rank
            else ops.reshape(
                each, shape=(each.shape[0], *[1] * (rank - each.ndim), *each.shape[1:])
            )
            for each in x
        ]
        if len({each.shape[0] for each in alike}) > 1:
            raise ShapeError(
                f"{type(self).__name__}: inputs have batches of different sizes:"
                f" {[each.shape[0] for each in alike]}."
            )
        masks = list(mask) if mask is not None else [None] * len(x)
        return self.merge(alike, masks)

    @abstractmethod
    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Merge tensors of one rank."""

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Count what counts in any input, if all have masks."""
        if mask is None or any(each is None for each in mask):
            return None
        return reduce(ops.logical_or, mask)

    def describe(self) -> str:
        """Say how many inputs there are."""
        many = "" if self.built_for is None else f" of {len(self.built_for)} inputs"
        return type(self).__name__ + many


def spread(mask: Any, x: Tensor) -> Any:
    """Give a mask (N, T) the shape of what it is of."""
    there = ops.reshape(mask, shape=(*mask.shape, *[1] * (x.ndim - mask.ndim)))
    return ops.broadcast_to(there, shape=x.shape)


@final
@register
class Add(Merge):
    """
    The sum of the inputs.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Add()([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Add up."""
        return reduce(ops.add, x)


@final
@register
class Subtract(Merge):
    """
    The first input less the second.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Subtract()([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[-1.0]]
    """

    count = 2

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Subtract."""
        return ops.subtract(*x)


@final
@register
class Multiply(Merge):
    """
    The product of the inputs; one that does not count somewhere is left out there.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Multiply()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[6.0]]
    """

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Multiply."""
        where = [None if m is None else spread(m, each) for m, each in zip(masks, x, strict=True)]
        counting = [
            each if m is None else ops.where(m, each, 1.0) for m, each in zip(where, x, strict=True)
        ]
        y = reduce(ops.multiply, counting)
        if any(m is None for m in masks):
            return y
        return ops.where(reduce(ops.logical_or, where), y, 0.0)


@final
@register
class Average(Merge):
    """
    The mean of the inputs.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Average()([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[1.5]]
    """

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Add up, and divide by how many there are."""
        return ops.divide(reduce(ops.add, x), len(x))


class _Extreme(Merge):
    """The largest or smallest of the inputs; one that does not count somewhere has no say there."""

    choose: ClassVar[Callable[..., Tensor]]

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Choose, element by element."""
        y, own = x[0], None if masks[0] is None else spread(masks[0], x[0])
        for each, mask in zip(x[1:], masks[1:], strict=True):
            counts = None if mask is None else spread(mask, each)
            other = each if counts is None else ops.where(counts, each, y)
            if own is not None:
                y = ops.where(own, y, other)
            own = None if own is None or counts is None else ops.logical_or(own, counts)
            y = type(self).choose(y, other)
        return y


@final
@register
class Maximum(_Extreme):
    """
    The largest of the inputs, element by element.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[2.0, 5.0]]
    """

    choose = ops.maximum


@final
@register
class Minimum(_Extreme):
    """
    The smallest of the inputs, element by element.

    Parameters
    ----------
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 3.0]]
    """

    choose = ops.minimum


def add(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Add inputs up; see `Add`.

    Examples
    --------
    >>> import numpy as np
    >>> add([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Add(**options)(inputs)


def subtract(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Subtract the second input from the first; see `Subtract`.

    Examples
    --------
    >>> import numpy as np
    >>> subtract([np.array([[5.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Subtract(**options)(inputs)


def multiply(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Multiply inputs; see `Multiply`.

    Examples
    --------
    >>> import numpy as np
    >>> multiply([np.array([[5.0]]), np.array([[2.0]])]).tolist()
    [[10.0]]
    """
    return Multiply(**options)(inputs)


def average(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Average inputs; see `Average`.

    Examples
    --------
    >>> import numpy as np
    >>> average([np.array([[5.0]]), np.array([[2.0]])]).tolist()
    [[3.5]]
    """
    return Average(**options)(inputs)


def maximum(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Take the largest of inputs; see `Maximum`.

    Examples
    --------
    >>> import numpy as np
    >>> maximum([np.array([[5.0]]), np.array([[2.0]])]).tolist()
    [[5.0]]
    """
    return Maximum(**options)(inputs)


def minimum(inputs: Sequence[Any], **options: Any) -> Any:
    """
    Take the smallest of inputs; see `Minimum`.

    Examples
    --------
    >>> import numpy as np
    >>> minimum([np.array([[5.0]]), np.array([[2.0]])]).tolist()
    [[2.0]]
    """
    return Minimum(**options)(inputs)
