"""What nobody can watch is read anew when somebody may have changed it; notes say what to do."""

import itertools
import os
import re
from pathlib import Path

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled import programs
from clearprop.engines.compiled.engine import Compiled, WhereItPays
from clearprop.engines.compiled.running import Interpreted
from clearprop.nn.effects import replace
from tests.engines.compiled.fitting import CLOSE

NAME = "CLEARPROP_TEST_FACTOR"
X = np.random.default_rng(0).standard_normal((12, 3))


class Outside(cp.layers.Layer):
    def call(self, x):
        return x * float(os.environ[NAME])


def net(engine, layer=Outside):
    cp.utils.set_random_seed(1)
    model = cp.Sequential([cp.Input((3,)), layer(dtype="float64"), cp.layers.Dense(2)],
                          dtype="float64")  # fmt: skip
    model.compile(cp.optimizers.SGD(0.1), "mse", engine="eager")
    if engine != "eager":
        model._setup.engine = Compiled(Interpreted)
    return model


def asked(model, change):
    """Do everything that there is to do with a model, and change something in between."""
    told = []
    for factor in ("1.0", "3.0", "1.0"):
        change(factor)
        told.append(model.predict(X))
        told.append(model.evaluate(X, X[:, :2], verbose=0))
        told.append(model.train_on_batch(X, X[:, :2]))
    for at in ("on_epoch_begin", "on_train_batch_begin"):
        each = cp.callbacks.LambdaCallback(**{at: lambda k, logs=None: change(f"{k + 1}.5")})
        fit = model.fit(X, X[:, :2], 4, epochs=3, verbose=0, seed=2, callbacks=[each])
        told += fit.history["loss"]
    return [*told, *model.get_weights()]


def test_the_environment_may_change_between_any_two_calls(monkeypatch):
    def change(value):
        monkeypatch.setenv(NAME, value)

    change("1.0")
    compiled = net("compiled")
    eager, told = asked(net("eager"), change), asked(compiled, change)
    for a, b in zip(eager, told, strict=True):
        np.testing.assert_allclose(a, b, **CLOSE["float64"])
    assert compiled._setup.engine.programs.made > 3


def test_of_code_that_can_be_watched_no_step_is_traced_again(monkeypatch):
    class Inside(cp.layers.Layer):
        factor = 2.0

        def call(self, x):
            return x * self.factor

    model = net("compiled", Inside)
    model.fit(X, X[:, :2], 4, verbose=0)
    model.predict(X)
    monkeypatch.setattr(programs, "_once", None)
    model.fit(X, X[:, :2], 4, verbose=0)
    model.predict(X)
    Inside.factor = 3.0
    with pytest.raises(TypeError):
        model.predict(X)


class Drawing(cp.layers.Layer):
    """Draws so rarely that looking twice does not show it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.rng = np.random.default_rng(5)

    def call(self, x):
        return x * 2 if self.rng.random() < 0.3 else x


def test_a_generator_of_ones_own_is_drawn_from_as_eagerly():
    eager, compiled = net("eager", Drawing), net("compiled", Drawing)
    for model in (eager, compiled):
        model.fit(X, X[:, :2], 4, epochs=5, verbose=0, seed=2)
    assert compiled.history.history == eager.history.history
    assert compiled._setup.engine.programs.made == 0
    assert "another each time" in compiled.history.note


COUNT = itertools.count(1)


class Named(cp.layers.Layer):
    def call(self, x):
        return x * (2.0 if next(COUNT) % 50 == 0 else 1.0)


def test_a_count_that_seldom_shows_runs_eagerly():
    model = net("compiled", Named)
    model.fit(X, X[:, :2], 4, epochs=5, verbose=0)
    assert model._setup.engine.programs.made == 0
    assert "another each time" in model.history.note


class Counting(cp.layers.Layer):
    def build(self, shape):
        self.count = self.add_weight((), "zeros", trainable=False, name="count")
        super().build(shape)


class Assigning(Counting):
    def call(self, x):
        self.count.assign(self.count + 1)
        return x * (1 + 0.1 * self.count)


class Replacing(Counting):
    def call(self, x):
        replace(self.count, self.count + 1)
        return x * (1 + 0.1 * self.count)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "write replace(self.count, value)"), ("ko", "라고 쓰면 됩니다.")]
)
def test_who_assigns_in_a_step_is_told_what_to_write(monkeypatch, lang, said):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    model = net("compiled", Assigning)
    model.fit(X, X[:, :2], 4, verbose=0)
    assert said in model.history.note
    assert model._setup.engine.programs.made == 0


def test_what_is_written_instead_is_compiled_and_counts():
    models = [net(engine, Replacing) for engine in ("eager", "compiled")]
    for model in models:
        model.fit(X, X[:, :2], 4, epochs=3, verbose=0, seed=2)
        assert model.history.note is None
    assert models[1]._setup.engine.programs.made > 0
    assert [float(each.layers[0].count.numpy()) for each in models] == [9.0, 9.0]
    losses = [each.history.history["loss"] for each in models]
    np.testing.assert_allclose(*losses, **CLOSE["float64"])


class Deciding(cp.layers.Layer):
    def call(self, x):
        return x * 2 if cp.ops.sum(x) > 0 else x


@pytest.mark.parametrize(("lang", "said"), [("en", "ops.where(condition"), ("ko", "판단(if")])
def test_reasons_are_told_in_the_users_language(monkeypatch, lang, said):
    monkeypatch.setenv("CLEARPROP_LANG", lang)
    model = net("compiled", Deciding)
    model.fit(X, X[:, :2], 4, verbose=0)
    assert said in model.history.note
    assert ("engine" in model.history.note) is (lang == "en")


def test_so_many_shapes_are_compiled_and_the_others_are_told_of(monkeypatch):
    monkeypatch.setattr(programs, "SHAPES", 3)
    model, right = net("compiled", cp.layers.Flatten), net("eager", cp.layers.Flatten)
    for rows in (1, 2, 3, 4, 5, 2):
        for each in (model, right):
            each.fit(X[:rows], X[:rows, :2], batch_size=12, verbose=0, shuffle=False)
        if rows == 3:
            assert model.history.note is None
        elif rows == 4:
            assert "more than 3 shapes" in model.history.note
    assert model._setup.engine.programs.made == 3
    for a, b in zip(model.get_weights(), right.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_where_it_does_not_pay_nobody_hears_of_shapes(monkeypatch):
    monkeypatch.setattr(programs, "SHAPES", 0)
    model = net("eager", cp.layers.Flatten)
    model._setup.engine = WhereItPays(Interpreted)
    model.fit(X, X[:, :2], 4, verbose=0)
    assert model.history.note is None


def test_every_reason_is_in_the_catalogue():
    folder = Path(programs.__file__).parent
    told = re.compile(r"NotCompilable\(\s*(?!told\(|said\))")
    found = [
        f"{file.name}: {line.strip()}"
        for file in sorted(folder.rglob("*.py"))
        for line in file.read_text().splitlines()
        if told.search(line) and "class " not in line
    ]
    assert found == []
    assert told.search('raise NotCompilable("a step")')
