"""The eager engine, where it runs plans of steps, beside one operation after another."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines import Eager
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.replay import engine as replaying
from clearprop.engines.replay import running as replaying_run
from clearprop.engines.replay.engine import Replaying
from clearprop.engines.replay.running import replayed
from tests.conformance.layer_examples import EXAMPLES
from tests.engines.compiled.fitting import differences, fitted
from tests.engines.compiled.native_steps import native_beside_eager
from tests.engines.compiled.stepping import layer_task, task_of
from tests.engines.compiled.test_native_networks import drawn
from tests.engines.compiled.test_step_losses import model_for
from tests.engines.compiled.test_step_optimizers import trained
from tests.losses.kinds import SETTINGS
from tests.losses.kinds import data as targets
from tests.optim.cases import CASES, made

X = np.random.default_rng(0).standard_normal((26, 4))
Y = np.eye(3)[np.random.default_rng(1).integers(0, 3, 26)]


# Networks in which what is 0 but for rounding is divided by itself.
ODD = (2,)


def net(optimizer="adam", *more):
    def make():
        hidden = cp.layers.Dense(5, activation="tanh")
        last = cp.layers.Dense(3, activation="softmax")
        model = cp.Sequential([cp.Input((4,)), hidden, *more, last], dtype="float64")
        model.compile(optimizer, "categorical_crossentropy", ["accuracy"])
        return model

    return make


@pytest.fixture
def _always(monkeypatch):
    """Make a plan however little there is to do."""
    monkeypatch.setattr(replaying, "LEAST", 0.0)
    monkeypatch.setattr(replaying, "A_WEIGHT", 0.0)


def planned(model):
    """Tell how many plans were made for a model."""
    made = model._setup.engine._planned
    return 0 if made is None else made.programs.made


# -- over the registries -----------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_layers(name):
    task, data, batch = layer_task(EXAMPLES[name])
    found, _ = native_beside_eager(task, data, batch=batch, engine=Compiled(replayed))
    assert found == []


@pytest.mark.parametrize(("name", "settings"), SETTINGS)
def test_losses(name, settings):
    y, p = targets(name, settings, "float64")
    model, x = model_for(name, settings, y, p)
    task, given = task_of(model, x, y, batch_size=len(x))
    found, _ = native_beside_eager(task, given, batch=len(x), engine=Compiled(replayed))
    assert found == []


@pytest.mark.parametrize("k", range(len(CASES)))
def test_optimizers(k):
    task, data = trained(made(CASES[k]))
    found, _ = native_beside_eager(task, data, batch=4, steps=5, engine=Compiled(replayed))
    assert found == []


@pytest.mark.filterwarnings("ignore:layer .* was given, in training")
@pytest.mark.parametrize(
    "seed",
    [pytest.param(k, marks=() if k < 8 else pytest.mark.slow) for k in range(60) if k not in ODD],
)
def test_random_networks(seed):
    make, x, y, dtype, fit = drawn(seed)
    found, _ = differences(make, x, y, dtype, engine=Compiled(replayed), **fit)
    assert found == []


# -- when there is a plan ----------------------------------------------------------------------


@pytest.mark.usefixtures("_always")
@pytest.mark.parametrize(
    "fit", [{}, {"shuffle": False}, {"batch_size": 26}, {"validation_split": 0.3}], ids=str
)
def test_a_fit(fit):
    fit = {"batch_size": 4, **fit}
    model = fitted(net(), X, Y, Replaying(), **fit)
    assert planned(model) > 0
    assert model.history.note is None
    found, _ = differences(net(), X, Y, engine=Replaying(), **fit)
    assert found == []


def test_a_short_training_is_run_step_by_step():
    assert planned(fitted(net(), X, Y, "eager")) == 0


def test_a_long_one_by_a_plan():
    model = fitted(net(), X, Y, "eager", epochs=900)
    assert planned(model) > 0
    assert model._setup.engine.name == "eager"


@pytest.mark.usefixtures("_always")
def test_what_somebody_else_wrote_is_run_at_each_step():
    runs = []

    class Own(cp.layers.Layer):
        def call(self, x):
            runs.append(1)
            return x * 2

    model = fitted(net("adam", Own()), X, Y, Replaying(), batch_size=13)
    assert planned(model) == 0
    assert len(runs) >= 6


@pytest.mark.usefixtures("_always")
def test_nothing_is_replayed_while_somebody_looks_at_each_step():
    seen = []
    look = cp.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    model = fitted(net(), X, Y, Replaying(), callbacks=[look], batch_size=13)
    assert planned(model) == 0
    assert len(seen) == 6


@pytest.mark.usefixtures("_always")
def test_a_setting_that_changes_between_epochs_holds_from_then_on():
    def change(model, engine):
        def later(epoch, logs):
            if epoch == 0:
                model.layers[1].rate = 0.9

        callback = cp.callbacks.LambdaCallback(on_epoch_end=later)
        model._setup.engine = engine
        model.fit(X, Y, epochs=3, batch_size=13, callbacks=[callback], verbose=0, seed=5)
        return model.get_weights()

    both = []
    for engine in (Eager(), Replaying()):
        cp.utils.set_random_seed(11)
        both.append(change(net("adam", cp.layers.Dropout(0.1, seed=3))(), engine))
    for a, b in zip(*both, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.usefixtures("_always")
def test_weights_that_are_assigned_between_epochs_are_trained_on():
    def assigned(engine):
        cp.utils.set_random_seed(11)
        model, seen = net()(), []

        def halve(epoch, logs):
            seen.append(model.get_weights()[0])
            model.layers[0].kernel.assign(model.layers[0].kernel * 0.5)

        model._setup.engine = engine
        callback = cp.callbacks.LambdaCallback(on_epoch_end=halve)
        model.fit(X, Y, epochs=3, batch_size=13, callbacks=[callback], verbose=0, seed=5)
        return [*seen, *model.get_weights()]

    for a, b in zip(assigned(Eager()), assigned(Replaying()), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


class BrokenError(Exception):
    """Something goes wrong in the middle of a step."""


@pytest.mark.usefixtures("_always")
def test_a_training_that_breaks_off_leaves_weights_that_the_next_begins_with(monkeypatch):
    model, run = fitted(net("sgd"), X, Y, Replaying(), batch_size=13), replaying_run.Replayed.run

    def breaking(self, bound, steps):
        run(self, bound, steps)
        raise BrokenError

    with monkeypatch.context() as patched:
        patched.setattr(replaying_run.Replayed, "run", breaking)
        with pytest.raises(BrokenError):
            model.fit(X, Y, batch_size=13, verbose=0)
    other = net("sgd")()
    other.set_weights(model.get_weights())
    other._setup.engine = Eager()
    for one in (model, other):
        one.fit(X, Y, batch_size=13, verbose=0, shuffle=False)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.usefixtures("_always")
def test_plans_and_steps_take_turns():
    """What one leaves, the other begins with: weights, the optimizer's memory, its steps."""

    def turns(one, two):
        cp.utils.set_random_seed(11)
        model = net()()
        for k in range(4):
            model._setup.engine = (one, two)[k % 2]
            model.fit(X, Y, batch_size=13, verbose=0, seed=5)
        return model.get_weights()

    for a, b in zip(turns(Replaying(), Eager()), turns(Eager(), Eager()), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.usefixtures("_always")
def test_arrays_that_were_handed_out_stay_as_they_are():
    model = fitted(net(), X, Y, Replaying(), batch_size=13)
    weights, answer = model.get_weights(), model.predict(X)
    held = [model.weights[0].numpy(), *weights, answer]
    states = [array for state in model._setup.memory.states.values() for array in state.values()]
    before = [np.array(each) for each in [*held, *states]]
    model.fit(X, Y, batch_size=13, verbose=0)
    for each, was in zip([*held, *states], before, strict=True):
        np.testing.assert_array_equal(each, was)


@pytest.mark.usefixtures("_always")
def test_a_copy_trains_by_itself():
    model = fitted(net(), X, Y, Replaying(), batch_size=13)
    copy = cp.keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    was = model.get_weights()
    copy.compile("sgd", "categorical_crossentropy", engine="eager")
    copy.fit(X, Y, batch_size=13, verbose=0)
    for a, b in zip(was, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
