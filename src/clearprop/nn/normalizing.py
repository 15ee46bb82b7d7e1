"""What layers that normalise share: axes, and a slope and an offset that are learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.settings import axis_of, number, size_of
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options, written_weight_options

__all__ = ["Affine", "Normalizing", "normalized"]


class Normalizing(Layer):
    """A layer whose output has the shape of its input, and which works along certain axes."""

    axis: int | list[int]

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        shape = as_batch_shape(input_shape)
        self.axes(shape)
        return shape

    def axes(self, shape: Sequence[int | None]) -> tuple[int, ...]:
        """
        Give the axes, counted from the front, of inputs of a shape.

        Raises
        ------
        ShapeError
            If there is no such axis.
        """
        axes = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        return tuple(axis_of(type(self).__name__, a, tuple(shape)) for a in axes)

    def sizes(self, shape: BatchShape) -> tuple[int, ...]:
        """
        Give the sizes of those axes, in their order.

        Raises
        ------
        ShapeError
            If one is not known.
        """
        return tuple(size_of(type(self).__name__, a, shape) for a in self.axes(shape))

    def along(self, x: Tensor, weight: Variable) -> Any:
        """
        Give a weight in a shape that is repeated along the other axes of the input.

        Raises
        ------
        ShapeError
            If the input has other sizes along those axes than the weight was made for.
        """
        axes = self.axes(x.shape)
        if tuple(x.shape[a] for a in axes) != weight.shape:
            raise ShapeError(
                f"{type(self).__name__} was built for a size of {weight.shape} along axis"
                f" {self.axis}; got an input of shape {x.shape}."
            )
        if axes == (x.ndim - 1,):
            return weight
        shape = tuple(n if a in axes else 1 for a, n in enumerate(x.shape))
        return ops.reshape(weight, shape=shape)

    def named(self, what: str, value: Tensor) -> Tensor:
        """Call a number on the way by a name of its own, which explanations then use."""
        value.node.name = f"{self.path}/{what}"
        return value


class Affine(Normalizing):
    """
    A layer that normalises, and then multiplies by `gamma` and adds `beta`.

    Attributes
    ----------
    gamma, beta : Variable, or None
        One number for each place along `axis`.
    """

    gamma: Variable | None
    beta: Variable | None
    supports_masking = True

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.epsilon = number(type(self).__name__, "epsilon", epsilon, least=0)
        self.center, self.scale = bool(center), bool(scale)
        set_weight_options(
            self,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.gamma = self.beta = None

    def make_gamma_and_beta(self, shape: tuple[int, ...]) -> None:
        """Make those of the two that were asked for."""
        self.gamma = make_weight(self, "gamma", shape) if self.scale else None
        self.beta = make_weight(self, "beta", shape) if self.center else None

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **written_weight_options(self, "beta", "gamma"),
        }


def normalized(
    x: Tensor, mean: Any, variance: Any, epsilon: float, gamma: Any = None, beta: Any = None
) -> Any:
    """Give the distances from the mean in units of the deviation, times `gamma`, plus `beta`."""
    deviation = ops.sqrt(variance + epsilon)
    y = (x - mean) / deviation if gamma is None else (x - mean) * (gamma / deviation)
    return y if beta is None else y + beta
