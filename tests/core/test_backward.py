"""`Tensor.backward`: what it leaves in `.grad`, where, and when it refuses."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import GradientError, ShapeError


def test_the_gradient_of_a_small_network_by_hand():
    x = cp.tensor([[1.0, 2.0]], requires_grad=False)
    w = cp.tensor([[0.5, -1.0], [0.25, 0.75]], name="w")
    b = cp.tensor([0.1, 0.2])
    h = cp.tanh(x @ w + b)
    h.sum().backward()
    slope = 1 - np.tanh(np.array([[1.0, 2.0]]) @ w.numpy() + b.numpy()) ** 2
    np.testing.assert_allclose(w.grad.numpy(), np.array([[1.0], [2.0]]) * slope)
    np.testing.assert_allclose(b.grad.numpy(), slope[0])
    assert x.grad is None


def test_gradients_add_up_over_calls_until_they_are_dropped():
    x = cp.tensor([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    y.backward()
    (3 * x).sum().backward()
    assert x.grad.tolist() == [7.0, 11.0]
    x.grad = None
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_the_upstream_gradient_weighs_the_elements():
    x = cp.tensor([1.0, 2.0, 3.0])
    (x * x).backward([1.0, 10.0, 100.0])
    assert x.grad.tolist() == [2.0, 40.0, 600.0]


def test_one_element_of_any_shape_needs_no_upstream_gradient():
    x = cp.tensor([[3.0]])
    (x * x).backward()
    assert x.grad.tolist() == [[6.0]]


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (None, r"shape \(3,\) needs the upstream gradient .* y\.sum\(\)\.backward\(\)"),
        ([1.0], r"got shape \(1,\); this tensor has shape \(3,\)"),
        ([[1.0, 1.0, 1.0]], r"got shape \(1, 3\)"),
    ],
)
def test_an_upstream_gradient_that_does_not_fit(gradient, said):
    x = cp.tensor([1.0, 2.0, 3.0])
    with pytest.raises(ShapeError, match=said):
        (x * x).backward(gradient)


def test_a_tensor_used_several_times_gets_the_sum_of_its_shares():
    x = cp.tensor(3.0)
    a = x * x
    b = a + x
    (a * b * x).backward()
    assert x.grad.item() == 5 * 3.0**4 + 4 * 3.0**3  # x⁵ + x⁴


def test_both_inputs_may_be_the_same():
    x = cp.tensor(3.0)
    (x * x).backward()
    assert x.grad.item() == 6.0


def test_a_diamond_is_walked_once():
    calls = []

    @cp.op("{x}", "{x}", shape=lambda x: x, cases=[])
    def counted(xp, x):
        return x

    counted.vjp(x=lambda xp, g, y, x: calls.append(1) or g)
    x = cp.tensor(2.0)
    y = counted(x)
    for _ in range(10):
        y = y + y
    y.backward()
    assert x.grad.item() == 1024.0
    assert len(calls) == 1


def test_only_leaves_get_a_gradient_unless_they_ask():
    x = cp.tensor(3.0)
    h, k = x * x, x + 1
    k.retain_grad()
    (h * k).backward()
    assert h.grad is None
    assert k.grad.item() == 9.0
    assert x.grad.item() == 3 * 9.0 + 6.0


def test_the_result_itself_can_keep_its_gradient():
    x = cp.tensor(3.0)
    y = (x * x).retain_grad()
    y.backward(2.0)
    assert y.grad.item() == 2.0
    assert x.grad.item() == 12.0


def test_a_leaf_is_its_own_result():
    x = cp.tensor(3.0)
    x.backward()
    assert x.grad.item() == 1.0


def test_a_gradient_has_the_kind_of_number_of_what_it_belongs_to():
    single, double = cp.tensor([1.0], dtype="float32"), cp.tensor([2.0])
    y = (single * double).retain_grad()
    y.backward([3])  # whole numbers, from a list
    assert (single.grad.dtype, double.grad.dtype, y.grad.dtype) == ("f4", "f8", "f8")
    z = single.retain_grad()
    z.backward(np.ones(1))
    assert z.grad.dtype == np.float32


def test_single_precision_stays_single():
    x = cp.tensor(np.ones((2, 3), np.float32))
    y = cp.exp(x * 2 + 1.5) / 3
    assert y.dtype == np.float32
    y.mean().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1), (2, 0, 3)])
def test_shapes_with_nothing_or_with_one(shape):
    x = cp.tensor(np.full(shape, 2.0))
    (cp.exp(x) * x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.full(shape, 3 * np.exp(2.0)))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((), (2, 3)),
        ((3,), (2, 3)),
        ((1, 3), (2, 3)),
        ((2, 1), (2, 3)),
        ((2, 1), (1, 3)),
        ((1,), (2, 3)),
        ((1, 1, 1), (2,)),
        ((1, 3), (0, 3)),
        ((4, 1, 3), (2, 1)),
    ],
)
def test_what_was_repeated_is_added_up(a, b):
    rng = np.random.default_rng(0)
    x, y = cp.tensor(rng.standard_normal(a)), cp.tensor(rng.standard_normal(b))
    z = x * y
    g = rng.standard_normal(z.shape)
    z.backward(g)
    ones = np.ones(z.shape)
    for t, other in ((x, y), (y, x)):
        whole = g * other.numpy() * ones
        axes = tuple(range(whole.ndim - t.ndim)) + tuple(
            i + whole.ndim - t.ndim
            for i, n in enumerate(t.shape)
            if n == 1 and whole.shape[i + whole.ndim - t.ndim] != 1
        )
        np.testing.assert_allclose(t.grad.numpy(), whole.sum(axis=axes).reshape(t.shape))


def test_nan_and_infinity_are_passed_on_as_they_are():
    x = cp.tensor([np.nan, np.inf, 1.0])
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [np.nan, np.inf, 2.0])


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.detach() * 2,
        lambda x: cp.tensor(x.numpy(), requires_grad=False) * 2,
        lambda x: x > 0,
        lambda x: x.astype("int64") * 2,
        lambda x: cp.argmax(x),
    ],
    ids=["detached", "constant", "compared", "whole", "a place"],
)
def test_nothing_to_go_back_to(make):
    y = make(cp.tensor([1.0, 2.0])).sum()
    assert not y.requires_grad
    with pytest.raises(GradientError, match=r"backward\(\) needs a result .* requires_grad"):
        y.backward()
    with pytest.raises(GradientError, match="no gradient flows here"):
        y.retain_grad()


def test_comparisons_and_whole_numbers_are_constants_on_the_way():
    x = cp.tensor([-1.5, 2.5])
    (x * (x > 0) + x * x.astype("int64")).sum().backward()
    assert x.grad.tolist() == [-1.0, 3.0]


def test_detach_stops_the_gradient_on_one_way_only():
    x = cp.tensor(3.0)
    (x.detach() * x).backward()
    assert x.grad.item() == 3.0


def test_the_gradient_knows_where_it_came_from():
    x = cp.tensor(3.0)
    (x * x * x).backward()
    g = x.grad
    assert g.requires_grad
    x.grad = None
    g.backward()  # the second derivative
    assert x.grad.item() == 18.0


def test_variables_with_a_new_value_are_not_given_the_gradient_of_the_old():
    x = cp.tensor(3.0)
    y = x * x
    x.node = cp.tensor(5.0).node  # what assigning to a layer's weight does
    y.backward()
    assert x.grad is None


def test_an_axis_may_be_a_number_of_numpy():
    x = cp.tensor(np.arange(6.0).reshape(2, 3))
    cp.sum(cp.max(x, axis=np.int64(1)) * cp.mean(x, axis=np.int32(-1))).backward()
    assert x.grad.shape == (2, 3)
    assert cp.roll(x, shift=np.int64(1), axis=0).tolist() == [[3.0, 4.0, 5.0], [0.0, 1.0, 2.0]]


def test_constants_may_be_arrays_and_lists():
    x = cp.tensor([1.0, 2.0])
    (x * np.array([3.0, 4.0]) + [5.0, 6.0] * x).sum().backward()
    assert x.grad.tolist() == [8.0, 10.0]
