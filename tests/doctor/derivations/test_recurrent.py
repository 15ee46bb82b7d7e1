"""Recurrent programs in many manners: the sound ones are silent, the broken ones are named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor.derivations.recurrent import chains
from clearprop.doctor.derivations.recurrent_layouts import arrangements, oriented
from tests.doctor.corpus.listing import Program, read
from tests.doctor.corpus.rates import judge

PROGRAMS = list(read(Path(__file__).with_name("recurrent.txt")))
QUICK = (
    "the step of a course: x, memory, weights, bias/0/",
    "two biases, weights as (out, in), steps first/0/sound",
    "one vector, gates of a GRU in one matrix/0/",
    "the last memory only, a sigmoid behind it/0/rnn-",
    "both memories come out, both gradients go in/0/",
    "scalars with an output weight, a loss each step/0/sound",
    "one vector, hidden and cell kept inside/0/sound",
    "letters as numbers, dicts of gradients, the memory handed in/0/rnn-one-step",
)


def named(program: Program) -> str:
    return program.where.removeprefix("recurrent/")


@pytest.mark.parametrize("program", [p for p in PROGRAMS if named(p).startswith(QUICK)], ids=named)
def test_quickly_judged_programs(program):
    assert judge(program).outcome in ("alone", "silent")


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=named)
def test_all_programs(program):
    assert judge(program).outcome in ("alone", "silent")


@pytest.mark.parametrize("axes", ["TNF", "NTF", "TFN", "NF", "FN", "TF", "NT", "T", ""])
def test_layouts_go_there_and_back(axes):
    shape = tuple({"T": 4, "N": 3, "F": 2}[a] for a in axes)
    a = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    there = oriented(axes).there(a)
    assert there.shape == tuple({"T": 4, "N": 3, "F": 2}[x] if x in axes else 1 for x in "TNF")
    np.testing.assert_array_equal(oriented(axes).back(there), a)


def test_the_order_of_the_gates_is_searched():
    values = {"W": np.zeros((5, 12)), "b": np.zeros(12)}
    found = list(arrangements("lstm", ["W", "b"], values, 2, False))
    orders = {f.operands[0].gates for f in found}
    joins = {f.operands[0].sources for f in found}
    assert len(orders) == 24
    assert joins == {("x", "h"), ("h", "x")}


def test_arrays_that_are_no_cell_give_nothing():
    values = {"W": np.zeros((5, 7)), "b": np.zeros(3)}
    assert not list(arrangements("gru", ["W", "b"], values, 2, False))


@pytest.mark.parametrize("shape", [(4, 3, 2), (2, 2, 2), (2, 3, 1), (1, 5, 4), (3, 3, 3)])
def test_affine_layers_are_no_cells(shape):
    N, D, O = shape
    rng = np.random.default_rng(1)
    values = {"x": rng.normal(size=(N, D)), "W": rng.normal(size=(D, O)), "b": rng.normal(size=O)}
    subject = SimpleNamespace(inputs=("x",), parameters=("W", "b"), target=None, is_loss=False)
    assert not list(chains(subject, [(values, values["x"] @ values["W"] + values["b"])]))
