"""Gradients that stand under names that say nothing: found by what changed, by shape, by slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.variables import Place, is_numbers, plain

__all__ = ["apart", "copies", "order_of", "paired"]

_ENTRIES = 5


def copies(held: Sequence[Place]) -> dict[str, np.ndarray]:
    """Note what stands in some places."""
    return {place.name: plain(place.read()) for place in held}


def apart(found: Mapping[str, Place]) -> dict[str, Place]:
    """
    Leave out arrays that are the memory of others: the row of all weights beside its parts.

    Parameters
    ----------
    found : mapping of str to Place
        Parameters by name.
    """
    arrays = {n: p.read() for n, p in found.items() if isinstance(p.read(), np.ndarray)}
    out = dict(found)
    for name, whole in arrays.items():
        parts = [
            n for n, a in arrays.items()
            if n != name and a.size < whole.size and n in out and np.shares_memory(a, whole)
        ]  # fmt: skip
        if not parts:
            continue
        covered = sum(arrays[n].size for n in parts) >= whole.size
        for n in [name] if covered else parts:
            out.pop(n, None)
    return out


def paired(
    parameters: Mapping[str, Place],
    before: Mapping[str, np.ndarray],
    after: Sequence[Place],
    returned: Any,
    slope: Callable[[str, np.ndarray], np.ndarray],
) -> dict[str, str]:
    """
    Find gradients by what a way back has changed.

    Parameters
    ----------
    parameters : mapping of str to Place
        Those whose gradients are looked for.
    before : mapping of str to array
        What the program held before it came back.
    after : sequence of Place
        What it holds now.
    returned : object
        What its way back gave, which belongs to the inputs.
    slope : callable
        Measures the output's slopes along some entries of a parameter.

    Returns
    -------
    dict of str to str
        Names of places by names of parameters. Empty unless one gradient at least is, up to a
        factor, what was measured: other arrays may have the shape of a parameter by chance.
    """
    fresh = {
        p.name: plain(p.read()) for p in after
        if p.name not in parameters and _is_new(p, before) and not _is(p.read(), returned)
    }  # fmt: skip
    found: dict[str, str] = {}
    for name, place in parameters.items():
        value = plain(place.read())
        fits = [n for n, g in fresh.items() if n not in found.values() and g.shape == value.shape]
        if not fits:
            continue
        entries = np.unique(np.linspace(0, value.size - 1, min(_ENTRIES, value.size)).astype(int))
        try:
            due = slope(name, entries)
        except Failed:
            continue
        hit = next((n for n in fits if _along(fresh[n].reshape(-1)[entries], due)), None)
        if hit is not None:
            found[name] = hit
    if not found:
        return {}
    missing = [n for n in parameters if n not in found]
    for name in missing:
        shape = np.shape(parameters[name].read())
        rest = [n for n in fresh if n not in found.values()]
        fits = [n for n in rest if fresh[n].shape == shape]
        if len(fits) != 1 and len(missing) == 1 and len(rest) == 1:
            fits = rest
        if len(fits) == 1:
            found[name] = fits[0]
    return found


def order_of(
    returned: Sequence[Any],
    names: tuple[str, ...],
    shapes: Mapping[str, tuple[int, ...]],
    slope: Callable[[str, np.ndarray], np.ndarray],
) -> tuple[str, ...] | None:
    """
    Find the order in which gradients stand in a list, where several fit their shapes.

    Returns
    -------
    tuple of str or None
        None where the usual order is as good as any.
    """
    twos = tuple(n for k in range(len(names) - 2, -1, -2) for n in names[k : k + 2])
    orders = [names, names[::-1], *([twos] if len(twos) == len(names) else [])]
    orders = [
        o for o in dict.fromkeys(orders)
        if all(np.shape(r) == shapes[n] for r, n in zip(returned, o, strict=True))
    ]  # fmt: skip
    if len(orders) < 2:
        return None
    due, places = {}, {}
    for name in names:
        size = int(np.prod(shapes[name]))
        places[name] = np.unique(np.linspace(0, size - 1, min(_ENTRIES, size)).astype(int))
        due[name] = slope(name, places[name])

    def nearness(order: tuple[str, ...]) -> float:
        return sum(
            _nearness(np.ravel(plain(r))[places[n]], due[n])
            for r, n in zip(returned, order, strict=True)
        )

    best = max(orders, key=nearness)
    return best if nearness(best) > nearness(orders[0]) + 0.5 else None


def _nearness(given: np.ndarray, due: np.ndarray) -> float:
    """Give the square of the cosine between two gradients: 1 where one is a multiple."""
    size = float(given @ given) * float(due @ due)
    return float(given @ due) ** 2 / size if size > 1e-24 else 0.0


def _is_new(place: Place, before: Mapping[str, np.ndarray]) -> bool:
    value = place.read()
    if not is_numbers(value):
        return False
    old = before.get(place.name)
    return old is None or old.shape != np.shape(value) or not np.array_equal(old, plain(value))


def _is(value: Any, returned: Any) -> bool:
    parts = returned if isinstance(returned, tuple | list) else (returned,)
    return any(value is part for part in parts)


def _along(given: np.ndarray, due: np.ndarray) -> bool:
    """Tell whether numbers are others times a factor."""
    size = float(given @ given) * float(due @ due)
    if size < 1e-24:
        return False
    if len(due) == 1:
        return bool(abs(abs(given[0] / due[0]) - 1) < 1e-4)
    return bool(float(given @ due) ** 2 > (1 - 1e-8) * size)
