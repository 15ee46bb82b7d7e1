"""Numbers by hand: gradients, values on the way forward and deltas, as far as they are rounded."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.doctor import check
from clearprop.errors import OptionError

X, Y = np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]])
W = [
    np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([0.35, 0.35]),
    np.array([[0.4, 0.5], [0.45, 0.55]]), np.array([0.6, 0.6]),
]  # fmt: skip


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(bias=True):
    """The numbers of a network of two sigmoid layers and ½ squared error, in NumPy."""
    b1, b2 = (W[1], W[3]) if bias else (0 * W[1], 0 * W[3])
    z1 = X @ W[0] + b1
    h = sigmoid(z1)
    z2 = h @ W[2] + b2
    o = sigmoid(z2)
    d2 = (o - Y) * o * (1 - o)  # the mean over the two outputs takes the 2 away
    d1 = d2 @ W[2].T * h * (1 - h)
    return {
        "h1.sum": z1[0, 0], "h1": h[0, 0], "h2": h[0, 1], "o1.sum": z2[0, 0], "o1": o[0, 0],
        "o2": o[0, 1], "E": np.mean((o - Y) ** 2), "o1.delta": d2[0, 0], "δh2": d1[0, 1],
        "w5": (h.T @ d2)[0, 0], "w1": (X.T @ d1)[0, 0],
    }  # fmt: skip


def model(bias=True):
    net = cp.Sequential([
        cp.layers.Input((2,)),
        cp.layers.Dense(2, activation="sigmoid", use_bias=bias),
        cp.layers.Dense(2, activation="sigmoid", use_bias=bias),
    ])  # fmt: skip
    net.compile(optimizer="sgd", loss="mse")
    net.set_weights(W if bias else [W[0], W[2]])
    return net


def judged(numbers, bias=True, **more):
    return check(numbers, model=model(bias), x=X, y=Y, **{"digits": 4, **more})


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("digits", [2, 4, 6])
def test_right_as_far_as_they_are_rounded(bias, digits):
    rounded = {name: round(float(v), digits) for name, v in by_hand(bias).items()}
    report = judged(rounded, bias, digits=digits)
    assert report.sound
    assert report.to_text("en").startswith("The numbers are right: h1.sum, h1")


def test_text_says_its_own_digits():
    assert judged({"h1": f"{by_hand()['h1']:.3f}"}, digits=None).sound
    assert judged({"h1": f"{by_hand()['h1'] + 0.002:.3f}"}, digits=None).sound is False


def test_the_first_wrong_value_is_where_to_begin():
    numbers = by_hand()
    report = judged({**numbers, "o2": numbers["o2"] + 0.01, "h2": numbers["h2"] - 0.01})
    assert report.sound is False
    assert report.ids == ()
    assert "Begin with h2" in report.to_text("en")
    assert "h2부터" in report.to_text("ko")


def test_wrong_gradients_have_their_name():
    numbers = {k: -v if k in ("o1.delta", "δh2", "w5", "w1") else v for k, v in by_hand().items()}
    assert judged(numbers).ids == ("sign-delta",)


def test_both_a_value_and_a_gradient():
    numbers = {k: -v if k in ("o1.delta", "δh2", "w5", "w1") else v for k, v in by_hand().items()}
    report = judged({**numbers, "E": 9.0})
    assert report.ids == ("sign-delta",)
    assert "E is 0.298" in report.to_text("en")


@pytest.mark.parametrize(
    ("address", "near"), [("h9", "h1"), ("w99", "w"), ("h1.dleta", "h1.delta")]
)
def test_addresses_that_there_are_not(address, near):
    with pytest.raises(OptionError, match=near):
        judged({address: 1.0})


def test_of_several_examples_there_is_no_one_value():
    with pytest.raises(OptionError, match="h1"):
        check({"h1": 0.5}, model=model(), x=np.repeat(X, 2, 0), y=np.repeat(Y, 2, 0))
