"""Compiled trainings in the world: interrupted, in threads, in copied processes, gone astray."""

import copy
import os
import signal
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled import loops
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.running import Interpreted
from tests.engines.compiled.fitting import differences, fitted
from tests.engines.compiled.test_engine import X, Y, net


class Pressed(Interpreted):
    """Ctrl-C while steps run."""

    after, times = 3, 1

    def run(self, bound, steps):
        for _ in range(steps):
            Pressed.after -= 1
        super().run(bound, steps)
        if -steps < Pressed.after <= 0:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def one_step_at_a_time(monkeypatch):
    monkeypatch.setattr(loops, "AT_ONCE", 0.0)


@pytest.mark.usefixtures("one_step_at_a_time")
@pytest.mark.parametrize("looked", [False, True])
def test_an_interrupt_ends_after_a_whole_step(monkeypatch, looked):
    monkeypatch.setattr(Pressed, "after", 5)
    callbacks = [cp.callbacks.LambdaCallback(on_epoch_end=lambda *_: None)] if looked else []
    with pytest.warns(UserWarning, match=r"^Interrupted at epoch 2\."):
        model = fitted(
            net(), X, Y, Compiled(Pressed), batch_size=4, epochs=4, shuffle=False,
            callbacks=callbacks,
        )  # fmt: skip
    assert model.history.epoch == [0]
    assert model.history.note == "Interrupted at epoch 2."
    assert model._setup.memory.step == 5
    whole = fitted(net(), X, Y, "eager", batch_size=4, epochs=1, shuffle=False)
    for rows in (slice(0, 4), slice(4, 8)):
        with cp.nn.chance.drawing_from(_seeded):
            whole.train_on_batch(X[rows], Y[rows])
    for a, b in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def _seeded(path, seed, *what):
    from clearprop.nn.chance import drawn

    return drawn(path, 5 if seed is None else seed, *what)


@pytest.mark.usefixtures("one_step_at_a_time")
def test_a_second_interrupt_leaves_weights_of_whole_steps(monkeypatch):
    monkeypatch.setattr(Pressed, "after", 4)
    monkeypatch.setattr(Pressed, "times", 2)
    cp.utils.set_random_seed(11)
    model = net()()
    model._setup.engine = Compiled(Pressed)
    before = model.get_weights()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=4, epochs=4, verbose=0)
    assert not np.array_equal(before[0], model.get_weights()[0])
    assert np.isfinite(model.get_weights()[0]).all()


def test_a_loss_that_is_no_number_is_told_with_its_epoch_and_step():
    told = []
    for engine in ("eager", Compiled(Interpreted)):
        with pytest.warns(RuntimeWarning, match="The loss became"):
            model = fitted(
                net(cp.optimizers.SGD(1e4)), X, Y, engine, batch_size=4, epochs=400, shuffle=False
            )
        told.append(model.history.note)
    assert told[0] == told[1]


def test_weights_that_nothing_reaches_are_named():
    def made():
        x = cp.Input((3,))
        apart = cp.layers.Dense(2, name="apart", dtype="float64")(x)
        model = cp.Model(x, [cp.layers.Dense(2, name="used", dtype="float64")(x), apart])
        model.compile("sgd", ["mse", None])
        return model

    with pytest.warns(UserWarning, match="does not depend on apart/bias, apart/kernel"):
        found, _ = differences(made, X, [Y, Y], engine=Compiled(Interpreted), batch_size=11)
    assert found == []


def test_a_bar_is_redrawn_now_and_then_and_steps_are_not_run_one_by_one():
    heard = []

    class Glancing(cp.callbacks.Callback):
        now_and_then = True

        def on_train_batch_end(self, batch, logs=None):
            heard.append((batch, logs["loss"]))

    model = fitted(net(), X, Y, Compiled(Interpreted), batch_size=1, epochs=2,
                   callbacks=[Glancing()])  # fmt: skip
    assert 2 <= len(heard) < 22
    assert heard[-1][0] == 10
    assert heard[-1][1] == pytest.approx(model.history.history["loss"][-1])


def test_threads_train_models_of_their_own_side_by_side():
    made = [fitted(net(), X, Y, Compiled(), epochs=0) for _ in range(2)]
    alone = fitted(net(), X, Y, Compiled(), epochs=0)
    alone.fit(X, Y, epochs=200, batch_size=4, verbose=0, seed=1)
    threads = [
        threading.Thread(
            target=model.fit,
            args=(X, Y),
            kwargs={"epochs": 200, "batch_size": 4, "verbose": 0, "seed": 1},
        )
        for model in made
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model in made:
        for a, b in zip(model.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


PROGRAM = """
    import os, sys, numpy as np, clearprop as cp
    cp.utils.set_random_seed(1)
    x = np.random.default_rng(0).standard_normal((8, 3))
    def made():
        model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2, activation="tanh")])
        model.compile("adam", "mse", engine="compiled")
        return model
    first, second = made(), made()
    second.set_weights(first.get_weights())
    first.fit(x, x[:, :2], epochs=50, seed=1, verbose=0)
    child = os.fork()
    second.fit(x, x[:, :2], epochs=50, seed=1, verbose=0)
    same = all((a == b).all() for a, b in zip(first.get_weights(), second.get_weights()))
    good = same and first.history.note is None
    if child == 0:
        os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
    print("good" if good and status == 0 else "bad", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
@pytest.mark.parametrize("home", ["usual", "read-only"])
def test_in_a_process_that_is_copied_and_in_a_home_that_cannot_be_written(home, tmp_path):
    env = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    if home == "read-only":
        (tmp_path / "cache").write_text("no folder can be made here")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)],
        env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "good", done.stderr


def test_a_copy_of_a_model_goes_its_own_way():
    model = fitted(net("adam"), X, Y, Compiled(Interpreted), batch_size=4)
    twin = copy.deepcopy(model)
    assert isinstance(twin.engine, Compiled)
    twin.layers[1].rate = 0.9
    before = model.get_weights()
    twin.fit(X, Y, batch_size=4, verbose=0, seed=1)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    other = fitted(net("adam"), X, Y, "eager", batch_size=4)
    other.layers[1].rate = 0.9
    other.fit(X, Y, batch_size=4, verbose=0, seed=1)
    for a, b in zip(twin.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


def test_threads_ask_one_model_at_the_same_time():
    model = fitted(net(), X, Y, Compiled(), epochs=0)
    inputs = [np.random.default_rng(k).standard_normal((40, 3)) for k in range(6)]
    expected = [fitted(net(), X, Y, "eager", epochs=0).predict(x) for x in inputs]
    answers = [None] * len(inputs)

    def ask(k):
        for _ in range(20):
            answers[k] = model.predict(inputs[k], batch_size=8)

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(len(inputs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(answers, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_what_a_callback_changes_between_steps_holds_at_once():
    weights = []
    for engine in ("eager", Compiled(Interpreted)):
        model = fitted(net(), X, Y, engine, epochs=0)
        layer = model.layers[1]
        told = cp.callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs, layer=layer: setattr(layer, "rate", batch / 9)
        )
        model.fit(X, Y, batch_size=4, epochs=2, verbose=0, seed=1, callbacks=[told])
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
