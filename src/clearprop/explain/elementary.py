"""The operations that one calculates with on paper, and how Python writes them, by `math` alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from clearprop.core.op import REGISTRY, Op

__all__ = ["CALLS", "SIGNS", "in_python", "is_elementary"]

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "pow": "**",
        "greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "==",
        "not_equal": "!=", "logical_and": "and", "logical_or": "or",
    }
)  # fmt: skip
# Where an operation is not a function of `math` of the same name.
CALLS: Mapping[str, str] = MappingProxyType(
    {
        "square": "{x} ** 2",
        "reciprocal": "1 / {x}",
        "negative": "-{x}",
        "positive": "{x}",
        "logical_not": "not {x}",
        "abs": "abs({x})",
        "sign": "({x} > 0) - ({x} < 0)",
        "maximum": "max({x1}, {x2})",
        "minimum": "min({x1}, {x2})",
        "clip": "min(max({x}, {min}), {max})",
        "where": "{x1} if {condition} else {x2}",
        "relu": "max(0.0, {x})",
        "sigmoid": "1 / (1 + math.exp(-{x}))",
        "softplus": "math.log1p(math.exp({x}))",
        "log_sigmoid": "-math.log1p(math.exp(-{x}))",
    }
)


def in_python(op: str) -> str | None:
    """
    Give how Python writes an operation, with places for its inputs; None if it has no such way.

    Examples
    --------
    >>> in_python("tanh"), in_python("relu"), in_python("gelu")
    ('math.tanh({x})', 'max(0.0, {x})', None)
    """
    if op in CALLS:
        return CALLS[op]
    known = REGISTRY[op].inputs
    if op in SIGNS:
        return f" {SIGNS[op]} ".join(f"{{{name}}}" for name in known)
    if callable(getattr(math, op, None)) and not REGISTRY[op].variadic:
        return f"math.{op}({', '.join(f'{{{name}}}' for name in known)})"
    return None


def is_elementary(op: Op) -> bool:
    """Tell whether a formula may mention an operation; any other is opened into such."""
    return op.elementwise and in_python(op.name) is not None
