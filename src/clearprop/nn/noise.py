"""Layers that add or multiply by random numbers in training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.nn.chance import Drawing
from clearprop.nn.layer import BatchShape, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.regularization import Dropping, checked_noise_shape, noise_shape_for
from clearprop.nn.settings import number

__all__ = ["AlphaDropout", "GaussianDropout", "GaussianNoise"]

# What selu gives for minus infinity: Klambauer et al., Self-Normalizing Neural Networks (2017).
LOWEST = -1.6732632423543772 * 1.0507009873554805


@final
@register
class GaussianNoise(Drawing):
    """
    Add normally distributed numbers in training, and nothing otherwise.

    Parameters
    ----------
    stddev : float
        Their standard deviation, at least 0.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `stddev` is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> GaussianNoise(0.1)(np.ones((1, 3))).tolist()
    [[1.0, 1.0, 1.0]]
    >>> y = GaussianNoise(0.1, seed=1)(np.zeros((100, 100)), training=True)
    >>> round(float(np.std(y.numpy())), 2)
    0.1
    """

    supports_masking = True

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.stddev = number("GaussianNoise", "stddev", stddev, least=0)

    def call(self, x: Tensor, training: bool = False) -> Any:
        """Add noise, if in training."""
        if not training or self.stddev == 0:
            return x
        return x + ops.multiply(self.draw("normal", x.shape), self.stddev)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "stddev": self.stddev}


@final
@register
class GaussianDropout(Dropping):
    """
    Multiply by normally distributed numbers around 1 in training.

    Their variance is that of what dropout multiplies by: ``rate / (1 - rate)``.

    Parameters
    ----------
    rate : float
        The fraction that dropout would drop, at least 0 and less than 1.
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `rate` is no such fraction.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple Way to Prevent
    Neural Networks from Overfitting", 2014, section 10.

    Examples
    --------
    >>> import numpy as np
    >>> y = GaussianDropout(0.5, seed=1)(np.ones((100, 100)), training=True)
    >>> round(float(np.std(y.numpy())), 1)
    1.0
    """

    def call(self, x: Tensor, training: bool = False) -> Any:
        """Multiply by noise, if in training."""
        if not training or self.rate == 0:
            return x
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return x * ops.add(ops.multiply(self.draw("normal", x.shape), stddev), 1.0)


@final
@register
class AlphaDropout(Dropping):
    """
    Dropout for networks of selu: mean and variance stay what they are.

    What is dropped becomes the lowest value of selu, and everything is then stretched and moved so
    that numbers of mean 0 and variance 1 are such again.

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

    Raises
    ------
    OptionError
        If `rate` is no such fraction.
    ShapeError
        When called, if `noise_shape` does not fit the input.

    References
    ----------
    Klambauer, Unterthiner, Mayr, Hochreiter, "Self-Normalizing Neural Networks", 2017, section
    "New dropout technique".

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(1).standard_normal((100, 100))
    >>> y = AlphaDropout(0.3, seed=1)(x, training=True)
    >>> round(float(np.std(y.numpy())), 1)
    1.0
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rate, seed, **options)
        self.noise_shape = checked_noise_shape("AlphaDropout", noise_shape)

    def call(self, x: Tensor, training: bool = False) -> Any:
        """Drop, if in training."""
        if not training or self.rate == 0:
            return x
        kept = self.draw("keep", noise_shape_for(self, x.shape), self.rate)
        stretch = 1 / math.sqrt((1 - self.rate) * (1 + self.rate * LOWEST**2))
        shift = -stretch * LOWEST * self.rate
        return stretch * ops.where(kept, x, np.asarray(LOWEST, x.dtype)) + shift

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "noise_shape": None if self.noise_shape is None else list(self.noise_shape),
        }
