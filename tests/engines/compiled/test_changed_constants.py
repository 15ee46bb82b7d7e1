"""What a loss or layer of someone's own reads is read anew when it was changed in place."""

import os
from collections import deque

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from tests.engines.compiled.fitting import CLOSE

X = np.random.default_rng(0).normal(size=(12, 4))
Y = X[:, :1] * 2
NAMED = 1.0


def of_an_array():
    held = np.ones(1)
    return (lambda: held), lambda value: held.fill(value)


def of_an_array_as_a_number():
    held = np.ones(())
    return (lambda: float(held)), lambda value: held.fill(value)


def of_a_tensor():
    held = cp.tensor(1.0)
    return (lambda: held), lambda value: setattr(held.node, "data", np.asarray(value))


def of_a_method():
    class Held:
        value = 1.0

        def get(self):
            return self.value

    held = Held()
    return held.get, lambda value: setattr(held, "value", value)


def of_a_queue():
    held = deque([1.0])
    return (lambda: held[0]), lambda value: held.__setitem__(0, value)


def of_a_class():
    class Held:
        value = 1.0

    return (lambda: Held.value), lambda value: setattr(Held, "value", value)


def of_what_a_layer_names():
    class Times(cp.layers.Layer):
        def call(self, x):
            return x * NAMED

    layer, (_, change) = Times(dtype="float64"), of_a_name()
    return (lambda: layer(np.ones((1, 1)))), change


def of_a_name():
    def change(value):
        globals()["NAMED"] = value

    change(1.0)
    return (lambda: NAMED), change


@pytest.mark.parametrize(
    "held",
    [
        of_an_array,
        of_an_array_as_a_number,
        of_a_tensor,
        of_a_method,
        of_a_queue,
        of_a_class,
        of_what_a_layer_names,
        of_a_name,
    ],
)
def test_what_a_loss_reads_may_change(held):
    runs = []
    for engine in ("eager", "compiled"):
        read, change = held()

        def loss(t, p, read=read):
            return cp.ops.mean((t - p) ** 2 * read(), axis=-1)

        cp.utils.set_random_seed(3)
        model = cp.Sequential([cp.Input((4,)), cp.layers.Dense(1, dtype="float64")])
        model.compile(cp.optimizers.SGD(0.05), loss)
        if engine == "compiled":
            model._setup.engine = Compiled()
        losses = []
        for value in (1.0, 3.0, 1.0):  # other numbers, and the first ones again
            change(value)
            losses += model.fit(X, Y, epochs=2, verbose=0, seed=1).history["loss"]
        each = cp.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs=None, change=change: change(epoch + 2.0)
        )
        losses += model.fit(X, Y, epochs=2, verbose=0, seed=1, callbacks=[each]).history["loss"]
        change(1.0)
        losses += model.fit(X, Y, epochs=2, verbose=0, seed=1).history["loss"]
        runs.append(losses)
        if engine == "compiled":
            assert model._setup.engine.programs.made > 0
    np.testing.assert_allclose(runs[1], runs[0], **CLOSE["float64"])


def test_what_nobody_can_watch_is_read_anew_by_each_fit(monkeypatch):
    def loss(t, p):
        return cp.ops.mean((t - p) ** 2 * float(os.environ["CLEARPROP_TEST_FACTOR"]), axis=-1)

    x = np.random.default_rng(0).standard_normal((16, 3))
    trained = []
    for engine in ("eager", "compiled"):
        cp.utils.set_random_seed(1)
        model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2)], dtype="float64")
        model.compile(cp.optimizers.SGD(0.1), loss, engine=engine)
        for factor in ("1.0", "3.0", "1.0"):
            monkeypatch.setenv("CLEARPROP_TEST_FACTOR", factor)
            model.fit(x, x[:, :2], epochs=2, verbose=0, seed=2)
        trained.append(model.get_weights())
    for a, b in zip(*trained, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
