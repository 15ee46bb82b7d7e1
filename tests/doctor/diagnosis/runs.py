"""Training runs that the rules were tuned on; those for judging are in `runs_held_out`."""

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
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"

# -- the step --------------------------------------------------------------------------------------


@RUNS.sick("rate-too-high")
def a_dense_net_diverges():
    x, y = wave(200, seed=1)
    return fit(mlp(3, [16], 1, "tanh", None), x, y, "mse", SGD(1.5), 15)


@RUNS.sick("rate-too-high", "dead-relus")
def relus_killed_by_the_first_steps():
    x, y = blobs(200, 3, 5, seed=2)
    return fit(mlp(5, [16, 16], 3, "relu", "softmax"), x, y, SPARSE, SGD(8.0), 15, ACC)


@RUNS.sick("rate-too-high", "saturated", "dead-relus")
def rmsprop_swings():
    x, y = wave(200, seed=3)
    return fit(mlp(3, [16], 1, "tanh", None), x, y, "mse", cp.optimizers.RMSprop(0.5), 20)


@RUNS.sick("rate-too-high")
def a_regression_becomes_nan():
    x, y = line(150, [3.0, 2.0, -4.0], seed=4)
    return fit(mlp(3, [32], 1, "relu", None), x, y, "mse", SGD(2.0), 12)


@RUNS.sick("rate-too-high", "saturated")
def an_lstm_thrown_about():
    x, y = sums(150, 6, seed=5)
    return fit(net((6, 1), L.LSTM(8), L.Dense(1)), x, y, "mse", Adam(1.5), 15)


@RUNS.sick("rate-too-low")
def sgd_too_timid():
    x, y = wave(200, seed=6)
    return fit(mlp(3, [24], 1, "relu", None), x, y, "mse", SGD(1e-5), 30)


@RUNS.sick("rate-too-low")
def adam_too_timid_on_pictures():
    x, y = bars(160, seed=7)
    model = net((8, 8, 1), L.Conv2D(6, 3, activation="relu"), L.Flatten(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(1e-6), 15, ACC)


@RUNS.sick("rate-too-low")
def a_linear_classifier_too_timid():
    x, y = blobs(200, 3, 4, seed=8)
    return fit(mlp(4, [], 3, "relu", "softmax"), x, y, SPARSE, SGD(3e-5), 25, ACC)


@RUNS.sick("too-few-epochs", "rate-too-low")
def one_epoch_alone():
    x, y = blobs(300, 4, 6, spread=0.8, seed=9)
    return fit(mlp(6, [32], 4, "relu", "softmax"), x, y, SPARSE, Adam(0.001), 1, ACC)


@RUNS.sick("too-few-epochs", "rate-too-low")
def a_regression_still_falling():
    x, y = line(200, [2.0, -3.0, 1.0], bias=2.0, seed=10)
    return fit(mlp(3, [24], 1, "relu", None), x, y, "mse", Adam(0.001), 4)


# -- gradients and units ---------------------------------------------------------------------------


@RUNS.sick("vanishing-gradients", "saturated")
def twelve_sigmoid_layers():
    x, y = cp.datasets.moons(200, seed=11)
    return fit(mlp(2, [10] * 12, 1, "sigmoid", "sigmoid"), x, y, BINARY, SGD(0.5), 20, ACC)


@RUNS.sick("vanishing-gradients", "saturated")
def seven_sigmoid_layers_with_adam():
    x, y = wave(200, seed=12)
    return fit(mlp(3, [16] * 10, 1, "sigmoid", None), x, y, "mse", Adam(0.0003), 20)


@RUNS.sick("vanishing-gradients")
def a_long_memory_in_a_plain_rnn():
    x, y = echoes(200, 60, seed=13)
    small = cp.initializers.Orthogonal(gain=0.4, seed=1)
    model = net((60, 1), L.SimpleRNN(8, recurrent_initializer=small),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(0.003), 12, ACC)


@RUNS.sick("exploding-gradients", "rate-too-high", "inputs-not-scaled")
def deep_and_wide_with_large_weights():
    x, y = wave(200, seed=14)
    wide = cp.initializers.RandomNormal(stddev=1.5, seed=2)
    model = mlp(3, [32] * 6, 1, "relu", None, kernel_initializer=wide)
    return fit(model, x, y, "mse", SGD(1e-12), 10)


@RUNS.sick("exploding-gradients", "rate-too-high")
def a_recurrent_net_that_grows():
    x, y = sums(150, 25, seed=15)
    grows = cp.initializers.Identity(1.5)
    model = net((25, 1), L.SimpleRNN(5, activation=None, recurrent_initializer=grows), L.Dense(1))
    return fit(model, x, y, "mse", SGD(0.01), 8)


@RUNS.sick("dead-relus")
def relus_dead_from_the_start():
    x, y = blobs(200, 3, 5, seed=16)
    model = mlp(5, [16], 3, "relu", "softmax", bias_initializer=cp.initializers.Constant(-30.0))
    return fit(model, x, y, SPARSE, Adam(0.01), 15, ACC)


@RUNS.sick("dead-relus")
def a_convolution_switched_off():
    x, y = bars(160, seed=17)
    off = cp.initializers.Constant(-8.0)
    model = net((8, 8, 1), L.Conv2D(6, 3, activation="relu", bias_initializer=off), L.Flatten(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(0.01), 12, ACC)


@RUNS.sick("saturated", "vanishing-gradients")
def tanh_at_its_ends():
    x, y = cp.datasets.spiral(240, 3, seed=18)
    wide = cp.initializers.RandomNormal(stddev=30.0, seed=4)
    model = mlp(2, [20, 20, 20], 3, "tanh", "softmax", kernel_initializer=wide)
    return fit(model, x, y, SPARSE, SGD(0.02), 20, ACC)


@RUNS.sick("equal-units")
def every_kernel_constant():
    x, y = wave(200, seed=19)
    model = mlp(3, [12, 12], 1, "tanh", None, kernel_initializer=cp.initializers.Constant(0.2))
    return fit(model, x, y, "mse", Adam(0.005), 25)


@RUNS.sick("equal-units")
def zeros_everywhere():
    x, y = cp.datasets.moons(200, seed=20)
    model = mlp(2, [12], 1, "sigmoid", "sigmoid")
    model.set_weights([np.zeros(w.shape) for w in model.weights])
    return fit(model, x, y, BINARY, SGD(0.5), 25, ACC)


@RUNS.sick("frozen")
def all_layers_frozen():
    x, y = blobs(160, 3, 4, seed=101)
    model = mlp(4, [12], 3, "relu", "softmax")
    for layer in model.layers:
        layer.trainable = False
    return fit(model, x, y, SPARSE, "adam", 8, ACC)


@RUNS.sick("frozen", "rate-too-low")
def a_rate_of_zero():
    x, y = wave(160, seed=102)
    return fit(mlp(3, [12], 1, "relu", None), x, y, "mse", SGD(0.0), 8)


@RUNS.sick("frozen", "underfitting")
def only_the_last_bias_learns():
    x, y = wave(200, seed=103)
    model = mlp(3, [16], 1, "relu", None)
    model.layers[0].trainable = False
    model.layers[-1].kernel.trainable = False
    return fit(model, x, y, "mse", Adam(0.01), 20)


# -- the data --------------------------------------------------------------------------------------


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


# -- labels, outputs and the loss ------------------------------------------------------------------


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


# -- the course ------------------------------------------------------------------------------------


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


@RUNS.sick("underfitting")
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


# -- sound -----------------------------------------------------------------------------------------


@RUNS.sound()
def three_blobs_with_sgd():
    x, y = blobs(200, 3, 5, seed=140)
    return fit(mlp(5, [16], 3, "relu", "softmax"), x, y, SPARSE, SGD(0.1), 25, ACC)


@RUNS.sound()
def overlapping_blobs_with_validation():
    x, y = blobs(400, 3, 5, spread=2.5, seed=141)
    return fit(mlp(5, [16], 3, "relu", "softmax"), x[:320], y[:320], SPARSE, Adam(0.005), 15, ACC,
               val=(x[320:], y[320:]))  # fmt: skip


@RUNS.sound()
def a_wave_by_tanh():
    x, y = wave(240, seed=142)
    return fit(mlp(3, [24], 1, "tanh", None), x, y, "mse", Adam(0.01), 60)


@RUNS.sound()
def one_input_one_output():
    x, y = line(100, [3.0], seed=143)
    return fit(mlp(1, [], 1, "relu", None), x, y, "mse", SGD(0.1), 20)


@RUNS.sound()
def pictures_by_convolution():
    x, y = bars(200, seed=144)
    model = net((8, 8, 1), L.Conv2D(6, 3, activation="relu"), L.Flatten(),
                L.Dense(2, activation="softmax"))  # fmt: skip
    return fit(model, x, y, SPARSE, Adam(0.01), 10, ACC)


@RUNS.sound()
def means_by_lstm():
    x, y = sums(200, 6, seed=145)
    return fit(net((6, 1), L.LSTM(8), L.Dense(1)), x, y, "mse", Adam(0.01), 30)


@RUNS.sound()
def digits_with_dropout():
    (x, y), (xv, yv) = cp.datasets.digits()
    x, xv = x.reshape(-1, 64)[:500] / 16.0, xv.reshape(-1, 64)[:120] / 16.0
    model = net((64,), L.Dense(48, activation="relu"), L.Dropout(0.3),
                L.Dense(10, activation="softmax"))  # fmt: skip
    return fit(model, x, y[:500], SPARSE, Adam(0.005), 25, ACC, val=(xv, yv[:120]))


@RUNS.sound()
def deep_relu_with_he():
    x, y = cp.datasets.moons(240, seed=146)
    model = mlp(2, [16] * 5, 1, "relu", "sigmoid", kernel_initializer="he_normal")
    return fit(model, x, y, BINARY, Adam(0.005), 40, ACC)


@RUNS.sound()
def spiral_learnt():
    x, y = cp.datasets.spiral(300, 3, noise=0.1, seed=147)
    return fit(mlp(2, [48, 48], 3, "relu", "softmax"), x, y, SPARSE, Adam(0.01), 60, ACC)


@RUNS.sound()
def xor_by_four_sigmoids():
    x, y = cp.datasets.xor()
    return fit(mlp(2, [6], 1, "tanh", "sigmoid", seed=5), x, y, "mse", Adam(0.05), 300, None, 4)


@RUNS.sound()
def batch_norm_in_a_conv_net():
    x, y = bars(200, seed=148)
    model = net((8, 8, 1), L.Conv2D(6, 3), L.BatchNormalization(momentum=0.8), L.ReLU(),
                L.Flatten(), L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(0.005), 15, ACC)


@RUNS.sound()
def an_autoencoder():
    rng = np.random.default_rng(149)
    z = rng.standard_normal((240, 2))
    x = np.tanh(z @ rng.standard_normal((2, 8)))
    return fit(mlp(8, [16, 2, 16], 8, "tanh", None), x, x, "mse", Adam(0.01), 60)


@RUNS.sound()
def a_little_regularised():
    x, y = line(200, [1.0, -2.0, 0.5], seed=150)
    model = mlp(3, [16], 1, "relu", None, kernel_regularizer=cp.regularizers.L2(1e-4))
    return fit(model, x, y, "mse", Adam(0.01), 40)


@RUNS.sound()
def large_inputs_normalized_in_the_model():
    rng = np.random.default_rng(151)
    x = np.column_stack([rng.uniform(18, 80, 240), rng.uniform(1e4, 2e5, 240)])
    y = (x[:, 0] / 80 + x[:, 1] / 2e5 > 1.1).astype(int)
    scale = L.Normalization()
    scale.adapt(x)
    model = net((2,), scale, L.Dense(16, activation="relu"), L.Dense(1, activation="sigmoid"))
    return fit(model, x, y, BINARY, Adam(0.02), 30, ACC)


@RUNS.sound()
def words_by_embedding():
    rng = np.random.default_rng(152)
    x = rng.integers(0, 20, (240, 6))
    y = ((x < 5).sum(1) > 1).astype(int)
    model = net((6,), L.Embedding(20, 4), L.GlobalAveragePooling1D(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(0.05), 30, ACC)


@RUNS.sound()
def a_rare_class_that_is_found():
    rng = np.random.default_rng(153)
    y = (rng.random(400) < 0.1).astype(int)
    x = rng.standard_normal((400, 3)) + 3.0 * y[:, None]
    return fit(mlp(3, [8], 1, "relu", "sigmoid"), x, y, BINARY, Adam(0.02), 20, ACC)


@RUNS.sound()
def two_inputs_joined():
    x, y = wave(240, features=4, seed=154)
    cp.set_seed(0)
    a, b = cp.Input((2,), name="a"), cp.Input((2,), name="b")
    h = L.Dense(24, activation="relu")(L.Concatenate()([a, b]))
    return fit(cp.Model([a, b], L.Dense(1)(h)), [x[:, :2], x[:, 2:]], y, "mse", Adam(0.01), 40)


@RUNS.sound()
def a_class_of_ones_own():
    x, y = wave(240, seed=155)
    cp.set_seed(0)

    class Own(cp.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = L.Dense(24, activation="relu"), L.Dense(1)

        def call(self, x):
            return self.last(self.first(x))

    return fit(Own(), x, y, "mse", Adam(0.01), 40)


@RUNS.sound()
def prices_of_tens_learnt_well():
    x, y = line(240, [3.0, -2.0, 1.0], bias=22.0, noise=1.0, seed=156)
    return fit(mlp(3, [16], 1, "relu", None), x, y, "mse", Adam(0.02), 60)
