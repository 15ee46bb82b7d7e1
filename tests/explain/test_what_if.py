"""What a change would do: predicted by the gradient, exact, and the difference."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic


def loss(price=100.0, count=2.0, tax=1.1):
    return (price * count * tax - 219) ** 2 / 2


@pytest.mark.parametrize(
    ("changes", "predicted", "exact"),
    [
        ({"price": +1}, 2.2, 4.62),
        ({"count": +1}, 110, 6160),
        ({"tax": +0.01}, 2, 4),
    ],
)
def test_the_apples(changes, predicted, exact):
    answer = cp.what_if(loss, changes)
    assert answer.before == pytest.approx(0.5)
    assert answer.predicted == pytest.approx(predicted)
    assert answer.exact == pytest.approx(exact)
    assert answer.remainder == pytest.approx(exact - predicted)


def test_several_changes_at_once_are_predicted_one_by_one():
    answer = cp.what_if(loss, {"price": 1, "tax": 0.01})
    assert answer.predicted == pytest.approx(2.2 + 2)
    assert answer.after == pytest.approx((101 * 2 * 1.11 - 219) ** 2 / 2)


def test_a_network_is_asked_by_address():
    model = classic()
    answer = cp.what_if(model, {"w5": 0.01, "x1": -0.05}, x=CLASSIC_X, y=CLASSIC_Y)
    assert answer.before == pytest.approx(0.298371109, rel=1e-6)
    moved = model.get_weights()
    moved[2] = moved[2] + np.array([[0.01, 0], [0, 0]], np.float32)
    model.set_weights(moved)
    exact = cp.why(model, "E", x=[0.0, 0.10], y=CLASSIC_Y).value
    assert answer.after == pytest.approx(exact, rel=1e-6)
    assert abs(answer.remainder) < 0.01 * abs(answer.exact)


def test_asking_does_not_change_the_network():
    model = classic()
    cp.what_if(model, {"w5": 0.5}, x=CLASSIC_X, y=CLASSIC_Y)
    assert model.get_weights()[2][0, 0] == np.float32(0.4)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_text_is_true(lang):
    text = cp.what_if(loss, {"price": 1, "count": 1}, lang=lang).to_text()
    assert len(list(claims(text))) == 3
    assert verify(text) == []
    assert ("실제 변화" in text) == (lang == "ko")


def test_rounding_is_not_called_curvature():
    straight = cp.what_if(lambda a, b: a * b * 1.1, {"a": 1}, at={"a": 100.0, "b": 2.0})
    assert "0, but for rounding" in straight.to_text(lang="en")
    assert "0 (반올림 오차 제외)" in straight.to_text(lang="ko")
    bent = cp.what_if(lambda a: a * a, {"a": 1e-6}, at={"a": 1.0})
    assert "e-12" in bent.to_text(lang="en").splitlines()[-1]


def test_what_cannot_be_asked_is_said():
    with pytest.raises(OptionError, match="did you mean 'price'"):
        cp.what_if(loss, {"prise": 1})
    with pytest.raises(OptionError, match="'x' has no default"):
        cp.what_if(lambda x: x, {"x": 1})
    with pytest.raises(OptionError, match="the loss needs a batch"):
        cp.what_if(classic(), {"w5": 1})
    with pytest.raises(AddressError, match="w50"):
        cp.what_if(classic(), {"w50": 1}, x=CLASSIC_X, y=CLASSIC_Y)
    with pytest.raises(OptionError, match="only inputs and weights"):
        cp.what_if(classic(), {"h1": 1}, x=CLASSIC_X, y=CLASSIC_Y)
