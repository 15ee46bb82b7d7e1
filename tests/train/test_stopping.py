"""Callbacks that end training: EarlyStopping as Keras's, and a loss that is small enough."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors

SERIES = {
    "falls": [5, 4, 3, 2, 1],
    "rises": [1, 2, 3, 4, 5],
    "wavers": [5, 3, 4, 2.95, 4, 4, 2, 6, 6, 6],
    "level": [1, 1, 1, 1],
    "breaks": [3, float("nan"), 2, float("nan"), float("nan"), 1],
}
SETTINGS = [
    {},
    {"patience": 2},
    {"patience": 1, "min_delta": 0.5},
    {"patience": 1, "min_delta": -0.5},
    {"patience": 2, "mode": "max"},
    {"patience": 1, "baseline": 2.5},
    {"patience": 1, "start_from_epoch": 3},
    {"patience": 2, "restore_best_weights": True},
    {"patience": 9, "restore_best_weights": True},
    {"restore_best_weights": True, "start_from_epoch": 2},
    {"patience": 1, "restore_best_weights": True, "baseline": 0.1},
]


class StandIn:
    """A model whose weights are the number of the epoch."""

    def __init__(self):
        self.epoch, self.stop_training, self.metrics = -1, False, []
        self.restored = None

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.restored = int(weights[0])


def course(callback, series):
    model = StandIn()
    callback.set_model(model)
    callback.on_train_begin({})
    for epoch, value in enumerate(series):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    callback.on_train_end({})
    return model.epoch, model.stop_training, model.restored, callback.stopped_epoch


@pytest.mark.parametrize(("series", "settings"), list(itertools.product(SERIES, SETTINGS)), ids=str)
def test_early_stopping_stops_where_keras_s_does(series, settings):
    import keras

    ours = course(cp.callbacks.EarlyStopping(**settings), SERIES[series])
    theirs = course(keras.callbacks.EarlyStopping(**settings), SERIES[series])
    assert ours == theirs


def test_the_series_tell_settings_apart():
    stops = {course(cp.callbacks.EarlyStopping(**s), SERIES["wavers"]) for s in SETTINGS}
    assert len(stops) > 5


def test_early_stopping_can_serve_again():
    stop = cp.callbacks.EarlyStopping(patience=1)
    assert course(stop, SERIES["wavers"]) == course(stop, SERIES["wavers"])


@pytest.mark.parametrize(
    ("monitor", "mode"),
    [
        ("loss", "min"), ("val_loss", "min"), ("mse", "min"), ("val_mean_absolute_error", "min"),
        ("binary_crossentropy", "min"), ("accuracy", "max"), ("val_acc", "max"),
        ("sparse_categorical_accuracy", "max"),
    ],
)  # fmt: skip
def test_what_is_better_is_told_by_the_name(monitor, mode):
    assert cp.callbacks.EarlyStopping(monitor).mode == mode


def test_a_name_that_says_nothing_and_a_mode_that_is_none():
    with pytest.raises(errors.OptionError, match=r"'profit' is better.*mode='min' or mode='max'"):
        cp.callbacks.EarlyStopping("profit")
    assert cp.callbacks.EarlyStopping("profit", mode="max").mode == "max"
    with pytest.raises(errors.OptionError, match="got 'best'"):
        cp.callbacks.EarlyStopping(mode="best")


def model():
    made = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)], dtype="float64")
    made.set_weights([[[3.0]], [1.0]])
    made.compile(cp.optimizers.SGD(0.01), "half_sse")
    return made


def test_the_best_weights_come_back():
    one = model()
    stop = cp.callbacks.EarlyStopping("loss", patience=1, mode="max", restore_best_weights=True)
    history = one.fit([[2.0]], [[10.0]], epochs=9, callbacks=[stop])
    assert history.epoch == [0, 1]  # the loss falls, and that counts as worse
    assert stop.best_epoch == 0
    np.testing.assert_allclose(one.get_weights()[0], [[3.06]])


def test_a_figure_that_is_not_there_is_said_and_training_goes_on():
    stop = cp.callbacks.EarlyStopping()
    with pytest.warns(UserWarning, match=r"looks at 'val_loss'.*there are 'loss'.*validation"):
        assert len(model().fit([[2.0]], [[10.0]], epochs=2, callbacks=[stop]).epoch) == 2


def test_the_step_of_the_small_loss_is_still_taken():
    stop = cp.callbacks.StopAtLoss(4.2)
    one = model()
    history = one.fit([[2.0]], [[10.0]], epochs=9, callbacks=[stop])
    assert history.history["loss"] == pytest.approx([4.5, 4.06125])
    assert stop.stopped_epoch == 1
    np.testing.assert_allclose(one.get_weights()[0], [[3.117]])


def test_a_threshold_that_is_not_reached():
    stop = cp.callbacks.StopAtLoss(1e-9)
    assert len(model().fit([[2.0]], [[10.0]], epochs=5, callbacks=[stop]).epoch) == 5
    assert stop.stopped_epoch is None


def test_a_threshold_for_another_figure():
    one = model()
    one.compile("sgd", "half_sse", ["mae"])
    stop = cp.callbacks.StopAtLoss(2.9, monitor="mae")
    history = one.fit([[2.0]], [[10.0]], epochs=9, callbacks=[stop])
    assert history.history["mae"] == pytest.approx([3.0, 2.85])


def test_a_threshold_that_is_no_number():
    with pytest.raises(errors.OptionError, match="threshold must be a number; got 'small'"):
        cp.callbacks.StopAtLoss("small")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_they_say_why_if_asked(capsys, monkeypatch, lang):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    callbacks = [
        cp.callbacks.StopAtLoss(4.2, verbose=1),
        cp.callbacks.EarlyStopping("loss", 9.0, verbose=1, restore_best_weights=True),
    ]
    model().fit([[2.0]], [[10.0]], epochs=9, callbacks=callbacks, verbose=0)
    assert (
        capsys.readouterr().out.splitlines()
        == {
            "en": [
                "Stopped at epoch 2: loss reached 4.061.",
                "Stopped at epoch 2: loss has not improved for 0 epochs.",
                "Weights of epoch 1, the best, are back.",
            ],
            "ko": [
                "에포크 2에서 멈췄습니다. loss가 4.061에 이르렀습니다.",
                "에포크 2에서 멈췄습니다. 0번 동안 loss가 나아지지 않았습니다.",
                "가장 좋았던 에포크 1의 가중치로 되돌렸습니다.",
            ],
        }[lang]
    )
