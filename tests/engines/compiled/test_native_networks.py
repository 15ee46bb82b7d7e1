"""Random networks in native code beside the eager engine: what nobody thought of."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.machine.memory import VARIABLE
from tests.engines.compiled.fitting import differences

ACTIVATIONS = ["relu", "tanh", "sigmoid", "gelu", "elu", "softplus", "swish", None]
OPTIMIZERS = ["sgd", "adam", "rmsprop", "nadam", "adamw", "adagrad"]
SIZES = [1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 33, 64]


def drawn(seed):
    """Draw a network, the data it learns from, and how."""
    rng = np.random.default_rng(seed)
    pick = lambda things: things[rng.integers(len(things))]
    form = pick(["dense", "dense", "picture", "sequence"])
    dtype = pick(["float64", "float64", "float32"])
    rows, batch = int(rng.integers(3, 40)), int(pick([1, 2, 3, 5, 8, 16]))
    shape = {
        "dense": (pick(SIZES),),
        "picture": (int(rng.integers(4, 9)), int(rng.integers(4, 9)), pick([1, 2, 3])),
        "sequence": (int(rng.integers(1, 7)), pick([1, 2, 5])),
    }[form]
    body = {
        "dense": list,
        "picture": lambda: [
            ("Conv2D", {"filters": pick([1, 3, 8]), "kernel_size": pick([1, 2, 3]),
                            "padding": pick(["same", "valid"]), "activation": pick(ACTIVATIONS)}),
            (pick(["MaxPooling2D", "AveragePooling2D"]), {"pool_size": 2}),
            ("Flatten", {}),
        ],
        "sequence": lambda: [
            (pick(["LSTM", "GRU", "SimpleRNN"]), {"units": pick([1, 3, 8])}),
        ],
    }[form]()  # fmt: skip
    for _ in range(int(rng.integers(0, 3))):
        body.append(("Dense", {"units": pick(SIZES), "activation": pick(ACTIVATIONS),
                                   "use_bias": bool(rng.integers(2))}))  # fmt: skip
        if rng.random() < 0.3:
            body.append(pick([("Dropout", {"rate": 0.3}), ("LayerNormalization", {}),
                              ("BatchNormalization", {})]))  # fmt: skip
    classes = pick([2, 5])
    kind = pick(["mse", "mae", "huber", "categorical_crossentropy", "binary_crossentropy"])
    last = {"categorical_crossentropy": "softmax", "binary_crossentropy": "sigmoid"}.get(kind)
    body.append(("Dense", {"units": classes, "activation": last}))
    optimizer = pick(OPTIMIZERS)
    x = rng.standard_normal((rows, *shape))
    if rng.random() < 0.3:
        x *= rng.random(x.shape) < 0.2
    y = rng.standard_normal((rows, classes))
    if last is not None:
        y = np.eye(classes)[rng.integers(0, classes, rows)]

    def make():
        model = cp.Sequential([cp.Input(shape)])
        for name, settings in body:
            model.add(getattr(cp.layers, name)(**settings, dtype=dtype))
        model.compile(optimizer, kind, ["mae"])
        return model

    fit = {"batch_size": batch, "shuffle": bool(rng.integers(2)), "epochs": 2}
    if rng.random() < 0.3:
        fit["sample_weight"] = rng.random(rows)
    return make, x, y, dtype, fit


@pytest.mark.filterwarnings("ignore:layer .* was given, in training")
@pytest.mark.parametrize(
    "seed",
    [pytest.param(k, marks=() if k < 4 else pytest.mark.slow) for k in range(60)],
)
def test_random_networks(seed, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    make, x, y, dtype, fit = drawn(seed)
    found, model = differences(make, x, y, dtype, engine=Compiled(), **fit)
    assert found == []
    assert model.history.note is None
