"""Layers that work against learning by heart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.chance import Drawing
from clearprop.nn.layer import BatchShape, as_batch_shape
from clearprop.nn.registry import register

__all__ = ["Dropout"]


@final
@register
class Dropout(Drawing):
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
        super().__init__(seed, **options)
        if isinstance(rate, bool) or not isinstance(rate, int | float | np.number):
            raise OptionError(f"Dropout: rate must be a number; got {rate!r}.")
        if not 0 <= rate < 1:
            mend = f" For {rate:g} % give {rate / 100:g}." if 1 < rate < 100 else ""
            raise OptionError(
                f"Dropout: rate must be at least 0 and less than 1; got {rate!r}.{mend}"
            )
        self.rate = float(rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Drop, if in training."""
        if not training or self.rate == 0:
            return x
        shape = self._mask_shape(x.shape)
        mask = self.draw("keep", shape, self.rate)
        if shape != x.shape:
            mask = ops.broadcast_to(mask, shape=x.shape)
        return ops.dropout(x, mask, rate=self.rate)

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.noise_shape is None:
            return shape
        if len(self.noise_shape) != len(shape):
            raise ShapeError(
                f"Dropout: noise_shape {self.noise_shape} must have an axis for each of the"
                f" input's, whose shape is {shape}."
            )
        return tuple(n if m is None else m for m, n in zip(self.noise_shape, shape, strict=True))

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def describe(self) -> str:
        """Say how much it drops."""
        return f"Dropout {self.rate:g}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "rate": self.rate,
            "noise_shape": None if self.noise_shape is None else list(self.noise_shape),
        }
