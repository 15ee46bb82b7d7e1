"""Mistakes in the gradients of a recurrent layer's weights, biases, inputs and first memories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, again, at, several
from clearprop.doctor.catalogue.unrolled import Slip, entries
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.traced.cell import Cell
from clearprop.doctor.traced.unrolled import weight_gradient

__all__ = ["MISTAKES"]

Of = Callable[[Cell, str], Callable[[Env, Any], Any]]


def _each(cell: Cell, of: Of, *kinds: str, of_all: bool = True) -> Iterator[Slip]:
    """Change the gradients of those of a kind together, and of each alone."""
    groups = [tuple(cell.of_kind(k)) for k in kinds]
    groups += [(r,) for k in kinds if k != "all" for r in cell.of_kind(k)]
    every = tuple(cell.roles)
    for group in dict.fromkeys(groups):
        if group and (of_all or group != every):
            yield {r: of(cell, r) for r in group}


def _of_step(t: int) -> Of:
    return lambda cell, r: lambda e, right: weight_gradient(e, cell, r, times=[t])


def _of_rows(rows: slice) -> Of:
    return lambda cell, r: lambda e, right: weight_gradient(e, cell, r, rows=rows)


_FIRST, _LAST = slice(0, 1), slice(-1, None)


def _not_over_time(cell: Cell) -> Iterator[Slip]:
    for t in (0, -1):
        yield from _each(cell, _of_step(t), "all", "weights", "x", "memories", "biases")


def _one_sample(cell: Cell) -> Iterator[Slip]:
    for rows in (_FIRST, _LAST):
        yield from _each(cell, _of_rows(rows), "all", "weights", "x", "memories")


def _bias_of_one_sample(cell: Cell) -> Iterator[Slip]:
    def rows(cell: Cell, r: str) -> Callable[[Env, Any], Any]:
        gates = [t.gate for t in cell.tables if t.role == r]

        def change(e: Env, right: Any) -> Any:
            if e.N < 2:
                return right
            return np.concatenate([e.d["delta"][k].sum(axis=0) for k in gates], axis=1)

        return change

    yield from _each(cell, rows, "biases")
    for some in (_FIRST, _LAST):
        yield from _each(cell, _of_rows(some), "biases")


def _bias_averaged(cell: Cell) -> Iterator[Slip]:
    def by(count: Callable[[Env], float]) -> Of:
        return lambda cell, r: lambda e, right: right / count(e)

    for count in (lambda e: e.N, lambda e: e.T, lambda e: e.N * e.T):
        yield from _each(cell, by(count), "biases")


def _bias_of_all(cell: Cell) -> Iterator[Slip]:
    yield from _each(cell, lambda cell, r: lambda e, right: np.sum(right), "biases")
    yield from _each(
        cell, lambda cell, r: lambda e, right: np.full_like(right, np.sum(right)), "biases"
    )


def _bias_missing(cell: Cell) -> Iterator[Slip]:
    yield from _each(cell, lambda cell, r: lambda e, right: np.zeros_like(right), "biases")


def _bias_wrong_axis(cell: Cell) -> Iterator[Slip]:
    def other(cell: Cell, r: str) -> Callable[[Env, Any], Any]:
        gates = [t.gate for t in cell.tables if t.role == r]
        return lambda e, right: np.concatenate(
            [e.d["delta"][k] for k in gates], axis=2
        ).sum(axis=(0, 2))  # fmt: skip

    yield from _each(cell, other, "biases")


def _transposed(cell: Cell) -> Iterator[Slip]:
    yield from _each(cell, lambda cell, r: lambda e, right: right.T, "weights", "x", "memories")


def _negative(cell: Cell) -> Iterator[Slip]:
    def of(cell: Cell, r: str) -> Callable[[Env, Any], Any]:
        return lambda e, right: -right

    for r in (*cell.roles, "x", "s0", "s1"):
        yield {r: of(cell, r)}


def _of_ones(cell: Cell) -> Iterator[Slip]:
    def of(cell: Cell, r: str) -> Callable[[Env, Any], Any]:
        return lambda e, right: weight_gradient(e, cell, r, delta=np.ones_like(e.d["delta"]))

    yield from _each(cell, of, "all")
    yield from _arriving(cell, np.ones_like)


def _squared(cell: Cell) -> Iterator[Slip]:
    yield from _arriving(cell, lambda g: g * g)


def _arriving(cell: Cell, change: Callable[[Any], Any]) -> Iterator[Slip]:
    """Change what comes into the gates from behind."""
    if cell.gates > 1:
        yield {f"arrive {k}": lambda e, right: change for k in range(cell.gates)}
    for k in range(cell.gates):
        yield {f"arrive {k}": lambda e, right: change}


def _without_x(cell: Cell) -> Iterator[Slip]:
    zero: Callable[[Env, Any], Any] = lambda e, right: np.zeros_like(right)  # noqa: E731
    for some in (("x",), ("s0",), ("x", "s0"), ("s0", "s1"), ("x", "s0", "s1")):
        yield dict.fromkeys(some, zero)
    yield {"x": lambda e, right: e.g if np.shape(e.g) == np.shape(right) else right}


def _mean_of_samples(cell: Cell) -> Iterator[Slip]:
    yield {r: lambda e, right: right / e.N for r in cell.roles}


# ---- a layer behind, at each step -------------------------------------------------------------
def _at_each_step(link: Link, index: int, count: int) -> bool:
    return "steps" in link.about


def _rows_of(e: Env, t: int) -> Any:
    run = e.about["steps"].run_of(e.values)
    return np.flatnonzero(run.rows // run.samples == t % run.steps)


def _rows_of_sample(e: Env, n: int) -> Any:
    run = e.about["steps"].run_of(e.values)
    return np.flatnonzero(run.rows % run.samples == n % run.samples)


def _weights_of(rows: Callable[[Env, int], Any], k: int) -> Callable[[Env, Any], Any]:
    def change(e: Env, right: Any) -> Any:
        some = rows(e, k) if "steps" in e.about else []
        return e.x[some].T @ e.g[some] if len(some) else right

    return change


def _biases_of(rows: Callable[[Env, int], Any], k: int) -> Callable[[Env, Any], Any]:
    def change(e: Env, right: Any) -> Any:
        return e.g[rows(e, k)].sum(axis=0) if "steps" in e.about else right

    return change


def _of_sample(k: int) -> list[Edit]:
    """Take one sample of a layer behind."""
    w, b = _weights_of(_rows_of_sample, k), _biases_of(_rows_of_sample, k)
    return [
        at("affine", "W", w, where=_at_each_step),
        replace(several("affine", W=w, b=b), where=_at_each_step),
    ]


def _behind(t: int) -> list[Edit]:
    """Take one step of a layer behind: of its weights, its biases, both, and of all there is."""
    w, b = _weights_of(_rows_of, t), _biases_of(_rows_of, t)

    def of_all(e: Env, right: Any) -> Any:
        cell = e.about["cell"]
        return {**right, **{r: _of_step(t)(cell, r) for r in cell.roles}}

    return [
        replace(several("affine", W=w, b=b), where=_at_each_step),
        at("affine", "W", w, where=_at_each_step),
        at("affine", "b", b, where=_at_each_step),
        Edit("", {("unrolled", "slip"): of_all, ("affine", "W"): w, ("affine", "b"): b}),
    ]


def _of_memory_before(e: Env, right: Any) -> Any:
    """Use what the memory was before the step."""
    cell = e.about["steps"]
    own = next((o for o in e.envs if o.about.get("cell") is cell), None)
    if own is None or len(cell.shown) != 1:
        return right
    before = own.before[cell.shown[0]].reshape(len(e.x), -1)[own.run.rows]
    after = own.state[cell.shown[0]].reshape(len(e.x), -1)[own.run.rows]
    return before.T @ e.g if np.array_equal(after, e.x) else right


def _share(count: Callable[[Any], int]) -> Edit:
    def change(e: Env, right: Any) -> Any:
        return right / count(e.about["steps"].run_of(e.values))

    return at("affine", "b", change, where=_at_each_step)


def _counted(word: str) -> Callable[[Link, int, int], bool]:
    return lambda link, i, n: "steps" in link.about and word in link.about.get("scale", "")


def _run(e: Env) -> Any:
    return e.about["steps"].run_of(e.values)


MISTAKES: tuple[Mistake, ...] = (
    again(
        "batch-mean-missing",
        at("loss", "factor", lambda e, right: right * _run(e).samples, where=_counted("sequences")),
        at("loss", "factor", lambda e, right: right * _run(e).steps, where=_counted("steps")),
        at("loss", "factor", lambda e, right: right * e.N, where=_counted("of all sequences")),
    ),
    again(
        "batch-mean-extra",
        at("loss", "factor", lambda e, right: right / _run(e).samples, where=_counted("")),
        at("loss", "factor", lambda e, right: right / _run(e).steps, where=_counted("")),
    ),
    again("rnn-wrong-time", at("affine", "W", _of_memory_before, where=_at_each_step)),
    again("bias-averaged", _share(lambda run: run.steps), _share(lambda run: run.samples)),
    replace(
        again(
            "rnn-not-summed-over-time",
            *entries(_not_over_time, 48),
            *_behind(0),
            *_behind(-1),
        ),
        gives_way_to=("rnn-one-step",),
    ),
    again("weight-gradient-transposed", *entries(_transposed, 20)),
    replace(
        again("upstream-ignored", *entries(_of_ones, 20)),
        gives_way_to=("output-instead-of-loss", "twice-too-large", "half-too-small", "sign-delta"),
    ),
    again("upstream-twice", *entries(_squared, 8)),
    again("bias-not-summed", *entries(_bias_of_one_sample, 20)),
    again("bias-averaged", *entries(_bias_averaged, 20)),
    again("bias-sum-over-all", *entries(_bias_of_all, 16)),
    again("bias-wrong-axis", *entries(_bias_wrong_axis, 8)),
    again("bias-gradient-missing", *entries(_bias_missing, 8)),
    again("one-sample-only", *entries(_one_sample, 40), *_of_sample(0), *_of_sample(-1)),
    replace(
        again("input-gradient-missing", *entries(_without_x, 6)), gives_way_to=("paths-not-summed",)
    ),
    again("batch-mean-extra", *entries(_mean_of_samples, 1)),
    again("sign-one", *entries(_negative, 24)),
)
