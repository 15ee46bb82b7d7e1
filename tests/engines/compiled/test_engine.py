"""Whole trainings, compiled beside eager: the same numbers at the same moments, in every form."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.running import Interpreted
from tests.engines.compiled.fitting import differences, fitted, same

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((11, 3)), RNG.standard_normal((11, 2))
CLASSES = np.eye(2)[RNG.integers(0, 2, 11)]


def net(optimizer="sgd", loss="mse", metrics=None, dtype="float64", **compile_):
    def made():
        model = cp.Sequential([
            cp.Input((3,)),
            cp.layers.Dense(4, activation="tanh", dtype=dtype),
            cp.layers.Dropout(0.3, dtype=dtype),
            cp.layers.Dense(2, dtype=dtype, kernel_regularizer="l2", kernel_constraint="max_norm"),
        ])  # fmt: skip
        model.compile(optimizer, loss, metrics, **compile_)
        return model

    return made


FORMS = {
    "remainder": {"batch_size": 4},
    "one by one": {"batch_size": 1},
    "one step": {"batch_size": 11},
    "larger than all": {"batch_size": 32},
    "in order": {"batch_size": 4, "shuffle": False},
    "in order, even": {"batch_size": 11, "shuffle": False, "epochs": 7},
    "split": {"batch_size": 4, "validation_split": 0.3},
    "validated": {"batch_size": 4, "validation_data": (X[:3], Y[:3]), "validation_freq": 2},
    "weighted": {"batch_size": 4, "sample_weight": np.arange(11.0)},
    "cut short": {"batch_size": 4, "steps_per_epoch": 2},
    "later epochs": {"batch_size": 4, "initial_epoch": 2, "epochs": 5},
    "not at all": {"epochs": 0},
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_fit(form):
    # Interpreted, which is quick for so few steps: what is held here is what is around the code.
    make = net("adam", metrics=["mae"])
    found, _ = differences(make, X, Y, engine=Compiled(Interpreted), **FORMS[form])
    assert found == []


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kinds_of_numbers(dtype):
    same(net("adam", metrics=["mae"], dtype=dtype), X, Y, dtype, batch_size=4)


def test_many_epochs_at_once_and_one_by_one_are_the_same():
    looked = cp.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    once, each = (
        fitted(net(metrics=["mae"]), X, Y, Compiled(), epochs=20, batch_size=4, callbacks=given)
        for given in ([], [looked])
    )
    for name, values in once.history.history.items():
        np.testing.assert_allclose(values, each.history.history[name], rtol=1e-12)


def test_what_interpretation_gives_is_the_same():
    found, model = differences(net(), X, Y, engine=Compiled(Interpreted), batch_size=4)
    assert found == []
    assert model._setup.engine.programs.made == 6  # training, figures, answers: of 4 and of 3 rows


class Wrong(Interpreted):
    """Native code as it would be if one primitive were a little off."""

    def run(self, bound, steps):
        super().run(bound, steps)
        bound.states[0][...] *= 1 + 1e-7


def test_a_wrong_program_is_noticed():
    found, _ = differences(net(), X, Y, engine=Compiled(Wrong), batch_size=4)
    assert any("kernel" in line for line in found)


def test_several_inputs_and_outputs():
    def made():
        a, b = cp.Input((3,), name="a"), cp.Input((2,), name="b")
        both = cp.layers.Concatenate()([cp.layers.Dense(3, activation="relu")(a), b])
        one = cp.layers.Dense(2, name="one")(both)
        two = cp.layers.Dense(1, activation="sigmoid", name="two")(both)
        model = cp.Model([a, b], [one, two])
        model.compile("adam", ["mse", "binary_crossentropy"], [["mae"], ["accuracy"]],
                      loss_weights=[1.0, 0.5])  # fmt: skip
        return model

    labels = CLASSES[:, :1]
    same(made, [X, Y], [Y, labels], "float32", batch_size=4)
    same(made, {"a": X, "b": Y}, {"one": Y, "two": labels}, "float32", batch_size=4)


def test_states_that_are_not_trained():
    def made():
        model = cp.Sequential([
            cp.Input((3,)), cp.layers.Dense(4, dtype="float64"),
            cp.layers.BatchNormalization(dtype="float64"), cp.layers.Dense(2, dtype="float64"),
        ])  # fmt: skip
        model.layers[0].trainable = False
        model.compile("adam", "mse")
        return model

    model = same(made, X[:8], Y[:8], batch_size=4)
    assert model.weights[4].path.endswith("moving_mean")
    assert np.abs(model.weights[4].numpy()).max() > 0


def test_masks():
    words = RNG.integers(0, 5, (9, 4))

    def made():
        model = cp.Sequential([
            cp.Input((4,)), cp.layers.Embedding(5, 3, mask_zero=True, dtype="float64"),
            cp.layers.LSTM(3, return_sequences=True, dtype="float64"),
            cp.layers.Dense(2, activation="softmax", dtype="float64"),
        ])  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        return model

    found, _ = differences(made, words, words % 2, engine=Compiled(Interpreted), batch_size=4)
    assert found == []


def test_whole_numbers_and_bytes():
    pictures = RNG.integers(0, 255, (9, 4, 4, 1)).astype(np.uint8)

    def made():
        model = cp.Sequential([
            cp.Input((4, 4, 1)), cp.layers.Rescaling(1 / 255, dtype="float64"),
            cp.layers.Conv2D(2, 3, activation="relu", dtype="float64"), cp.layers.Flatten(),
            cp.layers.Dense(2, activation="softmax", dtype="float64"),
        ])  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        return model

    same(made, pictures, RNG.integers(0, 2, 9), batch_size=4)


def test_arrays_that_are_not_in_one_piece():
    wide = RNG.standard_normal((11, 6))
    same(net(), wide[:, ::2], np.asfortranarray(Y), batch_size=4)


def test_batches_one_by_one():
    def batches():
        for k in range(0, 11, 4):
            yield X[k : k + 4], Y[k : k + 4]

    class Again:
        def __iter__(self):
            return batches()

    found, model = differences(net("adam", metrics=["mae"]), Again(), None)
    assert found == []
    assert model._setup.engine.programs.made == 2


def test_data_that_no_table_holds_are_refused_as_ever():
    def made():
        model = cp.Sequential([cp.Input((2,)), cp.layers.Embedding(5, 3), cp.layers.Flatten(),
                               cp.layers.Dense(1)])  # fmt: skip
        model.compile("sgd", "mse")
        return model

    x = np.array([[1, 2], [3, 9]])
    told = []
    for engine in ("eager", "compiled"):
        with pytest.raises(cp.errors.ClearpropError) as caught:
            fitted(made, x, np.ones((2, 1)), engine)
        told.append(str(caught.value))
    assert told[0] == told[1]
