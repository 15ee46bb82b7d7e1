"""A dense network node by node, as one calculates by hand: sum, output, errors, factors, steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from clearprop.errors import OptionError
from clearprop.explain.conventions import Convention, Scale
from clearprop.explain.dense import Dense
from clearprop.explain.formula import Formula, Quantity, leaves
from clearprop.explain.lines import Line, Values, computed
from clearprop.explain.writing import op, times, total
from clearprop.lang import told

__all__ = ["Calculation"]


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
        What the errors are multiplied by; by default the book's ½Σ.
    kind : {"squared", "entropy", "binary"}
        Which errors: squared, or cross-entropy after softmax, or of two classes after sigmoid.

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
        If an activation learns numbers of its own, gives fewer outputs than sums, or chooses by
        the values of several examples.

    Examples
    --------
    >>> layer = Dense(np.array([[3.0], [4.0]]), np.array([1.0]), "linear")
    >>> step = Calculation([layer], [2, 3], [27], 0.01)
    >>> [float(step.values[name][0]) for name in ("o1", "E", "dE/dw2", "w2+")]
    [19.0, 32.0, -24.0, 4.24]
    """

    def __init__(
        self, layers: Sequence[Dense], x: object, t: object, lr: float,
        loss: Scale = Convention.book.losses["squared"], *, kind: str = "squared",
    ) -> None:  # fmt: skip
        self.layers, self.half, self.kind = layers, loss.half, kind
        self.x, self.t = np.atleast_2d(np.asarray(x, float)), np.atleast_2d(np.asarray(t, float))
        for layer in layers:
            if not _by_hand(layer, len(self.x)):
                raise OptionError(told("asking.hand_activation", got=repr(layer.activation)))
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
            self.sums.append([])
            self.inputs.append([])
            for j, unit in enumerate(self.units[k]):
                line = self._sum(k, j, unit, linear=layer.applied.linear)
                yield line
                self.sums[k].append(line.quantity)
                if layer.applied.by_unit and not layer.applied.linear:
                    line = self.line(
                        unit, "output", (k, j, -1), layer.applied.output(line.quantity)
                    )
                    yield line
                if layer.applied.by_unit:
                    self.inputs[-1].append(line.quantity)
            if not layer.applied.by_unit:
                for j, formula in enumerate(layer.applied.outputs(self.sums[k])):
                    line = self.line(self.units[k][j], "output", (k, j, -1), formula)
                    yield line
                    self.inputs[-1].append(line.quantity)

    def _sum(self, k: int, j: int, unit: str, *, linear: bool) -> Line:
        latex = "" if linear else rf"\mathrm{{sum}}_{{{unit}}}"
        name = unit if linear else f"sum_{unit}"
        return self.line(name, "sum", (k, j, -1), self.weighted(k, j), latex=latex)

    def _error(self) -> Iterator[Line]:
        errors, last = [], len(self.layers) - 1
        alone = len(self.targets) == 1
        for j, (o, t) in enumerate(zip(self.inputs[-1], self.targets, strict=True)):
            formula = times(self._missed(o, t), self.scale)
            name, kind = ("E", "total") if alone else (f"E{j + 1}", "error")
            line = self.line(name, kind, (last, j, -1), formula, latex="E" if alone else "")
            yield line
            errors.append(line.quantity)
        if not alone:
            yield self.line("E", "total", (last, -1, -1), total(errors), latex="E")

    def _missed(self, o: Quantity, t: Quantity) -> Formula:
        """Write what one output adds to the error, before its scale."""
        if self.kind == "squared":
            return op("square", op("subtract", o, t))
        log = op("multiply", t, op("log", o))
        if self.kind == "entropy":
            return op("negative", log)
        one = Quantity(1.0)
        other = op("multiply", op("subtract", one, t), op("log", op("subtract", one, o)))
        return op("negative", op("add", log, other))

    def _backward(self) -> Iterator[Line]:
        last = len(self.layers) - 1
        for k in reversed(range(last + 1)):
            if k == last and self.kind != "squared":
                yield from self._end(k)
            elif self.layers[k].applied.by_unit:
                for j, unit in enumerate(self.units[k]):
                    arriving = self._arriving(k, j, unit)
                    yield arriving
                    yield from self._unit_back(k, j, unit, arriving.quantity)
            else:
                yield from self._layer_back(k)

    def _arriving(self, k: int, j: int, unit: str) -> Line:
        output = self.inputs[k + 1][j]
        if k == len(self.layers) - 1:
            formula = times(op("subtract", output, self.targets[j]), 2 * self.scale)
        else:
            formula = self.through(k, j)
        latex = rf"\frac{{\partial E}}{{\partial {output.latex}}}"
        return self.line(f"dE/d{unit}", "arriving", (k, j, -1), formula, f"∂E/∂{unit}", latex)

    def _delta(self, k: int, j: int, formula: Formula, kind: str = "delta") -> Line:
        unit = self.units[k][j]
        line = self.line(
            f"delta_{unit}", kind, (k, j, -1), formula, f"δ_{unit}", rf"\delta_{{{unit}}}"
        )
        self.deltas[k].append(line.quantity)
        return line

    def _end(self, k: int) -> Iterator[Line]:
        """Write δ of the outputs by cross-entropy: output − target, the slope cancels."""
        for j, (o, t) in enumerate(zip(self.inputs[-1], self.targets, strict=True)):
            yield self._delta(k, j, times(op("subtract", o, t), self.scale), "end")

    def _layer_back(self, k: int) -> Iterator[Line]:
        """Go back through an activation whose outputs depend on all sums of their layer."""
        arriving = [self._arriving(k, j, unit) for j, unit in enumerate(self.units[k])]
        yield from arriving
        gs = [line.quantity for line in arriving]
        applied = self.layers[k].applied
        for j, formula in enumerate(applied.back(gs, self.inputs[k + 1], self.sums[k])):
            yield self._delta(k, j, formula, "whole_delta")

    def _unit_back(self, k: int, j: int, unit: str, g: Quantity) -> Iterator[Line]:
        applied, output = self.layers[k].applied, self.inputs[k + 1][j]
        if applied.linear:
            self.deltas[k].append(g)
            return
        z = self.sums[k][j]
        slope = self.line(
            f"d{unit}/dsum_{unit}", "slope", (k, j, -1), applied.slope(output, z),
            f"∂{unit}/∂sum_{unit}", rf"\frac{{\partial {output.latex}}}{{\partial {z.latex}}}",
        )  # fmt: skip
        yield slope
        yield self._delta(k, j, op("multiply", g, slope.quantity))

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


def _by_hand(layer: Dense, samples: int) -> bool:
    """Tell whether an activation is calculated by hand: not what learns or halves, or chooses."""
    applied, units = layer.applied, layer.w.shape[1]
    if applied.weights or (applied.chooses and samples > 1):
        return False
    return applied.by_unit or len(applied.outputs([Quantity(0.0)] * units)) == units
