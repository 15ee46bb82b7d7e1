"""Where there is no derivative, the convention that is stated is the one that holds."""

import numpy as np
import pytest

import clearprop as cp

SELU_LEFT = 1.0507009873554805 * 1.6732632423543772

# operation, parameters, corner, slope there
CORNERS = [
    ("abs", {}, 0.0, 0.0),
    ("relu", {}, 0.0, 0.0),
    ("relu", {}, -0.0, 0.0),
    ("relu6", {}, 0.0, 0.0),
    ("relu6", {}, 6.0, 0.0),
    ("leaky_relu", {}, 0.0, 0.2),
    ("leaky_relu", {"negative_slope": 0.01}, 0.0, 0.01),
    ("threshold", {"threshold": 1.5, "default_value": 0.0}, 1.5, 0.0),
    ("hard_tanh", {}, 1.0, 0.0),
    ("hard_tanh", {}, -1.0, 0.0),
    ("hard_sigmoid", {}, 3.0, 0.0),
    ("hard_sigmoid", {}, -3.0, 0.0),
    ("sparse_sigmoid", {}, 1.0, 0.0),
    ("sparse_sigmoid", {}, -1.0, 0.0),
    ("hard_silu", {}, -3.0, 0.0),
    ("hard_silu", {}, 3.0, 1.0),
    ("hard_shrink", {}, 0.5, 0.0),
    ("soft_shrink", {}, -0.5, 0.0),
    ("elu", {"alpha": 0.5}, 0.0, 0.5),
    ("selu", {}, 0.0, SELU_LEFT),
    ("celu", {"alpha": 0.5}, 0.0, 1.0),
    ("sparse_plus", {}, -1.0, 0.0),
    ("sparse_plus", {}, 1.0, 1.0),
    ("clip", {"min": -1.0, "max": 2.0}, -1.0, 1.0),
    ("clip", {"min": -1.0, "max": 2.0}, 2.0, 1.0),
    ("clip", {"min": -1.0, "max": 2.0}, 2.5, 0.0),
    ("floor", {}, 2.0, 0.0),
    ("ceil", {}, 2.0, 0.0),
    ("trunc", {}, -2.0, 0.0),
    ("round", {}, 0.5, 0.0),
    ("sign", {}, 0.0, 0.0),
]


def check_slope(f, at, slope):
    found = cp.grad(lambda x: f(x).sum())(np.array([at]))
    assert found.numpy()[0] == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(("name", "params", "at", "slope"), CORNERS)
def test_slope_at_a_corner(name, params, at, slope):
    check_slope(lambda x: getattr(cp, name)(x, **params), at, slope)


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [
        (lambda x: cp.maximum(x, 0.0), 0.0, 0.0),  # halves what relu gives to nobody
        (lambda x: cp.where(x >= 0, x, 0.0), 0.0, 0.0),
        (lambda x: cp.minimum(cp.maximum(x, -1.0), 2.0), 2.0, 1.0),
    ],
)
def test_another_convention_is_rejected(f, at, slope):
    with pytest.raises(AssertionError):
        check_slope(f, at, slope)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_two_that_tie_get_half_each(name):
    a, b = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])
    of_a, of_b = cp.grad(lambda a, b: (getattr(cp, name)(a, b) * 6).sum(), argnums=(0, 1))(a, b)
    first = [3.0, 0.0, 6.0] if name == "maximum" else [3.0, 6.0, 0.0]
    np.testing.assert_array_equal(of_a.numpy(), first)
    np.testing.assert_array_equal(of_b.numpy(), 6 - np.array(first))


@pytest.mark.parametrize("name", ["max", "min"])
def test_several_extremes_share_equally(name):
    sign = 1 if name == "max" else -1
    x = sign * np.array([[2.0, 1.0, 2.0], [0.0, 5.0, 1.0], [3.0, 3.0, 3.0]])
    found = cp.grad(lambda x: (getattr(cp, name)(x, axis=1) * [6.0, 12.0, 3.0]).sum())(x)
    np.testing.assert_array_equal(found.numpy(), [[3, 0, 3], [0, 12, 0], [1, 1, 1]])


def test_hypot_at_the_origin_is_flat():
    a, b = cp.grad(lambda a, b: cp.hypot(a, b), argnums=(0, 1))(0.0, 0.0)
    assert (a.item(), b.item()) == (0.0, 0.0)


def test_no_spread_no_slope():
    x = np.array([[2.0, 2.0, 2.0], [1.0, 2.0, 3.0]])
    found = cp.grad(lambda x: cp.std(x, axis=1).sum())(x).numpy()
    np.testing.assert_array_equal(found[0], 0.0)
    np.testing.assert_allclose(found[1], np.array([-1, 0, 1]) / np.std(x[1]) / 3)
    again = cp.grad(lambda x: (cp.grad(lambda x: cp.std(x, axis=1).sum())(x) * x).sum())(x)
    assert np.isfinite(again.numpy()).all()


def test_powers_of_zero():
    x = np.zeros(4)
    exponents = np.array([0.0, 1.0, 2.0, 3.5])
    of_x, of_e = cp.grad(lambda x, e: (x**e).sum(), argnums=(0, 1))(x, exponents)
    np.testing.assert_array_equal(of_x.numpy(), [0, 1, 0, 0])
    np.testing.assert_array_equal(of_e.numpy(), 0.0)
    for exponent, slope in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)):
        check_slope(lambda x, e=exponent: x**e, 0.0, slope)
    assert cp.grad(lambda e: 0.0**e)(2.0).item() == 0.0


def test_powers_of_negative_numbers():
    check_slope(lambda x: x**3, -2.0, 12.0)
    check_slope(lambda x: x**-1, -2.0, -0.25)
    check_slope(lambda x: 2.0**x, 3.0, 8 * np.log(2))
    assert np.isnan(cp.grad(lambda e: (-2.0) ** e)(2.0).item())


def test_the_root_of_zero_is_infinitely_steep():
    with np.errstate(divide="ignore"):
        check_slope(cp.sqrt, 0.0, np.inf)
