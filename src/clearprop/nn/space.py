"""What layers of images and sequences share: axes of space, their sizes, where channels stand."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape

__all__ = ["FORMATS", "Spatial", "channels_known", "checked_format", "places_of", "sizes_of"]

FORMATS = ("channels_last", "channels_first")
AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def checked_format(data_format: Any) -> str:
    """Give where channels stand; None is last."""
    if data_format is not None and data_format not in FORMATS:
        raise unknown("data_format", data_format, FORMATS)
    return data_format or FORMATS[0]


def is_whole(n: object, *, least: float = 1) -> bool:
    """Tell whether `n` is a whole number of at least `least`."""
    return isinstance(n, int | np.integer) and not isinstance(n, bool) and bool(n >= least)


def sizes_of(what: str, value: Any, rank: int, *, least: int = 1) -> tuple[int, ...]:
    """
    Give one whole number for each axis of space.

    Raises
    ------
    OptionError
        If `value` is neither such a number nor `rank` of them.
    """
    sizes = (value,) * rank if is_whole(value, least=least) else value
    if (
        not isinstance(sizes, Sequence | np.ndarray)
        or len(sizes) != rank
        or not all(is_whole(n, least=least) for n in sizes)
    ):
        several = f", or {rank} such numbers" if rank > 1 else ""
        raise OptionError(
            f"{what} must be a whole number of at least {least}{several}; got {value!r}."
        )
    return tuple(map(int, sizes))


def places_of(shape: BatchShape, lay: Any) -> tuple[int | None, ...]:
    """Count the places of windows that `lay` lays over the space of a shape; None is not known."""
    space = shape[1:-1]
    out = lay(tuple(10**6 if n is None else n for n in space)).out
    return tuple(None if n is None else places for n, places in zip(space, out, strict=True))


def channels_known(who: str, shape: BatchShape) -> int:
    """
    Give the number of channels, the last axis.

    Raises
    ------
    ShapeError
        If it is None.
    """
    if shape[-1] is None:
        raise ShapeError(
            f"{who} needs to know how many channels there are; got shape {shape}, with None for"
            " them. Say it in Input(...)."
        )
    return shape[-1]


class Spatial(Layer):
    """
    A layer of examples with axes of space.

    A subclass works with channels last; with `data_format` "channels_first" axes are moved for it.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.
    """

    rank: ClassVar[int]  # how many axes of space
    keeps_space: bool = True  # whether the output has them too

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = checked_format(data_format)

    @abstractmethod
    def over_space(self, x: Tensor) -> Tensor:
        """Do what the layer does to (N, *space, C)."""

    @abstractmethod
    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give the output's shape, without the batch axis, for an input (None, *space, C)."""

    def call(self, x: Tensor) -> Any:
        """Do what the layer does to a batch."""
        self.check_rank(x.shape)
        if self.data_format == "channels_last":
            return self.over_space(x)
        y = self.over_space(ops.moveaxis(x, source=1, destination=-1))
        return ops.moveaxis(y, source=-1, destination=1) if self.keeps_space else y

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the output's shape; what the input's does not say is None."""
        after = self.shape_after(self.with_channels_last(input_shape))
        if self.data_format == "channels_last" or not self.keeps_space:
            return (None, *after)
        return (None, after[-1], *after[:-1])

    def with_channels_last(self, input_shape: Any) -> BatchShape:
        """Give the input's shape as (None, *space, C)."""
        shape = as_batch_shape(input_shape)
        self.check_rank(shape)
        return shape if self.data_format == "channels_last" else (None, *shape[2:], shape[1])

    def check_rank(self, shape: Sequence[int | None]) -> None:
        """
        Refuse what has not an axis of examples, one of channels and those of space.

        Raises
        ------
        ShapeError
        """
        if len(shape) == self.rank + 2:
            return
        who, space = type(self).__name__, AXES[self.rank]
        last = self.data_format == "channels_last"
        wanted = ", ".join(("N", *space, "channels") if last else ("N", "channels", *space))
        mend = ""
        if len(shape) == self.rank + 1:
            axis = "[..., None]" if last else "[:, None]"
            mend = (
                f" If the channels are missing, add an axis for one: x{axis}; if it is a single"
                " example, make it a batch of one: x[None]."
            )
        raise ShapeError(
            f"{who} takes batches of shape ({wanted}); got {tuple(shape)}, {len(shape)} axes"
            f" instead of {self.rank + 2}.{mend}"
        )

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "data_format": self.data_format}
