"""Names of a program exchanged while it is traced: NumPy, math, float, max; put back afterwards."""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from clearprop.doctor.traced.arrays import FUNCTIONS, UFUNCS, call_function, erf
from clearprop.doctor.traced.numbers import Arr, Num, holds_traced, ids_of, made, plain_of

__all__ = ["exchanged"]


class _Ufunc:
    """A ufunc that takes lists of traced numbers as well; its methods are those of the ufunc."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self._ufunc = ufunc

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self._ufunc(*map(_whole, args), **named)

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._ufunc, name)
        if name not in ("at", "reduce", "outer", "accumulate"):
            return own
        return lambda *args, **named: own(*map(_whole, args), **named)


def _wrapped(f: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function of NumPy that takes traced numbers, in lists too."""
    if isinstance(f, np.ufunc):
        return _Ufunc(f)

    def either(*args: Any, **named: Any) -> Any:
        if any(map(holds_traced, args)) or any(map(holds_traced, named.values())):
            return call_function(f, args, dict(named))
        return f(*args, **named)

    return either


def _whole(value: Any) -> Any:
    """Give a list of traced numbers as an array."""
    return made(ids_of(value)) if isinstance(value, list | tuple) and holds_traced(value) else value


def _array(value: Any, dtype: Any = None, *args: Any, **named: Any) -> Any:
    if isinstance(value, map | filter | zip | types.GeneratorType):
        value = list(value)
    if holds_traced(value):
        if dtype is not None and np.dtype(dtype).kind != "f":
            return np.array(plain_of(value)).astype(dtype)
        least = named.get("ndmin", 0)
        ids = np.array(ids_of(value))
        return _kept(ids.reshape((1,) * max(0, least - ids.ndim) + ids.shape))
    return np.array(value, dtype, *args, **named)


def _kept(ids: np.ndarray) -> Any:
    """Give an array even of one number with no axes."""
    if ids.ndim:
        return made(ids)
    return made(ids)


def _as_array(value: Any, dtype: Any = None, *args: Any, **named: Any) -> Any:
    if isinstance(value, Arr) and (dtype is None or np.dtype(dtype).kind == "f"):
        return value
    if holds_traced(value):
        return _array(value, dtype)
    return np.asarray(value, dtype, *args, **named)


def _made_anew(f: Callable[..., Any], where: int) -> Callable[..., Any]:
    """Give arrays of zeros and the like into which traced numbers can be put."""

    def anew(*args: Any, **named: Any) -> Any:
        out = f(*[_bare(a) for a in args], **{k: _bare(v) for k, v in named.items()})
        if out.dtype.kind == "f" and out.ndim and out.size < 20_000:
            return made(ids_of(np.zeros(out.shape) if f is np.empty else out))
        return out

    return anew


def _bare(value: Any) -> Any:
    return plain_of(value) if isinstance(value, Arr | Num) else value


def _like(f: Callable[..., Any]) -> Callable[..., Any]:
    def like(a: Any, *args: Any, **named: Any) -> Any:
        kind = named.get("dtype")
        if kind is not None and np.dtype(kind).kind != "f":
            return f(plain_of(a), *args, **named)
        if isinstance(a, np.ndarray) and a.dtype.kind != "f" and kind is None:
            return f(a, *args, **named)
        return call_function(f, (a, *args), {k: v for k, v in named.items() if k != "dtype"})

    return like


class _Vectorized:
    """What `numpy.vectorize` makes: a function of one number, applied to each."""

    def __init__(self, pyfunc: Any = None, *args: Any, **named: Any) -> None:
        self.pyfunc = pyfunc

    def __call__(self, *args: Any) -> Any:
        shape = np.broadcast_shapes(*[np.shape(plain_of(a)) for a in args])
        ids = [np.broadcast_to(ids_of(a), shape).ravel() for a in args]
        out = [self.pyfunc(*[made(i) for i in row]) for row in zip(*ids, strict=True)]
        return made(ids_of(out).reshape(shape)) if shape else out[0]


def _fromiter(values: Any, dtype: Any = float, *args: Any, **named: Any) -> Any:
    return _array(list(values), dtype)


class _Module:
    """A module some of whose functions are exchanged."""

    def __init__(self, module: Any, own: Mapping[str, Any]) -> None:
        self._module, self._own = module, dict(own)

    def __getattr__(self, name: str) -> Any:
        own = self._own.get(name)
        if own is not None:
            return own
        value = getattr(self._module, name)
        if isinstance(value, types.BuiltinFunctionType | types.FunctionType | np.ufunc) or (
            callable(value) and not isinstance(value, type | types.ModuleType)
        ):
            made_one = _wrapped(value)
            self._own[name] = made_one
            return made_one
        return value


def _as_strided(x: Any, shape: Any = None, strides: Any = None, **named: Any) -> Any:
    """Give a view with other steps: the nodes are seen as the numbers are."""
    values = plain_of(x)
    if not isinstance(x, Arr) or not values.flags.c_contiguous:
        return np.lib.stride_tricks.as_strided(values, shape, strides, **named)
    places = np.arange(values.size, dtype=np.int64).reshape(values.shape)
    seen = np.lib.stride_tricks.as_strided(places, shape, strides)
    return made(ids_of(x).reshape(-1)[seen])


_STRIDES = _Module(np.lib.stride_tricks, {"as_strided": _as_strided})
_CREATORS = {
    "array": _array, "asarray": _as_array, "asanyarray": _as_array,
    "ascontiguousarray": _as_array, "asfarray": _as_array, "fromiter": _fromiter,
    "vectorize": _Vectorized,
    **{n: _made_anew(getattr(np, n), 0) for n in ("zeros", "empty", "ones", "full", "eye",
                                                  "identity")},
    **{n: _like(getattr(np, n)) for n in ("zeros_like", "ones_like", "empty_like", "full_like")},
    "linalg": _Module(np.linalg, {}),
    "lib": _Module(np.lib, {"stride_tricks": _STRIDES}),
    "random": np.random,
}  # fmt: skip
_NUMPY = _Module(np, _CREATORS)


def _of_math(name: str) -> Callable[..., Any]:
    own = getattr(math, name)
    other = {"pow": np.power, "fabs": np.absolute, "atan": np.arctan, "erf": erf}.get(name)
    ufunc: Any = other or getattr(np, name)

    def either(*args: Any) -> Any:
        if any(isinstance(a, Num | Arr) for a in args):
            own(*map(float, args))  # raises where math does
            if name == "log" and len(args) == 2:
                return np.log(args[0]) / np.log(args[1])
            out = ufunc(*args)
            return out.item() if isinstance(out, Arr) else out
        return own(*args)

    return either


def _fsum(values: Any) -> Any:
    values = list(values)
    return sum(values) if holds_traced(values) else math.fsum(values)


def _of_math_prod(values: Any, *, start: Any = 1) -> Any:
    for v in values:
        start = start * v
    return start


def _sumprod(a: Any, b: Any) -> Any:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _dist(a: Any, b: Any) -> Any:
    return np.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


_MATH_NAMES = (
    "exp", "log", "tanh", "sqrt", "sin", "cos", "pow", "expm1", "log1p", "sinh", "cosh", "fabs",
    "exp2", "log2", "log10", "hypot", "cbrt", "atan", "erf",
)  # fmt: skip
_MATH_OWN = {n: _of_math(n) for n in _MATH_NAMES if hasattr(math, n)} | {
    "fsum": _fsum, "prod": _of_math_prod, "sumprod": _sumprod, "dist": _dist,
}  # fmt: skip


class _Math(_Module):
    def __getattr__(self, name: str) -> Any:
        own = self._own.get(name)
        return own if own is not None else getattr(math, name)


_MATH = _Math(math, _MATH_OWN)


class _OfFloat(type):
    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, float)

    def __eq__(cls, other: Any) -> bool:
        return other is float or type.__eq__(cls, other)

    def __hash__(cls) -> int:
        return hash(float)


class _Float(float, metaclass=_OfFloat):
    """`float`, by which a traced number stays itself."""

    def __new__(cls, value: Any = 0.0) -> Any:
        if isinstance(value, Num):
            return value
        if isinstance(value, Arr):
            return value.item()
        return float(value)


def _largest(op: Any, own: Any) -> Callable[..., Any]:
    def either(*args: Any, **named: Any) -> Any:
        values = list(args[0]) if len(args) == 1 else list(args)
        numbers = all(isinstance(v, int | float | np.number) for v in values)
        if named or not numbers or not any(isinstance(v, Num) for v in values):
            return own(*(args if len(args) > 1 else (values,)), **named)
        result = values[0]
        for v in values[1:]:
            result = op(result, v)
        return result

    return either


_BUILTINS = {
    "float": _Float,
    "max": _largest(np.maximum, builtins.max),
    "min": _largest(np.minimum, builtins.min),
}


def _stand_in(value: Any) -> Any:
    """Give what stands for a value of a program; None where it stays."""
    if value is np:
        return _NUMPY
    if value is math:
        return _MATH
    if value is np.linalg:
        return _CREATORS["linalg"]
    if value is np.lib.stride_tricks:
        return _STRIDES
    if value is np.lib.stride_tricks.as_strided:
        return _as_strided
    if isinstance(value, np.vectorize):
        return _Vectorized(value.pyfunc)
    if value is np.vectorize:
        return _Vectorized
    name = getattr(value, "__name__", "")
    if isinstance(value, types.BuiltinFunctionType) and getattr(math, name, None) is value:
        return _MATH_OWN.get(name)
    try:
        known = value in UFUNCS or value in FUNCTIONS
    except TypeError:
        return None
    if name in _CREATORS and getattr(np, name, None) is value:
        return _CREATORS[name]
    return _wrapped(value) if known else None


@contextmanager
def exchanged(things: Iterable[Any]) -> Iterator[None]:
    """
    Exchange names in the globals of functions, and in what they enclose, for a while.

    Parameters
    ----------
    things : iterable of object
        All that a program is made of; of these, its functions count.
    """
    undo: list[Callable[[], None]] = []
    seen: set[int] = set()
    try:
        for thing in things:
            if isinstance(thing, types.CellType):
                _exchange_cell(thing, undo)
            if not isinstance(thing, types.FunctionType) or _is_library(thing):
                continue
            space = thing.__globals__
            if id(space) not in seen:
                seen.add(id(space))
                _exchange_names(space, undo)
        yield
    finally:
        for step in reversed(undo):
            step()


def _is_library(f: types.FunctionType) -> bool:
    return (f.__module__ or "").partition(".")[0] in ("numpy", "scipy", "builtins", "clearprop")


def _exchange_cell(cell: Any, undo: list[Callable[[], None]]) -> None:
    try:
        kept = cell.cell_contents
    except ValueError:
        return
    other = _stand_in(kept)
    if other is not None:
        cell.cell_contents = other
        undo.append(lambda: setattr(cell, "cell_contents", kept))


def _exchange_names(space: dict[str, Any], undo: list[Callable[[], None]]) -> None:
    for name, kept in list(space.items()):
        if name.startswith("__"):
            continue
        other = _stand_in(kept)
        if other is not None:
            space[name] = other
            undo.append(partial(space.__setitem__, name, kept))
    for name, other in _BUILTINS.items():
        if name not in space:
            space[name] = other
            undo.append(partial(space.pop, name, None))
