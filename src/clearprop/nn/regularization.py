"""Layers that work against learning by heart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.chance import Drawing
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.regularizers import L1L2
from clearprop.nn.settings import is_whole

__all__ = [
    "ActivityRegularization",
    "Dropout",
    "Dropping",
    "checked_noise_shape",
    "noise_shape_for",
]


class Dropping(Drawing):
    """
    A layer that drops a fraction of something in training, and changes no shape.

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
    """

    supports_masking = True

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        who = type(self).__name__
        if isinstance(rate, bool) or not isinstance(rate, int | float | np.number):
            raise OptionError(f"{who}: rate must be a number; got {rate!r}.")
        if not 0 <= rate < 1:
            mend = f" For {rate:g} % give {rate / 100:g}." if 1 < rate < 100 else ""
            raise OptionError(
                f"{who}: rate must be at least 0 and less than 1; got {rate!r}.{mend}"
            )
        self.rate = float(rate)

    def drop(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        """Drop what a mask of `shape` says, and make up for it in the rest."""
        mask = self.draw("keep", shape, self.rate)
        if shape != x.shape:
            mask = ops.broadcast_to(mask, shape=x.shape)
        return ops.dropout(x, mask, rate=self.rate)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def describe(self) -> str:
        """Say how much it drops."""
        return f"{type(self).__name__} {self.rate:g}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "rate": self.rate}


@final
@register
class Dropout(Dropping):
    """
    Drop elements at random in training, and let all through otherwise.

    What is kept is divided by the fraction that is kept, so that sums stay the same on average.
    Which elements are dropped depends on the seed, the layer's name and how often it has dropped
    before, on nothing else: the same run drops the same ones again.

    Parameters
    ----------
    rate : float
        The fraction that is dropped, at least 0 and less than 1.
    noise_shape : tuple of (int or None), optional
        The shape of the mask, 1 for an axis along which whole slices are dropped together;
        None for an axis as long as the input's.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    step : int
        How many times it has dropped; to be set to continue a run that was cut off.

    Raises
    ------
    OptionError
        If `rate` is no such fraction.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple Way to Prevent
    Neural Networks from Overfitting", 2014. There the weights are scaled after training instead.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout(0.5)(np.ones((1, 4))).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    >>> set(np.unique(Dropout(0.5, seed=1)(np.ones((1, 50)), training=True)).tolist())
    {0.0, 2.0}
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, seed, **options)
        self.noise_shape = checked_noise_shape("Dropout", noise_shape)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Drop, if in training."""
        if not training or self.rate == 0:
            return x
        return self.drop(x, noise_shape_for(self, x.shape))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "noise_shape": None if self.noise_shape is None else list(self.noise_shape),
        }


def checked_noise_shape(who: str, shape: Any) -> tuple[int | None, ...] | None:
    """Give a mask's shape as a tuple, or say what is wrong with it."""
    if shape is None:
        return None
    sizes = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    if not isinstance(shape, list | tuple) or any(
        n is not None and (not is_whole(n) or n < 1) for n in sizes
    ):
        raise OptionError(
            f"{who}: noise_shape must be a tuple of positive whole numbers, and None for an axis as"
            f" long as the input's; got {shape!r}."
        )
    return tuple(None if n is None else int(n) for n in sizes)


def noise_shape_for(layer: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Give the shape of the mask that a layer's `noise_shape` makes of an input's."""
    if layer.noise_shape is None:
        return shape
    sizes = layer.noise_shape
    if len(sizes) != len(shape) or any(
        m not in (None, 1, n) for m, n in zip(sizes, shape, strict=True)
    ):
        raise ShapeError(
            f"{type(layer).__name__}: noise_shape {sizes} must have an axis for each of the"
            f" input's, whose shape is {shape}, and its size, 1 or None for it."
        )
    return tuple(n if m is None else m for m, n in zip(sizes, shape, strict=True))


@final
@register
class ActivityRegularization(Layer):
    r"""
    Raise the loss by the size of what comes through, and let it through as it is.

    .. math:: \frac{1}{N} \Bigl(\lambda_1 \sum |x| + \lambda_2 \sum x^2\Bigr)

    Parameters
    ----------
    l1, l2 : float
        The factors of the sum of absolute values and of that of squares, at least 0.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If a factor is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> ActivityRegularization(l1=0.1)(np.array([[-1.0, 2.0]])).tolist()
    [[-1.0, 2.0]]
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        penalty = L1L2(l1=l1, l2=l2)
        super().__init__(activity_regularizer=penalty, **options)
        self.l1, self.l2 = penalty.l1, penalty.l2

    def call(self, x: Tensor) -> Tensor:
        """Give the input as it is."""
        return x

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        config = super().get_config()
        config.pop("activity_regularizer", None)  # which the two factors say already
        return {**config, "l1": self.l1, "l2": self.l2}
