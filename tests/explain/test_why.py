"""`why` of a network: the classic numbers, the engine's, true as printed in both languages."""

import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import (
    AddressError,
    NumericsError,
    OptionError,
    ShapeError,
    StateError,
)
from clearprop.explain.explanation import Explanation
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import claims, verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic, random_dense

GOLDEN = Path(__file__).parent.parent / "golden" / "explain"


@pytest.fixture(scope="module")
def model():
    return classic()


def ask(model, address, **options):
    return cp.why(model, address, x=CLASSIC_X, y=CLASSIC_Y, **options)


# The numbers of the network are float32: 0.15 is 0.15000000596, hence seven digits and no more.
@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("E", 0.298371109),
        ("h1", 0.593269992),
        ("o1", 0.751365070),
        ("o2", 0.772928465),
        ("w5", 0.082167041),
        ("w5.next", 0.358916480),
        ("w6.next", 0.408666186),
        ("w7.next", 0.511301270),
        ("w8.next", 0.561370121),
        ("w1.next", 0.149780716),
        ("w2.next", 0.199561430),
        ("w3.next", 0.249751143),
        ("w4.next", 0.299502290),
        ("o1.delta", 0.138498562),
        ("h1.gradient", 0.036350306),
        ("dense/kernel[0,0]", 0.000438568),
        ("0/kernel[0,0]", 0.000438568),
        ("-2/kernel[0,0]", 0.000438568),
    ],
)
def test_the_classic_numbers_come_out(model, address, value):
    assert ask(model, address).value == pytest.approx(value, rel=2e-6)


def test_a_weight_is_delta_times_input_and_its_next_value_follows(model):
    e = ask(model, "w5")
    gradient, delta, update = e.steps
    assert (gradient.symbol, delta.symbol, update.symbol) == ("∂E/∂w5", "δ_o1", "w5⁺")
    assert gradient.value == pytest.approx(delta.value * 0.593269992, rel=1e-6)
    assert e.facts["value"] == pytest.approx(0.4)
    assert e.facts["next"] == pytest.approx(update.value)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("address", ["w5", "w1", "E", "h1.delta", "o2"])
def test_what_a_person_reads_is_golden(model, address, lang):
    depth = None if address in ("w1", "E") else 2
    text = ask(model, address, lang=lang, depth=depth).to_text()
    file = GOLDEN / f"classic_{address}_{lang}.txt"
    assert text == file.read_text(encoding="utf-8"), f"differs from {file.name}"


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.txt")), ids=lambda f: f.stem)
def test_what_is_golden_is_true(file):
    text = file.read_text(encoding="utf-8")
    assert list(claims(text)), "no equality was found to check"
    assert verify(text) == []


def test_a_lie_in_a_golden_text_is_noticed(model):
    text = ask(model, "w5", lang="en").to_text().replace("0.08216704", "0.08217704")
    assert len(verify(text)) == 1


def engines_gradients(model, loss, x, y):
    """Let the engine take one step of gradient descent at rate 1: what it goes is the gradient."""
    stepped = cp.Sequential.from_config(model.get_config())
    stepped.build(model.built_for)
    stepped.set_weights(model.get_weights())
    stepped.compile(cp.optimizers.SGD(1.0), loss)
    stepped.train_on_batch(x, y)
    return {
        before.path: np.subtract(before.numpy(), after.numpy(), dtype=np.float64)
        for before, after in zip(model.weights, stepped.weights, strict=True)
    }


@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh", "relu"])
@pytest.mark.parametrize(
    "loss",
    ["mse", "half_sse", "mae", "categorical_crossentropy", "sparse_categorical_crossentropy"],
)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_every_step_adds_up_to_the_engines_number(activation, loss, optimizer):
    rng = np.random.default_rng(zlib.crc32(f"{activation} {loss}".encode()))
    model, x, y = random_dense(rng, activation=activation, loss=loss, optimizer=optimizer)
    engine = engines_gradients(model, loss, x, y)
    for path in ("dense/kernel", "dense_1/kernel", "dense_1/bias"):
        index = tuple(int(rng.integers(n)) for n in engine[path].shape)
        e = cp.why(model, f"{path}[{','.join(map(str, index))}]", x=x, y=y, depth=None)
        assert e.value == pytest.approx(engine[path][index], rel=1e-4, abs=1e-6)
        for step in e.steps:
            if step.formula is not None:
                assert evaluate(step.formula) == pytest.approx(step.value, rel=1e-9, abs=1e-12)
        assert verify(str(e)) == []


def test_the_next_value_is_what_training_makes_of_it():
    rng = np.random.default_rng(3)
    for optimizer in (cp.optimizers.SGD(0.1, momentum=0.9), cp.optimizers.Adam(0.01)):
        model, x, y = random_dense(rng, activation="tanh", loss="mse", optimizer=optimizer)
        model.train_on_batch(x, y)  # so that the optimizer remembers something
        after = cp.why(model, "dense/kernel[1,2].next", x=x, y=y)
        model.train_on_batch(x, y)
        trained = model.get_weights()[0][1, 2]
        assert after.value == pytest.approx(trained, rel=1e-5)


def test_asking_changes_nothing(model):
    before = model.get_weights()
    ask(model, "w5")
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_relu_off_is_said():
    model = classic(activation="relu")
    model.set_weights([-w if i == 1 else w for i, w in enumerate(model.get_weights())])
    e = ask(model, "h1.delta", lang="en")
    assert e.value == 0
    assert e.steps[0].state.key == "relu_off"
    assert "0 because ReLU is off (z = −0.322500)" in str(e)
    assert "ReLU가 꺼져 있어 0" in ask(model, "h1.delta", lang="ko").to_text()


def test_softmax_with_cross_entropy_is_output_less_target():
    model, x, y = random_dense(
        np.random.default_rng(1), activation="tanh", loss="categorical_crossentropy",
        optimizer="sgd", samples=1,
    )  # fmt: skip
    hit, miss = int(y[0].argmax()), int(y[0].argmin())
    text = str(cp.why(model, f"dense_1/sum[{hit}].delta", x=x, y=y, lang="en"))
    assert f"δ_o{hit + 1} = o{hit + 1} − t{hit + 1} = " in text
    assert f"δ_o{miss + 1} = o{miss + 1}" in str(
        cp.why(model, f"dense_1/sum[{miss}].delta", x=x, y=y, lang="en")
    )


def test_a_batch_is_summed_by_sample():
    model, x, y = random_dense(
        np.random.default_rng(1), activation="tanh", loss="mse", optimizer="sgd", samples=20
    )
    e = cp.why(model, "dense_1/kernel[0,1]", x=x, y=y, top=3, lang="en")
    assert len(e.steps[0].formula.parts) == 3
    assert e.steps[0].formula.rest_count == 17
    assert "(and 17 more: " in str(e)
    assert verify(str(e)) == []


def test_one_example_may_come_alone_or_as_a_batch(model):
    alone = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y)
    batch = cp.why(model, "w5", x=[CLASSIC_X], y=[CLASSIC_Y])
    assert alone == batch


def test_json_follows_the_schema_and_comes_back(model):
    from jsonschema import Draft202012Validator, ValidationError

    import clearprop.explain

    schema = json.loads((Path(clearprop.explain.__file__).parent / "schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    for address in ("w5", "E", "h1.delta"):
        e = ask(model, address, depth=None)
        data = json.loads(json.dumps(e.to_json()))
        check.validate(data)
        assert Explanation.from_json(data) == e
        assert Explanation.from_json(data).to_text() == e.to_text()
    data["steps"][0]["formula"] = {"kind": "opinion"}
    with pytest.raises(ValidationError):
        check.validate(data)


def test_displays_are_made_from_the_json_alone(model):
    e = ask(model, "w5", lang="en")
    changed = e.to_json()
    changed["steps"][0]["symbol"] = "SYMBOL"
    other = Explanation.from_json(changed)
    assert "SYMBOL" in other.to_text()
    assert "SYMBOL" in other.to_html()
    bundle = e._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html", "text/latex"}


def test_html_escapes_what_it_is_given(model):
    data = ask(model, "w5", lang="en").to_json()
    data["steps"][0]["symbol"] = "<script>alert(1)</script>"
    assert "<script>" not in Explanation.from_json(data).to_html()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("dense_1/kernl[0,2]", "dense_1/kernel"),
        ("dense_2/kernel[0,0]", "dense/kernel"),
        ("w50", "w5"),
        ("dense/kernel[0,7]", "index 7 of 2; it goes from 0 to 1"),
        ("dense/kernel[0]", "2 numbers in brackets are needed, for shape (2, 2); got 1"),
        ("dense/kernel[a,b]", "an index is whole numbers"),
        ("h1.deltas", "Did you mean 'delta'"),
        ("[[", "is no address"),
    ],
)
def test_a_wrong_address_is_answered_with_the_nearest_right_one(model, address, words):
    with pytest.raises(AddressError, match=r".") as caught:
        ask(model, address)
    assert words in str(caught.value)


def test_what_cannot_be_asked_is_said(model):
    with pytest.raises(OptionError, match="depth must be at least 0"):
        ask(model, "w5", depth=-1)
    with pytest.raises(OptionError, match="sample 3 of 1"):
        ask(model, "w5", sample=3)
    with pytest.raises(ShapeError, match=r"inputs of shape \(N, 2\); got \(1, 3\)"):
        cp.why(model, "w5", x=[[1, 2, 3]], y=[CLASSIC_Y])
    with pytest.raises(OptionError, match="needs an address"):
        cp.why(model)
    with pytest.raises(StateError, match=r"give y="):
        cp.why(model, "w5", x=CLASSIC_X)
    with pytest.raises(StateError, match="no next value"):
        ask(model, "h1.next")
    fresh = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    with pytest.raises(StateError, match="before compile"):
        cp.why(fresh, "o1", x=CLASSIC_X, y=[1.0])
    assert cp.why(fresh, "o1", x=CLASSIC_X).steps


def test_a_tensors_element_is_asked_by_indexing():
    w = cp.tensor([[1.0, 2.0]], name="w")
    loss = (w * w).sum()
    loss.name = "L"
    loss.backward()
    with pytest.raises(ShapeError, match=r"Ask for an element: tensor\[0, 0\]"):
        cp.why(w.grad)
    e = cp.why(w.grad[0, 1], lang="en")
    assert e.steps[0].symbol == "∂L/∂w[0,1]"
    assert "∂L/∂w[0,1] = 2 · w[0,1] = 2 × 2 = 4" in str(e)


def test_it_is_saved_as_one_file_that_needs_nothing_else(model, tmp_path):
    e = ask(model, "w5", lang="ko")
    file = e.save(tmp_path / "why.html")
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="ko">' in page
    assert "δ_o1" in page
    assert "http" not in page.replace("http-equiv", "")
    again = json.loads(e.save(tmp_path / "why.json").read_text(encoding="utf-8"))
    assert Explanation.from_json(again) == e


def test_the_loss_by_itself_is_one(model):
    assert ask(model, "E.gradient").value == 1


def test_momentum_against_the_slope_is_not_called_following_it():
    rng = np.random.default_rng(5)
    model, x, y = random_dense(
        rng, activation="relu", loss="mse", optimizer=cp.optimizers.SGD(0.01, momentum=0.9),
        samples=30,
    )  # fmt: skip
    model.train_on_batch(x, y)
    model.set_weights([w * 0 - 1 if w.ndim == 1 else w for w in model.get_weights()])
    texts = [
        str(cp.why(model, f"dense_1/kernel[{i},{j}]", x=x * 0, y=y, lang="en"))
        for i in range(4)
        for j in range(3)
    ]
    carried = [t for t in texts if "does not change E" in t and "would move it all the same" in t]
    assert carried
    followed = re.compile(r"does not change E.*So one step [^.]* would (raise|lower)", re.DOTALL)
    assert not any(map(followed.search, texts))


def test_an_operation_of_ones_own_shows_its_numbers():
    @cp.op("log({x} / (1 − {x}))", r"\log({x})", shape=lambda x: x, cases=[], elementwise=True)
    def logit_of_the_test(xp, x):
        return xp.log(x / (1 - x))

    logit_of_the_test.vjp(x=lambda xp, g, y, x: g / (x * (1 - x)))
    p = cp.tensor(0.8, name="p")
    text = str(cp.why(logit_of_the_test(p), lang="en"))
    assert "log(p / (1 − p)) = log(0.8 / (1 − 0.8)) = 1.38629" in text


@pytest.mark.parametrize(
    ("head", "loss", "target"),
    [
        ("softmax", "sparse_categorical_crossentropy", [1]),
        ("softmax", "categorical_crossentropy", [[0.0, 1.0, 0.0]]),
        ("sigmoid", "binary_crossentropy", [[0.0, 1.0, 0.0]]),
        ("softmax", "mse", [[0.0, 1.0, 0.0]]),
    ],
)
def test_an_activation_of_its_own_explains_as_one_within_a_layer(head, loss, target):
    apart = cp.Sequential([cp.Input((4,)), cp.layers.Dense(3), cp.layers.Activation(head)])
    within = cp.Sequential([cp.Input((4,)), cp.layers.Dense(3, activation=head)])
    within.set_weights(apart.get_weights())
    x = np.random.default_rng(0).normal(size=(1, 4))
    answers = []
    for model in (apart, within):
        model.compile("sgd", loss)
        answers.append(cp.why(model, "dense/kernel[0,1]", x=x, y=np.array(target)).value)
        assert cp.why(model, "-1/output[1]", x=x).steps
    assert answers[0] == pytest.approx(answers[1], rel=1e-12)


def test_an_image_is_asked_by_row_and_column():
    model = cp.Sequential([cp.Input((3, 4)), cp.layers.Flatten(), cp.layers.Dense(2)])
    model.compile("sgd", "mse")
    x, y = np.arange(12.0).reshape(3, 4), [1.0, 2.0]
    assert cp.why(model, "x[2,1]", x=x, y=y).value == 9
    assert cp.why(model, "x10", x=x, y=y).value == 9
    slope = cp.why(model, "x[2,1].gradient", x=x, y=y).value
    assert slope == pytest.approx(cp.why(model, "x10.gradient", x=x, y=y).value)


def test_a_tiny_step_is_shown_in_digits_that_tell_it():
    model = classic(lr=1e-9)
    text = ask(model, "w5", lang="en", digits=2).to_text()
    old, new = re.search(r"from (\S+) to (\S+)\.\n", text).groups()
    assert float(old) > float(new)


def test_dropout_is_said_to_be_off():
    layers = [cp.layers.Dense(3), cp.layers.Dropout(0.5), cp.layers.Dense(1)]
    model = cp.Sequential([cp.Input((2,)), *layers])
    model.compile("sgd", "mse")
    assert "Dropout is off" in str(cp.why(model, "w1", x=[1.0, 2.0], y=[0.5], lang="en"))


def test_what_the_optimizer_remembers_is_opened():
    model = classic()
    model.compile(cp.optimizers.Adam(0.1), "mse")
    symbols = {step.symbol for step in ask(model, "w5").steps}
    assert {"dense_1/kernel.m⁺[0,0]", "dense_1/kernel.v⁺[0,0]"} <= symbols


def test_the_sentence_on_the_loss_is_that_of_the_loss():
    model, x, y = random_dense(
        np.random.default_rng(1), activation="tanh", loss="categorical_crossentropy",
        optimizer="sgd", samples=1,
    )  # fmt: skip
    assert "a sum over classes" in str(cp.why(model, "w1", x=x, y=y, lang="en"))
    assert "Follows" not in str(cp.why(model, "h1", x=x, y=y, lang="en"))


def test_what_is_no_number_is_not_explained(model):
    with pytest.raises(NumericsError, match=r"x has nan at \[0, 1\]"):
        cp.why(model, "w5", x=[0.0, float("nan")], y=CLASSIC_Y)
    for address in ("E", "w5", "h1.delta", "w5.next"):
        with pytest.raises(StateError, match=r"give y="):
            cp.why(model, address, x=CLASSIC_X)
