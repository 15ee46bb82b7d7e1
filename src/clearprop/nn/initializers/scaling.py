"""Initializers that fit the variance to the number of a unit's inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, unknown
from clearprop.nn.initializers.base import Draw, Initializer, Shape, seed_or_none
from clearprop.nn.initializers.drawn import truncated
from clearprop.nn.settings import axes_given, axis_of, number

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "VarianceScaling",
    "fans",
]

# The standard deviation of a standard normal distribution cut at two deviations.
DEVIATION_OF_TRUNCATED = 0.87962566103423978


Axes = Sequence[int] | None


def fans(shape: Shape, input_axes: Axes = None, output_axes: Axes = None) -> tuple[float, float]:
    """
    Count the inputs and the outputs of a unit whose weights have `shape`.

    Parameters
    ----------
    shape : tuple of int
        Inputs next to last and outputs last, as in kernels of `Dense` and of convolutions, whose
        axes before those are places that each count.
    input_axes, output_axes : sequence of int, optional
        Which axes are which, for weights in another order.

    Raises
    ------
    ShapeError
        If there is no such axis.

    Examples
    --------
    >>> fans((784, 100)), fans((3, 3, 16, 32))
    ((784, 100), (144, 288))
    """
    if input_axes is not None and output_axes is not None:
        return tuple(  # type: ignore[return-value]
            math.prod(shape[axis_of("fans", a, shape)] for a in axes)
            for axes in (input_axes, output_axes)
        )
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    field = math.prod(shape[:-2])  # of a convolution: its places
    return shape[-2] * field, shape[-1] * field


class VarianceScaling(Initializer):
    """
    Numbers whose variance is `scale` divided by how many there are to a unit.

    Parameters
    ----------
    scale : float
        The variance of the sum of that many such numbers.
    mode : {"fan_in", "fan_out", "fan_avg"}
        Count a unit's inputs, outputs, or the mean of both.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        The form of the distribution; its variance is the same in each.
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, section 2.2.

    Examples
    --------
    >>> VarianceScaling(2.0, "fan_in", "uniform", seed=1)((3, 2)).shape
    (3, 2)
    """

    MODES = ("fan_in", "fan_out", "fan_avg")
    DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        self.scale = number("VarianceScaling", "scale", scale, least=0)
        if self.scale == 0:
            raise OptionError("VarianceScaling: scale must be greater than 0; got 0.")
        if mode not in self.MODES:
            raise unknown("mode of VarianceScaling", mode, self.MODES)
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in self.DISTRIBUTIONS:
            raise unknown("distribution of VarianceScaling", distribution, self.DISTRIBUTIONS)
        self.mode, self.distribution, self.seed = mode, distribution, seed_or_none(seed)
        self.input_axes = _axes_or_none("input_axes", input_axes)
        self.output_axes = _axes_or_none("output_axes", output_axes)
        if (input_axes is None) != (output_axes is None):
            raise OptionError(
                "VarianceScaling: give both input_axes and output_axes, or neither; got"
                f" {input_axes!r} and {output_axes!r}."
            )

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        I, O = fans(shape, self.input_axes, self.output_axes)
        count = {"fan_in": I, "fan_out": O, "fan_avg": (I + O) / 2}[self.mode]
        variance = self.scale / max(1.0, count)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, math.sqrt(variance), shape)
        return math.sqrt(variance) / DEVIATION_OF_TRUNCATED * truncated(shape, rng)


@final
class GlorotUniform(VarianceScaling):
    """
    Glorot and Bengio's uniform numbers: variance 2 / (inputs + outputs). The usual choice.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 16.

    Examples
    --------
    >>> GlorotUniform(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


@final
class GlorotNormal(VarianceScaling):
    """
    Glorot and Bengio's variance, 2 / (inputs + outputs), from a truncated normal.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    2010, equation 12.

    Examples
    --------
    >>> GlorotNormal(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


@final
class HeUniform(VarianceScaling):
    """
    Uniform numbers of variance 2 / inputs, for layers of ReLU.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, equation 10.

    Examples
    --------
    >>> HeUniform(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


@final
class HeNormal(VarianceScaling):
    """
    Truncated normal numbers of variance 2 / inputs, for layers of ReLU.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, equation 10.

    Examples
    --------
    >>> HeNormal(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


@final
class LecunUniform(VarianceScaling):
    """
    Uniform numbers of variance 1 / inputs.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.6.

    Examples
    --------
    >>> LecunUniform(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


@final
class LecunNormal(VarianceScaling):
    """
    Truncated normal numbers of variance 1 / inputs, for layers of SELU.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; the same numbers at every call then.
    input_axes, output_axes : list of int, optional
        Which axes of the weight count as inputs and outputs; both or neither.

    References
    ----------
    LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.6.

    Examples
    --------
    >>> LecunNormal(seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(
        self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None
    ) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


def _axes_or_none(what: str, axes: Any) -> Any:
    return None if axes is None else axes_given("VarianceScaling", axes, what=what)
