"""The trainings in NumPy, with buffers that are used again where that pays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.peers.workloads import LINEAR, Workload

__all__ = ["training"]


class Rule:
    """SGD with momentum, or Adam, in place."""

    def __init__(self, work: Workload, weights: list[np.ndarray]) -> None:
        self.work, self.step = work, 0
        self.m = [np.zeros_like(w) for w in weights]
        self.v = [np.zeros_like(w) for w in weights]
        self.spare = [np.empty_like(w) for w in weights]

    def __call__(self, weights: list[np.ndarray], gradients: list[np.ndarray]) -> None:
        work = self.work
        self.step += 1
        for w, g, m, v, spare in zip(weights, gradients, self.m, self.v, self.spare, strict=True):
            if work.rule == "adam":
                m *= 0.9
                m += np.multiply(g, 0.1, out=spare)
                v *= 0.999
                np.multiply(g, g, out=spare)
                spare *= 0.001
                v += spare
                np.sqrt(v, out=spare)
                spare += 1e-7
                np.divide(m, spare, out=spare)
                spare *= work.rate * np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
                w -= spare
            elif work.momentum:
                m *= work.momentum
                m -= np.multiply(g, work.rate, out=spare)
                w += m
            else:
                w -= np.multiply(g, work.rate, out=spare)


def softmax_loss(z: np.ndarray, t: np.ndarray) -> tuple[float, np.ndarray]:
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    loss = -float(np.log(z[t > 0]).sum()) / len(z)
    z -= t
    z /= len(z)
    return loss, z


def _xor(work: Workload) -> Callable[[], float]:
    (x, t), start = work.make(), work.start()

    def run() -> float:
        weights = [w.copy() for w in start]
        rule = Rule(work, weights)
        loss = 0.0
        for step in range(work.steps):
            loss = 0.0 if step % 4 == 0 else loss
            a, b = x[step % 4], t[step % 4]
            h = np.tanh(a @ weights[0] + weights[1])
            y = np.tanh(h @ weights[2])
            e = y - b
            loss += float(e[0] * e[0]) / 4
            d2 = 2 * e * (1 - y * y)
            d1 = (weights[2] @ d2) * (1 - h * h)
            rule(weights, [np.outer(a, d1), d1, np.outer(h, d2)])
        return loss

    return run


def _linear(work: Workload) -> Callable[[], float]:
    (x, t), start = work.make(), work.start()

    def run() -> float:
        weights = [w.copy() for w in start]
        rule = Rule(work, weights)
        loss = 0.0
        for _ in range(work.steps):
            seen = [x[0]]
            for w, b in zip(weights[::2], weights[1::2], strict=True):
                seen.append(seen[-1] @ w + b)
            e = seen.pop() - t[0]
            loss = float(e @ e) / len(e)
            e *= 2 / len(e)
            gradients: list[np.ndarray] = []
            for w, a in zip(weights[-2::-2], reversed(seen), strict=True):
                gradients = [np.outer(a, e), e, *gradients]
                e = w @ e
            rule(weights, gradients)
        return loss

    return run


def _dense(work: Workload) -> Callable[[], float]:
    (x, t), start = work.make(), work.start()

    def run() -> float:
        weights = [w.copy() for w in start]
        rule = Rule(work, weights)
        count = len(weights) // 2
        made = [np.empty((work.batch, w.shape[1]), np.float32) for w in weights[::2]]
        back = [np.empty((work.batch, w.shape[0]), np.float32) for w in weights[::2]]
        gradients = [np.empty_like(w) for w in weights]
        total = 0.0
        for step in range(work.steps):
            rows = slice(step * work.batch, (step + 1) * work.batch)
            a, seen = x[rows], []
            for k in range(count):
                seen.append(a)
                a = np.matmul(a, weights[2 * k], out=made[k])
                a += weights[2 * k + 1]
                if k < count - 1:
                    np.maximum(a, 0, out=a)
            loss, d = softmax_loss(a, t[rows])
            total += loss
            for k in reversed(range(count)):
                np.matmul(seen[k].T, d, out=gradients[2 * k])
                np.sum(d, axis=0, out=gradients[2 * k + 1])
                if k:
                    d = np.matmul(d, weights[2 * k].T, out=back[k])
                    d *= seen[k] > 0
            rule(weights, gradients)
        return total / work.steps

    return run


def training(work: Workload) -> Callable[[], float] | None:
    """Give the training; None for the one that is too long to be written by hand here."""
    if work.name == "W5":
        return None
    if work.name in ("W6", "W7"):
        from benchmarks.peers import by_numpy_deep

        return {"W6": by_numpy_deep.lstm, "W7": by_numpy_deep.transformer}[work.name](work)
    return ({"W1": _xor} | dict.fromkeys(LINEAR, _linear)).get(work.name, _dense)(work)
