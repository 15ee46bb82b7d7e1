"""Which loss stands at the end of a forward pass, with which penalties on the weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, SOFTMAX, activation_link, softmax
from clearprop.doctor.derivations.chain import ROW, SAME, TURNED, Chain, Link, Part, Ref
from clearprop.doctor.derivations.dense import HIDDEN
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SCALES, SUMMED
from clearprop.doctor.traced.between import Front
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.net import SUM
from clearprop.doctor.traced.refs import Fixed, ref_of
from clearprop.doctor.traced.region import Elsewhere, Region

__all__ = ["ended"]


@dataclass
class Term:
    """
    A part of a loss that is a function of one matrix.

    Attributes
    ----------
    fronts : list of Front
        Which; and what the program makes of it, if that is known.
    nodes : list of list of (float, int)
        In each run: the terms, with what they are multiplied by.
    values : list of float
        In each run: their sum.
    """

    fronts: list[Front]
    nodes: list[list[tuple[float, int]]]
    values: list[float]


def ended(raiser: Any) -> Iterator[Chain]:
    """
    Find the losses behind the last layers that give what a program gives.

    Parameters
    ----------
    raiser : Raiser
    """
    if raiser.before_head:
        values = [float(np.asarray(y)) for _, y in raiser.seen]
        terms, penalty = [Term(_of_output(raiser), [], values)], {}
    else:
        _enter_input(raiser)
        terms, penalty = _taken_apart(raiser)
    found = [list(_known(raiser, term)) for term in terms]
    if not raiser.before_head:
        found = [f or list(_deduced(raiser, t)) for f, t in zip(found, terms, strict=True)]
    if all(found) and len(terms) == 1:
        for more in found[0]:
            yield _with(raiser, [more], penalty)
    elif not raiser.before_head:
        ends = [f[0] if f else _own(raiser, t) for f, t in zip(found, terms, strict=True)]
        yield _with(raiser, ends, penalty)


def _of_output(raiser: Any) -> list[Front]:
    """Give the last layer's outputs, and what the program makes of them."""
    come = [_matrix(r.output) for r in raiser.readings]
    for laid in (come, [c.T for c in come]):
        try:
            source, orders = raiser.resolve(laid, movable=True, regions=False)
        except ValueError:
            continue
        there = [ids[a][:, b] for ids, (a, b) in zip(laid, orders, strict=True)]
        layers = [raiser.fronts[k] for k in raiser._involved(laid)]
        return [*(layers if len(layers) == 1 else []), Front(there, source)]
    raise ValueError("an output that nothing leads to")


def _matrix(ids: np.ndarray) -> np.ndarray:
    return ids.reshape(len(ids), -1) if ids.ndim > 1 else ids.reshape(1, -1)


def _enter_input(raiser: Any) -> None:
    """Make an entry of the input, where a loss is of the input itself."""
    known = {n for entry in raiser.entries for n in entry.names}
    for name in raiser.alone or raiser.subject.inputs[:1]:
        bases = {r.tape.leaf[b][0] for r in raiser.readings for u in r.output.ravel()
                 for b in r.base[int(u)] if b in r.tape.leaf}  # fmt: skip
        if name in bases - known:
            raiser._enter_variable(name)


def _with(raiser: Any, ends: Sequence[tuple[int, list[Part]]], penalty: Any) -> Chain:
    """Put losses behind what there is."""
    before = len(raiser.parts)
    last = []
    for start, parts in ends:
        index = start
        for part in parts:
            index = raiser.add(part, (index,), [], base=False)
        last.append(index)
    if len(last) > 1:
        raiser.add(Part(SUM(len(last))), tuple(last), [], base=False)
    chain: Chain = raiser.chain(SAME, penalty)
    del raiser.parts[before:], raiser.sources[before:]
    return chain


def _taken_apart(raiser: Any) -> tuple[list[Term], dict[str, Any]]:
    """Take a loss apart into penalties on the weights and what is a function of the outputs."""
    punished: dict[str, list[float]] = {}
    groups: dict[frozenset[int], Term] = {}
    mixed = False
    added = [0.0] * len(raiser.readings)
    for r, reading in enumerate(raiser.readings):
        if reading.output.size != 1:
            raise ValueError("a loss of several numbers")
        root = int(reading.output.ravel()[0])
        for c, node in _terms(reading, root):
            value = c * reading.value[node]
            names = _names_of(reading, node)
            if names and reading.units.isdisjoint(reading.base[node]):
                squares = sum(float(np.sum(raiser.seen[r][0][n] ** 2)) for n in names)
                for n in names:
                    own = punished.setdefault(n, [0.0] * len(raiser.readings))
                    own[r] += value / squares
                continue
            if not reading.base[node]:
                if not value or reading.tape.op[node] == "constant":
                    added[r] += value
                    continue
                raise ValueError("a loss with something in it that comes from nowhere")
            fronts = {raiser.where[r][b][0] for b in reading.base[node] if b in raiser.where[r]}
            layers = {k for k in fronts if raiser.fronts[k].index >= 0}
            mixed = mixed or len(layers) not in (0, len(fronts))
            key = frozenset(layers or fronts)
            term = groups.setdefault(
                key, Term([], [[] for _ in raiser.readings], [0.0] * len(raiser.readings))
            )
            term.nodes[r].append((c, node))
            term.values[r] += value
    if any(abs(c) > 1e-12 for c in added):
        raise ValueError("a loss with a number added")
    terms = []
    if any(len(key) != 1 for key in groups):
        groups = {frozenset().union(*groups): _together(list(groups.values()))}
    for key, term in groups.items():
        if len(key) > 1 or mixed:
            with contextlib.suppress(ValueError):
                term.fronts = [_joined(raiser)]
        if len(key) == 1 and not term.fronts:
            term.fronts = [raiser.fronts[k] for k in key]
            term.fronts += _activated(raiser, term.fronts[0])
        if not term.fronts:
            raise ValueError("a loss of several matrices")
        terms.append(term)
    return terms, {n: _factor(raiser, cs) for n, cs in punished.items()}


def _factor(raiser: Any, found: Sequence[float]) -> Any:
    """Give what squares are multiplied by: a number, or a function of what it depends on."""
    if np.allclose(found, found[0], rtol=1e-9):
        return found[0]
    single = raiser.readings[0].single

    def at(values: Any) -> float:
        for (seen, _), c in zip(raiser.seen, found, strict=True):
            same = all(np.shape(v) == np.shape(seen[n]) for n, v in values.items())
            if same and all(np.array_equal(values[n], seen[n]) for n in single):
                return c
        return found[0]

    return at


def _together(terms: Sequence[Term]) -> Term:
    """Make one term of several."""
    runs = range(len(terms[0].values))
    return Term(
        [], [[n for t in terms for n in t.nodes[r]] for r in runs],
        [sum(t.values[r] for t in terms) for r in runs],
    )  # fmt: skip


def _joined(raiser: Any) -> Front:
    """Find the matrix, made of several, that meets the target."""
    name = raiser.subject.target
    names = [name] if name is not None else list(getattr(raiser.subject, "data", ()))
    for target in names:
        grids = []
        for r, reading in enumerate(raiser.readings):
            shape = raiser.shapes[r][target]
            grid = np.full(int(np.prod(shape)), -1)
            for u in sorted(reading.reached):
                if reading.tape.op[u] not in ("sub", "add", "mul"):
                    continue
                for t, other in (reading.tape.parents[u], reading.tape.parents[u][::-1]):
                    own = reading.tape.leaf.get(t)
                    if own is not None and own[0] == target and grid[own[1]] < 0:
                        grid[own[1]] = other
            if (grid < 0).any():
                break
            grids.append(_matrix(grid.reshape(shape)))
        if len(grids) == len(raiser.readings):
            for laid in (grids, [g.T for g in grids]):
                before = len(raiser.parts)
                try:
                    source, _ = raiser.resolve(laid, regions=laid is not grids)
                except ValueError:
                    del raiser.parts[before:], raiser.sources[before:]
                    continue
                return Front(laid, source)
    raise ValueError("a loss of several matrices")


def _activated(raiser: Any, front: Front) -> list[Front]:
    """Find what the program makes of a layer's outputs before they meet the target."""
    there = _meeting(raiser, front)
    if there is None:
        return []
    try:
        source, _ = raiser.resolve(there, regions=False)
    except ValueError:
        return []
    return [] if source == front.index else [Front(there, source)]


def _known(raiser: Any, term: Term) -> Iterator[tuple[int, list[Part]]]:
    """Find losses that are known."""
    for k, front in enumerate(term.fronts):
        z = raiser.values(front.ids)
        targets = _targets(raiser, term.fronts[0])
        losses: Sequence[Link] = [*LOSSES, *LOSSES_OF_SHARES] if targets else SUMMED
        for ahead, values in _fronts(z) if not k else [([], z)]:
            for t in targets or [None]:
                for link in losses:
                    if all(_gives(link, v, t, seen, rest) for v, seen, rest
                           in zip(values, raiser.seen, term.values, strict=True)):  # fmt: skip
                        yield front.index, [*ahead, Part(link, {} if t is None else {"t": t})]


def _deduced(raiser: Any, term: Term) -> Iterator[tuple[int, list[Part]]]:
    """Find losses whose targets stand in no variable: the slopes tell what they are."""
    front = term.fronts[0]
    z = raiser.values(front.ids)
    slopes = []
    for r, reading in enumerate(raiser.readings):
        nodes = np.array([u for _, u in term.nodes[r]])
        scale = np.array([c for c, _ in term.nodes[r]])
        region = Region(reading.tape, front.ids[r], nodes)
        _, jacobian = region.at(z[r].ravel())
        slopes.append((scale @ jacobian).reshape(z[r].shape))
    for link in LOSSES:
        kind, name = link.about["loss"], link.about["scale"]
        for target in _of_slopes(kind, SCALES.get(name), z, slopes):
            ref = Fixed(target)
            if all(_gives(link, v, ref, seen, rest) for v, seen, rest
                   in zip(z, raiser.seen, term.values, strict=True)):  # fmt: skip
                yield front.index, [Part(link, {"t": ref})]


def _of_slopes(
    kind: str, scale: Any, z: Sequence[np.ndarray], slopes: Sequence[np.ndarray]
) -> Iterator[np.ndarray]:
    """Say what a target must be, if it is the same in all runs."""
    f = {"softmax-ce": (softmax, 1), "sigmoid-ce": (ACTIVATIONS["sigmoid"].f, 1),
         "squared": (lambda v: v, 2)}.get(kind)  # fmt: skip
    if f is None or scale is None or len({v.shape for v in z}) != 1:
        return
    found = []
    for v, g in zip(z, slopes, strict=True):
        e = SimpleNamespace(x=v, N=len(v))
        found.append(f[0](v) - g / (f[1] * scale(e)))
    if all(np.allclose(found[0], t, atol=1e-7) for t in found):
        yield np.round(found[0], 9)


def _own(raiser: Any, term: Term) -> tuple[int, list[Part]]:
    """Give a loss that has no name as a link, with its own derivative."""
    front = term.fronts[-1]
    regions, scales = [], []
    for r, reading in enumerate(raiser.readings):
        nodes = np.array([u for _, u in term.nodes[r]])
        regions.append(Region(reading.tape, front.ids[r], nodes))
        if any(u in reading.parameter for u in regions[-1].free):
            raise ValueError("a loss that has weights in it")
        scales.append(np.array([c for c, _ in term.nodes[r]]))
    tops = [_top(r) for r in raiser.readings]
    name, scale = _scale(tops, [f.shape for f in front.ids])

    def solved(e: Any) -> tuple[float, np.ndarray]:
        flat = np.ravel(e.x)
        alike = [k for k, f in enumerate(front.ids) if f.shape == np.shape(e.x)]
        if not alike:
            raise Elsewhere
        best = min(alike, key=lambda k: float(np.max(np.abs(
            flat - values_of(raiser.readings[k].tape, front.ids[k]).ravel()))))  # fmt: skip
        y, jacobian = regions[best].at(flat)
        own = float(scales[best] @ y), (scales[best] @ jacobian).reshape(np.shape(e.x))
        return own

    memory: dict[bytes, tuple[float, np.ndarray]] = {}

    def once(e: Any) -> tuple[float, np.ndarray]:
        key = np.asarray(e.x).tobytes()
        if key not in memory:
            memory[key] = solved(e)
        return memory[key]

    link = Link(
        "loss", f"the program's own loss, {name}", lambda e: np.asarray(once(e)[0]),
        {
            "error": lambda e: once(e)[1] / scale(e),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "own", "scale": name},
    )  # fmt: skip
    return front.index, [Part(link)]


def _top(reading: Any) -> float:
    """Give what all of a loss but its penalties is multiplied by."""
    tape, u, c = reading.tape, int(reading.output.ravel()[0]), 1.0
    while True:
        op, parents = tape.op[u], tape.parents[u]
        numbers = [p for p in parents if tape.op[p] == "constant"]
        if op == "neg":
            u = parents[0]
        elif op == "mul" and numbers:
            c *= tape.value[numbers[0]]
            u = next(p for p in parents if p not in numbers)
        elif op == "div" and numbers == [parents[1]]:
            c /= tape.value[parents[1]]
            u = parents[0]
        elif op in ("add", "sub"):
            fed = [p for p in parents if reading.base[p]]
            if len(fed) != 1:
                return abs(c)
            (u,) = fed
        else:
            return abs(c)


def _scale(scales: Sequence[float], shapes: Sequence[tuple[int, ...]]) -> tuple[str, Any]:
    """Say what the terms of a loss are multiplied by: 1, or one over the samples."""
    for name in ("mean", "mean over samples", "½ · mean", "½ · mean over samples", "½ · sum"):
        f = SCALES[name]
        if all(np.allclose(c, f(SimpleNamespace(x=np.zeros(s), N=s[0])), rtol=1e-12)
               for c, s in zip(scales, shapes, strict=True)):  # fmt: skip
            return name, f
    return "sum", SCALES["sum"]


def _fronts(z: Sequence[np.ndarray]) -> Iterator[tuple[list[Part], list[np.ndarray]]]:
    """Give the last layer's outputs, and activations of them."""
    yield [], list(z)
    with np.errstate(all="ignore"):
        for name in HIDDEN:
            if name != "linear":
                act = ACTIVATIONS[name]
                yield [Part(activation_link(act))], [act.f(v) for v in z]
        yield [Part(SOFTMAX)], [SOFTMAX.forward(SimpleNamespace(x=v)) for v in z]


def _gives(link: Link, x: np.ndarray, t: Any, seen: Any, rest: float) -> bool:
    e = SimpleNamespace(x=x, N=len(x), d={}, about=link.about)
    try:
        if t is not None:
            e.t = t.read(seen[0])
        with np.errstate(all="ignore"):
            y = float(np.asarray(link.forward(e)))
    except (ValueError, IndexError, TypeError):
        return False
    return abs(y - rest) <= 2e-6 * abs(rest) + 1e-12


def _targets(raiser: Any, front: Any) -> list[Any]:
    """Give what the outputs may be compared with."""
    found: list[Any] = []
    for ref in _possible_targets(raiser, front):
        if not any(ref == other for other in found if type(other) is type(ref) is Ref):
            found.append(ref)
    return found


def _possible_targets(raiser: Any, front: Any) -> Iterator[Any]:
    paired = _paired(raiser, front)
    if paired is not None:
        yield paired
    subject = raiser.subject
    names = [subject.target] if subject.target is not None else list(getattr(subject, "data", ()))
    rows, columns = front.ids[0].shape
    for name in names:
        if any(name in entry.names for entry in raiser.entries):
            continue
        shape = raiser.shapes[0][name]
        size = int(np.prod(shape))
        if size == rows * columns:
            if len(shape) == 2 and shape == (columns, rows) and shape != (rows, columns):
                yield Ref(name, TURNED)
            elif len(shape) == 1 and rows == 1:
                yield Ref(name, ROW)
            else:
                yield Ref(name)
        elif size == rows:
            yield Ref(name)


def _meetings(reading: Any, where: dict[int, Any]) -> Iterator[tuple[int, int, Any]]:
    """Give numbers of targets, the functions of single outputs that they meet, and whose."""
    tape = reading.tape
    for u in reading.reached:
        op, parents = tape.op[u], tape.parents[u]
        if op not in ("sub", "add", "mul", "dot"):
            continue
        for a, b in zip(parents[::2], parents[1::2], strict=False):
            for t, other in ((a, b), (b, a)):
                if t not in tape.leaf or t in reading.parameter or t in where:
                    continue
                base = reading.base[other]
                if len(base) == 1 and next(iter(base)) in where:
                    yield t, other, where[next(iter(base))]


def _meeting(raiser: Any, front: Front) -> list[np.ndarray] | None:
    """Give the matrix of what meets the target first."""
    out = []
    for r, reading in enumerate(raiser.readings):
        where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
        grid = np.full(front.ids[r].shape, -1)
        for _, other, place in _meetings(reading, where):
            grid[place] = other if grid[place] < 0 else min(grid[place], other)
        if (grid < 0).any():
            return None
        out.append(grid)
    return out


def _paired(raiser: Any, front: Front) -> Any:
    """Find the numbers of a target by the outputs that they meet."""
    cells = []
    for r, reading in enumerate(raiser.readings):
        where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
        grid = np.empty(front.ids[r].shape, dtype=object)
        for t, _, place in _meetings(reading, where):
            grid[place] = reading.tape.leaf[t]
        if any(cell is None for cell in grid.ravel()):
            return None
        cells.append(grid)
    return ref_of(cells, raiser.shapes)


def _terms(reading: Any, root: int) -> Iterator[tuple[float, int]]:
    """Take a sum apart into its terms, with what each is multiplied by."""
    tape = reading.tape
    waiting = [(1.0, root)]
    while waiting:
        c, u = waiting.pop()
        op, parents = tape.op[u], tape.parents[u]
        if u in reading.units or (
            op in ("add", "sub") and any(tape.op[p] == "constant" for p in parents)
        ):
            yield c, u
        elif op in ("add", "sum"):
            waiting += [(c, p) for p in parents]
        elif op == "sub":
            waiting += [(c, parents[0]), (-c, parents[1])]
        elif op == "neg":
            waiting.append((-c, parents[0]))
        elif op == "mul" and tape.op[parents[0]] == "constant":
            waiting.append((c * tape.value[parents[0]], parents[1]))
        elif op == "mul" and tape.op[parents[1]] == "constant":
            waiting.append((c * tape.value[parents[1]], parents[0]))
        elif op == "div" and tape.op[parents[1]] == "constant":
            waiting.append((c / tape.value[parents[1]], parents[0]))
        else:
            yield c, u


def _names_of(reading: Any, node: int) -> set[str]:
    """List the variables whose numbers a node is made of, if these are all parameters."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        u = waiting.pop()
        if u in seen:
            continue
        seen.add(u)
        if u in reading.tape.leaf and reading.tape.leaf[u][0] not in reading.single:
            if u not in reading.parameter:
                return set()
            names.add(reading.tape.leaf[u][0])
        waiting.extend(reading.tape.parents[u])
    return names
