"""Layers that keep what others hand back, or train themselves; inputs that choose from another."""

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(5).normal(size=(4, 3))


class Keeping:
    """Affine; forward and backward hand nothing back."""

    def __init__(self, reduced=np.sum):
        self.weights = np.random.default_rng(6).normal(size=(3, 2))
        self.biases, self.reduced = np.zeros((1, 2)), reduced

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        self.dbiases = self.reduced(dvalues, axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T


class Silent(Keeping):
    """One that keeps no output under any name that is known."""

    def forward(self, inputs):
        pass


class Training:
    """Affine of one column; backward changes the weights and hands the gradient back."""

    def __init__(self, back=lambda W, g: W.T @ g):
        r = np.random.default_rng(7)
        self.weights, self.bias, self.back = r.normal(size=(2, 3)), r.normal(size=(2, 1)), back

    def forward(self, column):
        self.column = column
        return self.weights @ column + self.bias

    def backward(self, output_gradient, learning_rate):
        given = self.back(self.weights, output_gradient)
        self.weights = self.weights - learning_rate * output_gradient @ self.column.T
        self.bias = self.bias - learning_rate * output_gradient
        return given


def chosen(x, W):
    return W[x], (x, W)


def chosen_back(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return None, dW


def overwritten_back(dout, cache):
    x, W = cache
    dW = np.zeros_like(W)
    dW[x] += dout
    return None, dW


def test_outputs_and_gradients_may_be_kept_in_attributes():
    assert check(Keeping(), x=X).sound
    assert [f.name for f in check(Keeping(np.mean), x=X).findings] == ["bias-averaged"]
    assert check(Silent(), x=X).sound is None


@pytest.mark.parametrize(
    ("back", "sound"), [(lambda W, g: W.T @ g, True), (lambda W, g: -W.T @ g, False)]
)
def test_a_layer_that_trains_itself_hands_the_gradient_back_all_the_same(back, sound):
    assert check(Training(back), x=X[:1].T, lr=0.1).sound is sound


def test_whole_numbers_that_choose_rows_stay_as_they_are():
    x, W = np.array([[0, 3, 1], [3, 3, 4]]), np.random.default_rng(8).normal(size=(5, 2))
    assert check((chosen, chosen_back), x=(x, W)).sound
    assert check((chosen, overwritten_back), x=(x, W)).sound is False
