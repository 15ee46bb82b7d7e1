"""Three programs in the manner of tutorials, each with the mistakes it is known for."""

from __future__ import annotations

import math
import random

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Xor:
    """
    Two inputs and a constant, two hidden units, one output, tanh; a step a pattern.

    `sign` is that of the step on its own pattern; `raw` says whether the gradient of the pattern
    before is remembered, in place of the step.
    """

    def __init__(self, sign=1.0, *, raw=False):
        draw = random.Random(777)
        self.sign, self.raw = sign, raw
        self.inside = [[draw.random() for _ in range(2)] for _ in range(3)]
        self.outside = [[draw.random()] for _ in range(2)]
        self.last_inside = [[0.0] * 2 for _ in range(3)]
        self.last_outside = [[0.0] for _ in range(2)]

    def update(self, inputs):
        self.x = [*inputs, 1.0]
        self.h = [math.tanh(sum(self.x[i] * self.inside[i][j] for i in range(3))) for j in (0, 1)]
        self.y = math.tanh(sum(self.h[j] * self.outside[j][0] for j in (0, 1)))
        return [self.y]

    def backPropagate(self, targets, N=0.1, M=0.4):
        delta = (targets[0] - self.y) * (1 - self.y**2)
        back = [delta * self.outside[j][0] * (1 - self.h[j] ** 2) for j in (0, 1)]
        for j in (0, 1):
            self.step(self.outside[j], self.last_outside[j], 0, delta * self.h[j], N, M)
        for i in range(3):
            for j in (0, 1):
                self.step(self.inside[i], self.last_inside[i], j, back[j] * self.x[i], N, M)

    def step(self, weights, last, k, gradient, rate, momentum):
        change = self.sign * rate * gradient + momentum * last[k]
        weights[k] += change
        last[k] = gradient if self.raw else change


class OneHidden:
    """One hidden value and one output; `absolute` takes |t − y| for the error."""

    def __init__(self, *, absolute=False):
        self.w, self.v, self.absolute, self.lr = np.array([0.4, -0.2]), 0.3, absolute, 0.5

    def forward(self, x):
        self.x = np.asarray(x)
        self.h = float(sigmoid(self.x @ self.w))
        self.y = float(sigmoid(self.h * self.v))
        return self.y

    def train(self, x, target):
        self.forward(x)
        error = abs(target - self.y) if self.absolute else self.y - target
        outer = error * self.y * (1 - self.y)
        inner = outer * self.v * self.h * (1 - self.h)
        self.v -= self.lr * outer * self.h
        self.w -= self.lr * inner * self.x


class Digits:
    """
    A picture, hidden units with ReLU, scores; softmax with cross-entropy, no biases.

    `always` takes ``>=`` for the derivative of ReLU; `scores` takes the error from raw scores.
    """

    def __init__(self, *, always=False, scores=False):
        draw = np.random.default_rng(884736743)
        self.always, self.scores = always, scores
        self.params = {"W1": draw.uniform(-1, 1, (6, 5)), "W2": draw.uniform(-1, 1, (5, 3))}

    def loss(self, x, t):
        self.h = np.maximum(x @ self.params["W1"], 0)
        self.z = self.h @ self.params["W2"]
        e = np.exp(self.z - self.z.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y))

    def gradient(self, x, t):
        self.loss(x, t)
        delta = (self.z if self.scores else self.y) - t
        back = delta @ self.params["W2"].T * (self.h >= 0 if self.always else self.h > 0)
        return {"W1": x.T @ back, "W2": self.h.T @ delta}
