"""Sick runs to tune by: the course of training."""

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
    wave,
)  # fmt: skip

RUNS = Collection()
SGD = cp.optimizers.SGD
Adam = cp.optimizers.Adam
ACC = ["accuracy"]
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"


@RUNS.sick("overfitting")
def by_heart_instead_of_by_rule():
    x, y = line(260, [1.0, -1.0, 0.5, 0.2, 0.8], noise=2.0, seed=126)
    return fit(mlp(5, [96, 96], 1, "relu", None), x[:50], y[:50], "mse", Adam(0.01), 120,
               None, 10, val=(x[50:], y[50:]))  # fmt: skip


@RUNS.sick("overfitting")
def a_conv_net_on_thirty_noisy_pictures():
    x, y = bars(200, noise=0.6, seed=127)
    model = net((8, 8, 1), L.Conv2D(16, 3, activation="relu"), L.Flatten(),
                L.Dense(32, activation="relu"), L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x[:30], y[:30], BINARY, Adam(0.005), 40, ACC, 10, val=(x[30:], y[30:]))


@RUNS.sick("no-hidden-layer", "underfitting")
def a_line_for_a_wave():
    rng = np.random.default_rng(128)
    x = rng.uniform(-2, 2, (240, 1))
    y = np.cos(3 * x[:, 0]) + 0.05 * rng.standard_normal(240)
    return fit(mlp(1, [], 1, "relu", None), x, y, "mse", Adam(0.05), 40)


@RUNS.sick("underfitting")
def one_unit_for_a_spiral():
    x, y = cp.datasets.spiral(240, 3, seed=129)
    return fit(mlp(2, [1], 3, "tanh", "softmax"), x, y, SPARSE, Adam(0.05), 60, ACC)


@RUNS.sick("penalty-too-strong", "underfitting")
def an_l2_of_one():
    x, y = wave(200, seed=130)
    model = mlp(3, [24], 1, "tanh", None, kernel_regularizer=cp.regularizers.L2(1.0))
    return fit(model, x, y, "mse", Adam(0.005), 40)


@RUNS.sick("batch-norm-batch")
def pairs_under_batch_norm():
    x, y = blobs(120, 3, 5, seed=131)
    model = net(
        (5,),
        L.Dense(16),
        L.BatchNormalization(momentum=0.9),
        L.ReLU(),
        L.Dense(16),
        L.BatchNormalization(momentum=0.9),
        L.ReLU(),
        L.Dense(3, activation="softmax"),
    )
    return fit(model, x, y, SPARSE, "adam", 6, ACC, 2)


@RUNS.sick("batch-norm-behind", "too-few-epochs", "inputs-not-scaled")
def averages_of_another_net():
    x, y = blobs(200, 4, 6, seed=134)
    model = net((6,), L.Dense(24), L.BatchNormalization(momentum=0.999), L.ReLU(),
                L.Dense(4, activation="softmax"))  # fmt: skip
    return fit(model, 10 * x + 40, y, SPARSE, Adam(0.01), 15, ACC)


@RUNS.sick("not-finite")
def a_root_of_less_than_nothing():
    x, y = wave(150, seed=132)

    def rooted(t, p):
        return cp.mean(cp.square(cp.sqrt(p) - cp.sqrt(cp.abs(t))), axis=-1)

    return fit(mlp(3, [12], 1, "tanh", None), x, y, rooted, "adam", 5)


@RUNS.sick("stuck-at-start")
def xor_at_a_half():
    x, y = cp.datasets.xor()
    model = mlp(2, [2], 1, "sigmoid", "sigmoid", seed=2)
    return fit(model, x, y, "mse", SGD(0.5), 400, None, 4)


@RUNS.sick("loss-against-accuracy")
def an_error_of_raw_scores():
    x, y = blobs(240, 3, 5, seed=133)
    made = fit(
        mlp(5, [16], 3, "relu", None),
        x,
        y,
        cp.losses.SparseCategoricalCrossentropy(from_logits=True),
        Adam(0.01),
        15,
        ACC,
    )
    raw = {"loss": [11.4, 14.0, 17.2, 21.5, 26.0, 31.1, 37.0, 44.2],
           "accuracy": [0.72, 0.80, 0.84, 0.87, 0.89, 0.905, 0.915, 0.92]}  # fmt: skip
    return Trained(made.model, x, y, raw)


@RUNS.sick("overfitting")
def dozens_of_columns_for_a_handful_of_rows():
    x, y = blobs(240, 2, 30, spread=8.0, seed=190)
    return fit(mlp(30, [64], 1, "relu", "sigmoid"), x[:50], y[:50], BINARY, Adam(0.005), 60, ACC,
               10, val=(x[50:], y[50:]))  # fmt: skip


@RUNS.sick("underfitting")
def a_line_for_moons_and_circles():
    x, y = cp.datasets.circles(240, noise=0.02, seed=191)
    return fit(mlp(2, [1], 2, "tanh", "softmax"), x, y, SPARSE, Adam(0.03), 60, ACC)


@RUNS.sick("stuck-at-start", "too-few-epochs")
def xor_with_two_relus():
    x, y = cp.datasets.xor()
    model = mlp(2, [2], 1, "relu", None)
    model.set_weights([[[-0.6, -0.5], [-0.7, -0.9]], [0.0, 0.0], [[0.5], [0.3]], [0.0]])
    return fit(model, x, y, "mse", Adam(0.02), 400, None, 4)


@RUNS.sick("penalty-too-strong", "underfitting")
def lasso_beyond_measure():
    x, y = line(200, [1.0, -1.0, 0.5], seed=192)
    model = net((3,), L.Dense(16, activation="tanh", kernel_regularizer=cp.regularizers.L1(1.0)),
                L.Dense(1, kernel_regularizer=cp.regularizers.L1(1.0)))  # fmt: skip
    return fit(model, x, y, "mse", Adam(0.01), 40)


@RUNS.sick("not-finite")
def a_division_by_a_prediction():
    x, y = wave(150, seed=193)

    def relative(t, p):
        return cp.mean(cp.square((t - p) / cp.relu(p)), axis=-1)

    return fit(mlp(3, [12], 1, "tanh", None), x, y, relative, "adam", 4)


@RUNS.sick("no-hidden-layer")
def xor_without_a_hidden_layer():
    x, y = cp.datasets.xor()
    return fit(net((2,), L.Dense(1, activation="sigmoid")), x, y, BINARY, SGD(0.5), 300, ACC, 4)


@RUNS.sick("no-hidden-layer", "underfitting")
def circles_by_one_layer():
    x, y = cp.datasets.circles(240, noise=0.02, seed=195)
    return fit(net((2,), L.Dense(2, activation="softmax")), x, y, SPARSE, Adam(0.03), 60, ACC)


@RUNS.sick("loss-against-accuracy", "overfitting")
def surer_of_its_mistakes():
    x, y = blobs(240, 3, 6, seed=194)
    made = fit(mlp(6, [24], 3, "relu", "softmax"), x, y, SPARSE, Adam(0.01), 20, ACC)
    figures = {
        "loss": [0.9, 0.6, 0.45, 0.33, 0.25, 0.18, 0.13, 0.09],
        "accuracy": [0.6, 0.72, 0.8, 0.86, 0.9, 0.93, 0.96, 0.98],
        "val_loss": [0.88, 0.70, 0.66, 0.71, 0.79, 0.88, 0.99, 1.12],
        "val_accuracy": [0.61, 0.68, 0.70, 0.71, 0.715, 0.725, 0.73, 0.74],
    }
    return Trained(made.model, x, y, figures)
