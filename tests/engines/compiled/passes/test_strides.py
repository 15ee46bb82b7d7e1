"""Axes that change places around a product are not copied for it."""

import numpy as np
import pytest

from clearprop.engines.compiled.interpret import check
from clearprop.engines.compiled.passes import prepared, strides
from clearprop.engines.compiled.passes.strides import dots_apart
from clearprop.engines.compiled.program import Program
from tests.engines.compiled.natively import HOST, TARGETS, beside_numpy, leaf, made, same_results

EXCHANGED = (0, 2, 1, 3)


def heads(*, scores_turned, dtype="float64"):
    """Attention's products, of (batch, time, heads, width)."""
    q, k, v = (leaf("data", (3, 17, 2, 33), dtype, name) for name in "qkv")
    right = (0, 2, 3, 1) if scores_turned else EXCHANGED
    scores = made(
        "dot", made("permute", q, axes=EXCHANGED), made("permute", k, axes=right),
        ta=False, tb=not scores_turned,
    )  # fmt: skip
    mixed = made("dot", scores, made("permute", v, axes=EXCHANGED), ta=True, tb=False)
    back = made("permute", mixed, axes=EXCHANGED)
    over = made("dot", made("permute", q, axes=(0, 2, 3, 1)), scores, ta=False, tb=False)
    return Program([q, k, v], results=[back, made("permute", over, axes=(0, 3, 1, 2))])


def ops(program):
    return sorted(value.op for value in program.values() if value.op)


@pytest.mark.parametrize("turned", [False, True])
def test_no_axes_are_moved(turned):
    program = heads(scores_turned=turned)
    changed = dots_apart(prepared(program))
    check(changed.results)
    assert ops(changed) == ["dot_apart"] * 3
    rng = np.random.default_rng(0)
    leaves = {each: rng.standard_normal(each.shape) for each in program.data}
    same_results(changed, program, leaves, tolerance=1e-12)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_lies_apart_is_read_and_written_in_place(target, dtype):
    beside_numpy(heads(scores_turned=True, dtype=dtype), target, rtol=1e-4)


def test_what_others_need_and_what_is_little_stays():
    q, k = (leaf("data", (3, 17, 2, 33)) for _ in range(2))
    first = made("permute", q, axes=(3, 0, 1, 2))  # the last axis is no longer a matrix's
    other = made("permute", k, axes=(3, 0, 2, 1))
    dot = made("dot", first, other, ta=False, tb=False)
    twice = Program([q, k], results=[dot, made("permute", dot, axes=(0, 1, 3, 2))])
    assert ops(dots_apart(twice)) == ops(twice)
    small = leaf("data", (3, 5, 2, 3))
    turned = made("permute", small, axes=EXCHANGED)
    little = Program([small], results=[made("dot", turned, turned, ta=False, tb=True)])
    assert ops(dots_apart(little)) == ops(little)


def test_a_product_turned_over_the_wrong_way_is_noticed(monkeypatch):
    right = strides._last_kept
    monkeypatch.setattr(strides, "_last_kept", lambda order: (right(order)[0], False))
    program = heads(scores_turned=True)
    with pytest.raises(Exception):  # noqa: B017, PT011 - shapes that do not fit, or other numbers
        beside_numpy(program, HOST)
