"""However large the input: no overflow, no NaN, no lost digits. (Warnings are errors here.)"""

import numpy as np
import pytest

import clearprop as cp

INF = float("inf")

# operation, input, value to all digits (computed with fifty)
PRECISE = [
    ("sigmoid", -700.0, 9.85967654375977e-305),
    ("sigmoid", -40.0, 4.248354255291589e-18),
    ("sigmoid", -2.0, 0.11920292202211756),
    ("sigmoid", 3.0, 0.9525741268224333),
    ("softplus", -40.0, 4.248354255291589e-18),
    ("softplus", -1.0, 0.3132616875182228),
    ("softplus", 1.0, 1.3132616875182228),
    ("log_sigmoid", -40.0, -40.0),
    ("log_sigmoid", -1.0, -1.3132616875182228),
    ("log_sigmoid", 1.0, -0.3132616875182228),
    ("log_sigmoid", 40.0, -4.248354255291589e-18),
    ("gelu", -1.0, -0.15865525393145705),
    ("gelu", 2.0, 1.9544997361036416),
    ("silu", -700.0, -6.90177358063184e-302),
    ("silu", -40.0, -1.6993417021166355e-16),
    ("silu", 2.0, 1.7615941559557649),
    ("mish", -40.0, -1.6993417021166355e-16),
    ("mish", 2.0, 1.9439589595339946),
    ("expm1", 1e-10, 1.00000000005e-10),
    ("log1p", 1e-10, 9.999999999500001e-11),
]

# operation, far input, value, slope there
FAR = [
    *[("sigmoid", -x, 0.0, 0.0) for x in (1e4, INF)],
    *[("sigmoid", x, 1.0, 0.0) for x in (1e4, INF)],
    *[("softplus", -x, 0.0, 0.0) for x in (1e4, INF)],
    *[("softplus", x, x, 1.0) for x in (1e4, INF)],
    *[("log_sigmoid", -x, -x, 1.0) for x in (1e4, INF)],
    *[("log_sigmoid", x, 0.0, 0.0) for x in (1e4, INF)],
    *[("tanh", x, np.sign(x), 0.0) for x in (-1e4, 1e4, -INF, INF)],
    *[("elu", x, -1.0, 0.0) for x in (-1e4, -INF)],
    *[("elu", x, x, 1.0) for x in (1e4, INF)],
    *[("celu", x, -1.0, 0.0) for x in (-1e4, -INF)],
    *[("celu", x, x, 1.0) for x in (1e4, INF)],
    ("selu", -1e4, -1.7580993408473766, 0.0),
    ("selu", 1e4, 10507.009873554804, 1.0507009873554805),
    *[(name, -1e4, 0.0, 0.0) for name in ("gelu", "silu", "mish")],
    *[(name, 1e4, 1e4, 1.0) for name in ("gelu", "silu", "mish", "squareplus")],
    ("softsign", -1e4, -0.9999, 0.0),
    *[("erf", x, np.sign(x), 0.0) for x in (-1e4, 1e4, -INF, INF)],
    *[("erfc", x, 1 - np.sign(x), 0.0) for x in (-1e4, 1e4, -INF, INF)],
    *[("relu", -x, 0.0, 0.0) for x in (1e4, INF)],
    *[("relu", x, x, 1.0) for x in (1e4, INF)],
    *[("hard_silu", -x, 0.0, 0.0) for x in (1e4,)],
    *[("hard_silu", x, x, 1.0) for x in (1e4, INF)],
]


def check_precise(f, x, expected, units=4):
    got = np.asarray(f(np.array([x])))[0]
    assert abs(got - expected) <= units * np.spacing(abs(expected)), (x, got, expected)


def check_far(f, x, expected, slope, dtype):
    y, pull = cp.vjp(f, np.array([x], dtype))
    found = pull(np.ones(1, dtype))[0]
    assert y.dtype == dtype
    assert found.dtype == dtype
    np.testing.assert_allclose(y.numpy(), [expected], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.numpy(), [slope], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "x", "expected"), PRECISE)
def test_precise_to_the_last_digits(name, x, expected):
    check_precise(getattr(cp, name), x, expected)


def test_the_left_tail_of_gelu():
    # x/√2 is rounded before its square is an exponent: that many units, and no more, are lost
    check_precise(cp.gelu, -10.0, -7.619853024160526e-23, units=100)
    check_precise(cp.gelu, -30.0, -1.472014178144456e-196, units=900)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "x", "expected", "slope"), FAR)
def test_far_out(name, x, expected, slope, dtype):
    check_far(getattr(cp, name), x, expected, slope, dtype)


BROKEN = [
    lambda x: 1 / (1 + cp.exp(-x)),  # overflows, and is the sigmoid otherwise
    lambda x: cp.sigmoid(x) + 1e-5,
    lambda x: cp.tanh(x / 2) / 2 + 0.5 + 0 * cp.exp(-x),
]


@pytest.mark.parametrize("f", BROKEN)
def test_an_overflow_or_a_wrong_value_far_out_is_rejected(f):
    with pytest.raises((AssertionError, RuntimeWarning)):
        check_far(f, -1e4, 0.0, 0.0, np.float64)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: cp.tanh(x / 2) / 2 + 0.5, -40.0, 4.248354255291589e-18),
        (lambda x: cp.log(1 + cp.exp(x)), -40.0, 4.248354255291589e-18),
        (lambda x: x * (1 + cp.erf(x / 2**0.5)) / 2, -5.0, -1.4332578593959695e-06),
        (lambda x: cp.exp(x) - 1, 1e-10, 1.00000000005e-10),
    ],
)
def test_lost_digits_are_rejected(f, x, expected):
    with pytest.raises(AssertionError):
        check_precise(f, x, expected)


@pytest.mark.parametrize(
    ("x", "expected", "share"),
    [
        ([1000.0, 1000.0], 1000 + np.log(2), [0.5, 0.5]),
        ([-1000.0, -1000.0], -1000 + np.log(2), [0.5, 0.5]),
        ([0.0, -1e5], 0.0, [1.0, 0.0]),
        ([-INF, 2.0], 2.0, [0.0, 1.0]),
        ([-INF, -INF], -INF, [0.0, 0.0]),
    ],
)
def test_logarithms_of_sums(x, expected, share):
    for y, pull in (
        cp.vjp(lambda x: cp.logsumexp(x), np.array(x)),
        cp.vjp(lambda x: cp.logaddexp(x[0], x[1]), np.array(x)),
    ):
        np.testing.assert_allclose(y.numpy(), expected, rtol=1e-15)
        np.testing.assert_allclose(pull(1.0)[0].numpy(), share, rtol=1e-12)


def test_one_infinite_among_the_logarithms():
    x = np.array([[INF, 1e3, -INF], [-INF, -INF, -INF], [1e3, 0.0, -1e3]])
    np.testing.assert_array_equal(cp.logsumexp(x, axis=1).numpy(), [INF, -INF, 1e3])
    assert cp.logsumexp(x, axis=1, keepdims=True).shape == (3, 1)


def test_nan_is_passed_on():
    x = np.array([np.nan, 1.0])
    for name in ("sigmoid", "softplus", "relu", "elu", "erf", "erfc", "gelu", "clip", "sqrt"):
        y = getattr(cp, name)(x).numpy()
        assert np.isnan(y[0]), name
        assert not np.isnan(y[1]), name
    assert np.isnan(cp.logsumexp(x).numpy())
    assert np.isnan(cp.max(x).numpy())
