"""Mistakes where numbers are picked from others, several times perhaps, and added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import again, at
from clearprop.doctor.derivations.chain import Env

__all__ = ["MISTAKES"]


def _written(step: int) -> Any:
    """Write what comes back in place of adding it: the last one stays, or the first."""

    def change(e: Env, right: Any) -> Any:
        terms = e.about["terms"](e)
        out = np.zeros_like(right)
        out[terms.given[::step]] = (terms.times * np.ravel(e.g)[terms.result])[::step]
        return out

    return change


def _once(e: Env, right: Any) -> Any:
    """Count a number once that a result has several times."""
    terms = e.about["terms"](e)
    pairs = np.stack([terms.result, terms.given])
    _, first = np.unique(pairs, axis=1, return_index=True)
    g = np.ravel(e.g)[terms.result[first]]
    return np.bincount(terms.given[first], terms.times[first] * g, len(right))


def _once_then_last(e: Env, right: Any) -> Any:
    terms = e.about["terms"](e)
    out = np.zeros_like(right)
    for k in np.unique(terms.result):
        own = terms.result == k
        out[terms.given[own]] = terms.times[own] * np.ravel(e.g)[k]
    return out


def _of_sample(last: bool) -> Any:
    """Take the windows of one sample, where each sample has several rows."""

    def change(e: Env, right: Any) -> Any:
        x = e.values[e.x_name]
        count = len(x) if np.ndim(x) > 1 else 1
        rows = len(e.x)
        if count < 2 or rows % count or rows == count or "steps" in e.about:
            return right
        own = slice(rows - rows // count, None) if last else slice(None, rows // count)
        return e.x[own].T @ e.g[own]

    return change


MISTAKES = (
    again(
        "one-sample-only", at("affine", "W", _of_sample(False)), at("affine", "W", _of_sample(True))
    ),
    again(
        "paths-not-summed", at("pick", "back", _written(1)), at("pick", "back", _written(-1)),
        at("pick", "back", _once),
        at("pick", "back", _once_then_last),
    ),
)  # fmt: skip
