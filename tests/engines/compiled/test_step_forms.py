"""Whole steps of models of many forms, with weights, masks and states."""

import threading

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.tree import map_tree
from clearprop.engines.compiled.program import NotCompilable
from clearprop.engines.compiled.trace.step import trace_evaluation, trace_prediction, trace_training
from clearprop.engines.compiled.trace.tracing import undisturbed
from tests.engines.compiled.stepping import beside_eager, numbers, task_of, told
from tests.train.forms import FORMS, data_for

WORDS = np.random.default_rng(4).integers(1, 9, (8, 6))
WORDS[1:, 4:] = 0
WORDS[3, 1:] = 0


def sequential(*layers, loss="mse", optimizer="sgd", **settings):
    model = cp.Sequential(list(layers))
    model.compile(optimizer=optimizer, loss=loss, **settings)
    return model


@pytest.mark.parametrize("form", FORMS)
def test_steps_of_each_form(form):
    model = form(cp.keras)
    model.compile(optimizer="adam", loss="mse")
    x, y = data_for(model, np.random.default_rng(3))
    beside_eager(*task_of(model, x, y, batch_size=4), batch=4, rtol=2e-4)


def words(layer, **settings):
    return sequential(
        cp.Input((6,)), cp.layers.Embedding(9, 4, mask_zero=True, dtype="float64"), layer,
        **settings,
    )  # fmt: skip


MASKED = [
    lambda: cp.layers.LSTM(3, dtype="float64"),
    lambda: cp.layers.GRU(3, dtype="float64", recurrent_dropout=0.2, seed=1),
    lambda: cp.layers.SimpleRNN(3, dtype="float64", dropout=0.3, go_backwards=True, seed=1),
    lambda: cp.layers.Bidirectional(cp.layers.LSTM(2, dtype="float64")),
]


@pytest.mark.parametrize("made", MASKED)
def test_masks_are_heeded(made):
    model = words(made())
    task, data = task_of(model, WORDS, numbers(8, model.output_shape[-1]), batch_size=4)
    traced = beside_eager(task, data, batch=4)
    assert traced.limits == [(0, 0, 9)]


def test_a_mask_that_reaches_the_loss():
    model = words(cp.layers.LSTM(3, return_sequences=True, dtype="float64"), metrics=["mae"])
    task, data = task_of(model, WORDS, numbers(8, 6, 3), batch_size=4)
    traced = beside_eager(task, data, batch=4)
    assert [each.dtype.kind for each in traced.program.results] == ["f", "f", "b"]
    assert traced.form[1] is not None


def test_examples_have_weights():
    model = sequential(cp.Input((3,)), cp.layers.Dense(2, dtype="float64"))
    beside_eager(
        *task_of(model, numbers(8, 3), numbers(8, 2), sample_weight=np.arange(8.0)), batch=4
    )


def test_outputs_have_weights_each():
    x = cp.Input((3,))
    outs = [cp.layers.Dense(2, dtype="float64")(x) for _ in range(2)]
    model = cp.Model(x, outs)
    model.compile("sgd", ["mse", "mae"], loss_weights=[0.3, 2.0])
    y = [numbers(8, 2), numbers(8, 2, seed=1)]
    weight = [np.arange(8.0), np.ones(8)]
    beside_eager(*task_of(model, numbers(8, 3), y, sample_weight=weight), batch=4)


def test_penalties_and_averages():
    model = sequential(
        cp.Input((3,)),
        cp.layers.Dense(4, kernel_regularizer="l1_l2", activity_regularizer="l2", dtype="float64"),
        cp.layers.BatchNormalization(dtype="float64"),
        cp.layers.Dropout(0.3, seed=5),
        cp.layers.GaussianNoise(0.1, seed=5, dtype="float64"),
        cp.layers.Dense(2, dtype="float64"),
    )
    traced = beside_eager(*task_of(model, numbers(12, 3), numbers(12, 2)), batch=4)
    assert sorted(traced.drawn_per_step.values()) == [1, 1]
    assert {each.kind for each in traced.draws} == {"keep", "normal"}


def test_what_is_frozen_stays():
    model = sequential(cp.Input((3,)), cp.layers.Dense(4), cp.layers.Dense(2))
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    traced = beside_eager(*task_of(model, numbers(8, 3), numbers(8, 2)), batch=4, rtol=1e-5)
    program = traced.program
    same = [state is after for state, after in zip(program.states, program.after, strict=True)]
    assert same == [True, True, False, False]


def test_weights_that_the_loss_does_not_reach():
    x = cp.Input((3,))
    model = cp.Model(x, [cp.layers.Dense(1)(x), cp.layers.Dense(2)(x)])
    model.compile("adam", ["mse", None])
    y = [numbers(8, 1), numbers(8, 2)]
    traced = beside_eager(*task_of(model, numbers(8, 3), y), batch=4, rtol=1e-5)
    assert len(traced.unreached) == 2


def test_judging_and_asking():
    model = sequential(
        cp.Input((3,)), cp.layers.Dense(4, activation="relu"), cp.layers.BatchNormalization(),
        cp.layers.Dropout(0.5), cp.layers.Dense(3, activation="softmax"),
        loss="sparse_categorical_crossentropy", metrics=["accuracy"],
    )  # fmt: skip
    x, y = numbers(8, 3), np.arange(8) % 3
    task, data = task_of(model, x, y)
    batch = data.take(slice(0, 8))
    expected = model.predict(x, verbose=0)
    judged = trace_evaluation(task, *batch)
    loss, predictions = told(judged, task, batch)
    assert loss == pytest.approx(model.evaluate(x, y, verbose=0)[0], rel=1e-5)
    np.testing.assert_allclose(predictions, expected, rtol=1e-5)
    assert judged.program.after == judged.program.states
    assert judged.limits == [(1, 0, 3)]

    asked = trace_prediction(model, task.beside, batch[0])
    (made,) = told(asked, task, (batch[0], None, None))
    np.testing.assert_allclose(made, expected, rtol=1e-5)


class Deciding(cp.layers.Layer):
    def call(self, x):
        return x * 2.0 if cp.sum(x).data > 0 else x


class OfNumPy(cp.layers.Layer):
    def call(self, x):
        return x * np.tanh(x.numpy()).mean()


@pytest.mark.parametrize(
    ("layer", "reason"), [(Deciding, "decision"), (OfNumPy, "handed to NumPy")]
)
def test_what_looks_at_numbers_is_not_compiled(layer, reason):
    model = sequential(cp.Input((3,)), cp.layers.Dense(3), layer(), cp.layers.Dropout(0.5))
    task, data = task_of(model, numbers(8, 3), numbers(8, 3))
    nodes = [leaf.node for leaf in task.beside.variables]
    with pytest.raises(NotCompilable, match=reason) as raised:
        trace_training(task, *data.take(slice(0, 4)))
    assert any(layer.__name__ in note for note in raised.value.__notes__)
    assert all(a.node is b for a, b in zip(task.beside.variables, nodes, strict=True))


def test_a_task_that_says_nothing_of_what_it_changes():
    with pytest.raises(NotCompilable, match="beside"):
        trace_prediction(lambda x, training: x, None, numbers(2, 2))


def test_inputs_in_trees():
    model = cp.keras.Sequential([cp.Input((3,)), cp.layers.Dense(2)])
    model.compile("sgd", "mse")
    task, data = task_of(model, numbers(4, 3), numbers(4, 2))
    traced = trace_training(task, *map_tree(lambda a: a, data.take(slice(0, 4))))
    assert [v.name for v in traced.program.data] == ["x", "y"]


class Smooth(cp.layers.Layer):
    """Asks in its call how steep another layer is: a derivative within the step's own."""

    def __init__(self, inner):
        super().__init__(dtype="float64")
        self.inner = inner

    def call(self, x):
        steepness = cp.grad(lambda t: cp.sum(self.inner(t)))(x)
        self.add_loss(cp.sum(steepness * steepness) * 0.1)
        return self.inner(x)


@pytest.mark.parametrize(
    "inner",
    [
        lambda: cp.layers.Dense(3, activation="gelu", dtype="float64"),
        lambda: cp.layers.Conv1D(2, 2, activation="tanh", dtype="float64"),
        lambda: cp.layers.LSTM(3, dtype="float64"),
    ],
)
def test_derivatives_of_second_order(inner):
    model = sequential(
        cp.Input((5, 2)), Smooth(inner()), cp.layers.Flatten(), cp.layers.Dense(2, dtype="float64")
    )
    beside_eager(*task_of(model, numbers(8, 5, 2), numbers(8, 2)), batch=4)


def remembering():
    model = cp.Sequential([cp.Input(batch_shape=(4, 5, 2)), cp.layers.GRU(3, stateful=True)])
    model.compile("sgd", "mse")
    return model


def test_states_that_are_not_there_yet():
    model = remembering()
    task, data = task_of(model, numbers(8, 5, 2), numbers(8, 3), batch_size=4, shuffle=False)
    with pytest.raises(NotCompilable, match="not there before"):
        trace_training(task, *data.take(slice(0, 4)))


def test_states_from_batch_to_batch():
    model = remembering()
    x, y = numbers(8, 5, 2), numbers(8, 3)
    model.predict(x, batch_size=4, verbose=0)
    task, data = task_of(model, x, y, batch_size=4, shuffle=False)
    traced = beside_eager(task, data, batch=4, rtol=1e-5)
    assert [held.leaf.path for held in traced.states if held.leaf is not None][-1] == "gru/state"
    judged = trace_evaluation(task, *data.take(slice(0, 4)))
    assert judged.program.after[-1] is not judged.program.states[-1]


def test_nobody_traces_while_somebody_computes_undisturbed():
    model = sequential(cp.Input((3,)), cp.layers.Dense(2))
    task, data = task_of(model, numbers(4, 3), numbers(4, 2))
    done = threading.Event()

    def trace():
        trace_training(task, *data.take(slice(0, 4)))
        done.set()

    thread = threading.Thread(target=trace)
    with undisturbed():
        thread.start()
        assert not done.wait(0.05)
        model(numbers(4, 3).astype("float32"))
    thread.join(timeout=30)
    assert done.is_set()
