"""What pushed a prediction: signed parts that add up to what it came to."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import claims, verify
from tests.explain.nets import random_dense


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy"])
def test_they_add_up(activation, loss):
    rng = np.random.default_rng(6)
    model, x, _ = random_dense(
        rng, activation=activation, loss=loss, optimizer="sgd", sizes=(9, 5, 3), samples=2
    )
    e = cp.pushes(model, "dense_1/output[1]", x=x, sample=1, top=4)
    total = cp.why(model, "dense_1/sum[1]", x=x, sample=1).value
    assert e.value == pytest.approx(total)
    assert sum(e.facts["pushes"]) + e.facts["rest"] == pytest.approx(total)
    assert evaluate(e.steps[0].formula) == pytest.approx(total)
    assert e.steps[0].formula.rest_count == 9 - 4
    for lang in ("ko", "en"):
        text = e.to_text(lang=lang)
        assert list(claims(text))
        assert verify(text) == []


def test_of_relus_they_are_exact():
    rng = np.random.default_rng(7)
    model, x, _ = random_dense(
        rng, activation="relu", loss="mse", optimizer="sgd", sizes=(4, 6, 2), samples=1
    )
    w1, b1, w2, b2 = (w.astype(float) for w in model.get_weights())
    on = (x[0] @ w1 + b1) > 0
    by_hand = x[0] * (w1[:, on] @ w2[on, 0])
    e = cp.pushes(model, "dense_1/sum[0]", x=x[0])
    assert e.facts["pushes"] == pytest.approx(by_hand)
    assert e.facts["rest"] == pytest.approx(b1[on] @ w2[on, 0] + b2[0])


def test_an_images_pushes_are_drawn():
    model = cp.Sequential([cp.Input((3, 2)), cp.layers.Flatten(), cp.layers.Dense(2)])
    image = np.arange(6.0).reshape(3, 2)
    e = cp.pushes(model, "dense/output[1]", x=image)
    picture = cp.draw.contributions(
        image, np.reshape(e.facts["pushes"], (3, 2)), rest=e.facts["rest"]
    )
    assert str(picture).startswith("<svg")


def test_what_is_no_unit_is_said():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(2)])
    with pytest.raises(OptionError, match="are of a unit"):
        cp.pushes(model, "w1", x=[1.0, 2.0])
    with pytest.raises(OptionError, match="sample 4 of 1"):
        cp.pushes(model, "o1", x=[1.0, 2.0], sample=4)
    with pytest.raises(AddressError, match="o7"):
        cp.pushes(model, "o7", x=[1.0, 2.0])


def test_hidden_units_push_too():
    rng = np.random.default_rng(6)
    model, x, _ = random_dense(
        rng, activation="tanh", loss="mse", optimizer="sgd", sizes=(4, 5, 3), samples=2
    )
    e = cp.pushes(model, "dense_1/output[1]", x=x, sample=1, through="dense", lang="en")
    hidden = [cp.why(model, f"h{j + 1}", x=x, sample=1).value for j in range(5)]
    kernel = model.layers[-1].get_weights()[0][:, 1]
    assert e.facts["pushes"] == pytest.approx(hidden * kernel)
    assert e.facts["rest"] == pytest.approx(model.layers[-1].get_weights()[1][1])
    assert verify(e.to_text()) == []
    with pytest.raises(AddressError, match="dense"):
        cp.pushes(model, "o1", x=x, through="dnse")
    with pytest.raises(OptionError, match="depend"):
        cp.pushes(model, "h1", x=x, through="dense_1")


def test_all_inputs_push_a_network_of_several():
    a, b = cp.Input((2,), name="a"), cp.Input((1,), name="b")
    joined = cp.layers.Concatenate()([a, b])
    model = cp.Model([a, b], cp.layers.Dense(1, name="out")(joined))
    model.set_weights([np.array([[2.0], [-1.0], [3.0]]), np.array([0.5])])
    e = cp.pushes(model, "out/output[0]", x=[np.array([[3.0, 4.0]]), np.array([[5.0]])], lang="en")
    assert e.facts["pushes"] == [6.0, -4.0, 15.0]
    assert e.facts["rest"] == 0.5
    assert "b[0] · " in e.to_text()
