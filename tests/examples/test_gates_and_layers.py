"""Rules of one's own are accepted when they are right, refused when not, and give known numbers."""

import numpy as np

import clearprop as cp
from tests.examples.running import example, result


def test_all_are_sound_but_the_gate_that_does_not_swap():
    sound = dict(result("gates_and_layers"))
    assert sound.pop("multiply, not swapped") is False
    assert list(sound.values()) == [True] * 7


def test_what_they_pass_back():
    layers = example("gates_and_layers")
    g = 1.1
    through = cp.grad(lambda x, y: g * layers.multiply_gate(x, y), (0, 1))(100.0, 2.0)
    np.testing.assert_allclose([v.item() for v in through], [2.2, 110])
    through = cp.grad(lambda x, y: g * layers.add_gate(x, y), (0, 1))(100.0, 2.0)
    np.testing.assert_allclose([v.item() for v in through], [1.1, 1.1])
    assert cp.grad(lambda x: layers.relu_layer(x).sum())(np.array([-1.0, 0.0, 2.0])).tolist() == [
        0, 0, 1,
    ]  # fmt: skip
    x, t = np.log([[0.3, 0.2, 0.5]]), np.array([[0.0, 1.0, 0.0]])
    slope = cp.grad(lambda x: layers.softmax_with_loss(x, t))(x)  # y − t
    np.testing.assert_allclose(slope.numpy(), [[0.3, -0.8, 0.5]])
