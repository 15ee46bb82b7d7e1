"""The linear networks that are trained by hand, number for number, in float64."""

import numpy as np
import pytest

import clearprop as cp
from tests.train.nets import linear

CLASSIC = [
    [[0.15, 0.25], [0.20, 0.30]], [0.35, 0.35],
    [[0.40, 0.50], [0.45, 0.55]], [0.60, 0.60],
]  # fmt: skip
NETS = {
    "1-1": (lambda: linear(1, 1, weights=[[[3]], [1]]), [[2]], [[10]]),
    "2-1": (lambda: linear(2, 1, weights=[[[3], [4]], [1]]), [[2, 3]], [[27]]),
    "2-2": (lambda: linear(2, 2, weights=[[[3, 5], [4, 6]], [1, 2]]), [[2, 3]], [[27, -30]]),
    "2-2-2": (lambda: linear(2, 2, 2, weights=CLASSIC), [[0.05, 0.10]], [[0.01, 0.99]]),
}


def trained(net, lr=0.01, epochs=2000, threshold=None):
    build, x, t = NETS[net]
    model = build()
    model.compile(cp.optimizers.SGD(lr), "half_sse")
    stop = [] if threshold is None else [cp.callbacks.StopAtLoss(threshold)]
    history = model.fit(x, t, epochs=epochs, callbacks=stop)
    return model, history, model.predict(x)


@pytest.mark.parametrize(
    ("net", "lr", "epoch"),
    [
        ("1-1", 0.01, 172),
        ("1-1", 0.05, 31),
        ("1-1", 0.005, 349),
        ("2-1", 0.01, 65),
        ("2-2", 0.01, 79),
        ("2-2-2", 0.01, 665),
    ],
)
def test_epochs_until_the_error_is_small(net, lr, epoch):
    _, history, _ = trained(net, lr, threshold=1e-7)
    # The scripts count epochs from 0 and stop before the update that belongs to the small error.
    assert history.epoch[-1] == epoch
    assert history.history["loss"][-1] < 1e-7 <= history.history["loss"][-2]


def test_a_rate_that_is_too_small_for_200_epochs():
    _, history, y = trained("1-1", 0.005, epochs=200, threshold=1e-7)
    assert len(history.epoch) == 200
    assert round(y.item(), 3) == 9.981


@pytest.mark.parametrize(
    ("net", "loss", "weights"),
    [
        ("1-1", 4.5, [[[3.06]], [1.03]]),
        ("2-1", 32, [[[3.16], [4.24]], [1.08]]),
        ("2-2", 1832, [[[3.16, 3.8], [4.24, 4.2]], [1.08, 1.4]]),
    ],
)
def test_one_step(net, loss, weights):
    model, history, _ = trained(net, epochs=1)
    assert history.history["loss"] == [pytest.approx(loss, rel=1e-14)]
    for got, want in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-14)


@pytest.mark.parametrize(
    ("epochs", "y", "w", "b", "digits"),
    [(2, 7.15, 3.117, 1.0585, 12), (20, 8.868, 3.770, 1.385, 3), (200, 10.0, 4.2, 1.6, 3)],
)
def test_one_weight_and_one_bias_over_time(epochs, y, w, b, digits):
    model, history, _ = trained("1-1", epochs=epochs)
    before = 10 - np.sqrt(2 * history.history["loss"][-1])  # what the last epoch's error is of
    got = [before, *(v.item() for v in model.get_weights())]
    assert [round(v, digits) for v in got] == [y, w, b]


@pytest.mark.parametrize(
    ("net", "weights", "y"),
    [
        ("2-1", [[[4.143], [5.714]], [1.571]], [27.0]),
        ("2-2", [[[4.143, -3.571], [5.714, -6.857]], [1.571, -2.286]], [27.0, -30.0]),
    ],
)
def test_where_training_ends(net, weights, y):
    model, _, after = trained(net, threshold=1e-7)
    for got, want in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(got.round(3), want)
    np.testing.assert_array_equal(after[0].round(3), y)


def test_where_two_layers_end():
    _, _, y = trained("2-2-2", threshold=1e-7)
    np.testing.assert_array_equal(y.round(3), [[0.010, 0.990]])


@pytest.mark.parametrize(("lr", "epoch"), [(0.0101, 172), (0.01, 171)])
def test_the_count_is_sensitive(lr, epoch):
    _, history, _ = trained("1-1", lr, threshold=1e-7)
    assert history.epoch[-1] != epoch
