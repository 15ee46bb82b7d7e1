"""Rows of a table, chosen by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Chain, Env, Link, Part, Ref
from clearprop.doctor.derivations.dense import Observed, fitting

__all__ = ["ORDER", "chains"]

ORDER = 40


def _rows(e: Env) -> Any:
    return e.x.astype(int)


def _collected(e: Env) -> Any:
    out = np.zeros_like(e.W)
    np.add.at(out, _rows(e), e.g)
    return out


TABLE = Link("embedding", "embedding", lambda e: e.W[_rows(e)], {"W": _collected})


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find a table of which the input chooses rows."""
    values, _ = observed[0]
    names = [*subject.inputs[1:], *subject.parameters]
    if not subject.inputs or len(names) != 1 or subject.is_loss or values[names[0]].ndim != 2:
        return
    x = values[subject.inputs[0]]
    if np.array_equal(x, np.round(x)):
        part = Part(TABLE, {"W": Ref(names[0])})
        yield from fitting(Chain((part,), Ref(subject.inputs[0])), observed)
