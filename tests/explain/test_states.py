"""Why a number is special: each state beside a look-alike that must not get it."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import StateError
from clearprop.explain.explanation import Explanation
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic

L = cp.layers


def state_of(e):
    state = e.steps[0].state
    return None if state is None else state.key


def of_sum(*terms):
    """Ask why of a sum of named numbers times 1."""
    named = [cp.tensor(t, name=f"t{k}") for k, t in enumerate(terms)]
    total = named[0] + named[1]
    for t in named[2:]:
        total = total + t
    return cp.why(total)


@pytest.mark.parametrize(
    ("terms", "state"),
    [
        ((0.0, 0.0), "terms_zero"),
        ((1.5, -1.5), "terms_cancel"),
        ((0.1, 0.2, -0.3), "rounded"),
        ((1e-17, 2e-17), None),  # small, but no smaller than what it is made of
        ((1.0, 1e-17, -1.0), "terms_cancel"),
        ((0.5, 0.25), None),
    ],
)
def test_sums_that_come_to_nothing(terms, state):
    assert state_of(of_sum(*terms)) == state


def test_a_unit_that_is_off_and_a_sum_that_is_zero():
    for z, state in ((-0.5, "relu_off"), (0.0, "input_zero"), (0.5, None)):
        assert state_of(cp.why(cp.relu(cp.tensor(z, name="z")))) == state
    x, d = cp.tensor(np.arange(9.0), name="x"), cp.tensor(np.zeros(9), name="d")
    assert state_of(cp.why((x * d).sum(), top=1)) == "terms_zero"  # not because one input is 0


@pytest.mark.parametrize(
    ("a", "b", "state"),
    [(1e-200, 1e-200, "underflow"), (0.0, 3.0, "input_zero"), (1e-100, 1e-100, None)],
)
def test_products_that_come_to_nothing(a, b, state):
    assert state_of(cp.why(cp.tensor(a, name="a") * cp.tensor(b, name="b"))) == state


@pytest.mark.parametrize(
    ("x", "state"), [(2.5, "clipped"), (-9.0, "clipped"), (1.0, None), (2.0, None)]
)
def test_what_was_cut_off_at_a_bound(x, state):
    e = cp.why(cp.clip(cp.tensor(x, name="x"), min=-2.0, max=2.0), lang="en")
    assert state_of(e) == state
    if x == 2.5:
        assert "clipped from 2.5 to 2" in str(e)


def dropping(x):
    model = cp.Sequential([cp.Input((6,)), L.Dropout(0.5, seed=4), L.Dense(1)])
    model.set_weights([np.ones((6, 1)), np.zeros(1)])
    model.compile("sgd", "mse")
    return [
        cp.why(model, f"dropout/output[{k}]", x=x, y=[1.0], training=True, lang="en")
        for k in range(6)
    ]


def test_what_dropout_dropped_is_not_what_was_zero_anyway():
    by_value = {state_of(e): e for e in dropping(np.ones(6))}
    assert set(by_value) == {"masked", None}
    assert by_value["masked"].value == 0
    assert "0 because dropout switched it off" in str(by_value["masked"])
    assert by_value[None].value == 2
    assert {state_of(e) for e in dropping(np.zeros(6))} == {"masked", "input_zero"}


def test_dropout_drops_what_the_next_step_of_training_will():
    model = cp.Sequential([cp.Input((6,)), L.Dropout(0.5, seed=4), L.Dense(1)])
    model.compile(cp.optimizers.SGD(1.0), "mse")
    x, y = np.arange(1.0, 7.0)[None], np.array([[0.5]])
    told = [cp.why(model, f"dense/kernel[{k},0]", x=x, y=y, training=True).value for k in range(6)]
    before = model.get_weights()[0]
    model.train_on_batch(x, y)
    assert told == pytest.approx((before - model.get_weights()[0])[:, 0].tolist(), rel=1e-4)
    assert 0 in told


def test_what_a_mask_leaves_out():
    model = cp.Sequential([cp.Input((3,)), L.Embedding(5, 2, mask_zero=True), L.SimpleRNN(2)])
    x = np.array([[1, 2, 0]])
    last = cp.why(model, "simple_rnn/output[0]", x=x, lang="en")
    assert "simple_rnn/state@2[0] = " in str(last)
    assert "simple_rnn/state@3" not in str(last)
    assert "(x[2] = 0)" in str(last)
    full = cp.why(model, "simple_rnn/output[0]", x=[[1, 2, 3]], lang="en")
    assert "simple_rnn/state@3[0] = " in str(full)
    assert "(x[2] ≠ 0)" in str(full)


@pytest.mark.parametrize(("z", "words"), [(-2.0, "(z ≤ 0)"), (2.0, "(z > 0)")])
def test_the_comparison_that_is_printed_is_the_one_that_holds(z, words):
    z = cp.tensor(z, name="z")
    assert words in str(cp.why(cp.where(z > 0, z, z * 0.1), lang="en"))


def test_a_given_mask_is_a_mask_and_a_computed_one_a_comparison():
    x = cp.tensor([1.0, 2.0], name="x")
    given = cp.tensor([True, False])
    assert state_of(cp.why(cp.keep(x, given)[1])) == "masked_out"
    assert state_of(cp.why(cp.keep(x, given)[0])) is None
    assert state_of(cp.why(cp.where(given, x, -9.0)[1])) == "masked_instead"
    computed = cp.why(cp.keep(x, x < 1.5)[1], lang="en")
    assert state_of(computed) is None
    assert "x[1] ≥ 1.5" in str(computed)


def test_a_gradient_that_nobody_computed_is_not_one_that_is_not_there():
    w, v = cp.tensor(3.0, name="w"), cp.tensor(2.0, name="v")
    c = cp.tensor(1.0, name="c", requires_grad=False)
    loss = w * w
    loss.name = "L"
    asked = [
        (w, {}, "not_computed"), (w, {"of": loss}, "not_computed"),
        (v, {"of": loss}, "not_on_path"), (c, {}, "constant_input"),
        (c, {"of": loss}, "constant_input"),
    ]  # fmt: skip
    texts = set()
    for tensor, options, state in asked:
        e = cp.why(tensor, "gradient", lang="en", **options)
        assert state_of(e) == state
        assert "= None" in str(e)
        texts.add(str(e).split("None")[1])
    assert len(texts) == 3
    with pytest.raises(StateError, match="no number yet"):
        cp.why(w.grad)
    loss.backward()
    assert cp.why(w, "gradient", of=loss).value == 6
    assert state_of(cp.why(v, "gradient", of=loss)) == "not_on_path"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_weight_that_the_loss_does_not_depend_on_is_answered(lang):
    class Beside(L.Layer):
        def build(self, input_shape):
            self.used = self.add_weight((2,), "ones", name="used")
            self.unused = self.add_weight((2,), "ones", name="unused")
            self.fixed = self.add_weight((2,), "ones", trainable=False, name="fixed")

        def call(self, x):
            return x * self.used * self.fixed

    model = cp.Sequential([cp.Input((2,)), Beside(name="beside"), L.Dense(1)])
    model.compile("sgd", "mse")
    given = {"x": [1.0, 2.0], "y": [1.0], "lang": lang}
    assert state_of(cp.why(model, "beside/unused[1]", **given)) == "not_on_path"
    assert state_of(cp.why(model, "beside/fixed[1]", **given)) == "constant_input"
    assert state_of(cp.why(model, "beside/used[1]", **given)) is None
    absent = cp.why(model, "beside/unused[1]", **given)
    assert {"ko": "경로에 없어", "en": "not on the path"}[lang] in str(absent)
    assert Explanation.from_json(absent.to_json()).to_text() == str(absent)
    assert "None" in absent.to_latex()


@pytest.mark.parametrize(("lr", "lost"), [(1e-9, True), (1e-3, False)])
def test_a_step_that_float32_cannot_hold_is_said_to_be_lost(lr, lost):
    e = cp.why(classic(lr=lr), "w5.next", x=CLASSIC_X, y=CLASSIC_Y, lang="en")
    assert (state_of(e) == "step_lost") == lost
    assert ("float32 has too few digits" in str(e)) == lost


def test_clipped_gradients_are_said_to_be():
    for value, clipped in ((1e-3, True), (10.0, False)):
        model = classic()
        model.compile(cp.optimizers.SGD(0.5, clipvalue=value), "half_sse")
        e = cp.why(model, "w5.next", x=CLASSIC_X, y=CLASSIC_Y, lang="en", depth=None)
        assert ("clipped from 0.0821670 to 0.001" in str(e)) == clipped
        model.compile(cp.optimizers.SGD(0.5, clipnorm=value), "half_sse")
        e = cp.why(model, "w5.next", x=CLASSIC_X, y=CLASSIC_Y, lang="en", depth=None)
        assert ("is scaled down" in str(e)) == clipped


def image_model():
    model = cp.Sequential(
        [
            cp.Input((4, 4, 1)),
            L.Conv2D(1, 3, padding="same", name="conv"),
            L.MaxPooling2D(2, name="pool"),
            L.Flatten(),
            L.Dense(1),
        ]
    )
    model.set_weights([np.ones(w.shape) for w in model.weights])
    model.compile("sgd", "mse")
    return model, np.arange(16.0).reshape(4, 4, 1)


def test_pooling_tells_which_won_and_convolution_what_was_padding():
    model, x = image_model()
    won = cp.why(model, "pool/output[0,0,0]", x=x, lang="en")
    assert state_of(won) == "largest"
    assert "conv/output[1,1,0]" in str(won)
    edge = cp.why(model, "conv/output[0,0,0]", x=x, lang="en")
    assert edge.steps[0].state.values == {"count": 5, "of": 9}
    assert "5 of the window's 9 places lie in the padding" in str(edge)
    assert state_of(cp.why(model, "conv/output[1,1,0]", x=x)) is None
    lost = cp.why(model, "conv/output[0,0,0].gradient", x=x, y=[1.0], lang="en")
    assert state_of(lost) == "not_largest"
    assert state_of(cp.why(model, "conv/output[1,1,0].gradient", x=x, y=[1.0])) is None
    padded = cp.why(cp.pad(cp.tensor([1.0], name="x"), widths=((1, 0),))[0], lang="ko")
    assert state_of(padded) == "padding"


def test_the_shift_of_a_softmax_is_explained():
    model = cp.Sequential([cp.Input((2,)), L.Dense(3, activation="softmax")])
    e = cp.why(model, "o1", x=[1.0, 2.0], lang="en")
    assert state_of(e) == "shifted"
    assert "the largest, is taken off each" in str(e)
    a, b = cp.tensor(2.0, name="a"), cp.tensor(1.0, name="b")
    assert state_of(cp.why(cp.exp(a) / (cp.exp(a) + cp.exp(b)))) is None


def test_a_dropped_unit_is_not_taken_for_a_relu_that_is_off():
    cp.set_seed(3)
    layers = [cp.layers.Dense(4, activation="relu"), cp.layers.Dropout(0.5)]
    model = cp.Sequential([cp.Input((2,)), *layers, cp.layers.Dense(2, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    asked = {"x": [0.5, -1.0], "y": [1.0, 0.0], "training": True, "lang": "en"}
    found = {k: cp.why(model, f"h{k}.delta", **asked).to_text() for k in range(1, 5)}
    outputs = {k: cp.why(model, f"h{k}", **asked).value for k in range(1, 5)}
    dropped = [k for k, text in found.items() if "dropout switched it off" in text]
    off = [k for k, text in found.items() if "ReLU is off" in text]
    assert dropped
    assert off
    assert all(outputs[k] > 0 for k in dropped)
    assert all(outputs[k] == 0 for k in off)
    assert " · 0 / (1 − 0.5)" in found[dropped[0]]


def test_a_slope_that_came_to_0_is_saturation_and_no_cancelling():
    model = cp.Sequential([cp.Input((1,)), L.Dense(1, activation="sigmoid"), L.Dense(1)])
    model.set_weights([np.array([[40.0]]), np.zeros(1), np.ones((1, 1)), np.zeros(1)])
    model.compile("sgd", "mse")
    asked = cp.why(model, "h1.delta", x=[1.0], y=[5.0], lang="en")
    assert asked.value == 0
    assert state_of(asked) == "saturated_off"
    assert "0 because sigmoid is saturated" in asked.to_text()
    none = cp.why(model, "h1.delta", x=[1.0], y=[1.0], lang="en")  # no error comes back at all
    assert none.value == 0
    assert state_of(none) == "input_zero"


def test_a_word_that_is_not_there_has_no_gradient_and_that_is_why():
    words = [cp.Input((3,), dtype="int32"), cp.layers.Embedding(5, 2, name="words")]
    model = cp.Sequential([*words, cp.layers.Flatten(), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    given = {"x": [[1, 2, 2]], "y": [1.0]}
    e = cp.why(model, "words/embeddings[4,0]", **given)
    assert e.steps[0].state.key == "unused"
    assert cp.why(model, "words/embeddings[2,0]", **given).steps[0].state is None
