"""How a number may be asked for, and what is said beside it."""

import json
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, ClearpropError, OptionError
from clearprop.explain.verify import verify
from tests.explain.nets import CLASSIC_X, CLASSIC_Y, classic


def test_what_is_printed_is_an_address_too():
    def value(address):
        return cp.why(classic(), address, x=CLASSIC_X, y=CLASSIC_Y).value

    assert value("δ_h1") == value("delta_h1") == value("h1.delta")
    assert value("∂E/∂w5") == value("w5.gradient")
    assert value("dense/delta[0]") == value("0/delta[0]") == value("h1.delta")
    assert value("w5⁺") == value("w5.next")
    assert value("δ dense[1]") == value("dense/sum[1].delta") == value("h2.delta")
    assert value("dense/sum.delta[0,1]") == value("h2.delta")  # as pages and JSON have it


def test_the_sample_may_stand_first_in_the_brackets():
    x, y = np.stack([CLASSIC_X, [0.5, -0.2]]), np.stack([CLASSIC_Y, [1.0, 0.0]])
    model = classic()
    first, second = (cp.why(model, f"dense/output[{n},1]", x=x, y=y) for n in (0, 1))
    assert first.value == cp.why(model, "h2", x=x, y=y, sample=0).value
    assert second.value == cp.why(model, "h2", x=x, y=y, sample=1).value
    assert second.value != first.value
    with pytest.raises(AddressError, match="needed"):
        cp.why(model, "dense/kernel[0,0,1]", x=x, y=y)
    with pytest.raises(OptionError, match="sample"):
        cp.why(model, "dense/output[2,1]", x=x, y=y)


def test_a_layer_within_a_model_needs_no_path_where_it_is_the_only_one():
    inner = cp.Sequential([cp.Input((2,)), cp.layers.Dense(2, name="deep")], name="block")
    model = cp.Sequential([cp.Input((2,)), inner, cp.layers.Dense(1)])
    asked = cp.why(model, "deep/output[1]", x=[1.0, 2.0])
    assert asked.value == cp.why(model, "block/deep/output[1]", x=[1.0, 2.0]).value


def test_numbers_of_clip_are_printed():
    model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(3, activation="sigmoid")])
    model.compile("sgd", "categorical_crossentropy")
    text = cp.why(model, "loss", x=[0.5, -1.0], y=[0.0, 0.0, 1.0], lang="en").to_text()
    assert text.count("log(clip(") == 6  # three with symbols, three with numbers
    assert verify(text) == []


def test_of_several_examples_it_is_said_which_number_is_the_sample():
    model = cp.Sequential([cp.Input((4, 4, 1)), cp.layers.Conv2D(1, 2), cp.layers.Flatten()])
    x = np.arange(32.0).reshape(2, 4, 4, 1)
    two = cp.why(model, "conv2d/output[0,0,0]", x=x, lang="en").to_text()
    one = cp.why(model, "conv2d/output[0,0,0]", x=x[0], lang="en").to_text()
    assert "the first number in brackets is the sample" in two
    assert "in brackets" not in one


def test_all_is_a_depth_too():
    asked = [cp.why(classic(), "w1", x=CLASSIC_X, y=CLASSIC_Y, depth=d) for d in ("all", None)]
    assert asked[0].to_text() == asked[1].to_text()
    with pytest.raises(OptionError, match="depth"):
        cp.why(classic(), "w1", x=CLASSIC_X, y=CLASSIC_Y, depth="deep")


def test_functions_are_called_the_same_with_symbols_and_with_numbers():
    model = classic()
    model.compile(cp.optimizers.SGD(0.1, clipvalue=0.01), "mse")
    text = cp.why(model, "w5", x=CLASSIC_X, y=CLASSIC_Y, lang="en").to_text()
    assert text.count("min(max(") == 2
    assert "maximum" not in text


def test_comparisons_and_clips_follow_the_schema_too():
    from jsonschema import Draft202012Validator

    import clearprop.explain

    schema = json.loads((Path(clearprop.explain.__file__).parent / "schema.json").read_text())
    model = classic("relu")
    model.compile(cp.optimizers.Adam(0.1, clipvalue=0.01), "mse")
    data = cp.why(model, "w1", x=CLASSIC_X, y=CLASSIC_Y, depth="all").to_json()
    assert '"op": "greater"' in json.dumps(data)
    Draft202012Validator(schema).validate(json.loads(json.dumps(data)))
    Draft202012Validator(schema).validate(cp.formulas(model, CLASSIC_X, CLASSIC_Y).to_json())


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda m, **o: cp.why(m, "dense/kern", x=CLASSIC_X, y=CLASSIC_Y, **o), "비슷한 것"),
        (
            lambda m, **o: cp.compare(m, "w99", x=CLASSIC_X, y=CLASSIC_Y, yours=1, **o),
            "w1부터 w8까지",
        ),
        (lambda m, **o: cp.what_if(m, {"q": 1}, x=CLASSIC_X, y=CLASSIC_Y, **o), "비슷한 것"),
        (lambda m, **o: cp.what_if(m, ["w1"], x=CLASSIC_X, y=CLASSIC_Y, **o), "같은 dict"),
        (lambda m, **o: cp.what_if(m, {"w1": "a"}, x=CLASSIC_X, y=CLASSIC_Y, **o), "수여야"),
        (lambda m, **o: cp.pushes(m, "w99", x=CLASSIC_X, **o), "w1부터 w8까지"),
        (lambda m, **o: cp.formulas(m, CLASSIC_X, None, **o), "목표값이 있어야"),
        (lambda m, **o: cp.formulas(m, CLASSIC_X, CLASSIC_Y, lr="0.1", **o), "수여야"),
        (
            lambda m, **o: cp.formulas(m, CLASSIC_X, CLASSIC_Y, **o).factors("w99"),
            "가중치는 없습니다",
        ),
        (lambda m, **o: cp.why(m, "w1", x=CLASSIC_X, depth=-1, **o), "0 이상"),
    ],
)
def test_errors_are_said_in_the_language_of_the_call(ask, words, monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "en")
    model = classic()
    with pytest.raises(ClearpropError, match=words):
        ask(model, lang="ko")
    for options in ({}, {"lang": "en"}):
        with pytest.raises(ClearpropError) as raised:
            ask(model, **options)
        assert words not in str(raised.value)
    with pytest.raises(OptionError, match="lang must be 'ko' or 'en'"):
        ask(model, lang="jp")
