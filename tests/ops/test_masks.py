"""keep and where: gradients go to what was chosen, and nothing leaks from what was not."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY

LENGTHS = [3, 511, 512, 2000]  # NumPy's where up to a length, bits beyond it


def check_kept(keep, x, condition):
    found = keep(x, condition)
    expected = np.where(condition, x, np.zeros((), x.dtype))
    assert found.dtype == x.dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.int64])
@pytest.mark.parametrize("n", LENGTHS)
def test_keep(n, dtype):
    rng = np.random.default_rng(n)
    x = (10 * rng.standard_normal(n)).astype(dtype)
    if x.dtype.kind == "f":
        x[:3] = np.nan, np.inf, -0.0
    condition = rng.random(n) < 0.5
    check_kept(NUMPY.keep, x, condition)
    check_kept(NUMPY.keep, x[::-1], condition)
    check_kept(NUMPY.keep, x, np.broadcast_to(condition, (2, n)))
    check_kept(NUMPY.keep, np.broadcast_to(x, (2, n)), condition)
    check_kept(NUMPY.keep, x, condition.astype(np.int8))


def test_a_mask_that_only_multiplies_is_rejected():
    x, condition = np.array([np.nan, 1.0, 2.0]), np.array([False, True, False])
    with pytest.raises(AssertionError):
        check_kept(lambda x, condition: x * condition, x, condition)


def test_nothing_leaks_from_the_branch_not_taken():
    for f in (cp.relu, lambda x: cp.where(x > 0, x, 1.0), lambda x: cp.clip(x, min=0)):
        _, pull = cp.vjp(f, np.array([-1.0, 1.0]))
        np.testing.assert_array_equal(pull([np.inf, 3.0])[0].numpy(), [0.0, 3.0])


def test_no_gradient_flows_through_an_answer():
    x = cp.tensor([1.0, -2.0])
    for answer in (x > 0, x == 1, cp.isnan(x), cp.any(x), cp.argmax(x), cp.count_nonzero(x)):
        assert not answer.requires_grad
    found = cp.grad(lambda x: cp.where(x > 0, 3 * x, -x).sum())(x)
    assert found.tolist() == [3.0, -1.0]


def test_whole_numbers_pass_no_gradient_on():
    x = np.array([1.5, 2.5])
    found = cp.grad(lambda x: (cp.astype(x, np.int64) * x).sum())(x)
    assert found.tolist() == [1.0, 2.0]
    found = cp.grad(lambda x: (cp.astype(x, np.float32) * 2).sum())(x)
    assert found.tolist() == [2.0, 2.0]
    assert found.dtype == np.float64
