"""Dropout, with its mask as an input, so that a recorded step can be gone through again."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import booleans, case, real
from clearprop.core.op import PRODUCT, Shape, op
from clearprop.errors import OptionError, ShapeError

__all__ = ["dropout"]

Array = Any


def _masked(x: Shape, mask: Shape, *, rate: float) -> Shape:
    if not 0 <= rate < 1:
        raise OptionError(f"dropout: rate must be in [0, 1), the share left out; got {rate!r}.")
    if x != mask:
        raise ShapeError(f"dropout: x is {x}, the mask {mask}; they must be the same.")
    return x


@op(
    "{x} · {mask} / (1 − {rate})",
    r"\frac{{x} \cdot {mask}}{1 - {rate}}",
    level=PRODUCT,
    shape=_masked,
    dtype=lambda x, mask, **_: x,
    elementwise=True,
    strict=True,
    cases=[
        case(real(3, 4), booleans(3, 4), rate=0.25),
        case(real(2, 1), booleans(2, 1), rate=0.0),
        case(real(0, 3), booleans(0, 3), rate=0.5),
    ],
)
def dropout(xp: Any, x: Array, mask: Array, *, rate: float) -> Array:
    """Elements where the mask is true, made larger by what the others are missed; zeros else."""
    return xp.keep(x, mask) * (1 / (1 - rate))


dropout.vjp(x=lambda xp, g, y, x, mask, rate: xp.dropout(g, mask, rate=rate))
