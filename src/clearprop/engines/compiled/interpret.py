"""A program run by NumPy, value after value: what its compiled form is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value, in_order

__all__ = ["check", "compute", "interpret"]


def compute(roots: Iterable[Value], leaves: Mapping[Value, Any]) -> list[Any]:
    """
    Compute values from the arrays of their leaves.

    Parameters
    ----------
    roots : iterable of Value
        What is wanted.
    leaves : mapping of Value to array
        What they are made of; constants need not be there.

    Returns
    -------
    list of array
    """
    wanted = list(roots)
    known: dict[Value, Any] = dict(leaves)
    with np.errstate(all="ignore"):
        for value in in_order(wanted):
            if value in known:
                continue
            if value.kind == "constant":
                known[value] = value.array
            elif not value.op:
                raise KeyError(f"nothing was given for {value!r}")
            else:
                inputs = [known[x] for x in value.inputs]
                made = PRIMITIVES[value.op].reference(*inputs, **value.params)
                known[value] = made if value.op == "scan" else np.asarray(made)
    return [known[value] for value in wanted]


def interpret(program: Program, leaves: Mapping[Value, Any]) -> tuple[list[Any], list[Any]]:
    """
    Run a step.

    Parameters
    ----------
    program : Program
    leaves : mapping of Value to array
        Data, draws, scalars and states.

    Returns
    -------
    after, results : list of array
        The states after the step, and what is told of it.
    """
    made = compute(program.outputs, leaves)
    return made[: len(program.after)], made[len(program.after) :]


def check(roots: Iterable[Value]) -> None:
    """
    Hold every value to the rule of the primitive that makes it.

    Raises
    ------
    AssertionError
        If a shape or a kind of number is another, or maps are given unlike shapes.
    """
    for value in in_order(roots):
        if not value.op:
            continue
        known = PRIMITIVES[value.op]
        shape, dtype = known.rule(value.inputs, **value.params)
        if (shape, dtype) != (value.shape, value.dtype):
            raise AssertionError(f"{value!r}: the rule says {dtype}{list(shape)}")
        if known.kind == "map" and any(x.shape != value.shape for x in value.inputs):
            raise AssertionError(f"{value!r} is made of {value.inputs}")
