"""How programs lay out weights, biases and samples, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import COLUMN, ROW, SAME, TURNED, Layout

__all__ = ["Layer", "layouts_of", "paired", "weight_layout"]


def _natural(name: str) -> list[Any]:
    return [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)]


def _is_bias(name: str) -> bool:
    last = re.split(r"[.\[]", name.replace("]", "").replace("'", ""))
    words = [w for w in last if w and not w.isdigit()]
    return bool(words) and bool(re.match(r"(?i)^(b|bias)", words[-1]))


@dataclass(frozen=True)
class Layer:
    """The names of a layer's weights and of its bias, if it has one."""

    W: str
    b: str | None


def paired(  # noqa: C901 - a case a custom
    names: Sequence[str], values: Mapping[str, np.ndarray]
) -> list[list[Layer]]:
    """Pair weights with biases, in the order of the layers."""
    biases = [n for n in names if _is_bias(n) and values[n].size == max(values[n].shape, default=1)]
    weights = [n for n in names if n not in biases]
    if not weights:
        weights, biases = biases, []
    if not biases and len(weights) > 1:
        flat = [n for n in weights if values[n].ndim <= 1]
        thick = [n for n in weights if values[n].ndim == 2]
        if thick and len(flat) == len(thick):
            biases, weights = flat, thick
        elif len(weights) == 2 and values[weights[1]].ndim < 2 and values[weights[0]].ndim <= 1:
            return [
                [Layer(weights[0], weights[1])],
                [Layer(weights[0], None), Layer(weights[1], None)],
            ]
    orders = [weights]
    by_name = sorted(weights, key=_natural)
    if by_name != weights:
        orders.append(by_name)
    if len(weights) == 2:
        orders.append(weights[::-1])
    found = []
    for order in orders:
        arranged = [biases, sorted(biases, key=_natural)]
        if len(biases) == 2:
            arranged.append(biases[::-1])
        for some in arranged:
            if len(some) == len(order):
                found.append([Layer(w, b) for w, b in zip(order, some, strict=True)])
            elif not some:
                found.append([Layer(w, None) for w in order])
            elif len(some) < len(order):
                pads = len(order) - len(some)
                found.append(
                    [Layer(w, b) for w, b in zip(order, [*some, *[None] * pads], strict=True)]
                )
                found.append(
                    [Layer(w, b) for w, b in zip(order, [*[None] * pads, *some], strict=True)]
                )
    unique: list[list[Layer]] = []
    for each in found:
        if each not in unique:
            unique.append(each)
    return unique


def layouts_of(x: np.ndarray) -> list[tuple[str, Layout]]:
    """List how samples may lie in an input: in rows, in columns."""
    if x.ndim == 0:
        return [
            (
                "row",
                Layout(lambda a: a.reshape(1, 1), lambda a: a.reshape(()) if a.size == 1 else a),
            )
        ]
    if x.ndim == 1:
        return [("row", ROW), ("column", COLUMN)]
    if x.ndim == 2:
        return [("row", SAME), ("column", TURNED)]
    tail = x.shape[1:]
    return [("row", Layout(lambda a: a.reshape(len(a), -1), lambda a: _unflat(a, tail)))]


def _unflat(a: np.ndarray, tail: tuple[int, ...]) -> np.ndarray:
    """Give rows of features their axes back, where there are as many numbers."""
    fits = a.ndim == 2 and a.shape[1] == int(np.prod(tail))
    return a.reshape(len(a), *tail) if fits else a


def weight_layout(w: np.ndarray, turned: bool) -> Layout | None:
    """Say how weights become (in, out); None where they cannot."""
    if w.ndim == 2:
        return TURNED if turned else SAME
    if w.ndim == 1:
        return ROW if turned else COLUMN
    if w.ndim == 0:
        return (
            None
            if turned
            else Layout(lambda a: a.reshape(1, 1), lambda a: a.reshape(()) if a.size == 1 else a)
        )
    return None
