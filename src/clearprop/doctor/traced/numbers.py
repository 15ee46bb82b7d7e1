"""Numbers and arrays that note on a tape what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.traced.tape import current

__all__ = ["HANDLERS", "Arr", "Num", "as_traced", "holds_traced", "ids_of", "made", "plain_of"]


def plain_of(value: Any) -> Any:
    """Give numbers without their notes."""
    if isinstance(value, Arr):
        return value.view(np.ndarray)
    if isinstance(value, Num):
        return np.float64(float(value))
    if isinstance(value, list | tuple) and holds_traced(value):
        return np.array(_plain_nested(value), dtype=np.float64)
    return value


def _plain_nested(value: Any) -> Any:
    return [_plain_nested(v) for v in value] if isinstance(value, list | tuple) else plain_of(value)


def holds_traced(value: Any, depth: int = 4) -> bool:
    """Tell whether there is anything traced in nested lists."""
    if isinstance(value, Num | Arr):
        return True
    if depth and isinstance(value, list | tuple):
        return any(holds_traced(v, depth - 1) for v in value)
    return False


def ids_of(value: Any) -> np.ndarray:
    """Give the nodes of numbers; constants become nodes here."""
    if isinstance(value, Num):
        return np.array(value.id, dtype=np.int64)
    if isinstance(value, Arr):
        if value.ids is None:
            value.ids = _constants(value.view(np.ndarray))
        return value.ids
    if isinstance(value, list | tuple) and holds_traced(value):
        return np.stack(np.broadcast_arrays(*[ids_of(v) for v in value]))
    return _constants(np.asarray(value, dtype=np.float64))


def _constants(array: np.ndarray) -> np.ndarray:
    tape = current()
    flat = [tape.constant(v) for v in array.ravel().tolist()]
    return np.array(flat, dtype=np.int64).reshape(array.shape)


def made(ids: np.ndarray, values: Any = None) -> Any:
    """Give traced numbers for nodes: an array, or a number where there is one alone."""
    if values is None:
        known = current().value
        values = np.array([known[i] for i in np.ravel(ids).tolist()]).reshape(np.shape(ids))
    if np.ndim(ids) == 0:
        return Num.of(int(ids), float(values))
    out = np.asarray(values, dtype=np.float64).view(Arr)
    out.ids = np.asarray(ids)
    return out


def as_traced(a: Any) -> Any:
    """Give an array that is traced."""
    if isinstance(a, Arr | Num):
        return a
    return made(ids_of(a), np.asarray(plain_of(a), dtype=np.float64))


def _scalar(op: str, f: Callable[[float, float], float], turned: bool = False) -> Any:
    """Give an operator of single numbers."""

    def method(self: Num, other: Any) -> Any:
        if isinstance(other, np.ndarray | list | tuple):
            return NotImplemented
        try:
            b = float(other)
        except (TypeError, ValueError):
            return NotImplemented
        a, tape = float(self), current()
        other_id = other.id if isinstance(other, Num) else tape.constant(b)
        if turned:
            value, parents = f(b, a), (other_id, self.id)
        else:
            value, parents = f(a, b), (self.id, other_id)
        return Num.of(tape.make(op, parents, value), value)

    return method


def _div(a: float, b: float) -> float:
    return a / b if b else float(np.float64(a) / np.float64(b))


def _pow(a: float, b: float) -> float:
    return float(np.float64(a) ** np.float64(b))


class Num(np.float64):
    """A number that notes what is done with it."""

    id: int

    @staticmethod
    def of(node: int, value: float) -> Num:
        """Give the number of a node."""
        out = Num(value)
        out.id = node
        return out

    __add__ = _scalar("add", lambda a, b: a + b)
    __radd__ = _scalar("add", lambda a, b: a + b, True)
    __sub__ = _scalar("sub", lambda a, b: a - b)
    __rsub__ = _scalar("sub", lambda a, b: a - b, True)
    __mul__ = _scalar("mul", lambda a, b: a * b)
    __rmul__ = _scalar("mul", lambda a, b: a * b, True)
    __truediv__ = _scalar("div", _div)
    __rtruediv__ = _scalar("div", _div, True)
    __pow__ = _scalar("pow", _pow)
    __rpow__ = _scalar("pow", _pow, True)

    def __neg__(self) -> Any:
        return Num.of(current().make("neg", (self.id,), -float(self)), -float(self))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        value = abs(float(self))
        return Num.of(current().make("abs", (self.id,), value), value)

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **named: Any) -> Any:
        return HANDLERS["ufunc"](ufunc, method, args, named)

    def __array_function__(self, f: Any, types: Any, args: Any, named: Any) -> Any:
        return HANDLERS["function"](f, args, named)

    def _self(self, *args: Any, **named: Any) -> Any:
        return self

    item = tolist = copy = sum = mean = max = min = squeeze = conjugate = prod = _self
    T = property(_self)

    def astype(self, kind: Any, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Stay as it is; as a whole number it is a constant."""
        return self if np.dtype(kind).kind == "f" else np.float64(self).astype(kind)

    def reshape(self, *shape: Any, **named: Any) -> Any:
        """Give an array of this one number."""
        return made(np.array(self.id).reshape(*shape), np.array(float(self)).reshape(*shape))

    def flatten(self, *args: Any, **named: Any) -> Any:
        """Give a row of this one number."""
        return self.reshape(1)

    ravel = flatten

    def dot(self, other: Any) -> Any:
        """Multiply."""
        return self * other


HANDLERS: dict[str, Any] = {}


def _method(name: str) -> Any:
    """Give an array's method that does what the function of its name does."""

    def method(self: Arr, *args: Any, **named: Any) -> Any:
        return HANDLERS["function"](getattr(np, name), (self, *args), named)

    return method


class Arr(np.ndarray):
    """An array of numbers that note what is done with them."""

    ids: np.ndarray | None

    def __array_finalize__(self, obj: Any) -> None:
        self.ids = None

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **named: Any) -> Any:
        return HANDLERS["ufunc"](ufunc, method, args, named)

    def __array_function__(self, f: Any, types: Any, args: Any, named: Any) -> Any:
        return HANDLERS["function"](f, args, named)

    def _both(self, f: Callable[[np.ndarray], Any]) -> Any:
        """Do with the nodes what is done with the values."""
        values = f(self.view(np.ndarray))
        return made(f(ids_of(self)), values)

    def __getitem__(self, key: Any) -> Any:
        key = _index(key)
        return self._both(lambda a: a[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        key = _index(key)
        ids_of(self)[key] = ids_of(value)
        self.view(np.ndarray)[key] = plain_of(value)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose."""
        return self._both(np.transpose)

    @property
    def flat(self) -> Any:
        """All numbers in one row."""
        return self._both(np.ravel)

    def reshape(self, *shape: Any, **named: Any) -> Any:
        """Lay out anew."""
        return self._both(lambda a: a.reshape(*shape, **named))

    def transpose(self, *axes: Any) -> Any:
        """Exchange axes."""
        return self._both(lambda a: a.transpose(*axes))

    def flatten(self, *args: Any) -> Any:
        """Give all numbers in one row, a copy."""
        return self._both(lambda a: a.flatten(*args))

    def copy(self, *args: Any) -> Any:
        """Give a copy."""
        return self._both(lambda a: a.copy())

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def astype(self, kind: Any, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Stay numbers; as whole numbers or booleans they are constants."""
        if np.dtype(kind).kind == "f":
            return self.copy()
        return self.view(np.ndarray).astype(kind, *args, **named)

    def fill(self, value: Any) -> None:
        """Put one number everywhere."""
        self[...] = value

    def tolist(self) -> Any:
        """Give nested lists."""
        return [v.tolist() if isinstance(v, Arr) else v for v in self]

    def item(self, *args: Any) -> Any:
        """Give one of the numbers."""
        flat = self.reshape(-1)
        if not args:
            if flat.size != 1:
                raise ValueError("only an array of one number has an item")
            return flat[0]
        return self[args if len(args) > 1 else args[0]] if self.ndim > 1 else flat[args[0]]

    def argmax(self, *args: Any, **named: Any) -> Any:
        """Give where the largest numbers are."""
        return self.view(np.ndarray).argmax(*args, **named)

    def argmin(self, *args: Any, **named: Any) -> Any:
        """Give where the smallest numbers are."""
        return self.view(np.ndarray).argmin(*args, **named)

    def argsort(self, *args: Any, **named: Any) -> Any:
        """Give the order of the numbers."""
        return self.view(np.ndarray).argsort(*args, **named)

    def nonzero(self) -> Any:
        """Give where there is anything."""
        return self.view(np.ndarray).nonzero()

    sum = _method("sum")
    mean = _method("mean")
    prod = _method("prod")
    max = _method("max")
    min = _method("min")
    var = _method("var")
    std = _method("std")
    dot = _method("dot")
    clip = _method("clip")
    squeeze = _method("squeeze")
    ravel = _method("ravel")
    swapaxes = _method("swapaxes")
    repeat = _method("repeat")
    take = _method("take")
    cumsum = _method("cumsum")
    trace = _method("trace")
    diagonal = _method("diagonal")


def _index(key: Any) -> Any:
    """Give an index without notes; numbers from arrays of zeros may be used to count."""
    if isinstance(key, tuple):
        return tuple(_index(k) for k in key)
    if isinstance(key, Num):
        return int(key)
    if isinstance(key, Arr):
        return key.view(np.ndarray).astype(int)
    return key
