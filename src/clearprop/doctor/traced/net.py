"""Links that branch and meet: a forward pass as a graph, with the interface of a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Chain, Changes, Env, Layout, Part, Ref

__all__ = ["Net", "SUM", "has_own_steps", "stage"]


@dataclass
class Net(Chain):
    """
    A forward pass whose links need not stand one behind another.

    A link of several inputs finds them in ``e.xs``; its rules "x", "x1", "x2" … are what goes on
    to each of them.

    Attributes
    ----------
    sources : tuple of tuple of int
        For each link, where its inputs come from: an earlier link, or −1 − k for the entry k.
    entries : tuple of Ref
        What comes in from outside; the first is `x`.
    """

    sources: tuple[tuple[int, ...], ...] = ()
    entries: tuple[Any, ...] = ()
    _known: dict[Any, list[Any]] = field(default_factory=dict, repr=False)

    def run(self, values: Mapping[str, np.ndarray]) -> list[Env]:
        """Go forward; give the state at each link."""
        key = tuple(np.asarray(values[n]).tobytes() for n in sorted(values))
        known = self._known.get(key)
        given = [entry.read(values) for entry in self.entries]
        envs: list[Env] = []
        outs: list[Any] = []
        for k, (part, source) in enumerate(zip(self.parts, self.sources, strict=True)):
            xs = [given[-1 - s] if s < 0 else outs[s] for s in source]
            x = xs[0]
            e = SimpleNamespace(
                x=x, xs=xs, N=len(x) if np.ndim(x) > 1 else 1, d={}, envs=envs, values=values,
                about=part.link.about, index=k,
            )  # fmt: skip
            for role, ref in part.roles.items():
                setattr(e, role, ref.read(values))
            e.y = known[k] if known and part.link.about.get("region") else part.link.forward(e)
            outs.append(e.y)
            envs.append(e)
        if known is None and len(self._known) < 16:
            self._known[key] = outs
        return envs

    def gradients(
        self,
        values: Mapping[str, np.ndarray],
        upstream: np.ndarray | None,
        changes: Changes | None = None,
        after: Mapping[str, np.ndarray] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Walk back, with mistakes put in; see `Chain.gradients`."""
        changes = changes or {}
        collect = changes.get((-1, "collect"))
        envs = self.run(values)
        g: Any = np.ones(()) if upstream is None else self._coming_in(upstream, envs[-1].y)
        come: dict[int, list[tuple[str, Any]]] = {len(self.parts) - 1: [("seed", g)]}
        written: dict[str, list[tuple[str, Any]]] = {}
        for k in range(len(self.parts) - 1, -1, -1):
            part, e = self.parts[k], envs[k]
            arrived = come.pop(k, [])
            g = _whole(arrived, _own(collect, -1)) if arrived else np.zeros(np.shape(e.y))
            self._through(changes, k, e, g, after, given)
            _note(written, part, e)
            for i, source in enumerate(self.sources[k]):
                back = e.d.get("x" if i == 0 else f"x{i}")
                if back is not None:
                    come.setdefault(source, []).append((part.link.name, back))
        order = list(values)
        for k, entry in enumerate(self.entries):
            if -1 - k in come:
                own: dict[str, Any] = {}
                place = order.index(entry.names[0]) if entry.names else -1
                entry.write(own, _whole(come[-1 - k], _own(collect, place)))
                for name, one in own.items():
                    written.setdefault(name, []).append(("input", one))
        found = {n: _whole(parts, _own(collect, order.index(n))) for n, parts in written.items()}
        self._add_penalties(changes, values, envs, found)
        return found


def _note(written: dict[str, list[tuple[str, Any]]], part: Part, e: Env) -> None:
    """Write down what belongs to variables in one link; several roles may share a variable."""
    own: dict[str, Any] = {}
    for role, ref in part.roles.items():
        if role in e.d:
            alone: dict[str, Any] = {}
            ref.write(alone, e.d[role])
            for name, one in alone.items():
                own[name] = one if name not in own else own[name] + one
    for name, one in own.items():
        written.setdefault(name, []).append((part.link.name, one))


def _own(collect: Any, place: int) -> Any:
    """Give a way of collecting to the variable that it is meant for."""
    return collect if getattr(collect, "at", place) == place else None


def _whole(parts: Sequence[tuple[str, Any]], collect: Any) -> Any:
    if len(parts) == 1:
        return parts[0][1]
    if collect is not None:
        return collect(parts)
    return sum(part for _, part in parts)


def stage(
    parts: Sequence[Part], sources: Sequence[tuple[int, ...]], entries: Sequence[Any],
    output: Layout, penalty: Mapping[str, Any],
) -> Chain:  # fmt: skip
    """Give a net of the links that lead to the last one; a plain chain where nothing branches."""
    kept, order = [], {}
    waiting = [len(parts) - 1]
    while waiting:
        k = waiting.pop()
        if k >= 0 and k not in kept:
            kept.append(k)
            waiting.extend(sources[k])
    kept.sort()
    order = {k: i for i, k in enumerate(kept)}
    parts = [parts[k] for k in kept]
    sources = [tuple(order[s] if s >= 0 else s for s in sources[k]) for k in kept]
    straight = len(entries) == 1 and all(s == (k - 1,) for k, s in enumerate(sources))
    straight = straight and not any(p.link.kind in ("step", "join", "total") for p in parts)
    names = [n for p in parts for r, ref in p.roles.items() if r != "t" for n in ref.names]
    one_place = all(isinstance(r, Ref) for p in parts for r in p.roles.values())
    if straight and (one_place and len(set(names)) == len(names)):
        return Chain(tuple(parts), entries[0], output, dict(penalty))
    return Net(
        tuple(parts), entries[0], output, dict(penalty), tuple(sources), tuple(entries)
    )  # fmt: skip


def _sum_rules(count: int) -> dict[str, Any]:
    return {"x" if i == 0 else f"x{i}": lambda e: e.g for i in range(count)}


def SUM(count: int) -> Any:  # noqa: N802 - a link, as others are
    """Give the link that adds several losses up."""
    from clearprop.doctor.derivations.chain import Link

    return Link(
        "total", "sum", lambda e: np.asarray(sum(float(x) for x in e.xs)), _sum_rules(count)
    )


def has_own_steps(chain: Chain) -> bool:
    """Tell chains with steps that have no name, or of which only the numbers are known."""
    links = [part.link for part in chain.parts]
    if any(link.kind == "step" for link in links):
        return True
    rolled = any(link.kind == "unrolled" for link in links)
    return not rolled and any(link.about.get("windows") for link in links)
