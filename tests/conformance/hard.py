"""A small net, and data for it, that tests of hard data begin with."""

import numpy as np

import clearprop as cp

L = cp.layers
X = np.random.default_rng(0).standard_normal((8, 4)).astype("float32")
Y = np.random.default_rng(1).standard_normal((8, 2)).astype("float32")
LABELS = np.arange(8) % 2


def net(loss="mse", optimizer="sgd", units=2, **options):
    cp.set_seed(0)
    model = cp.Sequential([cp.Input((4,)), L.Dense(3, "tanh"), L.Dense(units)])
    model.compile(optimizer, loss, **options)
    return model


def finite(model):
    return all(np.isfinite(w).all() for w in model.get_weights())
