"""Random small networks of every kind, in double precision, with a batch that fits."""

from __future__ import annotations

from typing import Any

import numpy as np

import clearprop as cp

L = cp.layers
ACTIVATIONS = ("tanh", "sigmoid", "relu", "elu", "softplus", "gelu", "linear", "leaky_relu")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "adamw", "clipped")
LOSSES = ("mse", "mae", "categorical_crossentropy", "sparse_categorical_crossentropy",
          "binary_crossentropy", "huber")  # fmt: skip
KINDS = ("dense", "conv", "recurrent", "attention")


def optimizer(name: str) -> Any:
    """Make an optimizer of a name of this file's."""
    o = cp.optimizers
    made = {
        "sgd": lambda: o.SGD(0.1),
        "momentum": lambda: o.SGD(0.1, momentum=0.9),
        "nesterov": lambda: o.SGD(0.1, momentum=0.9, nesterov=True),
        "adam": lambda: o.Adam(0.01),
        "rmsprop": lambda: o.RMSprop(0.01),
        "adagrad": lambda: o.Adagrad(0.1),
        "adamw": lambda: o.AdamW(0.01, weight_decay=0.01),
        "clipped": lambda: o.SGD(0.1, clipnorm=0.05),
    }
    return made[name]()


def _body(kind: str, rng: np.random.Generator, activation: str) -> tuple[tuple[int, ...], list]:
    """Give the shape of an input and layers that make rows of it."""
    if kind == "dense":
        return (3,), [L.Dense(int(rng.integers(2, 5)), activation) for _ in range(2)]
    if kind == "conv":
        padding = str(rng.choice(["same", "valid"]))
        pool = [L.MaxPooling2D, L.AveragePooling2D][int(rng.integers(2))]
        return (5, 5, 2), [
            L.Conv2D(2, 2, padding=padding, activation=activation),
            L.BatchNormalization(),
            pool(2),
            L.Conv2D(2, 2, activation="tanh"),
            L.Flatten(),
        ]
    if kind == "recurrent":
        cells = [L.SimpleRNN, L.LSTM, L.GRU]
        first, second = (cells[int(k)] for k in rng.choice(3, 2))
        return (3, 2), [first(2, return_sequences=True), second(2)]
    return (3, 2), []


def network(kind: str, seed: int) -> tuple[Any, np.ndarray, np.ndarray, dict[str, str]]:
    """Make a network and a batch of two or three samples."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    chosen = {
        "activation": str(rng.choice(ACTIVATIONS)),
        "loss": LOSSES[seed % len(LOSSES)],
        "optimizer": str(rng.choice(OPTIMIZERS)),
    }
    loss, outputs, count = chosen["loss"], 3, int(rng.integers(2, 4))
    last = {"mse": "linear", "mae": "tanh", "huber": "linear", "binary_crossentropy": "sigmoid"}
    shape, body = _body(kind, rng, chosen["activation"])
    head = L.Dense(outputs, last.get(loss, "softmax"), dtype="float64")
    if kind == "attention":
        start = cp.Input(shape)
        mixed = L.MultiHeadAttention(2, 2, dtype="float64")(start, start)
        added = L.LayerNormalization(dtype="float64")(L.Add(dtype="float64")([start, mixed]))
        rows = L.Flatten(dtype="float64")(added)
        model = cp.Model(start, head(L.Dense(3, chosen["activation"], dtype="float64")(rows)))
    else:
        model = cp.Sequential([cp.Input(shape), *body, head], dtype="float64")
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.6)
    model.compile(optimizer(chosen["optimizer"]), loss)
    x = rng.normal(size=(count, *shape))
    labels = rng.integers(0, outputs, count)
    y = {
        "sparse_categorical_crossentropy": labels,
        "categorical_crossentropy": np.eye(outputs)[labels],
        "binary_crossentropy": rng.integers(0, 2, (count, outputs)).astype(float),
    }.get(loss, rng.normal(size=(count, outputs)))
    return model, x, y, chosen
