"""Which function goes which way, and in which order it takes input and target."""

import numpy as np
import pytest

from clearprop.doctor import check

RNG = np.random.default_rng(3)
X, T = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))


class Linear:
    """y = xW; `factor` spoils its gradient."""

    def __init__(self, factor=1.0):
        self.params, self.factor = {"W": np.random.default_rng(4).normal(size=(3, 3))}, factor

    def loss_at(self, x, t):
        return 0.5 * float(np.sum((x @ self.params["W"] - t) ** 2))

    def gradient_at(self, x, t):
        return {"W": self.factor * x.T @ (x @ self.params["W"] - t)}


class TargetFirst(Linear):
    def loss(self, answer, obs):
        return self.loss_at(obs, answer)

    def gradient(self, answer, obs):
        return self.gradient_at(obs, answer)


class TurnedOnce(Linear):
    def loss(self, obs, answer):
        return self.loss_at(obs, answer)

    def gradient(self, answer, obs):
        return self.gradient_at(obs, answer)


class ByName(Linear):
    def loss(self, *, x, t):
        return self.loss_at(x, t)

    def gradient(self, *, x, t):
        return self.gradient_at(x, t)


class InKorean(Linear):
    def 손실(self, 입력, 정답):
        return self.loss_at(입력, 정답)

    def 기울기(self, 입력, 정답):
        return self.gradient_at(입력, 정답)


class LossOfOutput(Linear):
    def predict(self, x):
        self.x = x
        return x @ self.params["W"]

    def loss(self, prediction, t):
        self.e = prediction - t
        return 0.5 * float(np.sum(self.e**2))

    def backward(self):
        return {"W": self.factor * self.x.T @ self.e}


class SpeaksNoName(Linear):
    """Only the shapes tell what is what."""

    def loss(self, a, b):
        return self.loss_at(b, a)

    def gradient(self, a, b):
        return self.gradient_at(b, a)


@pytest.mark.parametrize(
    "kind", [TargetFirst, TurnedOnce, ByName, InKorean, LossOfOutput], ids=lambda k: k.__name__
)
def test_input_and_target_are_told_apart(kind):
    assert check(kind(), x=X, t=T).sound
    assert check(kind(-1.0), x=X, t=T).ids == ("sign-delta",)


def test_where_names_say_nothing_what_can_be_computed_does():
    x, t = X[:, :2], T
    net, spoilt = SpeaksNoName(), SpeaksNoName(-1.0)
    for one in (net, spoilt):
        one.params["W"] = one.params["W"][:2]
    assert check(net, x=x, t=t).sound
    assert check(spoilt, x=x, t=t).ids == ("sign-delta",)


class Accumulating:
    """The caller has to set its gradients to zero, by a method of its or not at all."""

    def __init__(self):
        self.W, self.dW = np.ones((3, 3)), np.zeros((3, 3))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW += self.x.T @ dout
        return dout @ self.W.T


class WithZero(Accumulating):
    def zero_grad(self):
        self.dW = np.zeros((3, 3))


def test_gradients_are_set_to_zero_where_that_is_the_callers_to_do():
    assert check(WithZero(), x=X).sound
    assert check(Accumulating(), x=X).ids == ("gradient-accumulated",)
