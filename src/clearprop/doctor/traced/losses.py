"""Which loss stands at the end of a forward pass, with which penalties on the weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, SOFTMAX, activation_link
from clearprop.doctor.derivations.chain import ROW, SAME, TURNED, Chain, Link, Part, Ref
from clearprop.doctor.derivations.dense import HIDDEN
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SUMMED
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.refs import ref_of

__all__ = ["ends"]


def ends(raiser: Any, front: Any) -> Iterator[Chain]:
    """
    Find the losses behind the last layer that give what a program gives.

    Parameters
    ----------
    raiser : Raiser
    front : Front
        What came out of the last layer.
    """
    outputs = [np.asarray(y, dtype=np.float64) for _, y in raiser.seen]
    penalty, rests = _penalties(raiser, outputs)
    z = [values_of(r.tape, i) for r, i in zip(raiser.readings, front.ids, strict=True)]
    targets = list(dict.fromkeys(_targets(raiser, front)))
    for ahead, values in _fronts(z):
        own = bool(targets)
        losses: Sequence[Link] = [*LOSSES, *LOSSES_OF_SHARES] if own else SUMMED
        for t in targets or [None]:
            for link in losses:
                if all(_gives(link, v, t, seen, rest)
                       for v, seen, rest in zip(values, raiser.seen, rests, strict=True)):  # fmt: skip
                    roles = {} if t is None else {"t": t}
                    parts = (*front.parts, *ahead, Part(link, roles))
                    yield Chain(parts, front.x, SAME, penalty)


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


def _targets(raiser: Any, front: Any) -> Iterator[Any]:
    """Give what the outputs may be compared with."""
    paired = _paired(raiser, front)
    if paired is not None:
        yield paired
    subject = raiser.subject
    names = [subject.target] if subject.target is not None else list(getattr(subject, "data", ()))
    rows, columns = front.ids[0].shape
    for name in names:
        if name in front.x.names:
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


def _paired(raiser: Any, front: Any) -> Any:
    """Find the numbers of a target by the outputs that they meet first."""
    cells = []
    for r, reading in enumerate(raiser.readings):
        where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
        grid = np.empty(front.ids[r].shape, dtype=object)
        tape = reading.tape
        for u in reading.reached:
            op, parents = tape.op[u], tape.parents[u]
            if op not in ("sub", "add", "mul", "dot"):
                continue
            for a, b in zip(parents[::2], parents[1::2], strict=False):
                for t, other in ((a, b), (b, a)):
                    if t not in tape.leaf or t in reading.parameter:
                        continue
                    base = reading.base[other]
                    if len(base) == 1 and next(iter(base)) in where:
                        grid[where[next(iter(base))]] = tape.leaf[t]
        if any(cell is None for cell in grid.ravel()):
            return None
        cells.append(grid)
    return ref_of(cells, raiser.shapes)


def _penalties(raiser: Any, outputs: Sequence[np.ndarray]) -> tuple[dict[str, float], list[float]]:
    """Take penalties on the weights out of a loss: by variable their factors, and what is left."""
    rests = [float(y) for y in outputs]
    if raiser.before_head:
        return {}, rests
    found: dict[str, float] = {}
    for r, reading in enumerate(raiser.readings):
        if reading.output.size != 1:
            return {}, rests
        for coefficient, node in _terms(reading, int(reading.output.ravel()[0])):
            names = _names_of(reading, node)
            if reading.base[node] or not names:
                continue
            value = coefficient * reading.value[node]
            values = raiser.seen[r][0]
            squares = sum(float(np.sum(values[n] ** 2)) for n in names)
            if r == 0:
                for n in names:
                    found[n] = found.get(n, 0.0) + value / squares
            rests[r] -= value
    return found, rests


def _terms(reading: Any, root: int) -> Iterator[tuple[float, int]]:
    """Take a sum apart into its terms, with what each is multiplied by."""
    tape = reading.tape
    waiting = [(1.0, root)]
    while waiting:
        c, u = waiting.pop()
        op, parents = tape.op[u], tape.parents[u]
        if op in ("add", "sum"):
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
        if u in reading.tape.leaf:
            if u not in reading.parameter:
                return set()
            names.add(reading.tape.leaf[u][0])
        waiting.extend(reading.tape.parents[u])
    return names
