"""Arrays that a layer of one's own computes with stand in no explanation's way."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.verify import verify

ROW = np.array([1.0, 2.0, 3.0], "float32")


class Shift(cp.layers.Layer):
    def call(self, x):
        return x + ROW


class Bend(cp.layers.Layer):
    def call(self, x):
        return 1.0 - x**ROW


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(("kind", "output"), [(Shift, 3.0), (Bend, 1.0 - 2.0)])
def test_a_layer_that_adds_or_raises_to_an_array(kind, output, optimizer):
    model = cp.Sequential([cp.Input((3,)), kind(), cp.layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    x = np.array([[2.0, 1.0, 1.0]])
    made = model.predict(x, verbose=0).item()
    e = cp.why(model, "dense/kernel[0,0]", x=x, y=[[0.0]], lang="en")
    assert e.value == pytest.approx(2 * made * output)
    assert verify(str(e)) == []
