"""Smooth activations: gelu, silu, elu and their relatives."""

from __future__ import annotations

import math
from typing import Any

from clearprop.core.cases import case, nonzero, off_halves, real
from clearprop.core.op import op
from clearprop.core.shapes import same
from clearprop.ops.common import floating

__all__ = [
    "celu",
    "elu",
    "gelu",
    "hard_silu",
    "mish",
    "selu",
    "silu",
    "softsign",
    "sparse_plus",
    "squareplus",
    "tanh_shrink",
]

Array = Any


@op(
    "elu({x}, {alpha})",
    r"\operatorname{ELU}({x})",
    shape=same,
    dtype=floating,
    cases=[nonzero(3, 4), case(nonzero(3, 4), alpha=0.5)],
)
def elu(xp: Any, x: Array, *, alpha: float = 1.0) -> Array:
    """Positive elements as they are, ``alpha (exp(x) - 1)`` for the others."""
    return xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0))


elu.vjp(x=lambda xp, g, y, x, alpha=1.0: xp.where(x > 0, g, g * (y + alpha)))


@op(
    "celu({x}, {alpha})",
    r"\operatorname{CELU}({x})",
    shape=same,
    dtype=floating,
    cases=[nonzero(3, 4), case(nonzero(3, 4), alpha=0.5)],
)
def celu(xp: Any, x: Array, *, alpha: float = 1.0) -> Array:
    """Elu with its curve stretched by `alpha` both ways, so that it has no corner at 0."""
    return xp.maximum(x, 0) + alpha * xp.expm1(xp.minimum(x, 0) / alpha)


celu.vjp(x=lambda xp, g, y, x, alpha=1.0: xp.where(x > 0, g, g * (y / alpha + 1)))


# What keeps mean 0 and variance 1 from layer to layer: Klambauer et al., Self-Normalizing Neural
# Networks (2017), equation (14).
_ALPHA = 1.6732632423543772
_SCALE = 1.0507009873554805


@op("selu({x})", r"\operatorname{SELU}({x})", shape=same, dtype=floating, cases=[nonzero(3, 4)])
def selu(xp: Any, x: Array) -> Array:
    """Elu scaled so that activations keep mean 0 and variance 1 from layer to layer."""
    return _SCALE * (xp.maximum(x, 0) + _ALPHA * xp.expm1(xp.minimum(x, 0)))


selu.vjp(x=lambda xp, g, y, x: xp.where(x > 0, _SCALE * g, g * (y + _SCALE * _ALPHA)))


@op(
    "gelu({x})",
    r"\operatorname{GELU}({x})",
    shape=same,
    dtype=floating,
    cases=[real(3, 4), case(real(3, 4), approximate=True)],
)
def gelu(xp: Any, x: Array, *, approximate: bool = False) -> Array:
    """Each element times the chance that a standard normal number is below it."""
    if approximate:
        return x * (1 + xp.tanh(_nearly(x))) / 2
    return x * xp.erfc(-x / math.sqrt(2)) / 2  # 1 + erf(x/√2) would lose the left tail


def _nearly(x: Array) -> Array:
    """Give what `approximate` puts into tanh: Hendrycks and Gimpel, GELUs (2016), section 2."""
    return math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)


def _gelu_rule(xp: Any, g: Array, y: Array, x: Array, *, approximate: bool = False) -> Array:
    if approximate:
        t = xp.tanh(_nearly(x))
        steepness = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
        return g * (1 + t + x * (1 - t * t) * steepness) / 2
    below = xp.erfc(-x / math.sqrt(2)) / 2
    density = xp.exp(-xp.square(x) / 2) / math.sqrt(2 * math.pi)
    return g * (below + x * density)


gelu.vjp(x=_gelu_rule)


@gelu.compose
def _normal_share(xp: Any, x: Array, *, approximate: bool = False) -> Array:
    if approximate:
        return x * (1 + xp.tanh(_nearly(x))) / 2
    return x * (1 + xp.erf(x / math.sqrt(2))) / 2


@op("silu({x})", r"\operatorname{SiLU}({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def silu(xp: Any, x: Array) -> Array:
    """Each element times its own sigmoid; also known as swish."""
    return x * xp.sigmoid(x)


def _silu_rule(xp: Any, g: Array, y: Array, x: Array) -> Array:
    s = xp.sigmoid(x)
    return g * (s + y * (1 - s))


silu.vjp(x=_silu_rule)


@silu.compose
def _self_gated(xp: Any, x: Array) -> Array:
    return x * xp.sigmoid(x)


@op("mish({x})", r"\operatorname{mish}({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def mish(xp: Any, x: Array) -> Array:
    """Each element times the tanh of its softplus."""
    return x * xp.tanh(xp.softplus(x))


def _mish_rule(xp: Any, g: Array, y: Array, x: Array) -> Array:
    t = xp.tanh(xp.softplus(x))
    return g * (t + x * (1 - t * t) * xp.sigmoid(x))


mish.vjp(x=_mish_rule)


@mish.compose
def _gated_by_softplus(xp: Any, x: Array) -> Array:
    return x * xp.tanh(xp.softplus(x))


@op(
    "softsign({x})",
    r"\operatorname{softsign}({x})",
    shape=same,
    dtype=floating,
    cases=[nonzero(3, 4)],
)
def softsign(xp: Any, x: Array) -> Array:
    """From -1 to 1 like tanh, but slowly: ``x / (1 + |x|)``."""
    return x / (1 + xp.abs(x))


softsign.vjp(x=lambda xp, g, y, x: g / xp.square(1 + xp.abs(x)))


@softsign.compose
def _damped(xp: Any, x: Array) -> Array:
    return x / (1 + xp.abs(x))


@op(
    "squareplus({x}, {b})",
    r"\frac{1}{2}\left({x} + \sqrt{{x}^2 + {b}}\right)",
    shape=same,
    dtype=floating,
    cases=[real(3, 4), case(real(3, 4), b=0.5)],
)
def squareplus(xp: Any, x: Array, *, b: float = 4.0) -> Array:
    """Softplus made of a square root: ``(x + √(x² + b)) / 2``."""
    return (x + xp.sqrt(x * x + b)) / 2


squareplus.vjp(x=lambda xp, g, y, x, b=4.0: g * (1 + x / xp.sqrt(x * x + b)) / 2)


@squareplus.compose
def _half_of_two(xp: Any, x: Array, *, b: float = 4.0) -> Array:
    return (x + xp.sqrt(xp.square(x) + b)) / 2


@op(
    "tanh_shrink({x})",
    r"\operatorname{tanhshrink}({x})",
    shape=same,
    dtype=floating,
    cases=[real(3, 4)],
)
def tanh_shrink(xp: Any, x: Array) -> Array:
    """Each element less its tanh."""
    return x - xp.tanh(x)


tanh_shrink.vjp(x=lambda xp, g, y, x: g * xp.square(xp.tanh(x)))


@tanh_shrink.compose
def _less_tanh(xp: Any, x: Array) -> Array:
    return x - xp.tanh(x)


@op(
    "hard_silu({x})",
    r"\operatorname{hardsilu}({x})",
    shape=same,
    dtype=floating,
    cases=[off_halves(3, 4)],
)
def hard_silu(xp: Any, x: Array) -> Array:
    """Each element times its `hard_sigmoid`: 0 up to -3, the element itself from 3 on."""
    return x * xp.hard_sigmoid(x)


hard_silu.vjp(x=lambda xp, g, y, x: xp.where(xp.abs(x) < 3, g * (2 * x + 3) / 6, xp.keep(g, x > 0)))


@hard_silu.compose
def _hard_gated(xp: Any, x: Array) -> Array:
    return x * xp.hard_sigmoid(x)


@op(
    "sparse_plus({x})",
    r"\operatorname{sparseplus}({x})",
    shape=same,
    dtype=floating,
    cases=[off_halves(3, 4)],
)
def sparse_plus(xp: Any, x: Array) -> Array:
    """0 up to -1, the element itself from 1 on, and a parabola that joins the two."""
    return xp.where(x >= 1, x, xp.square(xp.clip(x, -1, 1) + 1) / 4)


sparse_plus.vjp(x=lambda xp, g, y, x: g * xp.sparse_sigmoid(x))
