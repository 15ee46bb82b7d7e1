"""The networks that are calculated by hand come out to the digits that are given for them."""

import numpy as np
import pytest

from tests.examples.running import example, result


def test_apples():
    numbers = result("apples")
    wanted = {
        "total": 220,
        "∂total/∂price": 2.2,
        "∂total/∂count": 110,
        "∂total/∂tax": 200,
        "∂total/∂goods": 1.1,
        "loss": 0.5,
        "price + 1": 5.12,
        "price + 1, change": 4.62,
        "count + 1": 6160.5,
        "count + 1, change": 6160,
        "tax + 0.01": 4.5,
        "tax + 0.01, change": 4,
        "price + 1, predicted": 2.2,
        "count + 1, predicted": 110,
        "tax + 0.01, predicted": 2,
    }
    assert numbers == pytest.approx(wanted, rel=1e-12)


def test_one_hidden_value():
    numbers = result("one_hidden_value")
    wanted = {
        "prediction": 0.512372477962617,
        "error": 0.487627522037383,
        "output term": 0.1218322353606694,
        "hidden term": 0.003045501323732555,
        "output step": 0.030153488404045865,
    }
    assert {name: numbers[name] for name in wanted} == pytest.approx(wanted, rel=1e-14)
    np.testing.assert_array_equal(numbers["hidden step"].round(8), [0.00015228, 0.00045683])


def test_which_sign_brings_the_prediction_nearer():
    numbers = result("one_hidden_value")
    assert numbers["subtracted"] < numbers["prediction"] < numbers["added"] < 1


def test_the_classic_calculation():
    numbers = result("hand_calculation")
    wanted = {"E": 0.298371109, "w5": 0.082167041, "w5⁺": 0.358916480, "product": 0.082167041}
    assert {name: round(numbers[name], 9) for name in wanted} == wanted


def test_the_three_factors():
    # By the formulas themselves: error, slope of the sigmoid, and what w5 is multiplied by.
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    h1 = sigmoid(0.05 * 0.15 + 0.10 * 0.20 + 0.35)
    h2 = sigmoid(0.05 * 0.25 + 0.10 * 0.30 + 0.35)
    o1 = sigmoid(h1 * 0.40 + h2 * 0.45 + 0.60)
    wanted = {"∂E/∂o1": o1 - 0.01, "∂o1/∂sum": o1 * (1 - o1), "∂sum/∂w5": h1}
    numbers = result("hand_calculation")
    assert {name: numbers[name] for name in wanted} == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize(
    ("net", "wanted"),
    [
        (
            "1-1",
            {"y": 7, "E": 4.5, "yE": -3, "wE": -6, "bE": -3, "w⁺": 3.06, "b⁺": 1.03},
        ),
        (
            "2-1",
            {
                "y": 19, "E": 32, "yE": -8, "w1E": -16, "w2E": -24, "bE": -8,
                "w1⁺": 3.16, "w2⁺": 4.24, "b⁺": 1.08,
            },
        ),
        (
            "2-2",
            {
                "y1": 19, "y2": 30, "E": 1832, "y1E": -8, "y2E": 60,
                "w1E": -16, "w2E": -24, "b1E": -8, "w3E": 120, "w4E": 180, "b2E": 60,
                "w1⁺": 3.16, "w2⁺": 4.24, "b1⁺": 1.08, "w3⁺": 3.8, "w4⁺": 4.2, "b2⁺": 1.4,
            },
        ),
    ],
)  # fmt: skip
def test_the_seven_formulas_at_the_first_step(net, wanted):
    formulas = result("seven_formulas")[f"{net} first step"]
    assert {name: formulas[name] for name in wanted} == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize(
    ("epochs", "y", "w", "b", "digits"),
    [(2, 7.15, 3.117, 1.0585, 12), (20, 8.868, 3.770, 1.385, 3), (200, 10.0, 4.2, 1.6, 3)],
)
def test_one_weight_and_one_bias_over_time(epochs, y, w, b, digits):
    found = result("seven_formulas")[f"1-1 after {epochs}"]
    got = [*found["y"], *np.concatenate([np.ravel(v) for v in found["weights"]])]
    assert [round(v, digits) for v in got] == [y, w, b]


@pytest.mark.parametrize(
    ("task", "epoch"),
    [
        ("1-1 lr 0.01 within 200", 172),
        ("1-1 lr 0.05 within 200", 31),
        ("1-1 lr 0.005 within 200", None),
        ("1-1 lr 0.005 within 2000", 349),
        ("2-1 lr 0.01 within 2000", 65),
        ("2-2 lr 0.01 within 2000", 79),
        ("2-2-2 lr 0.01 within 2000", 665),
    ],
)
def test_the_epoch_at_which_the_error_is_small(task, epoch):
    assert result("seven_formulas")[task]["epoch"] == epoch


@pytest.mark.parametrize(
    ("task", "y", "weights"),
    [
        ("1-1 lr 0.01 within 200", [10.0], [4.2, 1.6]),
        ("1-1 lr 0.005 within 200", [9.981], [4.192, 1.596]),
        ("2-1 lr 0.01 within 2000", [27.0], [4.143, 5.714, 1.571]),
        (
            "2-2 lr 0.01 within 2000",
            [27.0, -30.0],
            [4.143, -3.571, 5.714, -6.857, 1.571, -2.286],
        ),
        ("2-2-2 lr 0.01 within 2000", [0.010, 0.990], None),
    ],
)
def test_where_training_ends(task, y, weights):
    found = result("seven_formulas")[task]
    np.testing.assert_array_equal(np.round(found["y"], 3), y)
    if weights is not None:
        flat = np.concatenate([np.ravel(v) for v in found["weights"]])
        np.testing.assert_array_equal(flat.round(3), weights)


@pytest.mark.parametrize("rate", [0.0101, 0.0099])
def test_another_rate_is_another_epoch(rate):
    assert example("seven_formulas").until_small("1-1", rate)["epoch"] != 172
