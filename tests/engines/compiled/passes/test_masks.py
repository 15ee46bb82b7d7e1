"""Relu's cut of what a pool hands back is made where it is handed back."""

import numpy as np
import pytest

from clearprop.engines.compiled.interpret import check, compute
from clearprop.engines.compiled.operations import pools
from clearprop.engines.compiled.passes.masks import unpools_cut
from clearprop.engines.compiled.program import Program
from tests.engines.compiled.natively import (
    HOST,
    TARGETS,
    beside_numpy,
    constant,
    leaf,
    made,
    repeated,
)

SHAPE, POOLED = (3, 7, 6, 19), (3, 3, 3, 19)


def back(*, bar=0.0, of="x", dtype="float64", window=(2, 2), pooled=POOLED, strides=None):
    x, other = leaf("data", SHAPE, dtype, "x"), leaf("draw", SHAPE, dtype, "other")
    g = leaf("draw", pooled, dtype, "g")
    how = {"window": window, "strides": strides or window, "padding": "valid"}
    given = made("max_unpool", g, x, **how)
    asked = x if of == "x" else other
    above = made("greater", asked, repeated(constant(bar, dtype), SHAPE))
    kept = made("where", above, given, repeated(constant(0, dtype), SHAPE))
    return Program([x], [g, other], results=[kept])


def ops(program):
    return {value.op for value in program.values() if value.op}


@pytest.mark.parametrize("bar", [0.0, -0.5, 1.0])
def test_the_cut_is_made_by_the_pool(bar):
    program = back(bar=bar)
    changed = unpools_cut(program)
    check(changed.results)
    assert ops(changed) == {"max_unpool_above"}
    rng = np.random.default_rng(0)
    leaves = {each: rng.standard_normal(each.shape) for each in program.leaves}
    leaves[program.data[0]][0, 0, 0, :3] = np.nan, 0.0, -0.0
    (got,), (expected,) = (compute(each.results, leaves) for each in (changed, program))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cuts_natively(target, dtype):
    beside_numpy(back(dtype=dtype), target)
    beside_numpy(back(dtype=dtype, bar=0.4, window=(3, 2), pooled=(3, 5, 5, 19), strides=(1, 1)),
                 target)  # fmt: skip


def test_a_cut_by_something_else_stays():
    program = back(of="other")
    assert "max_unpool_above" not in ops(unpools_cut(program))
    beside_numpy(program)


def test_a_cut_that_is_not_made_is_noticed(monkeypatch):
    monkeypatch.setattr(pools.Function, "select", lambda f, kept, v, nothing: v)
    with pytest.raises(AssertionError):
        beside_numpy(back(), HOST)
