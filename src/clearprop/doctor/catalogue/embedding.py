"""Mistakes in the gradient of a table whose rows are chosen by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import again, at
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _last(e: Env, right: Any) -> Any:
    out = np.zeros_like(e.W)
    out[e.x.astype(int)] = e.g
    return out


def _ones(e: Env, right: Any) -> Any:
    out = np.zeros_like(e.W)
    np.add.at(out, e.x.astype(int), np.ones_like(e.g))
    return out


MISTAKES = (
    again("paths-not-summed", at("embedding", "W", _last)),
    again("upstream-ignored", at("embedding", "W", _ones)),
    again("sign-one", at("embedding", "W", lambda e, right: -right)),
)
