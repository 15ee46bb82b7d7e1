"""Reductions along inner axes, or outer ones: never along some in between and the last."""

from __future__ import annotations

from clearprop.engines.compiled.codegen.kernels import FOLDS
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program, Value

__all__ = ["inner_reductions"]


def inner_reductions(program: Program) -> Program:
    """Move the axes that are reduced to the end where the last is one of them."""
    return rewritten(program, _moved)


def _moved(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    if value.op not in FOLDS:
        return None
    (x,) = inputs
    rank = len(x.shape)
    single = "axis" in value.params
    gone = (value.params["axis"] % rank,) if single else tuple(value.params["axes"])
    kept = tuple(a for a in range(rank) if a not in gone)
    if kept == tuple(range(len(kept))) or (not single and rank - 1 not in gone):
        return None
    order = kept + gone
    shape = tuple(x.shape[a] for a in order)
    turned = Value("permute", (x,), {"axes": order}, shape, x.dtype)
    params = {"axis": rank - 1} if single else {"axes": tuple(range(len(kept), rank))}
    return Value(value.op, (turned,), params, value.shape, value.dtype, weak=value.weak)
