"""The values that a column of text holds, counted, and read as numbers where they all are."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Literal, NamedTuple, final

from clearprop.data.tables.cells import has_decimal_comma, numbers
from clearprop.data.tables.table import Table
from clearprop.errors import DataError
from clearprop.lang import told

__all__ = ["Numbers", "Values"]

_MOSTLY = 0.9  # with so many numbers among the cells, the others look like mistakes ...
_MANY = 10  # ... if there are more different numbers than this


class Numbers(NamedTuple):
    """How the values of a column read as numbers."""

    kind: Literal["number", "percent"]
    of: dict[str, float]


@final
class Values:
    """
    The different values of a column, and how often each comes.

    Parameters
    ----------
    table : Table
        The table.
    name : str
        The column; an error says so if there is none.

    Examples
    --------
    >>> values = Values(Table({"age": ["31", "1,000", "31", None]}, [2, 3, 4, 5]), "age")
    >>> values.total, values.missing, values.numbers.of
    (3, 1, {'31': 31.0, '1,000': 1000.0})
    """

    def __init__(self, table: Table, name: str) -> None:
        self.name = name
        self.cells = table.column(name)
        self.rows = table.rows
        counts = Counter(self.cells)
        self.missing = counts.pop(None, 0)
        self.counts: Counter[str] = counts  # type: ignore[assignment]
        self.total = len(self.cells) - self.missing
        self.column = told("tables.column_place", source=table.source, column=repr(name))
        self._table = table

    def __len__(self) -> int:
        return len(self.counts)

    def row(self, cell: str | None) -> int:
        """Give the row of the file in which a value comes first."""
        return self.rows[self.cells.index(cell)]

    def place(self, cell: str | None) -> str:
        """Say where a value comes first, as errors begin."""
        return self._table.place(self.name, self.cells.index(cell))

    @cached_property
    def numbers(self) -> Numbers | None:
        """All values as numbers, or None if they are not all numbers of one kind."""
        if len(self.plain) == len(self):
            return Numbers("number", self.plain)
        if len(self.percent) == len(self):
            return Numbers("percent", self.percent)
        return None

    @cached_property
    def plain(self) -> dict[str, float]:
        """Those values that are numbers without a percent sign."""
        return self._read(percent=False)

    @cached_property
    def percent(self) -> dict[str, float]:
        """Those values that are numbers with a percent sign."""
        return self._read(percent=True)

    def _read(self, *, percent: bool) -> dict[str, float]:
        read = zip(self.counts, numbers(list(self.counts), percent=percent), strict=True)
        return {cell: value for cell, value in read if value is not None}

    def refuse_mistakes(self) -> None:
        """
        Check that the column is not one of numbers in which some cells are spoilt.

        Raises
        ------
        DataError
            If it looks so; names the first such cell.
        """
        if self.numbers:
            return
        comma = next(filter(has_decimal_comma, self.counts), None)
        if comma and all(has_decimal_comma(cell) for cell in self.counts if cell not in self.plain):
            mended = comma.replace(",", ".")
            shown = {"place": self.place(comma), "cell": repr(comma), "mended": mended}
            raise DataError(told("tables.decimal_comma", **shown))
        if self.plain and len(self.plain) + len(self.percent) == len(self):
            with_sign, without = next(iter(self.percent)), next(iter(self.plain))
            shown = {"place": self.place(with_sign), "cell": repr(with_sign)}
            other = {"other": repr(without), "row": self.row(without)}
            raise DataError(told("tables.percent_signs", **shown, **other))
        numbers = max(self.plain, self.percent, key=len)
        read = sum(self.counts[cell] for cell in numbers)
        if read >= _MOSTLY * self.total and len(numbers) > _MANY:
            cell = next(cell for cell in self.counts if cell not in numbers)
            counts = {"read": f"{read:,}", "total": f"{self.total:,}"}
            shown = {"place": self.place(cell), "cell": repr(cell)}
            raise DataError(told("tables.spoilt", **shown, **counts))
