"""What a model prints of its native code: every array named, every formula true."""

import re

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from clearprop.errors import StateError
from tests.engines.compiled.fitting import fitted
from tests.engines.compiled.test_engine import X, Y


def program(model, *data, **options):
    told = []
    model.program(*data, print_fn=told.append, **options)
    return told[0]


def tiny():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


TINY = """\
Each step of training, 1 example at a time, as native code (1 thread, 0 B):
A prime (′) marks what a weight is after the step.
  once a step, in the processor's registers:
    t1 = x @ dense/kernel   [1, 2] × [2, 1]
"""


def test_a_step_in_registers():
    text = program(tiny(), [[1.0, 2.0]], [[3.0]])
    assert text.startswith(TINY)
    assert "dense/kernel′ = dense/kernel − lr · " in text
    assert text.splitlines()[-1].strip().startswith("loss = ")


def wide():
    model = cp.Sequential([
        cp.Input((30,)), cp.layers.Dense(20, activation="relu"), cp.layers.Dropout(0.5),
        cp.layers.Dense(5, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "categorical_crossentropy", ["accuracy"])
    return model


def test_loops_name_each_array_before_it_is_used():
    data = np.ones((40, 30)), np.eye(5)[np.arange(40) % 5]
    text = program(wide(), *data, batch_size=40)
    head, *lines = text.splitlines()
    assert head.startswith("Each step of training, 40 examples at a time, as native code (1 thread")
    made = set()
    for line in lines:
        name, formula = line.strip().split(" = ", 1) if " = " in line else (line, "")
        assert set(re.findall(r"\bt\d+\b", formula)) <= made, line
        made |= set(re.findall(r"\bt\d+\b", name))
    for name in ("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"):
        for state in ("", "/m", "/v"):
            assert f"{name}{state}′" in text
    assert "dropout/keep" in text
    assert "exp(" in text


def test_what_was_compiled_is_shown_without_data():
    model = fitted(tiny, X[:, :2], Y[:, :1], Compiled(), batch_size=4)
    text = program(model)
    assert "4 examples at a time" in text
    assert "3 examples at a time" in text


def test_korean(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert program(tiny(), [[1.0, 2.0]], [[3.0]]).startswith("학습 한 단계, 예제 1개씩")


def test_nothing_to_show():
    with pytest.raises(StateError, match="nothing is compiled"):
        tiny().program()

    class Halving(cp.layers.Layer):
        def call(self, x):
            return x / 2 if float(x.sum()) > 0 else x

    model = cp.Sequential([cp.Input((2,)), Halving(), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(StateError, match="the compiled engine cannot do"):
        model.program([[1.0, 2.0]], [[3.0]])


def test_a_program_that_is_shown_changes_nothing():
    model = wide()
    before = model.get_weights()
    program(model, np.ones((8, 30)), np.eye(5)[np.arange(8) % 5])
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert model.layers[1].step == 0
    assert model._setup.memory.step == 0
