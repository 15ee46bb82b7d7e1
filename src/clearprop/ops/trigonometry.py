"""Trigonometric and hyperbolic functions."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import real
from clearprop.core.op import op
from clearprop.core.shapes import same

__all__ = ["tanh"]

Array = Any


@op("tanh({x})", r"\tanh({x})", shape=same, cases=[real(3, 4)])
def tanh(xp: Any, x: Array) -> Array:
    """Hyperbolic tangent of each element."""
    return xp.tanh(x)


tanh.vjp(x=lambda xp, g, y, x: g * (1 - y * y))
