"""Dropout of whole channels, for sequences, images and volumes."""

from __future__ import annotations

from typing import Any, ClassVar, final

from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError, unknown
from clearprop.nn.registry import register
from clearprop.nn.regularization import Dropping

__all__ = ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"]


class _Spatial(Dropping):
    """Dropout of whole channels: of each example, a channel is kept at all its places or none."""

    axes: ClassVar[tuple[str, ...]]
    FORMATS = ("channels_last", "channels_first")

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, seed, **options)
        if data_format is not None and data_format not in self.FORMATS:
            raise unknown("data_format", data_format, self.FORMATS)
        self.data_format = data_format or "channels_last"

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Drop, if in training."""
        N, *rest = x.shape
        if len(rest) != len(self.axes) + 1:
            shape = (*self.axes, "C") if self.data_format == "channels_last" else ("C", *self.axes)
            raise ShapeError(
                f"{type(self).__name__} takes inputs of shape (N, {', '.join(shape)}); got"
                f" {x.shape}."
            )
        if not training or self.rate == 0:
            return x
        once = [1] * len(self.axes)
        if self.data_format == "channels_last":
            return self.drop(x, (N, *once, rest[-1]))
        return self.drop(x, (N, rest[0], *once))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "data_format": self.data_format}


@final
@register
class SpatialDropout1D(_Spatial):
    """
    Drop whole channels of sequences in training: a channel at all its time steps, or at none.

    Parameters
    ----------
    rate : float
        The fraction that is dropped, at least 0 and less than 1.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `rate` is no such fraction.
    ShapeError
        When called, if the input is not (N, T, C).

    References
    ----------
    Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient Object Localization Using Convolutional
    Networks", 2015, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> y = SpatialDropout1D(0.5, seed=2)(np.ones((1, 3, 4)), training=True).numpy()
    >>> bool((y == y[:, :1]).all())
    True
    """

    axes = ("T",)

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(rate, None, seed, **options)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        config = super().get_config()
        del config["data_format"]
        return config


@final
@register
class SpatialDropout2D(_Spatial):
    """
    Drop whole channels of images in training: a channel at all its pixels, or at none.

    Parameters
    ----------
    rate : float
        The fraction that is dropped, at least 0 and less than 1.
    data_format : {"channels_last", "channels_first"}, optional
        In which order the axes come.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `rate` is no such fraction, or `data_format` neither.
    ShapeError
        When called, if the input is not (N, H, W, C).

    References
    ----------
    Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient Object Localization Using Convolutional
    Networks", 2015, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> y = SpatialDropout2D(0.5, seed=2)(np.ones((1, 3, 3, 4)), training=True).numpy()
    >>> bool((y == y[:, :1, :1]).all())
    True
    """

    axes = ("H", "W")


@final
@register
class SpatialDropout3D(_Spatial):
    """
    Drop whole channels of volumes in training: a channel at all its voxels, or at none.

    Parameters
    ----------
    rate : float
        The fraction that is dropped, at least 0 and less than 1.
    data_format : {"channels_last", "channels_first"}, optional
        In which order the axes come.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `rate` is no such fraction, or `data_format` neither.
    ShapeError
        When called, if the input is not (N, D, H, W, C).

    References
    ----------
    Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient Object Localization Using Convolutional
    Networks", 2015, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> SpatialDropout3D(0.5)(np.ones((1, 2, 2, 2, 1))).shape
    (1, 2, 2, 2, 1)
    """

    axes = ("D", "H", "W")
