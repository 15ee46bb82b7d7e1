"""Where the numbers of a link stand in a program's variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import (
    COLUMN,
    FLAT,
    FLAT_TURNED,
    ROW,
    SAME,
    TURNED,
    Grid,
    Layout,
    Ref,
)
from clearprop.doctor.derivations.layouts import layouts_of

__all__ = ["Fixed", "Gathered", "bias_ref", "output_layout", "ref_of", "table_layout"]

Cell = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Fixed:
    """
    Numbers that stand in the program's text.

    Parameters
    ----------
    numbers : array
    """

    numbers: np.ndarray
    names: tuple[str, ...] = ()

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give them."""
        return self.numbers

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Nobody asks for their gradient."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """
    Numbers from anywhere in a program's variables, put together to an array.

    Parameters
    ----------
    tables : mapping of tuple to array of int
        By the shapes of the variables: which number, counted through them one after another.
    names : tuple of str
        The variables.
    """

    tables: Mapping[Any, np.ndarray]
    names: tuple[str, ...]

    def _table(self, values: Mapping[str, Any]) -> np.ndarray:
        shapes = tuple(np.shape(values[n]) for n in self.names)
        if shapes not in self.tables:
            raise ValueError("numbers of other shapes")
        return self.tables[shapes]

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the numbers."""
        row = np.concatenate([np.ravel(values[n]) for n in self.names])
        return np.asarray(row[self._table(values)])

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put their gradients down; what is of another shape spoils the variables' whole."""
        g = np.asarray(g, dtype=np.float64)
        shapes, table = next(
            ((s, t) for s, t in self.tables.items() if t.size == g.size),
            next(iter(self.tables.items())),
        )
        row = np.zeros(sum(int(np.prod(s)) for s in shapes))
        np.add.at(row, table.ravel(), g.ravel() if table.size == g.size else np.nan)
        start = 0
        for name, shape in zip(self.names, shapes, strict=True):
            size = int(np.prod(shape))
            part = row[start : start + size].reshape(shape)
            known = found.get(name)
            found[name] = part if known is None else known + part
            start += size


def _cells(leaves: Sequence[Cell]) -> tuple[tuple[str, ...], list[int]]:
    names = tuple(dict.fromkeys(n for n, _ in leaves))
    return names, [k for _, k in leaves]


def _layouts(name: str, shape: tuple[int, ...]) -> list[Layout]:
    if len(shape) == 2:
        return [SAME, TURNED]
    if len(shape) == 1:
        return [ROW, COLUMN]
    if len(shape) == 0:
        return [layout for _, layout in layouts_of(np.zeros(()))]
    return [layout for _, layout in layouts_of(np.zeros(shape))]


def ref_of(
    cells: Sequence[np.ndarray], shapes: Sequence[Mapping[str, tuple[int, ...]]]
) -> Ref | Grid | Gathered | None:
    """
    Say how a matrix is made of a program's variables.

    Parameters
    ----------
    cells : sequence of array of (str, int)
        For each run: which number of which variable stands in each cell.
    shapes : sequence of mapping
        For each run: the shapes of the variables.
    """
    names = tuple(dict.fromkeys(cell[0] for cell in cells[0].ravel()))
    if len(names) == 1:
        (name,) = names
        for layout in _layouts(name, shapes[0][name]):
            if all(
                _laid(layout, grid, shape[name]) for grid, shape in zip(cells, shapes, strict=True)
            ):
                return Ref(name, layout)
    if all(shape[n] == () for shape in shapes for n in names):
        return Grid(
            np.array([c[0] for c in cells[0].ravel()], dtype=object).reshape(cells[0].shape)
        )
    tables: dict[Any, np.ndarray] = {}
    for grid, shape in zip(cells, shapes, strict=True):
        if {c[0] for c in grid.ravel()} - set(names):
            return None
        start, starts = 0, {}
        for name in names:
            starts[name] = start
            start += int(np.prod(shape[name]))
        flat = [starts[n] + k for n, k in grid.ravel()]
        tables[tuple(shape[n] for n in names)] = np.array(flat).reshape(grid.shape)
    return Gathered(tables, names)


def _laid(layout: Layout, grid: np.ndarray, shape: tuple[int, ...]) -> bool:
    size = int(np.prod(shape))
    try:
        there = layout.there(np.arange(size).reshape(shape))
    except ValueError:
        return False
    return there.shape == grid.shape and [k for _, k in grid.ravel()] == there.ravel().tolist()


def bias_ref(
    cells: Sequence[np.ndarray], shapes: Sequence[Mapping[str, tuple[int, ...]]], columns: bool
) -> Ref | Grid | Gathered | None:
    """Say where the biases of a layer stand."""
    names = tuple(dict.fromkeys(cell[0] for cell in cells[0].ravel()))
    if len(names) == 1:
        shape = shapes[0][names[0]]
        size = int(np.prod(shape))
        if [k for _, k in cells[0].ravel()] == list(range(size)) and size == max(shape, default=1):
            return Ref(names[0], FLAT_TURNED if columns and len(shape) == 2 else FLAT)
    return ref_of(cells, shapes)


def output_layout(grid: np.ndarray, shape: tuple[int, ...]) -> Layout | None:
    """Say how a program lays out its output, of which `grid` has the places row by row."""
    for layout in _layouts("", shape):
        if _laid(layout, _with_name(grid), shape):
            return layout
    return None


def _with_name(grid: np.ndarray) -> np.ndarray:
    out = np.empty(grid.shape, dtype=object)
    for i, k in np.ndenumerate(grid):
        out[i] = ("", int(k))
    return out


def table_layout(tables: Mapping[tuple[int, ...], np.ndarray]) -> Layout:
    """
    Say how a program lays out its output, number by number.

    Parameters
    ----------
    tables : mapping of tuple to array of int
        By the output's shape: for each cell of the matrix, which of its flat numbers.
    """

    def there(a: np.ndarray) -> np.ndarray:
        table = tables.get(a.shape)
        return a if table is None else np.asarray(a.ravel()[table])

    def back(a: np.ndarray) -> np.ndarray:
        for shape, table in tables.items():
            if table.shape == a.shape:
                out = np.empty(table.size)
                out[table.ravel()] = a.ravel()
                return out.reshape(shape)
        return a

    return Layout(there, back)
