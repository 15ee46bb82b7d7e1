"""Settings are checked when they come, with one message from one declaration."""

import json
from dataclasses import fields

import numpy as np
import pytest

from clearprop import optim
from clearprop.errors import OptionError
from clearprop.optim.constraints import Interval, Numbers, OrFunction, OrNone, Switch, Text
from clearprop.optim.settings import domains

EVERY = [(kind, setting) for kind in optim.OPTIMIZERS.values() for setting in domains(kind)]
NEVER = ["much", None, [0.1, 0.2], float("nan"), float("inf"), -1.0, 1j]


@pytest.mark.parametrize(("kind", "setting"), EVERY)
def test_every_setting_refuses_what_is_outside_its_domain(kind, setting):
    default, domain = domains(kind)[setting]
    assert domain.checked(setting, default) == default
    for value in NEVER:
        with pytest.raises(OptionError) as caught:
            kind(**{setting: value})
        message = str(caught.value)
        assert message == f"{kind.__name__}: {setting} must be {domain}; got {value!r}."


@pytest.mark.parametrize(
    ("domain", "words", "inside", "outside"),
    [
        (Domain(0.0), "greater than 0", [1e-9, 5], [0, -1]),
        (Domain(0.0, closed="left"), "at least 0", [0, 5], [-1e-9]),
        (Domain(0, 1, "left"), "in [0, 1)", [0, 0.5], [1, -0.1]),
        (Domain(0, 1, "right"), "in (0, 1]", [1, 0.5], [0, 1.1]),
        (Domain(0, 1, "both"), "in [0, 1]", [0, 1], [1.1]),
        (Domain(0, 1), "in (0, 1)", [0.5], [0, 1]),
        (Domain(switch=True), "True or False", [True, np.False_], [1, "yes"]),
        (Domain(0.0, schedule=True), "greater than 0, or a function of the step", [1, abs], [0]),
    ],
    ids=str,
)
def test_a_domain_says_what_it_holds(domain, words, inside, outside):
    assert str(domain) == words
    for value in inside:
        domain.checked("it", value)
    for value in outside:
        with pytest.raises(OptionError, match="it must be"):
            domain.checked("it", value)


def test_numbers_of_other_libraries_become_plain_ones():
    # A NumPy number would make float32 weights float64.
    for rate in (np.float64(0.5), np.float32(0.5), np.array(0.5), np.array([0.5]), 1):
        assert type(optim.SGD(learning_rate=rate).learning_rate) is float


def test_true_is_no_number():
    with pytest.raises(OptionError, match="momentum must be"):
        optim.SGD(momentum=True)


def test_the_learning_rate_alone_can_change():
    optimizer = optim.SGD(0.1, 0.9)
    optimizer.learning_rate = 0.5
    assert optimizer.rate(0) == 0.5
    with pytest.raises(OptionError, match=r"at least 0.*; got -1"):
        optimizer.learning_rate = -1
    with pytest.raises(OptionError, match=r"momentum is fixed.*SGD is made.*momentum=0\.5"):
        optimizer.momentum = 0.5
    with pytest.raises(AttributeError, match="SGD has no setting 'momentun'"):
        optimizer.momentun = 0.5
    assert optimizer == optim.SGD(0.5, 0.9)


@pytest.mark.parametrize(
    ("setting", "meant"), [("lr", "learning_rate"), ("momentun", "momentum"), ("zzz", None)]
)
def test_a_setting_that_does_not_exist(setting, meant):
    with pytest.raises(OptionError) as caught:
        optim.SGD(**{setting: 0.1})
    message = str(caught.value)
    assert message.startswith(f"SGD has no setting {setting!r}")
    assert ("did you mean" in message) == (meant is not None)
    assert meant is None or f"did you mean {meant!r}?" in message
    assert message.endswith("It has: learning_rate, momentum, nesterov.")


def test_a_schedule_is_asked_for_every_step():
    optimizer = optim.SGD(learning_rate=lambda step: 1 / (1 + step))
    assert [optimizer.rate(step) for step in range(3)] == [1.0, 1 / 2, 1 / 3]
    astray = optim.SGD(learning_rate=lambda step: 1 - step)
    assert astray.rate(1) == 0
    with pytest.raises(OptionError, match=r"schedule gives for step 2 must be at least 0; got -1"):
        astray.rate(2)


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_written_down_and_made_again(name):
    kind = optim.OPTIMIZERS[name]
    made = kind(learning_rate=0.123)
    written = json.loads(json.dumps(optim.serialize(made)))
    assert set(written["config"]) == {field.name for field in fields(kind)}
    again = optim.get(written)
    assert (again, type(again)) == (made, kind)


@pytest.mark.parametrize(
    "written",
    [
        {"class_name": "SGD", "config": {"rate": 1}},
        {"class_name": "SGD", "config": {"momentum": "__import__('os')"}},
        {"class_name": "SGD", "config": [1]},
        {"class_name": "SGD", "config": {1: 2}},
        {"class_name": "Optimizer", "config": {}},
        {"class_name": ["SGD"]},
        {},
    ],
)
def test_a_strange_description_is_refused(written):
    with pytest.raises(OptionError):
        optim.get(written)


def test_a_function_cannot_be_written_down():
    with pytest.raises(OptionError, match=r"is a function.*cannot be written down"):
        optim.serialize(optim.SGD(learning_rate=lambda step: 0.1))


@pytest.mark.parametrize("asked", ["sgd", "SGD", "Sgd"])
def test_found_by_name(asked):
    assert optim.get(asked) == optim.SGD()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("adan", "unknown optimizer 'adan'; did you mean 'adam'? Known: 'adam', 'sgd'."),
        ("zzzz", "unknown optimizer 'zzzz'. Known:"),
        (3, "unknown optimizer 3. Known:"),
        (optim.SGD, "the class SGD; give one made from it: SGD()"),
    ],
)
def test_not_found(asked, words):
    with pytest.raises(OptionError) as caught:
        optim.get(asked)
    assert words in str(caught.value)
