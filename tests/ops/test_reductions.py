"""Reductions where they are delicate: zeros among factors, whole numbers, nothing to reduce."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.reading import evaluate
from clearprop.errors import OptionError, ShapeError


def slopes_of_product(x):
    """Multiply the others, for each one in turn: the definition."""
    return np.array([np.prod(np.delete(x, i)) for i in range(x.size)])


def check_product(prod, x):
    found = cp.grad(prod)(x).numpy()
    np.testing.assert_allclose(found, slopes_of_product(x), rtol=1e-14)


@pytest.mark.parametrize(
    "x",
    [
        [2.0, 3.0, 4.0],
        [2.0, 0.0, 4.0, 5.0, 6.0],
        [0.0, 3.0, 0.0, 5.0],
        [0.0, 0.0, 0.0],
        [7.0],
        list(np.linspace(-2, 2, 17)),
    ],
)
def test_a_product_with_zeros(x):
    x = np.array(x)
    check_product(cp.prod, x)
    check_product(lambda x: cp.cumulative_prod(x)[-1], x)
    np.testing.assert_allclose(cp.prod_of_others(x).numpy(), slopes_of_product(x), rtol=1e-14)


def test_a_rule_that_divides_is_rejected():
    def divided(x):
        found = cp.prod(x.detach()) / x.detach()
        return (found * x).sum()

    check_product(divided, np.array([2.0, 3.0]))
    with np.errstate(invalid="ignore"), pytest.raises(AssertionError):
        check_product(divided, np.array([2.0, 0.0]))


def test_second_derivatives_of_a_product_with_zeros():
    found = cp.hessian(cp.prod)(np.array([0.0, 0.0, 5.0])).numpy()
    np.testing.assert_array_equal(found, [[0, 5, 0], [5, 0, 0], [0, 0, 0]])
    found = cp.hessian(lambda x: cp.cumulative_prod(x).sum())(np.array([0.0, 0.0, 5.0])).numpy()
    np.testing.assert_array_equal(found, [[0, 6, 0], [6, 0, 0], [0, 0, 0]])


def test_whole_numbers_as_numpy_has_them():
    x = np.array([[1, 2], [3, 5]], np.int32)
    assert cp.mean(x).item() == 2.75
    assert cp.sum(x).dtype == np.int64
    assert cp.prod(x).item() == 30
    assert cp.var(x, axis=0, correction=1).tolist() == [2.0, 4.5]
    assert cp.max(x).dtype == np.int32
    assert cp.sum(x > 1).item() == 3
    assert cp.cumulative_sum(x, axis=1).tolist() == [[1, 3], [3, 8]]
    assert cp.argmax(x, axis=1).dtype == np.int64
    assert cp.count_nonzero(np.array([0.5, 0.0, np.nan])).item() == 2


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std", "logsumexp"])
def test_one_number_and_no_axes(name):
    f = getattr(cp, name)
    still = name in ("var", "std")
    y, pull = cp.vjp(f, 2.5)
    assert y.item() == (0.0 if still else 2.5)
    assert pull(3.0)[0].item() == (0.0 if still else 3.0)
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    y, pull = cp.vjp(lambda x: f(x, axis=()), x)
    np.testing.assert_allclose(y.numpy(), 0 * x if still else x)
    np.testing.assert_allclose(pull(x)[0].numpy(), 0 * x if still else x)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min"])
def test_readings_without_axes(name):
    f = getattr(cp, name)
    assert evaluate(f.reading((), np.float64(2.5)), [np.float64(2.5)]) == 2.5
    x = np.array([[1.0, 2.0]])
    assert evaluate(f.reading((0, 1), x, axis=()), [x]) == 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: cp.sum(x, axis=2), r"axis 2 of an array with axes -2 to 1"),
        (lambda x: cp.max(x[:0]), r"among no elements none is the largest.*\(0, 3\)"),
        (lambda x: cp.argmin(x[:0], axis=0), r"no place to find.*\(0, 3\)"),
        (lambda x: cp.logsumexp(x[:, :0]), r"among no elements"),
        (lambda x: cp.cumulative_sum(x), r"shape \(2, 3\) needs an axis.*axis=0"),
        (lambda x: cp.cumulative_prod(x, axis=5), r"axis 5"),
    ],
)
def test_shapes_that_cannot_be(call, message):
    with pytest.raises(ShapeError, match=message):
        call(cp.tensor(np.ones((2, 3))))


def test_nothing_left_to_divide_a_variance_by():
    for f in (cp.var, cp.std):
        with pytest.raises(OptionError, match=r"2 - 2 is not above 0; give more elements"):
            f(np.ones((2, 3)), axis=0, correction=2)


def test_an_empty_sum_is_zero_and_an_empty_product_one():
    assert cp.sum(np.ones((0, 2)), axis=0).tolist() == [0.0, 0.0]
    assert cp.prod(np.ones((0, 2)), axis=0).tolist() == [1.0, 1.0]
    assert cp.grad(lambda x: cp.prod(x, axis=0).sum())(np.ones((0, 2))).shape == (0, 2)
