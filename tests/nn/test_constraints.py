"""Bounds of weights: Keras's numbers, every way to give one, and what cannot be one."""

import json

import array_api_strict
import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.symbols import SYMBOLS, symbol
from clearprop.errors import OptionError, ShapeError
from clearprop.keras import constraints
from clearprop.nn.registry import CONSTRAINTS, deserialize, serialize
from tests.oracles import agree

RNG = np.random.default_rng(8)
W = 2 * RNG.standard_normal((4, 3))
KERNEL = RNG.standard_normal((2, 2, 3, 4))
CASES = [
    ("MaxNorm", {}, W),
    ("MaxNorm", {"max_value": 1.5, "axis": 1}, W),
    ("MaxNorm", {"max_value": 0.5, "axis": [0, 1, 2]}, KERNEL),
    ("NonNeg", {}, W),
    ("UnitNorm", {}, W),
    ("UnitNorm", {"axis": [0, 1, 2]}, KERNEL),
    ("UnitNorm", {"axis": -1}, np.zeros((2, 3))),
    ("MinMaxNorm", {}, W),
    ("MinMaxNorm", {"min_value": 2.0, "max_value": 3.0, "rate": 0.4, "axis": 1}, W),
    ("MinMaxNorm", {"min_value": 0.9, "max_value": 0.95, "axis": [0, 1, 2]}, KERNEL),
]
STRICT = ArrayNamespace(array_api_strict, "strict")


def names(case):
    return f"{case[0]}-{case[1]}"


def same_as_keras(ours, theirs, w, dtype):
    w = w.astype(dtype)
    return agree(ours(NUMPY, w), theirs(w), dtype)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_keras_numbers(case, keras, keras_floatx):
    name, settings, w = case
    for dtype in ("float32", "float64"):
        keras_floatx(dtype)
        theirs = getattr(keras.constraints, name)(**settings)
        assert same_as_keras(getattr(constraints, name)(**settings), theirs, w, dtype)
    other = {"max_value": settings.get("max_value", 2) * 0.999} if "Max" in name else None
    if other:
        off = getattr(constraints, name)(**settings | other)
        assert not same_as_keras(off, theirs, w, "float64")


@pytest.mark.parametrize("case", CASES, ids=names)
def test_a_rule_is_pure_and_standard(case):
    name, settings, w = case
    rule = getattr(constraints, name)(**settings)
    given = w.copy()
    expected = rule(NUMPY, w)
    assert np.array_equal(w, given)
    assert np.allclose(np.asarray(rule(STRICT, array_api_strict.asarray(w))), expected, rtol=1e-12)
    assert np.array_equal(rule(cp.tensor(w)).numpy(), expected)  # as for Keras
    formula = rule(SYMBOLS, symbol("w", w.shape))
    assert "w" in formula.plain()
    assert np.allclose(formula.evaluate({"w": w}), expected, rtol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_written_down_and_read_again(case):
    name, settings, w = case
    first = getattr(constraints, name)(**settings)
    again = constraints.get(json.loads(json.dumps(serialize(first))))
    assert type(again) is type(first)
    assert np.array_equal(again(NUMPY, w), first(NUMPY, w))


@pytest.mark.parametrize("name", ["max_norm", "MaxNorm", "non_neg", "unit_norm", "min_max_norm"])
def test_names_find_what_keras_finds(name, keras):
    ours, theirs = constraints.get(name), keras.constraints.get(name)
    assert type(ours).__name__ == type(theirs).__name__
    assert ours.get_config() == theirs.get_config()


def halved(w):
    return w * cp.astype(w > 0, dtype=w.dtype) / 2.0


def bounded(xp, w):
    return xp.clip(w, -1, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (halved, np.where(W > 0, W / 2, 0)),
        (bounded, np.clip(W, -1, 1)),
        (lambda w, low=0.5: cp.maximum(w, low), np.maximum(W, 0.5)),
    ],
)
def test_functions_of_a_tensor_and_pure_rules_serve(given, expected):
    found = constraints.get(given)
    assert isinstance(found(NUMPY, W), np.ndarray)
    assert np.array_equal(found(NUMPY, W), expected)
    assert np.array_equal(np.asarray(found(STRICT, array_api_strict.asarray(W))), expected)
    assert np.array_equal(found(cp.tensor(W)).numpy(), expected)
    assert constraints.get(found) is found
    with pytest.raises(OptionError, match="cannot be saved by name"):
        serialize(found)


def test_functions_serve_under_jit():
    import jax
    import jax.numpy as jnp

    found = constraints.get(halved)
    xp = ArrayNamespace(jnp, "jax")
    assert np.array_equal(jax.jit(lambda w: found(xp, w))(W), np.where(W > 0, W / 2, 0))


@pytest.fixture
def own(monkeypatch):
    """Take what a test defines off the list again."""
    before = dict(CONSTRAINTS)
    yield
    CONSTRAINTS.clear()
    CONSTRAINTS.update(before)


def test_classes_of_a_user_s_own(own):
    class AsForKeras(constraints.Constraint):
        def __init__(self, low=0.0):
            self.low = low

        def __call__(self, w):
            return cp.maximum(w, self.low)

    class AsHere(constraints.Constraint):
        def rule(self, xp, w):
            return xp.relu(w)

    for made in (AsForKeras(), AsHere()):
        assert np.array_equal(made(NUMPY, W), np.maximum(W, 0))
        assert np.array_equal(made(cp.tensor(W)).numpy(), np.maximum(W, 0))
    layer = nn.Dense(2, kernel_constraint=AsForKeras(0.25))
    again = deserialize(json.loads(json.dumps(serialize(layer))), nn.LAYERS, "layer")
    assert isinstance(again.kernel_constraint, AsForKeras)
    assert again.kernel_constraint.low == 0.25

    class Empty(constraints.Constraint):
        pass

    with pytest.raises(OptionError, match="Empty has no rule; define rule"):
        Empty()(NUMPY, W)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: constraints.get("maxnorm"), "unknown constraint 'maxnorm'; did you mean"),
        (lambda: constraints.get(2.0), r"a constraint is a name.*got 2\.0"),
        (lambda: constraints.get({"class_name": "FromFunction", "config": {"function": 1}}),
         "unknown constraint"),
        (lambda: constraints.get(lambda a, b, c: a), "takes 3 arguments"),
        (lambda: constraints.MaxNorm(-1), "max_value must be finite and at least 0"),
        (lambda: constraints.MaxNorm(axis=0.5), "axis must be a whole number or a list of such"),
        (lambda: constraints.UnitNorm(axis=[]), "axis must be"),
        (lambda: constraints.MinMaxNorm(2.0, 1.0), "min_value must not be above max_value"),
        (lambda: constraints.MinMaxNorm(rate=1.5), "rate not above 1"),
        (lambda: nn.Dense(1, kernel_constraint="norm"), "unknown constraint"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


def test_weights_without_such_an_axis():
    with pytest.raises(ShapeError, match="axis 2") as caught:
        constraints.MaxNorm(axis=2)(NUMPY, W)
    assert "in the constraint MaxNorm(max_value=2.0, axis=2)" in caught.value.__notes__[-1]
    with pytest.raises(ShapeError, match=r"must keep the shape"):
        constraints.get(lambda w: cp.sum(w))(NUMPY, W)


def test_a_step_of_training_ends_within_bounds():
    layer = nn.Dense(2, kernel_constraint=constraints.MaxNorm(0.5), bias_constraint="non_neg",
                     kernel_initializer="ones", bias_initializer="ones")  # fmt: skip
    model = cp.Sequential([cp.Input((3,)), layer])
    model.compile(cp.optimizers.SGD(0.1), "mse")
    model.fit(np.ones((4, 3)), -9 * np.ones((4, 2)), epochs=3, verbose=0)
    kernel, bias = model.get_weights()
    assert np.allclose(np.sqrt((kernel**2).sum(0)), 0.5, atol=1e-6)
    assert (bias == 0).all()
