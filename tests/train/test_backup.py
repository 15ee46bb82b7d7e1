"""A training that is killed and started again ends as if it had never stopped, bit for bit."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from clearprop.core import files
from tests.train.nets import X, Y, model, same_weights

PROGRAM = str(Path(__file__).with_name("resumed.py"))
EPOCHS = 6
STEPS = 10  # of an epoch there


def start(folder, save_freq, seeded):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, PROGRAM, str(folder), str(save_freq), str(int(seeded)), str(EPOCHS)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(folder, save_freq, seeded):
    """Run to the end; give the weights and the epoch that it went on at."""
    child = start(folder, save_freq, seeded)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    return (folder / "weights").read_bytes(), int(out.split()[-1])


def kill(folder, save_freq, seeded, after):
    """Run, and kill without warning once so many steps are done."""
    child = start(folder, save_freq, seeded)
    for _ in range(after):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.stdout.close()
    assert child.wait(timeout=60) == -signal.SIGKILL


@pytest.mark.parametrize(("save_freq", "seeded"), [("epoch", True), ("epoch", False), (4, False)])
def test_a_killed_training_is_taken_up_to_the_last_bit(tmp_path, save_freq, seeded):
    expected, began = finish(tmp_path / "whole", save_freq, seeded)
    assert began == 0
    rng = random.Random(f"{save_freq}{seeded}")
    folder = tmp_path / "killed"
    for part in (1, 2):  # killed twice, the second time after it had been taken up
        kill(folder, save_freq, seeded, after=rng.randrange(STEPS + 3, part * 2 * STEPS + 5))
        assert cp.load(folder / "newest.safetensors").count_params()
    again, began = finish(folder, save_freq, seeded)
    assert began > 0
    assert again == expected
    if save_freq == "epoch":
        logs = [(tmp_path / name / "log.csv").read_text() for name in ("whole", "killed")]
        assert logs[0] == logs[1]
    assert not (folder / "backup").exists()


class KilledError(Exception):
    pass


class Killer(cp.callbacks.Callback):
    """Ends a training, as a signal would, before the step that comes after so many."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def on_train_batch_begin(self, batch, logs=None):
        if self.left == 0:
            raise KilledError
        if self.left is not None:
            self.left -= 1


def course(folder, epochs, *, save_freq=3, killed_after=None, **settings):
    """Train, or until a step at which the program would be killed; give the model."""
    cp.set_seed(4)
    one = cp.Sequential([
        cp.Input((3,)), cp.layers.Dense(4, "tanh"), cp.layers.Dropout(0.4), cp.layers.Dense(1),
    ])  # fmt: skip
    one.compile(cp.optimizers.Adam(0.01), "mse")
    backup = cp.callbacks.BackupAndRestore(folder, save_freq=save_freq)
    callbacks = [Killer(killed_after), backup, *settings.pop("callbacks", [])]
    one.fit(X, Y, 4, epochs, callbacks=callbacks, verbose=0, **settings)
    return one


@pytest.mark.parametrize("save_freq", ["epoch", 1, 3, 5, 7])
@pytest.mark.parametrize("seed", [None, 9])
def test_wherever_it_is_cut(tmp_path, save_freq, seed):
    whole = course(tmp_path / "a", 3, save_freq=save_freq, seed=seed)
    for cut in range(0, 15, 2):
        with pytest.raises(KilledError):
            course(tmp_path / "b", 3, save_freq=save_freq, seed=seed, killed_after=cut)
        again = course(tmp_path / "b", 3, save_freq=save_freq, seed=seed)
        assert same_weights(again, whole), cut


@pytest.mark.parametrize("save_freq", ["epoch", 2])
@pytest.mark.parametrize("seed", [None, 6])
def test_batches_come_in_the_order_that_they_would_have_had(tmp_path, save_freq, seed):
    def run(folder, killed_after=None):
        cp.set_seed(4)
        one = model()
        data = cp.data.Batches.from_tensor_slices((X, Y)).shuffle(20, seed).batch(4).repeat(1)
        data.take(1).map(len)  # what else a program does before

        backup = cp.callbacks.BackupAndRestore(folder, save_freq=save_freq)
        one.fit(
            data, epochs=3, validation_data=data.take(2), callbacks=[Killer(killed_after), backup]
        )
        return one

    whole = run(tmp_path / "a")
    for cut in (3, 6, 8, 14):
        with pytest.raises(KilledError):
            run(tmp_path / "b", cut)
        assert same_weights(run(tmp_path / "b"), whole), cut


def test_what_is_taken_up_does_differ_without_it(tmp_path):
    """Else the test above would compare nothing."""
    whole = course(tmp_path / "a", 3)
    assert not same_weights(course(tmp_path / "a", 2), whole)
    cp.set_seed(5)
    other = course(tmp_path / "a", 3, seed=10)
    assert not same_weights(other, whole)


def test_a_backup_that_is_cut_short_while_it_is_written_leaves_the_last(tmp_path, monkeypatch):
    expected = course(tmp_path / "a", 4, save_freq="epoch")
    replace, count = files.os.replace, []

    def killed(draft, place):
        count.append(place)
        if len(count) == 3:
            raise KilledError  # the draft lies there, whole; the name was not taken yet
        replace(draft, place)

    with monkeypatch.context() as patched:
        patched.setattr(files.os, "replace", killed)
        patched.setattr(files.Path, "unlink", lambda self, **_: None)  # nor did anyone tidy up
        with pytest.raises(KilledError):
            course(tmp_path / "b", 4, save_freq="epoch")
    assert len(list((tmp_path / "b").iterdir())) == 2
    assert same_weights(course(tmp_path / "b", 4, save_freq="epoch"), expected)
    assert not (tmp_path / "b").exists()


def test_a_training_that_had_stopped_early_trains_no_more(tmp_path):
    def stop():
        return cp.callbacks.EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True)

    expected = course(tmp_path / "a", 9, save_freq="epoch", callbacks=[stop()])

    class Last(cp.callbacks.Callback):
        def on_train_end(self, logs=None):
            raise KilledError

    with pytest.raises(KilledError):
        course(tmp_path / "b", 9, save_freq="epoch", callbacks=[Last(), stop()])
    again = course(tmp_path / "b", 9, save_freq="epoch", callbacks=[stop()])
    assert again.history.epoch == []
    assert same_weights(again, expected)


def test_the_history_says_that_it_went_on(tmp_path, monkeypatch):
    with pytest.raises(KilledError):
        course(tmp_path, 3, save_freq="epoch", killed_after=12)
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    again = course(tmp_path, 3, save_freq="epoch")
    assert again.history.epoch == [2]
    assert again.history.note == "앞서 멈춘 에포크 3부터 이어서 학습했습니다."


def test_a_backup_is_kept_if_asked(tmp_path):
    one = model()
    keep = cp.callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)
    one.fit(X, Y, epochs=2, callbacks=[keep])
    assert [p.name for p in tmp_path.iterdir()] == ["latest.safetensors"]
    assert one.fit(X, Y, epochs=2, callbacks=[keep]).epoch == []
    assert one.fit(X, Y, epochs=3, callbacks=[keep]).epoch == [2]


def test_an_interruption_keeps_it(tmp_path):
    class Pressed(cp.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1 and self.model.history.epoch:
                signal.raise_signal(signal.SIGINT)

    one = model()
    callbacks = [Pressed(), cp.callbacks.BackupAndRestore(tmp_path / "b")]
    with pytest.warns(UserWarning, match="Interrupted at epoch 2"):
        one.fit(X, Y, 4, epochs=3, seed=1, callbacks=callbacks)
    again = model()
    again.fit(X, Y, 4, epochs=3, seed=1, callbacks=[cp.callbacks.BackupAndRestore(tmp_path / "b")])
    whole = model()
    whole.fit(X, Y, 4, epochs=3, seed=1)
    assert same_weights(again, whole)


def backup(folder, **settings):
    one = model(**settings)
    one.fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(folder, delete_checkpoint=False)])
    return folder / "latest.safetensors"


def test_a_backup_of_another_model_is_refused(tmp_path):
    backup(tmp_path)
    other = cp.Sequential([cp.Input((3,)), cp.layers.Dense(5, name="dense"), cp.layers.Dense(1)])
    other.compile("sgd", "mse")
    before = other.get_weights()
    with pytest.raises(errors.FormatError, match=r"another model: 'dense/kernel' has shape"):
        other.fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path)])
    assert all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))


def test_a_backup_of_another_optimizer_is_refused(tmp_path):
    backup(tmp_path, optimizer="adam")
    with pytest.raises(errors.FormatError, match="remembers"):
        model(optimizer=cp.optimizers.SGD(momentum=0.9)).fit(
            X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path)]
        )


@pytest.mark.parametrize("size", [0, 5, 40, -1])
def test_a_damaged_backup_is_said(tmp_path, size):
    path = backup(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(errors.FormatError, match=r"latest\.safetensors"):
        model().fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path)])


@pytest.mark.parametrize(
    ("notes", "words"),
    [({}, "delete it"), ({"epoch": "x", "step": 0, "ended": False, "draws": {}}, "delete it"),
     ({"epoch": 1, "step": 0, "ended": False, "draws": {"seed": -1, "opened": []}}, "delete it")],
)  # fmt: skip
def test_notes_that_say_nothing(tmp_path, notes, words):
    one = model()
    cp.io.back_up(one, tmp_path / "latest.safetensors", notes, {})
    with pytest.raises(errors.FormatError, match=words):
        one.fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path)])


def test_a_model_in_its_place_is_no_backup(tmp_path):
    model().save(tmp_path / "latest.safetensors")
    with pytest.raises(errors.FormatError, match="no backup of a training"):
        model().fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path)])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"backup_dir": ""}, "must name a folder"),
        ({"backup_dir": "b", "save_freq": "step"}, "'epoch' or a number"),
        ({"backup_dir": "b", "save_freq": 0}, "1 or more"),
        ({"backup_dir": "b", "keep": 1}, "no argument 'keep'"),
    ],
)
def test_settings_that_are_none(settings, words):
    with pytest.raises(errors.OptionError, match=words):
        cp.callbacks.BackupAndRestore(**settings)


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "b").write_text("in the way")
    with pytest.raises(errors.OptionError, match="is no folder"):
        model().fit(X, Y, callbacks=[cp.callbacks.BackupAndRestore(tmp_path / "b")])
