"""Small networks with known numbers, for the tests of explanations."""

import contextlib
import io

import numpy as np

import clearprop as cp

CLASSIC_X, CLASSIC_Y = [0.05, 0.10], [0.01, 0.99]


def classic(activation="sigmoid", lr=0.5, loss="half_sse"):
    """The 2-2-2 network that hand calculations use."""
    model = cp.Sequential(
        [
            cp.Input((2,)),
            cp.layers.Dense(2, activation=activation),
            cp.layers.Dense(2, activation=activation),
        ]
    )
    model.set_weights(
        [
            np.array([[0.15, 0.25], [0.20, 0.30]]),
            np.array([0.35, 0.35]),
            np.array([[0.40, 0.50], [0.45, 0.55]]),
            np.array([0.60, 0.60]),
        ]
    )
    model.compile(cp.optimizers.SGD(lr), loss)
    return model


def random_dense(rng, *, activation, loss, optimizer, sizes=(3, 4, 3), samples=3):
    """A network with random weights, and a batch that fits it."""
    softmax = "crossentropy" in loss
    layers = [cp.layers.Dense(n, activation=activation) for n in sizes[1:-1]]
    last = cp.layers.Dense(sizes[-1], activation="softmax" if softmax else activation)
    model = cp.Sequential([cp.Input(sizes[:1]), *layers, last])
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    model.compile(optimizer, loss)
    x = rng.normal(size=(samples, sizes[0]))
    if loss.startswith("sparse"):
        return model, x, rng.integers(0, sizes[-1], samples)
    if softmax:
        return model, x, np.eye(sizes[-1])[rng.integers(0, sizes[-1], samples)]
    return model, x, rng.normal(size=(samples, sizes[-1]))


def ran(found):
    """Run the program of formulas, and read what it prints: numbers by name."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(found.as_python(), "formulas", "exec"), {})
    return {name: float(value) for name, value in map(str.split, printed.getvalue().splitlines())}
