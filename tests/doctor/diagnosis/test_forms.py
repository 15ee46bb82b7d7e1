"""Models of every form, data of every kind: judged as far as it goes, and it is said how far."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.doctor import diagnose
from clearprop.errors import OptionError, ShapeError, StateError
from tests.doctor.diagnosis.making import L, blobs, fit, line, mlp, net, wave

SGD, Adam = cp.optimizers.SGD, cp.optimizers.Adam


def unjudged(report):
    return {each.name for each in report.not_judged}


def of(made, **options):
    return diagnose(made.model, made.x, made.y, history=made.history, **options)


def test_a_model_that_was_not_trained():
    x, y = wave(100)
    model = mlp(3, [8], 1, "relu", None)
    model.compile("adam", "mse")
    report = diagnose(model, x, y)
    assert report.healthy
    assert "not_trained" in unjudged(report)


def test_a_model_that_was_not_trained_and_could_not_be():
    x, y = wave(100)
    model = mlp(3, [8], 1, "relu", None)
    model.compile(SGD(50.0), "mse")
    assert "rate-too-high" in diagnose(model, x, y).ids


def test_several_outputs_are_judged_by_what_they_share():
    x, y = wave(120)
    cp.set_seed(0)
    inputs = cp.Input((3,))
    h = L.Dense(16, activation="relu")(inputs)
    model = cp.Model(inputs, {"a": L.Dense(1, name="a")(h), "b": L.Dense(1, name="b")(h)})
    made = fit(model, x, {"a": y, "b": -y}, "mse", SGD(3.0), 5)
    report = of(made)
    assert report.ids == ("rate-too-high",)
    assert "several_outputs" in unjudged(report)


def test_a_class_that_cannot_be_made_again_is_judged_without_a_fresh_start():
    x, y = wave(120)

    class Own(cp.Model):
        def __init__(self, units):
            super().__init__()
            self.first, self.last = L.Dense(units.size, activation="relu"), L.Dense(1)

        def call(self, x):
            return self.last(self.first(x))

        def get_config(self):
            raise NotImplementedError("no settings")

    cp.set_seed(0)
    model = Own(np.zeros(8))
    model(x[:1])
    report = of(fit(model, x, y, "mse", SGD(1e-6), 10))
    assert report.ids == ("rate-too-low",)
    assert "no_fresh_start" in unjudged(report)


def test_words_have_no_columns():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 9, (100, 4))
    model = net((4,), L.Embedding(9, 3), L.Flatten(), L.Dense(1))
    report = of(fit(model, x, x.sum(1) / 10.0, "mse", Adam(0.05), 30))
    assert report.healthy
    assert "no_table" in unjudged(report)


def test_of_much_data_some_is_looked_at():
    x, y = line(5000, [1.0, -1.0])
    report = of(fit(mlp(2, [], 1, "relu", None), x, y, "mse", SGD(0.1), 2))
    assert report.rows == 2000
    assert "5000" in report.to_text("en")
    assert "sampled" in unjudged(report)


def test_a_bad_number_in_a_row_that_is_not_drawn_is_found():
    x, y = line(5000, [1.0, -1.0])
    x[4321, 0] = np.inf
    model = mlp(2, [], 1, "relu", None)
    model.compile("sgd", "mse")
    report = diagnose(model, x, y)
    assert report.ids == ("not-finite-data",)
    assert "4321" in report.to_text("en")


def test_a_history_as_a_dict_and_no_history_at_all():
    x, y = blobs(100, 2, 3)
    made = fit(mlp(3, [8], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", Adam(0.05), 20)
    assert diagnose(made.model, x, y, history=made.history.history).healthy
    assert diagnose(made.model, x, y).healthy  # that of its last training
    made.model.history = None
    assert "no_history" in unjudged(diagnose(made.model, x, y))


def test_the_batch_size_is_told_or_given():
    x, y = blobs(96, 3, 4)
    model = net((4,), L.Dense(8), L.BatchNormalization(), L.ReLU(),
                L.Dense(3, activation="softmax"))  # fmt: skip
    made = fit(model, x, y, "sparse_categorical_crossentropy", Adam(1e-4), 3, batch_size=1)
    assert "batch-norm-batch" in of(made).ids
    assert "batch-norm-batch" not in of(made, batch_size=32).ids


def test_batches_that_can_be_gone_through_again():
    x, y = wave(120)

    class Batches(cp.utils.PyDataset):
        def __len__(self):
            return 5

        def __getitem__(self, k):
            return x[24 * k : 24 * k + 24], y[24 * k : 24 * k + 24]

    model = mlp(3, [8], 1, "relu", "sigmoid")
    model.compile("adam", "mse", engine="eager")
    model.fit(Batches(), epochs=3)
    report = diagnose(model, Batches())
    assert report.ids == ("targets-out-of-reach",)
    assert report.rows == 120
    with pytest.raises(OptionError, match="would use them up"):
        diagnose(model, iter([(x, y)]))


def test_where_a_nan_arose_is_named():
    x, y = wave(80)

    def rooted(t, p):
        return cp.mean(cp.sqrt(p), axis=-1)

    made = fit(mlp(3, [8], 1, "tanh", None), x, y, rooted, "adam", 2)
    (finding,) = of(made).findings
    assert finding.id == "not-finite"
    assert finding.evidence["op"] == "sqrt"
    assert finding.evidence["step"] == 1
    assert finding.evidence["epoch"] == 1
    assert finding.evidence["low"] < 0


def test_xor_at_a_half_is_told_from_xor_that_cannot_learn():
    x, y = cp.datasets.xor()
    start = [[[-0.8, -0.3], [-0.4, -1.0]], [0.0, 0.0], [[0.5], [-0.6]], [0.0]]
    stuck = mlp(2, [2], 1, "relu", "sigmoid")
    stuck.set_weights(start)
    made = fit(stuck, x, y, "binary_crossentropy", Adam(0.05), 300, None, 4)
    (finding,) = of(made).findings
    assert finding.id == "stuck-at-start"
    assert finding.evidence["solved"] > 0
    held = mlp(2, [2], 1, "relu", "sigmoid")
    held.set_weights(start)
    held.layers[0].trainable = held.layers[1].trainable = False
    made = fit(held, x, y, "binary_crossentropy", Adam(0.05), 30, None, 4)
    assert of(made).ids == ("frozen",)


def test_causes_stand_above_what_follows():
    x, y = wave(150)
    made = fit(mlp(3, [16], 1, "relu", None), x, y, "mse", SGD(30.0), 8)
    (finding,) = of(made).findings
    assert finding.id == "rate-too-high"
    assert "not-finite" in [each.id for each in finding.follows]


def test_what_cannot_be_asked():
    x, y = wave(50)
    with pytest.raises(StateError, match="comes after compile"):
        diagnose(mlp(3, [4], 1, "relu", None), x, y)
    bare = cp.Sequential([L.Dense(1)])
    bare.compile("sgd", "mse")
    with pytest.raises(StateError, match="has no weights yet"):
        diagnose(bare, x, y)
    model = mlp(3, [4], 1, "relu", None)
    model.compile("sgd", "mse")
    with pytest.raises(ShapeError, match="takes examples of shape"):
        diagnose(model, x[:, :2], y)
