"""The course of training: who is told what and when, order of examples, seeds, odd losses."""

import gc
import json
import threading
import tracemalloc
import warnings
from itertools import chain

import numpy as np
import pytest

import clearprop as cp
from clearprop import errors

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 3)), RNG.standard_normal((20, 1))


def model(**settings):
    made = cp.Sequential([cp.Input((3,)), cp.layers.Dense(4, "tanh"), cp.layers.Dense(1)])
    rng = np.random.default_rng(1)
    made.set_weights([rng.standard_normal(w.shape) * 0.5 for w in made.get_weights()])
    made.compile(**{"optimizer": "sgd", "loss": "mse"} | settings)
    return made


def same_weights(a, b):
    pairs = zip(a.get_weights(), b.get_weights(), strict=True)
    return all(np.array_equal(u, v) for u, v in pairs)


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


# -- a step and a batch ---------------------------------------------------------------------------


def test_steps_by_hand_are_the_steps_of_fit():
    by_fit, by_hand = model(optimizer="adam"), model(optimizer="adam")
    history = by_fit.fit(X, Y, epochs=3, batch_size=20, shuffle=False)
    assert history.history["loss"] == [by_hand.train_on_batch(X, Y) for _ in range(3)]
    assert same_weights(by_fit, by_hand)
    assert by_hand.test_on_batch(X, Y) == by_hand.evaluate(X, Y, batch_size=20)
    assert np.array_equal(by_hand.predict_on_batch(X), by_hand.predict(X))


def test_figures_by_name_or_in_a_list():
    one = model(metrics=["mae"])
    loss, mae = one.evaluate(X, Y)
    assert one.evaluate(X, Y, return_dict=True) == {"loss": loss, "mae": mae}
    assert mae == pytest.approx(np.abs(one.predict(X) - Y).mean(), rel=1e-6)
    assert one.train_on_batch(X, Y, return_dict=True) == {"loss": loss, "mae": mae}
    assert isinstance(model().evaluate(X, Y), float)


def test_batches_of_any_size_predict_and_judge_the_same():
    one = model(metrics=["mae"])
    for size in (1, 7, 20, 100):
        np.testing.assert_allclose(one.predict(X, batch_size=size), one.predict(X), rtol=1e-5)
        np.testing.assert_allclose(one.evaluate(X, Y, size), one.evaluate(X, Y, 20), rtol=1e-6)


def test_weights_of_examples_count_in_the_loss_alone():
    one, weight = model(metrics=["mse"]), np.linspace(0, 2, 20)
    loss, mse = one.evaluate(X, Y, sample_weight=weight)
    errors_ = (one.predict(X) - Y)[:, 0] ** 2
    assert loss == pytest.approx((weight * errors_).mean(), rel=1e-5)
    assert mse == pytest.approx(errors_.mean(), rel=1e-5)


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


# -- kinds of number, memory, writing down ------------------------------------------------------


def test_float32_unless_told_otherwise():
    made = cp.Sequential([cp.layers.Dense(2)])
    made.compile("adam", "mse")
    made.fit(X, np.zeros((20, 2)))
    assert {w.dtype for w in made.get_weights()} == {np.dtype("float32")}
    assert made.predict(X).dtype == np.float32
    memory = made.setup_for("test").memory
    assert {a.dtype for state in memory.states.values() for a in state.values()} == {
        np.dtype("float32")
    }


def test_float64_by_layer_model_or_for_all():
    def kinds(**options):
        made = cp.Sequential([cp.layers.Dense(1, **options.get("layer", {}))],
                             **options.get("model", {}))  # fmt: skip
        made.compile("sgd", "mse")
        made.fit(X, Y)
        return {w.dtype.name for w in made.get_weights()} | {made.predict(X).dtype.name}

    assert kinds(layer={"dtype": "float64"}) == {"float64"}
    assert kinds(model={"dtype": "float64"}) == {"float64"}
    cp.config.set_floatx("float64")
    try:
        assert kinds() == {"float64"}
    finally:
        cp.config.set_floatx("float32")
    assert kinds() == {"float32"}


def test_memory_does_not_grow_over_steps():
    one = model(optimizer="adam", metrics=["mae"])
    held = []
    tracemalloc.start()
    try:
        for epochs in (10, 100):
            one.fit(X, Y, epochs=epochs, batch_size=1)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    # NumPy keeps some small blocks for later; one object a step would be 100,000 bytes and more.
    assert held[1] - held[0] < 50_000, f"{held} bytes after 200 and 2200 steps"


def test_nothing_waits_for_the_collector():
    one = model(optimizer="adam", metrics=["mae"])
    one.fit(X, Y, epochs=2)
    gc.collect()
    gc.disable()
    try:
        one.fit(X, Y, epochs=5, validation_split=0.2, batch_size=1)
        one.evaluate(X, Y)
        one.predict(X)
        assert gc.collect() < 50  # a few for the run as a whole, none a step
    finally:
        gc.enable()


def test_a_record_made_before_training_stays_true():
    one = model(optimizer=cp.optimizers.SGD(0.5))
    y = one(X)
    before, first = y.numpy().copy(), one.weights[0].node
    one.fit(X, Y, epochs=3)
    assert np.array_equal(y.numpy(), before)
    assert one.weights[0].node is not first
    np.testing.assert_array_equal(first.data, model().get_weights()[0])


def test_the_setting_up_is_written_down_and_made_again():
    one = model(
        optimizer=cp.optimizers.SGD(0.02, momentum=0.9), loss=cp.losses.get("half_sse"),
        metrics=["mae", cp.metrics.MeanSquaredError(name="squares")], engine="eager",
    )  # fmt: skip
    written = json.loads(json.dumps(one.get_compile_config()))
    other = cp.Sequential.from_config(json.loads(json.dumps(one.get_config())))
    assert other.get_compile_config() is None
    other.compile_from_config(written)
    other.set_weights(one.get_weights())
    assert other.get_compile_config() == one.get_compile_config()
    histories = [each.fit(X, Y, epochs=3, seed=1).history for each in (one, other)]
    assert histories[0] == histories[1]
    assert list(histories[0]) == ["loss", "mae", "squares"]


@pytest.mark.parametrize(
    "config", [{}, {"optimizer": "sgd", "loss": "mse", "metrics": [], "engine": "auto", "x": 1}]
)
def test_a_strange_description_of_the_setting_up_is_refused(config):
    with pytest.raises(errors.OptionError, match="a training set-up has"):
        model().compile_from_config(config)


def test_a_function_cannot_be_written_down():
    with pytest.raises(errors.OptionError, match="function"):
        model(loss=lambda t, y: (t - y) * (t - y)).get_compile_config()


def test_a_model_is_saved_by_whoever_knows_files(monkeypatch, tmp_path):
    from clearprop.train import saving

    one = model()
    monkeypatch.setattr(saving, "_saver", None)
    with pytest.raises(errors.StateError, match=r"saved by clearprop\.io"):
        one.save(tmp_path / "net")
    saved = []
    saving.install(lambda *args, **options: saved.append((args, options)))
    one.save(tmp_path / "net", overwrite=False)
    assert saved == [((one, tmp_path / "net"), {"overwrite": False})]


def test_the_history_says_what_it_holds():
    history = model().fit(X, Y, epochs=2)
    assert repr(history).startswith("History(2 epochs, loss ")
    assert json.loads(json.dumps(history.get_config()))["epoch"] == [0, 1]
    assert history is history.model.history
