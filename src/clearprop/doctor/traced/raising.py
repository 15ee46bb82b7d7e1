"""From the numbers of forward passes to links of known kinds: layers, activations, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import LOG_SOFTMAX, SOFTMAX, softmax
from clearprop.doctor.derivations.chain import TURNED, Chain, Part
from clearprop.doctor.derivations.dense import AFFINE, WITH_ONES, fitting
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.traced.functions import compiled, identified, values_of
from clearprop.doctor.traced.layers import Found, Reading
from clearprop.doctor.traced.losses import ends
from clearprop.doctor.traced.refs import Fixed, bias_ref, output_layout, ref_of
from clearprop.doctor.traced.running import traced

__all__ = ["NotRaised", "raised"]

Observed = tuple[Values, np.ndarray]


class NotRaised(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A forward pass is not made of links that are known."""


@dataclass
class Front:
    """
    A matrix of numbers on the way, one in each run.

    Attributes
    ----------
    ids : list of array of int
        In each run: the nodes, a sample a row.
    parts : tuple of Part
        What leads there from the input.
    x : Ref
        The input.
    layer : int
        Which affine layer the numbers came out of; −1 for the input itself.
    """

    ids: list[np.ndarray]
    parts: tuple[Part, ...]
    x: Any
    layer: int = -1
    ones: str = field(default="")


class Raiser:
    """
    Raises the forward passes of a program at several points together.

    Parameters
    ----------
    subject : Subject
    observed : sequence of (values, output)
    """

    def __init__(self, subject: Subject, observed: Sequence[Observed]) -> None:
        self.subject, self.observed = subject, observed
        own = [*subject.inputs[1:], *subject.parameters]
        self.readings: list[Reading] = []
        self.shapes: list[Mapping[str, tuple[int, ...]]] = []
        self.seen: list[Observed] = []
        for values, output in observed:
            run = traced(subject, values)
            if run is None or (self.readings and run.before_head != self.before_head):
                if not self.readings:
                    raise NotRaised("the program cannot be traced")
                continue
            single = [n for n, v in values.items() if not np.ndim(v) and n not in own
                      and n != subject.target and n not in subject.inputs]  # fmt: skip
            reading = Reading(run.tape, run.output, own, single)
            if self.readings and not self._alike(reading):
                continue
            self.before_head = run.before_head
            self.readings.append(reading)
            self.shapes.append({n: np.shape(v) for n, v in values.items()})
            self.seen.append((values, output))

    def _alike(self, other: Reading) -> bool:
        first = self.readings[0]
        return len(first.layers) == len(other.layers) and all(
            a.weights.shape == b.weights.shape
            and np.array_equal(
                self._cells(first, a.weights).ravel(), self._cells(other, b.weights).ravel()
            )
            for a, b in zip(first.layers, other.layers, strict=True)
        )

    @staticmethod
    def _cells(reading: Reading, ids: np.ndarray) -> np.ndarray:
        out = np.empty(ids.shape, dtype=object)
        for place, u in np.ndenumerate(ids):
            out[place] = reading.tape.leaf[int(u)]
        return out

    # ---- what goes into a layer ---------------------------------------------------------------
    def fronts(self) -> Front:
        """Follow the layers from the input to the last one."""
        front: Front | None = None
        layers = self.readings[0].layers
        for k in range(len(layers)):
            front = self._through(k, front)
        if front is None:
            raise NotRaised("no layers")
        return front

    def _through(self, k: int, before: Front | None) -> Front:
        """Go through one layer."""
        come: Front | None = None
        ones = self._ones(k)
        for r, reading in enumerate(self.readings):
            layer = reading.layers[k]
            if ones is not None:
                self._without_column(layer, ones)
            rows, inputs = self._order(reading, layer, before, r)
            layer.ordered(rows, inputs)
        if before is None:
            come = self._input([reading.layers[k].come for reading in self.readings])
        else:
            come = self._activated(before, [reading.layers[k].come for reading in self.readings])
        part = self._affine(k, come, ones)
        out = [reading.layers[k].out for reading in self.readings]
        return Front(out, (*come.parts, part), come.x, k)

    def _ones(self, k: int) -> int | None:
        """Find the column of ones that some put to what comes into a layer."""
        layer, reading = self.readings[0].layers[k], self.readings[0]
        for i in range(layer.come.shape[1]):
            if all(reading.tape.op[u] == "constant" and reading.value[u] == 1.0
                   for u in layer.come[:, i]):  # fmt: skip
                return i
        return None

    @staticmethod
    def _without_column(layer: Found, i: int) -> None:
        layer.ones = layer.weights[i]
        keep = [c for c in range(layer.come.shape[1]) if c != i]
        layer.come, layer.weights = layer.come[:, keep], layer.weights[keep]

    def _order(
        self, reading: Reading, layer: Found, before: Front | None, r: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Say in which order samples and inputs of a layer stand as in what they are made of."""
        come = layer.come
        if before is None:
            keys = np.full(come.shape, -1, dtype=np.int64)
            for place, u in np.ndenumerate(come):
                base = reading.base[int(u)]
                if len(base) > 1:
                    raise NotRaised("an input of several numbers")
                if base:
                    (keys[place],) = base
            if (keys < 0).all():
                raise NotRaised("an input of constants")
            top = np.where(keys < 0, np.iinfo(np.int64).max, keys)
            rows = np.argsort(top.min(axis=1), kind="stable")
            return rows, np.argsort(top[rows].min(axis=0), kind="stable")
        where = {int(u): place for place, u in np.ndenumerate(before.ids[r])}
        shape = before.ids[r].shape
        at_row = np.full(come.shape, -1)
        at_column = np.full(come.shape, -1)
        for place, u in np.ndenumerate(come):
            base = reading.base[int(u)]
            if len(base) == 1 and next(iter(base)) in where:
                at_row[place], at_column[place] = where[next(iter(base))]
            elif base:
                if base <= where.keys() and come.shape == shape:
                    return self._order_of_rows(reading, come, where)
                raise NotRaised("a layer fed from several places")
        if come.shape != shape:
            raise NotRaised("a layer fed with a part of another's outputs")
        return _filled(at_row), _filled(at_column.T)

    @staticmethod
    def _order_of_rows(
        reading: Reading, come: np.ndarray, where: Mapping[int, tuple[int, ...]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Order the samples of what is a function of whole rows; its columns stay."""
        rows = []
        for row in come:
            own = {where[b][0] for u in row for b in reading.base[int(u)]}
            if len(own) != 1:
                raise NotRaised("samples that mix")
            rows.append(own.pop())
        return np.argsort(rows), np.arange(come.shape[1])

    def _input(self, come: list[np.ndarray]) -> Front:
        """Say what goes into the first layer: an input, or a function of it."""
        bases = []
        for reading, ids in zip(self.readings, come, strict=True):
            found = np.array([[next(iter(reading.base[int(u)]), -1) for u in row] for row in ids])
            if (found < 0).any():
                raise NotRaised("an input with constants in it")
            if len(np.unique(found)) != found.size:
                raise NotRaised("an input of windows")
            bases.append(found)
        x = ref_of(
            [self._cells(r, b) for r, b in zip(self.readings, bases, strict=True)], self.shapes
        )
        if x is None:
            raise NotRaised("an input that is laid out in no way")
        front = Front(bases, (), x)
        return self._activated(front, come)

    def _activated(self, before: Front, come: list[np.ndarray]) -> Front:
        """Say which function leads from one matrix to another."""
        links = self._between(before, come)
        if links is None:
            raise NotRaised("a function that is not known")
        return Front(come, (*before.parts, *(Part(link) for link in links)), before.x, before.layer)

    def _between(self, before: Front, come: Sequence[np.ndarray]) -> list[Any] | None:
        z = [values_of(r.tape, i) for r, i in zip(self.readings, before.ids, strict=True)]
        a = [values_of(r.tape, i) for r, i in zip(self.readings, come, strict=True)]
        if any(x.shape != y.shape for x, y in zip(z, a, strict=True)):
            return None
        flat = [np.concatenate([v.ravel() for v in some]) for some in (z, a)]
        if np.array_equal(*flat):
            return []
        if all(
            len(r.base[int(u)]) <= 1
            for r, ids in zip(self.readings, come, strict=True) for u in ids.ravel()
        ):  # fmt: skip
            link = identified(*flat, own=lambda: self._own(before, come))
            return None if link is None else [link]
        for link, f in ((SOFTMAX, softmax), (LOG_SOFTMAX, lambda v: np.log(softmax(v)))):
            if all(np.allclose(f(x), y, rtol=1e-8) for x, y in zip(z, a, strict=True)):
                return [link]
        return None

    def _own(self, before: Front, come: Sequence[np.ndarray]) -> Any:
        """Make the program's own function of the first number that passes through it."""
        reading, ids = self.readings[0], come[0]
        for place, u in np.ndenumerate(ids):
            if reading.base[int(u)]:
                return compiled(reading.tape, int(u), int(before.ids[0][place]))
        return None

    # ---- links --------------------------------------------------------------------------------
    def _affine(self, k: int, come: Front, ones: int | None) -> Part:
        layers = [reading.layers[k] for reading in self.readings]
        first = self.readings[0]
        columns = getattr(come.x, "layout", None) is TURNED
        weights = [self._cells(first, layers[0].weights)]
        shapes = self.shapes[:1]
        if ones is not None:
            row = self._cells(first, layers[0].ones)[None]
            for where, link in ((1, WITH_ONES[0]), (0, WITH_ONES[1])):
                whole = np.concatenate([weights[0], row] if where else [row, weights[0]])
                ref = ref_of([whole], shapes)
                if ref is not None and not hasattr(ref, "tables"):
                    return Part(link, {"W": ref})
            w, b = ref_of(weights, shapes), bias_ref([row[0]], shapes, columns)
        else:
            w = ref_of(weights, shapes)
            b = None
            if layers[0].bias is not None:
                b = self._bias(first, layers[0].bias, columns)
        if w is None:
            raise NotRaised("weights that are laid out in no way")
        return Part(AFFINE, {"W": w} if b is None else {"W": w, "b": b})

    def _bias(self, reading: Reading, ids: np.ndarray, columns: bool) -> Any:
        """Say where biases stand: in variables, or in the program's text."""
        if all(reading.tape.op[int(u)] == "constant" for u in ids):
            return Fixed(values_of(reading.tape, ids))
        return bias_ref([self._cells(reading, ids)], self.shapes[:1], columns)

    # ---- the end ------------------------------------------------------------------------------
    def chains(self) -> Iterator[Chain]:
        """Give the chains that compute what the program computes."""
        front = self.fronts()
        if self.subject.is_loss:
            yield from ends(self, front)
            return
        output = [reading.output for reading in self.readings]
        shape = np.shape(self.seen[0][1])
        grid, links = self._output(front, output)
        layout = output_layout(grid, shape)
        if layout is None:
            raise NotRaised("an output that is laid out in no way")
        yield Chain((*front.parts, *(Part(link) for link in links)), front.x, layout)

    def _output(self, front: Front, output: Sequence[np.ndarray]) -> tuple[np.ndarray, list[Any]]:
        """Say where each number of the output stands, and what leads there from the last layer."""
        grids, come = [], []
        for r, reading in enumerate(self.readings):
            where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
            ids = output[r].ravel()
            grid = np.full(front.ids[r].shape, -1)
            if len(ids) != grid.size:
                raise NotRaised("an output of another size")
            for i, u in enumerate(ids.tolist()):
                base = reading.base[u]
                if len(base) == 1 and next(iter(base)) in where:
                    grid[where[next(iter(base))]] = i
                elif base:
                    grid = self._by_rows(ids, grid.shape, output[r].shape)
                    break
            if (grid < 0).sum() > 0:
                grid = self._by_rows(ids, grid.shape, output[r].shape)
            grids.append(grid)
            come.append(ids[grid])
        links = self._between(front, come)
        if links is None:
            raise NotRaised("an output that is made in a way not known")
        return grids[0], links

    @staticmethod
    def _by_rows(ids: np.ndarray, shape: tuple[int, ...], given: tuple[int, ...]) -> np.ndarray:
        """Take an output as rows of samples, or as columns."""
        if given == shape[::-1] and given != shape:
            return np.arange(len(ids)).reshape(given).T
        return np.arange(len(ids)).reshape(shape)


def _filled(places: np.ndarray) -> np.ndarray:
    """Give the order in which lines of a matrix come; what is not known fills what is left."""
    n = len(places)
    order = np.full(n, -1)
    left = []
    for line in range(n):
        own = {int(p) for p in places[line] if p >= 0}
        if len(own) > 1:
            raise NotRaised("a line from several")
        if own:
            place = own.pop()
            if order[place] >= 0:
                raise NotRaised("two lines from one")
            order[place] = line
        else:
            left.append(line)
    order[order < 0] = left
    return order


def raised(subject: Subject, observed: Sequence[Observed]) -> Iterator[Chain]:
    """
    Find the chain that a program's forward pass is.

    Parameters
    ----------
    subject : Subject
    observed : sequence of (values, output)

    Yields
    ------
    Chain
    """
    try:
        found = list(Raiser(subject, observed).chains())
    except TimeoutError:
        raise
    except Exception:  # noqa: BLE001 - what cannot be raised is recognised in other ways
        return
    for chain in found:
        yield from fitting(chain, observed)
