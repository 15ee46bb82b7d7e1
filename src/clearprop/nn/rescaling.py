"""Layers that bring data into range: Rescaling by given numbers, Normalization by those it sees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import DataError, OptionError, ShapeError, StateError
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.space import is_whole
from clearprop.nn.told import unless_set
from clearprop.nn.variable import Variable

__all__ = ["Normalization", "Rescaling"]

LEAST_DEVIATION = 1e-7  # what a standard deviation is raised to before it is divided by


def _numbers(what: str, value: Any) -> Any:
    """Give a finite number, or an array of such."""
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        numbers = np.asarray(np.nan)
    if not np.isfinite(numbers).all():
        raise OptionError(f"{what} must be a finite number, or an array of such; got {value!r}.")
    return numbers


@final
@register
class Rescaling(Layer):
    """
    The input times `scale`, plus `offset`.

    Parameters
    ----------
    scale, offset : float or array
        Arrays must fit the input's last axes.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If one is no finite number.

    Examples
    --------
    >>> import numpy as np
    >>> Rescaling(1 / 5, offset=-1)(np.array([[0, 5, 10]])).tolist()
    [[-1.0, 0.0, 1.0]]
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale = _numbers("Rescaling: scale", scale)
        self.offset = _numbers("Rescaling: offset", offset)

    def call(self, x: Tensor) -> Any:
        """Scale and shift."""
        scale, offset = (Tensor(Node(n.astype(self._dtype))) for n in (self.scale, self.offset))
        return x * scale + offset

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "scale": self.scale.tolist(),
            "offset": self.offset.tolist(),
        }


@final
@register
class Normalization(Layer):
    """
    Each feature moved to mean 0 and brought to standard deviation 1.

    Means and variances are given, or found by `adapt` before training.

    Parameters
    ----------
    axis : int, tuple of int, or None
        The axes along which each place has a mean and a variance of its own; None for one of
        each for all.
    mean, variance : float or array, optional
        Both, or neither.
    invert : bool
        Whether to do the reverse: give normalised numbers their mean and deviation.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    ShapeError
        If the input lacks an axis, or its size is not known.

    Notes
    -----
    A standard deviation is raised to 1e-7 at least, so a feature that is always the same becomes 0.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0, 7.0], [2.0, 9.0]]))
    >>> layer(np.array([[0.0, 8.0]])).tolist()
    [[-1.0, 0.0]]
    """

    supports_masking = True

    def __init__(
        self,
        axis: Any = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        axes = () if axis is None else (axis,) if is_whole(axis, least=-math.inf) else axis
        if not isinstance(axes, Sequence) or not all(is_whole(a, least=-math.inf) for a in axes):
            raise OptionError(
                f"Normalization: axis must be an axis, several, or None; got {axis!r}."
            )
        self.axis, self.invert = tuple(map(int, axes)), bool(invert)
        if (mean is None) != (variance is None):
            raise OptionError(
                f"Normalization: give mean and variance, or neither; got mean={mean!r},"
                f" variance={variance!r}."
            )
        self.given: tuple[np.ndarray, np.ndarray] | None = None
        if mean is not None:
            m = _numbers("Normalization: mean", mean)
            v = _numbers("Normalization: variance", variance)
            if m.shape != v.shape or m.ndim > len(self.axis) or (v < 0).any():
                raise OptionError(
                    "Normalization: mean and variance must have one shape, with no more axes than"
                    f" `axis` names, and no variance may be negative; got {mean!r} and"
                    f" {variance!r} for axis {self.axis}."
                )
            self.given = (m, v)

    def build(self, input_shape: BatchShape) -> None:
        """Find which axes are kept, and make what `adapt` fills in."""
        rank = len(input_shape)
        if not all(-rank <= a < rank for a in self.axis):
            raise ShapeError(
                f"Normalization: axis {self.axis} is not among the axes of shape {input_shape}."
            )
        self._kept = sorted({a % rank for a in self.axis})
        sizes: Any = tuple(input_shape[a] for a in self._kept)
        if None in sizes:
            raise ShapeError(
                f"Normalization: the size of each axis of {self.axis} must be known; got shape"
                f" {input_shape}."
                + (" With one number for each example, take axis=None." if rank == 1 else "")
            )
        self._spread: Any = tuple(n if a in self._kept else 1 for a, n in enumerate(input_shape))
        if self.given is None:
            self.adapt_mean = self._state(sizes, "zeros", "mean")
            self.adapt_variance = self._state(sizes, "ones", "variance")
            self.count = self._state((), "zeros", "count")
            return
        try:
            mean, variance = (
                np.broadcast_to(n, sizes).reshape(self._spread).astype(self._dtype)
                for n in self.given
            )
        except ValueError:
            raise ShapeError(
                f"Normalization: mean and variance of shape {self.given[0].shape} do not fit the"
                f" sizes {sizes} of the axes {self.axis}."
            ) from None
        self._constants = (Tensor(Node(mean)), Tensor(Node(variance)))

    def _state(self, shape: Any, initializer: str, name: str) -> Variable:
        return self.add_weight(shape, initializer, name=name, trainable=False)

    def adapt(self, data: Any) -> None:
        """
        Find mean and variance in data, instead of those found before.

        Parameters
        ----------
        data : array, shape (N, ...), or iterable of such batches

        Raises
        ------
        DataError
            If there is no data, or a number in it is NaN or infinite.
        ShapeError
            If batches do not fit each other.
        StateError
            If mean and variance were given.
        """
        if self.given is not None:
            raise StateError(
                "Normalization: mean and variance were given; make a layer without them to adapt."
            )
        total = 0
        mean = variance = np.zeros(())
        for batch in _batches(data):
            if not self.built:
                self.build(batch.shape)
            self._check_fits(batch)
            if not np.isfinite(batch).all():
                raise DataError(
                    "Normalization.adapt: there are NaN or infinite numbers in the data; leave out"
                    " or fill in what is missing first."
                )
            others = tuple(a for a in range(batch.ndim) if a not in self._kept)
            count = math.prod(batch.shape[a] for a in others)
            if not count:
                continue
            own, spread = batch.mean(axis=others), batch.var(axis=others)
            total += count
            share, before = count / total, mean
            mean = before + (own - before) * share
            variance = variance * (1 - share) + spread * share
            variance = variance + (own - before) ** 2 * share * (1 - share)
        if not total:
            raise DataError("Normalization.adapt: there is no data to find a mean of.")
        self.adapt_mean.assign(mean.astype(self._dtype))
        self.adapt_variance.assign(variance.astype(self._dtype))

    def _check_fits(self, batch: np.ndarray) -> None:
        sizes = tuple(n for a, n in enumerate(batch.shape) if a in self._kept)
        wanted = tuple(n for a, n in enumerate(self._spread) if a in self._kept)
        if batch.ndim != len(self._spread) or sizes != wanted:
            raise ShapeError(
                f"Normalization.adapt: data of shape {batch.shape}; the layer was built for"
                f" {self.built_for}."
            )

    def _mean_and_variance(self) -> tuple[Any, Any]:
        if self.given is not None:
            return self._constants
        mean = ops.reshape(self.adapt_mean, shape=self._spread)
        return mean, ops.reshape(self.adapt_variance, shape=self._spread)

    @unless_set
    def mean(self) -> Any:
        """The mean of each feature, once the layer is built."""
        return self._mean_and_variance()[0]

    @unless_set
    def variance(self) -> Any:
        """The variance of each feature, once the layer is built."""
        return self._mean_and_variance()[1]

    def call(self, x: Tensor) -> Any:
        """Normalise, or give what is normalised its mean and deviation."""
        mean, variance = self._mean_and_variance()
        deviation = ops.maximum(ops.sqrt(variance), LEAST_DEVIATION)
        return x * deviation + mean if self.invert else (x - mean) / deviation

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        mean, variance = (None, None) if self.given is None else (n.tolist() for n in self.given)
        return {
            **super().get_config(),
            "axis": list(self.axis),
            "mean": mean,
            "variance": variance,
            "invert": self.invert,
        }


def _batches(data: Any) -> Iterator[np.ndarray]:
    """Give an array, or the arrays of an iterable (of each pair of input and target, the first)."""
    if isinstance(data, Tensor):
        data = data.numpy()
    if hasattr(data, "dtype") or not isinstance(data, Iterable):
        yield np.asarray(data, np.float64)
        return
    for batch in data:
        x = batch[0] if isinstance(batch, tuple) else batch
        yield np.asarray(x, np.float64)
