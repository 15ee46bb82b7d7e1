"""Losses refuse what does not fit, are found by name, and are fused where that is exact."""

import json

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import DTypeError, NumericsError, OptionError, RangeError, ShapeError
from clearprop.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    FunctionLoss,
    SparseCategoricalCrossentropy,
)
from tests.losses.kinds import SETTINGS, data

P = np.full((4, 3), 1 / 3)
ONE_HOT = np.eye(3)[[0, 1, 2, 0]]


# -- targets that do not fit ---------------------------------------------------------------------

SHAPES = [
    ("mse", np.zeros((4, 1)), P, r"mean_squared_error: y_true has shape \(4, 1\), the outputs"),
    ("mse", np.zeros(4), P, r"shape \(N, 3\); they must be the same"),
    ("mse", np.zeros((4, 3)), np.zeros((4, 1)), r"the outputs have shape \(N, 1\)"),
    ("mse", np.zeros((4, 3, 3)), P, "they must be the same"),
    ("mse", np.zeros(()), P, "they must be the same"),
    ("mae", np.zeros((5, 3)), P, "y_true has 5 rows, y_pred has 4"),
    ("half_sse", np.zeros((1, 3)), P, "y_true has 1 rows, y_pred has 4"),
    ("mse", np.zeros((0, 3)), np.zeros((0, 3)), "no samples"),
    ("bce", np.zeros(4), P, "For class numbers use 'sparse_categorical_crossentropy'; for one"),
    ("cce", [0, 1, 2, 0], P, "For class numbers use 'sparse_categorical_crossentropy', or"),
    ("cce", [[0], [1], [2], [0]], P, "use 'sparse_categorical_crossentropy'"),
    ("cce", np.zeros((4, 1)), np.zeros((4, 1)), "one class would always be right.*'binary_cross"),
    ("scce", ONE_HOT, P, "For one-hot targets use 'categorical_crossentropy'"),
    (
        "scce",
        np.zeros(4, int),
        np.zeros((4, 1)),
        "For a yes-or-no answer use 'binary_crossentropy'",
    ),
    ("scce", np.zeros((4, 2), int), P, r"one class number each: shape \(N,\)"),
    ("scce", np.zeros(3, int), P, "y_true has 3 rows, y_pred has 4"),
    ("huber", np.zeros(4), P, "they must be the same"),
    ("hinge", np.zeros((4, 1)), P, "they must be the same"),
    ("kld", np.zeros(4), P, "they must be the same"),
    ("dice", np.zeros((4, 2)), P, "they must be the same"),
    ("categorical_hinge", [0, 1, 2, 0], P, "or give them one-hot, in rows of 3"),
    ("categorical_focal_crossentropy", [0, 1, 2, 0], P, "or give them one-hot, in rows of 3"),
    ("binary_focal_crossentropy", np.zeros(4), P, "For class numbers use 'sparse_categorical"),
    ("circle", ONE_HOT, P, r"a class number a sample, shape \(N,\), and embeddings"),
    ("ctc", [1, 2], np.zeros((2, 5, 3)), r"labels must have shape \(N, L\), filled up with 0"),
    ("ctc", [[1], [2]], np.zeros((2, 3)), r"scores \(N, T, K\)"),
]


@pytest.mark.parametrize(("name", "y", "p", "words"), SHAPES)
def test_shapes_are_not_broadcast_in_silence(name, y, p, words):
    with pytest.raises(ShapeError, match=words):
        losses.get(name)(y, p)


VALUES = [
    (
        "scce",
        [0, 1, 3, 5],
        RangeError,
        r"label 3 at y\[2\] is no class: .* 3 classes, 0 to 2\. For .* 5 .* Dense\(6",
    ),
    ("scce", [0, -1, 1, 2], RangeError, r"label -1 at y\[1\] is no class.* from 0: np\.unique"),
    ("scce", [1, 2, 3, 1], RangeError, r"Labels from 1 on: give y - 1"),
    ("scce", [0, 1, 1.5, 2], DTypeError, r"1\.5 at \[2\] is no class number.*use 'mse'"),
    ("scce", ["a", "b", "c", "a"], DTypeError, "Number the classes first"),
    ("scce", [0, 1, np.nan, 2], NumericsError, r"target nan at \[2\]"),
    (
        "mse",
        np.where(np.arange(12).reshape(4, 3) == 7, np.inf, 0),
        NumericsError,
        r"inf at \[2, 1\]",
    ),
    ("mse", np.full((4, 3), "x"), DTypeError, "targets must be numbers"),
    ("mse", np.full((4, 3), None), DTypeError, "targets must be numbers"),
    ("bce", np.full((4, 3), 2), RangeError, r"target 2 at \[0, 0\] is outside 0 to 1"),
    ("bce", np.where(np.arange(12).reshape(4, 3) == 4, -1, 1), RangeError, r"-1 at \[1, 1\]"),
    ("cce", ONE_HOT * 7, RangeError, r"target 7 at \[0, 0\] is outside 0 to 1.*one-hot"),
    ("dice", ONE_HOT * 255, RangeError, r"target 255 at \[0, 0\].*divided by 255"),
    ("tversky", -ONE_HOT, RangeError, r"target -1 at \[0, 0\] is outside 0 to 1"),
    ("kld", ONE_HOT * 2, RangeError, "A row of targets is a distribution"),
    ("hinge", ONE_HOT * 2, RangeError, r"−1 and 1, or 0 and 1; got 2 at \[0, 0\]"),
    ("squared_hinge", ONE_HOT - np.eye(3)[[1, 2, 0, 1]], RangeError, "got −1, 0 and 1 mixed"),
    ("categorical_hinge", ONE_HOT * 2, RangeError, "is outside 0 to 1"),
    ("categorical_generalized_cross_entropy", [0, 1, 3, 2], RangeError, r"label 3 at y\[2\]"),
    ("circle", [0, 1, 1.5, 0], DTypeError, "class numbers are whole numbers"),
    ("ctc", [[1], [2], [3], [1]], RangeError, r"label 3 at \[2, 0\] .* 1 to 2, and 0 for the bl"),
    ("ctc", [[1, 0], [0, 2], [1, 0], [1, 0]], RangeError, "row 1 has a label after a 0"),
    ("ctc", [[1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0]], RangeError, "row 1 need 5 steps.*have 3"),
    ("ctc", [[0.5], [1], [1], [1]], DTypeError, "labels are whole numbers"),
]


@pytest.mark.parametrize(("name", "y", "error", "words"), VALUES)
def test_targets_that_make_no_sense(name, y, error, words):
    p = np.zeros((4, 3, 3)) if name == "ctc" else P
    with pytest.raises(error, match=words):
        losses.get(name)(y, p)
    with pytest.raises(error, match=words):  # the same for a data set of which P is a batch
        losses.get(name).prepare(y, (None, *p.shape[1:]))
    with pytest.raises((error, DTypeError), match=r"."):  # and for targets that are recorded
        losses.get(name)(cp.tensor(y), cp.tensor(p))


@pytest.mark.parametrize("good", [[0, 1, 2, 0], [0.0, 1.0, 2.0, 0.0], [[0], [1], [2], [0]]])
def test_class_numbers_of_any_kind(good):
    loss = losses.get("scce")
    assert loss(good, P).item() == pytest.approx(np.log(3))
    prepared = loss.prepare(good, (None, 3))
    assert (prepared.dtype, prepared.shape) == (np.int64, (4,))


def test_prepared_targets_are_taken_batch_by_batch():
    y, p = np.arange(10.0), np.linspace(-1, 1, 10, dtype="float32")[:, None]
    loss = losses.get("mse")
    rows = loss.prepare(y, (None, 1))
    assert (rows.shape, rows.dtype) == ((10, 1), np.float32)
    parts = [loss.compute(rows[i : i + 5], cp.tensor(p[i : i + 5])).item() for i in (0, 5)]
    assert np.mean(parts) == pytest.approx(loss(y, p).item(), rel=1e-6)


# -- weights and names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weight", "error", "words"),
    [
        (np.ones(3), ShapeError, r"shape \(3,\).*one weight a sample, shape \(4,\)"),
        (np.ones((4, 3)), ShapeError, "one weight a sample"),
        (np.array(["a"] * 4), OptionError, "must be numbers"),
    ],
)
def test_weights_that_do_not_fit(weight, error, words):
    with pytest.raises(error, match=words):
        losses.get("mse")(np.zeros((4, 3)), P, weight)
    with pytest.raises(error, match=words.replace("sample_weight", "mask")):
        losses.get("mse")(np.zeros((4, 3)), P, mask=weight)


def test_one_number_for_a_batch_cannot_be_weighted():
    with pytest.raises(ShapeError, match=r"one number for the whole batch.*Give its axis="):
        losses.get("dice")(ONE_HOT, P, np.ones(4))
    weighted = losses.Dice(axis=-1)(ONE_HOT, P, [1.0, 0.0, 0.0, 0.0]).item()
    assert weighted == pytest.approx(losses.dice(ONE_HOT[:1], P[:1]).item() / 4)


def test_a_mask_and_a_weight_a_sample_go_together():
    """Keras would multiply shapes (N, T) and (N,) as NumPy does, or fail."""
    y, p = np.zeros((2, 3, 1)), np.arange(6.0).reshape(2, 3, 1)
    mask = np.array([[True, True, False], [True, False, False]])
    value = losses.get("mae")(y, p, [2.0, 10.0], mask=mask).item()
    assert value == (2 * (0 + 1) + 10 * 3) / 3
    assert losses.MeanAbsoluteError("sum")(y, p, [2.0, 10.0], mask=mask).item() == 32
    by_weight = losses.MeanAbsoluteError("mean_with_sample_weight")
    assert by_weight(y, p, [2.0, 10.0], mask=mask).item() == 32 / (2 + 2 + 10)


def test_what_is_masked_has_no_gradient():
    p = cp.tensor(np.ones((2, 3)))
    mask = np.array([True, False])
    losses.get("mse")(np.zeros((2, 3)), p, mask=cp.tensor(mask)).backward()
    assert np.allclose(p.grad.numpy(), [[2 / 3] * 3, [0] * 3])


def test_a_batch_in_which_nothing_counts_is_said_to_teach_nothing():
    p = cp.tensor(np.ones((2, 3)))
    with pytest.warns(UserWarning, match="mean_squared_error: the mask leaves nothing in"):
        loss = losses.get("mse")(np.zeros((2, 3)), p, mask=[False, False])
    loss.backward()
    assert loss.item() == 0
    assert not p.grad.numpy().any()


def test_labels_that_are_ignored():
    loss = SparseCategoricalCrossentropy(ignore_class=255)
    p = cp.tensor(np.full((4, 3), 1 / 3))
    value = loss([0, 255, 2, 255], p)
    assert value.item() == pytest.approx(np.log(3))  # the mean over two, not over four
    value.backward()
    assert not p.grad.numpy()[[1, 3]].any()
    with pytest.raises(RangeError, match="label 254"):
        loss([0, 254, 2, 255], P)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_kind_of_number_to_compute_in(dtype):
    loss = losses.MeanSquaredError(dtype=dtype)
    assert str(loss(np.zeros((4, 3)), P).dtype) == dtype
    assert str(loss(np.zeros((4, 3)), P.astype("float32")).dtype) == dtype
    assert loss.get_config()["dtype"] == dtype
    assert losses.get(losses.serialize(loss)).dtype == dtype


def test_a_weight_a_sample_is_no_weight_a_column():
    """A square of values by samples and positions: (N,) must mean samples."""
    y, p, w = np.zeros((3, 3, 1)), np.arange(9.0).reshape(3, 3, 1), np.array([1.0, 0.0, 0.0])
    value = losses.get("mse")(y, p, w).item()
    assert value == pytest.approx((0 + 1 + 4) / 9)


def test_what_is_recorded_has_names():
    w = cp.tensor(np.ones((3, 2)), name="w")
    loss = losses.get("mse")(np.zeros((4, 2)), cp.tensor(P) @ w)
    named, stack = set(), [loss.node]
    while stack:
        node = stack.pop()
        named.add(node.name)
        stack.extend(x for x in node.inputs if isinstance(x, Node))
    assert {"loss", "y", "w"} <= named
    kept = losses.get("mse")(cp.tensor(np.zeros((4, 2)), name="target"), cp.tensor(P) @ w)
    assert kept.name == "loss"


def test_gradients_reach_recorded_targets():
    y, p = cp.tensor(np.zeros((4, 3))), cp.tensor(P)
    losses.get("half_sse")(y, p).backward()
    assert np.allclose(y.grad.numpy(), -p.grad.numpy())
    assert np.allclose(p.grad.numpy(), P / 4)


def test_recorded_targets_are_converted():
    y = cp.tensor([0.0, 1.0, 2.0, 0.0])
    assert losses.get("scce")(y, cp.tensor(P)).item() == pytest.approx(np.log(3))
    column = losses.get("mse")(y, cp.tensor(np.zeros((4, 1), "float32")))
    assert (column.item(), column.dtype) == (1.25, np.float32)


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
