"""Global pooling: each channel of a whole image, sequence or volume put into one number."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.space import Spatial

__all__ = [
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
]


class _GlobalPooling(Spatial):
    """All of space put into one number, channel by channel."""

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(data_format=data_format, **options)
        self.keepdims = self.keeps_space = bool(keepdims)

    @abstractmethod
    def pool(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        """Put what lies along `axes` into one number."""

    def over_space(self, x: Tensor) -> Tensor:
        """Pool (N, *space, C)."""
        if 0 in x.shape[1:-1]:
            raise ShapeError(f"{type(self).__name__}: nothing to pool in an input of {x.shape}.")
        return self.pool(x, tuple(range(1, 1 + self.rank)))

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (C,), with axes of one place before it if they are kept."""
        return (*(1,) * (self.rank if self.keepdims else 0), shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "keepdims": self.keepdims}


class _GlobalAverage(_GlobalPooling):
    """The mean over space."""

    def pool(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        """Take the mean."""
        return ops.mean(x, axis=axes, keepdims=self.keepdims)


class _GlobalMax(_GlobalPooling):
    """The largest in space."""

    def pool(self, x: Tensor, axes: tuple[int, ...]) -> Tensor:
        """Find the largest."""
        return ops.max(x, axis=axes, keepdims=self.keepdims)


@final
@register
class GlobalAveragePooling1D(_GlobalAverage):
    """
    The mean over all steps, channel by channel.

    Steps that are masked are not counted; where all are, the result is 0.

    Parameters
    ----------
    data_format, keepdims, **options
        As for `GlobalAveragePooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `GlobalAveragePooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalAveragePooling1D()(np.array([[[1.0, 2.0], [3.0, 6.0]]])).tolist()
    [[2.0, 4.0]]
    """

    rank = 1

    def call(self, x: Tensor, mask: Tensor | None = None) -> Any:
        """Take the mean of the steps that count."""
        if mask is None:
            return super().call(x)
        self.check_rank(x.shape)
        last = self.data_format == "channels_last"
        counts = ops.expand_dims(mask, axis=2 if last else 1)
        how = {"axis": 1 if last else 2, "keepdims": self.keepdims}
        total = ops.sum(ops.keep(x, ops.broadcast_to(counts, shape=x.shape)), **how)
        return total / ops.maximum(ops.sum(ops.astype(counts, dtype=self.dtype), **how), 1.0)

    def compute_mask(self, x: Any, mask: Any = None) -> None:
        """Give none: the steps are gone."""


@final
@register
class GlobalAveragePooling2D(_GlobalAverage):
    """
    The mean over the whole image, channel by channel.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    keepdims : bool
        Whether the axes of space stay, with one place each.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `data_format` is neither.
    ShapeError
        If the input is not (N, height, width, C), or there is nothing to pool.

    References
    ----------
    Lin, Chen, Yan, "Network In Network", 2013, section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.arange(4.0).reshape(1, 2, 2, 1)).tolist()
    [[1.5]]
    """

    rank = 2


@final
@register
class GlobalAveragePooling3D(_GlobalAverage):
    """
    The mean over the whole volume, channel by channel.

    Parameters
    ----------
    data_format, keepdims, **options
        As for `GlobalAveragePooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `GlobalAveragePooling2D`.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalAveragePooling3D(keepdims=True)(np.zeros((2, 3, 4, 5, 6))).shape
    (2, 1, 1, 1, 6)
    """

    rank = 3


@final
@register
class GlobalMaxPooling1D(_GlobalMax):
    """
    The largest of all steps, channel by channel.

    Parameters
    ----------
    data_format, keepdims, **options
        As for `GlobalAveragePooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `GlobalAveragePooling2D`.

    Notes
    -----
    Where several steps tie, they share the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalMaxPooling1D()(np.array([[[1.0, 2.0], [3.0, 0.0]]])).tolist()
    [[3.0, 2.0]]
    """

    rank = 1


@final
@register
class GlobalMaxPooling2D(_GlobalMax):
    """
    The largest of the whole image, channel by channel.

    Parameters
    ----------
    data_format, keepdims, **options
        As for `GlobalAveragePooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `GlobalAveragePooling2D`.

    Notes
    -----
    Where several elements tie, they share the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.arange(4.0).reshape(1, 2, 2, 1)).tolist()
    [[3.0]]
    """

    rank = 2


@final
@register
class GlobalMaxPooling3D(_GlobalMax):
    """
    The largest of the whole volume, channel by channel.

    Parameters
    ----------
    data_format, keepdims, **options
        As for `GlobalAveragePooling2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `GlobalAveragePooling2D`.

    Notes
    -----
    Where several elements tie, they share the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> GlobalMaxPooling3D()(np.zeros((2, 3, 4, 5, 6))).shape
    (2, 6)
    """

    rank = 3
