"""Pooling: what a window sees put into one number, so that images get smaller."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import unknown
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.space import Spatial, places_of, sizes_of
from clearprop.ops.windows import Windows, pool_windows

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]

PADDINGS = ("valid", "same")


class _Pooling(Spatial):
    """A window slid over space, channel by channel."""

    def __init__(
        self,
        pool_size: Any,
        strides: Any = None,
        padding: Any = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data_format=data_format, **options)
        who = type(self).__name__
        self.pool_size = sizes_of(f"{who}: pool_size", pool_size, self.rank)
        given = self.pool_size if strides is None else strides
        self.strides = sizes_of(f"{who}: strides", given, self.rank)
        self.padding = padding.lower() if isinstance(padding, str) else padding
        if self.padding not in PADDINGS:
            raise unknown("padding", padding, PADDINGS)

    @staticmethod
    @abstractmethod
    def pool(x: Tensor, **how: Any) -> Tensor:
        """Put what each window sees into one number."""

    def over_space(self, x: Tensor) -> Tensor:
        """Slide the window over (N, *space, C)."""
        return self.pool(x, window=self.pool_size, strides=self.strides, padding=self.padding)

    def lay(self, size: tuple[int, ...]) -> Windows:
        """Lay the window over space."""
        return pool_windows(size, self.pool_size, self.strides, self.padding)

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*places, C)."""
        return (*places_of(shape, self.lay), shape[-1])

    def describe(self) -> str:
        """Say its window."""
        return f"{type(self).__name__} {'×'.join(map(str, self.pool_size))}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "pool_size": list(self.pool_size),
            "strides": list(self.strides),
            "padding": self.padding,
        }


class _MaxPooling(_Pooling):
    """The largest that the window sees."""

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)

    @staticmethod
    def pool(x: Tensor, **how: Any) -> Tensor:
        """Find the largest that each window sees."""
        return ops.max_pool(x, **how)


class _AveragePooling(_Pooling):
    """The mean of what the window sees."""

    @staticmethod
    def pool(x: Tensor, **how: Any) -> Tensor:
        """Take the mean of what each window sees."""
        return ops.average_pool(x, **how)


@final
@register
class MaxPooling1D(_MaxPooling):
    """
    The largest of a few neighbouring steps, channel by channel.

    Parameters
    ----------
    pool_size, strides, padding, data_format, **options
        As for `MaxPooling2D`, with one axis of space.

    Raises
    ------
    OptionError, ShapeError
        As for `MaxPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPooling1D(2)(np.array([[[1.0], [5.0], [2.0], [0.0]]])).numpy().ravel().tolist()
    [5.0, 2.0]
    """

    rank = 1


@final
@register
class MaxPooling2D(_MaxPooling):
    """
    The largest of a patch of the image, channel by channel.

    Parameters
    ----------
    pool_size : int or pair of int
        The window.
    strides : int or pair of int, optional
        How far it moves; by default windows lie side by side.
    padding : {"valid", "same"}
        Whether windows must lie inside the image, or may stand over its edge.
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    ShapeError
        If the input is not (N, height, width, C), or the window does not fit it.

    Notes
    -----
    Where several elements tie, the gradient goes to the first.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPooling2D()(np.arange(16.0).reshape(1, 4, 4, 1)).numpy().ravel().tolist()
    [5.0, 7.0, 13.0, 15.0]
    """

    rank = 2


@final
@register
class MaxPooling3D(_MaxPooling):
    """
    The largest of a block of the volume, channel by channel.

    Parameters
    ----------
    pool_size, strides, padding, data_format, **options
        As for `MaxPooling2D`, with three axes of space.

    Raises
    ------
    OptionError, ShapeError
        As for `MaxPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> MaxPooling3D(2)(np.zeros((1, 4, 6, 5, 3))).shape
    (1, 2, 3, 2, 3)
    """

    rank = 3


@final
@register
class AveragePooling1D(_AveragePooling):
    """
    The mean of a few neighbouring steps, channel by channel.

    Parameters
    ----------
    pool_size, strides, padding, data_format, **options
        As for `AveragePooling2D`, with one axis of space.

    Raises
    ------
    OptionError, ShapeError
        As for `MaxPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> AveragePooling1D(2)(np.array([[[1.0], [5.0], [2.0], [0.0]]])).numpy().ravel().tolist()
    [3.0, 1.0]
    """

    rank = 1


@final
@register
class AveragePooling2D(_AveragePooling):
    """
    The mean of a patch of the image, channel by channel; what lies over the edge is not counted.

    Parameters
    ----------
    pool_size : int or pair of int
        The window.
    strides, padding, data_format, **options
        As for `MaxPooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `MaxPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> AveragePooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1)).numpy().ravel().tolist()
    [2.5, 4.5, 10.5, 12.5]
    """

    rank = 2


@final
@register
class AveragePooling3D(_AveragePooling):
    """
    The mean of a block of the volume, channel by channel.

    Parameters
    ----------
    pool_size, strides, padding, data_format, **options
        As for `AveragePooling2D`, with three axes of space.

    Raises
    ------
    OptionError, ShapeError
        As for `MaxPooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> AveragePooling3D((1, 2, 2))(np.zeros((1, 4, 6, 5, 3))).shape
    (1, 4, 3, 2, 3)
    """

    rank = 3
