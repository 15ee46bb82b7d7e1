"""Named columns of text, which know of each row where it stood in its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from clearprop.errors import DataError, nearest
from clearprop.lang import told

__all__ = ["Cell", "Table"]

Cell = str | None


@final
@dataclass(frozen=True, eq=False)
class Table:
    """
    Columns of text, one cell a row; a missing cell is None.

    Parameters
    ----------
    columns : mapping of str to list
        The cells of each column, by name, all of one length.
    rows : sequence of int
        The number that each row has in its file, where the header commonly is row 1.
    source : str
        The file's name, for errors.

    Examples
    --------
    >>> table = Table({"age": ["31", None]}, [2, 3])
    >>> len(table), table.column("age")
    (2, ['31', None])
    """

    columns: Mapping[str, list[Cell]]
    rows: Sequence[int]
    source: str = "table"
    read: dict[tuple[str, bool], Any] = field(default_factory=dict, init=False, repr=False)
    """Columns of numbers that were read already; see `read_numbers`."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the order of the file."""
        return list(self.columns)

    def column(self, name: str) -> list[Cell]:
        """
        Give the cells of a column.

        Raises
        ------
        DataError
            If there is no such column; says which there are.
        """
        if name not in self.columns:
            close = nearest(name, self.columns, most=1)
            said = {"source": self.source, "name": repr(name)}
            known = ", ".join(map(repr, self.columns))
            if close:
                raise DataError(
                    told("tables.no_column_but", **said, close=repr(close[0]), known=known)
                )
            raise DataError(told("tables.no_column", **said, known=known))
        return self.columns[name]

    def place(self, name: str, index: int) -> str:
        """
        Say which cell is meant, as errors begin; `index` counts rows from 0.

        Examples
        --------
        >>> Table({"age": ["31", "x"]}, [2, 3], "people.csv").place("age", 1)
        "people.csv, row 3, column 'age'"
        """
        row = self.rows[index]
        return told("tables.cell_place", source=self.source, row=row, column=repr(name))

    def take(self, indices: Iterable[int]) -> Table:
        """
        Give a table of some of the rows; `indices` count from 0.

        Examples
        --------
        >>> Table({"age": ["31", "28"]}, [2, 3]).take([1]).rows
        [3]
        """
        chosen = list(indices)
        if chosen == list(range(len(self))):
            return self
        columns = {name: [cells[i] for i in chosen] for name, cells in self.columns.items()}
        return Table(columns, [self.rows[i] for i in chosen], self.source)
