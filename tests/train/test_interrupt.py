"""Ctrl-C ends training after a whole step; a second one ends it at once."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp

X, Y = np.arange(12.0)[:, None] / 12, np.ones((12, 1))


def said():
    return pytest.warns(UserWarning, match="^Interrupted at epoch")


def model():
    made = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    made.set_weights([[[0.5]], [0.0]])
    made.compile(cp.optimizers.SGD(0.1), "mse")
    return made


def press(at_epoch, at_step, hook="on_train_batch_begin", times=1):
    """Press Ctrl-C in the middle of a step."""

    class Press(cp.callbacks.Callback):
        epoch = 0

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

    def pressed(self, step, logs=None):
        if (self.epoch, step) == (at_epoch, at_step):
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)

    setattr(Press, hook, pressed)
    return Press()


def test_the_step_is_finished_and_the_history_says_so():
    interrupted, whole = model(), model()
    with pytest.warns(UserWarning, match=r"^Interrupted at epoch 3\. The model keeps") as heard:
        history = interrupted.fit(
            X, Y, 4, epochs=5, verbose=0, shuffle=False, callbacks=[press(2, 1)]
        )
    assert [Path(warning.filename).name for warning in heard] == [Path(__file__).name]
    assert history.epoch == [0, 1]
    assert history.note == "Interrupted at epoch 3."
    whole.fit(X, Y, 4, epochs=2, shuffle=False)
    for rows in (slice(0, 4), slice(4, 8)):
        whole.train_on_batch(X[rows], Y[rows])
    for got, want in zip(interrupted.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)
    assert np.isfinite(interrupted.predict(X)).all()


def test_an_epoch_that_was_finished_counts():
    with said():
        history = model().fit(X, Y, 4, epochs=5, callbacks=[press(1, 2)])
    assert history.epoch == [0, 1]
    assert history.note == "Interrupted at epoch 2."


def test_a_validation_that_was_cut_short_does_not_count():
    pressed = press(1, 0, hook="on_test_batch_begin")
    with said():
        history = model().fit(
            X, Y, 4, epochs=5, validation_data=(X, Y), validation_batch_size=4, callbacks=[pressed]
        )
    assert history.epoch == [0]
    assert {len(values) for values in history.history.values()} == {1}


def test_callbacks_hear_the_end():
    ended = []
    told = cp.callbacks.LambdaCallback(on_train_end=ended.append)
    with said():
        model().fit(X, Y, 4, epochs=5, callbacks=[press(0, 0), told])
    assert len(ended) == 1


def test_a_second_one_ends_at_once():
    with pytest.raises(KeyboardInterrupt):
        model().fit(X, Y, 4, epochs=5, callbacks=[press(0, 0, times=2)])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_is_put_back():
    model().fit(X, Y)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_handler_of_the_program_is_left_alone():
    caught = []
    before = signal.signal(signal.SIGINT, lambda *_: caught.append(1))
    try:
        history = model().fit(X, Y, 4, epochs=2, callbacks=[press(0, 1)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert caught == [1]
    assert history.epoch == [0, 1]


def test_a_training_that_nobody_watches_in_a_process_of_its_own():
    program = """
        import numpy as np, clearprop as cp
        model = cp.Sequential([cp.Input((4,)), cp.layers.Dense(1)])
        model.compile("sgd", "mse")
        print("ready", flush=True)
        history = model.fit(np.ones((4, 4)), np.ones((4, 1)), epochs=10**9)
        print(history.note, len(history.epoch) > 0, np.isfinite(model.get_weights()[0]).all())
    """
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "ready\n"
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(1.0)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
    assert child.returncode == 0
    assert err.count("Interrupted at epoch ") == 1
    assert out.startswith("Interrupted at epoch ")
    assert out.endswith(" True True\n")
