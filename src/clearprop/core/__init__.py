"""Backpropagation itself: operations, recorded tensors, the backward walk, symbols and trees."""

from clearprop.core.derivatives import grad, hessian, jacobian, jvp, value_and_grad, vjp
from clearprop.core.namespaces import no_grad
from clearprop.core.op import Op, op
from clearprop.core.tensor import Tensor, tensor

__all__ = [
    "Op",
    "Tensor",
    "grad",
    "hessian",
    "jacobian",
    "jvp",
    "no_grad",
    "op",
    "tensor",
    "value_and_grad",
    "vjp",
]
