"""What each optimizer's step should be: the papers' rules on one array, to judge programs by."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np

__all__ = ["optimizer_is_wrong"]


def sgd(s: dict[str, Any], g: Any, o: Any) -> Any:
    return o.lr * g


def momentum(s: dict[str, Any], g: Any, o: Any) -> Any:
    s["v"] = o.beta * s.get("v", 0.0) + o.lr * g
    return s["v"]


def momentum_inside(s: dict[str, Any], g: Any, o: Any) -> Any:
    s["v"] = o.beta * s.get("v", 0.0) + g
    return o.lr * s["v"]


def adagrad(s: dict[str, Any], g: Any, o: Any) -> Any:
    s["h"] = s.get("h", 0.0) + g * g
    return o.lr * g / (np.sqrt(s["h"]) + o.eps)


def rmsprop(s: dict[str, Any], g: Any, o: Any) -> Any:
    s["h"] = o.decay * s.get("h", 0.0) + (1 - o.decay) * g * g
    return o.lr * g / (np.sqrt(s["h"]) + o.eps)


def adam(s: dict[str, Any], g: Any, o: Any) -> Any:
    s["t"] = s.get("t", 0) + 1
    s["m"] = o.beta1 * s.get("m", 0.0) + (1 - o.beta1) * g
    s["v"] = o.beta2 * s.get("v", 0.0) + (1 - o.beta2) * g * g
    m, v = s["m"] / (1 - o.beta1 ** s["t"]), s["v"] / (1 - o.beta2 ** s["t"])
    return o.lr * m / (np.sqrt(v) + o.eps)


RULES = {
    "sgd": [sgd],
    "momentum": [momentum, momentum_inside],
    "adagrad": [adagrad],
    "rmsprop": [rmsprop],
    "adam": [adam],
}
NAMES = {
    "lr": ("lr", "learning_rate", "alpha", "eta", "step_size"),
    "beta": ("momentum", "beta", "mu", "gamma", "rho"),
    "decay": ("decay_rate", "rho", "decay", "beta", "alpha", "gamma"),
    "beta1": ("beta1", "beta_1", "b1"),
    "beta2": ("beta2", "beta_2", "b2"),
    "eps": ("eps", "epsilon", "e"),
}


def setting(optimizer: Any, name: str) -> float:
    """Read a setting under whatever name it has; ε where it is written into the code."""
    held = (getattr(optimizer, n) for n in NAMES[name] if hasattr(optimizer, n))
    return float(next(held, 1e-7))


class Settings:
    """The settings of a program's optimizer under our names."""

    def __init__(self, optimizer: Any) -> None:
        for name in NAMES:
            setattr(self, name, setting(optimizer, name))


def optimizer_is_wrong(optimizer: Any) -> bool:
    """Judge five steps by each rule that goes under this name; wrong if none fits."""
    name = type(optimizer).__name__.lower()
    key = next(k for k in reversed(RULES) if k in name)
    return all(not follows(copy.deepcopy(optimizer), rule) for rule in RULES[key])


def follows(optimizer: Any, rule: Any) -> bool:
    """Whether five steps of the program are those of the rule."""
    rng = np.random.default_rng(0)
    state: dict[str, Any] = {}
    options = Settings(optimizer)
    mine = {"W": rng.normal(size=(2, 3))}
    theirs = copy.deepcopy(mine)
    act = getattr(optimizer, "update", None) or optimizer.step
    dicts = "param" in next(iter(inspect.signature(act).parameters))
    for _ in range(5):
        g = rng.normal(size=(2, 3))
        mine["W"] = mine["W"] - rule(state, g, options)
        if dicts:
            returned = act(theirs, {"W": g})
            theirs = returned if isinstance(returned, dict) else theirs
        else:
            theirs["W"] = act(theirs["W"], g)
        if not np.allclose(mine["W"], theirs["W"], rtol=1e-5, atol=1e-8):
            return False
    return True
