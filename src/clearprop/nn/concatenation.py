"""Two layers that merge inputs of unlike shapes: one behind the other, and their products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.merging import Merge, spread
from clearprop.nn.registry import register

__all__ = ["Concatenate", "Dot", "concatenate", "dot"]


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
                whole.append(spread(own, each))
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


def concatenate(inputs: Sequence[Any], axis: int = -1, **options: Any) -> Any:
    """
    Put inputs one behind the other; see `Concatenate`.

    Examples
    --------
    >>> import numpy as np
    >>> concatenate([np.array([[1.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    return Concatenate(axis, **options)(inputs)


def dot(inputs: Sequence[Any], axes: Any = -1, **options: Any) -> Any:
    """
    Multiply two inputs and sum along an axis of each; see `Dot`.

    Examples
    --------
    >>> import numpy as np
    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """
    return Dot(axes, **options)(inputs)
