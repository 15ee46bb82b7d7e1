"""The small networks that several tests train."""

import numpy as np

import clearprop as cp

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 3)), RNG.standard_normal((20, 1))


def linear(*units, weights, dtype="float64"):
    """Build dense layers without activations, with weights given layer by layer."""
    model = cp.Sequential(
        [cp.Input((units[0],)), *(cp.layers.Dense(n) for n in units[1:])], dtype=dtype
    )
    model.set_weights(weights)
    return model


def model(**settings):
    made = cp.Sequential([cp.Input((3,)), cp.layers.Dense(4, "tanh"), cp.layers.Dense(1)])
    rng = np.random.default_rng(1)
    made.set_weights([rng.standard_normal(w.shape) * 0.5 for w in made.get_weights()])
    made.compile(**{"optimizer": "sgd", "loss": "mse"} | settings)
    return made


def same_weights(a, b):
    pairs = zip(a.get_weights(), b.get_weights(), strict=True)
    return all(np.array_equal(u, v) for u, v in pairs)
