"""Gradients put to the names of what they belong to: returned ones and those left in attributes."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.subject import Gradients, gradient_like
from clearprop.doctor.submitted.variables import Place, is_numbers, partner

__all__ = ["collect", "unrolled"]

Shapes = Mapping[str, tuple[int, ...]]


def collect(
    returned: Any,
    inputs: Sequence[str],
    parameters: Sequence[str],
    shapes: Shapes,
    held: Sequence[Place] = (),
    named: Mapping[str, str] | None = None,
) -> Gradients:
    """
    Put gradients to names.

    Parameters
    ----------
    returned : object
        What backward gave: an array, a tuple, a dict, nothing.
    inputs, parameters : sequence of str
        What there are gradients of.
    shapes : mapping of str to tuple
        The shapes of these.
    held : sequence of Place
        Numbers that the program holds after backward.
    named : mapping of str to str
        Names of gradients by names of parameters, where the user said so.

    Returns
    -------
    dict
        By name; what was not found is not in it.
    """
    found: Gradients = {}
    by_name = {place.name: place for place in held if place.name not in shapes}
    for name in parameters:
        title = (named or {}).get(name) or partner(name, list(by_name))
        if title is not None and title in by_name:
            found[name] = gradient_like(by_name[title].read())
    if isinstance(returned, Mapping):
        found.update(_of_mapping(returned, inputs, parameters))
    elif isinstance(returned, tuple | list) and not is_numbers(returned):
        missing = [name for name in parameters if name not in found]
        found.update(_of_sequence(list(returned), inputs, parameters, missing, shapes))
    elif returned is not None and is_numbers(returned):
        several = isinstance(returned, tuple | list) and len(inputs) > 1 == np.ndim(returned)
        if several and len(returned) in (len(inputs), len(inputs) + len(parameters)):
            return found | _zipped([*inputs, *parameters], list(returned))
        found.update(_of_array(returned, inputs, parameters, shapes, found))
    return found


def unrolled(returned: Any) -> Any:
    """Give what a generator gives, named tuples as mappings, and pairs of name and array as one."""
    if isinstance(returned, types.GeneratorType):
        returned = list(returned)
    if isinstance(returned, tuple) and hasattr(returned, "_asdict"):
        return returned._asdict()
    if isinstance(returned, list | tuple) and returned:
        if all(isinstance(r, tuple | list) and len(r) == 2 and isinstance(r[0], str)
               for r in returned):  # fmt: skip
            return {r[0]: r[1] for r in returned}
        if any(hasattr(r, "_asdict") for r in returned):
            return type(returned)(unrolled(r) for r in returned)
    return returned


def _leaves(value: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """List what nested mappings hold, by the keys that lead there."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, (*before, str(key)))
    elif isinstance(value, list | tuple) and not is_numbers(value) and before:
        for i, each in enumerate(value):
            yield from _leaves(each, (*before, str(i)))
    else:
        yield before, value


def _keys(name: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[.\[\]'\"]+", name) if part)


def _of_nested(returned: Mapping[Any, Any], names: Sequence[str]) -> Gradients:
    """Put nested mappings to names that end in the same keys."""
    leaves = dict(_leaves(returned))
    found: Gradients = {}
    for name in names:
        own = _keys(name)
        for path, value in leaves.items():
            outer, last = path[:-1], path[-1]
            same_outer = own[-len(path) : -1] == outer if outer else True
            if same_outer and (own[-1] == last or partner(own[-1], [last]) == last):
                found[name] = gradient_like(value)
                break
    return found


def _zipped(names: Sequence[str], values: Sequence[Any]) -> Gradients:
    return {name: gradient_like(v) for name, v in zip(names, values, strict=False)}


def _of_array(
    returned: Any,
    inputs: Sequence[str],
    parameters: Sequence[str],
    shapes: Shapes,
    found: Gradients,
) -> Gradients:
    """Take a single array for the gradient of the one thing that it can belong to."""
    missing = [name for name in parameters if name not in found]
    size = sum(int(np.prod(shapes[n])) for n in missing)
    own = len(inputs) == 1 and np.shape(returned) == shapes[inputs[0]]
    if len(missing) > 1 and not own and np.shape(returned) == (size,):
        ends = np.cumsum([int(np.prod(shapes[n])) for n in missing])[:-1]
        parts = np.split(np.asarray(returned, dtype=np.float64), ends)  # all in one row
        return {n: p.reshape(shapes[n]) for n, p in zip(missing, parts, strict=True)}
    if len(inputs) == 1:
        fits = [n for n in missing if shapes[n] == np.shape(returned)]
        one = not own and len(fits) == 1  # it has a parameter's shape, and not the input's
        return {fits[0] if one else inputs[0]: gradient_like(returned)}
    free = [name for name in (*inputs, *parameters) if name not in found]
    if not inputs and len(parameters) == 1:
        return {parameters[0]: gradient_like(returned)}
    fits = [name for name in free if shapes[name] == np.shape(returned)]
    return {fits[0]: gradient_like(returned)} if len(fits) == 1 else {}


def _of_mapping(
    returned: Mapping[Any, Any], inputs: Sequence[str], parameters: Sequence[str]
) -> Gradients:
    found: Gradients = {}
    if any(isinstance(v, Mapping) for v in returned.values()):
        return _of_nested(returned, [*parameters, *inputs])
    keys = {str(key): key for key in returned}
    for name in (*parameters, *inputs):
        last = name.replace("]", "").replace("'", "").replace("[", ".").rpartition(".")[2]
        for title in (name, last, partner(name, list(keys)), partner(last, list(keys))):
            if title is not None and title in keys:
                value = returned[keys[title]]
                found[name] = gradient_like(value)
                break
    groups = [value for value in returned.values() if isinstance(value, list | tuple)]
    if not found and groups:
        return {}
    return found


def _of_sequence(
    returned: list[Any],
    inputs: Sequence[str],
    parameters: Sequence[str],
    missing: Sequence[str],
    shapes: Shapes,
) -> Gradients:
    """Put the parts of a tuple to names: by their order where the shapes agree, else by shape."""
    if any(isinstance(r, Mapping) for r in returned):
        found: Gradients = {}
        for r in returned:
            if isinstance(r, Mapping):
                found.update(_of_mapping(r, inputs, parameters))
            elif is_numbers(r) and np.ndim(r) and len(inputs) == 1:
                found[inputs[0]] = gradient_like(r)
        rest = [n for n in parameters if n not in found]
        lists = [r for r in returned if isinstance(r, list | tuple) and not is_numbers(r)]
        return found | (_of_groups(lists, rest, shapes) if rest and lists else {})
    if all(isinstance(r, list | tuple) and not is_numbers(r) for r in returned) or any(
        isinstance(r, list | tuple) and any(isinstance(v, np.ndarray) for v in r) for r in returned
    ):
        found = _of_groups(returned, [*inputs, *parameters], shapes)
        if found or all(isinstance(r, list | tuple) for r in returned):
            return found
        groups = [r if isinstance(r, list | tuple) and not is_numbers(r) else [r] for r in returned]
        returned = [r for group in groups for r in group]  # (dx, [dW, db])
    orders = [[*inputs, *parameters], list(parameters), [*parameters, *inputs], list(inputs)]
    orders += [[*inputs, *missing], [*missing, *inputs]]
    backwards = list(reversed(parameters))  # as layers are met on the way back
    twos = [n for k in range(len(parameters) - 2, -1, -2) for n in parameters[k : k + 2]]
    orders += [sorted(parameters), backwards, [*inputs, *backwards], [*backwards, *inputs], twos]
    orders = [order for order in orders if len(order) == len(returned)]
    values = [gradient_like(r) for r in returned]
    best = max(orders, key=lambda order: _agreement(order, values, shapes), default=None)
    if best is not None:
        return dict(zip(best, values, strict=True))
    if values and np.ndim(values[0] if values[0] is not None else 0) == 0 and len(values) > 1:
        return _of_sequence(returned[1:], inputs, parameters, missing, shapes)  # the loss first
    return _by_shape(values, [*inputs, *parameters], shapes)


def _agreement(order: Sequence[str], values: Sequence[Any], shapes: Shapes) -> int:
    return sum(
        v is not None and np.shape(v) == shapes[n] for n, v in zip(order, values, strict=False)
    )


def _by_shape(values: Sequence[Any], names: Sequence[str], shapes: Shapes) -> Gradients:
    found: Gradients = {}
    for name in names:
        hits = [v for v in values if v is not None and np.shape(v) == shapes[name]]
        if len(hits) == 1:
            found[name] = hits[0]
    return found


def _of_groups(returned: Sequence[Any], names: Sequence[str], shapes: Shapes) -> Gradients:
    """Put lists of arrays (one of weights, one of biases) to groups of parameters."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if name.endswith("]"):
            groups.setdefault(name[: name.rfind("[")], []).append(name)
    found: Gradients = {}
    free = dict(groups)
    for group in returned:
        if not isinstance(group, list | tuple):
            continue
        values = [gradient_like(v) for v in group]
        fits = [g for g, members in free.items() if len(members) == len(values)]
        best = max(fits, key=lambda g: _agreement(free[g], values, shapes), default=None)
        if best is not None:
            found.update(zip(free.pop(best), values, strict=True))
    return found
