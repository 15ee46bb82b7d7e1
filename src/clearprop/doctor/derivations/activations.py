"""Activations: forward, the derivative at the pre-activation, and the formula in the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["ACTIVATIONS", "Activation", "SOFTMAX", "activation_link", "softmax"]

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Activation:
    """
    An elementwise function with its derivative.

    Attributes
    ----------
    name : str
    f : callable
    slope : callable
        The derivative, of z.
    of_output : callable or None
        The derivative written with y, where it can be: y(1 − y).
    formula : str
        How the derivative is written.
    """

    name: str
    f: Function
    slope: Function
    of_output: Function | None = None
    formula: str = ""


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def _gelu_tanh(z: Any) -> Any:
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def _gelu_tanh_slope(z: Any) -> Any:
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * c * (1 + 3 * 0.044715 * z * z)


def _leaky(a: float) -> Activation:
    return Activation(
        f"leaky relu {a}",
        lambda z: np.where(z > 0, z, a * z),
        lambda z: np.where(z > 0, 1.0, a),
        lambda y: np.where(y > 0, 1.0, a),
        f"f′(z) = 1 (z > 0), {a} (z < 0)",
    )


def _elu(a: float) -> Activation:
    return Activation(
        f"elu {a}" if a != 1 else "elu",
        lambda z: np.where(z > 0, z, a * np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 1.0, a * np.exp(np.minimum(z, 0))),
        lambda y: np.where(y > 0, 1.0, y + a),
        "f′(z) = 1 (z > 0), eᶻ (z < 0)",
    )


_ALL = [
    Activation("sigmoid", _sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
               lambda y: y * (1 - y), "σ′(z) = y(1 − y)"),
    Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2, lambda y: 1 - y * y,
               "tanh′(z) = 1 − y²"),
    Activation("relu", lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0,
               lambda y: (y > 0) * 1.0, "relu′(z) = 1 (z > 0), 0 (z ≤ 0)"),
    Activation("linear", lambda z: z, lambda z: np.ones_like(z), lambda y: np.ones_like(y), "1"),
    *(_leaky(a) for a in (0.01, 0.1, 0.2, 0.3, 0.05, 0.02, 0.25)),
    _elu(1.0),
    Activation("softplus", lambda z: np.logaddexp(0, z), _sigmoid, lambda y: 1 - np.exp(-y),
               "f′(z) = σ(z)"),
    Activation("swish", lambda z: z * _sigmoid(z),
               lambda z: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))), None,
               "f′(z) = σ(z)(1 + z(1 − σ(z)))"),
    Activation("gelu", _gelu_tanh, _gelu_tanh_slope, None, "gelu′(z)"),
    Activation("softsign", lambda z: z / (1 + np.abs(z)), lambda z: 1 / (1 + np.abs(z)) ** 2, None,
               "f′(z) = 1/(1 + |z|)²"),
    Activation("exp", np.exp, np.exp, lambda y: y, "f′(z) = eᶻ = y"),
    Activation("log", np.log, lambda z: 1 / z, lambda y: np.exp(-y), "f′(z) = 1/z"),
    Activation("square", lambda z: z * z, lambda z: 2 * z, None, "f′(z) = 2z"),
    Activation("cube", lambda z: z**3, lambda z: 3 * z * z, None, "f′(z) = 3z²"),
    Activation("sqrt", np.sqrt, lambda z: 0.5 / np.sqrt(z), lambda y: 0.5 / y, "f′(z) = 1/(2y)"),
    Activation("reciprocal", lambda z: 1 / z, lambda z: -1 / z**2, lambda y: -y * y,
               "f′(z) = −1/z² = −y²"),
    Activation("negative", lambda z: -z, lambda z: -np.ones_like(z), None, "f′(z) = −1"),
    Activation("sin", np.sin, np.cos, None, "f′(z) = cos z"),
    Activation("cos", np.cos, lambda z: -np.sin(z), None, "f′(z) = −sin z"),
    Activation("abs", np.abs, np.sign, None, "f′(z) = sign z"),
    Activation("scaled tanh", lambda z: 1.7159 * np.tanh(2 / 3 * z),
               lambda z: 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2), None,
               "f′(z)"),
    Activation("relu6", lambda z: np.clip(z, 0, 6), lambda z: ((z > 0) & (z < 6)) * 1.0, None,
               "f′(z) = 1 (0 < z < 6)"),
    Activation("hard sigmoid", lambda z: np.clip(0.2 * z + 0.5, 0, 1),
               lambda z: (np.abs(z) < 2.5) * 0.2, None, "f′(z) = 0.2"),
]  # fmt: skip

ACTIVATIONS: dict[str, Activation] = {a.name: a for a in _ALL}


def activation_link(a: Activation) -> Link:
    """Give an activation as a link."""
    return Link(
        "activation",
        a.name,
        lambda e: a.f(e.x),
        {"slope": lambda e: a.slope(e.x), "x": lambda e: e.g * e.d["slope"]},
        {"activation": a},
    )


def softmax(z: Any) -> Any:
    """Give the shares of each row."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def _softmax_back(e: Env) -> Any:
    return e.y * (e.g - np.sum(e.g * e.y, axis=-1, keepdims=True))


def _log_softmax(z: Any) -> Any:
    top = np.max(z, axis=-1, keepdims=True)
    return z - top - np.log(np.sum(np.exp(z - top), axis=-1, keepdims=True))


SOFTMAX = Link("softmax", "softmax", lambda e: softmax(e.x), {"x": _softmax_back})
LOG_SOFTMAX = Link(
    "log softmax",
    "log softmax",
    lambda e: _log_softmax(e.x),
    {"x": lambda e: e.g - softmax(e.x) * np.sum(e.g, axis=-1, keepdims=True)},
)
