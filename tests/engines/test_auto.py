"""The engine that is taken where none is asked for."""

import copy
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines import worth
from clearprop.engines.auto import Auto

X = np.random.default_rng(0).standard_normal((40, 3))
Y = X[:, :2]


def model():
    cp.utils.set_random_seed(1)
    made = cp.Sequential([cp.Input((3,)), cp.layers.Dense(4, activation="tanh"),
                          cp.layers.Dense(2)])  # fmt: skip
    made.compile("adam", "mse")
    return made


def loaded(one):
    return one.engine._full is not None


def made(one):
    return one.engine._full.programs.made if loaded(one) else 0


def test_it_is_the_usual_one():
    assert isinstance(model().engine, Auto)


def test_little_work_is_eager_and_much_is_compiled():
    one = model()
    one.fit(X, Y, epochs=2, verbose=0)
    assert not loaded(one)
    one.fit(X, Y, epochs=2000, verbose=0)
    assert made(one) >= 1
    assert one.history.note is None


def test_both_give_the_same():
    little, much = model(), model()
    much.engine._spent = 1.0  # which loads what compiles
    for one in (little, much):
        one.fit(X, Y, epochs=3, verbose=0, seed=2)
    for a, b in zip(little.get_weights(), much.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.parametrize("work", ["predict", "evaluate", "train_on_batch"])
def test_what_is_asked_again_and_again_adds_up(work, monkeypatch):
    monkeypatch.setattr(worth, "LEAST", 20 * 40e-6)
    monkeypatch.setattr(worth, "A_PIECE", 0)
    one = model()
    calls = {
        "predict": lambda: one.predict(X, verbose=0),
        "evaluate": lambda: one.evaluate(X, Y, verbose=0),
        "train_on_batch": lambda: one.train_on_batch(X, Y),
    }
    calls[work]()
    assert not loaded(one)
    for _ in range(30):
        calls[work]()
    assert loaded(one)


def test_batches_that_come_one_by_one_are_counted_where_that_is_known():
    one = model()
    one.fit(((X, Y) for _ in range(3)), verbose=0)
    assert loaded(one)
    assert made(one) == 0


def test_a_model_that_is_not_compiled_answers_eagerly():
    one = cp.Sequential([cp.Input((3,)), cp.layers.Dense(1)])
    assert one.predict(X).shape == (40, 1)


def test_a_copy_begins_anew():
    one = Auto()
    one._spent = 5.0
    assert copy.deepcopy(one)._spent == 0.0


PROGRAM = """
    import sys
    import numpy as np, clearprop as cp
    model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=2, verbose=0)
    print(sorted(name for name in sys.modules if name.startswith("clearprop.engines.compiled")
                 or name == "llvmlite"))
"""


def test_what_compiles_is_not_loaded_for_a_little():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_deep_networks_have_more_to_compile():
    few, many = (SimpleNamespace(variables=[None] * count) for count in (4, 400))
    assert worth.least(few) < 2 * worth.LEAST
    assert worth.least(many) > 10 * worth.LEAST
