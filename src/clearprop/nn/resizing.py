"""Images, sequences and volumes made larger, and images brought to one size."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import OptionError, unknown
from clearprop.nn.convolving import positive
from clearprop.nn.interpolation import METHODS, resize_matrix
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.space import Spatial, sizes_of

__all__ = ["Resizing", "UpSampling1D", "UpSampling2D", "UpSampling3D"]


def _interpolated(
    x: Tensor, size: tuple[int, ...], method: str, *, antialias: bool = False
) -> Tensor:
    """Bring the space of (N, height, width, C) to `size`."""
    for subscripts, axis, n in (("nhwc,uh->nuwc", 1, size[0]), ("nhwc,uw->nhuc", 2, size[1])):
        if x.shape[axis] != n:
            matrix = resize_matrix(x.shape[axis], n, method, antialias=antialias)
            x = ops.einsum(subscripts, x, Tensor(Node(matrix.astype(x.dtype))))
    return x


def _checked_method(name: Any) -> str:
    method = name.lower() if isinstance(name, str) else name
    if method not in METHODS:
        raise unknown("interpolation", name, METHODS)
    return method


class _UpSampling(Spatial):
    """Each place of space several times."""

    def __init__(self, size: Any = 2, data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format=data_format, **options)
        self.size = sizes_of(f"{type(self).__name__}: size", size, self.rank)

    def over_space(self, x: Tensor) -> Tensor:
        """Repeat the places of (N, *space, C)."""
        for axis, times in enumerate(self.size, start=1):
            if times > 1:
                x = ops.repeat(x, repeats=times, axis=axis)
        return x

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*larger space, C)."""
        space = zip(shape[1:-1], self.size, strict=True)
        return (*(None if n is None else n * times for n, times in space), shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "size": list(self.size)}


@final
@register
class UpSampling1D(_UpSampling):
    """
    Each step several times.

    Parameters
    ----------
    size : int
        How many times.
    **options
        As for `UpSampling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `UpSampling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> UpSampling1D(2)(np.array([[[1.0], [2.0]]])).numpy().ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    rank = 1

    def __init__(self, size: Any = 2, **options: Any) -> None:
        super().__init__(size, **options)


@final
@register
class UpSampling2D(_UpSampling):
    """
    Images made larger, by repeating each element or by laying a curve through them.

    Parameters
    ----------
    size : int or pair of int
        How many times higher and wider.
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    interpolation : {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}
        What lies between the elements: "nearest" repeats them.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    ShapeError
        If the input is not (N, height, width, C).

    Examples
    --------
    >>> import numpy as np
    >>> UpSampling2D((1, 2))(np.array([[[[1.0], [2.0]]]])).numpy().ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    >>> smooth = UpSampling2D((1, 2), interpolation="bilinear")
    >>> smooth(np.array([[[[1.0], [2.0]]]])).numpy().ravel().tolist()
    [1.0, 1.25, 1.75, 2.0]
    """

    rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(size, data_format, **options)
        self.interpolation = _checked_method(interpolation)

    def over_space(self, x: Tensor) -> Tensor:
        """Enlarge (N, height, width, C)."""
        if self.interpolation == "nearest":
            return super().over_space(x)
        _, H, W, _ = x.shape
        return _interpolated(x, (H * self.size[0], W * self.size[1]), self.interpolation)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "interpolation": self.interpolation}


@final
@register
class UpSampling3D(_UpSampling):
    """
    Volumes made larger by repeating each element.

    Parameters
    ----------
    size : int or three int
        How many times deeper, higher and wider.
    data_format, **options
        As for `UpSampling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `UpSampling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> UpSampling3D((1, 2, 3))(np.zeros((1, 4, 4, 4, 1))).shape
    (1, 4, 8, 12, 1)
    """

    rank = 3


@final
@register
class Resizing(Spatial):
    """
    Images of any size brought to one.

    Parameters
    ----------
    height, width : int
        The size that comes out.
    interpolation : {"bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"}
        The curve that is laid through the elements.
    crop_to_aspect_ratio : bool
        Whether, instead of stretching, what is too much on the longer side is cut off first.
    antialias : bool
        Whether, when images get smaller, each element takes in all that it stands for.
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    ShapeError
        If the input is not (N, height, width, C).

    Examples
    --------
    >>> import numpy as np
    >>> Resizing(1, 2)(np.array([[[[1.0], [2.0], [3.0], [4.0]]]])).numpy().ravel().tolist()
    [1.5, 3.5]
    """

    rank = 2

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        antialias: bool = False,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        if options.pop("pad_to_aspect_ratio", False):
            raise OptionError(
                "Resizing: pad_to_aspect_ratio is not there; put a ZeroPadding2D before it."
            )
        super().__init__(data_format=data_format, **options)
        self.height = positive("Resizing", "height", height)
        self.width = positive("Resizing", "width", width)
        self.interpolation = _checked_method(interpolation)
        self.crop_to_aspect_ratio = bool(crop_to_aspect_ratio)
        self.antialias = bool(antialias)

    def over_space(self, x: Tensor) -> Tensor:
        """Bring (N, height, width, C) to the size."""
        if self.crop_to_aspect_ratio:
            _, H, W, _ = x.shape
            high = max(min(H, int(W * self.height / self.width)), 1)
            wide = max(min(W, int(H * self.width / self.height)), 1)
            top, left = (H - high) // 2, (W - wide) // 2
            x = x[:, top : top + high, left : left + wide]
        size = (self.height, self.width)
        return _interpolated(x, size, self.interpolation, antialias=self.antialias)

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (height, width, C)."""
        return (self.height, self.width, shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "antialias": self.antialias,
        }
