"""Objects made of a class whose arguments were not given: weights, sizes and rates, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import FORWARD, arguments, first_of
from clearprop.doctor.submitted.snapshot import functions_of
from clearprop.doctor.submitted.subject import Asked

__all__ = ["made"]

_UNITS, _HIDDEN, _KERNEL = 3, 5, 3
_SIZE = r"_?(size|dim|nodes|units|features|channels|shape)?"
_NAMES = (
    ("weights", r"w\d?|weights?|kernel|w_?mat|weight_matrix|filters?|가중치"),
    ("bias", r"b\d?|bias(es)?|편향"),
    ("per_input", r"gamma|beta"),
    ("inputs", rf"(n_?)?in(puts?)?{_SIZE}|fan_?in|d_?in|d|i|n_?x|(num|n)_features|입력\w*"),
    ("inputs", r"features|channels|dim"),
    ("hidden", rf"(n_?)?hid(den)?{_SIZE}(_layer)?|h|n_?h|은닉\w*"),
    ("outputs", rf"(n_?)?out(puts?)?{_SIZE}|fan_?out|d_?out|m|o|k|n_?y|units|출력\w*"),
    ("outputs", r"(n_?|num_?)?(classes|units|neurons)"),
    ("kernel_size", r"kernel_?size|ksize|filter_?size|pool_?(size|h|w)|size|fh|fw|window"),
    ("stride", r"strides?|s"),
    ("padding", r"pad(ding)?|p_?size"),
    ("rate", r"lr|learning_?rate|eta|rate|alpha|slope|leak|negative_slope|학습률"),
    ("half", r"p|dropout\w*|drop_?\w*|ratio|keep\w*|prob\w*"),
    ("tiny", r"eps(ilon)?|reg|lam(bda)?_?|l2|weight_?decay(_lambda)?|weight_init_std|std|scale"),
    ("momentum", r"momentum|mu|decay"),
    ("seed", r"seed|random_state|rng_seed"),
)


def made(kind: type, asked: Asked, budget: Budget) -> tuple[Any, dict[str, str] | None]:
    """
    Make an object of a class.

    Parameters
    ----------
    kind : type
    asked : Asked
        Its input tells how wide the weights are.
    budget : Budget

    Returns
    -------
    thing : object
    note : dict or None
        ``name`` and ``given``, where arguments had to be chosen.

    Raises
    ------
    Failed
        If it cannot be made.
    """
    needed = [n for n in arguments(kind)[0] if n != "*"]
    if not needed:
        return budget.call("made", kind), None
    roles = [_role(n) for n in needed]
    call = f"{kind.__name__}({', '.join(needed)})"
    refused = Failed("needs", "made", name=kind.__name__, needs=", ".join(needed), call=call)
    if None in roles or not asked.xs:
        raise refused
    for given in _choices(roles, asked):
        try:
            thing = budget.call("made", kind, *given)
            functions = functions_of(thing)
            ahead = first_of(FORWARD, functions)
            takes = arguments(functions[ahead])[0] if ahead is not None else []
            if ahead is not None and len(takes) == len(asked.xs):
                budget.call("forward", functions[ahead], *asked.xs)
                thing = budget.call("made", kind, *given)
        except Failed as failed:
            if failed.kind == "endless":
                raise
            continue
        said = ", ".join(f"{n}={_said(v)}" for n, v in zip(needed, given, strict=True))
        return thing, {"name": kind.__name__, "given": said}
    raise refused


def _role(name: str) -> str | None:
    bare = name.lower().strip("_")
    return next((role for role, names in _NAMES if re.fullmatch(names, bare)), None)


def _said(value: Any) -> str:
    return (
        f"randn{value.shape}".replace(",)", ")") if isinstance(value, np.ndarray) else f"{value:g}"
    )


def _choices(roles: Sequence[str | None], asked: Asked) -> Iterator[list[Any]]:
    """Yield arguments: weights as (in, out), then as (out, in), then with a kernel in 4 axes."""
    x = np.asarray(asked.xs[0], dtype=np.float64)
    wide = x.shape[1] if x.ndim == 4 else x.shape[-1] if x.ndim else 1
    out = _outputs(asked.t)
    if "weights" in roles and asked.t is None:
        out = wide  # square: what is transposed shows in the numbers, and does not raise
    rng = np.random.default_rng(0)
    sizes = {
        "inputs": wide, "hidden": _HIDDEN, "outputs": out, "kernel_size": _KERNEL, "stride": 1,
        "padding": 0, "rate": 0.1, "half": 0.5, "tiny": 0.01, "momentum": 0.9, "seed": 0,
    }  # fmt: skip
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]]
    shapes = [((wide, out), (out,)), ((out, wide), (out,)), ((out, wide), (out, 1))]
    if x.ndim == 4:
        shapes = [((out, wide, _KERNEL, _KERNEL), (out,))]
    for w, b in shapes if "weights" in roles else shapes[:1]:
        arrays = {"weights": w, "bias": b, "per_input": (wide,)}
        yield [
            0.5 * rng.standard_normal(arrays[role]) if role in arrays else sizes[str(role)]
            for role in roles
        ]  # fmt: skip


def _outputs(t: Any) -> int:
    if t is None or not np.ndim(t):
        return _UNITS
    t = np.asarray(t)
    return int(t.max()) + 1 if t.dtype.kind in "iu" and t.ndim == 1 else int(t.shape[-1])
