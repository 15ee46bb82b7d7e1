"""Is a step right? Programs that change their own weights, and scalar values, by measuring."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np

from tests.doctor.corpus.slots import at, flat, is_value, numbers, same, seeded, slopes

__all__ = [
    "BACKWARD",
    "FORWARD",
    "named",
    "other_params",
    "step_is_wrong",
    "stepping_is_wrong",
    "values_are_wrong",
]

FORWARD = ("forward", "update", "predict", "feedforward", "feed_forward", "query", "__call__")
BACKWARD = ("backward", "backPropagate", "backprop", "back", "train", "fit_one", "train_step")


def named(subject: Any, names: tuple[str, ...]) -> Any:
    """Give the first of these methods that the subject has."""
    return next((getattr(subject, n) for n in names if hasattr(subject, n)), None)


def other_params(params: Any) -> Any:
    """Other parameters of the same form."""
    if isinstance(params, dict):
        return {k: other_params(v) for k, v in params.items()}
    if isinstance(params, (list, tuple)):
        return type(params)(other_params(v) for v in params)
    return params * 0.8 + 0.05


LOSSES = {
    "half_sse": lambda y, t: 0.5 * float(np.sum((flat(y) - flat(t)) ** 2)),
    "sse": lambda y, t: float(np.sum((flat(y) - flat(t)) ** 2)),
    "mse": lambda y, t: float(np.mean((flat(y) - flat(t)) ** 2)),
    "binary_cross_entropy": lambda y, t: float(
        -np.mean(flat(t) * np.log(flat(y)) + (1 - flat(t)) * np.log(1 - flat(y)))
    ),
}


def stepping_is_wrong(net: Any, x: Any, t: Any, loss: Any = "half_sse", **asked: Any) -> bool:
    """Judge an object that changes its own weights: the step must be −lr times the gradient."""
    measure = loss if callable(loss) else LOSSES[loss or "half_sse"]
    lr = asked.get("lr") or next(getattr(net, n) for n in ("lr", "learning_rate", "eta", "rate"))
    run = lambda one, row: named(one, FORWARD)(row)
    single = not isinstance(x, np.ndarray) and isinstance(x[0], list)
    rows, answers = (x, t) if single else ([x], [t])
    velocity: Any = 0.0
    net = copy.deepcopy(net)
    seeded(run, net, copy.deepcopy(rows[0]))
    for row, answer in zip(rows[:2], answers[:2], strict=True):
        before = copy.deepcopy(net)
        paths = list(numbers(before))
        true = np.array(slopes(lambda n, r=row, a=answer: measure(run(n, r), a), before, paths))
        act = named(net, BACKWARD)
        takes = [p for p in inspect.signature(act).parameters.values() if p.default is p.empty]
        if len(takes) > 1:
            act(copy.deepcopy(row), copy.deepcopy(answer))
        else:
            run(net, copy.deepcopy(row))
            act(copy.deepcopy(answer))
        moved = np.array([float(at(net, p)) - float(at(before, p)) for p in paths])
        names = np.array([p[0] for p in paths])
        roots = set(names[(moved != 0) & (true != 0)])
        live = (true != 0) & [name in roots or name[0] in "wWbB" for name in names]
        velocity = getattr(net, "momentum", 0.0) * velocity - lr * true
        if not same(moved[live], velocity[live]):
            return True
    return False


def step_is_wrong(step: Any, x: Any, t: Any, **asked: Any) -> bool:
    """Judge a function params → params (or a factory of a closure pair)."""
    params, loss, lr = asked["params"], asked["loss"], asked["lr"]
    data = [part for part in (x, t) if part is not None]
    takes = len(inspect.signature(loss).parameters)
    for given in (params, other_params(params)):
        box = {"p": given}
        paths = [("p", *p) for p in numbers(given)]
        more = data if takes > 1 else []
        true = slopes(lambda b, m=more: loss(b["p"], *m), box, paths)
        after = step(copy.deepcopy(given), *data)
        if not same((flat(after) - flat(given)) / -lr, np.array(true)):
            return True
    return False


def values_are_wrong(value: Any) -> bool:
    """Judge a class of scalar values by expressions of what it can do."""
    tries = [
        lambda a, b: a * b + a,
        lambda a, b: (a + b) * (a * b),
        lambda a, b: (d := a * b) * d + d + a,
        lambda a, b: (a + a) * b,
        lambda a, b: (d := a * b) + d * a,
    ]
    tries += [lambda a, b: a - b] if hasattr(value, "__sub__") else []
    tries += [lambda a, b: a / b] if hasattr(value, "__truediv__") else []
    tries += [lambda a, b: (a * b) ** 3] if hasattr(value, "__pow__") else []
    for name in ("tanh", "exp", "relu", "sigmoid", "log"):
        if hasattr(value, name):
            tries.append(lambda a, b, n=name: getattr(a * b, n)() * a)
    for f in tries:
        ends = [value(0.7), value(0.9)]
        f(*ends).backward()
        measured = lambda box, f=f: f(value(box[0]), value(box[1])).data
        true = slopes(measured, [0.7, 0.9], [(0,), (1,)])
        if not same(np.array([float(e.grad) for e in ends]), np.array(true)):
            return True
    return not is_value(value(1.0))
