"""Values that are frozen into functions: defaults of arguments, and what a partial was given."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Frozen", "frozen_in"]


class Frozen:
    """
    Values that are frozen into a function, read and written by the names of their arguments.

    Parameters
    ----------
    function : function or functools.partial
    """

    def __init__(self, function: Any) -> None:
        self.function = function

    def _parts(self) -> tuple[tuple[str, ...], tuple[Any, ...], Mapping[str, Any]]:
        """Give the names of those that go by position, their values, and those by name."""
        f = self.function
        if isinstance(f, functools.partial):
            inner = getattr(getattr(f.func, "__func__", f.func), "__code__", None)
            known = inner.co_varnames if inner is not None else ()
            bound = isinstance(f.func, types.MethodType)
            names = [*known[bound : bound + len(f.args)], *map(str, range(len(f.args)))]
            return tuple(names[: len(f.args)]), f.args, f.keywords
        values = f.__defaults__ or ()
        count = f.__code__.co_argcount
        return f.__code__.co_varnames[count - len(values) : count], values, f.__kwdefaults__ or {}

    def items(self) -> dict[str, Any]:
        """Give the values by name."""
        names, values, named = self._parts()
        return {**dict(zip(names, values, strict=True)), **named}

    def __getitem__(self, name: str) -> Any:
        return self.items()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.put({**self.items(), name: value})

    def put(self, held: Mapping[str, Any]) -> None:
        """Write all values."""
        names, _, named = self._parts()
        values, rest = tuple(held[n] for n in names), {n: held[n] for n in named}
        f = self.function
        if isinstance(f, functools.partial):
            f.__setstate__((f.func, values, rest, f.__dict__))  # type: ignore[attr-defined]
        else:
            f.__defaults__ = values or None
            f.__kwdefaults__ = rest or None


def frozen_in(function: Any) -> Iterator[Frozen]:
    """Give what is frozen into a function, if anything is."""
    if isinstance(function, types.FunctionType | functools.partial):
        found = Frozen(function)
        if found.items():
            yield found
