"""The seven formulas: the documents' networks, checked by hand, by program and against the walk."""

from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError, ShapeError
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, ran

GOLDEN = Path(__file__).parent.parent / "golden" / "explain"


def linear(kernel, bias, *more):
    sizes = [np.shape(kernel)[0], np.shape(kernel)[1], *(np.shape(k)[1] for k, _ in more)]
    layers = [cp.layers.Dense(n, dtype="float64") for n in sizes[1:]]
    model = cp.Sequential([cp.Input(sizes[:1]), *layers])
    model.set_weights([np.array(w, float) for pair in [(kernel, bias), *more] for w in pair])
    return model


NETS = {
    "1-1": (linear([[3]], [1]), [2], [10], 0.01),
    "2-1": (linear([[3], [4]], [1]), [2, 3], [27], 0.01),
    "2-2": (linear([[3, 5], [4, 6]], [1, 2]), [2, 3], [27, -30], 0.01),
    "2-3": (linear([[3, 5, 7], [4, 6, 8]], [1, 2, 3]), [2, 3], [27, -30, 179], 0.01),
    "3-2": (linear([[3, 6], [4, 7], [5, 8]], [1, 2]), [2, 3, 4], [27, -30], 0.01),
    "2-2-2": (
        linear(
            [[0.15, 0.25], [0.20, 0.30]],
            [0.35, 0.35],
            ([[0.40, 0.50], [0.45, 0.55]], [0.60, 0.60]),
        ),
        CLASSIC_X,
        CLASSIC_Y,
        0.01,
    ),
}

# Worked out by hand, from the definition.
BY_HAND = {
    "1-1": {"y": 7, "E": 4.5, "yE": -3, "wE": -6, "bE": -3, "w⁺": 3.06, "b⁺": 1.03},
    "2-1": {"y": 19, "E": 32, "yE": -8, "w1E": -16, "w2E": -24, "bE": -8,
            "w1⁺": 3.16, "w2⁺": 4.24, "b⁺": 1.08},
    "2-2": {"y1": 19, "y2": 30, "E": 1832, "y1E": -8, "y2E": 60, "w1E": -16, "w2E": -24,
            "w3E": 120, "w4E": 180, "b1E": -8, "b2E": 60, "w1⁺": 3.16, "w2⁺": 4.24,
            "b1⁺": 1.08, "w3⁺": 3.8, "w4⁺": 4.2, "b2⁺": 1.4},
    "2-3": {"y3": 41, "y3E": -138, "x1E": -8 * 3 + 60 * 5 - 138 * 7, "w5E": -276, "b3E": -138},
    "3-2": {"y1": 39, "y2": 67, "y1E": 12, "y2E": 97, "x3E": 12 * 5 + 97 * 8, "w6E": 97 * 4},
    "2-2-2": {"h1": 0.3775, "h2": 0.3925, "y1": 0.927625, "y1E": 0.917625},
}  # fmt: skip


@pytest.mark.parametrize("net", NETS)
def test_they_are_what_one_gets_by_hand(net):
    model, x, y, lr = NETS[net]
    found = cp.formulas(model, x, y, lr=lr)
    for name, value in BY_HAND[net].items():
        assert found[name] == pytest.approx(value, rel=1e-12), name


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("net", NETS)
def test_what_a_person_reads_is_golden_and_true(net, lang):
    model, x, y, lr = NETS[net]
    text = cp.formulas(model, x, y, lr=lr).to_text(lang=lang)
    file = GOLDEN / f"formulas_{net}_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert list(claims(text))
    assert verify(text) == []


def test_the_classic_sigmoid_network_in_the_usual_notation():
    found = cp.formulas(classic(), CLASSIC_X, CLASSIC_Y, lr=0.5, notation="usual", digits=9)
    assert found["E"] == pytest.approx(0.298371109, abs=1e-8)
    assert found["∂E/∂w5"] == pytest.approx(0.082167041, abs=1e-8)
    assert found["w5⁺"] == pytest.approx(0.358916480, abs=1e-8)
    assert "∂E/∂w5 = ∂E/∂y1sum · h1" in found.to_text(lang="en")
    assert verify(found.to_text()) == []


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
def test_the_program_computes_the_same_numbers(activation):
    found = cp.formulas(classic(activation), CLASSIC_X, CLASSIC_Y, lr=0.5)
    source = found.as_python()
    assert {line for line in source.splitlines() if "import" in line} <= {"import math"}
    numbers = ran(found)
    computed = [e for e in found.derivation.equations if e.section != "exchanged"]
    assert numbers.keys() == {e.quantity.symbol for e in computed}
    for equation in computed:
        assert numbers[equation.quantity.symbol] == pytest.approx(
            equation.quantity.value, rel=1e-14, abs=1e-300
        )


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
def test_they_agree_with_the_backward_walk(activation):
    model = classic(activation)
    found = cp.formulas(model, CLASSIC_X, CLASSIC_Y, lr=0.5)
    for w in range(1, 9):
        e = cp.why(model, f"w{w}", x=CLASSIC_X, y=CLASSIC_Y)
        assert found[f"w{w}E"] == pytest.approx(e.value, rel=1e-12, abs=1e-15)
        assert found[f"w{w}⁺"] == pytest.approx(e.facts["next"], rel=1e-12)


def classifier(hidden="sigmoid"):
    layers = [cp.layers.Dense(2, activation=hidden), cp.layers.Dense(3, activation="softmax")]
    model = cp.Sequential([cp.Input((2,)), *layers], dtype="float64")
    first = [[0.15, 0.25], [0.20, 0.30]]
    second = [[0.40, 0.50, -0.30], [0.45, 0.55, 0.10]]
    model.set_weights([np.array(w) for w in (first, [0.35, 0.35], second, [0.6, 0.6, 0.1])])
    model.compile(cp.optimizers.SGD(0.5), "categorical_crossentropy")
    return model


@pytest.mark.parametrize("hidden", ["sigmoid", "silu", "softplus", "softsign", "exponential"])
def test_a_classifier_has_y_minus_t_and_agrees_with_the_walk_and_the_program(hidden):
    model, target = classifier(hidden), [0.0, 0.0, 1.0]
    found = cp.formulas(model, CLASSIC_X, target, lr=0.5)
    y = model.predict(np.array([CLASSIC_X]), verbose=0)[0]
    assert found["E"] == pytest.approx(-np.log(y[2]), rel=1e-12)
    assert [found[f"y{k}sumE"] for k in (1, 2, 3)] == pytest.approx(y - target, rel=1e-12)
    computed = ran(found)
    for w in range(1, 11):
        e = cp.why(model, f"w{w}", x=CLASSIC_X, y=target)
        assert found[f"w{w}E"] == pytest.approx(e.value, rel=1e-12, abs=1e-15)
        assert found[f"w{w}⁺"] == pytest.approx(e.facts["next"], rel=1e-12)
        assert computed[f"w{w}⁺"] == pytest.approx(e.facts["next"], rel=1e-12)
    assert cp.formulas(model, CLASSIC_X, [2], lr=0.5)["w5⁺"] == found["w5⁺"]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_a_person_reads_of_a_classifier_is_golden_and_true(lang):
    text = cp.formulas(classifier(), CLASSIC_X, [2], lr=0.5).to_text(lang=lang)
    file = GOLDEN / f"formulas_2-2-3_softmax_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert verify(text) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_hand_calculation_of_a_classifier_is_golden_and_true(lang):
    found = cp.formulas(classifier("softsign"), CLASSIC_X, [2], lr=0.5)
    text = found.by_hand().to_text(lang=lang)
    file = GOLDEN / f"classifier_by_hand_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert verify(text) == []
    product, delta, value = found.factors("w5").steps
    assert (delta.symbol, value.symbol) == ("δ_o1", "∂sum_o1/∂w5")
    assert product.value == pytest.approx(delta.value * value.value)


def test_a_number_is_the_target_of_one_output():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, "sigmoid")])
    x = [[0.5, 1.0]]
    assert str(cp.formulas(model, x, [1.0])) == str(cp.formulas(model, x, [[1.0]]))


def test_what_they_are_not_for_is_said():
    with pytest.raises(OptionError, match="from 0 to 2; got 3"):
        cp.formulas(classifier(), CLASSIC_X, [3])
    dropout = cp.Sequential([cp.Input((2,)), cp.layers.Dropout(0.5), cp.layers.Dense(2)])
    with pytest.raises(OptionError, match="dense layers"):
        cp.formulas(dropout, [1, 2], [0, 1])
    with pytest.raises(OptionError, match="one example at a time; got 2"):
        cp.formulas(NETS["1-1"][0], [[1], [2]], [[1], [2]])
    with pytest.raises(ShapeError, match="the network gives"):
        cp.formulas(NETS["1-1"][0], [1], [1, 2])
    with pytest.raises(OptionError, match="notation"):
        cp.formulas(NETS["1-1"][0], [1], [2], notation="mine")
    with pytest.raises(KeyError, match="w9E"):
        cp.formulas(NETS["1-1"][0], [1], [2])["w9E"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("what", ["by_hand", "factors_w5", "factors_w1", "factors_b3"])
def test_the_hand_calculation_is_golden_and_true(what, lang):
    found = cp.formulas(classic(), CLASSIC_X, CLASSIC_Y, lr=0.5)
    e = found.by_hand() if what == "by_hand" else found.factors(what.removeprefix("factors_"))
    text = e.to_text(lang=lang)
    file = GOLDEN / f"classic_{what}_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"
    assert list(claims(text))
    assert verify(text) == []


def test_three_factors_make_the_gradient():
    e = cp.formulas(classic(), CLASSIC_X, CLASSIC_Y, lr=0.5).factors("w5")
    product, *factors = e.steps
    assert [step.symbol for step in factors] == ["∂E/∂o1", "∂o1/∂sum_o1", "∂sum_o1/∂w5"]
    assert product.value == pytest.approx(np.prod([step.value for step in factors]))
    assert product.value == pytest.approx(0.082167041, rel=2e-6)
    linear = cp.formulas(NETS["2-2"][0], [2, 3], [27, -30]).factors("w3")
    assert [step.symbol for step in linear.steps] == ["∂E/∂w3", "∂E/∂o2", "∂o2/∂w3"]
    with pytest.raises(AddressError, match=r"no weight is called 'w50'; the nearest are w5"):
        cp.formulas(classic(), CLASSIC_X, CLASSIC_Y).factors("w50")
