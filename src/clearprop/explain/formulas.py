"""`formulas`: the seven formulas of a dense network, in symbols, in numbers, and as a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, ShapeError
from clearprop.explain.batches import as_number, examples
from clearprop.explain.conventions import Convention
from clearprop.explain.dense import dense_layers, loss_by_hand
from clearprop.explain.displayed import DisplayedFully
from clearprop.explain.explanation import Explanation, State, Step
from clearprop.explain.factors import factors
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import PARTS, Line
from clearprop.explain.python import program
from clearprop.explain.seven import SECTIONS, Derivation, derive
from clearprop.lang import errors_in, language, told, with_errors_in_lang

__all__ = ["Formulas", "formulas"]


@final
class Formulas(DisplayedFully):
    """
    The seven formulas of one network, example and learning rate.

    Attributes
    ----------
    derivation : Derivation
    lang : str
    digits : int
    """

    def __init__(self, derivation: Derivation, lang: str, digits: int) -> None:
        self.derivation, self.lang, self.digits = derivation, lang, digits

    def __getitem__(self, name: str) -> float:
        """
        Give a number by its name: ``w1E``, ``y2``, ``E``, ``w1⁺``.

        Raises
        ------
        KeyError
            If no formula is about that.
        """
        for equation in self.derivation.equations:
            if name in (equation.quantity.symbol, equation.quantity.address):
                return equation.quantity.value
        known = ", ".join(dict.fromkeys(e.quantity.symbol for e in self.derivation.equations))
        raise KeyError(f"no formula gives {name!r}; there are {known}.")

    def to_json(self) -> dict[str, Any]:
        """Give them as an explanation's JSON, each step's role the section it belongs to."""
        steps = tuple(
            Step(
                address=e.quantity.address,
                symbol=e.quantity.symbol,
                latex=e.quantity.latex,
                value=e.quantity.value,
                role=e.section,
                level=1,
                formula=e.formula,
                state=State("by_function", {"name": e.function}) if e.function else None,
            )
            for e in self.derivation.equations
        )
        facts = {"sections": list(SECTIONS)} | self._loss()
        return Explanation("formulas", steps, facts, "book", self.lang, self.digits).to_json()

    def by_hand(self) -> Explanation:
        """
        Write the same step node by node, as one calculates by hand.

        Sum and output of each unit, the error of each output and in total, what comes back, all
        gradients, the new weights; units are called h1 and o1, as by `why`.

        Returns
        -------
        Explanation
            Any number of it has its name as address: ``sum_h1``, ``E1``, ``dE/dw5``, ``w5+``.
        """
        with errors_in(self.lang):
            hand = self._calculation()
        steps = tuple(
            replace(_step(line, PARTS[line.kind]), state=_function(line, hand))
            for line in hand.lines
        )
        facts = {"sections": list(dict.fromkeys(PARTS.values())), "title": "by_hand"} | self._loss()
        return Explanation("by_hand", steps, facts, "book", self.lang, self.digits)

    def factors(self, weight: str) -> Explanation:
        """
        Write the gradient of a weight as its factors: ∂E/∂w5 = ∂E/∂o1 · ∂o1/∂sum · ∂sum/∂w5.

        Parameters
        ----------
        weight : str
            ``w5`` or ``b2``.

        Returns
        -------
        Explanation
            The product, then each factor.

        Raises
        ------
        AddressError
            If no weight is called that.
        """
        with errors_in(self.lang):
            whole, *parts = factors(self._calculation(), weight)
        steps = (_step(whole, "gradient"), *(_step(line, "factor", 2) for line in parts))
        return Explanation(whole.name, steps, self._loss(), "book", self.lang, self.digits)

    def _loss(self) -> dict[str, Any]:
        kind = self.derivation.loss
        return {} if kind == "squared" else {"loss_kind": kind}

    def _calculation(self) -> Calculation:
        d = self.derivation
        x, t = ([q.value for q in given] for given in (d.values[0], d.targets))
        scale = Convention.book.losses[d.loss]
        return Calculation(d.layers, x, t, d.lr.value, scale, kind=d.loss)

    def as_python(self) -> str:
        """Write a program, with no import but `math`, that computes and prints the same numbers."""
        return program(self.derivation)


def _function(line: Line, hand: Calculation) -> State | None:
    """Say which activation function a line is, where its formula does not mention that."""
    if line.kind != "output":
        return None
    name = hand.layers[line.layer].applied.shown_as(line.formula)
    return State("by_function", {"name": name}) if name else None


def _step(line: Line, role: str, level: int = 1) -> Step:
    q = line.quantity
    return Step(q.address, q.symbol, q.latex, q.value, role, level, line.formula)


@with_errors_in_lang
def formulas(
    model: Any,
    x: Any,
    y: Any,
    *,
    lr: float = 0.01,
    notation: str = "document",
    lang: str | None = None,
    digits: int = 6,
) -> Formulas:
    """
    Write the seven formulas of deep learning for a dense network, with its numbers.

    1 forward, 2 error E = ½Σ(y − yT)², or cross-entropy (below), 3 the error of the outputs, 4 that
    of the inputs, 5 weights and inputs exchanged (a step of the derivation), 6 that of weights and
    biases, 7 the update.

    Parameters
    ----------
    model : Sequential
        Of `Dense` layers with any activation functions, which may be layers of their own, such as
        `LeakyReLU`. After softmax, the error is cross-entropy, −Σ yT · log y, unless the model was
        compiled with another loss; after sigmoid, it is that of two classes if the model was
        compiled with it.
    x, y : array, shape (I,) or (1, I), and (O,) or (1, O)
        One example: the input and the target; after softmax also the number of the class.
    lr : float
        The learning rate.
    notation : {"document", "usual"}
        ``w1E`` and ``y1T``, or ``∂E/∂w1`` and ``t1``.
    lang, digits
        As for `why`.

    Returns
    -------
    Formulas

    Raises
    ------
    OptionError
        If a layer is of another kind, or there are several examples.
    ShapeError
        If `x` and `y` do not fit the network.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, dtype="float64")])
    >>> model.set_weights([[[3.0], [4.0]], [1.0]])
    >>> found = formulas(model, [2.0, 3.0], [27.0], lr=0.01)
    >>> found["y"], found["E"], found["w1E"]
    (19.0, 32.0, -16.0)
    """
    if not model.built:
        model.build((1, *np.shape(x)[-1:]))
    kind, layers = loss_by_hand(model, dense_layers(model))
    inputs, targets = examples(model, x, y)
    if targets is None:
        raise OptionError(told("asking.formula_no_target"))
    if len(inputs) != 1:
        raise OptionError(told("asking.one_example", count=len(inputs)))
    lr = as_number("lr", lr)
    units = model.output_shape(model.built_for)[1:]
    if targets.shape == units == (1,):  # a number is the target of one output
        targets = targets[:, None]
    if kind == "entropy" and targets.size == 1 < units[0]:
        targets = _one_hot(targets, units[0])
    if targets.shape[1:] != units:
        raise ShapeError(told("asking.formula_target", units=units, shape=targets.shape[1:]))
    derivation = derive(layers, inputs[0], targets[0], lr, notation, kind)
    return Formulas(derivation, language(lang), digits)


def _one_hot(target: np.ndarray, classes: int) -> np.ndarray:
    """Write the number of a class as 1 at its place and 0 at the others."""
    number = float(target.ravel()[0])
    if not (number.is_integer() and 0 <= number < classes):
        raise OptionError(told("asking.formula_class", got=f"{number:g}", last=classes - 1))
    return np.eye(classes)[[int(number)]]
