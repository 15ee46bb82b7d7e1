"""From a table of text to the numbers that a network learns from, and back from its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt

from clearprop.data.state import Fields
from clearprop.data.tables.features import (
    MISSING_CATEGORY,
    CategoryFeature,
    Feature,
    NumberFeature,
    Unknown,
    feature_from_json,
    read_numbers,
)
from clearprop.data.tables.notes import Note, both, listed
from clearprop.data.tables.progress import Progress, watched
from clearprop.data.tables.schema import Column, Schema, Task, infer_columns
from clearprop.data.tables.table import Table
from clearprop.data.tables.targets import (
    AmountTarget,
    ClassTarget,
    Decoded,
    Target,
    target_from_json,
)
from clearprop.errors import DataError, FormatError, MemoryLimitError, OptionError, nearest
from clearprop.lang import told

__all__ = ["Preprocessor"]

_VERSION = 1
_LIMIT = 1 << 32  # bytes of inputs
Floats = npt.NDArray[np.float32]
Rows = Sequence[int] | npt.NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Preprocessor:
    """
    All that is needed to read a table as it was read in training.

    Parameters
    ----------
    features : tuple of Feature
        The columns to learn from, in the order of their inputs.
    target : Target
        The column to predict.
    left_out : tuple of str
        Columns that tables may have and that are not used.
    notes : tuple of Note
        What was decided in fitting, for the user to read; not part of the state.

    Examples
    --------
    >>> columns = {"size": ["1", "3"], "kind": ["cat", "dog"]}
    >>> preprocessor = Preprocessor.fit(Table(columns, [2, 3]), "kind")
    >>> preprocessor.transform(Table(columns, [2, 3]))
    (array([[-1.],
           [ 1.]], dtype=float32), array([0, 1]))
    >>> preprocessor.decode([[0.2, 0.8]])
    ['dog']
    """

    features: tuple[Feature, ...]
    target: Target
    left_out: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @classmethod
    def fit(
        cls,
        table: Table,
        target: str,
        *,
        task: Task | None = None,
        rows: Rows | None = None,
    ) -> Self:
        """
        Learn from a table how to read tables like it.

        Parameters
        ----------
        table : Table
            The table. Its rows without a target are not looked at.
        target : str
            The column to predict.
        task : {"classification", "regression"}, optional
            What the target is, if it is known; see `infer_columns`.
        rows : sequence of int, optional
            The rows, from 0, whose means, deviations and medians to learn: those to train on, so
            that the test is fair. Categories and classes are those of all rows.

        Raises
        ------
        DataError
            If the table cannot be learnt from; names the row and column.
        """
        return cls.of_schema(infer_columns(table, target, task=task), table, rows=rows)

    @classmethod
    def of_schema(cls, schema: Schema, table: Table, *, rows: Rows | None = None) -> Self:
        """Learn how to read tables whose columns hold what `schema` says; else like `fit`."""
        cells = table.column(schema.target.name)
        known = [i for i, cell in enumerate(cells) if cell is not None]
        learnt = known if rows is None else [i for i in rows if cells[i] is not None]
        labelled, sample = table.take(known), np.searchsorted(known, learnt)
        features = tuple(_feature(column, labelled, sample) for column in schema.features)
        return cls(features, _target(schema, labelled, sample), schema.left_out, schema.notes)

    @property
    def task(self) -> Task:
        """Whether classes are predicted or amounts."""
        return self.target.task

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of the network's outputs; empty for amounts."""
        return self.target.classes if isinstance(self.target, ClassTarget) else ()

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of the network's inputs, such as ``age`` and ``city=Seoul``."""
        return tuple(name for feature in self.features for name in feature.inputs)

    @property
    def outputs(self) -> int:
        """How many outputs the network needs: one for each class, or one for an amount."""
        return self.target.outputs

    def transform(
        self,
        table: Table,
        *,
        unknown: Unknown = "error",
        notes: list[Note] | None = None,
        progress: Progress | None = None,
    ) -> tuple[Floats, npt.NDArray[Any]]:
        """
        Read a table with its targets.

        Parameters are those of `transform_features`.

        Returns
        -------
        x : numpy.ndarray, shape (N, inputs), float32
            What to feed the network.
        y : numpy.ndarray
            Class numbers, int64 of shape (N,); or standardised amounts, float32 of shape (N, 1).

        Raises
        ------
        DataError
            If a cell cannot be read or a target is missing; names its row and column.
        """
        y = self.target.encode(table)
        x = self.transform_features(table, unknown=unknown, notes=notes, progress=progress)
        return x, y

    def transform_features(
        self,
        table: Table,
        *,
        unknown: Unknown = "error",
        notes: list[Note] | None = None,
        progress: Progress | None = None,
    ) -> Floats:
        """
        Read a table without its targets.

        Parameters
        ----------
        table : Table
            A table with the columns learnt from; it may also have the target and those left out.
        unknown : {"error", "ignore"}, default "error"
            What to do with a category that was not in training: refuse it, or treat it as none.
        notes : list, optional
            Receives what was filled in and what was ignored.
        progress : callable, optional
            Is told from time to time which part of the work is done, from 0 to 1.

        Returns
        -------
        numpy.ndarray, shape (N, inputs), float32

        Raises
        ------
        DataError
            If columns are missing or unknown, or a cell cannot be read; names row and column.
        OptionError
            If `unknown` is none of those.
        """
        if unknown not in ("error", "ignore"):
            raise OptionError(told("tables.unknown_how", got=repr(unknown)))
        self._check_columns(table)
        x = _zeros(len(table), self.inputs)
        start = 0
        for feature in watched(self.features, progress):
            stop = start + len(feature.inputs)
            made = feature.write(x[:, start:stop], table, unknown)
            if notes is not None:
                notes += made
            start = stop
        return x

    def decode(self, predictions: npt.ArrayLike) -> Decoded:
        """
        Turn the network's outputs into what the target column would say.

        Parameters
        ----------
        predictions : array_like, shape (N, outputs)
            For classes, a value for each; for two classes also (N, 1), the probability of the
            second.

        Returns
        -------
        list of str or numpy.ndarray, shape (N,)
            Names of classes, or amounts in the column's own units, float64.

        Raises
        ------
        ShapeError
            If the shape is another.
        NumericsError
            If a value is NaN or infinite.
        """
        return self.target.decode(predictions)

    def _check_columns(self, table: Table) -> None:
        needed = {feature.name for feature in self.features}
        allowed = needed | {self.target.name, *self.left_out}
        missing = [feature.name for feature in self.features if feature.name not in table.columns]
        extra = [name for name in table.names if name not in allowed]
        faults = [_lacking(name, extra) for name in missing]
        if extra:
            faults.append(told("tables.has_too", names=listed(tuple(extra))))
        if faults:
            expected = listed(tuple(feature.name for feature in self.features), most=20)
            said = {"source": table.source, "expected": expected}
            raise DataError(told("tables.other_columns", faults=reduce(both, faults), **said))

    def to_json_dict(self) -> dict[str, Any]:
        """Give the state as plain data that JSON holds exactly; the notes are not in it."""
        return {
            "version": _VERSION,
            "features": [feature.to_json_dict() for feature in self.features],
            "target": self.target.to_json_dict(),
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_json_dict(cls, state: object, where: str = "preprocessor") -> Self:
        """
        Build a preprocessor from what `to_json_dict` gave, trusting nothing.

        Parameters
        ----------
        state : object
            What JSON gave.
        where : str
            What to call it in errors.

        Raises
        ------
        FormatError
            If the state is not that of a preprocessor; says where in it.
        """
        fields = Fields(state, where)
        if (version := fields.take("version")) != _VERSION:
            raise fields.wrong("version", str(_VERSION), version)
        features = tuple(
            feature_from_json(item, told("tables.feature_state", where=where, number=i))
            for i, item in enumerate(fields.items("features"))
        )
        target = target_from_json(fields.take("target"), told("tables.target_state", where=where))
        left_out = fields.texts("left_out")
        fields.end()
        names = [*(feature.name for feature in features), target.name, *left_out]
        if not features or len(set(names)) < len(names):
            raise FormatError(told("tables.features_twice", where=where))
        return cls(features, target, left_out)


def _lacking(name: str, extra: list[str]) -> str:
    """Say that a column is missing, and which of those too many it may be."""
    if close := nearest(name, extra, most=1):
        return told("tables.lacks_but", name=repr(name), close=repr(close[0]))
    return told("tables.lacks", name=repr(name))


def _feature(column: Column, labelled: Table, sample: npt.NDArray[np.intp]) -> Feature:
    """Learn how to read a column; its scale from the rows `sample` of those that are labelled."""
    if column.kind == "category":
        absent = (MISSING_CATEGORY,) * (None in labelled.column(column.name))
        return CategoryFeature(column.name, tuple(dict.fromkeys((*column.values, *absent))))
    percent = column.kind == "percent"
    values = read_numbers(labelled, column.name, percent=percent)
    learnt = values[sample]
    values = values if np.isnan(learnt).all() else learnt
    return NumberFeature.fit(column.name, values, percent=percent)


def _target(schema: Schema, labelled: Table, sample: npt.NDArray[np.intp]) -> Target:
    column = schema.target
    if schema.task == "classification":
        return ClassTarget.of_column(column)
    percent = column.kind == "percent"
    amounts = read_numbers(labelled, column.name, percent=percent)[sample]
    return AmountTarget.fit(column.name, amounts, percent=percent)


def _zeros(rows: int, inputs: tuple[str, ...]) -> Floats:
    size = rows * len(inputs) * 4
    if size > _LIMIT:
        counts = {"rows": f"{rows:,}", "inputs": f"{len(inputs):,}", "size": f"{size / 1e9:,.1f}"}
        raise MemoryLimitError(told("tables.too_many_inputs", **counts))
    return np.zeros((rows, len(inputs)), np.float32)
