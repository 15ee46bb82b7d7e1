"""Signs are asked of what is kept: relu's output, where its gradient flows."""

import numpy as np

import clearprop as cp
from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.passes.signs import signs_of_outputs
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace.namespace import COMPILER
from clearprop.engines.compiled.trace.step import trace_training
from tests.engines.compiled.natively import same_results
from tests.engines.compiled.stepping import numbers, task_of

X = np.array([-2.0, -0.0, 0.0, 3.0, np.nan, np.inf, -np.inf])


def leaf(array):
    return Value("", (), {}, array.shape, array.dtype, kind="data", name="x")


def relu(x, *, bar=0):
    g = COMPILER.keep(x * 2.0, x > bar)  # before the relu itself, as a walk may ask
    return Program(data=[x], results=[g, COMPILER.relu(x)])


def asked(program):
    return [v.inputs[0].op for v in program.values() if v.op == "greater"]


def test_the_sign_is_asked_of_the_output():
    x = leaf(X)
    program = relu(x)
    changed = signs_of_outputs(program)
    assert asked(program) == [""]
    assert asked(changed) == ["maximum"]
    same_results(changed, program, {x: X})


def test_other_bars_are_left_alone():
    x = leaf(X)
    assert asked(signs_of_outputs(relu(x, bar=1))) == [""]
    lonely = Program(data=[x], results=[x > 0])
    assert signs_of_outputs(lonely) is lonely


def test_in_a_whole_step_sums_are_not_kept():
    model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(4, activation="relu"),
                           cp.layers.Dense(2)])  # fmt: skip
    model.compile("sgd", "mse")
    task, data = task_of(model, numbers(8, 3), numbers(8, 2))
    program = prepared(trace_training(task, *data.take(slice(0, 8))).program)
    assert asked(program) == ["maximum"]
    assert sum(v.op == "maximum" for v in program.values()) == 1
