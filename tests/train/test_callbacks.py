"""Callbacks themselves: who is told what, in which order, and what a killed run remembers."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from clearprop.train.callbacks import Callbacks
from tests.train.nets import X, Y, model


def test_the_older_names_of_hooks_are_heard():
    heard = []

    class Older(cp.callbacks.Callback):
        def on_batch_begin(self, batch, logs=None):
            heard.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            heard.append(("end", batch, sorted(logs)))

    model().fit(X, Y, batch_size=10, callbacks=[Older()])
    assert heard == [("begin", 0), ("end", 0, ["loss"]), ("begin", 1), ("end", 1, ["loss"])]
    given = cp.callbacks.LambdaCallback(on_batch_end=lambda batch, logs: heard.append(batch))
    model().fit(X, Y, batch_size=20, callbacks=[given])
    assert heard[-1] == 0


def test_whoever_hears_of_no_step_is_not_told_of_any(tmp_path):
    quiet = [
        cp.callbacks.EarlyStopping("loss"), cp.callbacks.ModelCheckpoint(tmp_path / "a"),
        cp.callbacks.BackupAndRestore(tmp_path / "b"), cp.callbacks.TensorBoard(tmp_path / "c"),
        cp.callbacks.CSVLogger(tmp_path / "d"), cp.callbacks.ReduceLROnPlateau("loss"),
    ]  # fmt: skip
    assert not Callbacks(quiet, [], model(), {}).hear("on_train_batch_end")
    for loud in (
        cp.callbacks.TerminateOnNaN(), cp.callbacks.BackupAndRestore(tmp_path, save_freq=2),
        cp.callbacks.ModelCheckpoint(tmp_path / "a", save_freq=2),
        cp.callbacks.TensorBoard(tmp_path, update_freq="batch"),
    ):  # fmt: skip
        assert Callbacks([*quiet, loud], [], model(), {}).hear("on_train_batch_end")


def test_a_backup_is_told_last_and_knows_the_others(tmp_path):
    backup, stop = cp.callbacks.BackupAndRestore(tmp_path), cp.callbacks.EarlyStopping("loss")
    own = cp.callbacks.History()
    told = Callbacks([backup, stop], [own], model(), {})
    assert told.members == [stop, backup, own]
    assert list(backup.fellows) == [stop, backup]


def test_training_begins_where_someone_says():
    class Later(cp.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.begins_at = (3, 2)

    told = Callbacks([cp.callbacks.Callback(), Later()], [], model(), {})
    assert told.begins_at(1) == (1, 0)
    told.tell("on_train_begin", {})
    assert told.begins_at(1) == (3, 2)
    assert Callbacks(told.members, [], model(), {}).begins_at(1) == (1, 0)


def test_early_stopping_goes_on_where_it_was():
    series = [5, 3, 4, 2.95, 4, 4, 4]
    for cut in range(1, len(series)):
        first, second = (
            cp.callbacks.EarlyStopping(patience=3, restore_best_weights=True) for _ in range(2)
        )
        one, other = model(), model()
        for callback, owner in ((first, one), (second, other)):
            callback.set_model(owner)
            callback.on_train_begin()
        for epoch, value in enumerate(series):
            if epoch == cut:
                state = {k: np.asarray(v) for k, v in first.get_state().items()}
                second.set_state(state)
            for callback, owner in ((first, one), (second, other)):
                if callback is first or epoch >= cut:
                    owner.set_weights([w * 0 + epoch for w in owner.get_weights()])
                    callback.on_epoch_end(epoch, {"val_loss": value})
        for callback in (first, second):
            callback.on_train_end()
        assert one.stop_training
        assert other.stop_training
        assert (second.stopped_epoch, second.best_epoch) == (6, 3)
        for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


# -- a loss that is no number ----------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_training_ends_at_a_loss_that_is_no_number(value):
    one = model()
    stop = cp.callbacks.TerminateOnNaN()
    stop.set_model(one)
    stop.on_train_batch_end(0, {"loss": 1.0})
    assert not one.stop_training
    stop.on_train_batch_end(1, {"loss": value})
    assert one.stop_training
    with pytest.raises(errors.NumericsError, match=r"became -?(nan|inf) at step 3 of the epoch"):
        cp.callbacks.TerminateOnNaN(raise_error=True).on_train_batch_end(2, {"loss": value})


def test_it_ends_a_training_that_breaks():
    one, ended = model(optimizer=cp.optimizers.SGD(1e30)), []
    tell = cp.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ended.append(batch))
    with pytest.warns(RuntimeWarning, match="loss became"):
        one.fit(X, Y, 2, epochs=5, callbacks=[tell, cp.callbacks.TerminateOnNaN()])
    assert len(ended) < 10
    assert len(one.history.epoch) == 1


@pytest.mark.parametrize(
    ("monitor", "mode"),
    [
        ("val_auc_1", "max"), ("mean_io_u", "max"), ("f1_score", "max"), ("r2_score", "max"),
        ("cosine_similarity", "max"), ("top_k_categorical_accuracy", "max"), ("huber", "min"),
        ("val_kl_divergence", "min"), ("root_mean_squared_error_2", "min"), ("hinge", "min"),
        ("logcosh", "min"), ("poisson", "min"), ("false_positives", "min"),
    ],
)  # fmt: skip
def test_what_is_better_is_told_by_the_name(monitor, mode):
    assert cp.callbacks.EarlyStopping(monitor).mode == mode
