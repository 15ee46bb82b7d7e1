"""The known rules of optimizers, each with the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

__all__ = ["RULES", "Constants", "Rule"]

Constants: TypeAlias = Mapping[str, float]
# State, gradient, number of the step, constants, mistake: what is added to the weights.
Step: TypeAlias = Callable[[dict[str, Any], np.ndarray, int, Constants, str], np.ndarray]


def _sgd(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    return -h["lr"] * g


def _momentum(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    b, lr, v = h["momentum"], h["lr"], s.get("v", np.zeros_like(g))
    if m == "momentum-sign":
        b = -b
    new = b * v - lr * g  # v ← βv − ηg; w ← w + v
    if m == "momentum-sign/step":  # the velocity is right, its remembered part works against
        s["v"] = new
        return np.asarray(-b * v - lr * g)
    s["v"] = {"momentum-raw-gradient": -g, "momentum-raw-gradient/lr": -lr * g}.get(m, new)
    return np.asarray(new)


def _mean(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    return _momentum(s, (1 - h["momentum"]) * g, t, h, m)


def _nesterov(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    b, lr, v = h["momentum"], h["lr"], s.get("v", np.zeros_like(g))
    if m == "momentum-sign/step":  # only where the velocity is made
        s["v"] = -b * v - lr * g
        return np.asarray((1 + b) * s["v"] - b * v)
    if m == "momentum-sign/velocity":
        s["v"] = -b * v - lr * g
        return np.asarray(b * s["v"] - lr * g)
    if m == "momentum-sign":
        b = -b
    s["v"] = b * v - lr * g
    return np.asarray(b * s["v"] - lr * g)


def _squares(g: np.ndarray, m: str) -> np.ndarray:
    if m == "second-moment-not-squared":
        return np.abs(g)
    return g if m == "second-moment-not-squared/signed" else g * g


def _adagrad(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    s["a"] = s.get("a", 0.0) + _squares(g, m)
    return np.asarray(-h["lr"] * g / (np.sqrt(s["a"]) + h["eps"]))


def _adagrad_inside(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    s["a"] = s.get("a", 0.0) + _squares(g, m)
    return np.asarray(-h["lr"] * g / np.sqrt(s["a"] + h["eps"]))


def _rmsprop(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    s["a"] = h["rho"] * s.get("a", 0.0) + (1 - h["rho"]) * _squares(g, m)
    return np.asarray(-h["lr"] * g / (np.sqrt(s["a"]) + h["eps"]))


def _rmsprop_inside(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    s["a"] = h["rho"] * s.get("a", 0.0) + (1 - h["rho"]) * _squares(g, m)
    return np.asarray(-h["lr"] * g / np.sqrt(s["a"] + h["eps"]))


def _adadelta(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    r, e = h["rho"], h["eps"]
    s["a"] = r * s.get("a", 0.0) + (1 - r) * _squares(g, m)
    step = -np.sqrt(s.get("d", 0.0) + e) / np.sqrt(s["a"] + e) * g
    s["d"] = r * s.get("d", 0.0) + (1 - r) * step * step
    return np.asarray(h["lr"] * step)


def _adam(form: str) -> Step:
    def step(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
        b1, b2, lr, eps = h["beta1"], h["beta2"], h["lr"], h["eps"]
        s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
        s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * _squares(g, m)
        t = 1 if m == "adam-step-stuck" else t
        c1, c2 = 1 - b1**t, 1 - b2**t
        none = "adam-without-bias-correction"
        if m in (none, f"{none}/first"):
            c1 = 1.0
        if m in (none, f"{none}/second"):
            c2 = 1.0
        v = s["v"]
        if "most" in form:  # AMSGrad
            v = s["top"] = np.maximum(s.get("top", 0.0), v)
        inside = m == "adam-epsilon-inside-root"
        if "short" in form:  # ηₜ = η√c₂/c₁; ε not corrected
            root = np.sqrt(v + eps) if inside else np.sqrt(v) + eps
            return np.asarray(-lr * np.sqrt(c2) / c1 * s["m"] / root)
        v = v / c2
        root = np.sqrt(v + eps) if inside else np.sqrt(v) + eps
        ahead = s["m"] / c1
        if form == "nesterov":
            ahead = b1 * ahead + (1 - b1) * g / c1
        return np.asarray(-lr * ahead / root)

    return step


def _adamax(s: dict[str, Any], g: np.ndarray, t: int, h: Constants, m: str) -> np.ndarray:
    b1, b2 = h["beta1"], h["beta2"]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["u"] = np.maximum(b2 * s.get("u", 0.0), np.abs(g))
    c = 1.0 if m == "adam-without-bias-correction" else 1 - b1**t
    return np.asarray(-h["lr"] / c * s["m"] / (s["u"] + h["eps"]))


@dataclass(frozen=True)
class Rule:
    """
    One way to write a rule, and the mistakes that it can have.

    Attributes
    ----------
    name : str
    step : callable
    needs : tuple of str
        Its constants besides the learning rate, in which it is linear.
    mistakes : tuple of str
        What stands after ``/`` tells two ways to make one mistake.
    """

    name: str
    step: Step
    needs: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()


_SECOND = ("second-moment-not-squared", "second-moment-not-squared/signed")
_ADAM = (
    "adam-without-bias-correction", "adam-without-bias-correction/first",
    "adam-without-bias-correction/second", "adam-epsilon-inside-root", "adam-step-stuck", *_SECOND,
)  # fmt: skip
_RAW = (
    "momentum-raw-gradient", "momentum-raw-gradient/lr", "momentum-sign", "momentum-sign/step",
)  # fmt: skip
_SIGNS = ("momentum-sign", "momentum-sign/step", "momentum-sign/velocity")
_BOTH = ("beta1", "beta2", "eps")
RULES = (
    Rule("sgd", _sgd),
    Rule("momentum", _momentum, ("momentum",), _RAW),
    Rule("momentum", _mean, ("momentum",), ("momentum-sign", "momentum-sign/step")),
    Rule("nesterov", _nesterov, ("momentum",), _SIGNS),
    Rule("adagrad", _adagrad, ("eps",), _SECOND),
    Rule("adagrad", _adagrad_inside, ("eps",), _SECOND),
    Rule("rmsprop", _rmsprop, ("rho", "eps"), _SECOND),
    Rule("rmsprop", _rmsprop_inside, ("rho", "eps"), _SECOND),
    Rule("adadelta", _adadelta, ("rho", "eps"), _SECOND),
    Rule("adam", _adam("long"), _BOTH, _ADAM),
    Rule("adam", _adam("short"), _BOTH, _ADAM),
    Rule("nadam", _adam("nesterov"), _BOTH, _ADAM),
    Rule("amsgrad", _adam("most"), _BOTH),
    Rule("amsgrad", _adam("short most"), _BOTH),
    Rule("adamax", _adamax, _BOTH, ("adam-without-bias-correction",)),
)
