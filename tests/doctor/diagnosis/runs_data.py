"""Sick runs to tune by: examples, targets, outputs."""

from __future__ import annotations

import numpy as np

import clearprop as cp
from tests.doctor.diagnosis.making import (
    Collection,
    L,
    Trained,
    bars,
    blobs,
    fit,
    line,
    mlp,
    net,
    one_hot,
    wave,
)  # fmt: skip

RUNS = Collection()
SGD = cp.optimizers.SGD
Adam = cp.optimizers.Adam
ACC = ["accuracy"]
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"


@RUNS.sick("inputs-not-scaled", "rate-too-high", "dead-relus", "saturated")
def ages_and_incomes():
    rng = np.random.default_rng(104)
    x = np.column_stack([rng.uniform(18, 80, 240), rng.uniform(1e4, 2e5, 240)])
    y = (x[:, 0] / 80 + x[:, 1] / 2e5 > 1.1).astype(int)
    return fit(mlp(2, [16], 1, "relu", "sigmoid"), x, y, BINARY, SGD(0.01), 20, ACC)


@RUNS.sick("inputs-not-scaled", "rate-too-high", "saturated", "dead-relus")
def pixels_up_to_255_with_sgd():
    x, y = bars(160, seed=105)
    model = net((8, 8, 1), L.Flatten(), L.Dense(16, activation="sigmoid"),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, 255 * (x + 1), y, BINARY, SGD(0.05), 15, ACC)


@RUNS.sick("targets-not-scaled", "rate-too-low", "too-few-epochs", "underfitting")
def house_prices_in_won():
    x, y = line(200, [1.0, -2.0, 0.5], seed=106)
    return fit(mlp(3, [16], 1, "relu", None), x, 3e5 + 1e5 * y, "mse", Adam(0.01), 25)


@RUNS.sick("constant-column")
def a_sensor_that_was_off():
    x, y = blobs(200, 3, 6, seed=107)
    x[:, 2] = -3.0
    return fit(mlp(6, [16], 3, "relu", "softmax"), x, y, SPARSE, Adam(0.01), 20, ACC)


@RUNS.sick("duplicated-column")
def the_same_column_twice():
    x, y = line(200, [1.0, -1.0, 2.0, 0.5], seed=108)
    x[:, 3] = x[:, 0]
    return fit(mlp(4, [16], 1, "relu", None), x, y, "mse", Adam(0.01), 25)


@RUNS.sick("leaking-column")
def the_target_in_disguise():
    x, y = line(240, [1.0, 0.5, 0.0, 0.3], noise=2.0, seed=109)
    x[:, 2] = 3.0 * y - 1.0
    return fit(mlp(4, [16], 1, "relu", None), x, y, "mse", Adam(0.01), 25)


@RUNS.sick("leaking-column")
def a_flag_that_is_known_only_afterwards():
    rng = np.random.default_rng(110)
    x = rng.standard_normal((240, 5))
    y = (x[:, 0] - x[:, 1] + 1.5 * rng.standard_normal(240) > 0).astype(int)
    x[:, 3] = y
    return fit(mlp(5, [12], 2, "relu", "softmax"), x, y, SPARSE, Adam(0.01), 20, ACC)


@RUNS.sick("labels-unrelated", "overfitting")
def labels_shuffled_alone():
    x, y = blobs(240, 3, 5, seed=111)
    y = np.random.default_rng(0).permutation(y)
    return fit(mlp(5, [24], 3, "relu", "softmax"), x[:200], y[:200], SPARSE, Adam(0.005), 25, ACC,
               val=(x[200:], y[200:]))  # fmt: skip


@RUNS.sick("labels-unrelated")
def targets_sorted_alone():
    x, y = wave(220, seed=112)
    return fit(mlp(3, [24], 1, "tanh", None), x, np.sort(y), "mse", Adam(0.01), 30)


@RUNS.sick("labels-shifted", "labels-unrelated", "overfitting")
def labels_one_row_late():
    x, y = blobs(260, 4, 6, seed=113)
    return fit(mlp(6, [24], 4, "relu", "softmax"), x, np.roll(y, 1), SPARSE, Adam(0.005), 20, ACC)


@RUNS.sick("classes-unbalanced")
def one_in_fifty():
    rng = np.random.default_rng(114)
    x = rng.standard_normal((500, 4))
    y = np.zeros(500, int)
    y[:10] = 1
    x[:10] += 0.7
    return fit(mlp(4, [8], 2, "relu", "softmax"), x, y, SPARSE, "adam", 10, ACC)


@RUNS.sick("classes-unbalanced")
def two_of_three_classes_are_rare():
    x, y = blobs(600, 3, 5, spread=3.0, seed=115)
    keep = (y == 0) | (np.arange(600) % 12 == 0)
    x, y = x[keep], y[keep]
    return fit(mlp(5, [8], 3, "tanh", "softmax"), x, y, SPARSE, SGD(0.02), 8, ACC)


@RUNS.sick("not-finite-data")
def a_hole_in_the_table():
    x, y = wave(100, seed=116)
    x[17, 1] = np.nan
    model = mlp(3, [8], 1, "relu", None)
    model.compile("adam", "mse")
    return Trained(model, x, y)


@RUNS.sick("labels-wrong-form")
def one_hot_for_a_loss_of_class_numbers():
    x, y = blobs(120, 3, 4, seed=117)
    model = mlp(4, [8], 3, "relu", "softmax")
    model.compile("adam", SPARSE)
    return Trained(model, x, one_hot(y))


@RUNS.sick("labels-wrong-form")
def classes_counted_from_one():
    x, y = blobs(120, 3, 4, seed=118)
    model = mlp(4, [8], 3, "relu", "softmax")
    model.compile("adam", SPARSE)
    return Trained(model, x, y + 1)


@RUNS.sick("logits-as-probabilities")
def sums_scored_as_probabilities():
    x, y = blobs(200, 3, 5, seed=119)
    return fit(mlp(5, [16], 3, "relu", None), x, y, SPARSE, Adam(0.01), 20, ACC)


@RUNS.sick("logits-as-probabilities")
def no_sigmoid_at_the_end():
    x, y = cp.datasets.moons(200, seed=120)
    return fit(mlp(2, [16], 1, "tanh", None), x, y, BINARY, Adam(0.01), 20, ACC)


@RUNS.sick("activation-twice")
def softmax_and_from_logits():
    x, y = blobs(200, 5, 6, seed=121)
    return fit(mlp(6, [24], 5, "relu", "softmax"), x, y,
               cp.losses.SparseCategoricalCrossentropy(from_logits=True), Adam(0.01), 20,
               ACC)  # fmt: skip


@RUNS.sick("activation-twice")
def a_softmax_layer_after_softmax():
    x, y = blobs(200, 4, 6, seed=122)
    model = net((6,), L.Dense(16, activation="relu"), L.Dense(4, activation="softmax"), L.Softmax())
    return fit(model, x, y, SPARSE, Adam(0.01), 20, ACC)


@RUNS.sick("softmax-of-one")
def one_unit_with_softmax():
    x, y = blobs(160, 2, 4, seed=123)
    return fit(mlp(4, [8], 1, "relu", "softmax"), x, y, "mse", Adam(0.01), 10)


@RUNS.sick("targets-out-of-reach")
def sigmoid_for_a_regression():
    x, y = line(200, [2.0, 1.0], bias=3.0, seed=124)
    return fit(mlp(2, [16], 1, "tanh", "sigmoid"), x, y, "mse", Adam(0.01), 25)


@RUNS.sick("targets-out-of-reach", "dead-relus")
def relu_for_targets_below_zero():
    x, y = line(200, [1.0, -1.0], bias=-1.0, seed=125)
    return fit(mlp(2, [16], 1, "relu", "relu"), x, y, "mse", Adam(0.01), 25)


@RUNS.sick("inputs-not-scaled", "rate-too-high", "dead-relus", "saturated")
def years_as_numbers():
    rng = np.random.default_rng(170)
    x = np.column_stack([rng.integers(1950, 2020, 240), rng.standard_normal(240)]).astype(float)
    y = np.sin((x[:, 0] - 1985) / 12) + 0.3 * x[:, 1]
    return fit(mlp(2, [24], 1, "tanh", None), x, y, "mse", Adam(0.005), 30)


@RUNS.sick("targets-not-scaled", "rate-too-high", "rate-too-low", "too-few-epochs")
def wages_in_thousands():
    x, y = line(200, [1.0, -1.0], seed=171)
    return fit(mlp(2, [16], 1, "relu", None), x, 40_000 + 9_000 * y, "mae", Adam(0.001), 20)


@RUNS.sick("constant-column", "too-few-epochs")
def zeros_in_a_column():
    x, y = blobs(220, 2, 4, seed=172)
    x[:, 1] = 0.0
    return fit(mlp(4, [12], 1, "tanh", "sigmoid"), x, y, BINARY, SGD(0.1), 20, ACC)


@RUNS.sick("duplicated-column")
def a_column_and_its_negative():
    x, y = wave(200, seed=173)
    x = np.column_stack([x, 1.0 - x[:, 1]])
    return fit(mlp(4, [24], 1, "tanh", None), x, y, "mse", Adam(0.01), 50)


@RUNS.sick("leaking-column")
def the_class_number_among_the_inputs():
    x, y = blobs(260, 3, 6, spread=4.0, seed=174)
    x[:, 5] = y + 0.02 * np.random.default_rng(1).standard_normal(260)
    return fit(mlp(6, [16], 3, "relu", "softmax"), x, y, SPARSE, Adam(0.01), 25, ACC)


@RUNS.sick("labels-unrelated", "overfitting")
def pictures_with_shuffled_labels():
    x, y = bars(240, seed=175)
    y = np.random.default_rng(2).permutation(y)
    model = net((8, 8, 1), L.Conv2D(8, 3, activation="relu"), L.Flatten(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x[:200], y[:200], BINARY, Adam(0.003), 12, ACC, val=(x[200:], y[200:]))


@RUNS.sick("labels-shifted", "labels-unrelated")
def targets_two_rows_early():
    x, y = wave(240, seed=176)
    return fit(mlp(3, [24], 1, "tanh", None), x, np.roll(y, -2), "mse", Adam(0.01), 25)


@RUNS.sick("classes-unbalanced")
def one_class_of_five_swallows_the_others():
    x, y = blobs(900, 5, 6, spread=4.0, seed=177)
    keep = (y == 2) | (np.arange(900) % 15 == 0)
    return fit(mlp(6, [12], 5, "relu", "softmax"), x[keep], y[keep], SPARSE, Adam(0.001), 12, ACC)


@RUNS.sick("logits-as-probabilities")
def tanh_under_binary_crossentropy():
    x, y = cp.datasets.moons(200, seed=178)
    return fit(mlp(2, [16], 1, "relu", "tanh"), x, y, BINARY, Adam(0.01), 20, ACC)


@RUNS.sick("activation-twice")
def a_functional_net_with_two_ends():
    x, y = blobs(200, 3, 4, seed=179)
    cp.set_seed(0)
    inputs = cp.Input((4,))
    h = L.Dense(16, activation="relu")(inputs)
    out = L.Activation("sigmoid")(L.Dense(1, activation="sigmoid")(h))
    return fit(cp.Model(inputs, out), x, (y == 1).astype(int), BINARY, Adam(0.01), 20, ACC)


@RUNS.sick("targets-out-of-reach")
def softmax_for_a_regression():
    x, y = line(200, [1.0, 2.0], seed=180)
    both = np.column_stack([y, -y])
    return fit(mlp(2, [16], 2, "relu", "softmax"), x, both, "mse", Adam(0.01), 20)
