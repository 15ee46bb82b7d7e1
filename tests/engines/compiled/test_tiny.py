"""Programs of a few numbers, which stay in registers."""

import numpy as np
import pytest

from clearprop.engines.compiled.codegen.tiny import is_tiny
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.trace.scan import Looping
from tests.engines.compiled.natively import TARGETS, beside_numpy, constant, leaf, made, repeated


def _network(dtype="float64", batch=2):
    x, y = leaf("data", (batch, 3), dtype), leaf("data", (batch, 1), dtype)
    w, v, b = leaf("state", (3, 2), dtype), leaf("state", (2, 1), dtype), leaf("state", (2,), dtype)
    still, rate = leaf("state", (2,), dtype), leaf("scalar", ())
    h = made("tanh", made("add", made("dot", x, w, ta=False, tb=False), repeated(b, (batch, 2))))
    h = made("add", h, repeated(still, h.shape))
    error = made("subtract", made("dot", h, v, ta=False, tb=False), y)
    lr = made("cast", rate, dtype=np.dtype(dtype))
    dv = made("multiply", made("dot", h, error, ta=True, tb=False), repeated(lr, (2, 1)))
    db = made("sum", made("dot", error, v, ta=False, tb=True), axes=(0,))
    after = [made("subtract", w, repeated(made("exp", db), w.shape)), made("subtract", v, dv)]
    after += [made("subtract", b, db), still]
    results = [made("sum", made("square", error), axes=(0, 1)), made("argmax", h, axis=1)]
    results += [made("greater", h, repeated(constant(0, dtype), h.shape)), w]
    return Program([x, y], [], [rate], [w, v, b, still], after, results)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network(dtype, target):
    program = _network(dtype)
    assert is_tiny(program)
    for listed in (False, True):
        built = beside_numpy(program, TARGETS[target], steps=3, listed=listed, rtol=1e-4)
    assert built.kernels == []


def test_everything_it_knows():
    x, t = leaf("state", (3, 4)), leaf("state", (2, 3), "bool")
    whole = leaf("state", (2, 3), "int64")
    results = [
        made("concat", x, x, axis=1), made("permute", x, axes=(1, 0)),
        made("slice", x, starts=(2, 1), steps=(-1, 2), shape=(3, 2)),
        made("reshape", x, shape=(2, 6)), made("iota", axis=1, shape=(2, 3), dtype=np.dtype("f8")),
        made("any", t, axes=(0,)), made("all", t, axes=(1,)), made("argmin", whole, axis=0),
        made("dot", t, made("permute", t, axes=(1, 0)), ta=False, tb=False),
        made("dot", whole, whole, ta=True, tb=False), made("argmax", t, axis=1),
        made("sum", made("slice", x, starts=(0, 0), steps=(1, 1), shape=(3, 0)), axes=(1,)),
        made("erf", x), made("max", whole, axes=(0, 1)), made("prod", x, axes=(0,)),
    ]  # fmt: skip
    program = Program(states=[x, t, whole], results=results)
    assert is_tiny(program)
    beside_numpy(program)


def test_what_is_more_than_a_few_numbers():
    assert not is_tiny(Program(results=[made("exp", leaf("state", (40, 40)))]))
    x = leaf("state", (2,))
    assert not is_tiny(
        Program(results=[made("pad", x, low=(1,), high=(1,), interior=(0,), value=0)])
    )
    assert is_tiny(Program(results=[made("exp", x)]))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_loop_over_time(reverse, target):
    x, w, h = leaf("state", (5, 3, 4)), leaf("state", (4, 4)), leaf("state", (3, 4))
    loop = Looping(5, what="sums", reverse=reverse)
    fixed, carried, now = loop.fixed(w), loop.carried(h), loop.each(x)
    count = loop.carried(made("sum", h, axes=(0,)))
    new = made("tanh", made("add", made("dot", carried, fixed, ta=False, tb=False), now))
    sums = made("add", count, made("sum", new, axes=(0,)))
    told, last = loop.run([new, sums], [carried, made("exp", new)])
    results = [*told, *last, made("sum", told[1], axes=(0, 2))]
    beside_numpy(Program(states=[x, w, h], after=[x, w, last[0]], results=results), TARGETS[target])


def test_loops_within_loops():
    x, h = leaf("state", (3, 2, 4)), leaf("state", (4,))
    outer = Looping(3, what="outer")
    now, carried = outer.each(x), outer.carried(h)
    inner = Looping(2, what="inner")
    each, kept = inner.each(now), inner.carried(carried)
    _, last = inner.run([made("add", made("multiply", kept, each), constant(np.arange(4.0)))], [])
    told, end = outer.run(last, last)
    beside_numpy(Program(states=[x, h], results=[*told, *end]))
