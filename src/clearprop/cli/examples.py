"""Examples to ask why of: rows of a CSV file, of an array, or of a set that comes along."""

from __future__ import annotations

import contextlib
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from clearprop.cli.kinds import Rows
from clearprop.data import datasets, to_categorical
from clearprop.errors import (
    DataError,
    FormatError,
    MemoryLimitError,
    RangeError,
    ShapeError,
    unknown,
)
from clearprop.lang import reason, say, told
from clearprop.nn.memory import ensure_fits
from clearprop.train import Model

__all__ = ["SETS", "Examples", "examples", "sets_like"]


@final
@dataclass(frozen=True)
class Examples:
    """
    One example, or some that follow each other.

    Parameters
    ----------
    x : array, shape (N, ...)
        As the model takes them.
    y : array, shape (N, ...), or None
        Their targets, if they are known.
    rows : sequence of int
        Which they are, as the data count.
    """

    x: np.ndarray
    y: np.ndarray | None
    rows: Sequence[int]


def _digits() -> tuple[np.ndarray, np.ndarray]:
    _, (x, y) = datasets.digits()
    return (x / 16).astype(np.float32), y


# The sets that need no file, each as a network is trained on it; of digits, those to test on.
SETS: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "digits": _digits,
    "xor": datasets.xor,
    "moons": datasets.moons,
    "circles": datasets.circles,
    "spiral": datasets.spiral,
}


def examples(
    model: Model,
    data: str,
    rows: Rows | None,
    encoding: str | None = None,
    labels: str | None = None,
) -> Examples:
    """
    Take one example or some for a model.

    Parameters
    ----------
    model : Model
        The model.
    data : str
        A CSV file, an array (.npy, or .npz with x and y), or a name of `SETS`.
    rows : Rows, optional
        Which; in a CSV file as a spreadsheet counts, elsewhere from 0. The first by default.
    encoding : str, optional
        Of a CSV file.
    labels : str, optional
        An array (.npy) of targets.

    Raises
    ------
    DataError
        If the data cannot be read.
    RangeError
        If there is no such row.
    ShapeError
        If it does not fit the model.
    """
    if data in SETS and not Path(data).exists():
        return _of_arrays(model, *SETS[data](), rows)
    if Path(data).suffix.lower() in (".npy", ".npz"):
        x, y = _arrays(Path(data))
        if labels is not None:
            y = _array(Path(labels))
        return _of_arrays(model, x, y, rows)
    return _of_table(model, data, rows, encoding)


def _of_table(model: Model, data: str, asked: Rows | None, encoding: str | None) -> Examples:
    from clearprop.cli.tables import table_from

    if model.preprocessor is None:
        raise DataError(say("cli.needs_arrays", data=data, sets=", ".join(SETS)))
    table = table_from(data, encoding)
    first, last = table.rows[0], table.rows[-1]
    rows = _chosen(asked, table.rows, say("cli.table_rows", first=first, last=last))
    some = table.take([i for i, row in enumerate(table.rows) if row in rows])
    x = model.preprocessor.transform_features(some)
    target = model.preprocessor.target
    known = target.name in some.columns and None not in some.column(target.name)
    return Examples(x, target.encode(some) if known else None, some.rows)


def _of_arrays(model: Model, x: np.ndarray, y: np.ndarray | None, asked: Rows | None) -> Examples:
    rows = _chosen(asked, range(len(x)), say("cli.array_rows", first=0, last=len(x) - 1))
    if y is not None and len(y) != len(x):
        raise ShapeError(say("cli.rows_differ", x=len(x), y=len(y)))
    shape = tuple(n or 1 for n in (model.built_for or ())[1:])
    if math.prod(x.shape[1:]) != math.prod(shape):
        raise ShapeError(say("cli.wrong_shape", got=x.shape[1:], expected=shape))
    taken = slice(rows[0], rows[-1] + 1)
    targets = None if y is None else _as_targets(model, y[taken])
    return Examples(x[taken].reshape(-1, *shape), targets, rows)


def _chosen(asked: Rows | None, there: Sequence[int], known: str) -> Sequence[int]:
    """Give the rows asked for, of those that there are; by default the first."""
    if not there:
        raise RangeError(say("cli.no_rows_at_all"))
    first, last = asked or (there[0], there[0])
    for row in (first, last):
        if row is not None and row not in there:
            raise RangeError(say("cli.no_such_row", row=row, known=known))
    return range(there[0] if first is None else first, (there[-1] if last is None else last) + 1)


def _as_targets(model: Model, y: np.ndarray) -> np.ndarray:
    """Write class numbers out where the loss wants a number for each output."""
    outputs = model.output_shape(model.built_for)[-1] or 1
    numbers = y.ndim == 1 and y.dtype.kind in "iu"
    if numbers and outputs > 1 and model.compiled and not model.loss.takes_class_numbers:
        return to_categorical(y, outputs)
    return y


def _arrays(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Read x, and y if there is one; never objects, whose files may run anything."""
    if path.suffix.lower() == ".npy":
        return _array(path), None
    with _refusing(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        ensure_fits(size, path.name, told("files.too_large_to_read"))
        with np.load(path, allow_pickle=False) as content:
            names = list(content.files)
            found = {name: content[name] for name in ("x", "y") if name in names}
    if "x" not in found:
        raise DataError(say("cli.no_x", file=path.name, names=", ".join(names)))
    return _with_rows(found["x"], path), found.get("y")


def _array(path: Path) -> np.ndarray:
    with _refusing(path):  # mapped, so that a file too short for what it declares is refused
        array = np.load(path, allow_pickle=False, mmap_mode="r")
    return _with_rows(array, path)


def _with_rows(array: Any, path: Path) -> np.ndarray:
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise DataError(say("cli.no_rows", file=path.name))
    return array


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Say what is wrong with a file of arrays."""
    try:
        yield
    except OSError as error:
        raise DataError(
            told("files.cannot_read", path=repr(str(path)), reason=reason(error))
        ) from error
    except MemoryLimitError:
        raise
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        key = "cli.object_arrays" if "allow_pickle" in str(error) else "cli.bad_arrays"
        raise FormatError(say(key, file=path.name)) from error


def sets_like(name: str) -> Exception:
    """Build the error for a data set that there is not."""
    return unknown("data set", name, [*SETS, "mnist"])
