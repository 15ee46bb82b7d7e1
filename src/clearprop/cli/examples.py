"""One example to ask why of: a row of a CSV file, an array, or a set that comes along."""

from __future__ import annotations

import contextlib
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

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

__all__ = ["SETS", "Example", "example"]


@final
@dataclass(frozen=True)
class Example:
    """
    One example.

    Parameters
    ----------
    x : array, shape (1, ...)
        As the model takes it.
    y : array, shape (1, ...), or None
        Its target, if it is known.
    row : int
        Which it is, as the data count.
    """

    x: np.ndarray
    y: np.ndarray | None
    row: int


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


def example(
    model: Model, data: str, row: int | None, encoding: str | None = None, labels: str | None = None
) -> Example:
    """
    Take one example for a model.

    Parameters
    ----------
    model : Model
        The model.
    data : str
        A CSV file, an array (.npy, or .npz with x and y), or a name of `SETS`.
    row : int, optional
        Which; in a CSV file as a spreadsheet numbers it, elsewhere from 0. The first by default.
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
        return _of_arrays(model, *SETS[data](), row)
    if Path(data).suffix.lower() in (".npy", ".npz"):
        x, y = _arrays(Path(data))
        if labels is not None:
            y = _array(Path(labels))
        return _of_arrays(model, x, y, row)
    return _of_table(model, data, row, encoding)


def _of_table(model: Model, data: str, row: int | None, encoding: str | None) -> Example:
    from clearprop.cli.tables import table_from

    if model.preprocessor is None:
        raise DataError(say("cli.needs_arrays", data=data, sets=", ".join(SETS)))
    table = table_from(data, encoding)
    at = table.rows[0] if row is None else row
    if at not in table.rows:
        first, last = table.rows[0], table.rows[-1]
        raise RangeError(say("cli.no_such_table_row", row=at, first=first, last=last))
    one = table.take([table.rows.index(at)])
    x = model.preprocessor.transform_features(one)
    target = model.preprocessor.target
    known = target.name in one.columns and one.column(target.name)[0] is not None
    return Example(x, target.encode(one) if known else None, at)


def _of_arrays(model: Model, x: np.ndarray, y: np.ndarray | None, row: int | None) -> Example:
    at = 0 if row is None else row
    if not 0 <= at < len(x):
        raise RangeError(say("cli.no_such_row", row=at, first=0, last=len(x) - 1))
    if y is not None and len(y) != len(x):
        raise ShapeError(say("cli.rows_differ", x=len(x), y=len(y)))
    shape = tuple(n or 1 for n in (model.built_for or ())[1:])
    if math.prod(x.shape[1:]) != math.prod(shape):
        raise ShapeError(say("cli.wrong_shape", got=x.shape[1:], expected=shape))
    one = None if y is None else _as_targets(model, y[at : at + 1])
    return Example(x[at : at + 1].reshape(1, *shape), one, at)


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
