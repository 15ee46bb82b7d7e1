"""A part of a forward pass that no known link is: its own arithmetic, with the right derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.slips import slips_of
from clearprop.doctor.traced.slopes import slopes_along
from clearprop.doctor.traced.tape import Tape

__all__ = ["Elsewhere", "Region", "region_link"]

_MOST = 40_000_000  # numbers in the Jacobian on the way


class Elsewhere(Failed, ValueError):  # noqa: N818 - it is an answer, not a fault
    """A step is only known at the shapes at which it was seen."""

    def __init__(self) -> None:
        super().__init__("raised", "forward")


class Region:
    """
    The nodes between some numbers and others that are made of them.

    Parameters
    ----------
    tape : Tape
    inputs : array of int
        The nodes it starts from; −1 for numbers that nobody uses.
    outputs : array of int
    """

    def __init__(self, tape: Tape, inputs: np.ndarray, outputs: np.ndarray) -> None:
        self.tape, self.inputs, self.outputs = tape, inputs, outputs
        self.start = {int(u): k for k, u in enumerate(inputs.ravel()) if u >= 0}
        seen = set(self.start)
        waiting = [int(u) for u in outputs.ravel()]
        inner = []
        while waiting:
            u = waiting.pop()
            if u not in seen:
                seen.add(u)
                inner.append(u)
                waiting.extend(tape.parents[u])
        self.inner = sorted(inner)
        if len(self.inner) * max(len(self.start), 1) > _MOST:
            raise ValueError("a region that is too large")

    @property
    def free(self) -> set[int]:
        """Give the leaves that it depends on besides its inputs."""
        return {u for u in self.inner if u in self.tape.leaf}

    def at(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give outputs and Jacobian at other values of the inputs."""
        tape, count = self.tape, self.inputs.size
        value: dict[int, float] = {u: float(values[k]) for u, k in self.start.items()}
        slope: dict[int, Any] = {}
        for u, k in self.start.items():
            row = np.zeros(count)
            row[k] = 1.0
            slope[u] = row
        with np.errstate(all="ignore"):
            for u in self.inner:
                parents = tape.parents[u]
                if not parents:
                    value[u] = tape.value[u]
                    continue
                y, partials = ARITHMETIC[tape.op[u]]([np.float64(value[p]) for p in parents])
                value[u] = float(y)
                total: Any = None
                for p, d in zip(parents, partials, strict=True):
                    if p in slope and d:
                        part = d * slope[p]
                        total = part if total is None else total + part
                if total is not None:
                    slope[u] = total
        flat = [int(u) for u in self.outputs.ravel()]
        rows = [slope.get(u, np.zeros(count)) for u in flat]
        return np.array([value[u] for u in flat]), np.array(rows).reshape(len(flat), count)


def region_link(
    regions: Sequence[Region], shapes: Sequence[Sequence[tuple[int, ...]]],
    out: Sequence[tuple[int, ...]], roles: Sequence[str], name: str = "the program's own step",
) -> Link:  # fmt: skip
    """
    Give a region as a link.

    Parameters
    ----------
    regions : sequence of Region
        The same part of several runs.
    shapes : sequence of sequence of tuple
        For each run: the shapes of its inputs, those of its roles behind them.
    out : sequence of tuple
        For each run: the shape of what it gives.
    roles : sequence of str
        The roles, as they follow the inputs.
    """
    known: dict[Any, tuple[Any, ...]] = {}

    def solved(e: Env) -> tuple[Any, ...]:
        arrays = [*e.xs, *(getattr(e, r) for r in roles)]
        given = [tuple(np.shape(a)) for a in arrays]
        flat = np.concatenate([np.ravel(a) for a in arrays])
        key = flat.tobytes()
        if key not in known:
            found = _fitting(regions, shapes, given, flat)
            y, jacobian = regions[found].at(flat)
            known[key] = (y.reshape(out[found]), jacobian, given)
        return known[key]

    def forward(e: Env) -> Any:
        return solved(e)[0]

    slips: dict[int, Any] = {}

    def slipped(e: Env) -> Any:
        """Walk back through the run in which the same went in, with one operation mistaken."""
        name, k = e.d["way"]
        arrays = [*e.xs, *(getattr(e, r) for r in roles)]
        flat = np.concatenate([np.ravel(a) for a in arrays])
        run = _fitting(regions, shapes, [tuple(np.shape(a)) for a in arrays], flat)
        own = regions[run]
        if run not in slips:
            slips[run] = slips_of(
                own.tape, [(1.0, int(u)) for u in own.outputs.ravel()], own.inputs
            )
        some = slips[run].get(name, ())
        terms = zip(np.ravel(e.g).tolist(), map(int, own.outputs.ravel()), strict=True)
        return slopes_along(own.tape, terms, own.inputs.ravel(), some[k] if k < len(some) else None)

    def back(i: int) -> Callable[[Env], Any]:
        def rule(e: Env) -> Any:
            _, jacobian, given = solved(e)
            if np.size(e.g) != len(jacobian):
                raise ValueError("a gradient of another size")
            sizes = [int(np.prod(s)) for s in given]
            start = sum(sizes[:i])
            if e.d.get("way"):
                return slipped(e)[start : start + sizes[i]].reshape(given[i])
            own = np.ravel(e.g) @ jacobian[:, start : start + sizes[i]]
            return own.reshape(given[i])

        return rule

    count = len(shapes[0]) - len(roles)
    rules: dict[str, Any] = {"way": lambda e: ()}  # of which operation to make a slip
    rules.update({r: back(count + i) for i, r in enumerate(roles)})
    rules.update({"x" if i == 0 else f"x{i}": back(i) for i in range(count)})
    return Link("step", name, forward, rules, {"region": True})


def _fitting(
    regions: Sequence[Region], shapes: Sequence[Any], given: Sequence[Any], flat: np.ndarray
) -> int:
    """Choose the run in which the same went in, or at least numbers of the same shapes."""
    alike = [k for k, s in enumerate(shapes) if list(s) == list(given)]
    if not alike:
        raise Elsewhere

    def off(k: int) -> float:
        ids = regions[k].inputs.ravel()
        there = np.array([regions[k].tape.value[int(u)] if u >= 0 else np.nan for u in ids])
        return float(np.nansum(np.abs(there - flat)))

    return min(alike, key=off)
