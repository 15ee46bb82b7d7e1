"""
Known losses found by their slopes: whatever is added to them, whatever they are multiplied by.

The slopes of a loss along the outputs of the last layer are its error times a factor. A constant
added (the entropy of given shares), a factor of the program's own (a temperature squared), weights
of samples or classes: all leave the error what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import (
    ACTIVATIONS,
    SOFTMAX,
    activation_link,
    softmax,
)
from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.derivations.dense import HIDDEN
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SCALES
from clearprop.doctor.traced.parts import Front
from clearprop.doctor.traced.refs import Fixed
from clearprop.doctor.traced.region import Elsewhere
from clearprop.doctor.traced.slopes import slopes_along
from clearprop.doctor.traced.targets import targets_of
from clearprop.doctor.traced.terms import Term, factors_above

__all__ = ["before", "fronts_ahead", "gives", "sloped"]

_SUMS = [
    link
    for link in (*LOSSES, *LOSSES_OF_SHARES)
    if link.about["scale"] == "sum" and " over " not in link.about["loss"]
]
_OF_ROWS = [link for link in _SUMS if link.about["loss"] == "softmax-ce"]  # bare data has no axes
_NAMES = ("sum", "mean over samples", "mean", "mean over outputs")
_RTOL = 1e-6
Found = tuple[int, list[Part]]


def gives(link: Link, x: np.ndarray, t: Any, seen: Any, rest: float) -> bool:
    """Tell whether a loss gives what is to be given."""
    y = _value(link, x, t, seen)
    return y is not None and abs(y - rest) <= 2e-5 * abs(rest) + 1e-12


def _value(link: Link, x: np.ndarray, t: Any, seen: Any) -> float | None:
    e = SimpleNamespace(x=x, N=len(x), d={}, about=link.about)
    try:
        if t is not None:
            e.t = t.read(seen[0])
        with np.errstate(all="ignore"):
            return float(np.asarray(link.forward(e)))
    except (ValueError, IndexError, TypeError):
        return None


def fronts_ahead(z: Sequence[np.ndarray]) -> Iterator[tuple[list[Part], list[np.ndarray]]]:
    """Give the last layer's outputs, and activations of them."""
    yield [], list(z)
    with np.errstate(all="ignore"):
        for name in HIDDEN:
            if name != "linear":
                act = ACTIVATIONS[name]
                yield [Part(activation_link(act))], [act.f(v) for v in z]
        yield [Part(SOFTMAX)], [SOFTMAX.forward(SimpleNamespace(x=v)) for v in z]


def sloped(raiser: Any, term: Term) -> Iterator[Found]:
    """
    Find the losses whose slopes a term has.

    Parameters
    ----------
    raiser : Raiser
    term : Term
    """
    for k, front in enumerate([*term.fronts, *before(raiser, term), *_scaled(raiser, term)]):
        z = raiser.values(front.ids)
        given = [
            slopes_along(reading.tape, nodes, ids)
            for reading, nodes, ids in zip(raiser.readings, term.nodes, front.ids, strict=True)
        ]
        targets = [*targets_of(raiser, term.fronts[0]), *_targets_of_slopes(raiser, z, given)]
        for ahead, _ in fronts_ahead(z) if not k else [([], z)]:
            for t in targets:
                for link in _SUMS if front.index >= 0 else _OF_ROWS:
                    found = _agreeing(raiser, term, [*(p.link for p in ahead), link], z, t, given)
                    if found is not None:
                        yield front.index, [*ahead, Part(found, {"t": t})]


def before(raiser: Any, term: Term) -> list[Front]:
    """Find what single numbers of the last layer become before they meet: z over a temperature."""
    front = term.fronts[-1]
    if len(term.fronts) > 1 or front.index < 0:
        return []
    count = len(raiser.parts)
    index, ids = raiser._towards(front, [reading.output.ravel() for reading in raiser.readings])
    if index != front.index and all((there >= 0).all() for there in ids):
        return [Front(list(ids), index)]
    raiser.undo(count)
    return []


def _scaled(raiser: Any, term: Term) -> list[Front]:
    """Find the last layer's outputs over a temperature, where they go on as they are."""
    front = term.fronts[0]
    found = []
    for reading, ids in zip(raiser.readings, front.ids, strict=True):
        tape, there = reading.tape, np.full(ids.shape, -1)
        where = {int(u): place for place, u in np.ndenumerate(ids)}
        for u in reading.reached:
            if tape.op[u] in ("mul", "div") and tape.op[tape.parents[u][1]] == "constant":
                place = where.get(tape.parents[u][0])
                if place is not None:
                    there[place] = max(u, int(there[place]))
        if (there < 0).any():
            return []
        found.append(there)
    links = raiser._links(front.ids, found)
    if not links or [link.kind for link in links] != ["scale"]:
        return []
    return [Front(found, raiser.add(Part(links[0]), (front.index,), found, base=False))]


def _back(links: Sequence[Link], z: np.ndarray, t: Any, seen: Any) -> Any:
    """Give the slopes that some links have, the last a loss."""
    envs: list[Any] = []
    x, g = z, np.ones(())
    try:
        for link in links:
            e = SimpleNamespace(x=x, N=len(x), d={}, about=link.about, envs=envs, t=t.read(seen[0]))
            e.y = x = link.forward(e)
            envs.append(e)
        for link, e in zip(reversed(links), reversed(envs), strict=True):
            e.g = g
            for place, rule in link.rules.items():
                e.d[place] = rule(e)
            g = e.d["x"]
    except (ValueError, IndexError, TypeError, KeyError):
        return None
    return g


def _agreeing(
    raiser: Any, term: Term, links: Sequence[Link], z: Sequence[np.ndarray], t: Any,
    given: Sequence[np.ndarray],
) -> Link | None:  # fmt: skip
    """Give the last link with factors of the program's own, if the slopes are its."""
    weights = []
    for v, (g, seen) in zip(z, zip(given, raiser.seen, strict=True), strict=True):
        with np.errstate(all="ignore"):
            own = _back(links, v, t, seen)
        if own is None or np.shape(own) != g.shape or not np.isfinite(own).all():
            return None
        weight = _weights(g, own)
        if weight is None:
            return None
        weights.append(weight)
    link = links[-1]
    if all(w.size == 1 for w in weights):
        return _named(raiser, term, link, z, t, [float(w) for w in weights])
    if len(links) > 1 or not (_of_data(raiser, weights) or _of_classes(raiser, weights, z, t)):
        return None
    return _weighted(raiser, term, link, weights)


def _weights(given: np.ndarray, own: np.ndarray) -> np.ndarray | None:
    """Give what some slopes are times others: one number, or one a row."""
    scale = float(np.max(np.abs(given), initial=0.0))
    if scale == 0 or not np.any(own):
        return None
    c = np.asarray(np.sum(given * own) / np.sum(own * own))
    if np.allclose(c * own, given, rtol=_RTOL, atol=_RTOL * scale):
        return c if c > 0 else None
    if len(given) < 2:
        return None
    down = np.sum(own * own, axis=1, keepdims=True)
    rows = np.sum(given * own, axis=1, keepdims=True) / np.where(down > 0, down, 1.0)
    same = np.allclose(rows * own, given, rtol=_RTOL, atol=_RTOL * scale)
    return np.where(np.abs(rows) < 1e-12, 0.0, rows) if same else None


def _of_data(raiser: Any, weights: Sequence[np.ndarray]) -> bool:
    """Tell weights that stand in the data, one a sample: returns, masks."""
    for name in (n for n in raiser.seen[0][0] if n not in raiser.own):
        ratios = []
        for w, (seen, _) in zip(weights, raiser.seen, strict=True):
            own = np.ravel(seen[name])
            if own.size != w.size or own.size < 2 or np.any((own == 0) != (w.ravel() == 0)):
                break
            on = own != 0
            ratios.append(w.ravel()[on] / own[on])
        if len(ratios) == len(weights) and all(np.allclose(r, r[0], rtol=1e-6) for r in ratios):
            return True
    return False


def _of_classes(
    raiser: Any, weights: Sequence[np.ndarray], z: Sequence[np.ndarray], t: Any
) -> bool:
    """Tell weights of samples that are left out or not, or that go with the class."""
    if z[0].shape[1] < 2 or any(np.any(w < 0) for w in weights):
        return False
    for w, v, seen in zip(weights, z, raiser.seen, strict=True):
        rows = w.ravel() if w.size > 1 else np.full(len(v), float(w))
        on = rows[rows > 0]
        if np.allclose(on, on[0], rtol=1e-6):
            continue
        target = np.asarray(t.read(seen[0]))
        whole = target.reshape(len(v), -1) if target.size % len(v) == 0 else None
        if whole is None:
            return False
        classes: dict[bytes, float] = {}
        for row, own in zip(whole, rows, strict=True):
            if not np.isclose(classes.setdefault(row.tobytes(), own), own, rtol=1e-6):
                return False
    return True


def _named(
    raiser: Any, term: Term, link: Link, z: Sequence[np.ndarray], t: Any, found: Sequence[float]
) -> Link | None:
    """Give a loss with the scale that it has, times a number of the program's own."""
    sizes = [SimpleNamespace(x=v, N=len(v)) for v in z]
    ways = []
    for name in _NAMES:
        ratios = [c / SCALES[name](e) for c, e in zip(found, sizes, strict=True)]
        if np.allclose(ratios, ratios[0], rtol=_RTOL):
            ways.append((name, float(round(ratios[0], 9))))
    if not ways:
        return None
    above = factors_above(raiser.readings[0])
    name, c = next((w for w in ways if w[1] == 1.0), None) or next(
        (w for w in ways if w[0] != "mean over outputs" and SCALES[w[0]](sizes[0]) in above),
        ways[0],
    )
    scale = SCALES[name]
    rest = _rest(raiser, term, lambda e: c * scale(e) * link.forward(e), z, t)
    unit = 2.0 if link.about["loss"] == "squared" else 1.0
    about = {**link.about, "scale": name}
    if name == "sum" and any(np.isclose(f, 1 / len(z[0])) for f in above):
        about |= {"scale": "mean over samples", "samples": len(z[0])}  # a number that is written in
    if unit == 2.0 and (c == 0.5 or 0.5 in above):
        about["scale"] = f"½ · {about['scale']}"
    return replace(
        link,
        name=f"{link.name.rpartition(',')[0]}, {name}" + (f" times {c:.6g}" if c != 1 else ""),
        forward=lambda e: np.asarray(c * scale(e) * link.forward(e) + rest(e)),
        rules={**link.rules, "factor": lambda e: unit * c * scale(e)},
        about=about,
    )


def _weighted(raiser: Any, term: Term, link: Link, weights: Sequence[np.ndarray]) -> Link:
    """Give a loss whose samples count more or less."""
    data = [n for n in raiser.seen[0][0] if n not in raiser.own]
    known = {_key(seen[0], data): w for seen, w in zip(raiser.seen, weights, strict=True)}
    values = {_key(seen[0], seen[0]): v for seen, v in zip(raiser.seen, term.values, strict=True)}
    unit = 2.0 if link.about["loss"] == "squared" else 1.0

    def factor(e: Any) -> np.ndarray:
        key = _key(e.values, data)
        if key not in known:
            raise Elsewhere
        return unit * known[key]

    mean = all(np.isclose(w.sum(), 1.0) for w in weights if w.size > 1)
    return replace(
        link,
        name=f"{link.name.rpartition(',')[0]}, weighted",
        forward=lambda e: np.asarray(values.get(_key(e.values, e.values), np.nan)),
        rules={**link.rules, "factor": factor},
        about={**link.about, "scale": "mean over samples" if mean else "sum"},
    )


def _key(values: Any, names: Iterable[str]) -> bytes:
    return b"|".join(np.asarray(values[n], dtype=np.float64).tobytes() for n in sorted(names))


def _rest(raiser: Any, term: Term, f: Any, z: Sequence[np.ndarray], t: Any) -> Any:
    """Give what is added to a loss: nothing, a number, or a function of the data."""
    rests = []
    for v, seen, whole in zip(z, raiser.seen, term.values, strict=True):
        with np.errstate(all="ignore"):
            e = SimpleNamespace(x=v, N=len(v), d={}, t=t.read(seen[0]))
            rests.append(whole - float(np.asarray(f(e))))
    if np.allclose(rests, 0.0, atol=1e-9):
        return lambda e: 0.0
    data = [n for n in raiser.seen[0][0] if n not in raiser.own]
    known = {_key(seen[0], data): r for seen, r in zip(raiser.seen, rests, strict=True)}
    return lambda e: known.get(_key(e.values, data), 0.0)


def _targets_of_slopes(
    raiser: Any, z: Sequence[np.ndarray], given: Sequence[np.ndarray]
) -> Iterator[Any]:
    """Say what targets must be that stand nowhere as rows: classes, or the same in all runs."""
    for f, unit in ((softmax, 1.0), (ACTIVATIONS["sigmoid"].f, 1.0), (lambda v: v, 2.0)):
        for name in SCALES:
            scales = [unit * SCALES[name](SimpleNamespace(x=v, N=len(v))) for v in z]
            found = [f(v) - g / c for v, g, c in zip(z, given, scales, strict=True)]
            if all(np.allclose(t, np.round(t), atol=1e-7) for t in found) and unit == 1.0:
                data = [n for n in raiser.seen[0][0] if n not in raiser.own]
                yield Told(tuple(data), {_key(seen[0], data): np.round(t) + 0.0
                                  for seen, t in zip(raiser.seen, found, strict=True)})  # fmt: skip
            elif len({t.shape for t in found}) == 1 and all(
                np.allclose(found[0], t, atol=1e-7) for t in found
            ):
                yield Fixed(np.round(found[0], 9))


@dataclass(frozen=True)
class Told:
    """
    A target told from the slopes, for each of the data that were seen.

    Parameters
    ----------
    names : tuple of str
        The variables that are data.
    numbers : mapping of bytes to array
    """

    names: tuple[str, ...]
    numbers: Mapping[bytes, np.ndarray]

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the target."""
        found = self.numbers.get(_key(values, self.names))
        if found is None:
            raise Elsewhere
        return found

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Nobody asks for its gradient."""
