"""Worksheets: friendly numbers, the network's own answers, and files that come back."""

import json

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import FormatError, OptionError
from clearprop.explain.sheet import ACTIVATIONS, Sheet, sheet, sizes_of

SIZES = ["1-1", "2-1", "2-2", "3-2", "2-2-2", "3-2-1", "2-3-2-1", "1-1-1-1-1"]


USUAL = ("linear", "sigmoid", "tanh", "relu")
KINDS = [
    *[(sizes, name) for sizes in SIZES for name in USUAL],
    *[("2-3-2-1", name) for name in ACTIVATIONS if name not in USUAL],
]


@pytest.mark.parametrize(("sizes", "activation"), KINDS)
def test_its_answers_are_those_of_the_network(sizes, activation):
    made = sheet(sizes, seed=5, activation=activation, lr=0.3)
    layers = [cp.layers.Dense(n, activation=activation, dtype="float64") for n in made.sizes[1:]]
    model = cp.Sequential([cp.Input((made.sizes[0],)), *layers])
    pairs = zip(made.weights, made.biases, strict=True)
    model.set_weights([np.array(each) for pair in pairs for each in pair])
    model.compile(cp.optimizers.SGD(0.3), "half_sse")
    answers = {field.name: field.line.quantity.value for field in made.fields}
    for name in made.calculation.gradients:
        found = cp.why(model, name, x=[made.x], y=[made.t])
        assert answers[f"dE/d{name}"] == pytest.approx(found.value, rel=1e-12, abs=1e-15)
        assert answers[f"{name}+"] == pytest.approx(found.facts["next"], rel=1e-12)
    assert answers["E"] == pytest.approx(cp.why(model, "E", x=[made.x], y=[made.t]).value)


@pytest.mark.parametrize(
    ("loss", "last", "name"),
    [("entropy", "softmax", "categorical_crossentropy"),
     ("binary", "sigmoid", "binary_crossentropy")],
)  # fmt: skip
def test_cross_entropy_is_that_of_the_network(loss, last, name):
    made = sheet("2-3-2", seed=5, activation="elu", lr=0.3, loss=loss)
    layers = [cp.layers.Dense(3, activation="elu"), cp.layers.Dense(2, activation=last)]
    model = cp.Sequential([cp.Input((2,)), *layers], dtype="float64")
    pairs = zip(made.weights, made.biases, strict=True)
    model.set_weights([np.array(each) for pair in pairs for each in pair])
    model.compile(cp.optimizers.SGD(0.3), name)
    outputs = 2 if loss == "binary" else 1  # Keras takes the mean of the two
    answers = {field.name: field.line.quantity.value for field in made.fields}
    assert set(made.t) <= {0.0, 1.0}
    for weight in made.calculation.gradients:
        found = cp.why(model, weight, x=[made.x], y=[made.t]).value * outputs
        assert answers[f"dE/d{weight}"] == pytest.approx(found, rel=1e-10, abs=1e-15)
    assert answers["E"] == pytest.approx(cp.why(model, "E", x=[made.x], y=[made.t]).value * outputs)
    assert Sheet.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_a_loss_that_has_no_such_sheet_is_refused():
    with pytest.raises(OptionError, match="softmax of one output is always 1"):
        sheet("2-2-1", loss="entropy")
    with pytest.raises(OptionError, match="did you mean 'entropy'"):
        sheet("2-2-2", loss="entrpy")
    for data in (broken(loss="hinge"), sheet("2-1", seed=1).to_json() | {"loss": "entropy"}):
        with pytest.raises(FormatError, match="unknown loss"):
            Sheet.from_json(data)


@pytest.mark.parametrize("seed", range(8))
def test_numbers_are_friendly_and_told_apart(seed):
    made = sheet("2-3-2", seed=seed)
    numbers = [*made.x, *made.t, *(v for w in made.weights for row in w for v in row)]
    numbers += [v for b in made.biases for v in b]
    assert all(round(v, 2) == v and 0.05 <= abs(v) <= 0.95 for v in numbers)
    assert len({abs(v) for v in numbers}) == len(numbers)


def test_a_seed_is_a_sheet():
    assert sheet("2-2-2", seed=3) == sheet("2-2-2", seed=3)
    assert sheet("2-2-2", seed=3) != sheet("2-2-2", seed=4)


def test_every_number_of_the_step_is_asked_for_once():
    made = sheet("2-2-2", seed=3)
    names = [field.name for field in made.fields]
    assert len(set(names)) == len(names)
    assert set(names) == {*made.calculation.by_name, "dsum_o1/dw5"}
    assert made.weight == "w5"
    factors = [field.name for field in made.fields if field.part == "factors"]
    assert factors == ["dE/do1", "do1/dsum_o1", "dsum_o1/dw5", "dE/dw5"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_file_brings_the_same_sheet_back_and_holds_no_answers(activation):
    made = sheet("2-2-1", seed=9, activation=activation)
    data = json.loads(json.dumps(made.to_json()))
    assert Sheet.from_json(data) == made
    assert data["fields"] == [field.name for field in made.fields]
    numbers = json.dumps({k: v for k, v in data.items() if k != "fields"})
    assert str(made.calculation.values["E"][0]) not in numbers


@pytest.mark.parametrize(
    "text",
    ["", "2", "2-", "-2-2", "2-0", "2x2", "a-b", "2-2-2-2-2-2", "9-9", "1-99", "²-2", "2 -2"],
)
def test_sizes_that_nobody_calculates_are_refused(text):
    with pytest.raises(OptionError, match=r"network|by hand"):
        sizes_of(text)


def test_wrong_settings_are_refused():
    with pytest.raises(OptionError, match="did you mean 'sigmoid'"):
        sheet("2-2", activation="sigmod")
    with pytest.raises(OptionError, match="greater than 0"):
        sheet("2-2", lr=0)
    with pytest.raises(OptionError, match="greater than 0"):
        sheet("2-2", lr=float("nan"))
    with pytest.raises(OptionError, match="seed"):
        sheet("2-2", seed=-1)
    with pytest.raises(OptionError, match="3-3-3-3 has 12 and 27"):
        sheet((3, 3, 3, 3))


def broken(**changes):
    data = sheet("2-2-1", seed=1).to_json()
    for name, value in changes.items():
        if value is None:
            del data[name]
        else:
            data[name] = value
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "expected a worksheet"),
        ({"schema": "other/1"}, "expected a worksheet"),
        (broken(x=None), "not a worksheet"),
        (broken(x=[1.0]), "do not fit"),
        (broken(sizes=[2, 2, 2]), "do not fit"),
        (broken(sizes=[2, 10**9]), "by hand"),
        (broken(sizes="22"), "do not fit"),
        (broken(weights=[[["a", 1], [1, 1]], [[1], [1]]]), "not a worksheet"),
        (broken(weights=[[[1, 1], [1]], [[1], [1]]]), "do not fit"),
        (broken(biases=[[0.1, 0.2], [float("inf")]]), "finite"),
        (broken(lr=1e300), "million"),
        (broken(activation="softmax"), "unknown activation"),
    ],
)
def test_files_that_are_no_sheets_are_refused(data, words):
    with pytest.raises(FormatError, match=words):
        Sheet.from_json(data)
