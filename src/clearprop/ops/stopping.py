"""Where gradients end although numbers go on."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import real
from clearprop.core.op import op
from clearprop.core.shapes import same

__all__ = ["stop_gradient"]

Array = Any


def _stopped_in_jax(xp: Any, x: Array) -> Array:
    """Stop JAX's own derivatives too, for those who differentiate a program of ours with it."""
    from jax import lax

    return lax.stop_gradient(x)


@op(
    "stop_gradient({x})",
    r"\operatorname{stop\_gradient}({x})",
    shape=same,
    stops=True,
    cases=[real(3, 4), real(2)],
    impl={"jax": _stopped_in_jax},
)
def stop_gradient(xp: Any, x: Array) -> Array:
    """The same numbers as constants: no gradient flows back through here."""
    return x
