"""Relu and its relatives: straight pieces, one of them flat or nearly so."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, nonzero, off_halves
from clearprop.core.op import op
from clearprop.core.shapes import same
from clearprop.ops.common import floating

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


relu.vjp(x=lambda xp, g, y, x: xp.keep(g, x > 0))


@op("relu6({x})", r"\operatorname{ReLU6}({x})", shape=same, cases=[off_halves(3, 4)])
def relu6(xp: Any, x: Array) -> Array:
    """Relu that stops at 6."""
    return xp.clip(x, 0, 6)


relu6.vjp(x=lambda xp, g, y, x: xp.keep(g, (x > 0) & (x < 6)))


@op(
    "leaky_relu({x})",
    r"\operatorname{LeakyReLU}({x})",
    shape=same,
    dtype=floating,
    cases=[nonzero(3, 4), case(nonzero(3, 4), negative_slope=0.01)],
)
def leaky_relu(xp: Any, x: Array, *, negative_slope: float = 0.2) -> Array:
    """Relu that lets `negative_slope` times what is negative through; at 0, that is its slope."""
    return xp.maximum(x, 0) + negative_slope * xp.minimum(x, 0)


leaky_relu.vjp(x=lambda xp, g, y, x, negative_slope=0.2: xp.where(x > 0, g, negative_slope * g))


@op(
    "threshold({x}, {threshold}, {default_value})",
    r"\operatorname{threshold}({x}, {threshold}, {default_value})",
    shape=same,
    dtype=lambda x, *, threshold, default_value: np.result_type(x, default_value),
    cases=[case(off_halves(3, 4), threshold=1.0, default_value=-2.0)],
)
def threshold(xp: Any, x: Array, *, threshold: float, default_value: float) -> Array:
    """Each element above `threshold` as it is, and `default_value` for the others."""
    return xp.where(x > threshold, x, default_value)


threshold.vjp(x=lambda xp, g, y, x, threshold, default_value: xp.keep(g, x > threshold))


@op("hard_tanh({x})", r"\operatorname{hardtanh}({x})", shape=same, cases=[off_halves(3, 4)])
def hard_tanh(xp: Any, x: Array) -> Array:
    """Each element, kept from -1 to 1: tanh drawn with a ruler."""
    return xp.clip(x, -1, 1)


hard_tanh.vjp(x=lambda xp, g, y, x: xp.keep(g, xp.abs(x) < 1))


@op(
    "hard_sigmoid({x})",
    r"\operatorname{hardsigmoid}({x})",
    shape=same,
    dtype=floating,
    cases=[off_halves(3, 4)],
)
def hard_sigmoid(xp: Any, x: Array) -> Array:
    """Straight from 0 at -3 to 1 at 3: the sigmoid drawn with a ruler."""
    return xp.clip(x + 3, 0, 6) / 6


hard_sigmoid.vjp(x=lambda xp, g, y, x: xp.keep(g / 6, xp.abs(x) < 3))


@op(
    "sparse_sigmoid({x})",
    r"\operatorname{sparsesigmoid}({x})",
    shape=same,
    dtype=floating,
    cases=[off_halves(3, 4)],
)
def sparse_sigmoid(xp: Any, x: Array) -> Array:
    """Straight from 0 at -1 to 1 at 1."""
    return xp.clip(x + 1, 0, 2) / 2


sparse_sigmoid.vjp(x=lambda xp, g, y, x: xp.keep(g / 2, xp.abs(x) < 1))


@op(
    "hard_shrink({x}, {threshold})",
    r"\operatorname{hardshrink}({x}, {threshold})",
    shape=same,
    cases=[off_halves(3, 4), case(off_halves(3, 4), threshold=2.0)],
)
def hard_shrink(xp: Any, x: Array, *, threshold: float = 0.5) -> Array:
    """Each element further than `threshold` from zero as it is, and 0 for the others."""
    return xp.keep(x, xp.abs(x) > threshold)


hard_shrink.vjp(x=lambda xp, g, y, x, threshold=0.5: xp.keep(g, xp.abs(x) > threshold))


@op(
    "soft_shrink({x}, {threshold})",
    r"\operatorname{softshrink}({x}, {threshold})",
    shape=same,
    dtype=floating,
    cases=[off_halves(3, 4), case(off_halves(3, 4), threshold=2.0)],
)
def soft_shrink(xp: Any, x: Array, *, threshold: float = 0.5) -> Array:
    """Each element moved towards zero by `threshold`, and 0 if that is beyond zero."""
    return x - xp.clip(x, -threshold, threshold)


soft_shrink.vjp(x=lambda xp, g, y, x, threshold=0.5: xp.keep(g, xp.abs(x) > threshold))
