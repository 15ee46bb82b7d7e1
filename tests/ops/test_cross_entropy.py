"""Softmax and the cross-entropies: exact at the extremes, without a warning, or refused."""

import numpy as np
import pytest
from scipy import special

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.errors import DTypeError, OptionError, RangeError, ShapeError

INF = np.inf
EXTREME = {
    "large": [[1e4, 0.0, -1e4], [-1e4, -1e4, 1e4]],
    "equal": [[1e4, 1e4, 1e4], [0.0, 0.0, 0.0]],
    "ruled out": [[-INF, 0.0, 1.0], [3.0, -INF, -INF]],
    "close": [[1e-8, 0.0, -1e-8], [30.0, 29.0, 31.0]],
}
ONE_HOT = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
SOFT = np.array([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]])


def exact(scores, targets):
    """Compute the loss by SciPy in double precision, a target of zero costing nothing."""
    logs = special.log_softmax(np.asarray(scores, float), axis=-1)
    return -np.where(targets == 0, 0, np.where(targets == 0, 0, logs) * targets).sum(axis=-1)


def check_loss(loss, scores, targets, kind):
    """Value and gradient, finite and true to the rounding of the kind of number."""
    z = cp.tensor(scores, dtype=kind, name="z")
    y = loss(z, targets.astype(kind))
    assert y.dtype == kind
    tolerance = 20 * np.finfo(kind).eps
    np.testing.assert_allclose(y.numpy(), exact(scores, targets), rtol=tolerance, atol=tolerance)
    y.sum().backward()
    share = special.softmax(np.asarray(scores, float), axis=-1) - targets
    assert z.grad.dtype == kind
    np.testing.assert_allclose(z.grad.numpy(), share, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("targets", [ONE_HOT, SOFT], ids=["one-hot", "soft"])
@pytest.mark.parametrize("scores", EXTREME.values(), ids=EXTREME)
def test_softmax_cross_entropy(scores, targets, kind):
    check_loss(cp.softmax_cross_entropy, scores, targets, kind)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("scores", EXTREME.values(), ids=EXTREME)
def test_sparse_is_the_same(scores, kind):
    def loss(z, targets):
        return cp.sparse_softmax_cross_entropy(z, targets.argmax(axis=-1))

    check_loss(loss, scores, ONE_HOT, kind)


def test_the_naive_way_is_rejected():
    def naive(z, targets):
        return -cp.sum(
            targets * cp.log(cp.exp(z) / cp.sum(cp.exp(z), axis=-1, keepdims=True)), axis=-1
        )

    check_loss(naive, EXTREME["close"], SOFT, "float64")
    for name in ("large", "ruled out"):
        with pytest.raises((AssertionError, RuntimeWarning)):
            check_loss(naive, EXTREME[name], ONE_HOT, "float64")


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("scores", EXTREME.values(), ids=EXTREME)
def test_softmax(scores, kind):
    x = cp.tensor(scores, dtype=kind)
    share, logs = cp.softmax(x), cp.log_softmax(x)
    assert share.dtype == logs.dtype == kind
    tolerance = 10 * np.finfo(kind).eps
    np.testing.assert_allclose(share.numpy(), special.softmax(scores, axis=-1), rtol=tolerance)
    np.testing.assert_allclose(
        logs.numpy(), special.log_softmax(scores, axis=-1), rtol=tolerance, atol=tolerance
    )
    (share * np.array([1, 2, 3], kind)).sum().backward()
    assert np.isfinite(x.grad.numpy()).all()


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_sigmoid_cross_entropy(kind):
    scores = [0.0, 1e4, -1e4, INF, -INF, 1e4, -1e4, 0.5, -3.0]
    truth = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.25, 1.0]
    expected = [np.log(2), 0, 0, 0, 0, 1e4, 1e4, np.log1p(np.exp(-0.5)) + 0.375,
                np.log1p(np.exp(3))]  # fmt: skip
    z = cp.tensor(scores, dtype=kind)
    y = cp.sigmoid_cross_entropy(z, np.array(truth, kind))
    assert y.dtype == kind
    np.testing.assert_allclose(y.numpy(), expected, rtol=10 * np.finfo(kind).eps)
    y.sum().backward()
    slope = special.expit(np.array(scores)) - truth
    np.testing.assert_allclose(z.grad.numpy(), slope, rtol=1e-6, atol=1e-7)


def test_a_loss_of_many_is_the_loss_of_each():
    """No sample can see another's extremes."""
    scores = np.concatenate([EXTREME["ruled out"], EXTREME["large"]])
    targets = np.concatenate([ONE_HOT, SOFT])
    together = cp.softmax_cross_entropy(scores, targets).numpy()
    alone = [cp.softmax_cross_entropy(z, t).item() for z, t in zip(scores, targets, strict=True)]
    np.testing.assert_array_equal(together, alone)


def test_other_axes():
    scores, targets = np.moveaxis(EXTREME["close"], 1, 0), SOFT.T
    np.testing.assert_allclose(
        cp.softmax_cross_entropy(scores, targets, axis=0).numpy(), exact(scores.T, SOFT)
    )


def test_targets_need_not_add_up_to_one():
    z = np.array([[0.5, -1.0, 2.0]])
    t = np.array([[0.5, 2.0, 0.0]])
    x = cp.tensor(z)
    cp.softmax_cross_entropy(x, t).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), special.softmax(z) * 2.5 - t)


def test_dropout_keeps_the_mean_and_lets_nothing_through():
    x = cp.tensor([1.0, INF, 3.0, np.nan])
    y = cp.dropout(x, np.array([True, False, True, False]), rate=0.5)
    assert y.tolist() == [2.0, 0.0, 6.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 2.0, 0.0]
    assert cp.dropout(np.ones(2, "float32"), np.ones(2, bool), rate=0.1).dtype == np.float32


def check_composition(op, composition):
    """Hold a fused operation to what it is composed of."""
    assert composition is not None
    for case in op.cases:
        arrays = case.arrays(np.random.default_rng(0))
        np.testing.assert_allclose(
            composition(NUMPY, *arrays, **case.params),
            op.compute(NUMPY, *arrays, **case.params),
            rtol=1e-12,
            atol=1e-14,
        )


FUSED = ["softmax", "log_softmax", "softmax_cross_entropy", "sparse_softmax_cross_entropy",
         "sigmoid_cross_entropy"]  # fmt: skip


@pytest.mark.parametrize("name", FUSED)
def test_fused_equals_composed(name):
    check_composition(REGISTRY[name], REGISTRY[name].composition)


def test_another_composition_is_rejected():
    op = REGISTRY["softmax_cross_entropy"]
    with pytest.raises(AssertionError):
        check_composition(op, lambda xp, z, t, axis=-1: -xp.sum(t * z, axis=axis))


Z = np.zeros((2, 3))
REFUSED = {
    "targets broadcast": (
        lambda: cp.softmax_cross_entropy(Z, np.ones(3)), ShapeError, "they must be the same"),
    "labels for targets": (
        lambda: cp.softmax_cross_entropy(Z, np.array([0, 1])), ShapeError,
        "sparse_softmax_cross_entropy, or one_hot"),
    "targets for labels": (
        lambda: cp.sparse_softmax_cross_entropy(Z, Z), ShapeError, "use softmax_cross_entropy"),
    "a label too large": (
        lambda: cp.sparse_softmax_cross_entropy(Z, np.array([0, 3])), RangeError,
        r"label 3 at \[1\] is no class; 3 classes have labels 0 to 2"),
    "a label below zero": (
        lambda: cp.sparse_softmax_cross_entropy(Z, np.array([-1, 0])), RangeError, "label -1"),
    "labels with fractions": (
        lambda: cp.sparse_softmax_cross_entropy(Z, np.zeros(2)), DTypeError, "float64"),
    "one column for two": (
        lambda: cp.sigmoid_cross_entropy(Z, np.ones((2, 1))), ShapeError, "they must be the same"),
    "no classes": (lambda: cp.softmax(Z[:, :0]), ShapeError, "is empty"),
    "no such axis": (lambda: cp.softmax(Z, axis=2), ShapeError, "axis 2"),
    "a number": (lambda: cp.log_softmax(1.0), ShapeError, "no axes"),
    "all dropped": (
        lambda: cp.dropout(Z, Z > 0, rate=1.0), OptionError, r"\[0, 1\)"),
    "a mask that broadcasts": (
        lambda: cp.dropout(Z, Z[0] > 0, rate=0.5), ShapeError, "they must be the same"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
