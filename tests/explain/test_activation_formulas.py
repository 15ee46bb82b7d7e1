"""Formulas of every activation there is: the library's own numbers, and a program that agrees."""

from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError
from clearprop.explain.verify import verify
from clearprop.nn.activations import ACTIVATIONS
from tests.explain.nets import CLASSIC_Y, ran

GOLDEN = Path(__file__).parent.parent / "golden" / "explain"
X, T = [0.6, -0.8], [0.3, 0.9]
LAYERS = {
    "ReLU": lambda: cp.layers.ReLU(negative_slope=0.1, max_value=1.5, threshold=0.2),
    "LeakyReLU": lambda: cp.layers.LeakyReLU(0.3),
    "PReLU": lambda: cp.layers.PReLU(alpha_initializer=cp.initializers.Constant(0.25)),
    "PReLU shared": lambda: cp.layers.PReLU("ones", shared_axes=[1]),
    "ELU": lambda: cp.layers.ELU(0.5),
    "Softmax": lambda: cp.layers.Softmax(),
    "Activation": lambda: cp.layers.Activation("mish"),
    "own": lambda: cp.layers.Activation(lambda x: cp.sin(x) * x + cp.sqrt(cp.abs(x))),
}


def network(hidden, last="tanh", follow=None):
    """Build a 2-4-2 network whose sums lie on both sides of every corner; halves need 8 sums."""
    wide = 8 if hidden == "glu" else 4
    end = 4 if last == "glu" else 2
    layers = [cp.layers.Dense(wide, activation=hidden), *([follow()] if follow else [])]
    net = [cp.Input((2,)), *layers, cp.layers.Dense(end, activation=last)]
    model = cp.Sequential(net, dtype="float64")
    rng = np.random.default_rng(4)
    model.set_weights(
        [rng.normal(size=w.shape) * (0.25 if "alpha" in w.path else 2.0) for w in model.weights]
    )
    model.compile(cp.optimizers.SGD(0.1), "half_sse")
    return model


def gradients(model, x, t):
    """Give the library's own gradients, by the names of hand calculations."""
    kernels = [w for w in model.weights if w.path.endswith("kernel")]
    biases = [w for w in model.weights if w.path.endswith("bias")]
    slopes = [w for w in model.weights if w.path.endswith("alpha")]
    loss = cp.losses.HalfSumSquaredError()(np.array([t]), model(np.array([x])))
    loss.backward()
    numbers = {}
    for letter, weights in (("w", kernels), ("b", biases), ("a", slopes)):
        flat = np.concatenate([w.grad.numpy().T.ravel() for w in weights] or [np.zeros(0)])
        alone = len(flat) == 1
        numbers |= {f"{letter}{'' if alone else k + 1}E": float(v) for k, v in enumerate(flat)}
    return numbers | {"E": loss.item()}


def agree(model, x=X, t=T):
    """Check formulas and program against the library; give the formulas."""
    found = cp.formulas(model, x, t, lr=0.1)
    computed = ran(found)
    for name, value in gradients(model, x, t).items():
        assert found[name] == pytest.approx(value, rel=1e-10, abs=1e-14), name
        assert computed[name] == pytest.approx(value, rel=1e-10, abs=1e-14), name
    source = found.as_python()
    assert {line for line in source.splitlines() if "import" in line} <= {"import math"}
    return found


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("place", ["hidden", "last"])
def test_every_activation_gives_the_librarys_gradients(name, place):
    found = agree(network(name) if place == "hidden" else network("tanh", name))
    assert verify(found.to_text(lang="en")) == []
    assert verify(found.to_text(lang="ko")) == []
    assert found.to_latex()
    assert found.to_html()


@pytest.mark.parametrize("name", LAYERS)
def test_layers_may_follow_a_dense_one(name):
    found = agree(network("linear", follow=LAYERS[name]))
    assert verify(found.to_text()) == []
    dense = cp.layers.Dense(2, activation=LAYERS[name]()) if "PReLU" not in name else None
    if dense is not None:
        model = cp.Sequential([cp.Input((2,)), dense], dtype="float64")
        model.compile("sgd", "half_sse")
        agree(model)


def test_one_activation_may_follow_another():
    agree(network("tanh", follow=LAYERS["LeakyReLU"]))


@pytest.mark.parametrize("name", ["elu", "gelu", "softmax"])
def test_a_wrong_slope_would_be_found(name, monkeypatch):
    """The formulas come from the rule; if they came from a wrong one, the numbers would differ."""
    model = network(name)
    right = gradients(model, X, T)
    monkeypatch.setitem(REGISTRY[name].rules, "x", lambda xp, g, y, x, **_: g * y * 1.1)
    wrong = cp.formulas(model, X, T, lr=0.1)
    assert wrong["w9E"] == pytest.approx(right["w9E"], rel=1e-10)  # of the last layer
    assert wrong["w1E"] != pytest.approx(right["w1E"], rel=1e-3)
    monkeypatch.undo()
    assert cp.formulas(model, X, T, lr=0.1)["w1E"] == pytest.approx(right["w1E"], rel=1e-10)


def test_the_rule_is_followed_and_nothing_else():
    """Softmax in a hidden layer: each error comes from all units of its layer."""
    found = cp.formulas(network("softmax"), X, T)
    line = next(
        line for line in found.to_text(lang="en").splitlines() if line.startswith("  h1sumE")
    )
    assert line.startswith("  h1sumE = h1 · (h1E − (h1E · h1 + h2E · h2 + h3E · h3 + h4E · h4))")


LOSSES = {
    "categorical_crossentropy": ("softmax", [0.0, 1.0], False),
    "binary_crossentropy": ("sigmoid", [1.0, 0.0], False),
    "logits": ("linear", [0.0, 1.0], True),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_is_the_models_own_where_it_is_known_by_hand(loss):
    last, target, logits = LOSSES[loss]
    model = network("elu", last)
    model.compile("sgd", cp.losses.CategoricalCrossentropy(from_logits=True) if logits else loss)
    found = cp.formulas(model, X, target, lr=0.1)
    times = 2 if last == "sigmoid" else 1  # Keras takes the mean of the two outputs
    assert found["E"] == pytest.approx(times * cp.why(model, "E", x=X, y=target).value, rel=1e-10)
    for name in ("w1", "w6", "w11"):
        own = times * cp.why(model, name, x=X, y=target).value
        assert found[f"{name}E"] == pytest.approx(own, rel=1e-10)
        assert ran(found)[f"{name}E"] == pytest.approx(own, rel=1e-10)
    hand = found.by_hand()
    assert {s.symbol: s.value for s in hand.steps}["∂E/∂w6"] == pytest.approx(found["w6E"])
    for lang, words in (("en", "log"), ("ko", "손실은")):
        text = found.to_text(lang=lang)
        assert words in text.partition("book")[2] or words in text.splitlines()[-2]
        assert verify(text) == []
        assert verify(hand.to_text(lang=lang)) == []


def test_softmax_with_a_squared_error_has_that():
    model = network("tanh", "softmax")
    assert cp.formulas(model, X, T)["E"] == pytest.approx(gradients(model, X, T)["E"])


def readable(hidden):
    """Build the classic network with other hidden units, and one weight negative."""
    layers = [cp.layers.Dense(2, activation=a) for a in (hidden, "sigmoid")]
    model = cp.Sequential([cp.Input((2,)), *layers], dtype="float64")
    first, second = [[0.15, 0.25], [0.20, -0.30]], [[0.40, 0.50], [0.45, -0.55]]
    model.set_weights([np.array(w) for w in (first, [0.35, 0.35], second, [0.6, 0.6])])
    return model


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", ["elu", "gelu", "softmax"])
def test_what_a_person_reads_is_golden(name, lang):
    text = cp.formulas(readable(name), [-4, -7], CLASSIC_Y, lr=0.5).to_text(lang=lang)
    file = GOLDEN / f"formulas_2-2-2_{name}_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"


def test_large_sums_overflow_nowhere():
    model = network("tanh", "softmax")
    model.set_weights([w * 900 for w in model.get_weights()])
    agree(model)


def test_what_has_no_formula_is_said():
    model = network("linear", follow=lambda: cp.layers.Activation(lambda x: x + cp.round(x)))
    with pytest.raises(OptionError, match="no formula"):
        cp.formulas(model, X, T)
