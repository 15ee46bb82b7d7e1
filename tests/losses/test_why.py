"""Every loss answers `why`: of itself and of a weight, with the engine's numbers."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import verify
from tests.losses.kinds import KINDS, NOT_KERAS, O, data

LAST = {
    "answers": "sigmoid",
    "one-hot": "softmax",
    "labels": "softmax",
    "counts": "exponential",
}
OF_ITS_OWN = {
    "Circle": None,
    "CategoricalHinge": None,
    "MeanSquaredLogarithmicError": "exponential",  # below 0 it has no slope
}


def network(name):
    """Give a small network with the loss, and a batch that fits."""
    rng = np.random.default_rng(3)
    y, p = data(name, {}, "float32")
    n = 5 if name in ("CTC", "Circle") else 3
    if name == "Circle":
        y = np.array([0, 1, 0, 1, 2])
    x = rng.standard_normal((n, *p.shape[1:-1], 3)).astype("float32")
    last = OF_ITS_OWN.get(name, LAST.get({**KINDS, **NOT_KERAS}[name]))
    model = cp.Sequential([cp.Input(x.shape[1:]), cp.layers.Dense(O, activation=last, name="d")])
    loss = losses.Circle(gamma=2.0) if name == "Circle" else losses.get(name)
    model.set_weights([rng.standard_normal((3, O)) / 2, rng.standard_normal(O)])
    model.compile(cp.optimizers.SGD(1.0), loss)
    return model, x, y[:n]


@pytest.mark.parametrize("name", losses.LOSSES)
def test_each_loss_answers_why(name):
    model, x, y = network(name)
    of_loss = cp.why(model, "loss", x=x, y=y)
    of_weight = cp.why(model, "d/kernel[1,2]", x=x, y=y, depth=None)
    before = model.get_weights()[0]
    loss = model.train_on_batch(x, y)
    gradient = (before - model.get_weights()[0])[1, 2]
    assert loss != 0
    assert abs(gradient) > 1e-4
    assert of_loss.value == pytest.approx(loss, rel=1e-5)
    assert of_weight.value == pytest.approx(gradient, rel=1e-4, abs=1e-6)
    for e in (of_loss, of_weight):
        assert e.steps
        for step in e.steps:
            if step.formula is not None:
                assert evaluate(step.formula) == pytest.approx(step.value, rel=1e-9, abs=1e-12)
        assert verify(str(e)) == []


@pytest.mark.parametrize("name", losses.LOSSES)
def test_each_recorded_loss_answers_why(name):
    y, p = data(name, {}, "float64")
    loss = losses.get(name)(y, cp.tensor(p))
    e = cp.why(loss)
    assert e.value == loss.item()
    assert verify(str(e)) == []


def test_a_masked_loss_says_what_it_is_the_mean_of():
    p = cp.tensor([[1.0, 5.0]], name="p")
    loss = losses.FunctionLoss(lambda t, y: (y - t) * 2.0)([[0.0, 0.0]], p, mask=[[True, False]])
    assert loss.item() == 2.0
    e = cp.why(loss, depth=None)
    assert "mask" in str(e)
    loss.backward()
    assert p.grad.tolist() == [[2.0, 0.0]]


def test_a_number_that_is_not_the_engines_is_noticed():
    model, x, y = network("Huber")
    other, _, _ = network("MeanSquaredError")
    weight = cp.why(model, "d/kernel[1,2]", x=x, y=y).value
    assert cp.why(other, "d/kernel[1,2]", x=x, y=y).value != pytest.approx(weight, rel=1e-3)
