"""Figures that are written for other programs: CSV files, and TensorBoard's."""

import csv
import sys

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from clearprop.train import board
from tests.train.nets import X, Y, model

LOGS = [{"loss": 0.5, "mae": 1.25}, {"loss": 1 / 3, "mae": 2.0}]
CHECKED = [{"loss": 0.5, "val_loss": 0.25}, {"loss": 0.4, "val_loss": 0.2}]
PARTLY = [{"loss": 0.5}, {"loss": 0.4, "val_loss": 0.2}]


def written(callback, path, logs, runs=1):
    for _ in range(runs):
        callback.on_train_begin({})
        for epoch, figures in enumerate(logs):
            callback.on_epoch_end(epoch, dict(figures))
        callback.on_train_end({})
    with path.open(newline="") as file:
        return list(csv.reader(file, delimiter=callback.sep_of))


@pytest.mark.parametrize("logs", [LOGS, CHECKED, PARTLY], ids=["plain", "checked", "partly"])
@pytest.mark.parametrize("settings", [{}, {"separator": ";"}, {"append": True}], ids=str)
def test_the_table_is_keras_s(tmp_path, logs, settings):
    import keras

    found = []
    for kind in (cp.callbacks.CSVLogger, keras.callbacks.CSVLogger):
        path = tmp_path / kind.__module__
        callback = kind(str(path), **settings)
        callback.sep_of = settings.get("separator", ",")
        found.append(written(callback, path, logs, runs=2))
    assert found[0] == found[1]
    assert len(found[0]) == (5 if settings.get("append") else 3)


def test_rows_are_there_as_soon_as_the_epoch_ends(tmp_path):
    log, seen = tmp_path / "log.csv", []
    look = cp.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(len(log.read_text().splitlines()))
    )
    model().fit(X, Y, epochs=3, callbacks=[cp.callbacks.CSVLogger(log), look])
    assert seen == [2, 3, 4]


def test_rows_beyond_the_place_where_training_goes_on_are_taken_back(tmp_path):
    path = tmp_path / "log.csv"
    first, second = (cp.callbacks.CSVLogger(path, append=True) for _ in range(2))
    first.on_train_begin()
    first.on_epoch_end(0, {"loss": 1.0})
    state = {name: np.asarray(value) for name, value in first.get_state().items()}
    first.on_epoch_end(1, {"loss": 0.5})  # and then it was killed
    second.on_train_begin()
    second.set_state(state)
    second.on_epoch_end(1, {"loss": 0.5})
    second.on_train_end()
    first.on_train_end()
    assert path.read_text().splitlines() == ["epoch,loss,val_loss", "0,1.0,NA", "1,0.5,NA"]


@pytest.mark.parametrize("separator", ["", "--", '"', "\n", None, 3])
def test_a_separator_that_is_none(separator):
    with pytest.raises(errors.OptionError, match="separator must be one character"):
        cp.callbacks.CSVLogger("log.csv", separator=separator)


def test_a_table_that_cannot_be_written(tmp_path):
    with pytest.raises(errors.DataError, match=r"cannot write .*No such file"):
        model().fit(X, Y, callbacks=[cp.callbacks.CSVLogger(tmp_path / "no" / "log.csv")])


# -- TensorBoard -----------------------------------------------------------------------------------


def curves(folder):
    """Read what TensorBoard would show."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    accumulator = EventAccumulator(str(folder))
    accumulator.Reload()
    return {
        tag: [(event.step, make_ndarray(event.tensor_proto)) for event in accumulator.Tensors(tag)]
        for tag in accumulator.Tags()["tensors"]
    }


def test_tensorboard_reads_what_was_trained(tmp_path):
    watch = cp.callbacks.TensorBoard(tmp_path, histogram_freq=2)
    one = model(optimizer=cp.optimizers.SGD(0.125))
    history = one.fit(X, Y, epochs=3, validation_split=0.2, callbacks=[watch]).history
    train, validation = curves(tmp_path / "train"), curves(tmp_path / "validation")
    for found, name in ((train, "loss"), (validation, "val_loss")):
        steps, values = zip(*found["epoch_loss"], strict=True)
        assert steps == (0, 1, 2)
        np.testing.assert_allclose(values, history[name], rtol=1e-6)
    assert [float(v) for _, v in train["epoch_learning_rate"]] == [0.125] * 3
    assert [step for step, _ in validation["evaluation_loss_vs_iterations"]] == [1, 2, 3]
    buckets = train["dense/kernel/histogram"]
    assert [step for step, _ in buckets] == [0, 2]
    assert buckets[-1][1][:, 2].sum() == 12
    assert "batch_loss" not in train


@pytest.mark.parametrize(("freq", "steps"), [("batch", [1, 2, 3, 4]), (2, [2, 4]), (3, [3])])
def test_figures_of_steps(tmp_path, freq, steps):
    watch = cp.callbacks.TensorBoard(tmp_path, update_freq=freq)
    model().fit(X, Y, epochs=2, batch_size=10, callbacks=[watch])
    assert [step for step, _ in curves(tmp_path / "train")["batch_loss"]] == steps


@pytest.mark.parametrize(
    "settings",
    [
        {"write_images": True}, {"write_steps_per_second": True}, {"profile_batch": 2},
        {"embeddings_freq": 1},
    ],
)  # fmt: skip
def test_what_is_not_offered_is_refused(settings):
    with pytest.raises(errors.OptionError, match=f"{next(iter(settings))} is not offered"):
        cp.callbacks.TensorBoard("logs", **settings)


@pytest.mark.parametrize("settings", [{"update_freq": "step"}, {"update_freq": 0},
                                      {"histogram_freq": -1}])  # fmt: skip
def test_frequencies_that_are_none(settings):
    with pytest.raises(errors.OptionError, match="must be a whole number"):
        cp.callbacks.TensorBoard("logs", **settings)


def test_the_package_that_is_missing_is_named_before_training(monkeypatch):
    monkeypatch.setattr(board, "_loaded", [])
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    with pytest.raises(errors.OptionError, match=r"pip install 'clearprop\[tensorboard\]'"):
        cp.callbacks.TensorBoard("logs")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.DataError, match="cannot write into"):
        model().fit(X, Y, callbacks=[cp.callbacks.TensorBoard(tmp_path / "file")])
