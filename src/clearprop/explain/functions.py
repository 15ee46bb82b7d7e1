"""
The functions that a printed formula may call, in decimal arithmetic.

Only such as are determined by the arguments that are printed: a function with a parameter that is
not printed cannot be worked out again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

__all__ = ["FUNCTIONS"]

_ONE, _ZERO = Decimal(1), Decimal(0)
_ENDLESS = Decimal("Infinity")
# Those of the self-normalizing network: Klambauer and others (2017), equation 14.
_SELU_ALPHA = Decimal("1.6732632423543772848170429916717")
_SELU_SCALE = Decimal("1.0507009873554804934193349852946")


def _between(low: int, high: int, x: Decimal) -> Decimal:
    return min(max(x, Decimal(low)), Decimal(high))


def _sigmoid(x: Decimal) -> Decimal:
    return _ONE / (_ONE + (-x).exp())


def _tanh(x: Decimal) -> Decimal:
    return 2 * _sigmoid(2 * x) - _ONE


def _softplus(x: Decimal) -> Decimal:
    return (_ONE + x.exp()).ln()


def _relu(x: Decimal) -> Decimal:
    return max(x, _ZERO)


def _hard_sigmoid(x: Decimal) -> Decimal:
    return _between(0, 6, x + 3) / 6


def _selu(x: Decimal) -> Decimal:
    return _SELU_SCALE * (x if x > 0 else _SELU_ALPHA * (x.exp() - _ONE))


def _floating(function: Callable[..., float]) -> Callable[..., Decimal]:
    """Take a function that `decimal` does not have from `math`, good to some sixteen digits."""

    def compute(*x: Decimal) -> Decimal:
        try:
            return Decimal(function(*map(float, x)))
        except ValueError:  # outside its domain
            raise InvalidOperation from None

    return compute


# By every name under which a formula may call them.
FUNCTIONS: Mapping[str, Callable[..., Decimal]] = MappingProxyType(
    {
        # exponentials, logarithms, roots
        "exp": Decimal.exp,
        "expm1": lambda x: x.exp() - _ONE,
        "ln": Decimal.ln,
        "log": Decimal.ln,
        "log10": Decimal.log10,
        "log1p": lambda x: (_ONE + x).ln(),
        "log2": lambda x: x.ln() / Decimal(2).ln(),
        "logaddexp": lambda x, y: (x.exp() + y.exp()).ln(),
        "sqrt": Decimal.sqrt,
        "√": Decimal.sqrt,
        "hypot": lambda x, y: (x * x + y * y).sqrt(),
        # signs, choices, rounding
        "abs": abs,
        "sign": lambda x: _ONE.copy_sign(x) if x else _ZERO,
        "copysign": Decimal.copy_sign,
        "max": max,
        "maximum": max,
        "min": min,
        "minimum": min,
        "clip": lambda x, low=-_ENDLESS, high=_ENDLESS: min(max(x, low), high),
        "floor": lambda x: Decimal(math.floor(x)),
        "ceil": lambda x: Decimal(math.ceil(x)),
        "trunc": lambda x: Decimal(math.trunc(x)),
        "round": lambda x: Decimal(round(x)),
        "stop_gradient": lambda x: x,
        # activations
        "σ": _sigmoid,
        "sigmoid": _sigmoid,
        "log_sigmoid": lambda x: -_softplus(-x),
        "tanh": _tanh,
        "softplus": _softplus,
        "softsign": lambda x: x / (_ONE + abs(x)),
        "tanh_shrink": lambda x: x - _tanh(x),
        "relu": _relu,
        "ReLU": _relu,
        "relu6": lambda x: _between(0, 6, x),
        "silu": lambda x: x * _sigmoid(x),
        "mish": lambda x: x * _tanh(_softplus(x)),
        "selu": _selu,
        "hard_tanh": lambda x: _between(-1, 1, x),
        "hard_sigmoid": _hard_sigmoid,
        "hard_silu": lambda x: x * _hard_sigmoid(x),
        "sparse_sigmoid": lambda x: _between(0, 2, x + 1) / 2,
        "sparse_plus": lambda x: x if x >= 1 else (_between(-1, 1, x) + 1) ** 2 / 4,
        # hyperbolic, trigonometric
        "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
        "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
        **{
            name: _floating(getattr(math, name))
            for name in (
                *("sin", "cos", "tan", "asin", "acos", "atan", "atan2"),
                *("asinh", "acosh", "atanh", "erf", "erfc"),
            )
        },
    }
)
