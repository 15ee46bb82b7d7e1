"""Networks whose weights are single numbers with names: w1, w2, b1, put together to matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import COLUMN, ROW, Grid, Ref

__all__ = ["arrangements", "sources"]

Matrices = list[tuple[Grid, Grid | None]]


def arrangements(
    names: Sequence[str], inputs: int, outputs: int, spare: Sequence[str] = ()
) -> Iterator[Matrices]:
    """
    Put numbers together to the weights and biases of a network of one or two layers.

    Parameters
    ----------
    names : sequence of str
        In the order in which the program has them.
    inputs, outputs : int
        How many numbers go in and come out.
    spare : sequence of str
        Constants of the program, which may be its biases.

    Yields
    ------
    list of (Grid, Grid or None)
        Weights (in, out) and biases, layer by layer.
    """
    for weights, biases in _kinds(list(names)):
        for sizes in _sizes(len(weights), inputs, outputs):
            yield from _cut(weights, biases, sizes)
            if not biases and len(spare) in (len(sizes) - 1, sum(sizes[1:])):
                yield from _cut(weights, list(spare), sizes)


def _kinds(names: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    last = {n: re.split(r"[.\[]", n.replace("]", "").replace("'", ""))[-1] for n in names}
    biases = [n for n in names if last[n].lower().startswith("b")]
    if biases:
        yield [n for n in names if n not in biases], biases
        return
    yield names, []
    if len(names) >= 4 and len(names) % 2 == 0:
        yield names[::2], names[1::2]
        half = len(names) // 2
        yield names[:half], names[half:]
    for count in (1, 2, 3, 4):
        if count < len(names) - 1:
            yield names[:-count], names[-count:]


def _sizes(count: int, inputs: int, outputs: int) -> Iterator[tuple[int, ...]]:
    if count == inputs * outputs:
        yield (inputs, outputs)
    for hidden in range(1, 6):
        if count == hidden * (inputs + outputs):
            yield (inputs, hidden, outputs)


def _cut(weights: list[str], biases: list[str], sizes: tuple[int, ...]) -> Iterator[Matrices]:
    pairs = list(zip(sizes, sizes[1:], strict=False))
    for turned in (True, False):
        grids, k = [], 0
        for i, o in pairs:
            cells = np.array(weights[k : k + i * o], dtype=object)
            grids.append(Grid(cells.reshape(o, i).T if turned else cells.reshape(i, o)))
            k += i * o
        for chosen in _biases(biases, [o for _, o in pairs]):
            yield list(zip(grids, chosen, strict=True))
        if all(1 in pair for pair in pairs):
            return


def _biases(biases: list[str], units: list[int]) -> Iterator[list[Grid | None]]:
    if not biases:
        yield [None for _ in units]
    elif len(biases) == sum(units):
        out: list[Grid | None] = []
        k = 0
        for n in units:
            out.append(Grid(np.array(biases[k : k + n], dtype=object)))
            k += n
        yield out
    elif len(biases) == len(units):
        yield [Grid(np.array([b] * n, dtype=object)) for b, n in zip(biases, units, strict=True)]


def sources(
    names: Sequence[str], values: Mapping[str, np.ndarray]
) -> Iterator[tuple[Any, int]]:
    """Give what may be an input or a target: an array, or some of the single numbers."""
    for name in names:
        if values[name].ndim == 1:
            yield Ref(name, ROW), values[name].size
            yield Ref(name, COLUMN), 1
        elif values[name].ndim == 2:
            yield Ref(name), values[name].shape[1]
        elif values[name].ndim == 0:
            yield Grid(np.array([[name]], dtype=object)), 1
    single = [n for n in names if values[n].ndim == 0]
    for size, start in product((2, 3), range(len(single))):
        some = single[start : start + size]
        if len(some) == size:
            yield Grid(np.array([some], dtype=object)), size
