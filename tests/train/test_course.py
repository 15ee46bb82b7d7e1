"""The course of training: who is told what and when, order of examples, seeds, odd losses."""

import threading
import warnings
from itertools import chain

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors
from tests.train.nets import X, Y, model, same_weights


class Log(cp.callbacks.Callback):
    """Keeps every call: the hook's name and what it was told."""

    def __init__(self):
        self.calls = []

    def __getattribute__(self, name):
        if name.startswith("on_"):
            return lambda *args: self.calls.append((name, *args))
        return super().__getattribute__(name)

    def on_train_batch_begin(self, batch, logs=None): ...

    def on_train_batch_end(self, batch, logs=None): ...

    def on_test_batch_begin(self, batch, logs=None): ...

    def on_test_batch_end(self, batch, logs=None): ...

    def on_predict_batch_begin(self, batch, logs=None): ...

    def on_predict_batch_end(self, batch, logs=None): ...


def test_hooks_are_called_in_keras_s_order_with_keras_s_arguments():
    import keras

    class KerasLog(keras.callbacks.Callback):
        pass

    def calls(library, log):
        made = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
        made.compile("sgd", "mse", run_eagerly=True)
        x, y = X.astype("float32"), Y.astype("float32")
        made.fit(x, y, epochs=2, batch_size=8, validation_data=(x, y), callbacks=[log], verbose=0)
        made.evaluate(x, y, batch_size=16, callbacks=[log], verbose=0)
        made.predict(x, batch_size=16, callbacks=[log], verbose=0)
        return log

    hooks = [name for name in dir(cp.callbacks.Callback) if name.startswith("on_")]
    theirs = KerasLog()
    theirs.calls = []
    for name in hooks:

        def note(*args, name=name, logs=None):
            theirs.calls.append((name, *args, *([] if logs is None else [logs])))

        setattr(theirs, name, note)
    ours = calls(cp.keras, Log()).calls

    def plain(call):
        name, *args = call
        return name, [arg for arg in args if isinstance(arg, int)]

    def told(call):
        logs = call[-1] if isinstance(call[-1], dict) else {}
        return call[0], set(logs)

    kerass = calls(keras, theirs).calls
    assert [plain(call) for call in ours] == [plain(call) for call in kerass]
    ends = ("on_epoch_end", "on_train_batch_end", "on_test_end", "on_test_batch_end")
    assert [told(c) for c in ours if c[0] in ends] == [told(c) for c in kerass if c[0] in ends]


def test_callbacks_know_the_model_and_what_was_asked_for():
    log, one = Log(), model()
    one.fit(X, Y, epochs=3, batch_size=8, callbacks=log, verbose=0)
    assert log.model is one
    assert log.params == {"epochs": 3, "steps": 3, "verbose": 0}


def test_figures_of_a_step_are_those_so_far():
    log = Log()
    model().fit(X, Y, batch_size=8, shuffle=False, callbacks=[log])
    ends = [call for call in log.calls if call[0] == "on_train_batch_end"]
    epoch = [call for call in log.calls if call[0] == "on_epoch_end"]
    assert [step for _, step, _ in ends] == [0, 1, 2]
    assert ends[-1][2]["loss"] == epoch[0][2]["loss"]
    assert ends[0][2]["loss"] == pytest.approx(model().evaluate(X[:8], Y[:8]), rel=1e-6)


def test_what_a_callback_adds_to_the_figures_is_in_the_history():
    def add(epoch, logs):
        logs["rate"] = epoch / 10

    told = cp.callbacks.LambdaCallback(on_epoch_end=add)
    assert model().fit(X, Y, epochs=3, callbacks=[told]).history["rate"] == [0.0, 0.1, 0.2]


def test_a_lambda_callback_knows_its_hooks():
    with pytest.raises(errors.OptionError, match="'on_epoch_ends' is no hook"):
        cp.callbacks.LambdaCallback(on_epoch_ends=print)


def test_a_callback_can_end_training_within_an_epoch():
    class Stop(cp.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    log = Log()
    history = model().fit(X, Y, epochs=5, batch_size=4, callbacks=[Stop(), log])
    assert [call[1] for call in log.calls if call[0] == "on_train_batch_end"] == [0, 1]
    assert history.epoch == [0]
    assert model().fit(X, Y, epochs=2).epoch == [0, 1]  # and the next training is not stopped


def test_the_learning_rate_can_change_between_epochs():
    def slower(epoch, logs):
        slow.optimizer.learning_rate = 0.1 / (1 + epoch)

    slow, fast = (model(optimizer=cp.optimizers.SGD(0.1)) for _ in range(2))
    slow.fit(X, Y, epochs=3, shuffle=False, callbacks=[cp.callbacks.LambdaCallback(slower)])
    fast.fit(X, Y, epochs=3, shuffle=False)
    assert not same_weights(slow, fast)
    scheduled = model(optimizer=cp.optimizers.SGD(lambda step: 0.1 / (1 + step)))
    scheduled.fit(X, Y, epochs=3, shuffle=False, batch_size=20)
    assert same_weights(slow, scheduled)


# -- seeds and order -----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_result():
    runs = [model() for _ in range(3)]
    for run, seed in zip(runs, (1, 1, 2), strict=True):
        run.fit(X, Y, epochs=2, batch_size=4, seed=seed)
    assert same_weights(runs[0], runs[1])
    assert not same_weights(runs[0], runs[2])


def test_the_global_seed_serves_where_none_is_given():
    runs = [model() for _ in range(3)]
    for run, seed in zip(runs, (1, 1, 2), strict=True):
        cp.utils.set_random_seed(seed)
        run.fit(X, Y, epochs=2, batch_size=4)
    assert same_weights(runs[0], runs[1])
    assert not same_weights(runs[0], runs[2])


def test_each_epoch_has_an_order_of_its_own_and_each_example_once():
    seen = []
    rows = np.arange(20.0)[:, None]

    def remember(y_true, y_pred):
        seen.append(y_true.numpy()[:, 0].tolist())
        return y_pred * 0

    one = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    one.compile("sgd", "mse", metrics=[remember])
    one.fit(rows, rows, epochs=2, batch_size=8, seed=3)
    epochs = [[*chain(*seen[:3])], [*chain(*seen[3:])]]
    assert [len(batch) for batch in seen] == [8, 8, 4] * 2
    assert sorted(epochs[0]) == sorted(epochs[1]) == rows[:, 0].tolist()
    assert epochs[0] != epochs[1]
    assert epochs[0] != rows[:, 0].tolist()
    del seen[:]
    one.fit(rows, rows, shuffle=False, batch_size=8)
    assert [*chain(*seen)] == rows[:, 0].tolist()


def test_a_training_can_be_gone_on_with():
    whole, halves = model(optimizer="adam"), model(optimizer="adam")
    whole.fit(X, Y, epochs=4, batch_size=4, seed=5)
    halves.fit(X, Y, epochs=2, batch_size=4, seed=5)
    history = halves.fit(X, Y, initial_epoch=2, epochs=4, batch_size=4, seed=5)
    assert history.epoch == [2, 3]
    assert same_weights(whole, halves)


def test_compiling_again_forgets_what_the_optimizer_remembered():
    kept, fresh = model(optimizer="adam"), model(optimizer="adam")
    for one in (kept, fresh):
        one.fit(X, Y, shuffle=False)
    fresh.compile("adam", "mse")
    for one in (kept, fresh):
        one.fit(X, Y, shuffle=False)
    assert not same_weights(kept, fresh)


def test_dropout_follows_the_seed_of_fit():
    def run(seed):
        made = cp.Sequential([cp.Input((3,)), cp.layers.Dropout(0.5), cp.layers.Dense(1)])
        made.set_weights([np.ones((3, 1)), np.zeros(1)])
        made.compile("sgd", "mse")
        made.fit(X, Y, epochs=2, shuffle=False, seed=seed)
        return made

    assert same_weights(run(1), run(1))
    assert not same_weights(run(1), run(2))


def test_a_frozen_layer_stays_as_it_is():
    one = model()
    one.layers[0].trainable = False
    before = one.get_weights()
    one.fit(X, Y)
    after = one.get_weights()
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


# -- odd losses --------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_is_said_once_and_training_goes_on():
    one = model(optimizer=cp.optimizers.SGD(1e10))
    with pytest.warns(RuntimeWarning) as caught:
        history = one.fit(X, Y, epochs=6)
    assert len(caught) == 1
    assert "smaller learning rate" in str(caught[0].message)
    assert caught[0].filename == __file__
    assert len(history.epoch) == 6
    assert not np.isfinite(history.history["loss"][-1])
    assert history.note == str(caught[0].message)


def test_a_loss_that_is_a_number_is_not_remarked_on():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model().fit(X, Y, epochs=2).note is None


def test_weights_that_nothing_reaches_are_said_once():
    class Apart(cp.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight((1,), "ones", name="scale")

        def call(self, x):
            return x * self.scale.detach()

    one = cp.Sequential([cp.Input((3,)), Apart(name="apart"), cp.layers.Dense(1)])
    one.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="does not depend on apart/scale") as caught:
        one.fit(X, Y, epochs=3)
    assert len(caught) == 1


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_loss_that_no_weight_reaches_is_said_once(engine):
    one = cp.Sequential([cp.Input((3,)), cp.layers.Dense(1)])
    one.compile("sgd", lambda y, p: np.mean((y.numpy() - p.numpy()) ** 2), engine=engine)
    with pytest.warns(UserWarning, match="depends on none of the weights") as caught:
        one.fit(X, Y, epochs=3)
    assert len(caught) == 1


def test_training_in_another_thread():
    one, out = model(), []
    thread = threading.Thread(target=lambda: out.append(one.fit(X, Y, epochs=2)))
    thread.start()
    thread.join()
    assert out[0].epoch == [0, 1]


# -- validation --------------------------------------------------------------------------------


def test_validation_takes_the_last_rows_and_none_of_them_is_trained_on():
    split, apart = model(), model()
    figures = split.fit(X, Y, epochs=2, validation_split=0.25, seed=1).history
    others = apart.fit(X[:15], Y[:15], epochs=2, validation_data=(X[15:], Y[15:]), seed=1).history
    assert figures == others
    assert same_weights(split, apart)
    assert figures["val_loss"][-1] == pytest.approx(split.evaluate(X[15:], Y[15:]), rel=1e-6)


def test_validation_every_second_epoch():
    history = model().fit(X, Y, epochs=4, validation_split=0.5, validation_freq=2).history
    assert [len(history[name]) for name in ("loss", "val_loss")] == [4, 2]
