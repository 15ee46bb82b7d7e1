"""Sound runs to tune by."""

from __future__ import annotations

import numpy as np

import clearprop as cp
from tests.doctor.diagnosis.making import (
    Collection,
    L,
    bars,
    blobs,
    fit,
    line,
    mlp,
    net,
    sums,
    wave,
)  # fmt: skip

RUNS = Collection()
SGD = cp.optimizers.SGD
Adam = cp.optimizers.Adam
ACC = ["accuracy"]
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"


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


@RUNS.sound()
def noise_learnt_as_far_as_it_goes():
    x, y = line(300, [0.8, 0.4, -0.6, 0.2], noise=1.0, seed=200)
    return fit(mlp(4, [], 1, "relu", None), x[:240], y[:240], "mse", SGD(0.05), 20,
               val=(x[240:], y[240:]))  # fmt: skip


@RUNS.sound()
def two_overlapping_classes():
    x, y = blobs(400, 2, 4, spread=3.0, seed=201)
    return fit(mlp(4, [12], 1, "relu", "sigmoid"), x, y, BINARY, Adam(0.005), 20, ACC)


@RUNS.sound()
def adagrad_and_softplus():
    x, y = wave(240, seed=202)
    return fit(mlp(3, [24], 1, "softplus", None), x, y, "mse", cp.optimizers.Adagrad(0.3), 60)


@RUNS.sound()
def a_rate_that_falls():
    x, y = blobs(260, 4, 5, seed=203)
    rate = cp.optimizers.schedules.ExponentialDecay(0.1, 50, 0.8)
    return fit(mlp(5, [24], 4, "tanh", "softmax"), x, y, SPARSE, SGD(rate, momentum=0.9), 25, ACC)


@RUNS.sound()
def counts_by_poisson():
    rng = np.random.default_rng(204)
    x = rng.standard_normal((260, 3))
    y = rng.poisson(np.exp(0.8 * x[:, 0] - 0.4 * x[:, 1]))
    return fit(mlp(3, [16], 1, "tanh", "softplus"), x, y, "poisson", Adam(0.01), 30)


@RUNS.sound()
def sums_by_a_simple_rnn():
    x, y = sums(240, 8, seed=205)
    return fit(net((8, 1), L.SimpleRNN(12), L.Dense(1)), x, y, "mse", Adam(0.005), 30)


@RUNS.sound()
def two_outputs():
    x, y = wave(240, seed=206)
    cp.set_seed(0)
    inputs = cp.Input((3,))
    h = L.Dense(24, activation="relu")(inputs)
    model = cp.Model(inputs, [L.Dense(1, name="a")(h), L.Dense(1, name="b")(h)])
    return fit(model, x, [y, -y], "mse", Adam(0.01), 40)


@RUNS.sound()
def several_labels_at_once():
    rng = np.random.default_rng(207)
    x = rng.standard_normal((260, 5))
    y = (x @ rng.standard_normal((5, 4)) > 0).astype(float)
    return fit(mlp(5, [16], 4, "relu", "sigmoid"), x, y, BINARY, Adam(0.02), 25)


@RUNS.sound()
def layer_norm_and_gelu():
    x, y = cp.datasets.spiral(300, 3, noise=0.1, seed=208)
    model = net((2,), L.Dense(48, activation="gelu"), L.LayerNormalization(),
                L.Dense(32, activation="gelu"), L.Dense(3, activation="softmax"))  # fmt: skip
    return fit(model, x, y, SPARSE, Adam(0.01), 50, ACC)


@RUNS.sound()
def tables_with_a_strong_column():
    x, y = line(240, [4.0, 0.8, -0.5], noise=0.6, seed=209)
    return fit(mlp(3, [16], 1, "relu", None), x, y, "huber", Adam(0.01), 40)


@RUNS.sound()
def yes_or_no_from_logits():
    x, y = cp.datasets.moons(240, noise=0.15, seed=210)
    return fit(mlp(2, [16], 1, "relu", None), x, y,
               cp.losses.BinaryCrossentropy(from_logits=True), Adam(0.02), 30, ACC)  # fmt: skip


@RUNS.sound()
def a_thousand_rows():
    x, y = blobs(1200, 6, 10, spread=1.5, seed=211)
    return fit(mlp(10, [32], 6, "relu", "softmax"), x[:1000], y[:1000], SPARSE, Adam(0.005), 8,
               ACC, val=(x[1000:], y[1000:]))  # fmt: skip


@RUNS.sound()
def pixels_of_bytes_rescaled_in_the_model():
    x, y = bars(200, seed=212)
    model = net((8, 8, 1), L.Rescaling(1 / 255), L.Conv2D(6, 3, activation="relu"), L.Flatten(),
                L.Dense(1, activation="sigmoid"))  # fmt: skip
    return fit(model, np.clip(128 + 64 * x, 0, 255), y, BINARY, Adam(0.03), 30, ACC)


@RUNS.sound()
def hinge_with_minus_one_and_one():
    x, y = blobs(220, 2, 4, seed=213)
    return fit(mlp(4, [12], 1, "relu", "tanh"), x, 2 * y - 1, "hinge", Adam(0.01), 25)
