"""How much samples count, which do at all, and what is recorded of it."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.core.tensor import Node
from clearprop.errors import OptionError, RangeError, ShapeError
from clearprop.losses import SparseCategoricalCrossentropy

P = np.full((4, 3), 1 / 3)
ONE_HOT = np.eye(3)[[0, 1, 2, 0]]


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
