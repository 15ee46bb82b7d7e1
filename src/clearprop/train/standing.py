"""Whether a model is still what it was: the same settings, the same functions, the same layers."""

from __future__ import annotations

import abc
import functools
import types
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import attrgetter, is_, itemgetter
from typing import Any, final
from weakref import WeakKeyDictionary

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.nn.variable import Variable
from clearprop.train.outer_chance import Stream, stream_of
from clearprop.train.unwatched import class_reads, function_reads, is_compared

__all__ = ["Standing"]

# What changes in training, or says nothing about what is computed, of objects of these classes;
# the same names may mean anything in what somebody else wrote.
PASSING = {
    "clearprop.nn.layer.Layer": {"home", "added_losses", "added_in"},
    "clearprop.nn.chance.Drawing": {"step"},
    "clearprop.train.model.Model": {
        "history", "stop_training", "_setup", "preprocessor", "class_names",
    },
    "clearprop.optim.optimizer.Optimizer": {"learning_rate", "_asking", "_memory", "plain"},
    "clearprop.metrics.means.MeanMetric": {"total", "count", "asked"},
}  # fmt: skip
NOTHING: frozenset[str] = frozenset()
_passed: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()
BY_VALUE = (int, float, str, bool, tuple, bytes)
LEFT_ALONE = (
    str, bytes, int, float, complex, type(None), type, types.ModuleType, np.dtype,
    types.CodeType, types.BuiltinFunctionType, np.ufunc,
)  # fmt: skip
MANY = (dict, list, tuple, set, frozenset, bytearray)
DEEPEST = 16
MOST = 20_000  # objects; of a model that holds more, such as its own data, the others are not seen
SAMPLE = 4096  # numbers of an array, by which it is known whether it was changed in place
LONG = 1000  # elements of a list or dict; a longer one is data, and counts by its length


@final
class Standing:
    """
    All that decides what objects compute, at one moment.

    Attributes of objects, elements of lists and dicts, what functions are closed over and name: all
    are remembered by identity. Weights count by whether they are trained; their numbers may change.

    Parameters
    ----------
    *roots : object
        Layers, losses, optimizers.

    Attributes
    ----------
    foreign : bool
        Whether there is something that somebody else than this library wrote.
    open : bool
        Whether that may read what cannot be seen here, such as files.

    Examples
    --------
    >>> import clearprop as cp
    >>> layer = cp.layers.Dropout(0.5)
    >>> standing = Standing(layer)
    >>> standing.holds()
    True
    >>> layer.rate = 0.1
    >>> standing.holds()
    False
    """

    def __init__(self, *roots: Any) -> None:
        self.foreign = self.open = self._sampled = False
        self._checks: list[tuple[Callable[[], Sequence[Any]], Sequence[Any]]] = []
        # What can be put back, what was in it, and which of its names do not matter.
        self._held: list[tuple[Any, Any, frozenset[str]]] = []
        self._streams: list[tuple[Stream, Any]] = []  # what draws by itself, and where it was
        self._seen: dict[int, Any] = {}
        for root in roots:
            self._look(root, 0)
        self._seen.clear()
        self.open = self.open or (self._sampled and self.foreign)
        self._looks = [look for look, _ in self._checks]
        self._everything = [each for _, was in self._checks for each in was]

    def holds(self) -> bool:
        """Tell whether everything is as it was."""
        everything: list[Any] = []
        for look in self._looks:
            everything += look()
        if len(everything) == len(self._everything) and all(map(is_, everything, self._everything)):
            return True
        return all(_alike(look(), was) for look, was in self._checks)

    def put_back(self) -> str:
        """
        Undo what was set and drawn since, as far as it is remembered; tell whether anything was.

        Returns
        -------
        {"", "counts", "another"}
            Nothing; something is not what it was; something was drawn.
        """
        moved = [stream.moved(was) for stream, was in self._streams]
        changed = not self.holds()
        for inside, was, passing in self._held if changed else ():
            if isinstance(inside, dict):
                for key in [key for key in inside if key not in passing and key not in was]:
                    del inside[key]
                inside.update(was)
            else:
                inside[:] = was
        return "counts" if changed else "another" if any(moved) else ""

    def _hold(self, thing: Any) -> None:
        if isinstance(thing, dict | list) and len(thing) > LONG:
            return
        if isinstance(thing, list):
            self._held.append((thing, list(thing), NOTHING))
        elif isinstance(inside := thing if isinstance(thing, dict) else _attributes(thing), dict):
            passing = NOTHING if inside is thing else _passing(type(thing))
            was = {key: value for key, value in inside.items() if key not in passing}
            self._held.append((inside, was, passing))

    def _look(self, thing: Any, depth: int) -> None:
        if isinstance(thing, type):
            self._look_at_kind(thing)
            return
        if isinstance(thing, LEFT_ALONE) or id(thing) in self._seen or _is_fixed(thing):
            return
        if len(self._seen) > MOST:
            self.open = True
            return
        self._seen[id(thing)] = thing
        self._note_stream(thing)
        self._sampled = self._sampled or _is_sampled(thing)
        look = _looking_at(thing)
        content = look()
        if (content or _attributes(thing) is not None) and not isinstance(
            thing, tuple
        ):  # which stays what it is
            self._checks.append((look, content))
            self._hold(thing)
        self._note_whose(thing)
        if not isinstance(thing, np.ndarray):
            self.open = self.open or (depth == DEEPEST and len(content) > 0)
            for each in content if depth < DEEPEST else ():
                self._look(each, depth + 1)

    def _note_stream(self, thing: Any) -> None:
        stream = stream_of(thing)
        if stream is not None:
            self._streams.append((stream, stream.now()))

    def _note_whose(self, thing: Any) -> None:
        if isinstance(thing, dict | list | tuple | set | frozenset | deque | Tensor | np.ndarray):
            return
        kind = thing if isinstance(thing, types.FunctionType) else type(thing)
        module = str(getattr(kind, "__module__", ""))
        ours = module.split(".")[0] in ("clearprop", "builtins", "numpy", "weakref")
        self.foreign = self.foreign or not ours
        if isinstance(kind, types.FunctionType) and not ours:
            self.open = self.open or function_reads(kind)
        if isinstance(kind, type):
            self._look_at_kind(kind)

    def _look_at_kind(self, kind: type) -> None:
        if id(kind) in self._seen or not _theirs(kind):
            return
        self._seen[id(kind)] = kind
        self.open = self.open or class_reads(kind)
        for value in _named_by(kind):
            self._note_stream(value)
        self._checks.append((lambda: _numbers_named_by(kind), _numbers_named_by(kind)))


def _is_fixed(thing: Any) -> bool:
    """Tell whether this is a function of this library that holds nothing."""
    plain = isinstance(thing, types.FunctionType) and thing.__module__.startswith("clearprop.")
    return plain and not thing.__closure__ and not thing.__defaults__


def _is_sampled(thing: Any) -> bool:
    """Tell whether not all that is in it is compared with what it was."""
    if isinstance(thing, np.ndarray):
        return thing.size > SAMPLE or thing.dtype.hasobject
    return isinstance(thing, MANY) and len(thing) > LONG


def _alike(now: Sequence[Any], was: Sequence[Any]) -> bool:
    """Tell whether what is not the same is at least equal: numbers and names."""
    return len(now) == len(was) and all(
        a is b or (type(a) is type(b) and type(a) in BY_VALUE and _equal(a, b))
        for a, b in zip(now, was, strict=True)
    )


def _equal(a: Any, b: Any) -> bool:
    """Compare two numbers, texts or tuples of a kind; 0.0 and -0.0 are two numbers."""
    if isinstance(a, tuple):
        return _alike(a, b)
    return repr(a) == repr(b) if isinstance(a, float) else bool(a == b)


def _looking_at(thing: Any) -> Callable[[], Sequence[Any]]:
    """Give a function that lists what an object is made of now."""
    if isinstance(thing, Tensor | np.ndarray):
        return _numbers_of(thing)
    if isinstance(thing, MANY) and len(thing) > LONG:
        return lambda: [len(thing)]
    if isinstance(thing, dict):
        return lambda: [*thing, *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset | deque | bytearray):
        return lambda: list(thing)
    if isinstance(thing, types.FunctionType):
        return lambda: list(_closed_over(thing))
    if isinstance(thing, types.MethodType):
        return lambda: (thing.__self__, thing.__func__)
    found = _attributes(thing)
    own: dict[str, Any] = {} if found is None else found
    passing = _passing(type(thing))
    keys = [key for key in own if key not in passing]
    if len(keys) < 2:
        return lambda: [own[key] for key in own if key not in passing]
    chosen, count = itemgetter(*keys), len(own)

    def attributes() -> Sequence[Any]:
        nonlocal count
        if len(own) != count:
            if [key for key in own if key not in passing] != keys:
                return [own[key] for key in own if key not in passing]
            count = len(own)  # what came says nothing
        try:
            values: Sequence[Any] = chosen(own)
        except KeyError:
            return ()
        return values

    return attributes


def _theirs(kind: type) -> bool:
    if kind.__module__ == "abc":  # so does a class say of itself that `type` made of layers
        return kind is not abc.ABC
    return kind.__module__.split(".")[0] not in ("clearprop", "builtins", "numpy", "weakref")


def _named_by(kind: type) -> Iterator[Any]:
    """Give the attributes of a class of somebody's own, and what its methods name."""
    for each in filter(_theirs, kind.__mro__):
        for value in vars(each).values():
            if isinstance(value, types.FunctionType):
                yield from _closed_over(value)
            else:
                yield value


def _numbers_named_by(kind: type) -> list[Any]:
    """List the numbers and texts among them, and what the methods are."""
    return [
        _known_by(v) for v in _named_by(kind) if isinstance(v, types.CodeType) or is_compared(v)
    ]


def _numbers_of(thing: Any) -> Callable[[], Sequence[Any]]:
    """Give a function that tells what of numbers is to stay: of weights, whether they learn."""
    if isinstance(thing, Variable):
        return partial(attrgetter("_trainable", "regularizer", "constraint"), thing)
    if isinstance(thing, Tensor):
        return lambda: (_known_by(thing.node.data),)
    return lambda: (_known_by(thing),)


def _known_by(array: Any) -> Any:
    """Give what changes when numbers of an array do."""
    if not isinstance(array, np.ndarray):
        return array
    return array.flat[:: max(1, array.size // SAMPLE)].tobytes()


def _attributes(thing: Any) -> dict[str, Any] | None:
    """Give what an object's attributes are in; a function's are none of its own."""
    plain = isinstance(thing, types.FunctionType | types.MethodType)
    own: dict[str, Any] | None = None if plain else getattr(thing, "__dict__", None)
    return own


def _passing(kind: type) -> frozenset[str]:
    """Give which attributes of its objects say nothing of what is computed."""
    known = _passed.get(kind)
    if known is None:
        names = [PASSING.get(f"{k.__module__}.{k.__qualname__}", ()) for k in kind.__mro__]
        known = _passed[kind] = frozenset().union(*names)
    return known


def _closed_over(function: types.FunctionType) -> Iterator[Any]:
    """Give what a function is closed over, and the globals that it names, but no modules."""
    yield function.__code__
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from vars(function).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            yield None
    if not function.__module__.startswith("clearprop."):
        for name in _names(function.__code__):
            value = function.__globals__.get(name)
            if not isinstance(value, types.ModuleType):
                yield value


@functools.cache
def _names(code: types.CodeType) -> tuple[str, ...]:
    """Give all that code names, and code within it: lambdas and comprehensions."""
    inner = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return tuple(
        dict.fromkeys([*code.co_names, *(name for each in inner for name in _names(each))])
    )
