"""Margins: zeros put around images, sequences and volumes, and edges cut off them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.space import Spatial, is_whole

__all__ = [
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
]

Pairs = tuple[tuple[int, int], ...]


def _pairs(what: str, given: Any, rank: int) -> Pairs:
    """Give a width before and one after for each axis of space."""

    def pair(value: Any) -> Any:
        if is_whole(value, least=0):
            return (int(value), int(value))
        two = isinstance(value, Sequence) and len(value) == 2
        return tuple(map(int, value)) if two and all(is_whole(n, least=0) for n in value) else None

    if is_whole(given, least=0):
        return (pair(given),) * rank
    found: list[Any] = []
    if isinstance(given, Sequence) and not isinstance(given, str):
        # Of one axis, two numbers are before and after; of several, a number is for both sides.
        alone = rank == 1 and all(is_whole(n, least=0) for n in given)
        found = [pair(given)] if alone else [pair(value) for value in given]
    if len(found) != rank or None in found:
        several = f", {rank} such numbers," if rank > 1 else ""
        pairs = f"{rank} pairs" if rank > 1 else "a pair"
        raise OptionError(
            f"{what} must be a whole number of at least 0{several} or {pairs} (before, after);"
            f" got {given!r}."
        )
    return tuple(found)


class _ZeroPadding(Spatial):
    """Zeros around space."""

    def __init__(self, padding: Any = 1, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)
        self.padding = _pairs(f"{type(self).__name__}: padding", padding, self.rank)

    def over_space(self, x: Tensor) -> Tensor:
        """Put zeros around (N, *space, C)."""
        return ops.pad(x, widths=((0, 0), *self.padding, (0, 0)))

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*larger space, C)."""
        space = zip(shape[1:-1], self.padding, strict=True)
        return (*(None if n is None else a + n + b for n, (a, b) in space), shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "padding": [list(pair) for pair in self.padding]}


class _Cropping(Spatial):
    """Edges cut off space."""

    cropping: Pairs

    @abstractmethod
    def __init__(self, cropping: Any, **options: Any) -> None:
        super().__init__(**options)
        self.cropping = _pairs(f"{type(self).__name__}: cropping", cropping, self.rank)

    def _left(self, space: Sequence[int | None]) -> list[Any]:
        left = [
            None if n is None else n - a - b for n, (a, b) in zip(space, self.cropping, strict=True)
        ]
        if any(n is not None and n < 1 for n in left):
            raise ShapeError(
                f"{type(self).__name__}: cropping {self.cropping} leaves nothing of an input whose"
                f" space is {tuple(space)}."
            )
        return left

    def over_space(self, x: Tensor) -> Tensor:
        """Cut the edges off (N, *space, C)."""
        left = self._left(x.shape[1:-1])
        kept = (slice(a, a + n) for (a, _), n in zip(self.cropping, left, strict=True))
        return x[(slice(None), *kept)]

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*smaller space, C)."""
        return (*self._left(shape[1:-1]), shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "cropping": [list(pair) for pair in self.cropping]}


@final
@register
class ZeroPadding1D(_ZeroPadding):
    """
    Steps of zeros before the first and after the last.

    Parameters
    ----------
    padding : int or pair of int
        How many on either side, or before and after.
    data_format, **options
        As for `ZeroPadding2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `ZeroPadding2D`.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPadding1D((1, 2))(np.ones((1, 2, 1))).numpy().ravel().tolist()
    [0.0, 1.0, 1.0, 0.0, 0.0]
    """

    rank = 1


@final
@register
class ZeroPadding2D(_ZeroPadding):
    """
    A frame of zeros around images.

    Parameters
    ----------
    padding : int, pair of int, or pair of pairs
        How wide: everywhere; of height and of width; or (top, bottom), (left, right).
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `padding` is none of these.
    ShapeError
        If the input is not (N, height, width, C).

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPadding2D(((1, 0), (2, 2)))(np.ones((5, 8, 8, 3))).shape
    (5, 9, 12, 3)
    """

    rank = 2


@final
@register
class ZeroPadding3D(_ZeroPadding):
    """
    A hull of zeros around volumes.

    Parameters
    ----------
    padding : int, three int, or three pairs
        How wide: everywhere, along each axis, or before and after along each axis.
    data_format, **options
        As for `ZeroPadding2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `ZeroPadding2D`.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPadding3D((1, 0, 2))(np.ones((1, 4, 4, 4, 3))).shape
    (1, 6, 4, 8, 3)
    """

    rank = 3


@final
@register
class Cropping1D(_Cropping):
    """
    Steps cut off at the beginning and at the end.

    Parameters
    ----------
    cropping : int or pair of int
        How many at either end, or at the beginning and at the end.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError, ShapeError
        As for `Cropping2D`.

    Examples
    --------
    >>> import numpy as np
    >>> Cropping1D((1, 0))(np.arange(3.0).reshape(1, 3, 1)).numpy().ravel().tolist()
    [1.0, 2.0]
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **options: Any) -> None:
        super().__init__(cropping, **options)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "cropping": list(self.cropping[0])}


@final
@register
class Cropping2D(_Cropping):
    """
    The edges of images cut off.

    Parameters
    ----------
    cropping : int, pair of int, or pair of pairs
        How much: everywhere; of height and of width; or (top, bottom), (left, right).
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `cropping` is none of these.
    ShapeError
        If the input is not (N, height, width, C), or nothing would be left of it.

    Examples
    --------
    >>> import numpy as np
    >>> Cropping2D(((1, 0), (2, 2)))(np.ones((5, 8, 8, 3))).shape
    (5, 7, 4, 3)
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(cropping, data_format=data_format, **options)


@final
@register
class Cropping3D(_Cropping):
    """
    The outer layers of volumes cut off.

    Parameters
    ----------
    cropping : int, three int, or three pairs
        How much: everywhere, along each axis, or before and after along each axis.
    data_format, **options
        As for `Cropping2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Cropping2D`.

    Examples
    --------
    >>> import numpy as np
    >>> Cropping3D(1)(np.ones((1, 4, 5, 6, 3))).shape
    (1, 2, 3, 4, 3)
    """

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(cropping, data_format=data_format, **options)
