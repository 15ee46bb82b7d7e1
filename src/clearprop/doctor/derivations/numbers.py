"""Networks whose weights are single numbers with names: w1, w2, b1, put together to matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import COLUMN, ROW, Chain, Grid, Layout, Part, Ref
from clearprop.doctor.derivations.dense import (
    AFFINE,
    HIDDEN,
    NOTHING,
    Observed,
    activations,
    fitting,
    last_fits,
    of_single_numbers,
)
from clearprop.doctor.derivations.losses import LOSSES

__all__ = ["ORDER", "chains", "of_parts"]

ORDER = 11
_COUNTS = tuple(range(1, 13))  # what a sum of squares is divided by, in programs of few numbers


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
    for hidden in range(1, 6):  # layer by layer, each with its biases behind its weights
        if len(names) == hidden * (inputs + 1) + outputs * (hidden + 1):
            cut = inputs * hidden
            rest = cut + hidden + hidden * outputs
            weights = [*names[:cut], *names[cut + hidden : rest]]
            biases = [*names[cut : cut + hidden], *names[rest:]]
            yield from _cut(weights, biases, (inputs, hidden, outputs))
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
    pairs = list(pairwise(sizes))
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


def sources(names: Sequence[str], values: Mapping[str, np.ndarray]) -> Iterator[tuple[Any, int]]:
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


def _joined(
    names: Sequence[str], values: Mapping[str, np.ndarray]
) -> Iterator[tuple[Ref, Ref, int]]:
    """Give tables whose last column is the target."""
    for name in names:
        if values[name].ndim == 2 and values[name].shape[1] > 1:
            x = Layout(lambda a: a[:, :-1], lambda a: a)
            t = Layout(lambda a: a[:, -1:], lambda a: a)
            yield Ref(name, x), Ref(name, t), values[name].shape[1] - 1


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the networks that are made of single numbers."""
    values, _ = observed[0]
    if not of_single_numbers(subject, values):
        return
    known = [*subject.inputs, *getattr(subject, "data", ())]
    targets = [subject.target] if subject.target is not None else known
    for x, t, inputs in _joined(known, values):
        for layers in arrangements(subject.parameters, inputs, 1):
            affine = [Part(AFFINE, {"W": w} if b is None else {"W": w, "b": b}) for w, b in layers]
            yield from of_parts(x, t, affine, observed)
    for x, inputs in sources(known, values):
        for t, outputs in sources(targets, values):
            if set(x.names) & set(t.names):
                continue
            taken = {*x.names, *t.names}
            spare = [n for n in known if n not in taken and values[n].ndim == 0]
            for layers in arrangements(subject.parameters, inputs, outputs, spare):
                affine = [
                    Part(AFFINE, {"W": w} if b is None else {"W": w, "b": b}) for w, b in layers
                ]
                yield from of_parts(x, t, affine, observed)


def of_parts(
    x: Ref | Grid, t: Ref | Grid, affine: Sequence[Part], observed: Sequence[Observed]
) -> Iterator[Chain]:
    """Try activations and losses around affine layers."""
    values, output = observed[0]
    target = t.read(values)
    for a in activations(HIDDEN[:6]) if len(affine) > 1 else [None]:
        for end in [None, *activations(HIDDEN[:4])]:
            ahead = [affine[0], *([a] if a else []), *affine[1:], *([end] if end else [])]
            envs = Chain((*ahead, NOTHING), x).run(values)
            y = envs[-1].y
            if y.size != target.size:
                return
            ratio = float(output) / max(float(np.sum((y - target.reshape(y.shape)) ** 2)), 1e-300)
            squared = any(abs(ratio * c / s - 1) < 1e-4 for c in _COUNTS for s in (0.5, 1.0, 2.0))
            for link in LOSSES:
                if squared if link.about["loss"] == "squared" else end is None:
                    chain = Chain((*ahead, Part(link, {"t": t})), x)
                    if last_fits(chain, envs, observed[0]):
                        yield from fitting(chain, observed)
