"""The seven formulas of deep learning for a dense network of any depth, with its own numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.errors import unknown
from clearprop.explain.dense import Dense
from clearprop.explain.formula import Formula, Quantity
from clearprop.explain.writing import op, total

__all__ = ["SECTIONS", "Dense", "Derivation", "Equation", "Notation", "derive", "given"]

SECTIONS = ("forward", "error", "output_error", "input_back", "exchanged", "weight_back", "update")


@dataclass(frozen=True)
class Equation:
    """
    A quantity and the formula that it is: one line of a hand calculation.

    Attributes
    ----------
    section : str
    quantity : Quantity
    formula : Formula
    function : str
        The activation function that the formula is, where it does not say so itself.
    """

    section: str
    quantity: Quantity
    formula: Formula
    function: str = ""


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


def _numbered(letter: str, count: int, start: int = 0, *, alone: bool = False) -> list[str]:
    """Number names from 1; the only one of its kind has no number."""
    return [letter] if alone and count == 1 else [f"{letter}{start + k + 1}" for k in range(count)]


class Derivation:
    """The formulas of one network, one example and one learning rate, in the order of the walk."""

    def __init__(
        self, layers: Sequence[Dense], x: np.ndarray, t: np.ndarray, lr: float, notation: Notation,
        loss: str = "squared",
    ) -> None:  # fmt: skip
        self.layers, self.notation, self.loss = layers, notation, loss
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
        learned = sum(w.size for layer in self.layers for w in layer.applied.weights)
        names = iter(_numbered("a", learned, alone=True))
        self.own = [
            [[named(next(names), v) for v in w.numpy().ravel()] for w in layer.applied.weights]
            for layer in self.layers
        ]
        self.learned: list[list[tuple[Quantity, Formula]]] = [[] for _ in self.layers]

    def _say(
        self, section: str, quantity: Quantity, formula: Formula, function: str = ""
    ) -> Quantity:
        """Write an equation down; the quantity takes the formula's value."""
        made = Quantity(formula.value, quantity.symbol, quantity.latex, quantity.address)
        self.equations.append(Equation(section, made, formula, function))
        return made

    def _weighted(self, k: int, j: int, *, weight_first: bool = False) -> Formula:
        parts = []
        for value, weight in zip(self.values[k], self.w[k][j], strict=True):
            pair = (weight, value) if weight_first else (value, weight)
            parts.append(op("multiply", *pair))
        bias = self.b[k]
        if bias is not None:
            one = Quantity(1.0)
            parts.append(op("multiply", *((bias[j], one) if weight_first else (one, bias[j]))))
        return total(parts)

    def _forward(self) -> None:
        hidden = 0
        for k, layer in enumerate(self.layers):
            many, last = layer.w.shape[1], k == len(self.layers) - 1
            names = _numbered("y", many, alone=True) if last else _numbered("h", many, hidden)
            hidden += 0 if last else many
            if layer.applied.linear:
                own = [self._say("forward", named(n, 0), self._weighted(k, j))
                       for j, n in enumerate(names)]  # fmt: skip
                self.sums.append(own)
                self.values.append(own)
                continue
            if layer.applied.by_unit:  # each sum, and at once what becomes of it
                self.sums.append([])
                self.values.append([])
                for j, name in enumerate(names):
                    z = self._say("forward", named(f"{name}sum", 0), self._weighted(k, j))
                    made = layer.applied.output(z, j, self.own[k])
                    self.sums[k].append(z)
                    said = layer.applied.shown_as(made)
                    self.values[-1].append(self._say("forward", named(name, 0), made, said))
                continue
            sums = [self._say("forward", named(f"{name}sum", 0), self._weighted(k, j))
                    for j, name in enumerate(names)]  # fmt: skip
            whole = layer.applied.outputs(sums, self.own[k])
            self.sums.append(sums)
            self.values.append(
                [
                    self._say("forward", named(n, 0), f, layer.applied.shown_as(f))
                    for n, f in zip(names, whole, strict=False)
                ]
            )

    def _error(self) -> None:
        pairs = list(zip(self.values[-1], self.targets, strict=True))
        if self.loss == "squared":
            halves = [
                op("divide", op("square", op("subtract", y, t)), Quantity(2.0)) for y, t in pairs
            ]
            self.error = self._say("error", named("E", 0), total(halves))
            return
        logs = [op("multiply", t, op("log", y)) for y, t in pairs]
        if self.loss == "binary":  # of the other class, too
            one = Quantity(1.0)
            logs = [
                part
                for (y, t), log in zip(pairs, logs, strict=True)
                for part in (
                    log,
                    op("multiply", op("subtract", one, t), op("log", op("subtract", one, y))),
                )
            ]
        self.error = self._say("error", named("E", 0), op("negative", total(logs)))

    def _backward(self) -> None:
        self.deltas: list[list[Quantity]] = [[] for _ in self.layers]
        # The derivative of cross-entropy is y − t too, but by the sum, not by y.
        through = self.loss != "squared"
        ends = self.sums[-1] if through else self.values[-1]
        arriving = [
            self._say("output_error", self.notation.error(end.symbol, 0), op("subtract", y, t))
            for end, y, t in zip(ends, self.values[-1], self.targets, strict=True)
        ]
        for k in reversed(range(len(self.layers))):
            last = k == len(self.layers) - 1
            section = "output_error" if last else "input_back"
            self.deltas[k] = arriving if last and through else self._through(k, arriving, section)
            arriving = [
                self._say(
                    "input_back",
                    self.notation.error(value.symbol, 0),
                    total([op("multiply", d, column[i]) for d, column in
                           zip(self.deltas[k], self.w[k], strict=True)]),
                )
                for i, value in enumerate(self.values[k])
            ]  # fmt: skip

    def _through(self, k: int, arriving: list[Quantity], section: str) -> list[Quantity]:
        """Take derivatives back through the activation of a layer."""
        applied, sums, outputs = self.layers[k].applied, self.sums[k], self.values[k + 1]
        if applied.linear:
            return arriving
        if applied.by_unit:
            made: list[Formula] = [
                op("multiply", g, applied.slope(y, z, j, self.own[k]))
                for j, (g, y, z) in enumerate(zip(arriving, outputs, sums, strict=True))
            ]
        else:
            made = applied.back(arriving, outputs, sums, self.own[k])
        if applied.weights:
            found = applied.weights_back(arriving, outputs, sums, self.own[k])
            for weights, formulas in zip(self.own[k], found, strict=True):
                self.learned[k] += zip(weights, formulas, strict=True)
        return [
            self._say(section, self.notation.error(z.symbol, 0), formula)
            for z, formula in zip(sums, made, strict=True)
        ]

    def _exchanged(self) -> None:
        for k in range(len(self.layers)):
            for j, z in enumerate(self.sums[k]):
                self._say("exchanged", z, self._weighted(k, j, weight_first=True))

    def _gradients(self) -> None:
        pairs: list[tuple[Quantity, Quantity]] = []
        for k, deltas in enumerate(self.deltas):
            for j, delta in enumerate(deltas):
                for value, weight in zip(self.values[k], self.w[k][j], strict=True):
                    gradient = self.notation.error(weight.symbol, 0)
                    pairs.append(
                        (weight, self._say("weight_back", gradient, op("multiply", delta, value)))
                    )
                bias = self.b[k]
                if bias is not None:
                    product = op("multiply", delta, Quantity(1.0))
                    gradient = self.notation.error(bias[j].symbol, 0)
                    pairs.append((bias[j], self._say("weight_back", gradient, product)))
            for weight, formula in self.learned[k]:  # what an activation learns itself
                gradient = self.notation.error(weight.symbol, 0)
                pairs.append((weight, self._say("weight_back", gradient, formula)))
        for weight, gradient in pairs:
            after = Quantity(0, f"{weight.symbol}⁺", f"{weight.latex}^{{+}}", f"{weight.symbol}⁺")
            step = op("multiply", self.lr, gradient)
            self._say("update", after, op("subtract", weight, step))


def derive(
    layers: Sequence[Dense],
    x: Any,
    t: Any,
    lr: float,
    notation: str = "document",
    loss: str = "squared",
) -> Derivation:
    """Derive the seven formulas for a dense network and one example."""
    start, target = np.asarray(x, float).ravel(), np.asarray(t, float).ravel()
    return Derivation(layers, start, target, lr, Notation(notation), loss)


def given(derivation: Derivation) -> Mapping[str, float]:
    """List the numbers that a derivation starts from, by name, in the order one writes them."""
    start = [*derivation.values[0], *derivation.targets]
    for k, columns in enumerate(derivation.w):
        start += [weight for column in columns for weight in column]
        start += derivation.b[k] or []
        start += [weight for weights in derivation.own[k] for weight in weights]
    return {q.symbol: q.value for q in [*start, derivation.lr]}
