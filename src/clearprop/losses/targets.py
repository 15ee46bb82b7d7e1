"""Targets checked before training: what does not fit is said in words, not broadcast in silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.errors import DTypeError, NumericsError, RangeError, ShapeError
from clearprop.lang import told

__all__ = [
    "checked_rows",
    "class_numbers",
    "classes_along",
    "like_outputs",
    "of_one_rank",
    "one_hot_rows",
    "probabilities",
    "with_rows",
    "yes_or_no",
]

OutputShape = tuple[int | None, ...]


def checked_rows(who: str, y_true: Any) -> np.ndarray:
    """Give targets as an array of finite numbers, or say which is none."""
    y = np.asarray(y_true)
    if y.dtype.kind not in "biuf":
        raise DTypeError(told("targets.no_numbers", who=who, got=y.dtype))
    if y.ndim and not len(y):
        raise ShapeError(told("targets.no_samples", who=who, shape=y.shape))
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        at = np.argwhere(~np.isfinite(y))[0]
        where = {"value": y[tuple(at)], "place": at.tolist()}
        raise NumericsError(told("targets.not_finite", who=who, **where))
    return y


def with_rows(who: str, what: str, shape: OutputShape, rows: int | None) -> None:
    """Refuse predictions of another number of rows than the targets."""
    if rows is not None and shape and shape[0] is not None and shape[0] != rows:
        raise ShapeError(told("targets.rows", who=who, rows=rows, what=what, got=shape[0]))


def of_one_rank(y: np.ndarray, output_shape: OutputShape) -> np.ndarray:
    """Add or take away an axis of size 1 at the end, if that makes targets fit: (N,) and (N, 1)."""
    rank, last = len(output_shape), output_shape[-1:]
    if y.ndim == rank - 1 and last == (1,):
        return y[..., None]
    if y.ndim == rank + 1 and y.shape[-1] == 1:
        return y[..., 0]
    return y


def like_outputs(who: str, y: np.ndarray, output_shape: OutputShape, hint: str = "") -> np.ndarray:
    """
    Give targets in the shape of the outputs.

    Only an axis of size 1 at the end may be missing or too many. NumPy would broadcast (N,)
    against (N, 1) to N × N numbers, and train on nonsense.
    """
    y, rest, rank = of_one_rank(y, output_shape), tuple(output_shape[1:]), len(output_shape)
    if y.ndim != rank or any(n not in (m, None) for m, n in zip(y.shape[1:], rest, strict=True)):
        said = told("targets.shape", who=who, got=y.shape, outputs=_of_any_number(rest))
        raise ShapeError(told("errors.then", first=said, second=hint) if hint else said)
    return y


def _of_any_number(rest: OutputShape) -> str:
    return str(("N", *rest)).replace("'N'", "N")


def probabilities(who: str, y: np.ndarray, hint: str) -> np.ndarray:
    """Refuse targets that are not from 0 to 1; `hint` is the key of what says what they are."""
    outside = (y < 0) | (y > 1)
    if outside.any():
        at = np.argwhere(outside)[0]
        where = {"value": f"{y[tuple(at)]:g}", "place": at.tolist()}
        raise RangeError(told("targets.outside", who=who, hint=told(hint), **where))
    return y


def yes_or_no(who: str, y: np.ndarray, output_shape: OutputShape) -> np.ndarray:
    """Give targets from 0 for no to 1 for yes, one for each output."""
    one_number_a_row = y.ndim < 2 or y.shape[-1] == 1
    hint = ""
    if one_number_a_row and len(output_shape) > 1 and (output_shape[-1] or 1) > 1:
        hint = told("targets.use_sparse")
    fitting = like_outputs(who, y, output_shape, hint)
    return probabilities(who, fitting, "targets.yes_is_one")


def one_hot_rows(who: str, y: np.ndarray, output_shape: OutputShape, axis: int = -1) -> np.ndarray:
    """Give targets with a probability for each class."""
    classes = classes_along(who, output_shape, axis)
    hint = ""
    if y.shape[1:] in ((), (1,)):
        hint = told("targets.or_one_hot", classes=classes)
    fitting = like_outputs(who, y, output_shape, hint)
    return probabilities(who, fitting, "targets.is_one_hot")


def classes_along(who: str, output_shape: OutputShape, axis: int = -1) -> int | None:
    """Give the number of classes, which must be at least two."""
    rank = len(output_shape)
    if rank > 1 and not -rank <= axis < rank:
        raise ShapeError(told("targets.no_axis", who=who, shape=tuple(output_shape), axis=axis))
    if rank < 2 or output_shape[axis] == 1:
        raise ShapeError(told("targets.one_class", who=who, shape=tuple(output_shape)))
    return output_shape[axis]


def _mend(numbers: np.ndarray, classes: int | None) -> str:
    """Say what to do about labels beyond the outputs."""
    smallest, largest = int(numbers.min()), int(numbers.max())
    if smallest == 1 and largest == classes:
        return told("targets.from_one")
    if smallest < 0:
        return told("targets.from_zero")
    return told("targets.more_units", largest=largest, units=largest + 1)


def class_numbers(
    who: str,
    y: np.ndarray,
    output_shape: OutputShape,
    *,
    axis: int = -1,
    ignored: int | None = None,
) -> np.ndarray:
    """Give class numbers as int64, in the shape of the outputs without the axis of classes."""
    classes_along(who, output_shape, axis)
    rank = len(output_shape)
    if axis % rank != rank - 1:
        sizes = list(output_shape)
        classes = sizes.pop(axis)
        output_shape = (*sizes, classes)
        y = np.moveaxis(y, axis, -1) if y.ndim == rank else y
    if ignored is None:
        return _numbers(who, y, output_shape)
    left_out = y == ignored
    numbers = _numbers(who, np.where(left_out, 0, y), output_shape)
    return np.where(left_out.reshape(numbers.shape), ignored, numbers)


def _numbers(who: str, y: np.ndarray, output_shape: OutputShape) -> np.ndarray:
    classes, rank = output_shape[-1], len(output_shape)
    if y.ndim == rank and y.shape[-1] == classes and classes != 1:
        raise ShapeError(told("targets.one_hot_given", who=who, shape=y.shape, classes=classes))
    if y.ndim == rank and y.shape[-1] == 1:
        y = y[..., 0]
    rest = tuple(output_shape[1:-1])
    if y.ndim != rank - 1 or any(
        n not in (m, None) for m, n in zip(y.shape[1:], rest, strict=True)
    ):
        said = {"got": y.shape, "outputs": tuple(output_shape), "expected": _of_any_number(rest)}
        raise ShapeError(told("targets.number_each", who=who, **said))
    numbers = y.astype(np.int64)
    if y.dtype.kind == "f" and (numbers != y).any():
        at = np.argwhere(numbers != y)[0]
        where = {"value": f"{y[tuple(at)]:g}", "place": at.tolist()}
        raise DTypeError(told("targets.no_class_number", who=who, **where))
    beyond = (numbers < 0) | (numbers >= classes) if classes is not None else numbers < 0
    if beyond.any():
        at = np.argwhere(beyond)[0]
        where = {"label": numbers[tuple(at)], "place": at.tolist()}
        there = {"classes": classes, "last": (classes or 0) - 1, "hint": _mend(numbers, classes)}
        raise RangeError(told("targets.label", who=who, **where, **there))
    return numbers
