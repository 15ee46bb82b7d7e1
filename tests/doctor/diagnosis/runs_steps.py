"""Sick runs to tune by: steps, gradients, units."""

from __future__ import annotations

import numpy as np

import clearprop as cp
from tests.doctor.diagnosis.making import (
    Collection,
    L,
    bars,
    blobs,
    echoes,
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


@RUNS.sick("rate-too-high")
def a_functional_net_thrown_about():
    x, y = blobs(200, 3, 5, seed=160)
    cp.set_seed(1)
    inputs = cp.Input((5,))
    h = L.Dense(24, activation="elu")(inputs)
    h = L.Dense(24, activation="elu")(h)
    model = cp.Model(inputs, L.Dense(3, activation="softmax")(h))
    return fit(model, x, y, SPARSE, Adam(0.7), 12, ACC)


@RUNS.sick("rate-too-high", "saturated")
def momentum_that_overshoots():
    x, y = wave(200, seed=161)
    return fit(mlp(3, [24, 24], 1, "tanh", None), x, y, "mse", SGD(0.7, momentum=0.95), 20)


@RUNS.sick("rate-too-high", "dead-relus")
def a_class_of_ones_own_that_diverges():
    x, y = line(160, [2.0, -1.0, 1.0], seed=162)
    cp.set_seed(2)

    class Own(cp.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = L.Dense(24, activation="relu"), L.Dense(1)

        def call(self, x):
            return self.last(self.first(x))

    return fit(Own(), x, y, "mse", SGD(0.8), 12)


@RUNS.sick("rate-too-low")
def deep_relus_barely_moved():
    x, y = cp.datasets.moons(240, seed=163)
    return fit(mlp(2, [24, 24, 24], 1, "relu", "sigmoid"), x, y, BINARY, SGD(2e-5), 20, ACC)


@RUNS.sick("rate-too-low")
def rmsprop_barely_moves():
    x, y = wave(200, seed=164)
    return fit(mlp(3, [24], 1, "tanh", None), x, y, "mae", cp.optimizers.RMSprop(1e-6), 20)


@RUNS.sick("vanishing-gradients", "saturated")
def ten_hard_pressed_tanh_layers():
    x, y = blobs(200, 3, 5, seed=165)
    small = cp.initializers.RandomNormal(stddev=0.02, seed=5)
    model = mlp(5, [12] * 6, 3, "tanh", "softmax", kernel_initializer=small)
    return fit(model, x, y, SPARSE, SGD(0.1), 20, ACC)


@RUNS.sick("dead-relus")
def the_second_layer_is_off():
    x, y = blobs(200, 3, 5, seed=166)
    off = cp.initializers.Constant(-20.0)
    model = net((5,), L.Dense(16, activation="tanh"),
                L.Dense(16, activation="relu", bias_initializer=off),
                L.Dense(3, activation="softmax"))  # fmt: skip
    return fit(model, x, y, SPARSE, SGD(0.05), 15, ACC)


@RUNS.sick("equal-units")
def a_constant_convolution():
    x, y = bars(160, seed=167)
    same = cp.initializers.Constant(0.1)
    model = net((8, 8, 1), L.Conv2D(6, 3, activation="relu", kernel_initializer=same),
                L.GlobalAveragePooling2D(),
                L.Dense(1, activation="sigmoid", kernel_initializer=same))  # fmt: skip
    return fit(model, x, y, BINARY, Adam(0.01), 12, ACC)


@RUNS.sick("frozen")
def a_gradient_that_is_stopped():
    x, y = wave(200, seed=168)
    cp.set_seed(3)

    class Own(cp.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = L.Dense(16, activation="relu"), L.Dense(1, use_bias=False)

        def call(self, x):
            return cp.stop_gradient(self.last(self.first(x))) + 0.0 * cp.sum(x)

    model = Own()
    model(x[:1])
    return fit(model, x, y, "mse", Adam(0.01), 8)
