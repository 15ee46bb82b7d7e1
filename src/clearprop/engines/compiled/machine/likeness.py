"""By what a program is known in every process, so that code that was made of it is found again."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from clearprop.engines.compiled.program import Program, Value, in_order

__all__ = ["everything", "likeness", "sources"]

PLAIN = frozenset({int, float, bool, str, bytes, type(None)})


class _UnknownError(Exception):
    """Something of which it is not known what of it counts."""


def likeness(program: Program, values: Sequence[Value], free: Collection[Value] = ()) -> str | None:
    """
    Give what two programs have in common exactly if they compute the same in the same way.

    Names do not count, and neither does the order in which values were made.

    Parameters
    ----------
    program : Program
    values : sequence of Value
        All there are, as `everything` lists them.
    free : collection of Value
        Constants that may be other numbers.

    Returns
    -------
    str or None
        A digest; None if something in the program cannot be told.
    """
    try:
        content = _content(program, values, free)
    except _UnknownError:
        return None
    return hashlib.sha256(repr(content).encode()).hexdigest()


def everything(program: Program) -> list[Value]:
    """List all values, those that are handed in and never read included."""
    return in_order([*program.leaves, *program.outputs])


def _content(program: Program, values: Sequence[Value], free: Collection[Value] = ()) -> list[Any]:
    """Write a program as plain numbers and texts: each value once, by the places of its inputs."""
    places = {value: k for k, value in enumerate(values)}
    told: list[Any] = []
    for value in values:
        told += value.op or value.kind, value.shape, value.dtype.char, value.weak
        told.append([places[each] for each in value.inputs])
        if value.params:
            told.append([(key, _plain(x)) for key, x in sorted(value.params.items())])
        if value.array is not None:
            told.append("free" if value in free else _digest(value.array))
    for field in fields(program):
        own = getattr(program, field.name)
        if isinstance(own, list):  # of values; else a name
            told.append([places[each] for each in own])
    return told


def _plain(x: Any) -> Any:
    """Give a parameter as numbers and texts that tell it from all others."""
    if type(x) in PLAIN:
        return x
    if isinstance(x, tuple | list):
        return [type(x).__name__, *map(_plain, x)]
    if isinstance(x, np.dtype):
        return "dtype", x.str
    if isinstance(x, np.generic | np.ndarray):
        return _digest(x)
    if isinstance(x, Program):
        return _content(x, everything(x))
    raise _UnknownError(type(x))


def _digest(array: Any) -> tuple[Any, ...]:
    array = np.asarray(array)
    if array.dtype.kind not in "biuf":
        raise _UnknownError(array.dtype)
    content = array.tobytes()
    return (
        array.dtype.str,
        array.shape,
        hashlib.sha256(content).hexdigest() if (len(content) > 64) else content,
    )


@functools.cache
def sources() -> str:
    """
    Tell from all others what code is made with: this library, as it lies on this disk.

    Returns
    -------
    str
        Its version, and of each file when it was written and how long it is; "" if there are none.
    """
    package = sys.modules["clearprop"]
    told = [str(package.__version__), sys.version]
    folder = Path(__file__).parent.parent
    try:
        for where, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                if name.endswith(".py"):
                    status = os.stat(os.path.join(where, name))
                    times = status.st_mtime_ns, status.st_ctime_ns
                    told.append(f"{where[len(str(folder)) :]} {name} {status.st_size} {times}")
    except OSError:
        return ""
    return "\n".join(told) if len(told) > 2 else ""
