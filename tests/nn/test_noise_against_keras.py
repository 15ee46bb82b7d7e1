"""Layers that draw at random: fed with the same draws, they give Keras's numbers."""

import numpy as np
import pytest

from clearprop.nn.chance import drawing_from
from tests.nn.against_keras import differences, pair

CASES = [
    ("Dropout", {"rate": 0.3}, (4, 5)),
    ("Dropout", {"rate": 0.3, "noise_shape": (4, 1, 3)}, (4, 5, 3)),
    ("SpatialDropout1D", {"rate": 0.4}, (3, 4, 5)),
    ("SpatialDropout2D", {"rate": 0.4}, (2, 3, 2, 5)),
    ("SpatialDropout2D", {"rate": 0.4, "data_format": "channels_first"}, (2, 5, 3, 2)),
    ("SpatialDropout3D", {"rate": 0.4}, (2, 2, 3, 2, 5)),
    ("SpatialDropout3D", {"rate": 0.4, "data_format": "channels_first"}, (2, 5, 2, 3, 2)),
    ("GaussianNoise", {"stddev": 0.7}, (4, 5)),
    ("GaussianDropout", {"rate": 0.3}, (4, 5)),
    ("AlphaDropout", {"rate": 0.3}, (4, 5)),
    ("AlphaDropout", {"rate": 0.2, "noise_shape": [None, 1, 3]}, (4, 5, 3)),
]


@pytest.fixture
def same_draws(monkeypatch):
    """Have Keras and us draw the same, whatever shape is asked for; note which were."""
    import jax

    asked = []

    def drawn(kind, shape):
        asked.append((kind, tuple(map(int, shape))))
        rng = np.random.default_rng([len(kind), *map(int, shape)])
        return rng.standard_normal(shape) if kind == "normal" else rng.random(shape)

    def normal(key, shape, dtype):
        return drawn("normal", shape).astype(dtype)

    def uniform(key, shape, dtype, minval, maxval):
        return drawn("keep", shape).astype(dtype)

    def bernoulli(key, p, shape):
        return drawn("keep", shape) >= 1 - p

    for fake in (normal, uniform, bernoulli):
        monkeypatch.setattr(jax.random, fake.__name__, fake)

    def ours(path, seed, step, kind, shape, rate):
        values = drawn(kind, shape)
        return values >= rate if kind == "keep" else values

    with drawing_from(ours):
        yield asked


def compared(keras, case, training, change=None):
    name, settings, shape = case
    rng = np.random.default_rng(5)
    ours, theirs = pair(keras, name, settings, shape, "float64", rng)
    if change:
        setattr(ours, *change)
    batch = tuple(rng.standard_normal(shape) for _ in range(2))
    return differences(ours, theirs, [batch], "float64", training)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}")
def test_training(case, keras, keras_floatx, same_draws):
    keras_floatx("float64")
    assert compared(keras, case, training=True) == []
    assert len(same_draws) == 2
    assert same_draws[0] == same_draws[1]  # the same kind, and the same shape of the draw


def test_prediction_lets_everything_through(keras, keras_floatx, same_draws):
    keras_floatx("float64")
    for case in {name: (name, *rest) for name, *rest in CASES}.values():
        assert compared(keras, case, training=False) == []
    assert same_draws == []


@pytest.mark.parametrize(
    ("case", "change"),
    [
        (CASES[0], ("rate", 0.31)),
        (CASES[7], ("stddev", 0.7001)),
        (CASES[8], ("rate", 0.3001)),
        (CASES[9], ("rate", 0.3001)),
    ],
    ids=str,
)
def test_another_rate_is_noticed(case, change, keras, keras_floatx, same_draws):
    keras_floatx("float64")
    assert compared(keras, case, True, change)
