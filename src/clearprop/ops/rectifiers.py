"""Relu and its relatives: straight pieces, one of them flat or nearly so."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import case, nonzero, off_halves
from clearprop.core.op import op
from clearprop.core.shapes import same

__all__ = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "relu",
    "relu6",
    "soft_shrink",
    "sparse_sigmoid",
    "threshold",
]

Array = Any

# At a corner the derivative is that of the flatter piece, throughout this file: relu'(0) = 0.


@op("relu({x})", r"\operatorname{ReLU}({x})", shape=same, cases=[nonzero(3, 4)])
def relu(xp: Any, x: Array) -> Array:
    """Each positive element as it is, and 0 for the others; relu'(0) = 0."""
    return xp.maximum(x, 0)


relu.vjp(x=lambda xp, g, y, x: xp.where(x > 0, g, 0.0))


@op("relu6({x})", r"\operatorname{ReLU6}({x})", shape=same, cases=[off_halves(3, 4)])
def relu6(xp: Any, x: Array) -> Array:
    """Relu that stops at 6."""
    return xp.clip(x, 0, 6)


relu6.vjp(x=lambda xp, g, y, x: xp.where((x > 0) & (x < 6), g, 0.0))


@op(
    "leaky_relu({x})",
    r"\operatorname{LeakyReLU}({x})",
    shape=same,
    cases=[nonzero(3, 4), case(nonzero(3, 4), negative_slope=0.01)],
)
def leaky_relu(xp: Any, x: Array, *, negative_slope: float = 0.2) -> Array:
    """Relu that lets `negative_slope` times what is negative through; at 0, that is its slope."""
    return xp.where(x > 0, x, negative_slope * x)


leaky_relu.vjp(x=lambda xp, g, y, x, negative_slope=0.2: xp.where(x > 0, g, negative_slope * g))


@op(
    "threshold({x}, {threshold}, {default_value})",
    r"\operatorname{threshold}({x}, {threshold}, {default_value})",
    shape=same,
    cases=[case(off_halves(3, 4), threshold=1.0, default_value=-2.0)],
)
def threshold(xp: Any, x: Array, *, threshold: float, default_value: float) -> Array:
    """Each element above `threshold` as it is, and `default_value` for the others."""
    return xp.where(x > threshold, x, default_value)


threshold.vjp(x=lambda xp, g, y, x, threshold, default_value: xp.where(x > threshold, g, 0.0))


@op("hard_tanh({x})", r"\operatorname{hardtanh}({x})", shape=same, cases=[off_halves(3, 4)])
def hard_tanh(xp: Any, x: Array) -> Array:
    """Each element, kept from -1 to 1: tanh drawn with a ruler."""
    return xp.clip(x, -1, 1)


hard_tanh.vjp(x=lambda xp, g, y, x: xp.where(xp.abs(x) < 1, g, 0.0))


@op("hard_sigmoid({x})", r"\operatorname{hardsigmoid}({x})", shape=same, cases=[off_halves(3, 4)])
def hard_sigmoid(xp: Any, x: Array) -> Array:
    """Straight from 0 at -3 to 1 at 3: the sigmoid drawn with a ruler."""
    return xp.clip(x + 3, 0, 6) / 6


hard_sigmoid.vjp(x=lambda xp, g, y, x: xp.where(xp.abs(x) < 3, g / 6, 0.0))


@op(
    "sparse_sigmoid({x})",
    r"\operatorname{sparsesigmoid}({x})",
    shape=same,
    cases=[off_halves(3, 4)],
)
def sparse_sigmoid(xp: Any, x: Array) -> Array:
    """Straight from 0 at -1 to 1 at 1."""
    return xp.clip(x + 1, 0, 2) / 2


sparse_sigmoid.vjp(x=lambda xp, g, y, x: xp.where(xp.abs(x) < 1, g / 2, 0.0))


@op(
    "hard_shrink({x}, {threshold})",
    r"\operatorname{hardshrink}({x}, {threshold})",
    shape=same,
    cases=[off_halves(3, 4), case(off_halves(3, 4), threshold=2.0)],
)
def hard_shrink(xp: Any, x: Array, *, threshold: float = 0.5) -> Array:
    """Each element further than `threshold` from zero as it is, and 0 for the others."""
    return xp.where(xp.abs(x) > threshold, x, 0.0)


hard_shrink.vjp(x=lambda xp, g, y, x, threshold=0.5: xp.where(xp.abs(x) > threshold, g, 0.0))


@op(
    "soft_shrink({x}, {threshold})",
    r"\operatorname{softshrink}({x}, {threshold})",
    shape=same,
    cases=[off_halves(3, 4), case(off_halves(3, 4), threshold=2.0)],
)
def soft_shrink(xp: Any, x: Array, *, threshold: float = 0.5) -> Array:
    """Each element moved towards zero by `threshold`, and 0 if that is beyond zero."""
    return x - xp.clip(x, -threshold, threshold)


soft_shrink.vjp(x=lambda xp, g, y, x, threshold=0.5: xp.where(xp.abs(x) > threshold, g, 0.0))
