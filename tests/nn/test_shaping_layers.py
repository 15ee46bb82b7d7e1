"""Reshape, Permute, RepeatVector, Rescaling, Normalization, Lambda: what they accept and refuse."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import DataError, OptionError, ShapeError, StateError
from clearprop.nn import LAYERS, serialize
from clearprop.nn.layers import (
    Identity,
    Lambda,
    Normalization,
    Permute,
    RepeatVector,
    Rescaling,
    Reshape,
)

X = np.arange(24.0).reshape(2, 3, 4)

REFUSED = {
    "two unknown": (lambda: Reshape((-1, -1)), OptionError, "one may be -1"),
    "halves": (lambda: Reshape((2.5, 2)), OptionError, "target_shape must be whole numbers"),
    "a word": (lambda: Reshape("12"), OptionError, "target_shape must be"),
    "does not fill": (lambda: Reshape((5, 2))(X), ShapeError, "has 12 elements; .* needs 10"),
    "no multiple": (lambda: Reshape((5, -1))(X), ShapeError, "needs a multiple of 5"),
    "nothing": (lambda: Reshape((0, -1))(X), ShapeError, "needs"),
    "twice": (lambda: Permute((1, 1)), OptionError, "name each axis of an example once"),
    "from 0": (lambda: Permute((0, 1)), OptionError, "counted from 1"),
    "a number": (lambda: Permute(2), OptionError, "counted from 1"),
    "axes": (lambda: Permute((2, 1))(X[0]), ShapeError, "examples of 2 axes; .* 1 axes each"),
    "no times": (lambda: RepeatVector(0), OptionError, "positive whole number; got 0"),
    "true": (lambda: RepeatVector(True), OptionError, "got True"),
    "steps": (lambda: RepeatVector(2)(X), ShapeError, r"\(N, features\)"),
    "scale": (lambda: Rescaling("1/255"), OptionError, "scale must be a finite number"),
    "infinite": (lambda: Rescaling(1.0, np.inf), OptionError, "offset must be a finite number"),
    "axis": (lambda: Normalization(axis=1.5), OptionError, "axis must be"),
    "mean alone": (lambda: Normalization(mean=1.0), OptionError, "mean and variance, or neither"),
    "shapes": (
        lambda: Normalization(mean=[1.0], variance=[1.0, 2.0]), OptionError, "must have one shape"),
    "negative": (lambda: Normalization(mean=1.0, variance=-1.0), OptionError, "may be negative"),
    "no such axis": (lambda: Normalization(axis=3)(X), ShapeError, "not among the axes"),
    "not known": (
        lambda: Normalization().build((None, None)), ShapeError, "must be known; got shape"),
    "single numbers": (lambda: Normalization().adapt(np.ones(3)), ShapeError, "take axis=None"),
    "does not fit": (
        lambda: Normalization(mean=[1.0, 2.0], variance=[1.0, 1.0])(X), ShapeError, "do not fit"),
    "given": (
        lambda: Normalization(mean=1.0, variance=1.0).adapt(X), StateError, "were given"),
    "missing": (lambda: Normalization().adapt(X / X), DataError, "NaN or infinite"),
    "none": (lambda: Normalization().adapt([]), DataError, "no data"),
    "empty": (lambda: Normalization().adapt(X[:0]), DataError, "no data"),
    "batches": (lambda: Normalization().adapt([X, X[:, :, :2]]), ShapeError, "was built for"),
    "function": (lambda: Lambda("x * 2"), OptionError, "must be a function; got 'x"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_shapes_of_what_is_not_known():
    assert Reshape((4, -1)).output_shape((None, None, 4)) == (None, 4, None)
    assert Reshape((4, -1)).output_shape((None, 2, 4)) == (None, 4, 2)
    assert Permute((2, 1)).output_shape((None, None, 4)) == (None, 4, None)
    assert RepeatVector(3).output_shape((None, 4)) == (None, 3, 4)
    assert Reshape(())(np.ones((3, 1))).shape == (3,)
    assert Reshape((2, -1))(np.ones((0, 6))).shape == (0, 2, 3)


def test_whole_numbers_are_rescaled():
    y = Rescaling(1 / 255)(np.array([[0, 255]], np.uint8))
    assert y.dtype == np.float32
    assert y.tolist() == [[0.0, 1.0]]


def test_what_normalization_found_is_saved_and_changes_in_no_training(tmp_path):
    layer = Normalization()
    layer.adapt(X)
    assert [w.path.rpartition("/")[2] for w in layer.weights] == ["mean", "variance", "count"]
    assert layer.trainable_weights == []
    model = cp.Sequential([layer, cp.layers.Flatten(), cp.layers.Dense(1)])
    y = model(X).numpy()
    model.save(tmp_path / "m.safetensors")
    again = cp.load(tmp_path / "m.safetensors")
    assert np.array_equal(again(X).numpy(), y)
    layer.adapt(2 * X)
    assert not np.array_equal(model(X).numpy(), y)


def test_a_feature_that_never_changes_becomes_zero():
    layer = Normalization(dtype="float64")
    layer.adapt(np.full((5, 2), 7.0))
    assert layer(np.full((1, 2), 7.0)).tolist() == [[0.0, 0.0]]


def test_normalization_reversed():
    forth, back = Normalization(dtype="float64"), Normalization(invert=True, dtype="float64")
    for layer in (forth, back):
        layer.adapt(X)
    np.testing.assert_allclose(back(forth(X)).numpy(), X, rtol=1e-12)


def test_a_function_of_ones_own():
    layer = Lambda(lambda x, k: cp.concat([x, k * x], axis=1), arguments={"k": 2.0})
    assert layer(np.array([[1.0, 2.0]])).tolist() == [[1.0, 2.0, 2.0, 4.0]]
    assert layer.output_shape((None, 2)) == (None, 4)
    assert Lambda(abs, output_shape=(7,)).output_shape((None, 2)) == (None, 7)
    assert Lambda(abs, output_shape=lambda shape: (*shape, 1)).output_shape((None, 2))[-1] == 1
    x = cp.tensor(np.array([[3.0, -2.0]], np.float32))
    Lambda(lambda x: x * x)(x).sum().backward()
    assert x.grad.tolist() == [[6.0, -4.0]]


def test_a_function_may_ask_whether_it_is_training():
    layer = Lambda(lambda x, training: x * (2.0 if training else 1.0))
    x = np.ones((1, 1))
    assert layer(x).item() == layer(x, training=False).item() == 1
    assert layer(x, training=True).item() == 2


def test_a_function_is_not_written_down():
    assert LAYERS["Lambda"] is Lambda
    with pytest.raises(OptionError, match=r"cannot be written down.*files hold no code.*register"):
        serialize(Lambda(abs))


def test_identity_is_the_same_tensor():
    x = cp.tensor(np.ones((1, 2), np.float32))
    assert np.array_equal(Identity()(x).numpy(), x.numpy())
