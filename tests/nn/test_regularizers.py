"""Penalties: Keras's numbers and slopes, names, functions, and what cannot be one."""

import json

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.errors import OptionError, ShapeError
from clearprop.keras import regularizers
from clearprop.nn.registry import REGULARIZERS, deserialize, serialize
from tests.oracles import agree

RNG = np.random.default_rng(8)
W = RNG.standard_normal((4, 3))
CASES = [
    ("L1", {}, W),
    ("L1", {"l1": 0.3}, RNG.standard_normal((2, 3, 4))),
    ("L2", {}, W),
    ("L2", {"l2": 0.3}, W[0]),
    ("L1L2", {}, W),
    ("L1L2", {"l1": 0.1}, W),
    ("L1L2", {"l2": 0.1}, W),
    ("L1L2", {"l1": 0.1, "l2": 0.2}, W),
    ("OrthogonalRegularizer", {}, W),
    ("OrthogonalRegularizer", {"factor": 2.0, "mode": "columns"}, W),
]


def same_as_keras(ours, theirs, w, dtype):
    import jax

    w = w.astype(dtype)
    value, slope = jax.value_and_grad(lambda w: theirs(w) + 0.0)(w)
    ours_value, ours_slope = cp.value_and_grad(ours)(w)
    return agree(ours_value, value, dtype) and agree(ours_slope, slope, dtype)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}")
def test_keras_numbers_and_slopes(case, keras, keras_floatx):
    name, settings, w = case
    for dtype in ("float32", "float64"):
        keras_floatx(dtype)
        theirs = getattr(keras.regularizers, name)(**settings)
        ours = getattr(regularizers, name)(**settings)
        assert same_as_keras(ours, theirs, w, dtype)
    if settings:
        other = {k: v if isinstance(v, str) else v * 1.001 for k, v in settings.items()}
        assert not same_as_keras(getattr(regularizers, name)(**other), theirs, w, "float64")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}")
def test_written_down_and_read_again(case):
    name, settings, w = case
    first = getattr(regularizers, name)(**settings)
    again = regularizers.get(json.loads(json.dumps(serialize(first))))
    assert type(again) is type(first)
    assert again(w).item() == first(w).item()


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("l1", "L1"), ("L1", "L1"), ("l2", "L2"), ("l1l2", "L1L2"), ("L1L2", "L1L2"),
        ("orthogonal_regularizer", "OrthogonalRegularizer"),
    ],
)  # fmt: skip
def test_names_find_what_keras_finds(name, cls, keras):
    ours, theirs = regularizers.get(name), keras.regularizers.get(name)
    assert type(ours).__name__ == type(theirs).__name__ == cls
    assert ours.get_config() == pytest.approx(theirs.get_config())


def test_other_spellings():
    assert regularizers.get(None) is None
    assert isinstance(regularizers.get("l1_l2"), regularizers.L1L2)
    assert isinstance(regularizers.get(regularizers.L2), regularizers.L2)
    assert regularizers.l1 is regularizers.L1
    assert regularizers.L1(None).l1 == 0.01
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}
    assert repr(regularizers.get("l2")) == "L2(l2=0.01)"


def test_a_function_serves():
    layer = nn.Dense(2, kernel_regularizer=lambda w: cp.sum(w * w), kernel_initializer="ones")
    layer(np.ones((1, 3)))
    assert layer.kernel.regularizer(layer.kernel).item() == 6.0
    with pytest.raises(OptionError, match="cannot be saved"):
        layer.get_config()
    assert regularizers.get(lambda w: cp.sum(w, keepdims=True))(W).shape == ()
    with pytest.raises(ShapeError, match=r"one number.*\(4, 3\).*cp\.sum"):
        regularizers.get(lambda w: w)(cp.tensor(W))


def test_one_of_a_user_s_own(monkeypatch):
    monkeypatch.setitem(REGULARIZERS, "Cubed", None)  # to be taken away again
    del REGULARIZERS["Cubed"]

    class Cubed(regularizers.Regularizer):
        def __init__(self, factor=0.1):
            self.factor = factor

        def __call__(self, x):
            return self.factor * cp.sum(cp.abs(x) ** 3)

    layer = nn.Dense(2, kernel_regularizer=Cubed(0.5), kernel_initializer="ones")
    again = deserialize(json.loads(json.dumps(serialize(layer))), nn.LAYERS, "layer")
    again(np.ones((1, 3)))
    assert isinstance(again.kernel_regularizer, Cubed)
    assert again.kernel.regularizer(again.kernel).item() == 3.0
    assert isinstance(regularizers.get("cubed"), Cubed)


def test_one_without_a_rule():
    class Empty(regularizers.Regularizer, listed=False):
        pass

    with pytest.raises(OptionError, match=r"Empty has no rule; define __call__"):
        Empty()(cp.tensor(W))
    assert "Empty" not in REGULARIZERS


def test_penalties_reach_the_loss_of_a_step():
    """The gradient of a penalized weight is that of the loss, and the penalty's."""
    x, y = np.ones((2, 3)), np.zeros((2, 1))

    def trained(**settings):
        model = cp.Sequential([cp.Input((3,)), nn.Dense(1, kernel_initializer="ones", **settings)])
        model.compile(cp.optimizers.SGD(0.1), "mse")
        model.fit(x, y, epochs=1, batch_size=2, verbose=0)
        return model.get_weights()[0]

    plain, penalized = trained(), trained(kernel_regularizer=regularizers.L2(0.5))
    assert np.allclose(plain - penalized, 0.1 * 2 * 0.5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: regularizers.get("l3"), "unknown regularizer 'l3'; did you mean 'l"),
        (lambda: regularizers.get(3), "a regularizer is a name.*got 3"),
        (lambda: regularizers.get({"class_name": "os", "config": {}}), "unknown regularizer"),
        (lambda: regularizers.get({"class_name": "L1", "config": {"l2": 1}}), "unknown argument"),
        (lambda: regularizers.get({"class_name": "FromFunction", "config": {"function": "x"}}),
         "unknown regularizer 'FromFunction'"),
        (lambda: regularizers.L1(-0.1), "l1 must be finite and at least 0; got -0.1"),
        (lambda: regularizers.L2(float("nan")), "l2 must be finite"),
        (lambda: regularizers.L1L2("x"), "l1 must be a number; got 'x'"),
        (lambda: regularizers.OrthogonalRegularizer(mode="diagonals"), "unknown mode"),
        (lambda: nn.Dense(1, bias_regularizer="l5"), "unknown regularizer"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


@pytest.mark.parametrize("shape", [(3,), (1, 4), (2, 2, 2)])
def test_only_matrices_have_angles(shape):
    with pytest.raises(ShapeError, match="compares the rows of a matrix"):
        regularizers.OrthogonalRegularizer()(cp.tensor(np.ones(shape)))


def test_rows_of_zeros_have_finite_slopes():
    slopes = cp.grad(regularizers.OrthogonalRegularizer())(np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert np.isfinite(slopes.numpy()).all()
