"""What is compiled anew and what is not; what changes under the engine's hands is noticed."""

import gc
import weakref

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines import worth
from clearprop.engines.compiled.engine import Compiled, WhereItPays
from clearprop.engines.compiled.running import Interpreted
from tests.engines.compiled.fitting import differences, fitted
from tests.engines.compiled.test_engine import X, Y, net


def interpreted(make, **fit):
    return fitted(make, X, Y, Compiled(Interpreted), batch_size=4, **fit)


def made(model):
    return model._setup.engine.programs.made


def test_data_learning_rate_epochs_and_seed_need_no_new_program():
    model = interpreted(net("adam"))
    assert made(model) == 2  # of four rows, and of the three that are left
    model.optimizer.learning_rate = 0.5
    model.fit(X * 2, Y + 1, batch_size=4, epochs=7, verbose=0, seed=9)
    model.fit(X[:8], Y[:8], batch_size=4, epochs=1, verbose=0, shuffle=False)
    for _ in range(3):
        model.train_on_batch(X[:4], Y[:4])
    assert made(model) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda model: setattr(model.layers[1], "rate", 0.9),
        lambda model: setattr(model.layers[0], "trainable", False),
        lambda model: setattr(model.layers[2].kernel, "constraint", None),
        lambda model: setattr(model.layers[0], "activation", cp.relu),
        lambda model: model.optimizer.exclude_from_weight_decay(var_names=["bias"]),
    ],
    ids=["rate", "frozen", "constraint", "activation", "decay"],
)
def test_a_model_that_changed_is_made_anew(change):
    def steps(engine):
        model = fitted(net(cp.optimizers.SGD(0.1, weight_decay=0.1)), X, Y, engine, batch_size=11)
        if isinstance(engine, Compiled):
            assert made(model) == 1
        change(model)
        model.fit(X, Y, batch_size=11, epochs=2, verbose=0, seed=1)
        return model

    eager, compiled = steps("eager"), steps(Compiled(Interpreted))
    for a, b in zip(eager.get_weights(), compiled.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_a_setting_changed_by_a_callback_holds_from_then_on():
    def looser(model):
        def at(epoch, logs):
            model.layers[1].rate = 0.1 * epoch

        return cp.callbacks.LambdaCallback(on_epoch_begin=at)

    weights = []
    for engine in ("eager", Compiled(Interpreted)):
        model = fitted(net(), X, Y, engine, epochs=0)
        model.fit(X, Y, batch_size=11, epochs=4, verbose=0, seed=1, callbacks=[looser(model)])
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_weights_set_from_outside_are_taken_over():
    model = interpreted(net())
    start = [np.ones_like(w) for w in model.get_weights()]
    model.set_weights(start)
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, seed=1)
    other = fitted(net(), X, Y, "eager", epochs=0)
    other.set_weights(start)
    other.layers[1].step = 9  # as often as the first has drawn
    other.fit(X, Y, batch_size=4, epochs=2, verbose=0, seed=1)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_what_was_recorded_before_keeps_its_numbers():
    model = interpreted(net())
    before = model.layers[0].kernel.node
    held = before.data.copy()
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    np.testing.assert_array_equal(before.data, held)
    assert not np.array_equal(model.layers[0].kernel.numpy(), held)


def test_learning_rates_of_a_schedule_and_of_callbacks():
    schedule = cp.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    falling = cp.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (1 + epoch))
    for make, more in (
        (net(cp.optimizers.SGD(schedule)), {}),
        (net(cp.optimizers.SGD(0.1)), {"callbacks": [falling]}),
    ):
        assert differences(make, X, Y, engine=Compiled(Interpreted), batch_size=4, **more)[0] == []


@pytest.fixture
def little(monkeypatch):
    """Let it pay after some ten steps."""
    monkeypatch.setattr(worth, "LEAST", 12 * 120e-6)
    monkeypatch.setattr(worth, "A_PIECE", 0)


def auto(epochs, **fit):
    model = fitted(net("adam"), X, Y, WhereItPays(Interpreted), batch_size=11, epochs=epochs, **fit)
    return made(model)


@pytest.mark.usefixtures("little")
def test_auto_compiles_where_it_pays():
    assert auto(3) == 0
    assert auto(300) == 1


@pytest.mark.usefixtures("little")
def test_auto_counts_the_steps_that_come_one_by_one():
    model = fitted(net("adam"), X, Y, WhereItPays(Interpreted), epochs=0)
    steps = []
    for step in range(20):
        model.train_on_batch(X, Y)
        steps += [step] * made(model)
    assert 5 < steps[0] < 15


@pytest.mark.usefixtures("little")
def test_auto_decides_alike_in_every_run():
    def run():
        model = fitted(net("adam"), X, Y, WhereItPays(Interpreted), batch_size=4, epochs=20)
        assert made(model)
        return model.get_weights()

    for a, b in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("little")
def test_auto_gives_what_eager_gives_on_both_sides_of_where_it_takes_over():
    looked = [cp.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)]
    for more in ({}, {"callbacks": looked}):
        make = net("adam", metrics=["mae"])
        found, model = differences(
            make, X, Y, engine=WhereItPays(Interpreted), batch_size=4, epochs=8, **more
        )
        assert found == []
        assert made(model)


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("at", [(6, 0), (6, 1)])
def test_auto_decides_alike_when_a_training_is_taken_up_again(at):
    class Late(cp.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.begins_at = at

    whole, late = (
        fitted(
            net("adam"), X, Y, WhereItPays(Interpreted), batch_size=4, epochs=7, callbacks=callbacks
        )
        for callbacks in ([], [Late()])
    )
    assert made(whole) == made(late) == 1


def test_data_are_not_kept_when_training_has_ended():
    x, y = X.copy(), Y.copy()
    gone = [weakref.ref(x), weakref.ref(y)]
    model = net("adam")()
    model._setup.engine = Compiled()
    model.fit(x, y, batch_size=4, verbose=0)
    model.predict(x)
    model.evaluate(x, y, verbose=0)
    del x, y
    gc.collect()
    assert [each() for each in gone] == [None, None]
    assert made(model) > 0
