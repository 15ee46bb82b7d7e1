"""Attention is told by name: scores, the shares they become, what each head makes of them."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import keras

L = cp.layers
X = np.random.default_rng(0).random((1, 3, 4))


def made(layer):
    cp.set_seed(0)
    inside = cp.Input((3, 4))
    given = layer(inside, inside) if "heads" in layer.name else layer([inside, inside])
    model = keras.Model(inside, L.Dense(1)(L.Flatten()(given)), name="net")
    model.compile("sgd", "mse")
    return model


LAYERS = {
    "heads": lambda: L.MultiHeadAttention(2, 2, name="heads"),
    "heads_dropping": lambda: L.MultiHeadAttention(2, 2, dropout=0.5, name="heads"),
    "heads_shared": lambda: L.GroupQueryAttention(2, 2, 1, name="heads"),
    "dot": lambda: L.Attention(use_scale=True, name="dot"),
    "added": lambda: L.AdditiveAttention(name="added"),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_shares_are_a_softmax_of_scores(kind):
    layer = LAYERS[kind]()
    model = made(layer)
    at = "0,1" if "heads" in kind else "1"
    scores = [cp.why(model, f"{layer.name}/scores[{at},{k}]", x=X).value for k in range(3)]
    shares = [cp.why(model, f"{layer.name}/attention[{at},{k}]", x=X) for k in range(3)]
    expected = np.exp(scores) / np.exp(scores).sum()
    assert [e.value for e in shares] == pytest.approx(expected, rel=1e-12)
    assert f"{layer.name}/scores[" in shares[0].to_text(lang="en")


@pytest.mark.parametrize("kind", ["heads", "heads_shared"])
def test_gradients_go_through_names_and_no_made_up_ones(kind):
    layer = LAYERS[kind]()
    model = made(layer)
    weight = next(w for w in model.weights if "query" in w.path and "kernel" in w.path)
    text = cp.why(model, f"{weight.path}[0,0,0]", x=X, y=[[1.0]], depth=None).to_text(lang="en")
    for name in ("scaled_query", "scores", "attention", "heads"):
        assert f"∂L/∂{layer.name}/{name}[" in text
    assert "matmul" not in text
    assert "multiply" not in text


def test_a_masked_score_says_so():
    cp.set_seed(0)
    inside = cp.Input((3, 4))
    layer = L.MultiHeadAttention(1, 2, name="heads")
    model = keras.Model(inside, layer(inside, inside, use_causal_mask=True))
    seen = cp.why(model, "heads/attention[0,0,1]", x=X, lang="en", depth=3)
    assert seen.value == 0
    text = seen.to_text()
    assert "heads/scores[0,0,1] = −1e9    the mask leaves this place out" in text
    # What happens to come to exactly 1 is no factor to leave out, as one-hot targets are.
    assert "/ (exp(heads/scores[0,0,0] − heads/scores[0,0,0])" in text
    other = cp.why(model, "heads/attention[0,2,1]", x=X, lang="en").to_text()
    assert "mask" not in other
    assert "(1)" not in other
