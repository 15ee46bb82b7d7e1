"""Models and weights that are saved as they are trained."""

import itertools
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.train.nets import X, Y, model, same_weights

SERIES = {
    "falls": [5, 4, 3, 2, 1],
    "wavers": [5, 3, 4, 2.95, 4, 4, 2, 6],
    "breaks": [3, float("nan"), 2, float("nan"), 1],
}
SETTINGS = [
    {},
    {"save_best_only": True},
    {"save_best_only": True, "mode": "max"},
    {"save_best_only": True, "initial_value_threshold": 3.5},
    {"save_weights_only": True, "save_best_only": True},
]
STEPS = [{"save_freq": 2}, {"save_freq": 3}, {"save_freq": 5}, {"save_freq": 7}]


class Saved:
    """A model that notes what it is saved as."""

    def __init__(self):
        self.names, self.stop_training, self.metrics = [], False, []

    def save(self, path, **_):
        self.names.append(os.path.basename(path).split(".safe")[0].removesuffix(".keras"))

    def save_weights(self, path, **_):
        self.names.append("w" + os.path.basename(path).split(".weights")[0])


@pytest.fixture
def noted(monkeypatch):
    from clearprop.train import saving

    class Files:
        def save(self, model, path):
            model.save(path)

        def save_weights(self, model, path):
            model.save_weights(path)

    monkeypatch.setattr(saving, "_find", Files)


def course(callback, series, steps=0):
    stand_in = Saved()
    callback.set_model(stand_in)
    callback.on_train_begin({})
    for epoch, value in enumerate(series):
        callback.on_epoch_begin(epoch, {})
        for batch in range(steps):
            callback.on_train_batch_end(batch, {"loss": value, "val_loss": value})
        callback.on_epoch_end(epoch, {"val_loss": value})
    return stand_in.names


@pytest.mark.parametrize(("series", "settings"), list(itertools.product(SERIES, SETTINGS)), ids=str)
def test_files_are_written_when_keras_writes_them(noted, tmp_path, series, settings):
    import keras

    plain = ".weights" * settings.get("save_weights_only", False)
    name = str(tmp_path / "{epoch:02d}-{val_loss:.1f}")
    ours = cp.callbacks.ModelCheckpoint(f"{name}{plain}.safetensors", **settings)
    theirs = keras.callbacks.ModelCheckpoint(
        f"{name}{plain}{'.h5' if plain else '.keras'}", **settings
    )
    assert course(ours, SERIES[series]) == course(theirs, SERIES[series])


@pytest.mark.parametrize("settings", STEPS, ids=str)
def test_steps_are_counted_as_keras_counts_them(noted, tmp_path, settings):
    import keras

    name = str(tmp_path / "{epoch}-{batch}-{loss:.0f}")
    ours = cp.callbacks.ModelCheckpoint(f"{name}.safetensors", **settings)
    theirs = keras.callbacks.ModelCheckpoint(f"{name}.keras", **settings)
    assert course(ours, [4, 3, 2, 1], steps=5) == course(theirs, [4, 3, 2, 1], steps=5)


def test_what_was_saved_is_the_model_of_that_epoch(tmp_path):
    one, weights = model(), []
    keep = cp.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: weights.append(one.get_weights())
    )
    names = cp.callbacks.ModelCheckpoint(tmp_path / "new" / "{epoch:02d}-{loss:.2f}.safetensors")
    history = one.fit(X, Y, epochs=3, callbacks=[keep, names])
    files = sorted((tmp_path / "new").iterdir())
    losses = history.history["loss"]
    assert [f.name for f in files] == [
        f"{i:02d}-{v:.2f}.safetensors" for i, v in enumerate(losses, 1)
    ]
    for file, then in zip(files, weights, strict=True):
        for ours, theirs in zip(cp.load(file).get_weights(), then, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_weights_alone_are_loaded_into_a_model(tmp_path):
    one, other = model(), model()
    path = tmp_path / "best.weights.safetensors"
    keep = cp.callbacks.ModelCheckpoint(path, "loss", save_best_only=True, save_weights_only=True)
    one.fit(X, Y, epochs=2, callbacks=[keep])
    cp.io.load_weights(other, path)
    assert same_weights(one, other)
    with pytest.raises(errors.FormatError, match="no model"):
        cp.load(path)


def test_a_file_that_is_no_model_is_not_replaced(tmp_path):
    path = tmp_path / "notes"
    path.write_text("mine")
    for weights in (False, True):
        keep = cp.callbacks.ModelCheckpoint(path, save_weights_only=weights)
        with pytest.raises(errors.OptionError, match="there already"):
            model().fit(X, Y, callbacks=[keep])
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["best.keras", "best.h5", "b.weights.h5", "BEST.H5", "net.ckpt"])
def test_a_name_of_another_kind_of_file_is_refused_before_training(name):
    with pytest.raises(errors.OptionError, match=r"another kind of file.*\.safetensors'"):
        cp.callbacks.ModelCheckpoint(name)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"save_freq": "batch"}, "save_freq must be 'epoch' or a number; got 'batch'"),
        ({"save_freq": 0}, "save_freq must be a whole number, 1 or more"),
        ({"save_freq": 1.5}, "save_freq must be a whole number"),
        ({"save_best_only": True, "monitor": "profit"}, "mode='min' or mode='max'"),
        ({"mode": "best"}, "mode must be"),
    ],
)
def test_settings_that_are_none(settings, words):
    with pytest.raises(errors.OptionError, match=words):
        cp.callbacks.ModelCheckpoint("net.safetensors", **settings)


def test_a_figure_whose_name_says_nothing_needs_no_direction_if_it_is_not_compared():
    assert cp.callbacks.ModelCheckpoint("net.safetensors", "profit").monitor == "profit"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{epoch}-{val_los:.2f}.safetensors", "'val_los', which there is not; did you mean"),
        ("{epoch:.2q}.safetensors", "cannot be filled in"),
        ("{epoch", "cannot be filled in"),
        ("{}.safetensors", "cannot be filled in"),
    ],
)
def test_a_name_that_cannot_be_filled_in(tmp_path, name, words):
    keep = cp.callbacks.ModelCheckpoint(tmp_path / name)
    with pytest.raises(errors.OptionError, match=words):
        model().fit(X, Y, validation_split=0.2, callbacks=[keep])


def test_a_best_one_by_a_figure_that_is_not_there(tmp_path):
    keep = cp.callbacks.ModelCheckpoint(tmp_path / "net.safetensors", save_best_only=True)
    with pytest.warns(UserWarning, match="ModelCheckpoint looks at 'val_loss'.*validation"):
        model().fit(X, Y, callbacks=[keep])
    assert cp.load(tmp_path / "net.safetensors").count_params()


@pytest.mark.parametrize(
    ("lang", "line"),
    [("en", "Epoch 1: saved in {}."), ("ko", "에포크 1: {}에 저장했습니다.")],
)
def test_it_says_what_it_writes_if_asked(tmp_path, capsys, monkeypatch, lang, line):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    path = tmp_path / "net.safetensors"
    model().fit(X, Y, verbose=0, callbacks=[cp.callbacks.ModelCheckpoint(path, verbose=1)])
    assert capsys.readouterr().out == line.format(path) + "\n"


ALWAYS_SAVING = """
import sys
import clearprop as cp
model = cp.Sequential([cp.Input((1000,)), cp.layers.Dense(1000)])
model.compile("sgd", "mse")
keep = cp.callbacks.ModelCheckpoint(sys.argv[1])
keep.set_model(model)
while True:
    keep.on_epoch_end(0, {})
    print("saved", flush=True)
"""


def test_a_program_that_is_killed_as_it_saves_leaves_a_model(tmp_path):
    path = tmp_path / "net.safetensors"
    for _ in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", ALWAYS_SAVING, str(path)], stdout=subprocess.PIPE, text=True
        )
        child.stdout.readline()
        while not list(tmp_path.glob("*.part")):
            time.sleep(0)
        child.send_signal(signal.SIGKILL)
        child.stdout.close()
        child.wait(timeout=60)
        assert cp.load(path).count_params() == 1_001_000
        if list(tmp_path.glob("*.part")):
            return  # it died with a file half written
    pytest.fail("it was never killed while a file was written")
