"""Recurrent layers: which cell a program steps through time, with what layer and loss behind it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import (
    ACTIVATIONS,
    SOFTMAX,
    activation_link,
)
from clearprop.doctor.derivations.cells import cell_link
from clearprop.doctor.derivations.chain import SAME, Chain, Layout, Link, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE, Observed, fitting
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SUMMED
from clearprop.doctor.derivations.recurrent_ends import (
    LAST,
    MEAN,
    OVER_TIME,
    SCALED,
    TOTAL,
    rows_of,
)
from clearprop.doctor.derivations.recurrent_layouts import (
    SIDE_BY_SIDE,
    Arrangement,
    arrangements,
    axes_of,
    biases_of,
    memory,
    of_one_step,
    one_hot,
    oriented,
    two_memories,
    weights_of,
)
from clearprop.doctor.traced.net import Net

__all__ = ["ORDER", "Search", "chains", "forms", "told_apart"]

ORDER = 8  # before dense networks, of which there are more to try
_MOST = 24  # arrays
_LONGEST = 1.5  # seconds
_NOT_X = re.compile(r"(?i)^(t|y|ys|ts|labels?|targets?|h|hs|h_?0|h_?prev.*|c_?0|d\w+)$")


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the recurrent layers that compute what a program computes."""
    values, _ = observed[0]
    over = time.process_time() + _LONGEST
    for cell in ("rnn", "lstm", "gru"):
        for x, target, own in told_apart(subject, values):
            if not 2 <= len(own) <= _MOST or _too_few_axes(cell, own, values):
                continue
            for weights in _weights_among(own, subject.parameters):
                for axes, layout in _incoming(values[x], [values[n] for n in own]):
                    for search in _searches(cell, Ref(x, layout), axes, own, weights, values):
                        if search.shape[0] > 1 and getattr(subject, "recurs", None) is False:
                            continue  # it was read: no weights meet what they have made
                        if time.process_time() > over:
                            return
                        yield from search.found(target, observed, subject.is_loss)


def _too_few_axes(cell: str, own: Sequence[str], values: Mapping[str, np.ndarray]) -> bool:
    """Tell single numbers that are more, or fewer, than a cell of one unit has."""
    if any(values[n].ndim for n in own):
        return False
    least, most = {"rnn": (2, 6), "lstm": (8, 16), "gru": (6, 13)}[cell]
    return not least <= len(own) <= most


def _weights_among(own: Sequence[str], parameters: Sequence[str]) -> list[list[str]]:
    """Say what may be weights: parameters rather than what else was given, which is memory."""
    weights = [n for n in own if n in parameters]
    return [weights] if 2 <= len(weights) < len(own) else [list(own)]


def told_apart(
    subject: Any, values: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, str | None, list[str]]]:
    """Choose what goes in step by step, and the target, among what the program was given."""
    inputs, data = list(subject.inputs), list(getattr(subject, "data", ()))
    if inputs:
        for x in inputs[:3]:
            rest = [n for n in inputs if n != x]
            yield x, subject.target, [*rest, *subject.parameters]
        return
    for x in sorted(data, key=lambda n: bool(_NOT_X.match(n))):
        if not values[x].ndim:
            continue
        others = [n for n in data if n != x]
        if subject.target is not None:
            yield x, subject.target, [*subject.parameters, *others]
            continue
        for t in (*others, None):
            yield x, t, [*subject.parameters, *(n for n in others if n != t)]


def _incoming(x: np.ndarray, own: Sequence[np.ndarray]) -> Iterator[tuple[str, Layout]]:
    for axes in axes_of(x.shape):
        yield axes, oriented(axes)
    if x.ndim == 1 and np.array_equal(x, np.round(x)) and x.min(initial=0) >= 0:
        for classes in sorted({s for a in own for s in a.shape if s > x.max(initial=0)}):
            yield "TNF", one_hot(classes)


def _searches(
    cell: str, x: Ref, axes: str, own: Sequence[str], weights: Sequence[str],
    values: Mapping[str, np.ndarray],
) -> Iterator[Search]:  # fmt: skip
    shape = x.read(values).shape
    for turned in (False, True):
        if turned and all(values[n].ndim < 2 for n in weights):
            continue
        memories = tuple(n for n in own if n not in weights)
        alone = cell == "lstm" and shape[0] == 1
        for found in arrangements(cell, weights, values, shape[2], turned, alone):
            found = replace(found, rest=(*memories, *found.rest))
            if (shape[0] == 1) <= len(found.rest) <= 4:
                yield Search(x, axes, shape, cell, found, turned, values)


def forms(cell: str, output: np.ndarray, units: int) -> list[dict[str, Any]]:
    """List the forms that a cell may have."""
    if cell == "rnn":
        return [{"activation": a} for a in ("tanh", "relu", "sigmoid", "linear")]
    if cell == "lstm":
        shows = ["h", "hc", "ch", "c"] if output.ndim else ["h"]
        kinds: list[dict[str, Any]] = [{"open": 0.0}, {"open": 1.0}, {"open": 0.0, "out": "linear"}]
        return [{"shows": s, **kind} for kind in kinds for s in shows]
    return [{"reset": r, "keeps": k} for r in ("before", "after") for k in (True, False)]


class Search:
    """One reading of a program's arrays, held against what it computes."""

    def __init__(
        self,
        x: Ref,
        axes: str,
        shape: tuple[int, ...],
        cell: str,
        found: Arrangement,
        turned: bool,
        values: Mapping[str, np.ndarray],
    ) -> None:
        self.x, self.axes, self.shape, self.cell = x, axes, shape, cell
        self.arrangement, self.turned, self.values = found, turned, values
        self.batch_first = axes.startswith("NT")
        self.below: tuple[Part, ...] = ()  # a cell of which the steps are what comes in
        self.above: tuple[Part, ...] = ()  # what joins it with another
        self.sources: tuple[tuple[int, ...], ...] = ()  # of all these, where they branch
        self.form: dict[str, Any] | None = None
        self.width = found.units

    def made(self, parts: Sequence[Part], layout: Layout = SAME) -> Chain:
        """Put links together: one behind another, but for those that branch."""
        if not self.sources:
            return Chain(tuple(parts), self.x, layout)
        behind = tuple((k - 1,) for k in range(len(self.sources), len(parts)))
        return Net(tuple(parts), self.x, layout, {}, (*self.sources, *behind), (self.x,))

    def found(
        self, target: str | None, observed: Sequence[Observed], is_loss: bool
    ) -> Iterator[Chain]:
        """Give the chains that compute what was observed."""
        output = observed[0][1]
        own = self.arrangement
        for starts, rest in self._starts(own.rest):
            heads = [h for h in self._heads(rest) if self._can_be(h, target if is_loss else None)]
            if not heads:
                continue
            for form in [self.form] if self.form else forms(self.cell, output, own.units):
                cell = Part(cell_link(self.cell, own.operands, form), {**own.refs, **starts})
                try:
                    cells = (*self.below, cell, *self.above)
                    y = self.made(cells).run(self.values)[-1].y
                except ValueError:
                    continue
                for head in heads:
                    if head and y.shape[-1] != self.width:
                        continue  # both memories come out: no layer stands behind them
                    for ahead in self._ahead(head, len(y) if y.ndim == 3 else 0):
                        parts = (*cells, *ahead)
                        if is_loss:
                            yield from self._with_loss(parts, y, target, observed)
                        else:
                            yield from self._without_loss(parts, y, observed)

    def _starts(self, rest: Sequence[str]) -> Iterator[tuple[dict[str, Ref], list[str]]]:
        """Try arrays as the memory at the start."""
        roles = ("h0", "c0") if self.cell == "lstm" else ("h0",)
        if self.shape[0] > 1:  # one step from nothing would not use the weights of the memory
            yield {}, list(rest)
        for count in range(1, len(roles) + 1):
            for chosen in permutations(rest, count):
                refs = {}
                for role, name in zip(roles, chosen, strict=False):
                    layout = memory(self.values[name].shape, self.shape[1], self.arrangement.units)
                    if layout is not None:
                        refs[role] = Ref(name, layout)
                if len(refs) == count:
                    yield refs, [n for n in rest if n not in chosen]
                if set(refs) == {"h0"} and self.arrangement.memory_is_in_input:
                    yield {"c0": refs["h0"]}, [n for n in rest if n not in chosen]

    def _heads(self, rest: Sequence[str]) -> Iterator[dict[str, Ref]]:
        """Try arrays as those of a layer behind the cell."""
        if not rest:
            yield {}
        if not 1 <= len(rest) <= 2:
            return
        for order in permutations(rest):
            w = self.values[order[0]]
            units = self.width
            outs = w.size // units
            layout = weights_of(w, units, outs, self.turned) if outs else None
            if layout is None:
                continue
            roles = {"W": Ref(order[0], layout)}
            if len(order) == 2:
                flat = biases_of(self.values[order[1]], outs)
                if flat is None:
                    continue
                roles["b"] = Ref(order[1], flat)
            yield roles

    def _can_be(self, head: Mapping[str, Ref], target: str | None) -> bool:
        """Tell whether there can be as many outputs as the target has."""
        if target is None:
            return True
        units = head["W"].read(self.values).shape[1] if head else self.width
        steps, rows, _ = self.shape
        size = self.values[target].size
        return size in (rows * units, rows, steps * rows * units, steps * rows)

    @staticmethod
    def _ahead(head: Mapping[str, Ref], steps: int) -> Iterator[tuple[Part, ...]]:
        """Give what may follow the cell: all steps or the last, a layer, its activation."""
        ends = [(), *((Part(activation_link(ACTIVATIONS[a])),) for a in ("sigmoid", "tanh"))]
        ends.append((Part(SOFTMAX),))
        if steps > 1:
            for end in ends if head else [()]:
                yield (*((Part(OVER_TIME, head),) if head else ()), *end)
        if not steps:  # joined to one memory already
            for end in ends if head else [()]:
                yield (*((Part(AFFINE, head),) if head else ()), *end)
            return
        for link in (LAST, MEAN, TOTAL)[: 3 if steps > 1 else 1]:
            for end in ends if head else [()]:
                yield (Part(link), *((Part(AFFINE, head),) if head else ()), *end)

    def _without_loss(
        self, parts: tuple[Part, ...], h: np.ndarray, observed: Sequence[Observed]
    ) -> Iterator[Chain]:
        output = observed[0][1]
        whole = _through(h, parts[len(self.below) + 1 + len(self.above) :], self.values)
        size = {"N": self.shape[1], "F": whole.shape[-1], "T": len(whole) if whole.ndim == 3 else 1}
        for axes in axes_of(output.shape):
            wide = [a for a in size if size[a] > 1]
            if tuple(size[a] for a in axes) != output.shape or set(wide) - set(axes):
                continue
            layout = oriented(axes)
            if whole.ndim == 2:
                layout = of_one_step(layout)
            yield from fitting(self.made(parts, layout), observed)
        if whole.ndim == 2 and output.shape == (size["F"] // 2, 2 * size["N"]):
            yield from fitting(self.made(parts, SIDE_BY_SIDE), observed)
        if whole.ndim == 2 and size["F"] == 2 * self.arrangement.units:
            for layout in two_memories(output.shape, size["N"], self.arrangement.units):
                yield from fitting(self.made(parts, layout), observed)

    def _with_loss(
        self,
        parts: tuple[Part, ...],
        h: np.ndarray,
        target: str | None,
        observed: Sequence[Observed],
    ) -> Iterator[Chain]:
        if observed[0][1].ndim:
            return
        y = _through(h, parts[len(self.below) + 1 + len(self.above) :], self.values)
        if y.ndim == 3:
            below = Part(rows_of(self.batch_first))
            parts, y = (*parts, below), _through(y, [below], self.values)
        shares = bool(np.all((y >= 0) & (y <= 1)))
        losses = [*LOSSES, *(LOSSES_OF_SHARES if shares else [])] if target else SUMMED
        roles = {}
        e = SimpleNamespace(x=y, N=len(y))
        if target is not None:
            t = self.values[target]
            if t.size not in (y.size, len(y)):
                return
            columns = t.ndim == 2 and t.size == y.size and t.shape == y.shape[::-1] != y.shape
            roles = {"t": Ref(target, oriented_as(columns))}
            e.t = roles["t"].read(self.values)
        steps, rows, _ = self.shape
        factors = (1.0, steps, 1 / steps, 1 / rows)
        output = float(observed[0][1])
        close_by = _of_same_kind(losses, e, output, (steps, rows, y.shape[1]))
        for factor, scale in zip(factors, (None, *SCALED), strict=True):
            if scale is not None and factor == 1.0:
                continue
            for link in close_by:
                if abs(_value(link, e) * factor - output) <= 1e-4 * abs(output):
                    more = (Part(link, roles), *((Part(scale),) if scale else ()))
                    yield from fitting(self.made((*parts, *more)), observed)


def _through(y: np.ndarray, parts: Sequence[Part], values: Mapping[str, np.ndarray]) -> Any:
    """Go on from what a cell gave."""
    for part in parts:
        e = SimpleNamespace(x=y, N=len(y))
        for role, ref in part.roles.items():
            setattr(e, role, ref.read(values))
        y = part.link.forward(e)
    return y


def _value(link: Link, e: Any) -> float:
    try:
        return float(link.forward(e))
    except (ValueError, IndexError):
        return np.nan


def _of_same_kind(
    losses: Sequence[Link], e: Any, output: float, sizes: tuple[int, int, int]
) -> list[Link]:
    """List the losses that are what was observed but for a simple factor: quick to rule out."""
    simple = {
        c * steps / rows / units
        for c in (0.5, 1.0, 2.0) for units in (1, sizes[2])
        for steps in (1, sizes[0], 1 / sizes[0]) for rows in (1, sizes[1])
    }  # fmt: skip
    found = []
    for link in losses:
        if link.about["scale"] == "sum":
            ratio = output / (_value(link, e) or np.nan)
            if any(abs(ratio / c - 1) <= 2e-4 for c in simple):
                found += [o for o in losses if o.about["loss"] == link.about["loss"]]
    return found


def oriented_as(columns: bool) -> Layout:
    """Lay a target out as rows."""
    return Layout(np.transpose, np.transpose) if columns else SAME
