"""What is computed together, what is stored, and what is written in place."""

import itertools

import numpy as np
import pytest

from clearprop.engines.compiled.codegen import plan as planning
from clearprop.engines.compiled.codegen.calls import Code
from clearprop.engines.compiled.codegen.fuse import fuse
from clearprop.engines.compiled.codegen.plan import overwritten, scheduled
from clearprop.engines.compiled.machine.ir import Module
from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.program import Program
from tests.engines.compiled.natively import HOST, beside_numpy, constant, leaf, made, repeated

PLAIN = HOST._replace(guarded=False)


def _adam(w, m, v, g):
    m2 = made("add", made("multiply", m, repeated(constant(0.9), m.shape)), g)
    v2 = made("add", made("multiply", v, repeated(constant(0.9), v.shape)), made("square", g))
    return made("subtract", w, made("divide", m2, made("sqrt", made("exp", v2)))), m2, v2


def _prepared(program):
    return Code(Module(PLAIN)).prepare(prepared(program))


def test_the_moments_and_the_weight_are_one_loop():
    w, m, v = (leaf("state", (40, 3), name=name) for name in "wmv")
    x = leaf("data", (40, 3))
    program = Program([x], states=[w, m, v], after=list(_adam(w, m, v, made("exp", x))))
    kernels = fuse(prepared(program))
    assert len(kernels) == 1
    beside_numpy(program)


def test_layers_stay_apart():
    states = [leaf("state", (40, 3)) for _ in range(4)]
    rate = leaf("scalar", ())
    after = [made("multiply", x, repeated(rate, x.shape)) for x in states]
    assert len(fuse(prepared(Program(scalars=[rate], states=states, after=after)))) == 4


def test_what_is_dear_and_used_twice_is_stored():
    x = leaf("data", (6, 50))
    dear, cheap = made("exp", x), made("add", x, x)
    results = [made("sum", made("permute", each, axes=(1, 0)), axes=(0,)) for each in (dear, cheap)]
    results += [made("permute", each, axes=(1, 0)) for each in (dear, cheap)]
    program = Program([x], results=results)
    stored = [root for kernel in fuse(prepared(program)) for root in kernel.roots]
    assert [root.op for root in stored].count("exp") == 1
    assert "add" not in [root.op for root in stored]
    beside_numpy(program)


def test_what_would_be_computed_for_every_row_is_stored():
    b, x = leaf("state", (50,)), leaf("data", (40, 50))
    row = made("negative", b)
    program = Program([x], states=[b], after=[b], results=[made("add", x, repeated(row, x.shape))])
    assert len(fuse(prepared(program))) == 2
    few = Program([x], states=[b], after=[b], results=[made("add", x, repeated(b, x.shape))])
    assert len(fuse(prepared(few))) == 1


def test_sums_over_the_same_axes_are_one_pass():
    x = leaf("data", (9, 20))
    results = [made("sum", x, axes=(0,)), made("sum", made("square", x), axes=(0,))]
    (kernel,) = fuse(prepared(Program([x], results=results)))
    assert (kernel.form, len(kernel.roots)) == ("columns", 2)
    beside_numpy(Program([x], results=results))


def test_rows_that_only_need_each_other_are_one_loop():
    x = leaf("data", (5, 30))
    mean = made("divide", made("sum", x, axes=(1,)), constant(np.full(5, 30.0)))
    off = made("subtract", x, made("broadcast", mean, axes=(0,), shape=x.shape))
    spread = made("sum", made("square", off), axes=(1,))
    by = made("broadcast", made("sqrt", spread), axes=(0,), shape=x.shape)
    program = Program([x], results=[made("divide", off, by)])
    (kernel,) = fuse(prepared(program))
    assert kernel.rows == (5,)
    beside_numpy(program)


def test_a_reshape_that_no_loop_can_follow_is_stored():
    x = leaf("data", (6, 10))
    turned = made("permute", made("exp", x), axes=(1, 0))
    odd = made("reshape", turned, shape=(4, 15))
    program = Program([x], results=[made("negative", odd)])
    assert len(fuse(prepared(program))) == 2
    beside_numpy(program)


# -- places -------------------------------------------------------------------------------------


def test_a_state_is_written_in_place_once_nobody_reads_it_any_more():
    w, x = leaf("state", (20, 3)), leaf("data", (4, 20))
    after = made("subtract", w, made("exp", w))
    told = made("dot", x, w, ta=False, tb=False)
    program = Program([x], states=[w], after=[after], results=[told])
    work = _prepared(program)
    assert not work.plan.copies
    assert work.kernels[-1].roots[0] is work.program.after[0]  # it was put off
    beside_numpy(program)


def test_a_state_that_is_read_elsewhere_is_written_aside():
    w = leaf("state", (20, 20))
    after = made("add", w, made("permute", w, axes=(1, 0)))
    program = Program(states=[w], after=[after])
    work = _prepared(program)
    assert [place.where for _, place in work.plan.copies] == ["state"]
    beside_numpy(program)


def test_states_change_places():
    a, b, c = (leaf("state", (7,)) for _ in range(3))
    program = Program(states=[a, b, c], after=[b, c, a], results=[a])
    built = beside_numpy(program, steps=4)
    assert built.kernels == []  # so little that it stays in registers
    wide = [leaf("state", (4000,)) for _ in range(3)]
    program = Program(states=wide, after=[wide[1], wide[2], wide[0]], results=[wide[0]])
    assert beside_numpy(program, steps=4).kernels


def test_overwriting_too_early_is_caught(monkeypatch):
    w = leaf("state", (60, 60))
    program = Program(states=[w], after=[made("add", w, made("permute", w, axes=(1, 0)))])
    beside_numpy(program)
    monkeypatch.setattr(planning, "overwritten", lambda program, kernels: {0})
    with pytest.raises(AssertionError, match="state 0"):
        beside_numpy(program)
    assert overwritten(prepared(program), fuse(prepared(program))) == set()


def _long_chain(guarded):
    x = leaf("data", (64, 64))
    value = x
    for _ in range(6):
        value = made("dot", value, value, ta=False, tb=False)
    target = PLAIN._replace(guarded=guarded)
    program = prepared(Program([x], results=[made("tanh", value)]))
    return Code(Module(target)).prepare(program).plan


def test_memory_of_what_is_dead_is_used_again():
    one = 64 * 64 * 8
    assert _long_chain(False).arena < 4 * one + 6 * one // 2
    assert _long_chain(True).arena > 6 * one


def test_zones_lie_between_all_arrays_of_a_guarded_program():
    spans = sorted(_long_chain(True).buffers)
    assert len(spans) >= 6
    for (at, size), (following, _) in itertools.pairwise(spans):
        assert at % 64 == 0
        assert following - (at + size) >= 64


def test_only_what_nobody_waits_for_is_put_off():
    w, x = leaf("state", (30,)), leaf("data", (30,))
    after = made("exp", w)
    told = made("sum", made("multiply", made("exp", after), x), axes=(0,))
    program = prepared(Program([x], states=[w], after=[after], results=[told]))
    kernels = fuse(program)
    order = scheduled(program, kernels)
    assert next(k.roots[0].op for k in order) == "exp"
    assert set(map(id, order)) == set(map(id, kernels))


def _update(change_of):
    w, x, g = leaf("state", (70, 40)), leaf("data", (1, 70)), leaf("draw", (40,))
    h = made("maximum", made("reshape", x, shape=(70,)), repeated(constant(0.0), (70,)))
    change = change_of(made("broadcast", h, axes=(0,), shape=w.shape), repeated(g, w.shape))
    return Program([x], draws=[g], states=[w], after=[made("subtract", w, change)], results=[h])


def test_rows_of_an_update_that_stay_as_they_are():
    program = _update(lambda h, g: made("multiply", h, made("multiply", g, g)))
    built = beside_numpy(program, steps=3)
    assert "llvm.cttz" in built.text  # zeros are found as bits
    beside_numpy(program, HOST._replace(threads=2), steps=3)


def test_rows_that_change_though_a_number_is_zero():
    for change in (lambda h, g: made("add", h, g), lambda h, g: made("divide", g, made("exp", h))):
        built = beside_numpy(_update(change), steps=3)
        assert "llvm.cttz" not in built.text


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_read_for_the_last_time_is_written_over(turned):
    x = leaf("data", (64, 64))
    y = made("cumsum", x, axis=0)
    z = made("sin", made("permute", y, axes=(1, 0)) if turned else y)
    program = Program([x], results=[made("dot", z, made("tanh", x), ta=False, tb=False)])
    work = _prepared(program)
    before, after = (
        next(p for v, p in work.plan.places.items() if v.op == op and p.where == "arena")
        for op in ("cumsum", "sin")
    )
    assert (before == after) is not turned
    beside_numpy(program, PLAIN)
