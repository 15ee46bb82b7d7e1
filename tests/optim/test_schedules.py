"""Schedules give the rates that Keras gives, are formulas, and can be written down."""

import inspect
import json

import array_api_strict
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from clearprop import optim
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.symbols import SYMBOLS, symbol
from clearprop.core.tensor import RECORDED, tensor
from clearprop.errors import OptionError
from clearprop.optim import schedules

STEPS = [*range(30), 31, 40, 49, 63, 64, 70, 99, 100, 101, 127, 150, 255, 500, 1000]
CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.9,
                          "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "power": 0.5,
                         "end_learning_rate": 0.01}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "power": 2.0,
                         "cycle": True}),
    ("PiecewiseConstantDecay", {"boundaries": [5, 20], "values": [0.1, 0.05, 0.01]}),
    ("PiecewiseConstantDecay", {"boundaries": [3], "values": [0.1, 0.2]}),
    ("PiecewiseConstantDecay", {"boundaries": [1, 2, 3, 60], "values": [0.5, 0.4, 0.3, 0.2, 0.1]}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7.5, "decay_rate": 0.5,
                          "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 25}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 25, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 25, "alpha": 0.1,
                     "warmup_target": 0.1, "warmup_steps": 10}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10,
                             "t_mul": 1.0, "m_mul": 0.9, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 8,
                             "t_mul": 1.5, "m_mul": 0.8}),
]  # fmt: skip
every_case = pytest.mark.parametrize(
    ("name", "settings"), CASES, ids=lambda x: x if isinstance(x, str) else str(list(x.values()))
)


def made(name, settings):
    return getattr(schedules, name)(**settings)


def rates(schedule, steps=STEPS):
    return np.array([float(schedule(step)) for step in steps])


@every_case
def test_rates_are_keras_s(keras, keras_floatx, name, settings):
    keras_floatx("float64")
    theirs = getattr(keras.optimizers.schedules, name)(**settings)
    np.testing.assert_allclose(rates(made(name, settings)), rates(theirs), rtol=1e-10, atol=1e-15)


def test_every_schedule_is_compared():
    assert {name for name, _ in CASES} == set(schedules.SCHEDULES)


@pytest.mark.parametrize(
    ("name", "change"),
    [("ExponentialDecay", {"staircase": True}), ("CosineDecay", {"alpha": 0.1}),
     ("PolynomialDecay", {"cycle": True}), ("CosineDecayRestarts", {"t_mul": 3.0})],
)  # fmt: skip
def test_another_schedule_is_told_apart(keras, keras_floatx, name, change):
    keras_floatx("float64")
    settings = next(own for known, own in CASES if known == name)
    theirs = rates(jax.jit(getattr(keras.optimizers.schedules, name)(**settings)))
    assert np.abs(rates(made(name, settings | change)) - theirs).max() > 1e-4


def test_a_period_begins_at_the_top_however_logarithms_are_rounded():
    for longer in (1.5, 2.0, 3.0, 5.0, 7.0, 10.0):
        schedule = schedules.CosineDecayRestarts(0.1, 4, t_mul=longer)
        begins = [4 * sum(longer**i for i in range(n)) for n in range(6)]
        assert [schedule(step) for step in begins] == pytest.approx([0.1] * 6)
        assert max(schedule(step - 0.5) for step in begins[1:]) < 0.02


def test_a_rise_may_begin_at_zero():
    # Keras takes the kind of number from the first rate: of a whole 0 it makes whole numbers.
    schedule = schedules.CosineDecay(0, 10, warmup_target=0.2, warmup_steps=4)
    assert [schedule(step) for step in (0, 1, 2, 4, 14, 20)] == pytest.approx(
        [0, 0.05, 0.1, 0.2, 0, 0]
    )
    at_once = schedules.CosineDecay(0.5, 10, warmup_target=0.2)
    assert [at_once(0), at_once(10)] == pytest.approx([0.2, 0])


@every_case
def test_a_formula_for_every_namespace(name, settings):
    schedule = made(name, settings)
    strict = ArrayNamespace(array_api_strict, "strict")
    compiled = jax.jit(lambda step: schedule.at(ArrayNamespace(jnp, "jax"), step))
    formula = schedule.at(SYMBOLS, symbol("step"))
    for step in (0.0, 3.0, 11.0, 40.0):
        expected = pytest.approx(schedule(step), rel=1e-12)
        assert float(schedule.at(strict, array_api_strict.asarray(step))) == expected
        assert float(compiled(step)) == expected
        assert schedule.at(RECORDED, tensor(step)).item() == expected
        assert float(formula.evaluate({"step": np.asarray(step)}, NUMPY)) == expected


@pytest.mark.parametrize(
    ("schedule", "formula"),
    [
        (schedules.ExponentialDecay(0.1, 8, 0.5), "0.1 · 0.5^(step / 8)"),
        (schedules.InverseTimeDecay(0.1, 8, 0.5, True), "0.1 / (1 + 0.5 · floor(step / 8))"),
        (schedules.PolynomialDecay(0.5, 8, 0.1, 2.0), "0.4 · (1 − min(step / 8, 1))^2 + 0.1"),
        (schedules.PiecewiseConstantDecay([9], [0.2, 0.1]), "where(step ≤ 9, 0.2, 0.1)"),
    ],
)  # fmt: skip
def test_a_schedule_reads_as_its_formula(schedule, formula):
    assert schedule.at(SYMBOLS, symbol("step")).plain() == formula


@every_case
def test_written_down_and_made_again(name, settings):
    schedule = made(name, settings)
    written = json.loads(json.dumps(schedules.serialize(schedule)))
    again = schedules.deserialize(written)
    assert (type(again), again) == (type(schedule), schedule)
    optimizer = optim.Adam(schedule, clipnorm=1.0)
    written = json.loads(json.dumps(optim.serialize(optimizer)))
    assert written["config"]["learning_rate"]["class_name"] == name
    assert optim.get(written) == optimizer
    assert optim.get(written).rate(9) == schedule(9)


@pytest.mark.parametrize("name", schedules.SCHEDULES)
def test_names_and_defaults_are_keras_s(keras, name):
    theirs = inspect.signature(getattr(keras.optimizers.schedules, name)).parameters.values()
    ours = inspect.signature(getattr(schedules, name)).parameters.values()
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps must be greater than 0"),
        (lambda: schedules.CosineDecay(0.1, 9, warmup=3), "no setting 'warmup'; did you mean"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "got 1 boundaries and 1 values"),
        (lambda: schedules.PiecewiseConstantDecay([2, 2], [1, 1, 1]), "boundaries must rise"),
        (lambda: optim.SGD(schedules.PolynomialDecay(0.1, 5, power=-1.0)).rate(5),
         "schedule gives for step 5 must be at least 0; got inf"),
        (lambda: optim.SGD(schedules.ExponentialDecay(0.1, 1, 10.0)).rate(10**6), "got inf"),
        (lambda: schedules.deserialize({"class_name": "Cosine", "config": {}}), "'CosineDecay'"),
        (lambda: schedules.deserialize(3), "described by class_name and config; got 3"),
        (lambda: optim.get({"class_name": "SGD", "config": {"learning_rate": {}}}), "schedule"),
    ],
)  # fmt: skip
def test_bad_settings_are_answered_in_words(make, words):
    with pytest.raises(OptionError) as caught, np.errstate(all="ignore"):
        make()
    assert words in str(caught.value)


class Halving(schedules.LearningRateSchedule):
    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / 2**step


def test_one_of_your_own():
    optimizer = optim.SGD(Halving(0.8))
    assert [optimizer.rate(step) for step in range(3)] == [0.8, 0.4, 0.2]
    with pytest.raises(OptionError, match="Halving cannot be written down: give it a get_config"):
        optim.serialize(optimizer)
    kind = type("Kept", (Halving,), {"get_config": lambda self: {"start": self.start}})
    written = optim.serialize(optim.SGD(kind(0.8)))
    with pytest.raises(OptionError, match="unknown schedule 'Kept'"):
        optim.get(written)
    try:
        schedules.register(kind)
        assert optim.get(written).rate(1) == 0.4
    finally:
        del schedules.SCHEDULES["Kept"]


def test_keras_s_spelling():
    from clearprop import keras as our_keras
    from clearprop.keras.optimizers.schedules import CosineDecay

    assert our_keras.optimizers.schedules.CosineDecay is CosineDecay is schedules.CosineDecay
    with pytest.raises(AttributeError, match="did you mean 'CosineDecay'"):
        our_keras.optimizers.schedules.CosinDecay  # noqa: B018
