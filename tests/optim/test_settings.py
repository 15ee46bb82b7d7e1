"""Settings are checked when they come, with one message from one declaration."""

import json
from dataclasses import fields

import numpy as np
import pytest

from clearprop import optim
from clearprop.errors import OptionError
from clearprop.optim.constraints import Interval, Numbers, OrFunction, OrNone, Switch, Text
from clearprop.optim.settings import domains

KINDS = [*optim.OPTIMIZERS.values(), *optim.schedules.SCHEDULES.values()]
NEEDED = {
    "boundaries": [2.0], "values": [0.1, 0.2], "decay_steps": 10.0, "first_decay_steps": 10.0,
    "decay_rate": 0.5, "initial_learning_rate": 0.1,
}  # fmt: skip
NEVER = [None, [0.1, "x"], float("nan"), float("inf"), 1j, b"", ""]


def needed(kind):
    """Give the settings of a kind that have no default."""
    return {name: NEEDED[name] for name, (default, _) in domains(kind).items() if name in NEEDED}


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_refuses_what_is_outside_its_domain(kind):
    rest = needed(kind)
    for setting, (default, domain) in domains(kind).items():
        if setting not in rest:
            assert domain.checked(setting, default) == default
        wrong = [v for v in [*NEVER, -0.5, 7.5] if not _belongs(domain, v)]
        assert len(wrong) >= len(NEVER) - 1
        for value in wrong:
            with pytest.raises(OptionError) as caught:
                kind(**rest | {setting: value})
            message = str(caught.value)
            assert message == f"{kind.__name__}: {setting} must be {domain}; got {value!r}."


def _belongs(domain, value):
    if isinstance(domain, OrNone):
        return value is None or _belongs(domain.inner, value)
    if isinstance(domain, OrFunction):
        return _belongs(domain.inner, value)
    return isinstance(domain, Interval) and isinstance(value, float) and value in domain


@pytest.mark.parametrize(
    ("domain", "words", "inside", "outside"),
    [
        (Interval(0.0), "greater than 0", [1e-9, 5], [0, -1]),
        (Interval(0.0, closed="left"), "at least 0", [0, 5], [-1e-9]),
        (Interval(high=0.0, closed="right"), "at most 0", [0, -5], [1e-9]),
        (Interval(high=0.0), "less than 0", [-5], [0]),
        (Interval(), "a finite number", [0, -5], [np.nan, np.inf]),
        (Interval(0, 1, "left"), "in [0, 1)", [0, 0.5], [1, -0.1]),
        (Interval(0, 1, "right"), "in (0, 1]", [1, 0.5], [0, 1.1]),
        (Interval(0, 1, "both"), "in [0, 1]", [0, 1], [1.1]),
        (Interval(0, 1), "in (0, 1)", [0.5], [0, 1]),
        (Interval(2, closed="left", whole=True), "a whole number at least 2", [2, 3.0], [2.5, 1]),
        (Switch(), "True or False", [True, np.False_], [1, "yes"]),
        (Text(), "a text", ["adam"], ["", 3, None]),
        (OrNone(Interval(0.0)), "greater than 0, or None", [1, None], [0, "x"]),
        (OrFunction(Interval(0.0)), "greater than 0, or a function of the step", [1, abs], [0]),
        (Numbers(Interval(0.0)), "a list of numbers, each greater than 0", [[1], ()], [1, [0]]),
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
        rule = optim.SGD(learning_rate=rate)
        assert type(rule.rate(0)) is type(rule.get_config()["learning_rate"]) is float
        assert (rule.learning_rate * np.ones(2, np.float32)).dtype == np.float32


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
    assert "It has: learning_rate, momentum, nesterov, weight_decay, clipnorm," in message
    assert message.endswith("name.")


def test_a_function_without_arguments_will_do_as_it_does_for_keras():
    rates = iter([0.5, 0.25])
    optimizer = optim.SGD(learning_rate=lambda: next(rates))
    assert [optimizer.rate(step) for step in range(2)] == [0.5, 0.25]
    optimizer.learning_rate = lambda step: step / 2
    assert optimizer.rate(3) == 1.5


def test_a_rate_of_zero_is_said_to_those_that_divide_by_it():
    with pytest.raises(OptionError, match="Ftrl: learning_rate must be greater than 0"):
        optim.Ftrl(0.0)
    with pytest.raises(OptionError, match="for step 0 must be greater than 0; got 0"):
        optim.Ftrl(lambda step: 0.0).rate(0)


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
    made = kind(learning_rate=0.123, clipnorm=0.5, use_ema=True, name="mine")
    assert made != kind(learning_rate=0.123)
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


@pytest.mark.parametrize("asked", ["sgd", "SGD", "Sgd", {"class_name": "sgd"}])
def test_found_by_name(asked):
    assert optim.get(asked) == optim.SGD()


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_every_kind_is_found_by_its_name(name):
    kind = optim.OPTIMIZERS[name]
    assert getattr(optim, kind.__name__) is kind
    assert kind.__name__ in optim.__all__
    assert type(optim.get(kind.__name__)) is type(optim.get(name)) is kind
    assert optim.get(name).name == name


CLIPS = {"clipnorm": 1.0, "clipvalue": 0.5, "global_clipnorm": 2.0}


@pytest.mark.parametrize("left_out", [None, *CLIPS])
def test_gradients_are_clipped_in_one_way_at_most(left_out):
    two = {name: value for name, value in CLIPS.items() if name != left_out}
    with pytest.raises(OptionError) as caught:
        optim.Adam(**two)
    assert "Adam: gradients are clipped in one way at most" in str(caught.value)
    assert all(f"{name}={value}" in str(caught.value) for name, value in two.items())
    for name, value in CLIPS.items():
        assert getattr(optim.Adam(**{name: value}), name) == value


def test_what_every_kind_has_is_given_by_name():
    assert optim.AdamW(0.1, 0.2).weight_decay == 0.2
    with pytest.raises(OptionError) as caught:
        optim.SGD(0.1, 0.9, True, 0.01)
    assert str(caught.value).startswith("SGD takes learning_rate, momentum, nesterov in this order")
    assert "given by name" in str(caught.value)


def test_shown_as_it_is_made():
    made = optim.SGD(0.1, clipvalue=0.5)
    assert repr(made) == "SGD(learning_rate=0.1, momentum=0.0, nesterov=False, clipvalue=0.5)"
    assert eval(repr(made), vars(optim)) == made


@pytest.mark.parametrize(
    "excluded", [3, {"paths": []}, {"paths": [], "names": "bias"}, {"paths": [1], "names": []}]
)
def test_a_strange_list_of_weights_that_do_not_decay(excluded):
    config = optim.AdamW().get_config() | {"excluded_from_weight_decay": excluded}
    with pytest.raises(OptionError, match="excluded_from_weight_decay must have"):
        optim.AdamW.from_config(config)
    for names in ([""], [3], "bias"):
        with pytest.raises(OptionError, match="var_names must be a list of texts"):
            optim.AdamW().exclude_from_weight_decay(var_names=names)


class Plain(optim.Optimizer):
    """An optimizer that is no dataclass, written as one is for Keras."""

    def __init__(self, learning_rate=0.5, keep=0.5, **common):
        super().__init__(learning_rate, **common)
        self.keep = keep

    def init(self, xp, w):
        return {}

    def update(self, xp, w, g, state, step, lr):
        return w - lr * self.keep * g, {}

    def get_config(self):
        return super().get_config() | {"keep": self.keep}


def test_one_of_your_own_that_is_a_plain_class():
    made = Plain(keep=0.25, clipnorm=1.0)
    assert (made.learning_rate, made.keep, made.clipnorm, made.name) == (0.5, 0.25, 1.0, "plain")
    assert repr(made) == "Plain(learning_rate=0.5, keep=0.25, clipnorm=1.0)"
    made.keep = 0.5  # its own affair
    with pytest.raises(OptionError, match="clipnorm is fixed"):
        made.clipnorm = 3.0
    with pytest.raises(OptionError, match="did you mean 'clipnorm'"):
        Plain(clipnrm=1.0)
    with pytest.raises(OptionError, match="Plain: use_ema must be True or False; got 3"):
        Plain(use_ema=3)


def test_one_of_your_own_is_read_from_a_file_once_it_is_known(monkeypatch):
    written = optim.serialize(Plain(keep=0.25))
    with pytest.raises(OptionError, match="unknown optimizer 'Plain'"):
        optim.get(written)
    assert optim.deserialize(written, custom_objects={"Plain": Plain}).keep == 0.25
    monkeypatch.setattr(optim.registry, "OPTIMIZERS", known := dict(optim.OPTIMIZERS))
    assert optim.register(Plain) is Plain
    assert optim.register(Plain) is Plain
    assert optim.get(written).keep == 0.25
    assert known["plain"] is Plain
    with pytest.raises(OptionError, match=r"clearprop\.optim\.sgd has optimizer 'SGD' already"):
        optim.register(type("SGD", (Plain,), {}))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("adan", "unknown optimizer 'adan'; did you mean 'adam'? Known: 'adadelta', 'adafactor',"),
        ("zzzz", "unknown optimizer 'zzzz'. Known:"),
        (3, "unknown optimizer 3. Known:"),
        (optim.SGD, "the class SGD; give one made from it: SGD()"),
    ],
)
def test_not_found(asked, words):
    with pytest.raises(OptionError) as caught:
        optim.get(asked)
    assert words in str(caught.value)
