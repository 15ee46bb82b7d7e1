"""Normalisation over the batch, with averages for when there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.caller import warn
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn import effects
from clearprop.nn.initializers.base import get_initializer
from clearprop.nn.layer import BatchShape
from clearprop.nn.normalizing import Affine, normalized
from clearprop.nn.registry import register, serialize
from clearprop.nn.settings import axes_given, number
from clearprop.nn.variable import Variable

__all__ = ["BatchNormalization"]

# What Keras adds to the count of the steps that a mask leaves, so that none is not divided by.
NONE_LEFT = 1e-7


@final
@register
class BatchNormalization(Affine):
    r"""
    Each channel moved to mean 0 and stretched to variance 1, over the batch and all places.

    .. math:: y = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta

    In training, mean and variance are those of the batch, and running averages of them are kept;
    otherwise, those averages are taken. A layer that is not `trainable` always takes the averages,
    and leaves them as they are.

    Parameters
    ----------
    axis : int
        The axis of the channels.
    momentum : float
        How much of an average stays at each step, from 0 to 1.
    epsilon : float
        What is added to the variance.
    center, scale : bool
        Whether there is a `beta`, a `gamma`.
    beta_initializer, gamma_initializer : str, Initializer or callable
        Where their first values come from.
    moving_mean_initializer, moving_variance_initializer : str, Initializer or callable
        Where those of the averages come from.
    beta_regularizer, gamma_regularizer : str, Regularizer or callable, optional
        What the loss is raised by on account of `beta` and `gamma`.
    beta_constraint, gamma_constraint : str, Constraint or callable, optional
        What they are put through after each step.
    renorm : bool
        Whether a batch's mean and deviation are corrected, within bounds, to averages of their
        own, so that training computes what prediction will.
    renorm_clipping : dict, optional
        The bounds: ``rmin`` and ``rmax`` of the factor, ``dmax`` of the move.
    renorm_momentum : float
        The momentum of those averages.
    synchronized : bool
        Must be False: there is one device.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    gamma, beta : Variable, shape (C,), or None
    moving_mean, moving_variance : Variable, shape (C,)
        The running averages; training does not change them by gradients.

    Raises
    ------
    OptionError
        If a number is out of range.
    ShapeError
        When built, if there is no such axis or its size is not known.

    Warns
    -----
    UserWarning
        Once, if a batch in training has a single value to a channel, whose variance is 0, or if
        all of it is masked.

    References
    ----------
    Ioffe, Szegedy, "Batch Normalization", 2015, algorithms 1 and 2; there, the average is of the
    unbiased variance. Ioffe, "Batch Renormalization", 2017, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> layer = BatchNormalization(epsilon=0, momentum=0.9)
    >>> layer(np.array([[1.0], [3.0]]), training=True).tolist()
    [[-1.0], [1.0]]
    >>> layer.moving_mean.numpy().round(3).tolist()
    [0.2]
    """

    axis: int
    moving_mean: Variable
    moving_variance: Variable

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Mapping[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **options,
        )  # fmt: skip
        self.axis = axes_given("BatchNormalization", axis, several=False)
        self.momentum = _share("momentum", momentum)
        self.moving_mean_initializer = get_initializer(moving_mean_initializer)
        self.moving_variance_initializer = get_initializer(moving_variance_initializer)
        self.renorm = bool(renorm)
        self.renorm_clipping = _bounds(renorm_clipping)
        self.renorm_momentum = _share("renorm_momentum", renorm_momentum)
        if synchronized:
            raise OptionError(
                "BatchNormalization: synchronized=True is for several devices; there is one."
            )
        self._warned: set[str] = set()

    def build(self, input_shape: BatchShape) -> None:
        """Make `gamma`, `beta` and the averages, all of shape (C,)."""
        shape = self.sizes(input_shape)
        self.make_gamma_and_beta(shape)
        mean, variance = self.moving_mean_initializer, self.moving_variance_initializer

        def deviation(shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
            return np.sqrt(variance(shape, dtype))

        self.moving_mean = self.add_weight(shape, mean, trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(
            shape, variance, trainable=False, name="moving_variance"
        )
        if self.renorm:
            self.moving_stddev, self.renorm_mean, self.renorm_stddev = (
                self.add_weight(shape, first, trainable=False, name=name)
                for name, first in (
                    ("moving_stddev", deviation),
                    ("renorm_mean", mean),
                    ("renorm_stddev", deviation),
                )
            )

    def call(self, x: Tensor, training: bool = False, mask: Any = None) -> Any:
        """
        Normalise.

        Parameters
        ----------
        x : Tensor
        training : bool
            Whether by the batch, or by the averages.
        mask : array of bool, optional
            Of one axis less than `x`; where it is False, nothing counts for mean and variance.
        """
        gamma = None if self.gamma is None else self.along(x, self.gamma)
        beta = None if self.beta is None else self.along(x, self.beta)
        if not (training and self.trainable):
            mean, variance = self.along(x, self.moving_mean), self.along(x, self.moving_variance)
            return normalized(x, mean, variance, self.epsilon, gamma, beta)
        mean, variance = self._moments(x, mask)
        self.named("mean", mean)
        self.named("variance", variance)
        if self.renorm:
            gamma, beta = self._renormed(x, mean, variance, gamma, beta)
        else:
            self._average(self.moving_mean, mean, self.momentum)
            self._average(self.moving_variance, variance, self.momentum)
        return normalized(x, mean, variance, self.epsilon, gamma, beta)

    def _moments(self, x: Tensor, mask: Any) -> tuple[Any, Any]:
        """Give mean and variance of each channel, in a shape that is repeated along `x`."""
        (channels,) = self.axes(x.shape)
        rest = tuple(a for a in range(x.ndim) if a != channels)
        values = math.prod(x.shape[a] for a in rest)
        if values == 0:
            raise ShapeError(
                "BatchNormalization: there is no mean of no examples to train with; got shape"
                f" {x.shape}."
            )
        if values == 1:
            self._warn_once(
                f"a batch of shape {x.shape}, with one value to a channel. Its variance is 0, and"
                " the output is beta whatever the input. Train with larger batches (leave out a"
                " last one of one example), or use LayerNormalization."
            )
        if mask is None:
            return ops.mean(x, axis=rest, keepdims=True), ops.var(x, axis=rest, keepdims=True)
        kept = as_tensor(mask)
        if kept.shape != x.shape[:-1]:
            raise ShapeError(
                f"BatchNormalization: a mask has one axis less than the input, {x.shape[:-1]} for"
                f" one of shape {x.shape}; got {kept.shape}."
            )
        if kept.dtype.kind != "b":
            kept = ops.not_equal(kept, 0)
        if isinstance(kept.data, np.ndarray) and not kept.data.any():
            self._warn_once(
                "a batch of which every step is masked. Mean and variance of nothing count as 0,"
                " and the averages move there. Leave such batches out."
            )
        kept = ops.broadcast_to(ops.expand_dims(kept, axis=-1), shape=x.shape)
        count = ops.sum(ops.astype(kept, dtype=x.dtype), axis=rest, keepdims=True) + NONE_LEFT
        mean = ops.sum(ops.keep(x, kept), axis=rest, keepdims=True) / count
        squares = ops.keep(ops.square(x - mean), kept)
        return mean, ops.sum(squares, axis=rest, keepdims=True) / count

    def _warn_once(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            warn(f"layer {self.path!r} (BatchNormalization) was given, in training, {what}")

    def _average(self, average: Variable, value: Any, momentum: float) -> Any:
        """Move a running average towards a value; give the new one."""
        value = ops.stop_gradient(ops.reshape(value, shape=average.shape))
        new = ops.stop_gradient(average * momentum + value * (1 - momentum))
        effects.replace(average, new)
        return new

    def _renormed(
        self, x: Tensor, mean: Any, variance: Any, gamma: Any, beta: Any
    ) -> tuple[Any, Any]:
        """Correct what is multiplied by and added to averages; move those."""
        deviation = ops.sqrt(variance + self.epsilon)
        usual = ops.maximum(self.along(x, self.renorm_stddev), math.sqrt(self.epsilon))
        factor = ops.stop_gradient(deviation / usual)
        move = ops.stop_gradient((mean - self.along(x, self.renorm_mean)) / usual)
        bounds = self.renorm_clipping
        if bounds.keys() & {"rmin", "rmax"}:
            factor = ops.clip(factor, min=bounds.get("rmin"), max=bounds.get("rmax"))
        if "dmax" in bounds:
            move = ops.clip(move, min=-bounds["dmax"], max=bounds["dmax"])
        self._average(self.renorm_mean, mean, self.renorm_momentum)
        self._average(self.renorm_stddev, deviation, self.renorm_momentum)
        self._average(self.moving_mean, mean, self.momentum)
        average = self._average(self.moving_stddev, deviation, self.momentum)
        effects.replace(self.moving_variance, ops.relu(ops.square(average) - self.epsilon))
        if gamma is not None:
            factor, move = factor * gamma, move * gamma
        return factor, move if beta is None else move + beta

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "moving_mean_initializer": serialize(self.moving_mean_initializer),
            "moving_variance_initializer": serialize(self.moving_variance_initializer),
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping or None,
            "renorm_momentum": self.renorm_momentum,
        }


def _share(what: str, value: Any) -> float:
    share = number("BatchNormalization", what, value, least=0)
    if share > 1:
        raise OptionError(f"BatchNormalization: {what} must be from 0 to 1; got {value!r}.")
    return share


def _bounds(clipping: Any) -> dict[str, float]:
    """Give the bounds of renormalisation as numbers, or say what is wrong with them."""
    if clipping is not None and not isinstance(clipping, Mapping):
        raise OptionError(
            "BatchNormalization: renorm_clipping must be a dict such as {'rmax': 3.0, 'dmax': 5.0};"
            f" got {clipping!r}."
        )
    bounds = {key: value for key, value in (clipping or {}).items() if value is not None}
    for key in bounds:
        if key not in ("rmin", "rmax", "dmax"):
            raise unknown("argument", key, ("rmin", "rmax", "dmax"))
    bounds = {key: number("BatchNormalization", key, n, least=0) for key, n in bounds.items()}
    if bounds.get("rmin", 0.0) > bounds.get("rmax", math.inf):
        raise OptionError(
            f"BatchNormalization: rmin must not be above rmax; got {bounds['rmin']:g} and"
            f" {bounds['rmax']:g}."
        )
    return bounds
