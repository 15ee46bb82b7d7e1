"""What each operation on single numbers gives, and how it follows each of its operands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

__all__ = ["ARITHMETIC", "Operation"]

# From the operands, numbers or arrays of them, to the result and its slopes along each.
Operation: TypeAlias = Callable[[Sequence[Any]], tuple[Any, Sequence[Any]]]


def _of_one(f: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> Operation:
    """Give an operation on one number by its function, and its slope in terms of z and y."""

    def rule(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        (z,) = v
        y = f(z)
        return y, [slope(z, y)]

    return rule


def _dot(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    pairs = list(zip(v[::2], v[1::2], strict=True))
    return sum(a * b for a, b in pairs), [d for a, b in pairs for d in (b, a)]


def _power(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    a, b = v
    y = a**b
    return y, [b * a ** (b - 1), np.where(np.greater(a, 0), y * np.log(a), 0.0)]


def _extreme(first_of: Callable[..., Any]) -> Operation:
    """The first of those that are largest, or smallest, has the whole slope."""

    def rule(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        rows = np.stack(np.broadcast_arrays(*v))
        chosen = first_of(rows, axis=0)
        y = np.take_along_axis(rows, chosen[None], axis=0)[0]
        return y, [np.where(chosen == k, 1.0, 0.0) for k in range(len(rows))]

    return rule


def _logaddexp(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    y = np.logaddexp(*v)
    return y, [np.exp(a - y) for a in v]


def _hypot(v: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    y = np.hypot(*v)
    return y, [np.where(y == 0, 0.0, a / y) for a in v]


ARITHMETIC: Mapping[str, Operation] = {
    "add": lambda v: (v[0] + v[1], [1.0, 1.0]),
    "sum": lambda v: (sum(v), [1.0] * len(v)),
    "sub": lambda v: (v[0] - v[1], [1.0, -1.0]),
    "mul": lambda v: (v[0] * v[1], [v[1], v[0]]),
    "div": lambda v: (v[0] / v[1], [1.0 / v[1], -v[0] / v[1] ** 2]),
    "dot": _dot,
    "pow": _power,
    "max": _extreme(np.argmax),
    "min": _extreme(np.argmin),
    "logaddexp": _logaddexp,
    "hypot": _hypot,
    "neg": _of_one(np.negative, lambda z, y: -1.0),
    "exp": _of_one(np.exp, lambda z, y: y),
    "log": _of_one(np.log, lambda z, y: 1 / z),
    "log1p": _of_one(np.log1p, lambda z, y: 1 / (1 + z)),
    "expm1": _of_one(np.expm1, lambda z, y: y + 1),
    "tanh": _of_one(np.tanh, lambda z, y: 1 - y * y),
    "sinh": _of_one(np.sinh, lambda z, y: np.cosh(z)),
    "cosh": _of_one(np.cosh, lambda z, y: np.sinh(z)),
    "sqrt": _of_one(np.sqrt, lambda z, y: 0.5 / y),
    "square": _of_one(np.square, lambda z, y: 2 * z),
    "abs": _of_one(np.abs, lambda z, y: np.sign(z)),
    "sin": _of_one(np.sin, lambda z, y: np.cos(z)),
    "cos": _of_one(np.cos, lambda z, y: -np.sin(z)),
    "reciprocal": _of_one(np.reciprocal, lambda z, y: -y * y),
    "arctan": _of_one(np.arctan, lambda z, y: 1 / (1 + z * z)),
    "erf": _of_one(np.vectorize(math.erf), lambda z, y: 2 / np.sqrt(np.pi) * np.exp(-z * z)),
    "exp2": _of_one(np.exp2, lambda z, y: y * np.log(2)),
    "log2": _of_one(np.log2, lambda z, y: 1 / (z * np.log(2))),
    "log10": _of_one(np.log10, lambda z, y: 1 / (z * np.log(10))),
    "cbrt": _of_one(np.cbrt, lambda z, y: y / (3 * z)),
}
