"""Long arrays block after block: the same numbers, and nobody reads what is written over."""

import numpy as np
import pytest

from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.program import Program
from clearprop.engines.replay import blocks
from clearprop.engines.replay.blocks import in_blocks
from clearprop.engines.replay.calls import Call
from clearprop.engines.replay.plan import Plan
from clearprop.engines.replay.running import Replayed
from clearprop.engines.replay.spots import Root, Spot
from tests.engines.compiled.natively import beside_interpreter, constant, leaf, made, repeated
from tests.engines.compiled.random_programs import random_program


@pytest.fixture
def _short(monkeypatch):
    monkeypatch.setattr(blocks, "LONG", 0)
    monkeypatch.setattr(blocks, "BLOCK", 40)


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed):
    program = random_program(seed)
    rtol = 2e-3 if program.data[0].dtype == np.float32 else 1e-9
    for each in (program, prepared(program)):
        beside_interpreter(Replayed, each, listed=bool(seed % 2), seed=seed, rtol=rtol)


def _momentum():
    """Give a step of momentum on a weight: five functions element by element."""
    w, v, g = (leaf("state", (7, 11)) for _ in range(3))
    number = repeated(constant(0.9), w.shape)
    after = made("add", made("multiply", v, number), g)
    return Program([], [], [], [w, v, g], [made("subtract", w, after), after, g], [])


@pytest.mark.usefixtures("_short")
def test_a_rule_is_done_in_blocks():
    plan = Plan(_momentum())
    assert len(plan.calls) == 3 * -(-77 // 5)
    beside_interpreter(Replayed, _momentum(), steps=3)


def test_short_arrays_stay_whole():
    assert len(Plan(_momentum()).calls) == 3


def spot(begin, count, root, kind="f8"):
    dtype = np.dtype(kind)
    return Spot(root, begin * dtype.itemsize, (count,), (dtype.itemsize,), dtype)


@pytest.mark.usefixtures("_short")
def test_what_lies_elsewhere_in_the_same_memory_is_not_divided():
    """A block of the one would be written over before another block of the other is read."""
    root, other = Root((30,), "f8"), Root((30,), "f8")
    a, b = spot(0, 20, root), spot(10, 20, root)
    apart = [Call(np.exp, (a, spot(0, 20, other))), Call(np.exp, (spot(0, 20, other), b))]
    assert in_blocks(apart) == apart
    same = [apart[0], Call(np.exp, (spot(0, 20, other), a))]
    assert len(in_blocks(same)) == 2 * 4


@pytest.mark.usefixtures("_short")
def test_one_number_of_an_array_that_is_written_over():
    """All is multiplied by the first, which is then itself another number."""
    x, other = leaf("state", (20,)), leaf("state", (20,))
    first = repeated(made("slice", x, starts=(0,), steps=(1,), shape=(1,)), (20,))
    scaled = made("multiply", other, first)
    after = made("exp", made("negative", made("add", x, scaled)))
    beside_interpreter(Replayed, Program([], [], [], [x, other], [after, scaled], []), steps=2)


@pytest.mark.usefixtures("_short")
def test_other_kinds_and_functions_are_not_divided():
    one, two = Root((20,), "f8"), Root((20,), "f4")
    a, b = spot(0, 20, one), spot(0, 20, two, "f4")
    turned = a._replace(strides=(-8,), offset=152)
    for calls in (
        [Call(np.exp, (a, a)), Call(np.exp, (b, b))],
        [Call(np.vecdot, (a, a, spot(0, 20, Root((20,), "f8")))), Call(np.exp, (a, a))],
        [Call(np.copyto, (a, a)), Call(np.exp, (a, a))],
        [Call(np.exp, (turned, a)), Call(np.exp, (a, a))],
    ):
        assert in_blocks(calls) == calls
