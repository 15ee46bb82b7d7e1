"""Optimizers that were made with the parameters that they change: ``Adam(params)``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments, roles
from clearprop.doctor.submitted.variables import is_numbers, plain

__all__ = ["made_with_parameters", "own_parameters", "step_with_gradients"]

_PARAMETERS = re.compile(
    r"(?i)^_?(params?|parameters|weights|theta|variables|ws?|매개변수|가중치)$"
)


def made_with_parameters(kind: type, budget: Budget) -> Iterator[Any]:
    """
    Yield objects of a class, made with arrays where it asks for parameters, in each structure.

    Parameters
    ----------
    kind : type
    budget : Budget

    Raises
    ------
    Failed
        If it cannot be made.
    """
    needed = [n for n in arguments(kind)[0] if n != "*"]
    if not any(_PARAMETERS.match(n) for n in needed):
        yield budget.call("made", kind)
        return
    rng = np.random.default_rng(3)
    arrays = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
    for held in (list(arrays.values()), arrays):
        given = [held if _PARAMETERS.match(n) else 0.1 for n in needed]
        if any(not _PARAMETERS.match(n) and roles([n]).get(n) != "rate" for n in needed):
            call = f"{kind.__name__}({', '.join(needed)})"
            raise Failed("needs", "made", name=kind.__name__, needs=", ".join(needed), call=call)
        yield budget.call("made", kind, *given)


def own_parameters(thing: Any) -> Any:
    """Give the arrays that an optimizer was made with, in their structure; None without any."""
    for name, value in getattr(thing, "__dict__", {}).items():
        if not _PARAMETERS.match(name):
            continue
        parts = list(value.values()) if isinstance(value, Mapping) else value
        if isinstance(parts, list | tuple) and parts and all(_is_array(p) for p in parts):
            return value
    return None


def step_with_gradients(f: Any, held: Any, gradients: list[Any], budget: Budget) -> Any:
    """
    Let an optimizer step on what it holds; give the path of each array, by name.

    Parameters
    ----------
    f : callable
        Takes gradients in the structure of what is held.
    held : list or dict of array
    gradients : list of dict
        Of each step, by the names of `held`: its keys, or its indices as text.
    budget : Budget
    """
    names = [str(n) for n in (held if isinstance(held, Mapping) else range(len(held)))]
    path: dict[str, list[np.ndarray]] = {n: [] for n in names}
    for g in gradients:
        own: Any = [g[n].copy() for n in names]
        if isinstance(held, Mapping):
            own = dict(zip(held, own, strict=True))
        budget.call("update", f, own)
        parts = held.values() if isinstance(held, Mapping) else held
        for n, part in zip(names, parts, strict=True):
            path[n].append(plain(part))
    return path


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and is_numbers(value)
