"""Callbacks that set the learning rate, beside Keras's."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.train.nets import X, Y, model

SERIES = {
    "falls": [5, 4, 3, 2, 1],
    "wavers": [5, 3, 4, 2.95, 4, 4, 2, 6, 6, 6, 6, 6],
    "level": [1] * 12,
    "breaks": [3, float("nan"), 2, float("nan"), float("nan"), 1],
}
SETTINGS = [
    {"patience": 2},
    {"patience": 1, "min_delta": 0.5},
    {"patience": 1, "factor": 0.5, "cooldown": 2},
    {"patience": 1, "factor": 0.5, "min_lr": 0.3},
    {"patience": 2, "mode": "max", "factor": 0.9},
    {"patience": 1, "factor": 0.0},
    {},
]


class Rate:
    def __init__(self, rate):
        self.learning_rate = rate


class StandIn:
    def __init__(self, rate=1.0):
        self.optimizer, self.metrics = Rate(rate), []


def rates(callback, series):
    stand_in = StandIn()
    callback.set_model(stand_in)
    callback.on_train_begin({})
    found = []
    for epoch, value in enumerate(series):
        logs = {"val_loss": value}
        callback.on_epoch_end(epoch, logs)
        found.append((stand_in.optimizer.learning_rate, logs["learning_rate"]))
    return found


@pytest.mark.parametrize(("series", "settings"), list(itertools.product(SERIES, SETTINGS)), ids=str)
def test_the_rate_falls_where_keras_s_does(series, settings):
    import keras

    ours = rates(cp.callbacks.ReduceLROnPlateau(**settings), SERIES[series])
    theirs = rates(keras.callbacks.ReduceLROnPlateau(**settings), SERIES[series])
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_the_series_tell_settings_apart():
    courses = [rates(cp.callbacks.ReduceLROnPlateau(**s), SERIES["wavers"]) for s in SETTINGS]
    assert len({tuple(course) for course in courses}) >= 6


def test_a_plateau_that_is_taken_up_goes_on_as_if_it_had_not_stopped():
    settings = {"patience": 2, "factor": 0.5, "cooldown": 1}
    one, whole = cp.callbacks.ReduceLROnPlateau(**settings), SERIES["wavers"]
    expected = rates(one, whole)
    for cut in range(1, len(whole)):
        first, second = (cp.callbacks.ReduceLROnPlateau(**settings) for _ in range(2))
        begun = rates(first, whole[:cut])
        second.set_model(StandIn(begun[-1][0]))
        second.on_train_begin({})
        second.set_state({name: np.asarray(value) for name, value in first.get_state().items()})
        for epoch, value in enumerate(whole[cut:], cut):
            second.on_epoch_end(epoch, {"val_loss": value})
            begun.append((second.model.optimizer.learning_rate, begun[-1][0]))
        assert begun == expected, cut


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"factor": 1.0}, "factor must be at least 0 and below 1; got 1.0"),
        ({"factor": float("nan")}, "got nan"),
        ({"patince": 3}, "no argument 'patince'; did you mean 'patience'"),
        ({"mode": "up"}, "mode must be"),
        ({"monitor": "profit"}, "mode='min' or mode='max'"),
    ],
)
def test_settings_that_are_none(settings, words):
    with pytest.raises(errors.OptionError, match=words):
        cp.callbacks.ReduceLROnPlateau(**settings)


def test_a_figure_that_is_not_there_is_said():
    with pytest.warns(UserWarning, match="ReduceLROnPlateau looks at 'val_loss'"):
        model().fit(X, Y, epochs=1, callbacks=[cp.callbacks.ReduceLROnPlateau()])


def test_the_rates_are_those_of_the_steps():
    plain, halved = (model(optimizer=cp.optimizers.SGD(0.1)) for _ in range(2))
    callback = cp.callbacks.LearningRateScheduler(lambda epoch: 0.1 / 2**epoch)
    history = halved.fit(X, Y, epochs=3, shuffle=False, callbacks=[callback])
    assert history.history["learning_rate"] == [0.1, 0.05, 0.025]
    for epoch in range(3):
        plain.optimizer.learning_rate = 0.1 / 2**epoch
        plain.fit(X, Y, shuffle=False)
    for ours, theirs in zip(halved.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, lr: lr * 0.5,
        lambda epoch, lr, step=3: lr * 0.5,
        lambda *given: given[1] * 0.5,
        lambda epoch, lr: np.float32(lr) * np.float32(0.5),
        lambda epoch, lr: cp.tensor(lr) * 0.5,
    ],
)
def test_what_schedules_may_be(schedule):
    stand_in = StandIn(0.25)
    callback = cp.callbacks.LearningRateScheduler(schedule)
    callback.set_model(stand_in)
    callback.on_epoch_begin(0)
    callback.on_epoch_begin(1)
    assert stand_in.optimizer.learning_rate == 0.0625


@pytest.mark.parametrize("given", [None, "0.1", [0.1, 0.2], True])
def test_a_schedule_that_gives_no_rate(given):
    callback = cp.callbacks.LearningRateScheduler(lambda epoch: given)
    with pytest.raises(errors.OptionError, match="must give a number; for epoch 0 it gave"):
        model().fit(X, Y, callbacks=[callback])


@pytest.mark.parametrize("rate", [-0.1, float("nan")])
def test_a_rate_that_no_optimizer_takes(rate):
    callback = cp.callbacks.LearningRateScheduler(lambda epoch: rate)
    with pytest.raises(errors.OptionError, match="learning_rate"):
        model().fit(X, Y, callbacks=[callback])


def test_a_schedule_s_own_error_is_not_taken_for_a_lack_of_arguments():
    def schedule(epoch, lr):
        return lr + "0.1"

    with pytest.raises(TypeError, match="unsupported operand"):
        model().fit(X, Y, callbacks=[cp.callbacks.LearningRateScheduler(schedule)])


def test_a_schedule_that_is_no_function():
    with pytest.raises(errors.OptionError, match="must be a function"):
        cp.callbacks.LearningRateScheduler(0.1)


@pytest.mark.parametrize(
    "callback",
    [
        cp.callbacks.LearningRateScheduler(lambda epoch: 0.1),
        cp.callbacks.ReduceLROnPlateau("loss"),
    ],
)
def test_an_optimizer_with_a_schedule_of_its_own(callback):
    one = model(optimizer=cp.optimizers.SGD(lambda step: 0.1))
    with pytest.raises(errors.OptionError, match="follows a schedule"):
        one.fit(X, Y, callbacks=[callback])


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "Epoch 1: the learning rate is now 0.05."),
        ("ko", "에포크 1: 학습률을 0.05로 바꿨습니다."),
    ],
)
def test_they_say_it_if_asked(capsys, monkeypatch, lang, line):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    callback = cp.callbacks.LearningRateScheduler(lambda epoch: 0.05, verbose=1)
    model().fit(X, Y, callbacks=[callback], verbose=0)
    assert capsys.readouterr().out == line + "\n"
