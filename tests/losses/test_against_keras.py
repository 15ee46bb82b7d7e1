"""Losses and their gradients are Keras's, for every setting, reduction, weight and mask."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from tests.losses.kinds import KINDS, NOT_KERAS, SETTINGS, N, O, data
from tests.oracles import TOLERANCE, agree

WEIGHTS = {
    "equal": None,
    "each": np.array([0.0, 1.0, 0.5, 2.0, 0.25, 3.0]),
    "column": np.array([[1.0], [0.0], [2.0], [1.0], [1.5], [0.5]]),
    "whole": np.array([1, 0, 2, 1, 1, 0]),
    "none count": np.zeros(N),
}
COUNTING = ("Circle", "SparseCategoricalCrossentropy")


def told(setting):
    return f"{setting[0]}({', '.join(f'{k}={v}' for k, v in setting[1].items())})"


every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=told)
every_dtype = pytest.mark.parametrize("dtype", TOLERANCE)
some_settings = pytest.mark.parametrize(
    "setting",
    [
        ("BinaryCrossentropy", {"from_logits": True}),
        ("SparseCategoricalCrossentropy", {"ignore_class": 2}),
    ],
    ids=told,
)


def ours_and_theirs(setting, dtype, reduction, weight, keras, positions=(), mask=None):
    """Give value and gradient by the predictions, ours first; an array is summed for it."""
    import jax
    from keras.src import backend

    name, settings = setting
    y, scores = data(name, settings, dtype, positions)
    p = cp.tensor(scores)
    value = getattr(losses, name)(**settings, reduction=reduction)(y, p, weight, mask=mask)
    value.sum().backward()
    oracle = getattr(keras.losses, name)(**settings, reduction=reduction)

    def total(p):
        p = p + 0.0
        if mask is not None:
            backend.set_keras_mask(p, mask)
        value = oracle(y, p, weight)
        return value.sum(), value

    (_, expected), gradient = jax.value_and_grad(total, has_aux=True)(scores)
    return (value, p.grad), (expected, gradient)


def assert_alike(ours, theirs, dtype):
    value, gradient = theirs
    if value.shape == (N, 1):  # Keras lets the weights' shape through; here it is always (N,)
        value = value[:, 0]
    assert agree(ours[0], value, dtype)
    assert agree(ours[1], gradient, dtype)


@every_dtype
@every_setting
def test_values_and_gradients(setting, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    ours, theirs = ours_and_theirs(setting, dtype, "none", None, keras)
    assert_alike(ours, theirs, dtype)
    name, settings = setting
    function = next(f for f, cls in losses.forms.FUNCTIONS.items() if cls.__name__ == name)
    assert agree(function(*data(name, settings, dtype), **settings), theirs[0], dtype)


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s[0] in COUNTING], ids=told)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight"])
def test_losses_that_leave_samples_out(setting, reduction, keras):
    weight = WEIGHTS["each"]
    assert_alike(*ours_and_theirs(setting, "float32", reduction, weight, keras), "float32")


@pytest.mark.parametrize("weight", WEIGHTS, ids=str)
@pytest.mark.parametrize("reduction", [r for r in losses.REDUCTIONS if r != "mean"])
@some_settings
def test_reductions_and_weights(setting, reduction, weight, keras):
    both = ours_and_theirs(setting, "float32", reduction, WEIGHTS[weight], keras)
    assert_alike(*both, "float32")


MASKS = {
    "some": np.arange(N * 3).reshape(N, 3) % 4 != 0,
    "all": np.ones((N, 3), bool),
    "one": np.arange(N * 3).reshape(N, 3) == 7,
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", [r for r in losses.REDUCTIONS if r != "mean"])
@some_settings
def test_masks(setting, reduction, weighted, mask, keras):
    weight = np.random.default_rng(4).random((N, 3)) if weighted else None
    both = ours_and_theirs(setting, "float32", reduction, weight, keras, (3,), MASKS[mask])
    assert_alike(*both, "float32")


@pytest.mark.parametrize(("name", "same"), [("mean", "sum_over_batch_size"), (None, "none")])
@some_settings
def test_two_names_for_one_reduction(setting, name, same, keras):
    ours, theirs = ours_and_theirs(setting, "float32", name, WEIGHTS["each"], keras)
    assert agree(ours[0], theirs[0], "float32")
    again, _ = ours_and_theirs(setting, "float32", same, WEIGHTS["each"], keras)
    assert np.array_equal(ours[0].numpy(), again[0].numpy())


@pytest.mark.parametrize(
    "setting",
    [s for s in SETTINGS if s[0] not in ("CTC", "Circle") and "axis" not in s[1]],
    ids=told,
)
def test_outputs_at_several_positions(setting, keras):
    each = None if setting[0] in ("Dice", "Tversky") else np.arange(N * 3.0).reshape(N, 3)
    name, settings = setting
    y, p = data(name, settings, "float32", (3,))
    theirs = getattr(keras.losses, name)(**settings, reduction="none")(y, p, each)
    assert agree(getattr(losses, name)(**settings, reduction="none")(y, p, each), theirs, "float32")


CLASSES_FIRST = [
    ("CategoricalCrossentropy", {}),
    ("CategoricalCrossentropy", {"from_logits": True}),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}),
    ("CategoricalFocalCrossentropy", {"from_logits": True}),
]


@pytest.mark.parametrize("setting", CLASSES_FIRST, ids=told)
def test_classes_along_another_axis(setting, keras):
    y, p = (np.moveaxis(x, -1, 1) for x in data(*setting, "float32", (3,)))
    name, settings = setting
    theirs = getattr(keras.losses, name)(**settings, axis=1, reduction="none")(y, p)
    ours = getattr(losses, name)(**settings, axis=1, reduction="none")(y, p)
    assert ours.shape == (N, 3)
    assert agree(ours, theirs, "float32")


@pytest.mark.parametrize("settings", [{}, {"from_logits": True}, {"ignore_class": 2}])
def test_class_numbers_along_another_axis(settings):
    """Keras on JAX cannot; the same with the classes last is what it must be."""
    y, p = data("SparseCategoricalCrossentropy", settings, "float64", (3,))
    loss, other = (losses.SparseCategoricalCrossentropy(**settings, axis=a) for a in (-1, 1))
    moved = np.moveaxis(p, -1, 1)
    for given in (y, y[:, None]):
        assert other(given, moved).item() == pytest.approx(loss(y, p).item(), rel=1e-12)


def test_references_of_the_circle_loss(keras):
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((9, 5)).astype("float32")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = rng.integers(0, 3, 9)
    given = (labels[:4], rows[:4], labels[4:], rows[4:], False, 3.0, 0.3)
    assert agree(losses.circle(*given), keras.losses.circle(*given), "float32")


def test_targets_of_0_and_1_are_signs_to_a_hinge(keras):
    y, p = data("Hinge", {}, "float32")
    for name in ("Hinge", "SquaredHinge"):
        theirs = getattr(keras.losses, name)(reduction="none")((y + 1) / 2, p)
        assert agree(getattr(losses, name)(reduction="none")((y + 1) / 2, p), theirs, "float32")


ONE_AXIS_APART = [
    ("MeanSquaredError", (N,), (N, 1)),
    ("MeanSquaredError", (N, 1), (N,)),
    ("MeanSquaredError", (N, O, 1), (N, O)),
    ("Huber", (N,), (N, 1)),
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


@pytest.mark.parametrize(("true", "pred"), [((N,), (N, 1)), ((N, 1), (N, 1)), ((N,), (N, O))])
def test_targets_of_a_function_of_your_own(true, pred, keras):
    """As Keras wraps one: an axis of size 1 may be missing, class numbers are left as they are."""
    from keras.src.losses.losses import LossFunctionWrapper

    rng = np.random.default_rng(3)
    y, p = rng.random(true).astype("float32"), rng.random(pred).astype("float32")

    def error(t, y):
        return (t - y) ** 2 if len(t.shape) == len(y.shape) else y[:, 0] + t

    theirs = LossFunctionWrapper(error)(y, p)
    assert agree(losses.get(error)(y, p), theirs, "float32")
    assert agree(losses.get(error)(cp.tensor(y), cp.tensor(p)), theirs, "float32")


def test_every_loss_is_compared(keras):
    assert KINDS.keys() | NOT_KERAS == losses.LOSSES.keys()
    theirs = {x for x in dir(keras.losses) if not x.startswith("_")}
    assert theirs <= set(losses.__all__)


def test_every_setting_has_its_keras_name_place_and_default(keras):
    from inspect import signature

    for name in KINDS:
        ours, theirs = (signature(getattr(x, name)).parameters for x in (losses, keras.losses))
        assert list(ours) == list(theirs), name
        for setting, p in theirs.items():
            if setting != "name":
                assert ours[setting].default == p.default, (name, setting)


# Ours, or Keras's names of older days; Keras finds one function under a name of its class only.
OWN = {"half_sse", "half_sum_squared_error", "cce", "scce", "huber_loss", "logcosh",
       "kullback_leibler_divergence", "categorical_generalized_cross_entropy"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(losses.ALIASES.keys() - OWN))
def test_names_find_what_keras_finds(name, keras):
    theirs = keras.losses.get(name)
    theirs = getattr(theirs, "__name__", type(theirs).__name__)
    found = losses.get(name)
    assert theirs in (type(found).__name__, found.name, found.aliases[0])


def test_every_name_that_keras_knows_is_known(keras):
    from keras.src.losses import ALL_OBJECTS_DICT

    bases = {"Loss", "LossFunctionWrapper"}
    assert ALL_OBJECTS_DICT.keys() - bases <= losses.ALIASES.keys() | losses.LOSSES.keys()


SHAPES = [((N,), (N, 1)), ((N, 1), (N, 1)), ((N,), (N, 7)), ((N, 1), (N, 7)), ((N, 7), (N, 7)),
          ((N, 5), (N, 5, 7)), ((N, 5, 7), (N, 5, 7))]  # fmt: skip


@pytest.mark.parametrize(("y_shape", "output_shape"), SHAPES)
def test_crossentropy_is_the_one_that_keras_chooses(y_shape, output_shape, keras):
    from keras.src.trainers.compile_utils import get_loss

    theirs = get_loss("crossentropy", np.zeros(y_shape), np.zeros(output_shape))
    ours = losses.crossentropy.crossentropy_for(y_shape, output_shape)
    assert ours.aliases[0] == theirs.fn.__name__


def test_short_names_of_functions_are_those_of_tf_keras(keras):
    from importlib.util import find_spec
    from pathlib import Path

    from clearprop import keras as facade

    for part in ("losses", "metrics"):
        file = Path(find_spec("keras").origin).parent / "_tf_keras" / "keras" / part
        lines = (file / "__init__.py").read_text().replace("(\n", "").split("\n")
        names = {line.split(" as ")[-1].strip("( ,") for line in lines if " as " in line}
        lacking = {name for name in names if not hasattr(getattr(facade, part), name)}
        assert names
        assert lacking <= {"Reduction"}, part


@pytest.mark.parametrize("name", KINDS)
def test_names_in_reports_are_keras_names(name, keras):
    assert losses.LOSSES[name]().name == getattr(keras.losses, name)().name


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
    y, p = data("MeanSquaredError", {}, "float64")
    half, mean = losses.get("half_sse")(y, p).item(), losses.get("mse")(y, p).item()
    assert half == pytest.approx(mean * O / 2, rel=1e-14)


def test_a_loss_of_another_kind_is_noticed(keras):
    y, p = data("MeanSquaredError", {}, "float32")
    assert not agree(losses.get("mae")(y, p), keras.losses.MeanSquaredError()(y, p), "float32")
    assert not agree(losses.Huber(0.9)(y, p), keras.losses.Huber()(y, p), "float32")


def test_a_mask_that_is_only_a_weight_is_noticed(keras):
    setting, mask = ("MeanAbsoluteError", {}), MASKS["some"]
    ours, theirs = ours_and_theirs(setting, "float32", "mean", None, keras, (3,), mask)
    y, p = data(*setting, "float32", (3,))
    assert agree(ours[0], theirs[0], "float32")
    assert not agree(losses.get("mae")(y, p, mask), theirs[0], "float32")
