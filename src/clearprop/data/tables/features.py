"""How a column becomes inputs of a network: one number, or one input for each category."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal, Self, cast, final

import numpy as np
import numpy.typing as npt

from clearprop.data.scaling import Scaler
from clearprop.data.state import Fields
from clearprop.data.tables.cells import category, numbers, written
from clearprop.data.tables.notes import Note, listed
from clearprop.data.tables.table import Table
from clearprop.errors import DataError, nearest
from clearprop.lang import told

__all__ = [
    "MISSING_CATEGORY",
    "CategoryFeature",
    "Feature",
    "NumberFeature",
    "Unknown",
    "feature_from_json",
    "read_numbers",
]

MISSING_CATEGORY = "(missing)"
Unknown = Literal["error", "ignore"]

_LARGEST = float(np.finfo(np.float32).max)


class Feature(ABC):
    """A column to learn from, with all that is needed to read it again later."""

    name: str

    @property
    @abstractmethod
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that it becomes."""

    @abstractmethod
    def write(self, x: npt.NDArray[np.float32], table: Table, unknown: Unknown) -> list[Note]:
        """
        Write the column's inputs into `x`, shape (N, inputs), which holds zeros.

        Returns
        -------
        list of Note
            What was filled in or passed over.

        Raises
        ------
        DataError
            If a cell cannot be read; names its row and column.
        """

    @abstractmethod
    def to_json_dict(self) -> dict[str, Any]:
        """Give the state as plain data."""


def _rounded(value: float) -> float:
    """Take away what adding halves leaves at a number's end: 0.12000000000000001."""
    return float(f"{value:.12g}")


@final
@dataclass(frozen=True)
class NumberFeature(Feature):
    """
    A column of numbers, standardised; the median stands in for what is missing.

    Parameters
    ----------
    name : str
        The column.
    percent : bool
        Whether its cells end with ``%``.
    median, shift, scale : float
        In the units of the column: what stands in, and the mean and deviation learnt from.
    """

    name: str
    percent: bool
    median: float
    shift: float
    scale: float

    @classmethod
    def fit(cls, name: str, values: npt.NDArray[np.float64], *, percent: bool) -> Self:
        """Learn from the values that are there; NaN stands for a missing one."""
        present = np.sort(values[~np.isnan(values)])
        middle, odd = divmod(len(present), 2)
        # Halves are added, not the sum halved, which might overflow.
        median = present[middle] if odd else present[middle - 1] / 2 + present[middle] / 2
        scaler = Scaler.standard(present)
        return cls(name, percent, float(median), float(scaler.shift), float(scaler.scale))

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.name,)

    def write(self, x: npt.NDArray[np.float32], table: Table, unknown: Unknown) -> list[Note]:
        values = read_numbers(table, self.name, percent=self.percent)
        absent = np.isnan(values)
        values[absent] = self.median
        with np.errstate(over="ignore"):
            scaled = (values - self.shift) / self.scale
        if (far := abs(scaled) > _LARGEST).any():
            i = int(np.argmax(far))
            cell = table.column(self.name)[i]
            place, mean = table.place(self.name, i), f"{self.shift:.6g}"
            raise DataError(told("tables.too_far", place=place, cell=cell, mean=mean))
        x[:, 0] = scaled
        if not absent.any():
            return []
        row = table.rows[int(np.argmax(absent))]
        shown = {"column": repr(self.name), "n": int(absent.sum()), "row": row}
        return [Note("filled_in", {**shown, "value": written(_rounded(self.median))})]

    def to_json_dict(self) -> dict[str, Any]:
        return {"kind": "number", **vars(self)}


@final
@dataclass(frozen=True)
class CategoryFeature(Feature):
    """
    A column of categories, each an input that is 1 in its rows and 0 in the others.

    A missing cell is a category of its own, ``(missing)``, if there were any in training.

    Parameters
    ----------
    name : str
        The column.
    categories : tuple of str
        What its cells may say.
    """

    name: str
    categories: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(f"{self.name}={value}" for value in self.categories)

    def write(self, x: npt.NDArray[np.float32], table: Table, unknown: Unknown) -> list[Note]:
        cells = table.column(self.name)
        position = {value: j for j, value in enumerate(self.categories)}
        read = {cell: position.get(_category(cell), -1) for cell in dict.fromkeys(cells)}
        chosen = np.fromiter((read[cell] for cell in cells), np.int64, len(cells))
        known = chosen >= 0
        if unknown == "error" and not known.all():
            raise self._unknown(table, int(np.argmin(known)))
        x[np.flatnonzero(known), chosen[known]] = 1.0
        return [*self._missing(table), *self._ignored(table, known)]

    def _missing(self, table: Table) -> list[Note]:
        cells = table.column(self.name)
        if None not in cells or MISSING_CATEGORY not in self.categories:
            return []
        shown = {"n": cells.count(None), "row": table.rows[cells.index(None)]}
        return [Note("missing_category", {"column": repr(self.name), **shown})]

    def _ignored(self, table: Table, known: npt.NDArray[np.bool_]) -> list[Note]:
        if known.all():
            return []
        i = int(np.argmin(known))
        shown = {"n": int((~known).sum()), "row": table.rows[i]}
        value = repr(_category(table.column(self.name)[i]))
        return [Note("unknown_ignored", {"column": repr(self.name), "value": value, **shown})]

    def _unknown(self, table: Table, i: int) -> DataError:
        cell = table.column(self.name)[i]
        place, known = table.place(self.name, i), listed(self.categories, most=10)
        if cell is None:
            return DataError(told("tables.category_missing", place=place, known=known))
        if close := nearest(cell, self.categories, most=1):
            said = {"cell": repr(cell), "close": repr(close[0])}
            return DataError(told("tables.category_unknown_but", place=place, known=known, **said))
        return DataError(told("tables.category_unknown", place=place, known=known, cell=repr(cell)))

    def to_json_dict(self) -> dict[str, Any]:
        return {"kind": "category", "name": self.name, "categories": list(self.categories)}


def feature_from_json(state: object, where: str) -> Feature:
    """
    Build a feature from what its `to_json_dict` gave, trusting nothing.

    Raises
    ------
    FormatError
        If the state is not that of a feature; says where in it.
    """
    fields = Fields(state, where)
    kind, name = fields.text("kind"), fields.text("name")
    feature: Feature
    if kind == "number":
        feature = NumberFeature(
            name,
            fields.flag("percent"),
            fields.number("median"),
            fields.number("shift"),
            fields.number("scale", positive=True),
        )
    elif kind == "category":
        feature = CategoryFeature(name, fields.texts("categories", least=1))
    else:
        either = told("files.one_of_two", one="'number'", other="'category'")
        raise fields.wrong("kind", either, kind)
    fields.end()
    return feature


def read_numbers(table: Table, name: str, *, percent: bool) -> npt.NDArray[np.float64]:
    """
    Read a column of numbers, NaN for what is missing; the table keeps what was read.

    Raises
    ------
    DataError
        If a cell is not a number; names its row and column.
    """
    cells = table.column(name)
    if (name, percent) in table.read:
        return table.read[name, percent].copy()
    absent = None in cells
    present = [cell for cell in cells if cell is not None] if absent else cast(list[str], cells)
    values = numbers(present, percent=percent)
    if None in values:
        cell = present[values.index(None)]
        place = table.place(name, cells.index(cell))
        key = "no_percentage" if percent else "no_number"
        raise DataError(told(f"tables.{key}", place=place, cell=repr(cell)))
    read = np.full(len(cells), np.nan)
    read[[cell is not None for cell in cells] if absent else slice(None)] = values
    table.read[name, percent] = read
    return read.copy()


def _category(cell: str | None) -> str:
    return MISSING_CATEGORY if cell is None else category(cell)
