"""Cells, masks and layers for each time step as one loop, forward and back."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.program import NotCompilable
from clearprop.engines.compiled.trace.step import trace_prediction, trace_training
from tests.engines.compiled.stepping import beside_eager, numbers, task_of, told

T = 7
LENGTHS = np.array([7, 3, 5, 0, 1, 6, 7, 2])
X = numbers(8, T, 2)
PADDED = np.where(np.arange(T)[None, :, None] < LENGTHS[:, None, None], X, 0.0)


def model_of(*layers, optimizer="adam", loss="mse"):
    model = cp.Sequential([cp.Input((T, 2), dtype="float64"), *layers])
    model.compile(optimizer, loss)
    return model


def loops(traced):
    return sum(value.op == "scan" for value in traced.program.values())


def steps_of(model, x=X, batch=4, **options):
    y = [numbers(8, *out.shape[1:]) for out in model.outputs]
    task, data = task_of(model, x, y if len(y) > 1 else y[0], batch_size=batch)
    return beside_eager(task, data, batch=batch, **options)


class Leaky(cp.layers.Layer):
    """A cell of somebody's own: it forgets, and squashes what comes in."""

    def __init__(self, units=3, **options):
        super().__init__(dtype="float64", **options)
        self.units = self.state_size = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), name="w")
        self.keep = self.add_weight(shape=(self.units,), name="keep", initializer="ones")

    def call(self, x, states):
        h = cp.sigmoid(self.keep) * states[0] + cp.tanh(x @ self.w)
        return cp.square(h), [h]


class Dropping(Leaky):
    """Drops anew in each step."""

    def __init__(self):
        super().__init__()
        self.dropping = cp.layers.Dropout(0.4, seed=3, dtype="float64")

    def call(self, x, states, training=False):
        return super().call(self.dropping(x, training=training), states)


class Costly(Leaky):
    def call(self, x, states):
        y, after = super().call(x, states)
        self.add_loss(cp.sum(y) * 0.01)
        return y, after


class Growing(Leaky):
    """Has states of another kind after the first step."""

    def get_initial_state(self, batch_size=None):
        return [np.zeros((1, self.units))]


CELLS = {
    "own": lambda **o: cp.layers.RNN(Leaky(), dtype="float64", **o),
    "stacked": lambda **o: cp.layers.RNN(
        [cp.layers.LSTMCell(3, dtype="float64"), cp.layers.GRUCell(2, dtype="float64")],
        dtype="float64",
        **o,
    ),
    "relu": lambda **o: cp.layers.SimpleRNN(3, activation="relu", dtype="float64", **o),
    "elu": lambda **o: cp.layers.GRU(3, activation="elu", dtype="float64", **o),
    "dropped": lambda **o: cp.layers.LSTM(
        3, dropout=0.3, recurrent_dropout=0.2, seed=1, dtype="float64", **o
    ),
    "reset before": lambda **o: cp.layers.GRU(3, reset_after=False, dtype="float64", **o),
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_cells(cell, sequences, backwards):
    layer = CELLS[cell](return_sequences=sequences, go_backwards=backwards)
    traced = steps_of(model_of(cp.layers.Dense(2, dtype="float64"), layer))
    assert loops(traced) == 2


@pytest.mark.parametrize("kind", [cp.layers.LSTM, cp.layers.GRU, cp.layers.SimpleRNN])
@pytest.mark.parametrize("options", [
    {}, {"return_sequences": True}, {"return_sequences": True, "zero_output_for_mask": True},
    {"go_backwards": True}, {"zero_output_for_mask": True},
], ids=str)  # fmt: skip
def test_masks(kind, options):
    layer = kind(3, dtype="float64", **options)
    traced = steps_of(model_of(cp.layers.Masking(dtype="float64"), layer), PADDED)
    assert loops(traced) == 2


def test_states_given_and_taken():
    x, start = cp.Input((T, 2), dtype="float64"), cp.Input((3,), dtype="float64")
    seen = cp.layers.Masking(dtype="float64")(x)
    y, last = cp.layers.RNN(Leaky(), return_state=True, dtype="float64")(
        seen, initial_state=[start]
    )
    model = cp.Model([x, start], [y, last])
    model.compile("sgd", "mse")
    steps_of(model, [PADDED, numbers(8, 3)])


def test_both_directions_of_stacked_layers():
    both = [
        cp.layers.Bidirectional(cp.layers.LSTM(2, return_sequences=True, dtype="float64")),
        cp.layers.Bidirectional(cp.layers.GRU(2, dtype="float64"), merge_mode="sum"),
    ]
    traced = steps_of(model_of(cp.layers.Masking(dtype="float64"), *both), PADDED)
    assert loops(traced) == 8


def test_layers_at_each_time_step():
    inner = cp.layers.Dense(3, activation="relu", dtype="float64")
    traced = steps_of(model_of(cp.layers.TimeDistributed(inner)))
    assert loops(traced) == 2


def test_loops_within_loops():
    x = numbers(8, T, 5, 2)
    model = cp.Sequential(
        [
            cp.Input(x.shape[1:], dtype="float64"),
            cp.layers.TimeDistributed(cp.layers.LSTM(3, dtype="float64")),
            cp.layers.Dense(2, dtype="float64"),
        ]
    )
    model.compile("sgd", "mse")
    steps_of(model, x)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: cp.layers.RNN(Dropping(), dtype="float64"),
        lambda: cp.layers.RNN(Costly(), dtype="float64"),
        lambda: cp.layers.RNN(Growing(), dtype="float64"),
        lambda: cp.layers.TimeDistributed(cp.layers.Dropout(0.3, seed=1, dtype="float64")),
        lambda: cp.layers.TimeDistributed(cp.layers.BatchNormalization(dtype="float64")),
        lambda: cp.layers.TimeDistributed(
            cp.layers.Dense(2, activity_regularizer="l2", dtype="float64")
        ),
    ],
)
def test_steps_that_differ_are_taken_one_by_one(layer):
    traced = steps_of(model_of(cp.layers.Dense(2, dtype="float64"), layer()))
    assert loops(traced) == 0


def test_few_steps_are_no_loop():
    x = numbers(8, 3, 2)
    model = cp.Sequential([cp.Input((3, 2), dtype="float64"), cp.layers.RNN(Leaky())])
    model.compile("sgd", "mse")
    assert loops(steps_of(model, x)) == 0


def test_asking():
    model = model_of(cp.layers.Masking(dtype="float64"), cp.layers.LSTM(3, dtype="float64"))
    task, _ = task_of(model, PADDED, numbers(8, 3))
    asked = trace_prediction(model, task.beside, PADDED)
    (scan,) = [value for value in asked.program.values() if value.op == "scan"]
    assert scan.params["body"].results == []
    (got,) = told(asked, task, (PADDED, None, None))
    np.testing.assert_allclose(got, model.predict(PADDED, verbose=0), rtol=1e-10)


def test_what_is_the_same_in_each_step_is_worked_out_before():
    model = model_of(cp.layers.RNN(Leaky(), dtype="float64"))
    task, data = task_of(model, X, numbers(8, 3))
    traced = trace_training(task, *data.take(slice(0, 4)))
    bodies = [v.params["body"] for v in traced.program.values() if v.op == "scan"]
    ops = [{value.op for value in body.values()} for body in bodies]
    assert not any("sigmoid" in each for each in ops)  # of the weight: once, not in each turn


class Steepness(cp.layers.Layer):
    def __init__(self):
        super().__init__(dtype="float64")
        self.inner = cp.layers.RNN(Leaky(), dtype="float64")

    def call(self, x):
        steepness = cp.grad(lambda t: cp.sum(self.inner(t)))(x)
        return self.inner(x) + cp.sum(steepness * steepness)


def test_second_derivatives_through_loops_run_eagerly():
    model = model_of(Steepness())
    task, data = task_of(model, X, numbers(8, 3))
    with pytest.raises(NotCompilable, match="derivatives"):
        trace_training(task, *data.take(slice(0, 4)))


def test_a_loss_that_goes_through_time():
    scores = cp.layers.Dense(4, dtype="float64")
    model = model_of(scores, loss="ctc", optimizer="sgd")
    labels = np.array([[1, 1, 2, 0], [3, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 2]] * 2)
    traced = beside_eager(*task_of(model, X, labels, batch_size=4), batch=4)
    assert loops(traced) == 2
