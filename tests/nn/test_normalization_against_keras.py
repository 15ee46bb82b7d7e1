"""Layers that normalise, and activations as layers: Keras's numbers, gradients and averages."""

import numpy as np
import pytest

import clearprop as cp
from tests.nn.against_keras import differences, pair
from tests.oracles import agree

NORMALIZING = [
    ("BatchNormalization", {}, (6, 3)),
    ("BatchNormalization", {"axis": 1, "momentum": 0.7, "epsilon": 1e-5}, (3, 2, 4)),
    ("BatchNormalization", {"axis": -2, "center": False}, (3, 2, 4)),
    ("BatchNormalization", {"scale": False, "beta_regularizer": "l2"}, (2, 3, 2, 4)),
    ("BatchNormalization", {"center": False, "scale": False, "momentum": 0.0}, (6, 3)),
    ("BatchNormalization", {"trainable": False}, (6, 3)),
    ("BatchNormalization", {"renorm": True, "momentum": 0.8}, (6, 3)),
    ("BatchNormalization", {"renorm": True, "scale": False, "renorm_momentum": 0.5,
     "renorm_clipping": {"rmin": 0.6, "rmax": 1.5, "dmax": 0.3}}, (6, 3)),
    ("LayerNormalization", {}, (4, 5)),
    ("LayerNormalization", {"axis": 1, "epsilon": 1e-6}, (2, 3, 4)),
    ("LayerNormalization", {"axis": [1, 2], "gamma_regularizer": "l1"}, (2, 3, 4)),
    ("LayerNormalization", {"axis": [-1, -2], "center": False}, (2, 3, 4)),
    ("LayerNormalization", {"scale": False}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 2}, (3, 6)),
    ("GroupNormalization", {"groups": 3, "epsilon": 1e-5}, (2, 2, 3, 6)),
    ("GroupNormalization", {"groups": 2, "axis": 1, "center": False}, (2, 4, 3)),
    ("GroupNormalization", {"groups": -1, "axis": 2}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 1, "axis": -2, "scale": False}, (2, 3, 4)),
    ("RMSNormalization", {}, (4, 5)),
    ("RMSNormalization", {"axis": [1, 2], "epsilon": 0.1}, (2, 3, 4)),
    ("UnitNormalization", {}, (4, 5)),
    ("UnitNormalization", {"axis": 1}, (2, 3, 4)),
    ("UnitNormalization", {"axis": [1, 2]}, (2, 3, 4)),
]  # fmt: skip

ACTIVATIONS = [
    ("PReLU", {}, (2, 3, 4)),
    ("PReLU", {"shared_axes": [1], "alpha_regularizer": "l2"}, (2, 3, 4)),
    ("PReLU", {"shared_axes": [1, 2]}, (2, 3, 4)),
    ("ELU", {}, (2, 3, 4)),
    ("ELU", {"alpha": 0.3}, (2, 3, 4)),
    ("Softmax", {"axis": [1, 2]}, (2, 3, 4)),
    ("Softmax", {"axis": [1]}, (2, 3, 4)),
    ("LeakyReLU", {"negative_slope": 0.01, "activity_regularizer": "l1"}, (2, 3, 4)),
    ("ReLU", {"max_value": 6.0}, (2, 3, 4)),
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (2, 3, 4)),
    ("ActivityRegularization", {}, (2, 3, 4)),
    ("Activation", {"activation": "glu"}, (2, 3, 4)),
    ("Dense", {"units": 2, "activation": "tanh", "kernel_regularizer": "l2",
     "bias_regularizer": "l1", "activity_regularizer": "l2"}, (3, 4)),
    ("Dense", {"units": 3, "kernel_regularizer": "orthogonal_regularizer"}, (3, 4)),
]  # fmt: skip


def batches(ours, shape, dtype, rng, steps):
    y = ours.compute_output_shape((None, *shape[1:]))
    return [
        tuple(
            (1.5 * rng.standard_normal(s) + 0.5).astype(dtype) for s in (shape, (shape[0], *y[1:]))
        )
        for _ in range(steps)
    ]


def compared(keras, case, dtype, *, training, steps):
    name, settings, shape = case
    rng = np.random.default_rng(17)
    ours, theirs = pair(keras, name, settings, shape, dtype, rng)
    return differences(ours, theirs, batches(ours, shape, dtype, rng, steps), dtype, training)


def title(case):
    return f"{case[0]}-{case[1]}-{case[2]}"


CASES = NORMALIZING + ACTIVATIONS
FIRST = list({name: (name, settings, shape) for name, settings, shape in reversed(CASES)}.values())


@pytest.mark.parametrize(
    ("case", "dtype"),
    [*((case, "float64") for case in CASES), *((case, "float32") for case in FIRST)],
    ids=lambda x: x if isinstance(x, str) else title(x),
)
def test_training(case, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    assert compared(keras, case, dtype, training=True, steps=3 if "Batch" in case[0] else 1) == []


@pytest.mark.parametrize("case", [c for c in NORMALIZING if "Batch" in c[0]], ids=title)
def test_prediction(case, keras, keras_floatx):
    keras_floatx("float64")
    assert compared(keras, case, "float64", training=False, steps=1) == []


MASKS = [
    np.array([[True, True, False], [True, False, False]]),
    np.array([[True, True, True], [False, False, True]]),
    np.zeros((2, 3), bool),  # of nothing, mean and variance are 0
]


@pytest.mark.filterwarnings("ignore:.*every step is masked")
@pytest.mark.parametrize("settings", [{}, {"momentum": 0.5, "scale": False}], ids=str)
def test_masked_steps_do_not_count_for_the_batch(settings, keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(3)
    ours, theirs = pair(keras, "BatchNormalization", settings, (2, 3, 4), "float64", rng)
    steps = batches(ours, (2, 3, 4), "float64", rng, 3)
    assert differences(ours, theirs, steps, "float64", True, MASKS) == []
    assert differences(ours, theirs, steps[:1], "float64", False, MASKS) == []


@pytest.mark.parametrize(
    ("axis", "mask"),
    [(-1, MASKS[0]), (1, MASKS[2]), ([0, 1], MASKS[1]), (-1, np.array([0.0, 0.4, 1.0]))],
    ids=str,
)
def test_masked_softmax(axis, mask, keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(3)
    ours, theirs = pair(keras, "Softmax", {"axis": axis}, (2, 3), "float64", rng)
    steps = batches(ours, (2, 3), "float64", rng, 1)
    assert differences(ours, theirs, steps, "float64", False, [mask]) == []


@pytest.mark.parametrize(
    ("case", "other"),
    [
        (NORMALIZING[0], {"momentum": 0.98}),
        (NORMALIZING[0], {"epsilon": 1e-5}),
        (NORMALIZING[6], {"renorm_momentum": 0.9}),
        (NORMALIZING[8], {"epsilon": 1e-5}),
        (NORMALIZING[13], {"groups": 3}),
        (NORMALIZING[18], {"epsilon": 1e-3}),
    ],
    ids=str,
)
def test_other_settings_are_noticed(case, other, keras, keras_floatx):
    keras_floatx("float64")
    name, settings, shape = case
    rng = np.random.default_rng(17)
    ours, _ = pair(keras, name, settings | other, shape, "float64", rng)
    _, theirs = pair(keras, name, settings, shape, "float64", np.random.default_rng(17))
    assert differences(ours, theirs, batches(ours, shape, "float64", rng, 3), "float64", True)


def trained(k, x, y, weights, momentum=0.8):
    """Train a small network three steps, with penalties, bounds and averages; give its weights."""
    model = k.Sequential(
        [
            k.Input((4,)),
            k.layers.Dense(6, kernel_regularizer="l2", kernel_constraint="max_norm"),
            k.layers.BatchNormalization(momentum=momentum),
            k.layers.PReLU(),
            k.layers.LayerNormalization(),
            k.layers.Dense(2, activity_regularizer="l1", bias_constraint="non_neg"),
        ]
    )
    model.set_weights(weights)
    model.compile(k.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.fit(x, y, batch_size=5, epochs=1, shuffle=False, verbose=0)
    return [np.asarray(getattr(w, "value", w)) for w in model.weights]


def test_weights_after_three_steps_of_training(keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(6)
    shapes = [(4, 6), (6,), (6,), (6,), (6,), (6,), (6,), (6,), (6,), (6, 2), (2,)]
    weights = [rng.uniform(0.2, 1.5, shape) for shape in shapes]
    x, y = rng.standard_normal((15, 4)), rng.standard_normal((15, 2))
    theirs = trained(keras, x, y, weights)
    cp.keras.config.set_floatx("float64")
    try:
        ours = trained(cp.keras, x, y, weights)
        others = trained(cp.keras, x, y, weights, momentum=0.81)
    finally:
        cp.keras.config.set_floatx("float32")
    assert all(agree(a, b, "float64") for a, b in zip(ours, theirs, strict=True))
    assert not all(agree(a, b, "float64") for a, b in zip(others, theirs, strict=True))
    unmoved = [k for k, (a, b) in enumerate(zip(ours, weights, strict=True)) if np.allclose(a, b)]
    assert unmoved == [1]  # a bias that a mean is taken off of has no say
