"""Layers that normalise each example by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.layer import BatchShape
from clearprop.nn.normalizing import Affine, Normalizing, normalized
from clearprop.nn.registry import register
from clearprop.nn.settings import axes_given, axis_of, is_whole, number, size_of
from clearprop.nn.variable import Variable

__all__ = [
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "UnitNormalization",
]


@final
@register
class LayerNormalization(Affine):
    r"""
    Each example, along its last axis, moved to mean 0 and stretched to variance 1.

    .. math:: y = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta

    Parameters
    ----------
    axis : int or list of int
        Along which axes there is a mean.
    epsilon : float
        What is added to the variance.
    center, scale : bool
        Whether there is a `beta`, a `gamma`.
    beta_initializer, gamma_initializer : str, Initializer or callable
        Where their first values come from.
    beta_regularizer, gamma_regularizer : str, Regularizer or callable, optional
        What the loss is raised by on their account.
    beta_constraint, gamma_constraint : str, Constraint or callable, optional
        What they are put through after each step.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    gamma, beta : Variable, or None
        Of the sizes of `axis`.

    Raises
    ------
    OptionError
        If a number is out of range.
    ShapeError
        When built, if there is no such axis or its size is not known.

    References
    ----------
    Ba, Kiros, Hinton, "Layer Normalization", 2016, equation 4; there, the root of the variance has
    nothing added.

    Examples
    --------
    >>> import numpy as np
    >>> LayerNormalization(epsilon=0)(np.array([[1.0, 3.0], [20.0, 40.0]])).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **options,
        )  # fmt: skip
        self.axis = axes_given("LayerNormalization", axis)

    def build(self, input_shape: BatchShape) -> None:
        """Make `gamma` and `beta`."""
        self.make_gamma_and_beta(self.sizes(input_shape))

    def call(self, x: Tensor) -> Any:
        """Normalise."""
        axes = self.axes(x.shape)
        mean = self.named("mean", ops.mean(x, axis=axes, keepdims=True))
        variance = self.named("variance", ops.var(x, axis=axes, keepdims=True))
        gamma = None if self.gamma is None else self.along(x, self.gamma)
        beta = None if self.beta is None else self.along(x, self.beta)
        return normalized(x, mean, variance, self.epsilon, gamma, beta)


@final
@register
class GroupNormalization(Affine):
    """
    Each example's channels in groups, each group moved to mean 0 and stretched to variance 1.

    Parameters
    ----------
    groups : int
        How many; -1 for as many as there are channels.
    axis : int
        The axis of the channels.
    epsilon : float
        What is added to the variance.
    center, scale : bool
        Whether there is a `beta`, a `gamma`.
    beta_initializer, gamma_initializer : str, Initializer or callable
        Where their first values come from.
    beta_regularizer, gamma_regularizer : str, Regularizer or callable, optional
        What the loss is raised by on their account.
    beta_constraint, gamma_constraint : str, Constraint or callable, optional
        What they are put through after each step.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    gamma, beta : Variable, shape (C,), or None

    Raises
    ------
    OptionError
        If a number is out of range.
    ShapeError
        When built, if the channels are unknown or do not divide into the groups.

    References
    ----------
    Wu, He, "Group Normalization", 2018, equations 1, 2, 6 and 7.

    Examples
    --------
    >>> import numpy as np
    >>> GroupNormalization(2, epsilon=0)(np.array([[1.0, 3.0, 20.0, 40.0]])).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

    axis: int

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **options,
        )  # fmt: skip
        if not is_whole(groups) or (groups < 1 and groups != -1):
            raise OptionError(
                "GroupNormalization: groups must be a positive whole number, or -1 for one to a"
                f" channel; got {groups!r}."
            )
        self.groups = int(groups)
        self.axis = axes_given("GroupNormalization", axis, several=False)

    def build(self, input_shape: BatchShape) -> None:
        """Make `gamma` and `beta`, of shape (C,)."""
        C = size_of("GroupNormalization", self.axis, input_shape)
        if self.groups == -1:
            self.groups = C
        if C % self.groups:
            fitting = [g for g in range(1, C + 1) if C % g == 0]
            raise ShapeError(
                f"GroupNormalization: {C} channels do not divide into {self.groups} groups;"
                f" {', '.join(map(str, fitting))} would do. The inputs have shape {input_shape}."
            )
        self.make_gamma_and_beta((C,))

    def call(self, x: Tensor) -> Any:
        """Normalise."""
        place = axis_of("GroupNormalization", self.axis, x.shape)
        size = x.shape[place] // self.groups
        grouped = (*x.shape[:place], self.groups, size, *x.shape[place + 1 :])
        x_in_groups = ops.reshape(x, shape=grouped)
        rest = tuple(a for a in range(1, len(grouped)) if a != place)
        mean = self.named("mean", ops.mean(x_in_groups, axis=rest, keepdims=True))
        variance = self.named("variance", ops.var(x_in_groups, axis=rest, keepdims=True))
        y = ops.reshape(normalized(x_in_groups, mean, variance, self.epsilon), shape=x.shape)
        if self.gamma is not None:
            y = y * self.along(x, self.gamma)
        return y if self.beta is None else y + self.along(x, self.beta)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "groups": self.groups}


@final
@register
class RMSNormalization(Normalizing):
    r"""
    Each example divided by the root of the mean of its squares; no mean is taken off.

    .. math:: y = s \, \frac{x}{\sqrt{\frac{1}{n} \sum x^2 + \epsilon}}

    Parameters
    ----------
    axis : int or list of int
        Along which axes there is a mean.
    epsilon : float
        What is added to it.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    scale : Variable
        The factors s, of the sizes of `axis`.

    Raises
    ------
    OptionError
        If a number is out of range.
    ShapeError
        When built, if there is no such axis or its size is not known.

    References
    ----------
    Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019, equation 4.

    Examples
    --------
    >>> import numpy as np
    >>> RMSNormalization()(np.array([[1.0, 7.0]])).numpy().round(3).tolist()
    [[0.2, 1.4]]
    """

    scale: Variable

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **options: Any
    ) -> None:
        super().__init__(**options)
        self.axis = axes_given("RMSNormalization", axis)
        self.epsilon = number("RMSNormalization", "epsilon", epsilon, least=0)

    def build(self, input_shape: BatchShape) -> None:
        """Make the factors."""
        self.scale = self.add_weight(self.sizes(input_shape), "ones", name="scale")

    def call(self, x: Tensor) -> Any:
        """Normalise."""
        mean = ops.mean(ops.square(x), axis=self.axes(x.shape), keepdims=True)
        mean = self.named("mean_square", mean)
        return x / ops.sqrt(mean + self.epsilon) * self.along(x, self.scale)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}


# Below this a length counts as this much, so that zeros stay zeros.
SHORTEST = 1e-12


@final
@register
class UnitNormalization(Normalizing):
    r"""
    Each example, along its last axis, divided by its length: vectors of length 1.

    .. math:: y = \frac{x}{\sqrt{\sum x^2}}

    Parameters
    ----------
    axis : int or list of int
        Along which axes a vector lies.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `axis` is no whole number or list of such.
    ShapeError
        When called, if there is no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> UnitNormalization()(np.array([[3.0, 4.0], [0.0, 0.0]])).numpy().round(3).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """

    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axes_given("UnitNormalization", axis)

    def call(self, x: Tensor) -> Any:
        """Normalise."""
        squares = ops.sum(ops.square(x), axis=self.axes(x.shape), keepdims=True)
        return x / ops.sqrt(ops.maximum(squares, SHORTEST**2))

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "axis": self.axis}
