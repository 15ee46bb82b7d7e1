"""Losses and their gradients are Keras's, for every setting, reduction and kind of weights."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from tests.oracles import TOLERANCE, agree

N, O = 6, 4

BY_PROBABILITY = ("BinaryCrossentropy", "CategoricalCrossentropy")
SETTINGS = [
    ("MeanSquaredError", {}),
    ("MeanAbsoluteError", {}),
    *(
        (name, {"from_logits": from_logits, "label_smoothing": smoothing})
        for name in BY_PROBABILITY
        for from_logits in (False, True)
        for smoothing in (0.0, 0.2)
    ),
    ("SparseCategoricalCrossentropy", {"from_logits": False}),
    ("SparseCategoricalCrossentropy", {"from_logits": True}),
]
NOT_KERAS = {"HalfSumSquaredError"}  # the book's; compared with its formula below
WEIGHTS = {
    "equal": None,
    "each": np.array([0.0, 1.0, 0.5, 2.0, 0.25, 3.0]),
    "column": np.array([[1.0], [0.0], [2.0], [1.0], [1.5], [0.5]]),
    "whole": np.array([1, 0, 2, 1, 1, 0]),
    "none count": np.zeros(N),
}
every_setting = pytest.mark.parametrize(
    "setting", SETTINGS, ids=lambda s: f"{s[0]}({', '.join(f'{k}={v}' for k, v in s[1].items())})"
)
every_dtype = pytest.mark.parametrize("dtype", TOLERANCE)


def data(setting, dtype, positions=()):
    """Draw targets and predictions that suit a loss."""
    name, settings = setting
    rng = np.random.default_rng(17)
    shape = (N, *positions, O)
    scores = rng.standard_normal(shape)
    labels = rng.integers(0, O, shape[:-1])
    if name in ("MeanSquaredError", "MeanAbsoluteError"):
        return rng.standard_normal(shape).astype(dtype), scores.astype(dtype)
    if not settings["from_logits"]:  # rows that do not add up to 1, as of a sigmoid layer
        scores = 1 / (1 + np.exp(-scores))
        scores[0, ..., :2] = 1e-9, 1 - 1e-9  # where Keras keeps off the ends
    y = {
        "B": (rng.random(shape) < 0.5).astype(dtype),
        "C": np.eye(O)[labels].astype(dtype),
        "S": labels,
    }[name[0]]
    return y, scores.astype(dtype)


def ours_and_theirs(setting, dtype, reduction, weight, keras, positions=()):
    """Give value and gradient by the predictions, ours first; an array is summed for it."""
    import jax

    name, settings = setting
    y, scores = data(setting, dtype, positions)
    p = cp.tensor(scores)
    value = getattr(losses, name)(**settings, reduction=reduction)(y, p, weight)
    value.sum().backward()
    oracle = getattr(keras.losses, name)(**settings, reduction=reduction)

    def total(p):
        value = oracle(y, p, weight)
        return value.sum(), value

    (_, expected), gradient = jax.value_and_grad(total, has_aux=True)(scores)
    return (value, p.grad), (expected, gradient)


@every_dtype
@pytest.mark.parametrize("weight", WEIGHTS, ids=str)
@pytest.mark.parametrize("reduction", [r for r in losses.REDUCTIONS if r != "mean"])
@every_setting
def test_values_and_gradients(setting, reduction, weight, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    weight = WEIGHTS[weight]
    ours, (value, gradient) = ours_and_theirs(setting, dtype, reduction, weight, keras)
    if value.shape == (N, 1):  # Keras lets the weights' shape through; here it is always (N,)
        value = value[:, 0]
    assert agree(ours[0], value, dtype)
    assert agree(ours[1], gradient, dtype)


@pytest.mark.parametrize(("name", "same"), [("mean", "sum_over_batch_size"), (None, "none")])
@every_setting
def test_two_names_for_one_reduction(setting, name, same, keras):
    ours, theirs = ours_and_theirs(setting, "float32", name, WEIGHTS["each"], keras)
    assert agree(ours[0], theirs[0], "float32")
    again, _ = ours_and_theirs(setting, "float32", same, WEIGHTS["each"], keras)
    assert np.array_equal(ours[0].numpy(), again[0].numpy())


@every_dtype
@every_setting
def test_outputs_at_several_positions(setting, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    ours, theirs = ours_and_theirs(setting, dtype, "sum_over_batch_size", None, keras, (3,))
    assert agree(ours[0], theirs[0], dtype)
    assert agree(ours[1], theirs[1], dtype)
    each = np.arange(N * 3.0).reshape(N, 3)
    ours, theirs = ours_and_theirs(setting, dtype, "none", each, keras, (3,))
    assert ours[0].shape == (N, 3)
    assert agree(ours[0], theirs[0], dtype)


@every_setting
def test_functions_give_the_samples_values(setting, keras):
    name, settings = setting
    function = next(
        f for f, cls in losses.registry.FUNCTIONS.items() if cls is getattr(losses, name)
    )
    y, p = data(setting, "float32")
    theirs = getattr(keras.losses, function.__name__)(y, p, **settings)
    assert agree(function(y, p, **settings), theirs, "float32")


ONE_AXIS_APART = [
    ("MeanSquaredError", (N,), (N, 1)),
    ("MeanSquaredError", (N, 1), (N,)),
    ("MeanSquaredError", (N, O, 1), (N, O)),
    ("MeanAbsoluteError", (N,), (N, 1)),
    ("BinaryCrossentropy", (N,), (N, 1)),
    ("SparseCategoricalCrossentropy", (N, 1), (N, O)),
]


@pytest.mark.parametrize(("name", "true", "pred"), ONE_AXIS_APART)
def test_shapes_one_axis_apart(name, true, pred, keras):
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, true).astype("float32")
    p = rng.uniform(0.1, 0.9, pred).astype("float32")
    theirs = getattr(keras.losses, name)(reduction="none")(y, p)
    assert agree(getattr(losses, name)(reduction="none")(y, p), theirs, "float32")


def test_every_loss_is_compared():
    assert {name for name, _ in SETTINGS} | NOT_KERAS == set(losses.LOSSES)


@pytest.mark.parametrize(
    "name",
    [n for n in losses.ALIASES if n not in ("half_sse", "half_sum_squared_error", "cce", "scce")],
)
def test_names_find_what_keras_finds(name, keras):
    theirs = keras.losses.get(name)
    theirs = getattr(theirs, "__name__", type(theirs).__name__)
    found = losses.get(name)
    assert theirs in (type(found).__name__, found.name)


@pytest.mark.parametrize("cls", [losses.LOSSES[name] for name in sorted({n for n, _ in SETTINGS})])
def test_names_in_reports_are_keras_names(cls, keras):
    assert cls().name == getattr(keras.losses, cls.__name__)().name


@every_dtype
@pytest.mark.parametrize("reduction", losses.REDUCTIONS)
def test_half_the_sum_of_squares(reduction, dtype):
    rng = np.random.default_rng(5)
    y, o = (rng.standard_normal((N, O)).astype(dtype) for _ in range(2))
    p = cp.tensor(o)
    value = losses.HalfSumSquaredError(reduction)(y, p)
    value.sum().backward()
    each = ((o - y) ** 2).sum(axis=1) / 2
    over = 1 if reduction in ("sum", "none") else N
    assert agree(
        value, each if reduction == "none" else np.asarray(each.sum() / over, dtype), dtype
    )
    assert agree(p.grad, (o - y) / over, dtype)


def test_the_books_loss_is_keras_times_half_the_outputs():
    y, p = data(("MeanSquaredError", {}), "float64")
    half, mean = losses.get("half_sse")(y, p).item(), losses.get("mse")(y, p).item()
    assert half == pytest.approx(mean * O / 2, rel=1e-14)


def test_a_loss_of_another_kind_is_noticed(keras):
    y, p = data(("MeanSquaredError", {}), "float32")
    assert not agree(losses.get("mae")(y, p), keras.losses.MeanSquaredError()(y, p), "float32")
