"""The same programs with coarser numbers: results rounded to 4 decimals, and single precision."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np

__all__ = ["in_float32", "rounded"]

BACKWARD = ("backward", "gradient", "grad", "backprop", "back", "bprop")


def each(f: Callable[[Any], Any], value: Any) -> Any:
    """Apply f to every array or number in a value, in place of it."""
    if isinstance(value, dict):
        return {key: each(f, part) for key, part in value.items()}
    if isinstance(value, tuple) or (isinstance(value, list) and value and not callable(value[0])):
        return type(value)(each(f, part) for part in value)
    if isinstance(value, (float, np.floating)):
        return f(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return f(value)
    return value


def four(value: Any) -> Any:
    """Round as one does on paper."""
    return np.round(value, 4)


def single(value: Any) -> Any:
    """Narrow to single precision."""
    return value.astype(np.float32) if isinstance(value, np.ndarray) else value


def rounded(subject: Any, *args: Any, **asked: Any) -> Any:
    """Ask the doctor about a program whose gradients are given to 4 decimals."""
    from clearprop.doctor import check

    if isinstance(subject, tuple):
        subject = (subject[0], to_four(subject[1]))
    elif isinstance(subject, SimpleNamespace):
        given = {k: to_four(f) if k in BACKWARD else f for k, f in vars(subject).items()}
        subject = SimpleNamespace(**given)
    elif hasattr(subject, "__dict__") and not isinstance(subject, type) and not callable(subject):
        subject.__class__ = with_rounding(type(subject))
    return check(subject, *args, **asked)


def to_four(f: Callable[..., Any]) -> Callable[..., Any]:
    """Round what a function gives."""
    return wraps(f)(lambda *args: each(four, f(*args)))


def with_rounding(kind: type) -> type:
    """Make a subclass whose backward rounds what it returns and what it leaves behind."""

    def method(name: str) -> Callable[..., Any]:
        original = getattr(kind, name)

        @wraps(original)
        def call(self: Any, *args: Any) -> Any:
            before = {k: id(v) for k, v in vars(self).items()}
            result = each(four, original(self, *args))
            for key, value in vars(self).items():
                if before.get(key) != id(value) or key in ("grads", "gradients"):
                    setattr(self, key, each(four, value))
            return result

        return call

    found = {name: method(name) for name in BACKWARD if callable(getattr(kind, name, None))}
    return type(kind.__name__, (kind,), found)


def in_float32(subject: Any, *args: Any, **asked: Any) -> Any:
    """Ask the doctor about a program all of whose arrays are in single precision."""
    from clearprop.doctor import check

    if hasattr(subject, "__dict__") and not callable(subject) and not isinstance(subject, type):
        subject = copy.deepcopy(subject)
        for key, value in vars(subject).items():
            setattr(subject, key, each(single, value))
    asked = {key: each(single, value) for key, value in asked.items()}
    return check(subject, *(each(single, arg) for arg in args), **asked)
