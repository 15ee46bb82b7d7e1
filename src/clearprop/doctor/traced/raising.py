"""From the numbers of forward passes to links of known kinds: layers, activations, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import TURNED, Chain, Layout, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE, WITH_ONES, fitting
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.layers import Found, Reading
from clearprop.doctor.traced.losses import ended
from clearprop.doctor.traced.net import has_own_steps, stage
from clearprop.doctor.traced.parts import NotRaised, NotTraced
from clearprop.doctor.traced.recurrence import Block
from clearprop.doctor.traced.refs import Fixed, bias_ref, output_layout, ref_of, table_layout
from clearprop.doctor.traced.rolled import Rolled, same_blocks
from clearprop.doctor.traced.running import own_of, traced
from clearprop.doctor.traced.steps import NoBlock

__all__ = ["NotRaised", "raised"]

_LARGE = 30_000  # numbers; two runs of so many tell enough, and the rest is held to all points
Observed = tuple[Values, np.ndarray]


class Raiser(Rolled):
    """
    Raises the forward passes of a program at several points together.

    Parameters
    ----------
    subject : Subject
    observed : sequence of (values, output)
    slopes : bool
        Whether a weight alone is no layer, but the slope of an activation.
    alone : tuple of str
        Parameters that are no weights of layers: what a loss without layers is of, tables.
    """

    def __init__(
        self, subject: Subject, observed: Sequence[Observed], *, slopes: bool = False,
        alone: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.subject, self.observed = subject, observed
        self.alone, self.slopes = alone, slopes
        own = self.own = [n for n in own_of(subject) if n not in alone]
        readings: list[Reading] = []
        shapes: list[Mapping[str, tuple[int, ...]]] = []
        seen: list[Observed] = []
        self.before_head = False
        for values, output in observed:
            if len(readings) > 1 and readings[0].tape.size > _LARGE:
                break
            run = traced(subject, values, own)
            if run is None or (readings and run.before_head != self.before_head):
                if not readings:
                    raise NotTraced
                continue
            single = [n for n, v in values.items() if not np.ndim(v) and n not in own
                      and n != subject.target and n not in subject.inputs]  # fmt: skip
            single += [n for n in subject.parameters if n not in own and n not in alone]
            thick = [n for n in own if np.ndim(values[n]) > 1]
            reading = Reading(run.tape, run.output, own, single, thick, slopes=slopes)
            if readings and not self._alike(readings[0], reading):
                continue
            self.before_head = run.before_head
            readings.append(reading)
            shapes.append({n: np.shape(v) for n, v in values.items()})
            seen.append((values, output))
        super().__init__(readings, shapes, seen)

    def _alike(self, first: Reading, other: Reading) -> bool:
        return len(first.layers) == len(other.layers) and all(
            same_blocks(first, a, other, b)
            if isinstance(a, Block)
            else not isinstance(b, Block)
            and a.weights.shape == b.weights.shape
            and self._cells(first, a.weights).ravel().tolist()
            == self._cells(other, b.weights).ravel().tolist()
            for a, b in zip(first.layers, other.layers, strict=True)
        )

    # ---- layers -------------------------------------------------------------------------------
    def follow(self) -> None:
        """Follow the layers from the input to the last one."""
        for k in range(len(self.readings[0].layers)):
            self._through(k)

    def _through(self, k: int) -> None:
        """Go through one layer."""
        layers = [reading.layers[k] for reading in self.readings]
        if isinstance(layers[0], Block):
            self.unroll(layers)
            return
        ones = self._ones(k)
        if ones is not None:
            for layer in layers:
                self._without_column(layer, ones)
        come = [layer.come for layer in layers]
        source, orders = self.resolve(come, movable=True)
        for layer, (rows, inputs) in zip(layers, orders, strict=True):
            layer.ordered(rows, inputs)
        part = self._affine(k, source, ones)
        if ones is None and self.convolved(layers, source, part.roles.get("b")):
            return
        cell = self.cell_of(layers[0].come)
        if cell is not None:
            link = replace(part.link, about={**part.link.about, "steps": cell})
            part = Part(link, part.roles)
            self.stepped[len(self.parts)] = cell
        self.add(part, (source,), [layer.out for layer in layers])

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

    def _affine(self, k: int, source: int, ones: int | None) -> Part:
        layers = [reading.layers[k] for reading in self.readings]
        first = self.readings[0]
        columns = any(getattr(e, "layout", None) is TURNED for e in self.entries)
        weights = [self._cells(first, layers[0].weights)]
        shapes = self.shapes[:1]
        if ones is not None and layers[0].ones is not None:
            row = self._cells(first, layers[0].ones)[None]
            for where, link in ((1, WITH_ONES[0]), (0, WITH_ONES[1])):
                whole = np.concatenate([weights[0], row] if where else [row, weights[0]])
                ref = ref_of([whole], shapes)
                if isinstance(ref, Ref):
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
        self.follow()
        if self.subject.is_loss:
            yield from ended(self)
            return
        layout = self._output()
        yield self.chain(layout, {})

    def chain(self, layout: Layout, penalty: Mapping[str, float]) -> Chain:
        """Give what was found as a chain."""
        if not self.parts:
            raise NotRaised("nothing is done")
        return stage(self.parts, self.sources, self.entries, layout, penalty)

    def _output(self) -> Layout:
        """Lead from the last layers to the output; say how it is laid out."""
        given = [np.asarray(reading.output) for reading in self.readings]
        shape = given[0].shape
        grids = [np.arange(ids.size).reshape(ids.shape) for ids in given]
        for grid in self._laid(grids):
            come = [ids.ravel()[g] for ids, g in zip(given, grid, strict=True)]
            before = len(self.parts)
            try:
                source, orders = self.resolve(come, movable=True, regions=False)
            except NotRaised:
                self.undo(before)
                continue
            rows, columns = orders[0]
            layout = output_layout(grid[0][rows][:, columns], shape)
            if layout is not None and source == len(self.parts) - 1:
                return layout
            self.undo(before)
        placed = self._placed(given)
        if placed is not None:
            return placed
        grid = next(self._laid(grids))
        come = [ids.ravel()[g] for ids, g in zip(given, grid, strict=True)]
        source, _ = self.resolve(come)
        layout = output_layout(grid[0], shape)
        if len(shape) > 2:
            tables = {ids.shape: own for ids, own in zip(given, grid, strict=True)}
            layout = table_layout(tables)
        if source != len(self.parts) - 1 or layout is None:
            raise NotRaised("an output that nothing leads to")
        return layout

    def _placed(self, given: Sequence[np.ndarray]) -> Layout | None:
        """Lead to an output that has each number of the last layer once, wherever it stands."""
        come: list[np.ndarray] = []
        tables: dict[Any, np.ndarray] = {}
        for r, ids in enumerate(given):
            flat = ids.ravel()
            bases = [self.readings[r].base[int(u)] for u in flat]
            if any(len(b) != 1 for b in bases):
                return None
            places = [self.where[r].get(next(iter(b))) for b in bases]
            fronts = {p[0] if p else -1 for p in places}
            front = self.fronts[fronts.pop()]
            if fronts or any(p is None for p in places) or front.ids[r].size != len(flat):
                return None
            table = np.full(front.ids[r].shape, -1)
            for k, p in enumerate(places):
                table[p[1:]] = k  # type: ignore[index]
            if (table < 0).any() or tables.setdefault(ids.shape, table).shape != table.shape:
                return None
            come.append(flat[table])
        try:
            source, _ = self.resolve(come, regions=False)
        except NotRaised:
            return None
        return table_layout(tables) if source == len(self.parts) - 1 else None

    @staticmethod
    def _laid(grids: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
        """Give an output as a matrix, in the ways in which it may be one."""
        if grids[0].ndim == 2:
            yield list(grids)
            yield [g.T for g in grids]
        elif grids[0].ndim == 1:
            yield [g.reshape(1, -1) for g in grids]
            yield [g.reshape(-1, 1) for g in grids]
        elif grids[0].ndim == 0:
            yield [g.reshape(1, 1) for g in grids]
        else:
            yield [g.reshape(len(g), -1) for g in grids]


def raised(subject: Subject, observed: Sequence[Observed]) -> list[Chain]:
    """
    Find the chains that a program's forward pass may be.

    Parameters
    ----------
    subject : Subject
    observed : sequence of (values, output)
    """
    ways: list[dict[str, Any]] = [{}]
    found: list[Chain] = []
    subject.traceable = False  # type: ignore[attr-defined]
    subject.recurs = None  # type: ignore[attr-defined]
    while ways:
        way = ways.pop(0)
        try:
            more, raiser = _raised(subject, observed, **way)
        except NotTraced:
            break
        if subject.recurs is None:  # type: ignore[attr-defined]
            subject.recurs = False  # type: ignore[attr-defined]
        if raiser is not None:  # else it ran, and was not understood
            subject.traceable = True  # type: ignore[attr-defined]
        found += more if not found else [c for c in more if not has_own_steps(c)]
        if any(not has_own_steps(chain) for chain in more):
            break
        if not way and sum(np.size(v) for v in subject.start.values()) < _LARGE:
            ways = _other_ways(subject, raiser)
    return found


def _other_ways(subject: Subject, raiser: Raiser | None) -> list[dict[str, Any]]:
    """List the ways to read a program in which some parameters are no weights of layers."""
    rolled = subject.recurs or (raiser is not None and raiser.readings[0].blocks)  # type: ignore[attr-defined]
    tried = _met(subject) if subject.is_loss or rolled else []
    ways: list[dict[str, Any]] = [{"alone": names} for names in tried]
    ways += [{"slopes": True}]
    if subject.is_loss:
        ways.append({"alone": subject.differentiable[:1]})
    if subject.is_loss and raiser is not None:
        first = raiser.readings[0]
        used = {
            c[0] for k in first.layers if isinstance(k, Found)
            for c in raiser._cells(first, k.weights).ravel()
        }  # fmt: skip
        tables = [n for n in own_of(subject) if np.ndim(subject.start[n]) == 2 and n not in used]
        ways += [{"alone": (n,)} for n in tables[:2]]
    return ways


def _met(subject: Subject) -> list[tuple[str, ...]]:
    """List the ways to part parameters that are multiplied by one another: tables, memories."""
    run = traced(subject, subject.start)
    if run is None:
        return []
    pairs: set[tuple[str, str]] = set()
    for op, parents in zip(run.tape.op, run.tape.parents, strict=True):
        if op in ("mul", "dot"):
            for a, b in zip(parents[::2], parents[1::2], strict=True):
                if a in run.tape.leaf and b in run.tape.leaf:
                    pairs.add((run.tape.leaf[a][0], run.tape.leaf[b][0]))
    own = set(own_of(subject))
    pairs = {(a, b) for a, b in pairs if a != b and {a, b} <= own}
    found: list[tuple[str, ...]] = []
    for chosen in product((0, 1), repeat=len(pairs)) if len(pairs) < 4 else ():
        alone = {p[k] for p, k in zip(sorted(pairs), chosen, strict=True)}
        if all((a in alone) != (b in alone) for a, b in pairs):
            found.append(tuple(sorted(alone)))
    order = list(subject.differentiable)
    fresh = [n for n in dict.fromkeys(found) if n]
    return sorted(fresh, key=lambda names: _thickness(subject, names, order))


def _thickness(subject: Subject, names: tuple[str, ...], order: list[str]) -> tuple[int, int]:
    """Put inputs first, then thin arrays, then what stands first."""
    thick = sum(np.ndim(subject.start[n]) > 1 for n in names if n not in subject.inputs)
    return thick, sum(order.index(n) if n in order else 0 for n in names)


def _raised(
    subject: Subject, observed: Sequence[Observed], **way: Any
) -> tuple[list[Chain], Raiser | None]:
    """Raise a program in one way of reading it."""
    raiser = None
    try:
        raiser = Raiser(subject, observed, **way)
        if _is_formula(subject, raiser):
            return [], raiser
        found = list(raiser.chains())
    except (TimeoutError, NotTraced):
        raise
    except NoBlock:
        subject.recurs = True  # type: ignore[attr-defined]
        return [], None
    except Exception:  # noqa: BLE001 - what cannot be raised is recognised in other ways
        return [], None
    found = [chain for chain in found[:12] if not _of_unknown_axes(chain)]
    return [chain for each in found for chain in fitting(each, observed)], raiser


def _of_unknown_axes(chain: Chain) -> bool:
    """Tell losses without a name of bare data: nothing says which axis has the samples."""
    layers = any(part.link.kind in ("affine", "unrolled", "conv") for part in chain.parts)
    return not layers and chain.parts[-1].link.about.get("loss") == "own"


def _is_formula(subject: Subject, raiser: Raiser) -> bool:
    """Tell formulas of several numbers or arrays, whose steps are gates, from networks."""
    layers = raiser.readings[0].layers
    if raiser.alone:
        return not np.ndim(raiser.seen[0][0][raiser.alone[0]])
    if raiser.slopes and not layers:
        return any(not np.ndim(raiser.seen[0][0][n]) for n in subject.inputs)
    several = len(subject.differentiable) > 1
    return several and (
        not layers or (all(layer.single for layer in layers)
        and not subject.is_loss)
    )  # fmt: skip
