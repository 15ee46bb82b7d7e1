"""Conventions: each number by another's definitions, true as printed, and right by definition."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, StateError
from clearprop.explain.conventions import Convention, Scale, ratio_of
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense

X = np.array([CLASSIC_X, [0.3, 0.4], [0.1, 0.7]])
Y = np.array([CLASSIC_Y, [0.1, 0.2], [0.5, 0.6]])
PRESETS = list(Convention.presets)


def loss_by_definition(outputs, targets, convention):
    squares = (outputs - targets) ** 2
    return {
        "book": squares.sum(1).mean() / 2,
        "bpnn": squares.sum() / 2,
        "keras": squares.mean(),
        "torch": squares.mean(),
        "sklearn": squares.mean() / 2,
    }[convention]


@pytest.mark.parametrize("loss", ["mse", "half_sse"])
@pytest.mark.parametrize("convention", PRESETS)
def test_the_loss_is_what_the_convention_defines(loss, convention):
    rng = np.random.default_rng(1)
    model, x, y = random_dense(rng, activation="tanh", loss=loss, optimizer="sgd", samples=5)
    e = cp.why(model, "E", x=x, y=y, convention=convention)
    expected = loss_by_definition(model.predict(x, verbose=0), y, convention)
    assert e.value == pytest.approx(expected, rel=1e-6)
    assert e.convention == convention


@pytest.mark.parametrize("convention", PRESETS)
@pytest.mark.parametrize("loss", ["mse", "half_sse"])
@pytest.mark.parametrize("address", ["w5", "w1", "h1.delta", "o1.gradient", "b1", "w5.next"])
def test_gradients_are_those_of_that_loss_and_true_as_printed(convention, loss, address):
    model = classic(loss=loss)
    for x, y in ((CLASSIC_X, CLASSIC_Y), (X, Y)):
        own = cp.why(model, address, x=x, y=y)
        e = cp.why(model, address, x=x, y=y, convention=convention, depth=None, lang="en")
        ratio = (
            cp.why(model, "E", x=x, y=y, convention=convention).value
            / cp.why(model, "E", x=x, y=y).value
        )
        sign = -1 if convention == "bpnn" else 1
        changed = 1.0 if address == "w5.next" else ratio * sign
        assert e.value == pytest.approx(own.value * changed, rel=1e-12)
        for step in e.steps:
            if step.formula is not None:
                assert evaluate(step.formula) == pytest.approx(step.value, rel=1e-9)
        for lang in ("ko", "en"):
            text = e.to_text(lang=lang)
            assert list(claims(text))
            assert verify(text) == []


def test_the_factor_is_a_step_of_its_own():
    model = classic(loss="mse")
    text = str(cp.why(model, "E", x=X, y=Y, convention="bpnn", lang="en"))
    assert "E = E (keras) · n_out · N / 2 = " in text
    assert "Follows bpnn" in text
    text = str(cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, convention="sklearn", lang="en"))
    assert "∂E/∂w5 = ∂E/∂w5 (keras) / 2 = 0.0821670 / 2 = 0.0410835" in text


def test_bpnn_turns_the_sign_and_adds_the_step():
    model = classic()
    e = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, convention="bpnn", depth=None, lang="en")
    text = str(e)
    assert "−∂E/∂w5 = h1 · δ_o1" in text
    assert "∂E/∂o1 = t1 − o1" in text
    assert "w5⁺ = w5 + lr · (−∂E/∂w5)" in text
    assert "Raising w5 by 0.01 would raise E by about 0.000822." in text  # the truth has one sign


def test_a_value_that_is_no_derivative_stays_what_it_is():
    model = classic(loss="mse")
    own = cp.why(model, "o1", x=CLASSIC_X, y=CLASSIC_Y, lang="en")
    e = cp.why(model, "o1", x=CLASSIC_X, y=CLASSIC_Y, convention="bpnn", lang="en")
    assert e.steps == own.steps
    assert e.convention == "bpnn"


def test_an_optimizer_with_a_memory_is_translated_exactly():
    model = classic(loss="mse")
    model.compile(cp.optimizers.Adam(0.01), "mse")
    e = cp.why(model, "w5.next", x=X, y=Y, convention="bpnn", depth=None, lang="en")
    assert e.value == cp.why(model, "w5.next", x=X, y=Y).value
    for step in e.steps:
        if step.formula is not None:
            assert evaluate(step.formula) == pytest.approx(step.value, rel=1e-9)
    assert verify(str(e)) == []


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("convention", ["book", "torch", "sklearn"])
def test_cross_entropy_of_classes_is_the_same_in_all(loss, convention):
    rng = np.random.default_rng(2)
    model, x, y = random_dense(rng, activation="tanh", loss=loss, optimizer="sgd")
    own, e = (cp.why(model, "w3", x=x, y=y, convention=c) for c in (None, convention))
    assert e.value == own.value


def test_a_sum_over_samples_is_known_to_be_one():
    model = classic()
    model.compile("sgd", cp.losses.MeanSquaredError(reduction="sum"))
    e = cp.why(model, "E", x=X, y=Y, convention="keras", lang="en")
    assert "E = E (keras) / N" in str(e)


def test_ratios_say_what_they_are_made_of():
    keras, bpnn = Scale("mean", "mean"), Scale("sum", "sum", half=True)
    there = ratio_of(keras, bpnn, outputs=3, samples=4)
    back = ratio_of(bpnn, keras, outputs=3, samples=4)
    assert (str(there), there.value) == ("n_out · N/2", 6.0)
    assert (str(back), back.value) == ("2/(n_out · N)", 1 / 6)
    assert ratio_of(keras, keras, outputs=3, samples=4).value == 1


def test_what_cannot_be_translated_is_said():
    model = classic(loss="mse")
    with pytest.raises(OptionError, match=r"unknown convention 'boook'; did you mean 'book'"):
        cp.why(model, "w5", x=X, y=Y, convention="boook")
    model.compile("sgd", "mae")
    with pytest.raises(
        OptionError, match=r"'book' defines the losses 'squared', 'entropy',.*; got"
    ):
        cp.why(model, "w5", x=X, y=Y, convention="book")
    model.compile("sgd", lambda t, y: cp.max(cp.abs(y - t), axis=-1))
    with pytest.raises(OptionError, match="a loss that conventions do not name"):
        cp.why(model, "w5", x=X, y=Y, convention="book")
    fresh = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    with pytest.raises(StateError, match="no loss to translate"):
        cp.why(fresh, "o1", x=CLASSIC_X, convention="book")
    w = cp.tensor([1.0], name="w")
    with pytest.raises(OptionError, match="for a model's numbers"):
        cp.why((w * w)[0], convention="book")


def test_a_wrong_factor_would_be_noticed():
    """The check that holds the texts true rejects one with another factor."""
    model = classic(loss="mse")
    text = str(cp.why(model, "w5", x=X, y=Y, convention="bpnn", lang="en"))
    assert verify(text.replace("2×3 / 2", "2×3 / 3")) != []


def test_presets_name_what_optimizers_differ_in():
    assert Convention.keras.epsilon == "before correction"
    assert Convention.torch.epsilon == "after correction"
    assert Convention.torch.decay == Convention.sklearn.decay == "in the gradient"
    assert Convention.bpnn.momentum == "previous gradient"


def test_epsilon_after_the_correction_is_a_smaller_one_before_it():
    m, v, b1, b2, t, eps = 0.03, 0.002, 0.9, 0.999, 3, 0.01
    c1, c2 = 1 - b1**t, 1 - b2**t
    after = (m / c1) / ((v / c2) ** 0.5 + eps)
    before = c2**0.5 / c1 * m / (v**0.5 + eps * c2**0.5)
    assert before == pytest.approx(after, rel=1e-14)
    assert before != pytest.approx(c2**0.5 / c1 * m / (v**0.5 + eps), rel=1e-3)
