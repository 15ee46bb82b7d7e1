"""Which matrix products pass over the zeros of their left operand."""

from __future__ import annotations

from collections.abc import Iterable

from clearprop.engines.compiled.program import Value

__all__ = ["SPARSE", "density", "skip_zeros"]

SPARSE = 0.4  # the share of numbers other than 0 up to which passing over the others pays
NARROW, SHORT = 8, 64  # columns and length of sums below which it does not


def skip_zeros(values: Iterable[Value]) -> None:
    """
    Mark the products whose left operand is mostly zeros, as far as is known.

    What is known is the `density` of data leaves, the share of their numbers that are not 0, which
    whoever knows the data puts among the leaf's `params`.

    Parameters
    ----------
    values : iterable of Value
        Of a program, products with their operands as they are held.
    """
    for value in values:
        if value.op == "dot" and value.ndim == 2 and not value.params.get("tb"):
            x = value.inputs[0]
            wide = value.shape[-1] >= NARROW and max(x.shape) >= SHORT
            if wide and density(x) <= SPARSE:
                value.params = {**value.params, "skip": True}


def density(value: Value) -> float:
    """
    Tell the share of a value's numbers that are not 0, if that follows from its data; 1 otherwise.

    Examples
    --------
    >>> pixels = Value("", (), {"density": 0.2}, (8, 784), "uint8", kind="data")
    >>> density(Value("cast", (pixels,), {"dtype": "float32"}, (8, 784), "float32"))
    0.2
    """
    while True:
        if value.kind == "data":
            return float(value.params.get("density", 1.0))
        if value.op in ("cast", "reshape", "negative", "abs"):
            value = value.inputs[0]
        elif value.op in ("multiply", "divide"):
            left, right = value.inputs
            if right.op != "broadcast" or right.inputs[0].size != 1:
                if value.op == "divide" or left.op != "broadcast" or left.inputs[0].size != 1:
                    return 1.0
                left = right
            value = left
        else:
            return 1.0
