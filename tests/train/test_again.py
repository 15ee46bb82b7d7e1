"""The same `fit` again: nothing is checked twice, and whatever changed is noticed."""

import copy
import gc
import weakref

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.choice import choose
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.programs import Programs
from clearprop.engines.compiled.running import Interpreted
from clearprop.train import sources
from clearprop.train.callbacks import Callbacks
from clearprop.train.loop import Teller
from clearprop.train.progress import Bar

START = [np.array([[0.3, -0.2], [0.1, 0.4]]), np.zeros(2), np.array([[0.5], [-0.7]]), np.ones(1)]


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.standard_normal((6, 2)), rng.standard_normal((6, 1))


def net(engine):
    model = cp.Sequential(
        [cp.Input((2,)), cp.layers.Dense(2, activation="tanh"), cp.layers.Dense(1)], dtype="float64"
    )
    model.compile(cp.optimizers.SGD(0.1, momentum=0.5), "mse", metrics=["mae"])
    model._setup.engine = engine
    return model


def trained(model, x, y, *, times=3, **fit):
    """Train from the same weights each time; give the last history and what has come of them."""
    for _ in range(times):
        model.set_weights(START)
        model._setup.memory.states.clear()
        model._setup.memory.step = 0
        history = model.fit(x, y, **({"batch_size": 2, "epochs": 4, "shuffle": False} | fit))
    return history, model.get_weights()


def same(one, other):
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert one[0].epoch == other[0].epoch
    assert one[0].history.keys() == other[0].history.keys()
    for name in one[0].history:
        np.testing.assert_allclose(one[0].history[name], other[0].history[name], rtol=1e-12)


@pytest.fixture
def compiled(data):
    """Give a model that would do the same training again at once."""
    model = net(Compiled(Interpreted))
    trained(model, *data)
    assert model._setup.engine._last is not None
    return model


def test_the_same_again_checks_nothing_and_looks_for_no_program(data, compiled, monkeypatch):
    def never(*args, **options):
        raise AssertionError("looked at again")

    monkeypatch.setattr(sources, "training", never)
    monkeypatch.setattr(Programs, "find", never)
    trained(compiled, *data, times=1)
    with pytest.raises(AssertionError, match="looked at again"):
        trained(compiled, *data, times=1, epochs=5)


def test_it_gives_what_it_gave(data, compiled):
    eager = cp.Sequential.from_config(compiled.get_config())
    eager.compile(cp.optimizers.SGD(0.1, momentum=0.5), "mse", metrics=["mae"], engine="eager")
    again, anew = trained(compiled, *data, times=2), trained(eager, *data, times=1)
    same(again, anew)
    assert again[0].epoch == [0, 1, 2, 3]
    assert type(again[0].history["loss"]) is list
    assert type(again[0].history["loss"][0]) is float
    assert compiled._setup.memory.step == eager._setup.memory.step == 12


@pytest.mark.parametrize(
    "change",
    [
        lambda model, x, y: x.__setitem__(slice(None), x * 2),
        lambda model, x, y: y.__setitem__((0, 0), 5.0),
        lambda model, x, y: setattr(model.optimizer, "learning_rate", 0.01),
        lambda model, x, y: setattr(model.layers[0], "trainable", False),
        lambda model, x, y: setattr(model.layers[1], "activation", cp.relu),
        lambda model, x, y: setattr(model.layers[0].kernel, "regularizer", lambda w: (w * w).sum()),
    ],
    ids=["x", "y", "rate", "frozen", "activation", "regularizer"],
)
def test_what_changed_is_noticed(data, compiled, change):
    x, y = data
    eager = net(choose("eager"))
    trained(eager, x, y, times=1)
    before = trained(compiled, x, y)
    change(compiled, x, y)
    after = trained(compiled, x, y, times=2)
    if change.__code__.co_names[:1] != ("__setitem__",):
        change(eager, x, y)
    same(after, trained(eager, x, y, times=1))
    assert after[0].history != before[0].history


@pytest.mark.parametrize(
    ("fit", "epochs"),
    [({"epochs": 2}, [0, 1]), ({"initial_epoch": 3}, [3]), ({"batch_size": 6}, [0, 1, 2, 3]),
     ({"steps_per_epoch": 1}, [0, 1, 2, 3]), ({"sample_weight": np.arange(6.0)}, [0, 1, 2, 3])],
)  # fmt: skip
def test_other_arguments_are_another_training(data, compiled, fit, epochs):
    history, weights = trained(compiled, *data, times=2, **fit)
    same((history, weights), trained(net(choose("eager")), *data, times=1, **fit))
    assert history.epoch == epochs


def test_arguments_of_another_kind_are_checked(data, compiled):
    trained(compiled, *data, epochs=1)
    with pytest.raises(cp.errors.OptionError, match="epochs"):
        trained(compiled, *data, epochs=True)


def test_numbers_that_came_to_be_infinite_are_refused(data, compiled):
    data[0][3, 1] = np.inf
    with pytest.raises(cp.errors.NumericsError, match=r"x\[3, 1\]"):
        compiled.fit(*data, 2, epochs=4, shuffle=False)
    data[0][3, 1] = 0.0
    broken = [each.copy() for each in START]
    broken[2][0] = np.nan
    compiled.set_weights(broken)
    with pytest.raises(cp.errors.NumericsError, match="dense_1/kernel"):
        compiled.fit(*data, 2, epochs=4, shuffle=False)


def test_a_loss_that_is_no_number_is_told_each_time(data, compiled):
    data[1][:] = 1e200
    for _ in range(3):
        with pytest.warns(RuntimeWarning):
            history, _ = trained(compiled, *data, times=1)
        assert history.note


def test_an_order_is_drawn_anew_each_time(data):
    model = net(Compiled(Interpreted))
    losses = [trained(model, *data, times=1, shuffle=True)[0].history["loss"] for _ in range(4)]
    assert len({tuple(each) for each in losses}) == 4
    seeded = [trained(model, *data, times=1, shuffle=True, seed=3)[0].history for _ in range(3)]
    assert seeded[0] == seeded[1] == seeded[2]


def test_a_change_made_and_taken_back_leaves_no_program_of_between(data):
    model = net(Compiled(Interpreted))
    layer, right = model.layers[0], trained(model, *data)
    tanh = layer.activation
    other = cp.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: setattr(layer, "activation", cp.relu)
    )
    assert trained(model, *data, callbacks=[other])[0].history != right[0].history
    layer.activation = tanh
    same(trained(model, *data), right)


def test_no_data_are_held_on_to(data):
    x, y = data[0].copy(), data[1].copy()
    model = net(Compiled(Interpreted))
    trained(model, x, y)
    gone = weakref.ref(x), weakref.ref(y)
    del x, y
    gc.collect()
    assert [each() is None for each in gone] == [True, True]
    with pytest.raises(cp.errors.DataError, match="x is missing"):
        model.fit(None, None, 2, epochs=4, shuffle=False)


def test_a_copy_trains_its_own_weights(data, compiled):
    other = copy.deepcopy(compiled)
    trained(other, *data, epochs=1)
    kept = other.get_weights()
    trained(compiled, *data)
    for a, b in zip(kept, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_who_has_to_hear_of_steps_does(data, compiled):
    model, history = compiled, cp.callbacks.History()
    bar = Bar()
    assert Callbacks(None, [history], model, {}).quiet
    assert Callbacks(None, [], model, {}).quiet
    assert not Callbacks(None, [bar], model, {}).quiet
    assert not Callbacks(None, [bar, history], model, {}).quiet
    assert not Callbacks([history], [cp.callbacks.History()], model, {}).quiet
    assert Teller(Callbacks(None, [bar], model, {}), "test").glances
    given = cp.callbacks.History()
    ours = model.fit(*data, 2, epochs=4, shuffle=False, callbacks=[given])
    assert given.history == ours.history
    assert given.epoch == ours.epoch == [0, 1, 2, 3]
