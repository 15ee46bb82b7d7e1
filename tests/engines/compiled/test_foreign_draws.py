"""Numbers that a step of someone's own draws are the same ones in every engine."""

import random

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.engine import Compiled
from tests.engines.compiled.fitting import fitted

X = np.random.default_rng(0).normal(size=(12, 4))
DRAWS = {"NumPy": lambda: float(np.random.rand()), "Python": random.random}  # noqa: NPY002


@pytest.mark.parametrize("name", DRAWS)
def test_draws_of_a_step_are_not_used_up_by_looking_at_it(name):
    class Noisy(cp.Model):
        def __init__(self):
            super().__init__()
            self.out = cp.layers.Dense(1, dtype="float64")

        def call(self, x):
            return self.out(x) + DRAWS[name]()

    def make():
        random.seed(4)
        np.random.seed(4)  # noqa: NPY002
        model = Noisy()
        model.compile("sgd", "mse")
        return model

    eager, compiled = (fitted(make, X, X[:, :1], engine) for engine in ("eager", Compiled()))
    assert compiled.history.history == eager.history.history
    assert "another each time" in compiled.history.note
    for a, b in zip(eager.weights, compiled.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
