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
]


@pytest.mark.parametrize(("name", "y", "error", "words"), VALUES)
def test_targets_that_make_no_sense(name, y, error, words):
    with pytest.raises(error, match=words):
        losses.get(name)(y, P)
    with pytest.raises(error, match=words):  # the same for a data set of which P is a batch
        losses.get(name).prepare(y, (None, 3))
    with pytest.raises((error, DTypeError), match=r"."):  # and for targets that are recorded
        losses.get(name)(cp.tensor(y), cp.tensor(P))


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


@pytest.mark.parametrize("cls", losses.LOSSES.values(), ids=list(losses.LOSSES))
def test_written_down_and_read_again(cls):
    arguments = {"reduction": "sum", "name": "mine"}
    if "from_logits" in cls().get_config():
        arguments["from_logits"] = True
    loss = cls(**arguments)
    again = losses.get(json.loads(json.dumps(losses.serialize(loss))))
    assert type(again) is cls
    assert again.get_config() == loss.get_config()
    assert losses.get(loss) is loss
    assert isinstance(losses.get(cls), cls)


@pytest.mark.parametrize(("function", "cls"), losses.registry.FUNCTIONS.items())
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


@pytest.mark.parametrize("name", losses.LOSSES)
def test_computed_under_jit_it_gives_the_same(name):
    import jax
    import jax.numpy as jnp

    loss = losses.get(name)
    y = loss.prepare([0, 1, 2, 0] if loss.takes_class_numbers else ONE_HOT, (None, 3), "float64")
    p = np.random.default_rng(0).uniform(0.1, 0.9, (4, 3))
    weight = np.arange(4.0)

    @jax.jit
    def traced(y, p, weight):
        with computing_with(ArrayNamespace(jnp, "jax")):
            return loss.compute(y, Tensor(Node(p)), weight).data

    assert traced(y, p, weight) == pytest.approx(loss.compute(y, Tensor(Node(p)), weight).item())
