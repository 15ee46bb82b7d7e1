"""How the column to predict becomes what a network is trained towards, and predictions words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt

from clearprop.data.scaling import Scaler
from clearprop.data.state import Fields
from clearprop.data.tables.cells import category, number, written
from clearprop.data.tables.features import read_numbers
from clearprop.data.tables.notes import listed
from clearprop.data.tables.schema import Column, Task
from clearprop.data.tables.table import Table
from clearprop.errors import DataError, NumericsError, ShapeError
from clearprop.lang import told

__all__ = ["AmountTarget", "ClassTarget", "Target", "target_from_json"]

Array = npt.NDArray[Any]
Decoded = list[str] | npt.NDArray[np.float64]


class Target(ABC):
    """The column to predict."""

    name: str
    task: Task

    @property
    @abstractmethod
    def outputs(self) -> int:
        """How many outputs the network needs."""

    @abstractmethod
    def encode(self, table: Table) -> Array:
        """
        Read the targets of a table.

        Raises
        ------
        DataError
            If a target is missing or cannot be read; names its row and column.
        """

    @abstractmethod
    def decode(self, predictions: npt.ArrayLike) -> Decoded:
        """
        Turn the network's outputs into what the column would say.

        Raises
        ------
        ShapeError
            If they do not have the shape that the network gives.
        NumericsError
            If one is NaN or infinite.
        """

    @abstractmethod
    def to_json_dict(self) -> dict[str, Any]:
        """Give the state as plain data."""


@final
@dataclass(frozen=True)
class ClassTarget(Target):
    """
    One of some classes.

    Parameters
    ----------
    name : str
        The column.
    classes : tuple of str
        What its cells may say, in the order of their numbers.
    numeric : bool
        Whether they are numbers, so that ``1`` and ``1.0`` are the same class.
    """

    name: str
    classes: tuple[str, ...]
    numeric: bool
    task = "classification"

    @classmethod
    def of_column(cls, column: Column) -> Self:
        """Take the classes that were found in a column."""
        return cls(column.name, column.values, column.kind == "number")

    @property
    def outputs(self) -> int:
        return len(self.classes)

    def encode(self, table: Table) -> npt.NDArray[np.int64]:
        cells = _present(table, self.name)
        position = {value: k for k, value in enumerate(self.classes)}
        read = {cell: position.get(self._class(cell), -1) for cell in dict.fromkeys(cells)}
        y = np.fromiter((read[cell] for cell in cells), np.int64, len(cells))
        if (y < 0).any():
            i = int(np.argmax(y < 0))
            shown = {"place": table.place(self.name, i), "cell": repr(cells[i])}
            known = listed(self.classes, most=10)
            raise DataError(told("tables.no_class", **shown, known=known))
        return y

    def _class(self, cell: str) -> str:
        value = number(cell) if self.numeric else None
        return category(cell) if value is None else written(value)

    def decode(self, predictions: npt.ArrayLike) -> list[str]:
        outputs = np.asarray(predictions)
        K = len(self.classes)
        if K == 2 and outputs.shape == (len(outputs), 1):
            outputs = np.concatenate([1.0 - outputs, outputs], axis=1)
        if outputs.shape != (len(outputs), K):
            shapes = f"(N, {K})" + " or (N, 1)" * (K == 2)
            raise ShapeError(told("tables.predictions", got=outputs.shape, expected=shapes))
        _refuse_non_finite(outputs)
        return [self.classes[k] for k in outputs.argmax(axis=1)]

    def to_json_dict(self) -> dict[str, Any]:
        return {"kind": "classes", **vars(self), "classes": list(self.classes)}


@final
@dataclass(frozen=True)
class AmountTarget(Target):
    """
    An amount, standardised for training.

    Parameters
    ----------
    name : str
        The column.
    percent : bool
        Whether its cells end with ``%``.
    shift, scale : float
        Mean and deviation of the amounts learnt from.
    """

    name: str
    percent: bool
    shift: float
    scale: float
    task = "regression"

    @classmethod
    def fit(cls, name: str, values: npt.NDArray[np.float64], *, percent: bool) -> Self:
        """Learn from amounts."""
        scaler = Scaler.standard(values)
        return cls(name, percent, float(scaler.shift), float(scaler.scale))

    @property
    def outputs(self) -> int:
        return 1

    def encode(self, table: Table) -> npt.NDArray[np.float32]:
        cells = _present(table, self.name)
        values = read_numbers(table, self.name, percent=self.percent)
        with np.errstate(over="ignore"):
            y = ((values - self.shift) / self.scale).astype(np.float32)
        if not np.isfinite(y).all():
            i = int(np.argmin(np.isfinite(y)))
            place, mean = table.place(self.name, i), f"{self.shift:.6g}"
            raise DataError(told("tables.amount_too_far", place=place, cell=cells[i], mean=mean))
        return y[:, None]

    def decode(self, predictions: npt.ArrayLike) -> npt.NDArray[np.float64]:
        outputs = np.asarray(predictions, np.float64)
        if outputs.shape not in ((len(outputs),), (len(outputs), 1)):
            raise ShapeError(told("tables.predictions", got=outputs.shape, expected="(N, 1)"))
        _refuse_non_finite(outputs)
        return outputs.ravel() * self.scale + self.shift

    def to_json_dict(self) -> dict[str, Any]:
        return {"kind": "amount", **vars(self)}


def target_from_json(state: object, where: str) -> Target:
    """
    Build a target from what its `to_json_dict` gave, trusting nothing.

    Raises
    ------
    FormatError
        If the state is not that of a target; says where in it.
    """
    fields = Fields(state, where)
    kind, name = fields.text("kind"), fields.text("name")
    target: Target
    if kind == "classes":
        target = ClassTarget(name, fields.texts("classes", least=2), fields.flag("numeric"))
    elif kind == "amount":
        target = AmountTarget(
            name,
            fields.flag("percent"),
            fields.number("shift"),
            fields.number("scale", positive=True),
        )
    else:
        either = told("files.one_of_two", one="'classes'", other="'amount'")
        raise fields.wrong("kind", either, kind)
    fields.end()
    return target


def _present(table: Table, name: str) -> list[str]:
    """Give the cells of a column in which none may be missing."""
    cells = table.column(name)
    present = [cell for cell in cells if cell is not None]
    if len(present) < len(cells):
        place = table.place(name, cells.index(None))
        more = len(cells) - len(present) - 1
        raise DataError(told("tables.target_missing", place=place, more=more))
    return present


def _refuse_non_finite(outputs: Array) -> None:
    finite = np.isfinite(outputs).reshape(len(outputs), -1).all(axis=1)
    if not finite.all():
        counts = {"count": int((~finite).sum()), "total": len(outputs)}
        raise NumericsError(
            told("tables.prediction_not_finite", row=int(np.argmin(finite)), **counts)
        )
