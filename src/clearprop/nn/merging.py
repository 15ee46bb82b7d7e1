"""Several inputs made into one: sums, products, means, extremes, and one behind the other."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.layer import BatchShape, Layer
from clearprop.nn.registry import register
from clearprop.nn.shapes import as_shapes

__all__ = [
    "Add", "Average", "Concatenate", "Dot", "Maximum", "Merge", "Minimum", "Multiply", "Subtract",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
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


def _spread(mask: Any, x: Tensor) -> Any:
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
        spread = [None if m is None else _spread(m, each) for m, each in zip(masks, x, strict=True)]
        counting = [
            each if m is None else ops.where(m, each, 1.0)
            for m, each in zip(spread, x, strict=True)
        ]
        y = reduce(ops.multiply, counting)
        if any(m is None for m in masks):
            return y
        return ops.where(reduce(ops.logical_or, spread), y, 0.0)


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
        y, own = x[0], None if masks[0] is None else _spread(masks[0], x[0])
        for each, mask in zip(x[1:], masks[1:], strict=True):
            counts = None if mask is None else _spread(mask, each)
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


@final
@register
class Concatenate(Merge):
    """
    The inputs one behind the other.

    Parameters
    ----------
    axis : int
        Along which axis; not the batch axis, 0.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `axis` is no whole number.

    Examples
    --------
    >>> import numpy as np
    >>> Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise OptionError(f"Concatenate: axis must be a whole number; got {axis!r}.")
        self.axis = axis

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape of an input, as long along the axis as all together."""
        shapes = self._listed(input_shape)
        first = shapes[0]
        if not -len(first) <= self.axis < len(first):
            raise ShapeError(f"Concatenate: inputs of shapes {shapes} have no axis {self.axis}.")
        along = self.axis % len(first)
        for shape in shapes:
            if len(shape) != len(first) or any(
                None not in (n, m) and n != m and k != along
                for k, (n, m) in enumerate(zip(shape, first, strict=True))
            ):
                raise ShapeError(
                    f"Concatenate: inputs of shapes {shapes} must agree but for axis {self.axis}."
                )
        lengths = [shape[along] for shape in shapes]
        total = None if None in lengths or along == 0 else sum(n for n in lengths if n is not None)
        known = [next((s[k] for s in shapes if s[k] is not None), None) for k in range(len(first))]
        return (*known[:along], total, *known[along + 1 :])

    def call(self, x: Any, mask: Any = None) -> Any:
        """Put the tensors one behind the other."""
        return self.merge(list(x), [])

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Put tensors one behind the other."""
        return ops.concat(x, axis=self.axis)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Put the masks one behind the other, all counting where there is none."""
        if mask is None or all(each is None for each in mask):
            return None
        whole = []
        for each, own in zip(x, mask, strict=True):
            if own is None:
                whole.append(ops.equal(each, each))
            else:
                whole.append(_spread(own, each))
        return ops.any(ops.concat(whole, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "axis": self.axis}


SHORTEST = 1e-7  # what is shorter than this is not made as long as 1, as in Keras


@final
@register
class Dot(Merge):
    """
    Sums of products along an axis of each of two inputs, example by example.

    Parameters
    ----------
    axes : int or pair of int
        The axis of each input that is summed over; one number for both.
    normalize : bool
        Whether each is made to have length 1 along its axis first: cosines come out.
    **options
        `name`, `dtype`, `trainable`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `axes` are no whole numbers, or name the batch axis.

    Examples
    --------
    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """

    count = 2

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        pair = [axes, axes] if isinstance(axes, int) else list(axes)
        if len(pair) != 2 or not all(type(a) is int for a in pair):
            raise OptionError(f"Dot: axes must be a whole number or two; got {axes!r}.")
        if 0 in pair:
            raise OptionError("Dot: axis 0 counts examples and cannot be summed over.")
        self.axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = bool(normalize)

    def _places(self, shapes: Sequence[Sequence[int | None]]) -> tuple[int, int]:
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        for axis, shape in zip(pair, shapes, strict=True):
            if len(shape) < 2 or not -len(shape) < axis < len(shape):
                raise ShapeError(f"Dot: an input of shape {tuple(shape)} has no axis {axis}.")
        a, b = (axis % len(shape) for axis, shape in zip(pair, shapes, strict=True))
        sizes = (shapes[0][a], shapes[1][b])
        if None not in sizes and sizes[0] != sizes[1]:
            raise ShapeError(
                f"Dot: axis {a} of an input of shape {tuple(shapes[0])} and axis {b} of one of"
                f" shape {tuple(shapes[1])} have sizes {sizes[0]} and {sizes[1]}; they must be"
                " equal."
            )
        return a, b

    def output_shape(self, input_shape: Any) -> Any:
        """Give what is left of both shapes, (None, 1) if that is nothing."""
        first, second = shapes = self._listed(input_shape)
        a, b = self._places(shapes)
        rest = (*first[1:a], *first[a + 1 :], *second[1:b], *second[b + 1 :])
        return (None, *(rest or (1,)))

    def call(self, x: Any, mask: Any = None) -> Any:
        """Multiply and sum."""
        return self.merge(list(x), [])

    def merge(self, x: list[Tensor], masks: list[Any]) -> Tensor:
        """Multiply and sum."""
        a, b = self._places([each.shape for each in x])
        if self.normalize:
            x = [_unit(each, axis) for each, axis in zip(x, (a, b), strict=True)]
        first = "nabcdefgh"[: x[0].ndim]
        second = "nqrstuvwx"[: x[1].ndim]
        first, second = first[:a] + "z" + first[a + 1 :], second[:b] + "z" + second[b + 1 :]
        rest = "n" + (first + second).replace("n", "").replace("z", "")
        y = ops.einsum(f"{first},{second}->{rest}", *x)
        return ops.reshape(y, shape=(-1, 1)) if y.ndim == 1 else y

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Give none: no time steps are left."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        axes = self.axes if isinstance(self.axes, int) else list(self.axes)
        return {**super().get_config(), "axes": axes, "normalize": self.normalize}


def _unit(x: Tensor, axis: int) -> Tensor:
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.divide(x, ops.sqrt(ops.maximum(squares, SHORTEST**2)))


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
    """Subtract the second input from the first; see `Subtract`."""
    return Subtract(**options)(inputs)


def multiply(inputs: Sequence[Any], **options: Any) -> Any:
    """Multiply inputs; see `Multiply`."""
    return Multiply(**options)(inputs)


def average(inputs: Sequence[Any], **options: Any) -> Any:
    """Average inputs; see `Average`."""
    return Average(**options)(inputs)


def maximum(inputs: Sequence[Any], **options: Any) -> Any:
    """Take the largest of inputs; see `Maximum`."""
    return Maximum(**options)(inputs)


def minimum(inputs: Sequence[Any], **options: Any) -> Any:
    """Take the smallest of inputs; see `Minimum`."""
    return Minimum(**options)(inputs)


def concatenate(inputs: Sequence[Any], axis: int = -1, **options: Any) -> Any:
    """Put inputs one behind the other; see `Concatenate`."""
    return Concatenate(axis, **options)(inputs)


def dot(inputs: Sequence[Any], axes: Any = -1, **options: Any) -> Any:
    """Multiply two inputs and sum along an axis of each; see `Dot`."""
    return Dot(axes, **options)(inputs)
