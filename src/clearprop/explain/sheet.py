"""A worksheet: a small network with friendly numbers, and all that is to be calculated of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from clearprop.errors import FormatError, OptionError, unknown
from clearprop.explain.activation import named_activation
from clearprop.explain.conventions import Convention
from clearprop.explain.dense import Dense
from clearprop.explain.factors import factors
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import Line
from clearprop.lang import told
from clearprop.nn.activations import ACTIVATIONS as KNOWN

__all__ = ["ACTIVATIONS", "PARTS", "SCHEMA", "Field", "Sheet", "sheet", "sizes_of"]

SCHEMA = "clearprop-sheet/1"
# Those of one sum and one output.
ACTIVATIONS = tuple(name for name in KNOWN if named_activation(name).by_unit)
LOSSES: Mapping[str, str] = MappingProxyType(  # and what the last layer has then
    {"squared": "", "entropy": "softmax", "binary": "sigmoid"}
)
PARTS = ("forward", "error", "factors", "back", "gradients", "update")
MOST_UNITS, MOST_WEIGHTS = 12, 24  # more than that nobody calculates on paper
MOST_LAYERS = 5
_PART_OF = {
    "sum": "forward", "output": "forward", "error": "error", "total": "error",
    "arriving": "back", "slope": "back", "delta": "back", "whole_delta": "back", "end": "back",
    "gradient": "gradients", "next": "update",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A number that is to be calculated, and the part of the sheet that asks for it."""

    part: str
    line: Line

    @property
    def name(self) -> str:
        """What it is called in a file of answers."""
        return self.line.name


@dataclass(frozen=True)
class Sheet:
    """
    A network, an example and a learning rate, to be worked out by hand.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer, the inputs first.
    activation : str
    lr : float
    seed : int or None
        What its numbers were drawn from, if they were.
    x, t : tuple of float
        The example and its targets.
    weights : tuple of tuple of tuple of float
        A matrix (inputs, units) for each layer.
    biases : tuple of tuple of float
    loss : {"squared", "entropy", "binary"}
        ½Σ(o − t)²; or cross-entropy, after softmax or, of two classes, sigmoid in the last layer.
    """

    sizes: tuple[int, ...]
    activation: str
    lr: float
    seed: int | None
    x: tuple[float, ...]
    t: tuple[float, ...]
    weights: tuple[tuple[tuple[float, ...], ...], ...]
    biases: tuple[tuple[float, ...], ...]
    loss: str = "squared"

    @property
    def output(self) -> str:
        """The activation of the last layer."""
        return LOSSES[self.loss] or self.activation

    @cached_property
    def calculation(self) -> Calculation:
        """The whole step, calculated."""
        names = [self.activation] * (len(self.weights) - 1) + [self.output]
        layers = [
            Dense(np.array(w), np.array(b), name)
            for w, b, name in zip(self.weights, self.biases, names, strict=True)
        ]
        scale = Convention.book.losses[self.loss]
        return Calculation(layers, self.x, self.t, self.lr, scale, kind=self.loss)

    @property
    def weight(self) -> str:
        """The weight whose gradient is asked for in factors: the first that feeds an output."""
        return self.calculation.w[-1][0][0].symbol

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All that is to be calculated, in order."""
        whole, *chain = factors(self.calculation, self.weight)
        apart = {line.name for line in (whole, *chain)}
        by_part: dict[str, list[Line]] = {part: [] for part in PARTS}
        by_part["factors"] = [*chain, whole]
        for line in self.calculation.lines:
            if line.name not in apart:
                by_part[_PART_OF[line.kind]].append(line)
        return tuple(Field(part, line) for part in PARTS for line in by_part[part])

    def to_json(self) -> dict[str, Any]:
        """Give the sheet, without its answers, as JSON-able data."""
        return {
            "schema": SCHEMA,
            "sizes": list(self.sizes),
            "activation": self.activation,
            "loss": self.loss,
            "lr": self.lr,
            "seed": self.seed,
            "x": list(self.x),
            "t": list(self.t),
            "weights": [[list(row) for row in w] for w in self.weights],
            "biases": [list(b) for b in self.biases],
            "fields": [field.name for field in self.fields],
        }

    @staticmethod
    def from_json(data: Any) -> Sheet:
        """
        Read a sheet back.

        Raises
        ------
        FormatError
            If the data are no sheet.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            got = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
            raise FormatError(told("asking.expected_sheet", schema=repr(SCHEMA), got=repr(got)))
        try:
            made = Sheet(
                tuple(int(n) for n in data["sizes"]), str(data["activation"]),
                float(data["lr"]), None if data["seed"] is None else int(data["seed"]),
                _row(data["x"]), _row(data["t"]),
                tuple(tuple(map(_row, w)) for w in data["weights"]),
                tuple(map(_row, data["biases"])), str(data.get("loss", "squared")),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise _no_sheet(told("asking.sheet_damaged")) from error
        _check(made)
        return made


def _no_sheet(why: str) -> FormatError:
    return FormatError(told("asking.no_sheet", why=why))


def _row(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _check(made: Sheet) -> None:
    """See that the numbers of a sheet from a file fit each other and are finite."""
    try:
        _check_sizes(made.sizes)
    except OptionError as error:
        raise _no_sheet(error.message) from error
    if made.activation not in ACTIVATIONS:
        raise _no_sheet(told("asking.sheet_activation", got=repr(made.activation)))
    if made.loss not in LOSSES or (made.loss == "entropy" and made.sizes[-1] < 2):
        raise _no_sheet(told("asking.sheet_loss", got=repr(made.loss)))
    pairs = list(pairwise(made.sizes))
    shapes = [(len(w), *{len(row) for row in w}) for w in made.weights]
    rows = (len(made.x), len(made.t), *map(len, made.biases))
    if shapes != pairs or rows != (made.sizes[0], made.sizes[-1], *made.sizes[1:]):
        raise _no_sheet(told("asking.sheet_sizes", sizes=made.sizes, shapes=shapes))
    numbers = [made.lr, *made.x, *made.t, *(v for b in made.biases for v in b)]
    numbers += [v for w in made.weights for row in w for v in row]
    if not all(math.isfinite(v) and abs(v) < 1e6 for v in numbers):
        raise _no_sheet(told("asking.sheet_numbers"))


def _check_sizes(sizes: Sequence[int]) -> None:
    weights = sum(a * b for a, b in pairwise(sizes))
    if not (2 <= len(sizes) <= MOST_LAYERS and all(n >= 1 for n in sizes)):
        raise OptionError(told("asking.layers", most=MOST_LAYERS, got="-".join(map(str, sizes))))
    if sum(sizes) > MOST_UNITS or weights > MOST_WEIGHTS:
        most = {"units": MOST_UNITS, "weights": MOST_WEIGHTS}
        got = {"got": "-".join(map(str, sizes)), "many": sum(sizes), "more": weights}
        raise OptionError(told("asking.too_much_by_hand", **most, **got))


def sizes_of(text: str) -> tuple[int, ...]:
    """
    Read the sizes of a network's layers.

    Raises
    ------
    OptionError
        If they are no sizes, or too large to be calculated by hand.

    Examples
    --------
    >>> sizes_of("2-3-1")
    (2, 3, 1)
    """
    if not re.fullmatch(r"\d{1,3}(-\d{1,3})+", text, re.ASCII):
        raise OptionError(told("asking.sizes", got=repr(text)))
    sizes = tuple(int(n) for n in text.split("-"))
    _check_sizes(sizes)
    return sizes


def sheet(
    sizes: str | Sequence[int],
    *,
    seed: int = 0,
    activation: str = "sigmoid",
    lr: float = 0.5,
    loss: str = "squared",
) -> Sheet:
    """
    Make a worksheet with numbers of two decimals, no two weights alike.

    Parameters
    ----------
    sizes : str or sequence of int
        ``"2-2-2"``.
    seed : int
        Another gives other numbers.
    activation : str
        Any whose outputs depend on their own sums alone: ``"sigmoid"``, ``"relu"``, ``"elu"``.
    lr : float
        The learning rate.
    loss : {"squared", "entropy", "binary"}
        ½Σ(o − t)²; or cross-entropy, after softmax or, of two classes, sigmoid in the last layer.

    Returns
    -------
    Sheet

    Raises
    ------
    OptionError
        If a setting is out of its domain.

    Examples
    --------
    >>> made = sheet("2-2-2", seed=3)
    >>> made.weight, [field.name for field in made.fields[:3]]
    ('w5', ['sum_h1', 'h1', 'sum_h2'])
    """
    shape = sizes_of(sizes) if isinstance(sizes, str) else tuple(sizes)
    _check_sizes(shape)
    if activation not in ACTIVATIONS:
        raise unknown("activation", activation, ACTIVATIONS)
    if loss not in LOSSES:
        raise unknown("loss", loss, LOSSES)
    if loss == "entropy" and shape[-1] < 2:
        raise OptionError(told("asking.one_class", got="-".join(map(str, shape))))
    if not (math.isfinite(lr) and lr > 0):
        raise OptionError(told("asking.rate", got=repr(lr)))
    if seed < 0:
        raise OptionError(told("asking.seed", got=repr(seed)))
    draw = _drawn(np.random.default_rng(seed))
    pairs = list(pairwise(shape))
    return Sheet(
        shape, activation, float(lr), seed,
        tuple(next(draw) for _ in range(shape[0])),
        _targets(draw, shape[-1], loss),
        tuple(tuple(tuple(_signed(next(draw)) for _ in range(o)) for _ in range(i))
              for i, o in pairs),
        tuple(tuple(next(draw) for _ in range(o)) for _, o in pairs), loss,
    )  # fmt: skip


def _targets(draw: Iterator[float], count: int, loss: str) -> tuple[float, ...]:
    """Draw targets: friendly numbers, or classes where the loss is about those."""
    drawn = tuple(next(draw) for _ in range(count))
    if loss == "entropy":
        return tuple(float(each == max(drawn)) for each in drawn)
    return tuple(float(each > 0.5) for each in drawn) if loss == "binary" else drawn


def _drawn(rng: np.random.Generator) -> Iterator[float]:
    """Draw from 0.05, 0.06 … 0.95, each once: what is told apart cannot be confused."""
    while True:
        for hundredths in rng.permutation(np.arange(5, 96)):
            yield int(hundredths) / 100


def _signed(value: float) -> float:
    """Make every fourth number or so negative, and say so by the number itself."""
    return -value if round(value * 100) % 4 == 3 else value
