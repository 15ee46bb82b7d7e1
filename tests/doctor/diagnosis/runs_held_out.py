"""Training runs that the rules never saw: written before them, and for judging alone."""

from __future__ import annotations

import numpy as np

import clearprop as cp
from tests.doctor.diagnosis.making import (
    Collection,
    L,
    Trained,
    bars,
    blobs,
    echoes,
    fit,
    line,
    mlp,
    net,
    one_hot,
    sums,
    wave,
)  # fmt: skip

RUNS = Collection()
SGD, Adam = cp.optimizers.SGD, cp.optimizers.Adam
ACC = ["accuracy"]

# -- sick ------------------------------------------------------------------------------------------


@RUNS.sick("rate-too-high")
def linear_regression_flies_apart():
    x, y = line(160, [2.0, -1.0, 0.5, 3.0], seed=21)
    return fit(mlp(4, [], 1, "relu", None), x, y, "mse", SGD(0.9), 12)


@RUNS.sick("rate-too-high", "dead-relus", "saturated")
def adam_with_a_rate_of_one():
    x, y = blobs(240, 4, 6, seed=22)
    return fit(mlp(6, [24, 24], 4, "tanh", "softmax"), x, y, "sparse_categorical_crossentropy",
               Adam(1.0), 20, ACC)  # fmt: skip


@RUNS.sick("rate-too-high", "dead-relus")
def conv_that_jumps_about():
    x, y = bars(160, seed=23)
    model = net((8, 8, 1), L.Conv2D(6, 3, activation="relu"), L.Flatten(), L.Dense(1))
    return fit(model, x, y, "mse", SGD(0.6, momentum=0.9), 8)


@RUNS.sick("rate-too-low")
def a_rate_of_a_millionth():
    x, y = blobs(200, 3, 5, seed=24)
    return fit(mlp(5, [16], 3, "relu", "softmax"), x, y, "sparse_categorical_crossentropy",
               SGD(1e-6), 20, ACC)  # fmt: skip


@RUNS.sick("rate-too-low")
def gru_that_hardly_moves():
    x, y = sums(150, 6, seed=25)
    model = net((6, 1), L.GRU(8), L.Dense(1))
    return fit(model, x, y, "mse", Adam(2e-6), 15)


@RUNS.sick("vanishing-gradients", "saturated")
def nine_sigmoid_layers():
    x, y = blobs(200, 2, 4, seed=26)
    return fit(mlp(4, [12] * 9, 1, "sigmoid", "sigmoid"), x, y, "binary_crossentropy", SGD(0.1),
               25, ACC)  # fmt: skip


@RUNS.sick("dead-relus")
def biases_that_switch_every_unit_off():
    x, y = wave(200, seed=27)
    model = mlp(3, [20], 1, "relu", None, bias_initializer=cp.initializers.Constant(-12.0))
    return fit(model, x, y, "mse", Adam(0.003), 20)


@RUNS.sick("saturated", "vanishing-gradients")
def far_too_large_first_weights():
    x, y = wave(220, seed=28)
    wide = cp.initializers.RandomNormal(stddev=40.0, seed=3)
    model = mlp(3, [24, 24], 1, "tanh", None, kernel_initializer=wide)
    return fit(model, x, y, "mse", SGD(0.01), 25)


@RUNS.sick("equal-units")
def all_first_weights_zero_in_a_tanh_net():
    x, y = blobs(180, 3, 4, seed=29)
    model = mlp(4, [10], 3, "tanh", "softmax", kernel_initializer="zeros")
    model.layers[-1].kernel.assign(np.full((10, 3), 0.1))
    return fit(model, x, y, "sparse_categorical_crossentropy", "adam", 25, ACC)


@RUNS.sick("inputs-not-scaled", "rate-too-high", "saturated", "dead-relus")
def one_column_in_millions():
    rng = np.random.default_rng(30)
    x = np.column_stack([rng.uniform(0, 1, 200), rng.uniform(1e5, 4e6, 200)])
    y = (x[:, 0] + x[:, 1] / 4e6 > 1).astype(int)
    return fit(mlp(2, [16], 1, "tanh", "sigmoid"), x, y, "binary_crossentropy", "adam", 25, ACC)


@RUNS.sick("constant-column", "inputs-not-scaled")
def a_column_that_never_changes():
    x, y = line(180, [1.0, 2.0, -1.0, 0.5, 1.5], seed=31)
    x[:, 3] = 7.5
    return fit(mlp(5, [16], 1, "relu", None), x, y, "mse", Adam(0.01), 30)


@RUNS.sick("duplicated-column")
def inches_beside_centimetres():
    x, y = blobs(200, 3, 5, seed=32)
    x[:, 4] = 2.54 * x[:, 1]
    return fit(mlp(5, [16], 3, "relu", "softmax"), x, y, "sparse_categorical_crossentropy",
               Adam(0.01), 20, ACC)  # fmt: skip


@RUNS.sick("leaking-column")
def the_answer_among_the_inputs():
    rng = np.random.default_rng(33)
    x = rng.standard_normal((240, 6))
    y = (x[:, 0] + x[:, 1] + 2 * rng.standard_normal(240) > 0).astype(int)
    x[:, 5] = y + 0.01 * rng.standard_normal(240)
    return fit(mlp(6, [16], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", Adam(0.01), 25, ACC)


@RUNS.sick("labels-wrong-form")
def class_numbers_for_categorical_crossentropy():
    x, y = blobs(120, 4, 5, seed=34)
    model = mlp(5, [12], 4, "relu", "softmax")
    model.compile("adam", "categorical_crossentropy", ACC)
    return Trained(model, x, y)


@RUNS.sick("logits-as-probabilities")
def no_softmax_before_crossentropy():
    x, y = blobs(200, 4, 5, seed=35)
    return fit(mlp(5, [16], 4, "relu", None), x, one_hot(y), "categorical_crossentropy",
               Adam(0.01), 20, ACC)  # fmt: skip


@RUNS.sick("activation-twice")
def sigmoid_and_from_logits():
    x, y = blobs(200, 2, 5, spread=1.5, seed=36)
    return fit(mlp(5, [16], 1, "relu", "sigmoid"), x, y,
               cp.losses.BinaryCrossentropy(from_logits=True), Adam(0.01), 20, ACC)  # fmt: skip


@RUNS.sick("targets-out-of-reach")
def tanh_for_targets_up_to_nine():
    x, y = line(200, [2.0, 1.0, -1.0], bias=4.0, seed=37)
    return fit(mlp(3, [16], 1, "relu", "tanh"), x, y, "mse", Adam(0.01), 25)


@RUNS.sick("classes-unbalanced")
def three_in_a_hundred():
    rng = np.random.default_rng(38)
    x = rng.standard_normal((400, 5))
    y = np.zeros(400, int)
    rare = rng.choice(400, 14, replace=False)
    y[rare] = 1
    x[rare, 0] += 0.8
    return fit(mlp(5, [12], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", "adam", 15, ACC)


@RUNS.sick("overfitting")
def a_large_net_on_forty_noisy_rows():
    x, y = blobs(240, 3, 8, spread=5.0, seed=39)
    return fit(mlp(8, [96, 96], 3, "relu", "softmax"), x[:40], y[:40],
               "sparse_categorical_crossentropy", Adam(0.01), 80, ACC, 16,
               val=(x[40:], y[40:]))  # fmt: skip


@RUNS.sick("no-hidden-layer", "underfitting")
def a_straight_line_through_circles():
    x, y = cp.datasets.circles(240, seed=40)
    return fit(mlp(2, [], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", Adam(0.05), 40, ACC)


@RUNS.sick("batch-norm-batch")
def one_example_a_batch_under_batch_norm():
    x, y = blobs(90, 3, 5, seed=41)
    model = net((5,), L.Dense(16), L.BatchNormalization(momentum=0.9), L.ReLU(),
                L.Dense(3, activation="softmax"))  # fmt: skip
    return fit(model, x, y, "sparse_categorical_crossentropy", "adam", 6, ACC, 1)


@RUNS.sick("not-finite")
def the_logarithm_of_nothing():
    x, y = wave(150, seed=42)

    def log_error(t, p):
        return cp.mean(cp.square(cp.log(p) - cp.log(t)), axis=-1)

    return fit(mlp(3, [12], 1, "relu", None), x, np.abs(y) + 0.1, log_error, "adam", 6)


@RUNS.sick("labels-unrelated", "overfitting")
def inputs_sorted_without_their_labels():
    x, y = blobs(260, 3, 6, seed=43)
    x = x[np.argsort(x[:, 0])]
    return fit(mlp(6, [32], 3, "relu", "softmax"), x, y, "sparse_categorical_crossentropy",
               Adam(0.005), 25, ACC, val=(x[::5], y[::5]))  # fmt: skip


@RUNS.sick("frozen")
def everything_frozen():
    x, y = blobs(200, 3, 5, seed=44)
    model = net((5,), L.Dense(16, activation="relu"), L.Dense(3, activation="softmax"))
    model.trainable = False
    return fit(model, x, y, "sparse_categorical_crossentropy", Adam(0.01), 10, ACC)


@RUNS.sick("stuck-at-start")
def xor_at_a_half_with_relu():
    x, y = cp.datasets.xor()
    model = mlp(2, [2], 1, "relu", "sigmoid")
    model.set_weights([[[-0.9, -0.4], [-0.5, -1.1]], [0.0, 0.0], [[0.6], [-0.7]], [0.0]])
    return fit(model, x, y, "binary_crossentropy", Adam(0.02), 400, None, 4)


@RUNS.sick("exploding-gradients", "inputs-not-scaled", "rate-too-high")
def a_recurrent_net_that_grows_at_each_step():
    x, y = sums(150, 40, seed=45)
    grows = cp.initializers.Identity(1.3)
    model = net((40, 1), L.SimpleRNN(6, activation=None, recurrent_initializer=grows), L.Dense(1))
    return fit(model, x, y, "mse", SGD(0.001), 10)


@RUNS.sick("softmax-of-one")
def softmax_for_yes_or_no():
    x, y = cp.datasets.moons(200, seed=46)
    return fit(mlp(2, [16], 1, "relu", "softmax"), x, y, "binary_crossentropy", Adam(0.01), 15, ACC)


@RUNS.sick("too-few-epochs", "rate-too-low")
def stopped_after_two_epochs():
    x, y = blobs(300, 5, 8, spread=0.7, seed=47)
    return fit(mlp(8, [32], 5, "relu", "softmax"), x, y, "sparse_categorical_crossentropy",
               Adam(0.0005), 2, ACC)  # fmt: skip


@RUNS.sick("penalty-too-strong")
def weights_held_down_by_their_penalty():
    x, y = wave(200, seed=48)
    model = mlp(3, [24, 24], 1, "relu", None, kernel_regularizer=cp.regularizers.L1(0.5))
    return fit(model, x, y, "mse", Adam(0.005), 30)


@RUNS.sick("loss-against-accuracy", "overfitting")
def ever_surer_of_what_is_wrong():
    rng = np.random.default_rng(49)
    x = rng.standard_normal((360, 12))
    y = (x[:, :4].sum(1) + 1.2 * rng.standard_normal(360) > 0).astype(int)
    history = {
        "loss": [0.60, 0.48, 0.40, 0.33, 0.26, 0.20, 0.15, 0.11, 0.08, 0.06],
        "accuracy": [0.68, 0.77, 0.82, 0.86, 0.89, 0.93, 0.95, 0.97, 0.98, 0.99],
        "val_loss": [0.58, 0.53, 0.52, 0.54, 0.58, 0.63, 0.70, 0.78, 0.87, 0.97],
        "val_accuracy": [0.70, 0.74, 0.752, 0.757, 0.760, 0.764, 0.768, 0.771, 0.775, 0.779],
    }
    made = fit(mlp(12, [64], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", Adam(0.01), 30,
               ACC)  # fmt: skip
    return Trained(made.model, x, y, history)


# -- sound -----------------------------------------------------------------------------------------


@RUNS.sound()
def a_line_found():
    x, y = line(200, [1.5, -2.0, 0.7], seed=61)
    return fit(mlp(3, [], 1, "relu", None), x, y, "mse", SGD(0.05), 30)


@RUNS.sound()
def four_blobs():
    x, y = blobs(300, 4, 6, seed=62)
    return fit(mlp(6, [24], 4, "relu", "softmax"), x[:240], y[:240],
               "sparse_categorical_crossentropy", Adam(0.01), 25, ACC,
               val=(x[240:], y[240:]))  # fmt: skip


@RUNS.sound()
def moons_with_tanh_and_momentum():
    x, y = cp.datasets.moons(300, noise=0.15, seed=63)
    return fit(mlp(2, [16, 16], 1, "tanh", "sigmoid"), x, y, "binary_crossentropy",
               SGD(0.2, momentum=0.9), 40, ACC)  # fmt: skip


@RUNS.sound()
def bars_by_convolution():
    x, y = bars(240, seed=64)
    model = net((8, 8, 1), L.Conv2D(8, 3, activation="relu"), L.MaxPooling2D(2), L.Flatten(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x[:200], y[:200], "binary_crossentropy", Adam(0.01), 15, ACC,
               val=(x[200:], y[200:]))  # fmt: skip


@RUNS.sound()
def means_by_a_gru():
    x, y = sums(240, 6, seed=65)
    model = net((6, 1), L.GRU(8), L.Dense(1))
    return fit(model, x, y, "mse", Adam(0.01), 25)


@RUNS.sound()
def handwritten_digits():
    (x, y), (xv, yv) = cp.datasets.digits()
    x, xv = x.reshape(-1, 64)[:600] / 16.0, xv.reshape(-1, 64)[:150] / 16.0
    return fit(mlp(64, [32], 10, "relu", "softmax"), x, y[:600],
               "sparse_categorical_crossentropy", Adam(0.005), 20, ACC,
               val=(xv, yv[:150]))  # fmt: skip


@RUNS.sound()
def batch_norm_and_dropout():
    x, y = blobs(400, 5, 8, seed=66)
    model = net((8,), L.Dense(32), L.BatchNormalization(momentum=0.9), L.ReLU(), L.Dropout(0.2),
                L.Dense(5, activation="softmax"))  # fmt: skip
    return fit(model, x, y, "sparse_categorical_crossentropy", Adam(0.01), 20, ACC)


@RUNS.sound()
def xor_solved():
    x, y = cp.datasets.xor()
    return fit(mlp(2, [8], 1, "tanh", "sigmoid", seed=3), x, y, "binary_crossentropy", Adam(0.05),
               200, None, 4)  # fmt: skip


@RUNS.sound()
def a_noisy_problem_that_is_learnt_as_far_as_it_goes():
    x, y = line(400, [1.0, -0.5, 0.8], noise=0.8, seed=67)
    return fit(mlp(3, [8], 1, "relu", None), x[:320], y[:320], "mse", Adam(0.01), 20,
               val=(x[320:], y[320:]))  # fmt: skip


@RUNS.sound()
def a_functional_net_with_a_skip():
    x, y = wave(240, seed=68)
    cp.set_seed(4)
    inputs = cp.Input((3,))
    h = L.Dense(24, activation="relu")(inputs)
    h = L.Add()([h, L.Dense(24, activation="relu")(h)])
    return fit(cp.Model(inputs, L.Dense(1)(h)), x, y, "mae", cp.optimizers.RMSprop(0.003), 40)


@RUNS.sound()
def first_step_of_a_sequence_by_lstm():
    x, y = echoes(240, 5, seed=69)
    model = net((5, 1), L.LSTM(12), L.Dense(2, activation="softmax"))
    return fit(model, x, y, "sparse_categorical_crossentropy", Adam(0.02), 30, ACC)


@RUNS.sound()
def logits_as_they_should_be():
    x, y = blobs(240, 3, 4, seed=70)
    return fit(mlp(4, [16], 3, "elu", None), x, y,
               cp.losses.SparseCategoricalCrossentropy(from_logits=True), SGD(0.1), 20,
               ACC)  # fmt: skip


@RUNS.sound()
def one_class_in_six_but_found():
    rng = np.random.default_rng(71)
    y = (rng.random(360) < 0.17).astype(int)
    x = rng.standard_normal((360, 4))
    x[y == 1] += 2.5
    return fit(mlp(4, [12], 1, "relu", "sigmoid"), x, y, "binary_crossentropy", Adam(0.01), 25, ACC)
