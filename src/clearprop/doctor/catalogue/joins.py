"""Mistakes where matrices of a network meet: in sums, in products, in products of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import again, at, several
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]

_SIDES = ("x", "x1")


def _own(side: int) -> Callable[[Env, Any], Any]:
    """Take a factor's own value in place of the other's."""
    return lambda e, right: e.g * e.xs[side] if e.about["op"] == "mul" else right


def _own_output(e: Env, right: Any) -> Any:
    return e.g * e.y if e.about["op"] == "mul" else right


def _untransposed(place: str) -> Callable[[Env, Any], Any]:
    """Go back through the other factor of a product of matrices as it is, where that fits."""

    def change(e: Env, right: Any) -> Any:
        if e.about["op"] != "product":
            return right
        other = e.b if place == "x" else e.a
        if other.shape[1] != other.shape[2]:
            return right
        g = np.reshape(e.g, (len(e.a), e.a.shape[1], e.b.shape[2]))
        return (g @ other).reshape(right.shape) if place == "x" else e.about["laid"](e, other @ g)

    return change


MISTAKES = (
    again(
        "paths-not-summed",
        *(at("join", place, lambda e, right: np.zeros_like(right)) for place in _SIDES),
    ),
    again("sign-one", *(at("join", place, lambda e, right: -right) for place in _SIDES)),
    again("upstream-ignored", at("join", "upstream", lambda e, right: np.ones_like(right))),
    again(
        "multiply-not-swapped",
        several("join", x=_own(0), x1=_own(1)),
        *(at("join", place, _own(k)) for k, place in enumerate(_SIDES)),
        *(at("join", place, _own_output) for place in _SIDES),
    ),
    again("weight-not-transposed", *(at("join", place, _untransposed(place)) for place in _SIDES)),
)
