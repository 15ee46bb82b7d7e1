"""Numbers inside anything: where they are, and the slope of a function along each of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["at", "attributes", "flat", "numbers", "one_sided", "put", "same", "seeded", "slopes"]

Path = tuple[Any, ...]


def parts(box: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a container holds, by key, index or attribute."""
    if isinstance(box, dict):
        yield from box.items()
    elif isinstance(box, (list, tuple)):
        yield from enumerate(box)
    elif isinstance(box, np.ndarray):
        yield from ((i, box[i]) for i in np.ndindex(box.shape))
    elif attributes(box) and not callable(box) and not isinstance(box, type):
        yield from attributes(box).items()


def attributes(thing: Any) -> dict[str, Any]:
    """Give what an object holds by name, in its slots as well."""
    slots = [vars(kind).get("__slots__", ()) for kind in type(thing).__mro__]
    names = [n for part in slots for n in ((part,) if isinstance(part, str) else part)]
    own = {n: getattr(thing, n) for n in names if n != "__dict__" and hasattr(thing, n)}
    return own | getattr(thing, "__dict__", {})


def numbers(box: Any, before: Path = (), seen: frozenset[int] = frozenset()) -> Iterator[Path]:
    """Yield the path of every float in a container, however deep."""
    if isinstance(box, (float, np.floating)):
        yield before
    elif isinstance(box, np.ndarray) and box.dtype.kind != "f" and box.dtype != object:
        return
    elif id(box) not in seen:
        for key, value in parts(box):
            yield from numbers(value, (*before, key), seen | {id(box)})


def at(box: Any, path: Path) -> Any:
    """Read what is at the path."""
    for key in path:
        held = isinstance(box, (dict, list, tuple, np.ndarray))
        box = box[key] if held else attributes(box)[key]
    return box


def put(box: Any, path: Path, value: Any) -> None:
    """Write at the path."""
    box = at(box, path[:-1])
    if isinstance(box, (dict, list, np.ndarray)):
        box[path[-1]] = value
    else:
        setattr(box, path[-1], value)


def seeded(f: Callable[..., Any], *args: Any) -> Any:
    """Call with the same luck as every other time."""
    np.random.seed(5)  # noqa: NPY002 - the programs draw from it
    random.seed(5)
    return f(*args)


def slopes(f: Callable[[Any], float], box: Any, paths: list[Path], h: float = 1e-5) -> list[float]:
    """Measure how f(box) changes with each number, by central differences on copies."""
    found = []
    for path in paths:
        ends = []
        for step in (h, -h):
            other = copy.deepcopy(box)
            put(other, path, at(other, path) + step)
            ends.append(float(seeded(f, other)))
        found.append((ends[0] - ends[1]) / (2 * h))
    return found


def one_sided(f: Callable[[Any], float], box: Any, paths: list[Path], h: float) -> list[float]:
    """Measure the slope on one side of each number only."""
    here = float(seeded(f, copy.deepcopy(box)))
    found = []
    for path in paths:
        other = copy.deepcopy(box)
        put(other, path, at(other, path) + h)
        found.append((float(seeded(f, other)) - here) / h)
    return found


def flat(value: Any) -> np.ndarray:
    """All numbers of a value in order, as one row."""
    if isinstance(value, (dict, list, tuple)):
        inner = value.values() if isinstance(value, dict) else value
        rows = [flat(part) for part in inner]
        return np.concatenate(rows) if rows else np.zeros(0)
    if value is None:
        return np.zeros(0)
    return np.asarray(getattr(value, "data", value) if is_value(value) else value, float).ravel()


def is_value(value: Any) -> bool:
    """Whether this is a scalar that remembers how it was made."""
    return hasattr(value, "backward") and hasattr(value, "data")


def same(claimed: Any, true: Any) -> bool:
    """Whether two gradients agree, shape and all."""
    both = isinstance(claimed, np.ndarray) and isinstance(true, np.ndarray)
    if both and claimed.shape != true.shape:
        return False
    c, r = flat(claimed), flat(true)
    if c.shape != r.shape or not np.all(np.isfinite(c)):
        return False
    size = max(1e-3, float(np.max(np.abs(r), initial=0.0)))
    return bool(np.max(np.abs(c - r), initial=0.0) < 1e-5 * size + 1e-8)
