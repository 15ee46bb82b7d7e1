"""The layers that nearly every network has: dense, activation, flatten."""

from __future__ import annotations

from typing import Any, final

from clearprop.core.tensor import Tensor
from clearprop.nn.activations import activation_name, get_activation, linear
from clearprop.nn.initializers.base import get_initializer
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable
from clearprop.ops import add, matmul

__all__ = ["Dense"]

USUAL_BATCH = 32


@final
@register
class Dense(Layer):
    r"""
    Every output from every input: ``activation(x @ kernel + bias)``.

    .. math:: y_{no} = f\Bigl(\sum_i x_{ni} w_{io} + b_o\Bigr)
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = int(units)
        self.activation = get_activation(activation)
        self._activates = self.activation is not linear
        self.use_bias = bool(use_bias)
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.bias_initializer = get_initializer(bias_initializer)

    def _rename(self, name: str) -> None:
        super()._rename(name)
        self._sum_name = f"{name}/sum"

    def build(self, input_shape: BatchShape) -> None:
        """Make the kernel (I, O) and the bias (O,)."""
        features = input_shape[-1]
        self.kernel = self.add_weight(
            (features, self.units), self.kernel_initializer, name="kernel"
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, name="bias")

    def call_before_activation(self, x: Any) -> Tensor:
        """Compute ``x @ kernel + bias``."""
        y: Tensor = matmul(x, self.kernel)
        return y if self.bias is None else add(y, self.bias)

    def call(self, x: Any) -> Tensor:
        """Compute ``activation(x @ kernel + bias)``."""
        y = self.call_before_activation(x)
        if self._activates:
            y.node.name = self._sum_name
            return self.activation(y)
        return y

    @property
    def final_activation(self) -> str:
        """The activation's name."""
        return activation_name(self.activation)

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give (N, ..., units)."""
        return (*as_batch_shape(input_shape)[:-1], self.units)
