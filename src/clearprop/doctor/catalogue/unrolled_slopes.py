"""Mistakes in the derivatives of the functions in any recurrent cell that was read on a tape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Mistake, again
from clearprop.doctor.catalogue.unrolled import Slip, entries
from clearprop.doctor.derivations.activations import ACTIVATIONS
from clearprop.doctor.derivations.chain import Env
from clearprop.doctor.traced.cell import Cell

__all__ = ["MISTAKES"]


def _function_groups(cell: Cell) -> list[tuple[int, ...]]:
    """List functions that people treat alike: one, those of a name, those of gates, all."""
    named = [k for k, i in enumerate(cell.functions) if _act(cell, k).name in ACTIVATIONS
             or "relu" in _act(cell, k).name]  # fmt: skip
    of_gates = [k for k in named if cell.nodes[_child(cell, k)].op == "gate"]
    by_name: dict[str, list[int]] = {}
    for k in named:
        by_name.setdefault(_act(cell, k).name, []).append(k)
    found = [(k,) for k in named] + [tuple(ks) for ks in by_name.values()]
    found += [tuple(k for k in ks if k in of_gates) for ks in by_name.values()]
    found += [tuple(of_gates), tuple(named)]
    return [g for g in dict.fromkeys(found) if g]


def _act(cell: Cell, k: int) -> Any:
    return cell.nodes[cell.functions[k]].value


def _child(cell: Cell, k: int) -> int:
    return cell.nodes[cell.functions[k]].children[0]


def _sloped(cell: Cell, how: Callable[[Any, Any, Any], Any]) -> Iterator[Slip]:
    """Change slopes: ``how(z, y, f)`` gives what stands in their place, or None."""

    def change(k: int) -> Callable[[Env, Any], Any]:
        def changed(e: Env, right: Any) -> Any:
            i = cell.functions[k]
            found = how(e.v[cell.nodes[i].children[0]], e.v[i], cell.nodes[i].value)
            return right if found is None else found

        return changed

    for group in _function_groups(cell):
        yield {f"slope {k}": change(k) for k in group}


def _simple(f: Any) -> bool:
    return f.name in ("relu", "linear")


def _missing(cell: Cell) -> Iterator[Slip]:
    yield from _sloped(cell, lambda z, y, f: None if _simple(f) else np.ones_like(z))
    yield {"sends": lambda e, right: "dh"}


def _always_on(cell: Cell) -> Iterator[Slip]:
    if any(_act(cell, k).name == "relu" for k in range(len(cell.functions))):
        yield from _sloped(cell, lambda z, y, f: np.ones_like(z) if f.name == "relu" else None)


def _leaking(cell: Cell) -> Iterator[Slip]:
    def how(c: float) -> Callable[[Any, Any, Any], Any]:
        return lambda z, y, f: np.where(z > 0, 1.0, c) if f.name == "relu" else None

    if any(_act(cell, k).name == "relu" for k in range(len(cell.functions))):
        for c in (0.01, 0.1, 0.2, 0.3, 0.05, 0.02, 0.25, 0.5):
            yield from _sloped(cell, how(c))


def _of_other(cell: Cell) -> Iterator[Slip]:
    def how(name: str, of_output: bool) -> Callable[[Any, Any, Any], Any]:
        other = ACTIVATIONS[name]
        formula = other.of_output if of_output else other.slope

        def changed(z: Any, y: Any, f: Any) -> Any:
            if f.name in (name, "linear") or formula is None:
                return None
            return formula(y if of_output else z)

        return changed

    for name in ("sigmoid", "tanh", "relu"):
        for of_output in (True, False):
            yield from _sloped(cell, how(name, of_output))


def _at_output(cell: Cell) -> Iterator[Slip]:
    yield from _sloped(cell, lambda z, y, f: None if _simple(f) else f.slope(y))


def _at_input(cell: Cell) -> Iterator[Slip]:
    yield from _sloped(
        cell, lambda z, y, f: None if _simple(f) or f.of_output is None else f.of_output(z)
    )


def _twice(cell: Cell) -> Iterator[Slip]:
    yield from _sloped(cell, lambda z, y, f: None if _simple(f) else f.slope(z) ** 2)


_OTHER = again("other-activation-derivative", *entries(_of_other))

MISTAKES: tuple[Mistake, ...] = (
    again("activation-derivative-missing", *entries(_missing, 16)),
    again("relu-derivative-always-on", *entries(_always_on, 8)),
    again("relu-leaks", *entries(_leaking, 32)),
    again("derivative-at-activated", *entries(_at_output, 16)),
    again("derivative-at-preactivation", *entries(_at_input, 16)),
    again("derivative-twice", *entries(_twice, 16)),
    replace(
        _OTHER,
        gives_way_to=(
            "activation-derivative-missing",
            "relu-derivative-always-on",
            "derivative-at-activated",
            "derivative-at-preactivation",
            "derivative-twice",
        ),
    ),
)
