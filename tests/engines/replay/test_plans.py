"""Plans of steps beside one primitive after another: random programs, operations, memory."""

import numpy as np
import pytest

from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.program import NotCompilable, Program
from clearprop.engines.compiled.running import Bound
from clearprop.engines.replay import unrolling
from clearprop.engines.replay.calls import WAYS, Call
from clearprop.engines.replay.plan import Plan
from clearprop.engines.replay.running import Replayed
from tests.engines.compiled.natively import beside_interpreter, constant, leaf, made, once, repeated
from tests.engines.compiled.op_programs import families, hold_family, hold_wrong_cosh
from tests.engines.compiled.random_programs import random_program


def _held(seed):
    program = random_program(seed)
    rtol = 2e-3 if program.data[0].dtype == np.float32 else 1e-9
    for each in (program, prepared(program)):
        beside_interpreter(Replayed, each, steps=3, listed=bool(seed % 2), seed=seed, rtol=rtol)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed):
    _held(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60, 600))
def test_many_random_programs(seed):
    _held(seed)


def test_a_wrong_call_is_noticed(monkeypatch):
    def way(value, inputs, out, scratch):
        return [Call(np.add, (*inputs, out))]

    x, w = leaf("data", (4, 3)), leaf("state", (3,))
    program = Program([x], [], [], [w], [w], [made("subtract", x, repeated(w, x.shape))])
    beside_interpreter(Replayed, program)
    monkeypatch.setitem(WAYS, "subtract", way)
    with pytest.raises(AssertionError, match="result 0"):
        beside_interpreter(Replayed, program)


def planned(program, batch):
    """Make a plan of what the passes leave of a program."""
    return Replayed(prepared(program), batch)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("family", sorted(families()))
def test_operations(family, kind):
    hold_family(family, kind, planned)


def test_a_wrong_lowering_is_noticed(monkeypatch):
    hold_wrong_cosh(monkeypatch, planned)


def test_what_is_chosen_instead_of_zero_is_exact():
    """What is not chosen leaves no trace, be it ever so far from a number."""
    x, chosen = leaf("state", (5,)), leaf("state", (5,), "bool")
    zero = repeated(constant(0.0), (5,))
    program = Program([], [], [], [x, chosen], [x, chosen], [made("where", chosen, x, zero)])
    given = np.array([np.nan, -np.inf, -0.0, 3.0, np.nan])
    (got,) = once(planned, program, [given, np.array([False, False, True, True, True])])
    assert got[:2].tobytes() == np.zeros(2).tobytes()
    assert got[2:].tobytes() == given[2:].tobytes()


def _chain(length, size=1000):
    x, w = leaf("data", (4, size)), leaf("state", (size,))
    y = made("multiply", x, repeated(w, x.shape))
    for _ in range(length):
        y = made("exp", made("negative", made("exp", y)))
    back = made("sum", y, axes=(0,))
    after = made("subtract", w, back)
    return Program([x], [], [], [w], [after], [made("sum", back, axes=(0,))])


def test_memory_does_not_grow_with_what_is_computed():
    short, long = Plan(_chain(2)), Plan(_chain(50))
    assert short.memory.nbytes == long.memory.nbytes < 3 * 4 * 1000 * 8


def test_states_are_written_over_where_they_lie():
    program = _chain(1)
    plan = Plan(program)
    assert plan.spots[program.after[0]].root is plan.roots[program.states[0]]


def test_states_that_change_places():
    a, b = leaf("state", (3,)), leaf("state", (3,))
    beside_interpreter(Replayed, Program([], [], [], [a, b], [b, a], [made("add", a, b)]), steps=3)


def test_a_state_that_is_read_after_it_is_known_what_it_becomes():
    a, b = leaf("state", (3,)), leaf("state", (3,))
    after = made("negative", a)
    other = made("add", made("exp", after), a)
    beside_interpreter(Replayed, Program([], [], [], [a, b], [after, other], [a]), steps=3)


def test_what_a_step_told_stays_as_it_is_told():
    """Results are copies: the next step does not change what the last one told."""
    data, state, told = [np.full((8, 3), 0.1)], np.full(3, 0.1), [np.zeros(2)]
    replayed = Replayed(_chain(1, 3), 4)
    replayed.run(Bound(data, None, 0, [], np.empty((1, 0)), [state], told), 1)
    first = told[0].copy()
    replayed.run(Bound(data, None, 4, [], np.empty((1, 0)), [state], [np.zeros(1)]), 1)
    assert told[0].tolist() == first.tolist()


def test_loops_that_are_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(unrolling, "MOST", 5)
    with pytest.raises(NotCompilable, match="turns"):
        Plan(_chain(50))
