"""Conventions: whose definitions a number follows, for "the same" network has others by each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias

from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError, unknown
from clearprop.explain.formula import Formula, Quantity, apply
from clearprop.lang import told
from clearprop.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    HalfSumSquaredError,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

__all__ = [
    "Convention",
    "Ratio",
    "Scale",
    "convention_named",
    "convention_of",
    "loss_kind",
    "own_scale",
    "ratio_of",
]

Kind: TypeAlias = Literal["squared", "absolute", "entropy", "binary"]
Over: TypeAlias = Literal["sum", "mean"]

_KINDS: tuple[tuple[type, Kind], ...] = (
    (MeanSquaredError, "squared"),
    (HalfSumSquaredError, "squared"),
    (MeanAbsoluteError, "absolute"),
    (CategoricalCrossentropy, "entropy"),
    (SparseCategoricalCrossentropy, "entropy"),
    (BinaryCrossentropy, "binary"),
)


@dataclass(frozen=True)
class Scale:
    """
    What is made of the errors of the single outputs and samples to give one loss.

    Attributes
    ----------
    outputs, samples : {"sum", "mean"}
    half : bool
        Whether there is a ½ before it.
    """

    outputs: Over
    samples: Over
    half: bool = False

    def of(self, outputs: int, samples: int) -> Fraction:
        """Give the factor before the sum over `outputs` outputs and `samples` samples."""
        over = (outputs if self.outputs == "mean" else 1) * (
            samples if self.samples == "mean" else 1
        )
        return Fraction(1, over * (2 if self.half else 1))


@dataclass(frozen=True)
class Convention:
    """
    Whose definitions are followed.

    Attributes
    ----------
    name : str
    losses : mapping of str to Scale
        By the kind of loss: "squared", "absolute", "entropy" (one class of several), "binary".
    delta_sign : {1, -1}
        1 if δ is ∂E/∂z; −1 if it is −∂E/∂z, and the step is added.
    weights : {"inputs, units", "units, inputs"}
        The order of a weight matrix's axes.
    momentum : {"rate inside", "rate outside", "previous gradient"}
        v ← μv − lr·g, w ← w + v; or v ← μv + g, w ← w − lr·v; or w ← w − lr·g − μ·(the gradient
        before).
    bias : {"separate", "constant 1"}
        Whether a bias is a number of its own, or the weight of an input that is always 1.
    epsilon : {"before correction", "after correction"}
        Where Adam adds ε: to √v, or to the root of the v that was corrected for its start at 0. The
        second with ε is the first with ε·√(1 − β2^t).
    decay : {"apart", "in the gradient"}
        Whether weight decay takes its share of a weight apart from the step, or is added to the
        gradient as λ·w, where momentum and averages see it too.

    See Also
    --------
    why : ``why(..., convention="book")`` translates an explanation.

    Examples
    --------
    >>> Convention.book.losses["squared"].of(outputs=2, samples=1)
    Fraction(1, 2)
    >>> Convention.torch.weights
    'units, inputs'
    """

    name: str
    losses: Mapping[str, Scale] = field(default_factory=dict)
    delta_sign: Literal[1, -1] = 1
    weights: Literal["inputs, units", "units, inputs"] = "inputs, units"
    momentum: Literal["rate inside", "rate outside", "previous gradient"] = "rate inside"
    bias: Literal["separate", "constant 1"] = "separate"
    epsilon: Literal["before correction", "after correction"] = "before correction"
    decay: Literal["apart", "in the gradient"] = "apart"

    book: ClassVar[Convention]
    bpnn: ClassVar[Convention]
    keras: ClassVar[Convention]
    torch: ClassVar[Convention]
    sklearn: ClassVar[Convention]
    presets: ClassVar[Mapping[str, Convention]]

    def scale(self, kind: str) -> Scale:
        """
        Give its definition of a kind of loss.

        Raises
        ------
        OptionError
            If it defines none.
        """
        if kind not in self.losses:
            losses = ", ".join(map(repr, self.losses)) or "–"
            shown = {"name": repr(self.name), "losses": losses, "got": repr(kind or "another")}
            raise OptionError(told("asking.convention_losses", **shown))
        return self.losses[kind]


_MEAN = Scale("mean", "mean")
_CLASSES = Scale("sum", "mean")  # −Σ t ln y, for one sample
_FRAMEWORK = {"squared": _MEAN, "absolute": _MEAN, "entropy": _CLASSES, "binary": _MEAN}

Convention.book = Convention(
    "book",
    {"squared": Scale("sum", "mean", half=True), "entropy": _CLASSES, "binary": _CLASSES},
)
Convention.bpnn = Convention(
    "bpnn", {"squared": Scale("sum", "sum", half=True)}, delta_sign=-1,
    momentum="previous gradient", bias="constant 1",
)  # fmt: skip
Convention.keras = Convention("keras", _FRAMEWORK)
Convention.torch = Convention(
    "torch", _FRAMEWORK, weights="units, inputs", momentum="rate outside",
    epsilon="after correction", decay="in the gradient",
)  # fmt: skip
Convention.sklearn = Convention(
    "sklearn",
    {"squared": Scale("mean", "mean", half=True), "entropy": _CLASSES, "binary": _CLASSES},
    decay="in the gradient",
)
Convention.presets = MappingProxyType(
    {
        each.name: each
        for each in (
            Convention.book, Convention.bpnn, Convention.keras, Convention.torch,
            Convention.sklearn,
        )
    }
)  # fmt: skip


def convention_named(wanted: str | Convention) -> Convention:
    """
    Give a convention, or the preset of that name.

    Raises
    ------
    OptionError
        If there is no such preset.
    """
    if isinstance(wanted, Convention):
        return wanted
    if wanted not in Convention.presets:
        raise unknown("convention", wanted, Convention.presets)
    return Convention.presets[wanted]


def loss_kind(loss: Any) -> str:
    """Tell which kind of loss an object is; empty for a kind that conventions do not name."""
    return next((kind for cls, kind in _KINDS if isinstance(loss, cls)), "")


def convention_of(loss: Any) -> Convention:
    """Give the convention that a model follows with this loss: Keras's, or the book's with ½Σ."""
    return Convention.book if isinstance(loss, HalfSumSquaredError) else Convention.keras


def own_scale(loss: Any) -> Scale | None:
    """Give what a loss object computes; None if conventions do not name its kind."""
    kind = loss_kind(loss)
    if not kind:
        return None
    stated = convention_of(loss).scale(kind)
    samples: Over = "sum" if loss.reduction == "sum" else "mean"
    return Scale(stated.outputs, samples, stated.half)


@dataclass(frozen=True)
class Ratio:
    """
    What one convention's loss is multiplied by to be another's: counts above and below a line.

    Attributes
    ----------
    above, below : tuple of Quantity
    """

    above: tuple[Quantity, ...] = ()
    below: tuple[Quantity, ...] = ()

    @property
    def value(self) -> float:
        """The ratio as a number."""
        return math.prod(q.value for q in self.above) / math.prod(q.value for q in self.below)

    def __str__(self) -> str:
        above, below = (
            [q.symbol or f"{q.value:g}" for q in side] for side in (self.above, self.below)
        )
        over = f"({' · '.join(below)})" if len(below) > 1 else "".join(below)
        return (" · ".join(above) or "1") + (f"/{over}" if over else "")

    def times(self, formula: Formula) -> Formula:
        """Write ``formula · n_out / 2``."""
        for name, counts in (("multiply", self.above), ("divide", self.below)):
            for q in counts:
                value = formula.value * q.value if name == "multiply" else formula.value / q.value
                formula = apply(REGISTRY[name], {"x1": formula, "x2": q}, value)
        return formula


def ratio_of(own: Scale, other: Scale, *, outputs: int, samples: int) -> Ratio:
    """
    Find what a loss of one scale is multiplied by to be that of another.

    Examples
    --------
    >>> keras, book = Scale("mean", "mean"), Scale("sum", "mean", half=True)
    >>> print(ratio_of(keras, book, outputs=3, samples=1))
    n_out/2
    """
    above: list[Quantity] = []
    below: list[Quantity] = []
    counted = (
        (own.outputs, other.outputs, Quantity(float(outputs), "n_out", r"n_{\mathrm{out}}")),
        (own.samples, other.samples, Quantity(float(samples), "N", "N")),
        ("mean" if own.half else "sum", "mean" if other.half else "sum", Quantity(2.0)),
    )
    for before, after, count in counted:
        if before != after and not (count.symbol == "N" and samples == 1):
            (above if before == "mean" else below).append(count)
    return Ratio(tuple(above), tuple(below))
