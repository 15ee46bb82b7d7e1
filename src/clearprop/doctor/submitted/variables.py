"""The numbers that a program holds: found by walking its objects, read and written in place."""

from __future__ import annotations

import contextlib
import functools
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.frozen import frozen_in

__all__ = [
    "Place",
    "closed_over",
    "gradient_of_held",
    "is_numbers",
    "like",
    "nudged",
    "partner",
    "places",
    "plain",
]

_DEPTH = 4


def is_numbers(value: Any) -> bool:
    """Tell arrays, numbers and nested lists of numbers from all else."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iufb"
    if isinstance(value, bool | str):
        return False
    if isinstance(value, int | float | np.integer | np.floating):
        return True
    if isinstance(value, list | tuple) and value and not isinstance(value, str):
        if not all(isinstance(v, list | tuple | int | float | np.generic) for v in value):
            return False
        try:
            return bool(np.asarray(value).dtype.kind in "iuf")
        except ValueError:
            return False
    return False


def plain(value: Any) -> np.ndarray:
    """Give what a program handed out as an array of float64, a copy, row by row in memory."""
    value = getattr(value, _is_tensor(value)) if _is_tensor(value) else value
    return np.array(value, dtype=np.float64, order="C")  # so that reshape(-1) is no copy


def nudged(value: np.ndarray) -> np.ndarray:
    """Give numbers a little off, each by its own: a softmax does not feel a common shift."""
    return np.asarray(
        value * 1.01 + 0.01 * (1 + np.sin(np.arange(value.size))).reshape(value.shape)
    )


def _is_tensor(value: Any) -> str:
    """Give what a value that has a gradient calls its number; "" for what has none."""
    if isinstance(value, np.ndarray | np.generic | int | float | list | tuple):
        return ""
    if not any(hasattr(value, n) for n in ("grad", "g", "gradient")):
        return ""
    return next((n for n in ("data", "value", "val") if hasattr(value, n)), "")


def like(array: np.ndarray, pattern: Any) -> Any:
    """Give numbers in the form that something else has: a list, a number, an array of its kind."""
    if hasattr(array, "in_form_of"):
        return array.in_form_of(pattern)
    if isinstance(pattern, np.ndarray):
        kind = pattern.dtype if pattern.dtype.kind == "f" else np.float64
        return np.array(array, dtype=kind)
    if isinstance(pattern, list):
        return array.tolist()
    if isinstance(pattern, tuple):
        return tuple(array.tolist())
    return float(array) if np.ndim(array) == 0 else np.array(array, dtype=np.float64)


class Place:
    """
    Where a program keeps some numbers.

    Parameters
    ----------
    holder : object
        The object, dict or list that has them.
    key : str or int
        The attribute's name, key or index.
    kind : {"attribute", "item"}
    name : str
        As one would write it: ``W1``, ``layers[0].W``.
    """

    def __init__(self, holder: Any, key: Any, kind: str, name: str) -> None:
        self.holder, self.key, self.kind, self.name = holder, key, kind, name

    def read(self) -> Any:
        """Give what is there now."""
        return getattr(self.holder, self.key) if self.kind == "attribute" else self.holder[self.key]

    def write(self, array: np.ndarray) -> None:
        """Put numbers there; into the very array, so that whoever shares it sees them too."""
        old = self.read()
        ours = isinstance(old, np.ndarray) and old.dtype.kind == "f" and old.flags.writeable
        if ours and old.shape == np.shape(array):
            old[...] = array
            return
        if isinstance(old, list) and np.shape(old) == np.shape(array):
            _fill(old, array)
            return
        self.put(like(array, old))

    def put(self, new: Any) -> None:
        """Put something there in place of what is there."""
        if self.kind == "attribute":
            setattr(self.holder, self.key, new)
        else:
            self.holder[self.key] = new


def _fill(old: list[Any], array: np.ndarray) -> None:
    for i, row in enumerate(array):
        if isinstance(old[i], list):
            _fill(old[i], row)
        elif isinstance(old[i], np.ndarray) and old[i].dtype.kind == "f":
            old[i][...] = row
        else:
            whole = type(old[i]) is int and float(row).is_integer()  # indices stay indices
            old[i] = row.tolist() if np.ndim(row) else int(row) if whole else float(row)


def places(thing: Any, *, numbers_too: bool = True, aliases: bool = False) -> list[Place]:
    """
    List where an object keeps numbers, each once, however many names it has.

    Parameters
    ----------
    thing : object or mapping
    numbers_too : bool
        Whether single numbers count, besides arrays and lists.
    aliases : bool
        Whether an array is listed under each of its names.
    """
    found: list[Place] = []
    _walk(thing, "", 0, found, set(), numbers_too, aliases)
    return found


def _walk(
    thing: Any,
    name: str,
    depth: int,
    found: list[Place],
    seen: set[int],
    numbers_too: bool,
    aliases: bool,
) -> None:
    if depth > _DEPTH or id(thing) in seen:
        return
    seen.add(id(thing))
    for key, kind, value, title in _members(thing, name):
        if is_numbers(value):
            compound = isinstance(value, np.ndarray | list | tuple)
            if compound and id(value) in seen and not aliases:
                continue
            if compound:
                seen.add(id(value))
            if (compound and np.size(value)) or (numbers_too and not compound):
                found.append(Place(thing, key, kind, title))
        elif not isinstance(value, type | types.ModuleType | types.FunctionType | str):
            _walk(value, title, depth + 1, found, seen, numbers_too, aliases)


def _members(thing: Any, name: str) -> Iterator[tuple[Any, str, Any, str]]:
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            yield key, "item", value, f"{name}[{key!r}]" if name else str(key)
    elif isinstance(thing, Sequence) and not isinstance(thing, str | bytes):
        for i, value in enumerate(thing):
            yield i, "item", value, f"{name}[{i}]"
    elif isinstance(thing, types.MethodType):
        yield "__self__", "attribute", thing.__self__, name
    else:
        held = dict(getattr(thing, "__dict__", {}))
        for kind in type(thing).__mro__:
            slots = vars(kind).get("__slots__", ())
            for slot in [slots] if isinstance(slots, str) else slots:
                if hasattr(thing, slot):
                    held.setdefault(slot, getattr(thing, slot))
        for key, value in held.items():
            yield key, "attribute", value, f"{name}.{key}" if name else key


def closed_over(f: Any) -> list[Place]:
    """List the numbers that a function has from outside, and those of the functions it calls."""
    found: list[Place] = []
    seen: set[int] = set()
    waiting = [f]
    while waiting:
        g = waiting.pop()
        g = getattr(g, "__func__", g)
        for frozen in frozen_in(g):
            for name, value in frozen.items().items():
                if not isinstance(value, int | float):  # single numbers are settings
                    _note(found, waiting, g, value, Place(frozen, name, "item", name))
        waiting += [g.func] if isinstance(g, functools.partial) else []
        code = getattr(g, "__code__", None)
        if code is None or id(g) in seen:
            continue
        seen.add(id(g))
        for name, cell in zip(code.co_freevars, g.__closure__ or (), strict=False):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            _note(found, waiting, g, value, Place(cell, "cell_contents", "attribute", name))
        for name in code.co_names:
            if name in g.__globals__:
                value = g.__globals__[name]
                _note(found, waiting, g, value, Place(g.__globals__, name, "item", name))
    return found


def values_around(*functions: Any) -> dict[str, Any]:
    """Give the arrays, lists and dicts that functions use and were not given, by name."""
    found: dict[str, Any] = {}
    waiting, seen = list(functions), set[int]()
    while waiting:
        g = waiting.pop()
        g = getattr(g, "__func__", g)
        code = getattr(g, "__code__", None)
        if code is None or id(g) in seen:
            continue
        seen.add(id(g))
        used = {n: g.__globals__[n] for n in code.co_names if n in g.__globals__}
        for name, cell in zip(code.co_freevars, g.__closure__ or (), strict=False):
            with contextlib.suppress(ValueError):  # an empty cell
                used[name] = cell.cell_contents
        for name, value in used.items():
            if isinstance(value, types.FunctionType) and value.__module__ == g.__module__:
                waiting.append(value)
            elif (
                value.ndim
                if isinstance(value, np.ndarray)
                else (isinstance(value, list | dict) and bool(value))
            ):
                found.setdefault(name, value)
    return found


def _note(found: list[Place], waiting: list[Any], f: Any, value: Any, place: Place) -> None:
    if any(place.name == other.name for other in found):
        return
    if is_numbers(value):
        found.append(place)
    elif isinstance(value, dict | list):
        found += [Place(p.holder, p.key, p.kind, f"{place.name}.{p.name}") for p in places(value)]
    elif isinstance(value, functools.partial | types.FunctionType) and _module_of(
        value
    ) == _module_of(f):
        waiting.append(value)


def _module_of(f: Any) -> str | None:
    while isinstance(f, functools.partial):
        f = f.func
    return getattr(f, "__module__", None)


_FORMS = (
    "dld{}", "ded{}", "d{}s", "nabla{}", "gradof{}", "gradient{}", "{}gradient", "{}g", "{}d",
    "delta{}", "dloss{}", "dlossd{}", "dout{}", "grads{}", "gradients{}", "{}grads",
    "{}기울기", "{}의기울기", "기울기{}", "{}미분", "{}변화량", "델타{}", "{}slope", "{}slopes",
    "{}deriv", "{}adjoint", "acc{}", "sum{}", "{}acc", "jac{}", "{}jac", "partial{}", "v{}bar",
)  # fmt: skip
_HELD = frozenset(
    ["data", "value", "val", "arr", "array", "tensor", "var", "number", "값", "자료", "현재값"]
)
_HELD_SHORT = frozenset(["w", "v", "p", "x", "theta", "param", "weight", "weights", "values"])
_ITS_GRADIENT = frozenset(
    ["grad", "g", "gradient", "grads", "gradients", "der", "deriv", "derivative", "adjoint",
     "adj", "bar", "slope", "gr", "기울기", "미분"]
)  # fmt: skip
_WORDS = re.compile(r"(grads?|gradients?|dl|de|deltas?|nabla|slopes?|derivs?)")


def gradient_of_held(name: str) -> bool:
    """Tell names that the gradient has in an object that is one value."""
    return _bare(name) in _ITS_GRADIENT | {"d", "delta"}


def _last(name: str) -> tuple[str, str]:
    """Take a name apart: what it belongs to, and what it is called there."""
    cut = max(name.rfind("."), name.rfind("["))
    if cut < 0:
        return "", name
    return name[:cut], name[cut:].strip(".[]'\"")


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def partner(name: str, gradients: Sequence[str]) -> str | None:
    """
    Find the name that the gradient of a parameter has, among the names that there are.

    Parameters
    ----------
    name : str
        The parameter's, such as ``W1``, ``params['W1']``, ``layers[0].W``.
    gradients : sequence of str
        The names to choose from.

    Examples
    --------
    >>> partner("W1", ["db1", "dW1"]), partner("weights", ["grad_weights"])
    ('dW1', 'grad_weights')
    >>> partner("params['W']", ["grads['b']", "grads['W']"])
    "grads['W']"
    """
    owner, own = _last(name)
    same_owner = [g for g in gradients if _last(g)[0] == owner]
    bare = _bare(own)
    if owner and bare in _HELD | _HELD_SHORT:  # an object that is one parameter
        also = {"d", "delta"} if bare in _HELD else set()
        beside = [g for g in same_owner if _bare(_last(g)[1]) in _ITS_GRADIENT | also]
        if len(beside) == 1:
            return beside[0]
    usual = {f.format(bare) for f in ("d{}", "g{}", "grad{}", "{}grad")}
    rarer = {f.format(bare) for f in _FORMS}
    for pool in (same_owner, [g for g in gradients if g not in same_owner]):
        for forms in (usual, rarer):
            hits = [g for g in pool if _bare(_last(g)[1]) in forms]
            if len(hits) == 1:
                return hits[0]
    # grads['W'] beside params['W']; grads[0] beside params[0]: another owner, the same last name.
    hits = [
        g
        for g in gradients
        if _bare(_last(g)[1]) == bare and _last(g)[0] != owner and _twins(owner, _last(g)[0])
    ]
    return hits[0] if len(hits) == 1 else None


def _twins(owner: str, other: str) -> bool:
    """Tell ``grads`` beside ``params``, ``dweights`` beside ``weights``: the same owner's."""
    outer, inner = _last(owner)
    outer_of_other, inner_of_other = _last(other)
    if outer != outer_of_other:
        return False
    a, b = _bare(inner), _bare(inner_of_other)
    general = a in {"params", "parameters", "p", "theta", "weights", "param", ""}
    if general and (_WORDS.search(b) or b in {"g", "d", "dparams", "dp"}):
        return a == "params" or ("bias" not in b and not b.endswith("b"))
    own = {"d" + a, "g" + a, "grad" + a, a + "grad", "nabla" + a, "grads" + a, a + "grads"}
    own |= {a + "기울기", "기울기" + a, a + "gradients", "gradients" + a, "slopes" + a}
    short = b.removeprefix("nabla").removeprefix("grad").removeprefix("d").removeprefix("_")
    return b in own or (short != b and bool(short) and short[:1] == a[:1])
