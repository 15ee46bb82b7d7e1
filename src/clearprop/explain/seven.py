"""The seven formulas of deep learning for a dense network of any depth, with its own numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError, unknown
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, evaluate
from clearprop.lang import told

__all__ = ["SECTIONS", "Dense", "Derivation", "Equation", "Notation", "derive", "given"]

SECTIONS = ("forward", "error", "output_error", "input_back", "exchanged", "weight_back", "update")

# The slope of an activation, from its output y (a hand calculation keeps that) or its input x.
SLOPES = {
    "sigmoid": lambda y, x: _op("multiply", y, _op("subtract", Quantity(1.0), y)),
    "tanh": lambda y, x: _op("subtract", Quantity(1.0), _op("multiply", y, y)),
    "relu": lambda y, x: _op(
        "where", _op("greater", x, Quantity(0.0)), Quantity(1.0), Quantity(0.0)
    ),
    "exp": lambda y, x: y,
    "softplus": lambda y, x: _op("sigmoid", x),
    "softsign": lambda y, x: _op(
        "divide", Quantity(1.0), _op("square", _op("add", Quantity(1.0), _op("abs", x)))
    ),
    "silu": lambda y, x: _op(
        "multiply",
        _op("sigmoid", x),
        _op(
            "add",
            Quantity(1.0),
            _op("multiply", x, _op("subtract", Quantity(1.0), _op("sigmoid", x))),
        ),
    ),
}


@dataclass(frozen=True)
class Dense:
    """A layer as plain numbers: ``w[i][j]`` feeds unit j from input i."""

    w: np.ndarray
    b: np.ndarray | None
    activation: str


@dataclass(frozen=True)
class Equation:
    """A quantity and the formula that it is: one line of a hand calculation."""

    section: str
    quantity: Quantity
    formula: Formula


@dataclass(frozen=True)
class Notation:
    """
    How derivatives are written.

    Attributes
    ----------
    name : {"document", "usual"}
        The documents write w1E and y1T; usual is ∂E/∂w1 and t1.
    """

    name: str = "document"

    def __post_init__(self) -> None:
        if self.name not in ("document", "usual"):
            raise unknown("notation", self.name, ["document", "usual"])

    def error(self, name: str, value: float) -> Quantity:
        """Name the derivative of the error with respect to `name`."""
        base = _latex(name)
        if self.name == "document":
            return Quantity(value, f"{name}E", rf"{base}^{{E}}", f"{name}E")
        return Quantity(
            value, f"∂E/∂{name}", rf"\frac{{\partial E}}{{\partial {base}}}", f"{name}E"
        )

    def target(self, name: str, value: float) -> Quantity:
        """Name the target of an output."""
        if self.name == "document":
            return Quantity(value, f"{name}T", rf"{_latex(name)}^{{T}}", f"{name}T")
        own = name.replace("y", "t")
        return Quantity(value, own, _latex(own), f"{name}T")


def _latex(name: str) -> str:
    head = name.rstrip("0123456789")
    number = name[len(head) :]
    letter = head if len(head) == 1 else rf"\mathrm{{{head}}}"
    return f"{letter}_{{{number}}}" if number else letter


def named(name: str, value: float) -> Quantity:
    """Name a number."""
    return Quantity(float(value), name, _latex(name), name)


def _op(name: str, *args: Formula) -> Formula:
    """Apply an operation, exactly as it is written: a hand calculation shows ``1 · b`` too."""
    op = REGISTRY[name]
    made = Applied(
        op.name, op.words, op.latex, op.level, dict(zip(op.inputs, args, strict=True)), 0.0
    )
    return Applied(op.name, op.words, op.latex, op.level, made.args, evaluate(made))


def _sum(parts: Iterable[Formula]) -> Formula:
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    return Terms(parts, 0, 0.0, 1, sum(part.value for part in parts))


def _numbered(letter: str, count: int, start: int = 0, *, alone: bool = False) -> list[str]:
    """Number names from 1; the only one of its kind has no number."""
    return [letter] if alone and count == 1 else [f"{letter}{start + k + 1}" for k in range(count)]


class Derivation:
    """The formulas of one network, one example and one learning rate, in the order of the walk."""

    def __init__(
        self, layers: Sequence[Dense], x: np.ndarray, t: np.ndarray, lr: float, notation: Notation
    ) -> None:
        self.layers, self.notation = layers, notation
        self.lr = Quantity(float(lr), "lr", r"\mathrm{lr}", "lr")
        self.equations: list[Equation] = []
        self._name_weights(len(x))
        inputs = _numbered("x", len(x), alone=True)
        self.values: list[list[Quantity]] = [[named(n, v) for n, v in zip(inputs, x, strict=True)]]
        self.sums: list[list[Quantity]] = []
        self.targets = [
            notation.target(n, float(v))
            for n, v in zip(_numbered("y", len(t), alone=True), t, strict=True)
        ]
        self._forward()
        self._error()
        self._backward()
        self._exchanged()
        self._gradients()

    def _name_weights(self, size: int) -> None:
        """Number weights and biases unit by unit, layer after layer."""
        total_w = sum(layer.w.size for layer in self.layers)
        total_b = sum(layer.b.size for layer in self.layers if layer.b is not None)
        names_w = iter(_numbered("w", total_w, alone=True))
        names_b = iter(_numbered("b", total_b, alone=True))
        self.w = [
            [[named(next(names_w), v) for v in column] for column in layer.w.T]
            for layer in self.layers
        ]
        self.b = [
            None if layer.b is None else [named(next(names_b), v) for v in layer.b]
            for layer in self.layers
        ]

    def _say(self, section: str, quantity: Quantity, formula: Formula) -> Quantity:
        """Write an equation down; the quantity takes the formula's value."""
        made = Quantity(formula.value, quantity.symbol, quantity.latex, quantity.address)
        self.equations.append(Equation(section, made, formula))
        return made

    def _weighted(self, k: int, j: int, *, weight_first: bool = False) -> Formula:
        parts = []
        for value, weight in zip(self.values[k], self.w[k][j], strict=True):
            pair = (weight, value) if weight_first else (value, weight)
            parts.append(_op("multiply", *pair))
        bias = self.b[k]
        if bias is not None:
            one = Quantity(1.0)
            parts.append(_op("multiply", *((bias[j], one) if weight_first else (one, bias[j]))))
        return _sum(parts)

    def _forward(self) -> None:
        hidden = 0
        for k, layer in enumerate(self.layers):
            units, last = layer.w.shape[1], k == len(self.layers) - 1
            names = _numbered("y", units, alone=True) if last else _numbered("h", units, hidden)
            hidden += 0 if last else units
            if layer.activation == "softmax":
                self._shares(k, names)
                continue
            sums, outputs = [], []
            for j, name in enumerate(names):
                weighted = self._weighted(k, j)
                if layer.activation == "linear":
                    sums.append(self._say("forward", named(name, 0), weighted))
                    outputs.append(sums[-1])
                    continue
                total = self._say("forward", named(f"{name}sum", 0), weighted)
                sums.append(total)
                outputs.append(self._say("forward", named(name, 0), _op(layer.activation, total)))
            self.sums.append(sums)
            self.values.append(outputs)

    def _shares(self, k: int, names: Sequence[str]) -> None:
        """Write the outputs of softmax: each one's share of the exponentials of all sums."""
        sums = [
            self._say("forward", named(f"{name}sum", 0), self._weighted(k, j))
            for j, name in enumerate(names)
        ]
        whole = _sum([_op("exp", each) for each in sums])
        self.sums.append(sums)
        self.values.append(
            [
                self._say("forward", named(name, 0), _op("divide", _op("exp", own), whole))
                for name, own in zip(names, sums, strict=True)
            ]
        )

    def _error(self) -> None:
        if self.layers[-1].activation == "softmax":  # cross-entropy: E = −Σ t · log y
            logs = [
                _op("multiply", t, _op("log", y))
                for y, t in zip(self.values[-1], self.targets, strict=True)
            ]
            self.error = self._say("error", named("E", 0), _op("negative", _sum(logs)))
            return
        halves = [
            _op("divide", _op("square", _op("subtract", y, t)), Quantity(2.0))
            for y, t in zip(self.values[-1], self.targets, strict=True)
        ]
        self.error = self._say("error", named("E", 0), _sum(halves))

    def _backward(self) -> None:
        self.deltas: list[list[Quantity]] = [[] for _ in self.layers]
        # The derivative of cross-entropy of softmax is y − t too, but by the sum, not by y.
        shared = self.layers[-1].activation == "softmax"
        ends = self.sums[-1] if shared else self.values[-1]
        arriving = [
            self._say("output_error", self.notation.error(end.symbol, 0), _op("subtract", y, t))
            for end, y, t in zip(ends, self.values[-1], self.targets, strict=True)
        ]
        for k in reversed(range(len(self.layers))):
            section = "output_error" if k == len(self.layers) - 1 else "input_back"
            self.deltas[k] = [self._through(k, j, g, section) for j, g in enumerate(arriving)]
            arriving = [
                self._say(
                    "input_back",
                    self.notation.error(value.symbol, 0),
                    _sum(_op("multiply", d, column[i]) for d, column in
                         zip(self.deltas[k], self.w[k], strict=True)),
                )
                for i, value in enumerate(self.values[k])
            ]  # fmt: skip

    def _through(self, k: int, j: int, g: Quantity, section: str) -> Quantity:
        """Take a derivative back through the activation of a unit."""
        activation = self.layers[k].activation
        if activation in ("linear", "softmax"):
            return g
        total, output = self.sums[k][j], self.values[k + 1][j]
        slope = SLOPES[activation](output, total)
        return self._say(section, self.notation.error(total.symbol, 0), _op("multiply", g, slope))

    def _exchanged(self) -> None:
        for k in range(len(self.layers)):
            for j, total in enumerate(self.sums[k]):
                self._say("exchanged", total, self._weighted(k, j, weight_first=True))

    def _gradients(self) -> None:
        pairs: list[tuple[Quantity, Quantity]] = []
        for k, deltas in enumerate(self.deltas):
            for j, delta in enumerate(deltas):
                for value, weight in zip(self.values[k], self.w[k][j], strict=True):
                    gradient = self.notation.error(weight.symbol, 0)
                    pairs.append(
                        (weight, self._say("weight_back", gradient, _op("multiply", delta, value)))
                    )
                bias = self.b[k]
                if bias is not None:
                    product = _op("multiply", delta, Quantity(1.0))
                    gradient = self.notation.error(bias[j].symbol, 0)
                    pairs.append((bias[j], self._say("weight_back", gradient, product)))
        for weight, gradient in pairs:
            after = Quantity(0, f"{weight.symbol}⁺", f"{weight.latex}^{{+}}", f"{weight.symbol}⁺")
            step = _op("multiply", self.lr, gradient)
            self._say("update", after, _op("subtract", weight, step))


def derive(
    layers: Sequence[Dense], x: Any, t: Any, lr: float, notation: str = "document"
) -> Derivation:
    """
    Derive the seven formulas for a dense network and one example.

    Raises
    ------
    OptionError
        If an activation has no slope that one calculates by hand, or sizes do not fit.
    """
    for layer in layers:
        last = layer is layers[-1] and layer.w.shape[1] > 1
        if layer.activation not in ("linear", *SLOPES, *(["softmax"] if last else [])):
            known, got = ", ".join(["linear", *SLOPES, "softmax"]), repr(layer.activation)
            raise OptionError(told("asking.formula_activation", known=known, got=got))
    return Derivation(
        layers, np.asarray(x, float).ravel(), np.asarray(t, float).ravel(), lr, Notation(notation)
    )


def given(derivation: Derivation) -> Mapping[str, float]:
    """List the numbers that a derivation starts from, by name, in the order one writes them."""
    start = [*derivation.values[0], *derivation.targets]
    for k, columns in enumerate(derivation.w):
        start += [weight for column in columns for weight in column]
        start += derivation.b[k] or []
    return {q.symbol: q.value for q in [*start, derivation.lr]}
