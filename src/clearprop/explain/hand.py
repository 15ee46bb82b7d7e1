"""A dense network node by node, as one calculates by hand: sum, output, errors, factors, steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError
from clearprop.explain.conventions import Convention, Scale
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, evaluate, leaves
from clearprop.explain.seven import Dense
from clearprop.explain.translate import rebuilt
from clearprop.lang import told

__all__ = ["PARTS", "Calculation", "Line", "Values", "op", "total"]

Values = dict[str, np.ndarray]

# The slope of an activation, from its output y (a hand calculation keeps that) or its sum z.
SLOPES: dict[str, Callable[[Formula, Formula], Formula]] = {
    "sigmoid": lambda y, z: op("multiply", y, op("subtract", Quantity(1.0), y)),
    "tanh": lambda y, z: op("subtract", Quantity(1.0), op("square", y)),
    "relu": lambda y, z: op("where", op("greater", z, Quantity(0.0)), Quantity(1.0), Quantity(0.0)),
}
# The part of a hand calculation that a kind of line belongs to, in order.
PARTS = {
    "sum": "hand_forward",
    "output": "hand_forward",
    "error": "hand_error",
    "total": "hand_error",
    "arriving": "hand_back",
    "slope": "hand_back",
    "delta": "hand_back",
    "gradient": "hand_gradient",
    "next": "hand_update",
}
OVER_SAMPLES = ("error", "total", "gradient")  # kinds of lines that add up what samples give


@dataclass(frozen=True)
class Line:
    """
    One number of a hand calculation, and how it is got.

    Attributes
    ----------
    name : str
        In letters of any keyboard: ``sum_h1``, ``h1``, ``E1``, ``dE/do1``, ``delta_h1``, ``w5+``.
    kind : str
        sum, output, error, total, arriving, slope, delta, gradient or next.
    layer, unit, input : int
        Where it is; input is −1 for what has none, and for a bias.
    quantity : Quantity
    formula : Formula
    """

    name: str
    kind: str
    layer: int
    unit: int
    input: int
    quantity: Quantity
    formula: Formula


class Calculation:
    """
    All numbers of one training step of a dense network, in the order one calculates them.

    Parameters
    ----------
    layers : sequence of Dense
    x : array, shape (N, I) or (I,)
    t : array, shape (N, O) or (O,)
    lr : float
    loss : Scale, optional
        What the squared errors are multiplied by; by default the book's ½Σ.

    Attributes
    ----------
    lines : list of Line
        With the numbers of the first example, where there are several.
    given : dict of str to array
        What it starts from, by name.
    values : dict of str to array, shape (N,) or (1,)

    Raises
    ------
    OptionError
        If an activation has no slope that one calculates by hand.

    Examples
    --------
    >>> layer = Dense(np.array([[3.0], [4.0]]), np.array([1.0]), "linear")
    >>> step = Calculation([layer], [2, 3], [27], 0.01)
    >>> [float(step.values[name][0]) for name in ("o1", "E", "dE/dw2", "w2+")]
    [19.0, 32.0, -24.0, 4.24]
    """

    def __init__(
        self, layers: Sequence[Dense], x: object, t: object, lr: float,
        loss: Scale = Convention.book.losses["squared"],
    ) -> None:  # fmt: skip
        for layer in layers:
            if layer.activation not in ("linear", *SLOPES):
                known, got = ", ".join(["linear", *SLOPES]), repr(layer.activation)
                raise OptionError(told("asking.hand_activation", known=known, got=got))
        self.layers, self.half = layers, loss.half
        self.x, self.t = np.atleast_2d(np.asarray(x, float)), np.atleast_2d(np.asarray(t, float))
        self.scale = loss.of(self.t.shape[1], len(self.x))
        self.given: Values = {}
        self.values: Values = {}
        self.lines: list[Line] = []
        self.lr = self._give("lr", np.array([float(lr)]), r"\mathrm{lr}")
        self._name()
        for make in (self._forward, self._error, self._backward, self._gradients, self._next):
            for line in make():
                self._add(line)
        self.by_name = {line.name: line for line in self.lines}

    # -- names ---------------------------------------------------------------------------------

    def _give(self, name: str, value: np.ndarray, latex: str = "") -> Quantity:
        self.given[name] = value
        latex = latex or f"{name[0]}_{{{name[1:]}}}"
        return Quantity(float(value[0]), name, latex, name)

    def _name(self) -> None:
        """Number inputs, targets, weights and biases, unit by unit, layer after layer."""
        self.inputs: list[list[Quantity]] = [
            [self._give(f"x{i + 1}", column) for i, column in enumerate(self.x.T)]
        ]
        self.targets = [self._give(f"t{j + 1}", column) for j, column in enumerate(self.t.T)]
        self.w: list[list[list[Quantity]]] = []  # layer, unit, input
        self.b: list[list[Quantity] | None] = []
        weights = biases = 0
        for layer in self.layers:
            columns = []
            for column in layer.w.T:
                columns.append(
                    [self._give(f"w{weights + i + 1}", np.array([v])) for i, v in enumerate(column)]
                )
                weights += len(column)
            self.w.append(columns)
            if layer.b is None:
                self.b.append(None)
                continue
            self.b.append(
                [self._give(f"b{biases + j + 1}", np.array([v])) for j, v in enumerate(layer.b)]
            )
            biases += len(layer.b)
        hidden, self.units = 0, []
        for layer in self.layers[:-1]:
            self.units.append([f"h{hidden + j + 1}" for j in range(layer.w.shape[1])])
            hidden += layer.w.shape[1]
        self.units.append([f"o{j + 1}" for j in range(self.layers[-1].w.shape[1])])
        self.sums: list[list[Quantity]] = []
        self.deltas: list[list[Quantity]] = [[] for _ in self.layers]
        self.gradients: dict[str, Quantity] = {}

    # -- the lines -----------------------------------------------------------------------------

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self.values[line.name] = computed(line, self.given | self.values)

    def line(
        self, name: str, kind: str, at: tuple[int, int, int], formula: Formula,
        symbol: str = "", latex: str = "",
    ) -> Line:  # fmt: skip
        """Write a line; the quantity takes the formula's value."""
        latex = latex or f"{name[0]}_{{{name[1:]}}}"
        return Line(name, kind, *at, Quantity(formula.value, symbol or name, latex, name), formula)

    def weighted(self, k: int, j: int, *, bias: bool = True) -> Formula:
        """Write the weighted sum of unit `j` of layer `k`."""
        parts = [op("multiply", x, w) for x, w in zip(self.inputs[k], self.w[k][j], strict=True)]
        own = self.b[k]
        return total([*parts, own[j]] if bias and own is not None else parts)

    def _forward(self) -> Iterator[Line]:
        for k, layer in enumerate(self.layers):
            sums, outputs = [], []
            for j, unit in enumerate(self.units[k]):
                at = (k, j, -1)
                if layer.activation == "linear":
                    line = self.line(unit, "sum", at, self.weighted(k, j))
                    yield line
                    sums.append(line.quantity)
                    outputs.append(line.quantity)
                    continue
                line = self.line(
                    f"sum_{unit}", "sum", at, self.weighted(k, j),
                    latex=rf"\mathrm{{sum}}_{{{unit}}}",
                )  # fmt: skip
                yield line
                sums.append(line.quantity)
                line = self.line(unit, "output", at, op(layer.activation, line.quantity))
                yield line
                outputs.append(line.quantity)
            self.sums.append(sums)
            self.inputs.append(outputs)

    def _error(self) -> Iterator[Line]:
        errors, last = [], len(self.layers) - 1
        alone = len(self.targets) == 1
        for j, (o, t) in enumerate(zip(self.inputs[-1], self.targets, strict=True)):
            formula = times(op("square", op("subtract", o, t)), self.scale)
            name, kind = ("E", "total") if alone else (f"E{j + 1}", "error")
            line = self.line(name, kind, (last, j, -1), formula, latex="E" if alone else "")
            yield line
            errors.append(line.quantity)
        if not alone:
            yield self.line("E", "total", (last, -1, -1), total(errors), latex="E")

    def _backward(self) -> Iterator[Line]:
        for k in reversed(range(len(self.layers))):
            for j, unit in enumerate(self.units[k]):
                yield from self._unit_back(k, j, unit)

    def _unit_back(self, k: int, j: int, unit: str) -> Iterator[Line]:
        at, output = (k, j, -1), self.inputs[k + 1][j]
        if k == len(self.layers) - 1:
            formula = times(op("subtract", output, self.targets[j]), 2 * self.scale)
        else:
            formula = self.through(k, j)
        latex = rf"\frac{{\partial E}}{{\partial {output.latex}}}"
        arriving = self.line(f"dE/d{unit}", "arriving", at, formula, f"∂E/∂{unit}", latex)
        yield arriving
        if self.layers[k].activation == "linear":
            self.deltas[k].append(arriving.quantity)
            return
        z = self.sums[k][j]
        slope = self.line(
            f"d{unit}/dsum_{unit}", "slope", at, SLOPES[self.layers[k].activation](output, z),
            f"∂{unit}/∂sum_{unit}", rf"\frac{{\partial {output.latex}}}{{\partial {z.latex}}}",
        )  # fmt: skip
        yield slope
        delta = self.line(
            f"delta_{unit}", "delta", at, op("multiply", arriving.quantity, slope.quantity),
            f"δ_{unit}", rf"\delta_{{{unit}}}",
        )  # fmt: skip
        yield delta
        self.deltas[k].append(delta.quantity)

    def through(self, k: int, i: int) -> Formula:
        """Write what comes back to unit `i` of layer `k` through all units of the next."""
        return total(
            [
                op("multiply", d, w[i])
                for d, w in zip(self.deltas[k + 1], self.w[k + 1], strict=True)
            ]
        )

    def _gradients(self) -> Iterator[Line]:
        for k, deltas in enumerate(self.deltas):
            for j, delta in enumerate(deltas):
                for i, (value, w) in enumerate(zip(self.inputs[k], self.w[k][j], strict=True)):
                    yield self._gradient(w, (k, j, i), op("multiply", delta, value))
            own = self.b[k]
            for j, delta in enumerate(deltas if own is not None else ()):
                assert own is not None
                yield self._gradient(own[j], (k, j, -1), delta)

    def _gradient(self, w: Quantity, at: tuple[int, int, int], formula: Formula) -> Line:
        latex = rf"\frac{{\partial E}}{{\partial {w.latex}}}"
        line = self.line(f"dE/d{w.symbol}", "gradient", at, formula, f"∂E/∂{w.symbol}", latex)
        summed = float(computed(line, self.given | self.values)[0])
        self.gradients[w.symbol] = replace(line.quantity, value=summed)
        return line

    def _next(self) -> Iterator[Line]:
        for line in [line for line in self.lines if line.kind == "gradient"]:
            w = line.name.removeprefix("dE/d")
            own = self.b[line.layer] if line.input < 0 else self.w[line.layer][line.unit]
            assert own is not None
            weight = own[line.unit if line.input < 0 else line.input]
            step = op("multiply", self.lr, self.gradients[w])
            yield self.line(
                f"{w}+", "next", (line.layer, line.unit, line.input),
                op("subtract", weight, step), f"{w}⁺", f"{weight.latex}^{{+}}",
            )  # fmt: skip

    # -- running it ----------------------------------------------------------------------------

    def run(
        self,
        rewritten: Mapping[str, Formula] | None = None,
        *,
        after: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> Values:
        """
        Calculate everything once more, some lines by other formulas.

        Parameters
        ----------
        rewritten : mapping of str to Formula, optional
            By name.
        after : callable, optional
            What is done to each result: rounding.
        """
        values: Values = {}
        instead = rewritten or {}
        for line in self.lines:
            if line.name in instead:
                line = replace(line, formula=instead[line.name])
            found = computed(line, self.given | values)
            values[line.name] = found if after is None else after(found)
        return values

    def needs(self, name: str) -> list[Line]:
        """List the lines that a number depends on, itself last, in the order of the calculation."""
        wanted = {name}
        for line in reversed(self.lines):
            if line.name in wanted:
                wanted |= {q.address for q in leaves(line.formula)}
        return [line for line in self.lines if line.name in wanted]


def bound(line: Line, values: Values) -> Line:
    """Give a line with other numbers in it: those of the first example."""

    def leaf(q: Quantity) -> Quantity:
        return replace(q, value=float(values[q.address][0])) if q.address in values else q

    formula = rebuilt(line.formula, leaf)
    return replace(line, formula=formula, quantity=replace(line.quantity, value=formula.value))


def computed(line: Line, values: Values) -> np.ndarray:
    """Calculate a line for all examples; what they give to the loss is added up."""
    found = np.atleast_1d(_evaluate(line.formula, values))
    return found.sum(keepdims=True) if line.kind in OVER_SAMPLES else found


def _evaluate(formula: Formula, values: Values) -> np.ndarray:
    if isinstance(formula, Quantity):
        return values[formula.address] if formula.address in values else np.array([formula.value])
    if isinstance(formula, Terms):
        parts = [_evaluate(part, values) for part in formula.parts]
        return np.asarray(sum(parts[1:], parts[0]) / formula.over)
    rule = REGISTRY[formula.op]
    args = [_evaluate(formula.args[name], values) for name in rule.inputs]
    return np.asarray(rule.compute(NUMPY, *args))


def op(name: str, *args: Formula) -> Applied:
    """Apply an operation, exactly as it is written."""
    rule = REGISTRY[name]
    named = dict(zip(rule.inputs, args, strict=True))
    made = Applied(rule.name, rule.words, rule.latex, rule.level, named, 0.0)
    return replace(made, value=evaluate(made))


def total(parts: Sequence[Formula]) -> Formula:
    """Add up; one part is itself."""
    if len(parts) == 1:
        return parts[0]
    return Terms(tuple(parts), 0, 0.0, 1.0, sum(part.value for part in parts))


def times(formula: Formula, by: Fraction) -> Formula:
    """Multiply by a fraction: nothing for 1, and a division for 1/2."""
    if by.numerator != 1:
        formula = op("multiply", Quantity(float(by.numerator)), formula)
    if by.denominator != 1:
        formula = op("divide", formula, Quantity(float(by.denominator)))
    return formula
