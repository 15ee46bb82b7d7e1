"""What cannot be compiled runs eagerly, with a note that says why; nothing is silently wrong."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled import programs
from clearprop.engines.compiled.engine import Compiled
from clearprop.engines.compiled.running import Interpreted
from tests.engines.compiled.fitting import differences, fitted
from tests.engines.compiled.test_engine import X, Y, net


class Halving(cp.layers.Layer):
    """Decides by a computed number."""

    def call(self, x):
        return x / 2 if float(x.sum()) > 0 else x


class Noisy(cp.layers.Layer):
    """Draws by itself."""

    def call(self, x):
        return x + np.random.default_rng().standard_normal(3)


class Counting(cp.layers.Layer):
    """Works by what it has counted."""

    def __init__(self, **options):
        super().__init__(**options)
        self.calls = 0

    def call(self, x):
        self.calls += 1
        return x * (1.0 + 0.1 * self.calls)


class Scaled(cp.layers.Layer):
    """Somebody's own, which nothing is the matter with."""

    def __init__(self, factor=0.5, **options):
        super().__init__(**options)
        self.factor = factor

    def call(self, x):
        return x * self.factor


def own(layer):
    def made():
        first = cp.layers.Dense(3, dtype="float64")
        model = cp.Sequential([cp.Input((3,)), first, layer(dtype="float64"),
                               cp.layers.Dense(2, dtype="float64")])  # fmt: skip
        model.compile("sgd", "mse")
        return model

    return made


@pytest.mark.parametrize("layer", [Halving, Counting])
def test_calls_that_look_at_numbers_or_count_run_eagerly_with_a_note(layer):
    found, model = differences(own(layer), X, Y, engine=Compiled(Interpreted), batch_size=11)
    assert found == []
    assert model._setup.engine.programs.made == 0
    assert "the compiled engine cannot do" in model.history.note


def test_what_draws_by_itself_runs_eagerly():
    model = fitted(own(Noisy), X, Y, Compiled(Interpreted))
    assert model._setup.engine.programs.made == 0
    assert "another each time" in model.history.note


def test_a_layer_of_ones_own_is_compiled():
    found, model = differences(own(Scaled), X, Y, engine=Compiled(Interpreted), batch_size=11)
    assert found == []
    assert model.history.note is None
    assert model._setup.engine.programs.made == 5  # training; 4 and 3 rows of two kinds
    model.layers[1].factor = 0.25
    model.fit(X, Y, batch_size=11, verbose=0)
    assert model._setup.engine.programs.made == 6


def test_why_is_said_once_of_a_model():
    model = fitted(own(Halving), X, Y, Compiled(Interpreted))
    assert model.history.note
    model.fit(X, Y, verbose=0)
    assert model.history.note is None


def test_without_a_compiler_all_runs_and_that_is_said_once(monkeypatch):
    monkeypatch.setattr(programs, "_missed", False)
    monkeypatch.setattr(programs, "available", lambda: False)
    found, model = differences(net(), X, Y, batch_size=4)
    assert found == []
    assert model._setup.engine.programs.made == 0
    assert "llvmlite" in model.history.note
    another = fitted(net(), X, Y, Compiled())
    assert another.history.note is None


def test_a_loss_of_ones_own_and_a_metric():
    def far(t, y):
        return cp.ops.mean(cp.ops.abs(t - y) ** 3, axis=-1)

    def made():
        model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(2, dtype="float64")])
        model.compile("sgd", far, [lambda t, y: (t - y).mean(), far])
        return model

    found, model = differences(made, X, Y, engine=Compiled(Interpreted), batch_size=4)
    assert found == []
    assert model.history.note is None


def test_keras_word_for_it():
    model = net(run_eagerly=True)()
    assert model.engine.name == "eager"
    assert net()().engine.name == "auto"
