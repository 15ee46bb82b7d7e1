"""Loops over time in native code, beside the eager engine: cells, masks, layers for each step."""

import pytest

import clearprop as cp
from clearprop.engines.compiled.machine.memory import VARIABLE
from tests.engines.compiled.native_steps import native_beside_eager
from tests.engines.compiled.stepping import numbers, task_of
from tests.engines.compiled.test_rolling import CELLS, PADDED, X, model_of


@pytest.fixture(autouse=True)
def _guarded(monkeypatch):
    """Put zones around every array, and see that nobody writes there."""
    monkeypatch.setenv(VARIABLE, "1")


def hold(model, x=X):
    task, data = task_of(model, x, numbers(8, *model.output_shape[1:]), batch_size=4)
    found, engine = native_beside_eager(task, data, batch=4)
    assert found == []
    assert engine.notes() == []


@pytest.mark.parametrize(
    "cell", ["own", *(pytest.param(c, marks=pytest.mark.slow) for c in CELLS if c != "own")]
)
@pytest.mark.parametrize("sequences", [False, True])
def test_cells(cell, sequences):
    layer = CELLS[cell](return_sequences=sequences, go_backwards=sequences)
    hold(model_of(cp.layers.Dense(2, dtype="float64"), layer))


MASKED = {
    "lstm": lambda: cp.layers.LSTM(3, dtype="float64"),
    "gru": lambda: cp.layers.GRU(3, return_sequences=True, dtype="float64"),
    "both": lambda: cp.layers.Bidirectional(cp.layers.SimpleRNN(3, dtype="float64")),
}


@pytest.mark.parametrize("layer", ["lstm", *(pytest.param(k, marks=pytest.mark.slow)
                                             for k in ("gru", "both"))])  # fmt: skip
def test_masks(layer):
    hold(model_of(cp.layers.Masking(dtype="float64"), MASKED[layer]()), PADDED)


@pytest.mark.slow
def test_loops_within_loops():
    x = numbers(8, 7, 5, 2)
    inner = cp.layers.TimeDistributed(cp.layers.LSTM(3, dtype="float64"), dtype="float64")
    model = cp.Sequential([cp.Input(x.shape[1:], dtype="float64"), inner])
    model.compile("sgd", "mse")
    hold(model, x)
