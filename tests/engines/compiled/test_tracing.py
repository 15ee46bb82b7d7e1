"""Every operation traced, on each of its cases, and its rules: the programs against NumPy."""

import numpy as np
import pytest

from clearprop.core.namespaces import MODE, NUMPY, computing_with
from clearprop.core.op import REGISTRY
from clearprop.engines.compiled.interpret import check, compute
from clearprop.engines.compiled.program import Value, in_order
from clearprop.engines.compiled.trace import lowerings
from clearprop.engines.compiled.trace.namespace import COMPILER
from tests.conformance.trials import OPS, TRIALS, close, each_op, each_trial, trials_of


def leaf(array):
    return Value("", (), {}, array.shape, array.dtype, kind="data")


def traced(trial, arrays=None):
    """Give an operation's value and gradients as programs, their leaves, and what NumPy says."""
    arrays = trial.arrays if arrays is None else arrays
    values = [leaf(x) for x in arrays]
    given = dict(zip(values, arrays, strict=True))
    made, expected = [trial.forward(COMPILER, values)], [trial.forward(NUMPY, arrays)]
    if np.asarray(expected[0]).dtype.kind == "f":
        g = trial.rng(11).standard_normal(np.shape(expected[0])).astype(expected[0].dtype)
        upstream = leaf(g)
        given[upstream] = g
        for i in trial.ruled:
            made.append(trial.pull(COMPILER, i, upstream, made[0], values))
            expected.append(trial.pull(NUMPY, i, g, expected[0], arrays))
    return made, given, expected


def compare(trial, rtol=1e-12, arrays=None):
    made, given, expected = traced(trial, arrays)
    check(made)
    for k, (value, got, want) in enumerate(zip(made, compute(made, given), expected, strict=True)):
        close(got, want, rtol, f"{trial}, {f'gradient {k}' if k else 'value'}")
        assert value.dtype == got.dtype == np.asarray(want).dtype
        assert value.shape == got.shape


@each_trial
def test_operations_and_their_rules(trial):
    compare(trial)


@each_op
def test_single_precision_stays_single(op):
    for trial in trials_of(op):
        single = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in trial.arrays]
        compare(trial, rtol=1e-4, arrays=single)


WHOLE = {
    name for name, op in OPS.items()
    if all(sample.text.startswith(("real", "positive", "nonzero", "apart"))
           for case in op.cases for sample in case.inputs)
}  # fmt: skip


REFUSED = {"gru", "log_softmax", "lstm", "simple_rnn"}  # by their form for NumPy


@pytest.mark.parametrize("name", sorted(WHOLE - REFUSED))
def test_whole_numbers_become_what_they_become_in_numpy(name):
    trial = trials_of(OPS[name])[0]
    arrays = [np.round(np.abs(x) * 3 + 1).astype(np.int64) for x in trial.arrays]
    values = [leaf(x) for x in arrays]
    made, expected = trial.forward(COMPILER, values), trial.forward(NUMPY, arrays)
    check([made])
    (got,) = compute([made], dict(zip(values, arrays, strict=True)))
    close(got.astype(float), np.asarray(expected).astype(float), 1e-12, name)
    assert made.dtype == np.asarray(expected).dtype


def test_a_wrong_lowering_is_noticed(monkeypatch):
    trial = next(t for t in TRIALS if t.op.name == "sigmoid")
    monkeypatch.setitem(trial.op.impl, "compiled", lambda xp, x: xp.tanh(x))
    with pytest.raises(AssertionError, match="sigmoid"):
        compare(trial)


def test_a_wrong_rule_is_noticed(monkeypatch):
    trial = next(t for t in TRIALS if t.op.name == "gru")
    monkeypatch.setitem(trial.op.impl_together, "compiled", lambda *_, **__: [_[2]] * 5)
    with pytest.raises((AssertionError, ValueError)):
        compare(trial)


def test_a_wrong_shape_is_noticed():
    x = leaf(np.zeros((2, 3)))
    for wrong in (
        Value("sum", (x,), {"axes": (0,)}, (2,), x.dtype),
        Value("exp", (x,), {}, (2, 3), np.float32),
        Value("add", (x, leaf(np.zeros(3))), {}, (3,), x.dtype),
    ):
        with pytest.raises(AssertionError):
            check([wrong])


def test_lowerings_are_of_operations():
    assert set(lowerings.LOWERINGS) <= set(REGISTRY)
    assert all(OPS[name].impl["compiled"] is f for name, f in lowerings.LOWERINGS.items())


# Those that have a primitive of their own, or are loops: nothing generic is left of them.
@pytest.mark.parametrize(
    ("name", "primitive"),
    [("conv", "conv"), ("max_unpool", "max_unpool"), ("lstm", "scan"), ("einsum", "dot"),
     ("segment_sum", "scatter_add"), ("erf", "erf"), ("sigmoid", "sigmoid"), ("take", "take")],
)  # fmt: skip
def test_what_operations_are_made_of(name, primitive):
    trial = trials_of(OPS[name])[0]
    made = trial.forward(COMPILER, [leaf(x) for x in trial.arrays])
    assert primitive in {value.op for value in in_order([made])}


def test_the_mode_is_left_as_it_was():
    before = MODE.get()
    with computing_with(COMPILER):
        assert MODE.get().xp is COMPILER
    assert MODE.get() == before
