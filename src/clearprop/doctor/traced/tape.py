"""
Numbers that note what is done with them.

Every number of a forward pass is a node of a tape: how it was made, of which others. Arrays are
arrays of such numbers, so that moving them about (indices, transposes, copies into other arrays)
leaves no mark: what remains is the same however a program is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

__all__ = ["Arr", "Num", "Tape", "TooLong", "current", "ids_of", "is_traced", "made", "plain_of"]


class TooLong(RuntimeError):
    """A forward pass has more numbers in it than are noted."""


class Tape:
    """
    The numbers of a forward pass, in the order in which they were made.

    Parameters
    ----------
    most : int
        How many are noted before `TooLong` is raised.
    parameters : collection of str
        The variables that are no data; what is made of data twice alike is one number.

    Attributes
    ----------
    op : list of str
        How each was made; "leaf" and "constant" for what was there.
    parents : list of tuple of int
    value : list of float
    leaf : dict of int to (str, int)
        For what the program was given: the variable's name, and which of its numbers.
    """

    def __init__(self, most: int = 60_000, parameters: Collection[str] = ()) -> None:
        self.op: list[str] = []
        self.parents: list[tuple[int, ...]] = []
        self.value: list[float] = []
        self.leaf: dict[int, tuple[str, int]] = {}
        self.fed: list[bool] = []
        self.size = 0
        self._parameters = frozenset(parameters)
        self._alike: dict[tuple[str, tuple[int, ...]], int] = {}
        self._most = most
        self._constants: dict[float, int] = {}

    def _add(self, op: str, parents: tuple[int, ...], value: float) -> int:
        fed = any(self.fed[p] for p in parents)
        if fed:
            known = self._alike.get((op, parents))
            if known is not None:
                return known
            self._alike[op, parents] = len(self.op)
        self.fed.append(fed)
        self.op.append(op)
        self.parents.append(parents)
        self.value.append(value)
        self.size += 1 + len(parents) // 8
        if self.size > self._most:
            raise TooLong
        return len(self.op) - 1

    def constant(self, value: float) -> int:
        """Give the node of a constant."""
        value = float(value)
        known = self._constants.get(value)
        if known is None:
            known = self._add("constant", (), value)
            if value == value:  # noqa: PLR0124 - NaN is not itself
                self._constants[value] = known
        return known

    def given(self, name: str, array: np.ndarray) -> np.ndarray:
        """Give the nodes of a variable."""
        ids = np.empty(array.shape, dtype=np.int64)
        flat = ids.reshape(-1)
        for k, v in enumerate(np.ravel(array).tolist()):
            flat[k] = self._add("leaf", (), v)
            self.leaf[int(flat[k])] = (name, k)
            self.fed[-1] = name not in self._parameters
        return ids

    def make(self, op: str, parents: tuple[int, ...], value: float) -> int:
        """Note a number; what is made of constants alone is one, and what changes nothing is none."""
        ops = self.op
        if all(ops[p] == "constant" for p in parents):
            return self.constant(value)
        if op in _IDLE and len(parents) == 2:
            a, b = parents
            idle = _IDLE[op]
            if ops[b] == "constant" and self.value[b] == idle:
                return a
            if op in ("add", "mul") and ops[a] == "constant" and self.value[a] == idle:
                return b
        if op in _SIGNED and any(ops[p] == "neg" for p in parents):
            turned = self._turned(op, parents)
            if turned is not None:
                return self._add("neg", (self.make(turned[0], turned[1], -value),), value)
        return self._add(op, parents, value)

    def _turned(self, op: str, parents: tuple[int, ...]) -> tuple[str, tuple[int, ...]] | None:
        """Take a minus sign out of sums and products: (−x)·w is −(x·w)."""
        own = [self.parents[p][0] if self.op[p] == "neg" else -1 for p in parents]
        if op in ("add", "sum") and min(own) >= 0:
            return op, tuple(own)
        if op == "sub" and own[0] >= 0 and own[1] < 0:
            return "add", (own[0], parents[1])
        if op in ("mul", "div") and (own[0] < 0) != (own[1] < 0):
            return op, tuple(o if o >= 0 else p for o, p in zip(own, parents, strict=True))
        if op == "dot":
            for side in (0, 1):
                if min(own[side::2]) >= 0 and max(own[1 - side :: 2]) < 0:
                    mixed = list(parents)
                    mixed[side::2] = own[side::2]
                    return op, tuple(mixed)
        return None


_SIGNED = {"add", "sum", "sub", "mul", "div", "dot"}
_IDLE = {"add": 0.0, "sub": 0.0, "mul": 1.0, "div": 1.0, "pow": 1.0}

_TAPES: list[Tape] = []


def current() -> Tape:
    """Give the tape that is written on."""
    return _TAPES[-1]


@contextmanager
def writing(tape: Tape) -> Iterator[Tape]:
    """Write on a tape for a while."""
    _TAPES.append(tape)
    try:
        yield tape
    finally:
        _TAPES.pop()


def is_traced(value: Any) -> bool:
    """Tell numbers and arrays that note what is done with them."""
    return isinstance(value, Num | Arr)


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
    if isinstance(value, Arr) and value.ids is not None:
        return value.ids
    if isinstance(value, list | tuple) and holds_traced(value):
        return np.stack(np.broadcast_arrays(*[ids_of(v) for v in value]))
    array = np.asarray(value, dtype=np.float64)
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
        return _HANDLERS["ufunc"](ufunc, method, args, named)

    def __array_function__(self, f: Any, types: Any, args: Any, named: Any) -> Any:
        return _HANDLERS["function"](f, args, named)

    def _self(self, *args: Any, **named: Any) -> Any:
        return self

    item = tolist = copy = sum = mean = max = min = squeeze = conjugate = prod = _self  # type: ignore[assignment]
    T = property(_self)  # type: ignore[assignment]

    def astype(self, kind: Any, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Stay as it is; as a whole number it is a constant."""
        return self if np.dtype(kind).kind == "f" else np.float64(self).astype(kind)

    def reshape(self, *shape: Any, **named: Any) -> Any:  # type: ignore[override]
        """Give an array of this one number."""
        return made(np.array(self.id).reshape(*shape), np.array(float(self)).reshape(*shape))

    def flatten(self, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Give a row of this one number."""
        return self.reshape(1)

    ravel = flatten  # type: ignore[assignment]

    def dot(self, other: Any) -> Any:
        """Multiply."""
        return self * other


_HANDLERS: dict[str, Any] = {}


def _method(name: str) -> Any:
    """Give an array's method that does what the function of its name does."""

    def method(self: Arr, *args: Any, **named: Any) -> Any:
        return _HANDLERS["function"](getattr(np, name), (self, *args), named)

    return method


class Arr(np.ndarray):
    """An array of numbers that note what is done with them."""

    ids: np.ndarray | None

    def __array_finalize__(self, obj: Any) -> None:
        self.ids = None

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        return _HANDLERS["ufunc"](ufunc, method, args, named)

    def __array_function__(self, f: Any, types: Any, args: Any, named: Any) -> Any:
        return _HANDLERS["function"](f, args, named)

    def _both(self, f: Callable[[np.ndarray], Any]) -> Any:
        """Do with the nodes what is done with the values."""
        values = f(self.view(np.ndarray))
        return made(f(ids_of(self)), values)

    def __getitem__(self, key: Any) -> Any:
        key = _index(key)
        return self._both(lambda a: a[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        key = _index(key)
        if self.ids is None:
            self.ids = ids_of(self).copy()
        self.ids[key] = ids_of(value)
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

    def reshape(self, *shape: Any, **named: Any) -> Any:  # type: ignore[override]
        """Lay out anew."""
        return self._both(lambda a: a.reshape(*shape, **named))

    def transpose(self, *axes: Any) -> Any:
        """Exchange axes."""
        return self._both(lambda a: a.transpose(*axes))

    def flatten(self, *args: Any) -> Any:  # type: ignore[override]
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

    def argmax(self, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Give where the largest numbers are."""
        return self.view(np.ndarray).argmax(*args, **named)

    def argmin(self, *args: Any, **named: Any) -> Any:  # type: ignore[override]
        """Give where the smallest numbers are."""
        return self.view(np.ndarray).argmin(*args, **named)

    def argsort(self, *args: Any, **named: Any) -> Any:  # type: ignore[override]
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
