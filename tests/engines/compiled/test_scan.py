"""Loops over time: what their turns compute, and that nothing idle is left in them."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.engines.compiled.interpret import check, compute
from clearprop.engines.compiled.program import Program, Value, in_order
from clearprop.engines.compiled.trace.namespace import COMPILER
from clearprop.engines.compiled.trace.scan import Looping, without_idle_parts
from clearprop.engines.compiled.trace.step import trace_prediction, trace_training
from tests.engines.compiled.stepping import beside_eager, numbers, task_of, told


def leaf(array):
    return Value("", (), {}, array.shape, array.dtype, kind="data")


X, START, SCALE = numbers(5, 3), numbers(3, seed=1), numbers(3, seed=2)


def running(*, reverse=False):
    """Write a loop of sums down: it tells each sum and its square, and what it began with."""
    x, start, scale = leaf(X), leaf(START), leaf(SCALE)
    loop = Looping(5, what="sums", reverse=reverse)
    own, factor, total = loop.each(x), loop.fixed(scale), loop.carried(start)
    unused = loop.carried(start)
    after = total + own * factor
    parts = loop.run([after, unused * 2.0], [after, after * after, total])
    return parts, {x: X, start: START, scale: SCALE}


@pytest.mark.parametrize("reverse", [False, True])
def test_turns(reverse):
    (told, last), given = running(reverse=reverse)
    turns = range(5)[:: -1 if reverse else 1]
    expected, total = {}, START
    for t in turns:
        before, total = total, total + X[t] * SCALE
        expected[t] = total, total * total, before
    got = compute([*told, *last], given)
    check([*told, *last])
    for k in range(3):
        np.testing.assert_allclose(got[k], [expected[t][k] for t in range(5)])
    np.testing.assert_allclose(got[3], total)
    np.testing.assert_allclose(got[4], START * 32)


def scans(program):
    return [value for value in program.values() if value.op == "scan"]


def test_what_nobody_takes_is_left_out():
    (told, last), given = running()
    program = Program(results=[told[1], last[0]])
    expected = compute(program.results, given)
    without_idle_parts(program)
    (scan,) = scans(program)
    body = scan.params["body"]
    assert (len(body.results), len(body.states), len(body.data), len(body.fixed)) == (1, 1, 1, 1)
    check(program.results)
    for got, want in zip(compute(program.results, given), expected, strict=True):
        np.testing.assert_array_equal(got, want)


def test_a_loop_for_one_part_needs_no_more_than_that():
    (_, last), given = running()
    program = Program(results=[last[1]])
    without_idle_parts(program)
    (scan,) = scans(program)
    assert [leaf.shape for leaf in scan.params["body"].leaves] == [(3,)]
    assert len(scan.inputs) == 1
    np.testing.assert_allclose(compute(program.results, given)[0], START * 32)


def test_the_last_turn_is_what_is_handed_on():
    for reverse, at in ((False, -1), (True, 0)):
        (told, _), _ = running(reverse=reverse)
        whole = told[0][at : at + 1] if at == 0 else told[0][at:]
        assert {value.op for value in in_order([whole])} & {"slice"} == set()
        assert told[0][2].inputs[0].op == "slice"


UNITS = [cp.layers.LSTM, cp.layers.GRU, cp.layers.SimpleRNN]


def model_of(layers):
    model = cp.Sequential([cp.Input((6, 2)), *layers])
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("sequences", [False, True])
def test_layers_take_their_steps(units, sequences):
    model = model_of(
        [
            units(4, return_sequences=True, dtype="float64"),
            units(3, return_sequences=sequences, dtype="float64"),
        ]
    )
    y = numbers(8, 6, 3) if sequences else numbers(8, 3)
    traced = beside_eager(*task_of(model, numbers(8, 6, 2), y, batch_size=4), batch=4)
    bodies = [scan.params["body"] for scan in scans(traced.program)]
    assert len(bodies) == 4
    # The outputs of all time steps of the last layer are kept if they are asked for alone.
    assert sum(body.what.endswith("back") for body in bodies) == 2
    for body in bodies:
        used = set(in_order(body.outputs))
        assert all(leaf in used for leaf in body.leaves)


def test_asking_keeps_nothing_for_the_way_back():
    model = model_of([cp.layers.LSTM(3)])
    x, y = numbers(4, 6, 2).astype("float32"), numbers(4, 3)
    task, _ = task_of(model, x, y)
    asked = trace_prediction(model, task.beside, x)
    (scan,) = scans(asked.program)
    assert scan.params["body"].results == []
    (got,) = told(asked, task, (x, None, None))
    np.testing.assert_allclose(got, model.predict(x, verbose=0), rtol=1e-5)


def test_frozen_weights_cost_no_sums():
    model = model_of([cp.layers.LSTM(3, return_sequences=True), cp.layers.LSTM(2)])
    model.layers[1].trainable = False
    model.compile("sgd", "mse")
    task, data = task_of(model, numbers(4, 6, 2), numbers(4, 2))
    traced = trace_training(task, *data.take(slice(0, 4)))
    back = [s.params["body"] for s in scans(traced.program) if s.params["reverse"]]
    assert sorted(len(body.states) for body in back) == [2, 4]


@pytest.mark.parametrize("name", ["lstm", "gru", "simple_rnn"])
def test_gradients_of_every_part_of_a_step(name):
    """Of gates as well as of outputs, as explanations ask for."""
    op = REGISTRY[name]
    arrays = op.cases[0].arrays(np.random.default_rng(0))
    values = [leaf(x) for x in arrays]
    given = dict(zip(values, arrays, strict=True))
    y, expected = op.compute(COMPILER, *values), op.compute(NUMPY, *arrays)
    wanted = (True,) * len(arrays)
    rng = np.random.default_rng(1)
    for key in (np.s_[-1], np.s_[:, :1], np.s_[1:, -1:], np.s_[:, :, :2]):
        part = rng.standard_normal(expected[key].shape)
        g = np.zeros_like(expected)
        g[key] = part
        own = leaf(part)
        above = COMPILER.scatter(own, key=key, shape=y.shape)
        made = op.together(COMPILER, wanted, above, y, *values)
        got = compute(made, {**given, own: part})
        for one, two in zip(got, op.together(NUMPY, wanted, g, expected, *arrays), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-10, atol=1e-12)


def test_rules_of_a_result_from_elsewhere():
    op = REGISTRY["gru"]
    arrays = op.cases[0].arrays(np.random.default_rng(0))
    y = op.compute(NUMPY, *arrays)
    values, own = [leaf(x) for x in arrays], leaf(y)
    given = dict(zip([*values, own], [*arrays, y], strict=True))
    made = op.together(COMPILER, (True,) * 5, own, own, *values)
    expected = op.together(NUMPY, (True,) * 5, y, y, *arrays)
    for one, two in zip(compute(made, given), expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10)
