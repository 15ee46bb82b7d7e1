"""Layers that give the same elements other axes: Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.space import is_whole

__all__ = ["Permute", "RepeatVector", "Reshape"]


@final
@register
class Reshape(Layer):
    """
    Each example's elements, in order, in another shape.

    Parameters
    ----------
    target_shape : tuple of int
        The shape of one example; one size may be -1, to be found from the others.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `target_shape` is no such tuple.
    ShapeError
        If an example has not as many elements.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((2, -1))(np.zeros((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, target_shape: Any, **options: Any) -> None:
        super().__init__(**options)
        sizes = (target_shape,) if is_whole(target_shape, least=-1) else target_shape
        if (
            not isinstance(sizes, Sequence)
            or not all(is_whole(n, least=-1) for n in sizes)
            or list(sizes).count(-1) > 1
        ):
            raise OptionError(
                "Reshape: target_shape must be whole numbers, the sizes of one example's axes, of"
                f" which one may be -1; got {target_shape!r}."
            )
        self.target_shape = tuple(map(int, sizes))

    def _resolved(self, shape: BatchShape) -> tuple[int | None, ...]:
        if None in shape[1:]:
            return tuple(None if n == -1 else n for n in self.target_shape)
        count = math.prod(n for n in shape[1:] if n is not None)
        known = math.prod(n for n in self.target_shape if n != -1)
        if count % known if known and -1 in self.target_shape else count != known:
            raise ShapeError(
                f"Reshape: an example of shape {tuple(shape[1:])} has {count} elements;"
                f" target_shape {self.target_shape} needs"
                f" {'a multiple of ' if -1 in self.target_shape else ''}{known}."
            )
        return tuple(count // known if n == -1 and known else n for n in self.target_shape)

    def call(self, x: Tensor) -> Any:
        """Reshape (N, ...) to (N, *target_shape)."""
        return ops.reshape(x, shape=(x.shape[0], *self._resolved(x.shape)))

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give (None, *target_shape)."""
        return (None, *self._resolved(as_batch_shape(input_shape)))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "target_shape": list(self.target_shape)}


@final
@register
class Permute(Layer):
    """
    The axes of each example in another order.

    Parameters
    ----------
    dims : tuple of int
        Which axis comes where, counted from 1; the axis of examples stays first.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `dims` does not name each of 1, 2, ... once.
    ShapeError
        If an example has another number of axes.

    Examples
    --------
    >>> import numpy as np
    >>> Permute((2, 1))(np.zeros((5, 10, 64))).shape
    (5, 64, 10)
    """

    def __init__(self, dims: Any, **options: Any) -> None:
        super().__init__(**options)
        whole = isinstance(dims, Sequence) and all(is_whole(n) for n in dims)
        if not whole or sorted(dims) != list(range(1, len(dims) + 1)):
            raise OptionError(
                "Permute: dims must name each axis of an example once, counted from 1, such as"
                f" (2, 1); got {dims!r}."
            )
        self.dims = tuple(map(int, dims))

    def _check(self, shape: Sequence[int | None]) -> None:
        if len(shape) != len(self.dims) + 1:
            raise ShapeError(
                f"Permute: dims {self.dims} are for examples of {len(self.dims)} axes; got a batch"
                f" of shape {tuple(shape)}, {len(shape) - 1} axes each."
            )

    def call(self, x: Tensor) -> Any:
        """Put the axes into their new order."""
        self._check(x.shape)
        return ops.permute_dims(x, axes=(0, *self.dims))

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the sizes in their new order."""
        shape = as_batch_shape(input_shape)
        self._check(shape)
        return (None, *(shape[d] for d in self.dims))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "dims": list(self.dims)}


@final
@register
class RepeatVector(Layer):
    """
    Each example's row of features as so many equal steps.

    Parameters
    ----------
    n : int
        How many steps.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `n` is no positive whole number.
    ShapeError
        If the input is not (N, features).

    Examples
    --------
    >>> import numpy as np
    >>> RepeatVector(3)(np.array([[1.0, 2.0]])).tolist()
    [[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]]
    """

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        if not is_whole(n):
            raise OptionError(f"RepeatVector: n must be a positive whole number; got {n!r}.")
        self.n = int(n)

    def call(self, x: Tensor) -> Any:
        """Repeat (N, features) to (N, n, features)."""
        self.output_shape(x.shape)
        return ops.repeat(ops.expand_dims(x, axis=1), repeats=self.n, axis=1)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give (None, n, features)."""
        shape = as_batch_shape(input_shape)
        if len(shape) != 2:
            raise ShapeError(f"RepeatVector takes batches of shape (N, features); got {shape}.")
        return (None, self.n, shape[1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "n": self.n}
