"""Stacks of products that are made of each other go through the examples together."""

import numpy as np
import pytest

from clearprop.engines.compiled.codegen.emit import build
from clearprop.engines.compiled.interpret import check
from clearprop.engines.compiled.passes import examples, prepared
from clearprop.engines.compiled.passes.examples import example_by_example
from clearprop.engines.compiled.passes.strides import dots_apart
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.text.words import described
from tests.engines.compiled.natively import (
    HOST,
    TARGETS,
    beside_numpy,
    constant,
    leaf,
    made,
    same_results,
)

SHAPE = (5, 9, 2, 17)  # examples, time, heads, width
EXCHANGED = (0, 2, 1, 3)


@pytest.fixture(autouse=True)
def little(monkeypatch):
    monkeypatch.setattr(examples, "WORTH", 0)


def attention(dtype="float64", *, between="softmax"):
    """Attention, with a mask that all examples share, and its scores for somebody else."""
    q, k, v = (leaf("data", SHAPE, dtype, name) for name in "qkv")
    mask = leaf("state", (9, 9), dtype, "mask")
    q, k, w = (made("permute", x, axes=EXCHANGED) for x in (q, k, v))
    scores = made("dot", q, k, ta=False, tb=True)
    masked = made("add", scores, made("broadcast", mask, axes=(2, 3), shape=scores.shape))
    scaled = made("multiply", masked, made("broadcast", constant(0.3, dtype), axes=(),
                                           shape=scores.shape))  # fmt: skip
    if between == "all examples":
        total = made("sum", scaled, axes=(0,))
        shares = made("multiply", scaled, made("broadcast", total, axes=(1, 2, 3),
                                               shape=scores.shape))  # fmt: skip
    else:
        grown = made("exp", scaled)
        total = made("broadcast", made("sum", grown, axes=(3,)), axes=(0, 1, 2),
                     shape=scores.shape)  # fmt: skip
        shares = made("divide", grown, total)
    mixed = made("permute", made("dot", shares, w, ta=False, tb=False), axes=EXCHANGED)
    leaves = [q.inputs[0], k.inputs[0], v]
    return Program(leaves, states=[mask], after=[mask], results=[mixed, shares])


def ops(program):
    return sorted(value.op for value in program.values() if value.op)


def looped(program):
    return example_by_example(dots_apart(prepared(program)))


def test_all_in_between_is_in_the_loop():
    program = attention()
    changed = looped(program)
    check(changed.results)
    assert ops(changed) == ["part", "part", "scan"]
    rng = np.random.default_rng(0)
    leaves = {each: rng.standard_normal(each.shape) for each in program.leaves}
    same_results(changed, program, leaves, tolerance=1e-12)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_examples_natively(target, dtype):
    assert "scan" in ops(looped(attention(dtype)))
    beside_numpy(attention(dtype), target, rtol=1e-4)


def test_it_is_told():
    lines = [line.text for line in described(build(attention(), HOST, batch_rows=5))]
    assert any('"n": 5' in line or "5" in line for line in lines[:1])


def test_what_needs_all_examples_is_no_loop():
    program = attention(between="all examples")
    assert "scan" not in ops(looped(program))
    beside_numpy(program)


def test_what_stays_in_the_caches_anyway_is_no_loop(monkeypatch):
    monkeypatch.setattr(examples, "WORTH", 1 << 19)
    assert "scan" not in ops(looped(attention()))


def test_axes_of_all_examples_in_one_are_noticed(monkeypatch):
    monkeypatch.setattr(examples, "_less", lambda axes: tuple(max(0, axis - 2) for axis in axes))
    with pytest.raises(Exception):  # noqa: B017, PT011 - shapes that do not fit, or other numbers
        beside_numpy(attention(), HOST)
