"""Losses are found by name, written down, made of your own, and fused where that is exact."""

import json

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import OptionError
from clearprop.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    FunctionLoss,
    SparseCategoricalCrossentropy,
)
from tests.losses.kinds import SETTINGS, data

P = np.full((4, 3), 1 / 3)
ONE_HOT = np.eye(3)[[0, 1, 2, 0]]


# -- fused with the last activation ----------------------------------------------------------------

FUSED = [
    (BinaryCrossentropy(label_smoothing=0.1), "sigmoid", (np.arange(12).reshape(4, 3) % 2)),
    (BinaryCrossentropy(reduction="sum"), "sigmoid", (np.arange(12).reshape(4, 3) % 2)),
    (CategoricalCrossentropy(), "softmax", ONE_HOT),
    (CategoricalCrossentropy(label_smoothing=0.3), "softmax", ONE_HOT),
    (SparseCategoricalCrossentropy(reduction="none"), "softmax", [0, 1, 2, 0]),
]


@pytest.mark.parametrize(("loss", "activation", "y"), FUSED)
def test_the_twin_gives_the_same(loss, activation, y):
    z = np.random.default_rng(1).standard_normal((4, 3))
    twin = loss.fused_with(activation)
    assert type(twin) is type(loss)
    assert twin.get_config() == {**loss.get_config(), "from_logits": True}
    plain, fused = cp.tensor(z), cp.tensor(z)
    a, b = loss(y, cp.nn.get_activation(activation)(plain)), twin(y, fused)
    assert np.allclose(a.numpy(), b.numpy(), rtol=1e-12)
    a.sum().backward()
    b.sum().backward()
    assert np.allclose(plain.grad.numpy(), fused.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize(("loss", "activation", "y"), FUSED)
def test_the_twin_is_exact_where_probabilities_are_not(loss, activation, y):
    """Scores in the hundreds: probabilities are 0 and 1, the gradient still share less target."""
    z = np.array([[300.0, 100.0, -300.0]] * 4, "float32")
    plain, fused = cp.tensor(z), cp.tensor(z)
    cp.sum(loss(y, cp.nn.get_activation(activation)(plain))).backward()
    cp.sum(loss.fused_with(activation)(y, fused)).backward()
    assert np.abs(fused.grad.numpy()).max() > 0.05
    assert np.isfinite(plain.grad.numpy()).all()
    assert np.abs(plain.grad.numpy()).max() < 1e-4  # lost: what the twin is for


def test_the_gradient_of_the_twin_is_output_less_target():
    z = cp.tensor(np.random.default_rng(2).standard_normal((4, 3)))
    CategoricalCrossentropy(reduction="sum").fused_with("softmax")(ONE_HOT, z).backward()
    assert np.allclose(z.grad.numpy(), cp.softmax(z).numpy() - ONE_HOT, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "activation"),
    [("cce", "sigmoid"), ("scce", "sigmoid"), ("bce", "softmax"), ("bce", "linear"), ("cce", None),
     ("mse", "softmax"), ("half_sse", "sigmoid")],
)  # fmt: skip
def test_only_what_belongs_together_is_fused(name, activation):
    assert losses.get(name).fused_with(activation) is None


def test_a_loss_of_scores_is_not_fused_again():
    loss = CategoricalCrossentropy(from_logits=True)
    assert loss.fused_with("softmax") is None
    assert loss.on_logits() is loss


# -- found by name, written down -----------------------------------------------------------------


@pytest.mark.parametrize("name", [*losses.LOSSES, *losses.ALIASES])
def test_every_name_finds_a_loss(name):
    assert losses.get(name).name in losses.ALIASES
    assert type(losses.get(name)).__name__ == losses.ALIASES.get(name, name)


@pytest.mark.parametrize("cls", losses.LOSSES.values(), ids=list(losses.LOSSES))
def test_written_down_and_read_again(cls):
    for settings in [settings for name, settings in SETTINGS if name == cls.__name__] or [{}]:
        loss = cls(**settings, reduction="sum", name="mine")
        again = losses.get(json.loads(json.dumps(losses.serialize(loss))))
        assert type(again) is cls
        assert again.get_config() == loss.get_config()
        assert losses.get(loss) is loss
    assert isinstance(losses.get(cls), cls)


def test_written_as_keras_writes_them():
    written = {"module": "keras.losses", "class_name": "Huber", "config": {"delta": 0.5},
               "registered_name": None}  # fmt: skip
    assert losses.get(written).delta == 0.5
    assert losses.get({"class_name": "function", "config": "mean_squared_error"}).name == (
        "mean_squared_error"
    )


@pytest.mark.parametrize(("function", "cls"), losses.forms.FUNCTIONS.items())
def test_functions_stand_for_their_classes(function, cls):
    assert type(losses.get(function)) is cls


def test_a_function_of_your_own():
    def doubled(y_true, y_pred):
        return cp.sum((y_pred - y_true) * 2.0, axis=-1)

    loss = losses.get(doubled)
    assert isinstance(loss, FunctionLoss)
    assert loss.name == "doubled"
    p = cp.tensor(P)
    loss(np.zeros((4, 3)), p).backward()
    assert np.allclose(p.grad.numpy(), 0.5)
    with pytest.raises(OptionError, match="cannot be saved by name"):
        losses.serialize(loss)


class Halves(losses.Loss):
    """As Keras's users write one: `call`, and Keras's arguments."""

    def __init__(self, factor=0.5, name="halves", **kwargs):
        super().__init__(name=name, **kwargs)
        self.factor = factor

    def call(self, y_true, y_pred):
        return cp.mean(cp.square(y_pred - y_true) * self.factor, axis=-1)


def test_a_class_of_your_own():
    loss = Halves(reduction="sum")
    assert loss(np.zeros((4, 3)), P).item() == pytest.approx(4 * 0.5 / 9)
    assert loss(np.zeros((4, 3)), P, [1, 0, 0, 0]).item() == pytest.approx(0.5 / 9)
    written = losses.serialize(loss)
    assert losses.deserialize(written, {"Halves": Halves}).factor == 0.5
    assert losses.deserialize("half", {"half": Halves}).name == "halves"
    with pytest.raises(OptionError, match="unknown loss 'Halves'"):
        losses.get(written)


def test_a_class_of_your_own_that_keeps_nothing_cannot_be_written_down():
    class Scaled(losses.Loss):
        def __init__(self, by=1.0):
            super().__init__()

        def call(self, y_true, y_pred):
            return cp.mean(y_pred, axis=-1)

    assert Scaled().name == "scaled"
    with pytest.raises(OptionError, match=r"write self\.by = by, or define get_config"):
        losses.serialize(Scaled())


@pytest.mark.parametrize("name", losses.LOSSES)
def test_functions_are_documented_by_their_classes(name):
    function = next(f for f, cls in losses.forms.FUNCTIONS.items() if cls.__name__ == name)
    for part in ("y_true", "Parameters\n", "Returns\n", "Examples\n", ">>> ", function.__name__):
        assert part in function.__doc__, part
    assert "reduction, name" not in function.__doc__
    assert getattr(losses, function.__name__) is function
    with pytest.raises(TypeError, match="y_pred"):
        function(P)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: losses.get("mean_square_error"), "did you mean 'mean_squared_error'"),
        (lambda: losses.get(7), "must be a name, a Loss or a function"),
        (lambda: losses.get(None), "must be a name"),
        (lambda: losses.get(int), "must be a name"),
        (lambda: losses.get({"class_name": "os.system"}), "unknown loss"),
        (lambda: losses.get({"class_name": "MeanSquaredError", "config": {"x": 1}}), "unknown arg"),
        (lambda: losses.MeanSquaredError("average"), "unknown reduction 'average'"),
        (lambda: losses.MeanSquaredError(dtype="int8"), "dtype must be 'float32'"),
        (lambda: losses.MeanSquaredError(dtype="flaot32"), "dtype must be 'float32'"),
        (lambda: losses.Huber(-1.0), "delta must be 0 or more; got -1.0"),
        (lambda: losses.CategoricalFocalCrossentropy(gamma=-1), "gamma must be 0 or more; got -1"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(1.0), "between 0 and 1; got 1.0"),
        (lambda: losses.Tversky(alpha=-0.1), "alpha and beta must be 0 or more; got -0.1"),
        (lambda: BinaryCrossentropy(label_smoothing=1.1), "from 0 to 1; got 1.1"),
        (lambda: CategoricalCrossentropy(label_smoothing="a"), "from 0 to 1; got 'a'"),
        (lambda: CategoricalCrossentropy(label_smoothing=True), "from 0 to 1; got True"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


def test_every_registered_loss_has_an_example_that_runs():
    for cls in losses.LOSSES.values():
        for part in ("Parameters\n", "Examples\n", ">>> "):
            assert part in cls.__doc__, cls


# -- other array libraries -----------------------------------------------------------------------


WHOLE = ("Dice", "Tversky")  # one number for the batch: nothing to weight


@pytest.mark.parametrize("name", losses.LOSSES)
def test_computed_under_jit_it_gives_the_same(name):
    import jax
    import jax.numpy as jnp

    loss = losses.get(name)
    y, p = data(name, {}, "float64")
    y, p = loss.prepare(y, p.shape, "float64"), p[: len(y)]
    weight = mask = None
    if name not in WHOLE:
        weight, mask = np.arange(len(y)) + 1.0, np.arange(len(y)) != 1

    @jax.jit
    def traced(y, p, weight, mask):
        with computing_with(ArrayNamespace(jnp, "jax")):
            return loss.compute(y, Tensor(Node(p)), weight, mask).data

    eager = loss.compute(y, Tensor(Node(p)), weight, mask).item()
    assert traced(y, p, weight, mask) == pytest.approx(eager)
