"""The trainings in scikit-learn and micrograd, which have some of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.peers.workloads import Workload

__all__ = ["by_micrograd", "by_sklearn"]


def by_sklearn(work: Workload) -> Callable[[], float] | None:
    """Give the training by `MLPClassifier`; it draws the weights to start from itself."""
    if not work.name.startswith(("W3", "W4")):
        return None
    from sklearn.neural_network import MLPClassifier

    x, t = work.make()
    hidden = tuple(w.shape[1] for w in work.start()[:-2:2])
    labels = t.argmax(1)

    def run() -> float:
        model = MLPClassifier(
            hidden, solver=work.rule, alpha=0.0, batch_size=work.batch, momentum=0.0,
            learning_rate_init=work.rate, shuffle=False, random_state=0,
        )  # fmt: skip
        model.partial_fit(x, labels, classes=np.arange(10))
        return float(model.loss_)

    return run


def by_micrograd(work: Workload) -> Callable[[], float] | None:
    """Give the training number by number."""
    if work.name != "W1":
        return None
    from micrograd.engine import Value

    (x, t), start = work.make(), work.start()

    def run() -> float:
        w1, b1, w2 = ([Value(float(v)) for v in w.reshape(-1)] for w in start)
        weights = [*w1, *b1, *w2]
        speed = [0.0] * len(weights)
        loss = 0.0
        for step in range(work.steps):
            loss = 0.0 if step % 4 == 0 else loss
            a, b = x[step % 4], float(t[step % 4, 0])
            h = [_tanh(w1[j] * float(a[0]) + w1[2 + j] * float(a[1]) + b1[j]) for j in (0, 1)]
            e = (_tanh(h[0] * w2[0] + h[1] * w2[1]) - b) ** 2
            for w in weights:
                w.grad = 0.0
            e.backward()
            loss += e.data / 4
            for k, w in enumerate(weights):
                speed[k] = work.momentum * speed[k] - work.rate * w.grad
                w.data += speed[k]
        return loss

    return run


def _tanh(x):  # type: ignore[no-untyped-def]
    """Give tanh, which the published version has no function for, by a power of e."""
    import math

    from micrograd.engine import Value

    y = math.tanh(x.data)
    out = Value(y, (x,), "tanh")

    def back() -> None:
        x.grad += (1 - y * y) * out.grad

    out._backward = back
    return out
