"""Ten steps of each optimizer, in each configuration, give the weights that Keras gives."""

import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY
from tests.optim.cases import CASES, every_case, made

STEPS = 10
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


def gradients(w, step):
    """Give gradients that depend on where the weights are, of several sizes, zero among them."""
    rng = np.random.default_rng(step)
    scale = np.array([0.0, 1e-6, 1e-2, 1.0, 50.0], w.dtype)
    return (scale * (w + rng.standard_normal(w.shape))).astype(w.dtype)


def start(dtype):
    return np.random.default_rng(5).standard_normal((3, 5)).astype(dtype)


def ours(optimizer, dtype):
    w = start(dtype)
    state = optimizer.init(NUMPY, w)
    for step in range(STEPS):
        w, state = optimizer.update(NUMPY, w, gradients(w, step), state, step, optimizer.rate(step))
        assert w.dtype == dtype
        assert all(s.dtype == dtype and s.shape == w.shape for s in state.values())
    return w


def theirs(keras, case, dtype):
    name, settings = case
    optimizer = getattr(keras.optimizers, optim.OPTIMIZERS[name].__name__)(**settings)
    variable = keras.Variable(start(dtype), dtype=dtype)
    optimizer.build([variable])
    for step in range(STEPS):
        g = gradients(np.asarray(variable.value), step)
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
    return np.asarray(variable.value)


@pytest.mark.parametrize("dtype", TOLERANCE)
@every_case
def test_ten_steps_are_keras_s(keras, keras_floatx, case, dtype):
    keras_floatx(dtype)  # Keras keeps its learning rate in this kind of number
    np.testing.assert_allclose(
        ours(made(case), dtype), theirs(keras, case, dtype), rtol=TOLERANCE[dtype], atol=1e-12
    )


@pytest.mark.parametrize(
    ("case", "other"),
    [
        (("sgd", {"momentum": 0.9}), {"momentum": 0.9, "nesterov": True}),
        (("sgd", {"momentum": 0.9}), {"momentum": 0.89}),
        (("adam", {}), {"epsilon": 1e-6}),
        (("adam", {}), {"beta_2": 0.99}),
    ],
)
def test_another_setting_is_told_apart(keras, keras_floatx, case, other):
    keras_floatx("float64")
    different = ours(optim.OPTIMIZERS[case[0]](**other), "float64")
    assert np.abs(different / theirs(keras, case, "float64") - 1).max() > 1e-7


def test_every_optimizer_is_compared():
    assert {name for name, _ in CASES} == set(optim.OPTIMIZERS)


def test_the_defaults_are_keras_s(keras):
    for name, kind in optim.OPTIMIZERS.items():
        theirs = keras.optimizers.get(name)
        for setting, value in kind().get_config().items():
            default = np.asarray(
                getattr(getattr(theirs, setting), "value", getattr(theirs, setting))
            )
            assert value == pytest.approx(default.item(), rel=1e-7), (name, setting)
