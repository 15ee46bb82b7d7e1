"""Targets checked before training: what does not fit is said in words, not broadcast in silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.errors import DTypeError, NumericsError, RangeError, ShapeError

__all__ = [
    "checked_rows",
    "class_numbers",
    "classes_along",
    "like_outputs",
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
        raise DTypeError(
            f"{who}: targets must be numbers; got {y.dtype}. Number the classes first, such as"
            " numpy.unique(y, return_inverse=True)[1]."
        )
    if y.ndim and not len(y):
        raise ShapeError(f"{who}: there are no samples; y_true has shape {y.shape}.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        at = np.argwhere(~np.isfinite(y))[0]
        raise NumericsError(
            f"{who}: target {y[tuple(at)]} at {at.tolist()}; targets must be finite numbers."
            " Leave such rows out, or fill the gaps."
        )
    return y


def with_rows(who: str, what: str, shape: OutputShape, rows: int | None) -> None:
    """Refuse predictions of another number of rows than the targets."""
    if rows is not None and shape and shape[0] is not None and shape[0] != rows:
        raise ShapeError(
            f"{who}: y_true has {rows} rows, {what} has {shape[0]}: one each is needed."
        )


def like_outputs(who: str, y: np.ndarray, output_shape: OutputShape, hint: str = "") -> np.ndarray:
    """
    Give targets in the shape of the outputs.

    Only an axis of size 1 at the end may be missing or too many. NumPy would broadcast (N,)
    against (N, 1) to N × N numbers, and train on nonsense.
    """
    rest, rank = tuple(output_shape[1:]), len(output_shape)
    if y.ndim == rank - 1 and rest[-1:] == (1,):
        y = y[..., None]
    elif y.ndim == rank + 1 and y.shape[-1] == 1:
        y = y[..., 0]
    if y.ndim != rank or any(n not in (m, None) for m, n in zip(y.shape[1:], rest, strict=True)):
        raise ShapeError(
            f"{who}: y_true has shape {y.shape}, the outputs have shape {('N', *rest)}".replace(
                "'N'", "N"
            )
            + f"; they must be the same.{hint}"
        )
    return y


def probabilities(who: str, y: np.ndarray, hint: str) -> np.ndarray:
    """Refuse targets that are not from 0 to 1."""
    outside = (y < 0) | (y > 1)
    if outside.any():
        at = np.argwhere(outside)[0]
        raise RangeError(
            f"{who}: target {y[tuple(at)]:g} at {at.tolist()} is outside 0 to 1. {hint}"
        )
    return y


def yes_or_no(who: str, y: np.ndarray, output_shape: OutputShape) -> np.ndarray:
    """Give targets from 0 for no to 1 for yes, one for each output."""
    one_number_a_row = y.ndim < 2 or y.shape[-1] == 1
    hint = ""
    if one_number_a_row and len(output_shape) > 1 and (output_shape[-1] or 1) > 1:
        hint = (
            " For class numbers use 'sparse_categorical_crossentropy'; for one yes-or-no answer"
            " give the last layer one unit."
        )
    return probabilities(
        who,
        like_outputs(who, y, output_shape, hint),
        "Targets are 0 for no and 1 for yes; for −1 and 1 give (y + 1) / 2, for class numbers"
        " use 'sparse_categorical_crossentropy'.",
    )


def one_hot_rows(who: str, y: np.ndarray, output_shape: OutputShape, axis: int = -1) -> np.ndarray:
    """Give targets with a probability for each class."""
    classes = classes_along(who, output_shape, axis)
    hint = ""
    if y.shape[1:] in ((), (1,)):
        hint = (
            " For class numbers use 'sparse_categorical_crossentropy', or give them one-hot, in"
            f" rows of {classes}."
        )
    return probabilities(
        who,
        like_outputs(who, y, output_shape, hint),
        "A row of targets is one-hot, or holds a probability for each class.",
    )


def classes_along(who: str, output_shape: OutputShape, axis: int = -1) -> int | None:
    """Give the number of classes, which must be at least two."""
    rank = len(output_shape)
    if rank > 1 and not -rank <= axis < rank:
        raise ShapeError(
            f"{who}: outputs of shape {tuple(output_shape)} have no axis {axis!r}; classes lie"
            " along axis=-1, the last, or another that there is."
        )
    if rank < 2 or output_shape[axis] == 1:
        raise ShapeError(
            f"{who}: outputs of shape {tuple(output_shape)} are not at least two classes, and one"
            " class would always be right. For a yes-or-no answer use 'binary_crossentropy' with"
            " one unit and sigmoid."
        )
    return output_shape[axis]


FROM_ONE = " Labels from 1 on: give y - 1."


def _more(largest: int, negative: bool) -> str:
    """Say what to do about labels beyond the outputs."""
    if negative:
        return " Number the classes from 0: np.unique(y, return_inverse=True)[1]."
    return (
        f" For labels up to {largest} the last layer needs {largest + 1} units: Dense({largest + 1}"
        ", 'softmax'); labels with gaps are numbered by np.unique(y, return_inverse=True)[1]."
    )


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
        raise ShapeError(
            f"{who}: y_true has shape {y.shape}, a row of {classes} numbers a sample, where one"
            " class number is expected. For one-hot targets use 'categorical_crossentropy', or give"
            " y.argmax(axis=-1)."
        )
    if y.ndim == rank and y.shape[-1] == 1:
        y = y[..., 0]
    rest = tuple(output_shape[1:-1])
    if y.ndim != rank - 1 or any(
        n not in (m, None) for m, n in zip(y.shape[1:], rest, strict=True)
    ):
        raise ShapeError(
            f"{who}: y_true has shape {y.shape}; for outputs of shape {tuple(output_shape)} it must"
            f" hold one class number each: shape {('N', *rest)}.".replace("'N'", "N")
        )
    numbers = y.astype(np.int64)
    if y.dtype.kind == "f" and (numbers != y).any():
        at = np.argwhere(numbers != y)[0]
        raise DTypeError(
            f"{who}: target {y[tuple(at)]:g} at {at.tolist()} is no class number; classes are"
            " whole numbers from 0. For numbers on a scale use 'mse'."
        )
    beyond = (numbers < 0) | (numbers >= classes) if classes is not None else numbers < 0
    if beyond.any():
        at = np.argwhere(beyond)[0]
        from_one = numbers.min() == 1 and numbers.max() == classes
        raise RangeError(
            f"{who}: label {numbers[tuple(at)]} at y{at.tolist()} is no class: the outputs are"
            f" {classes} classes, 0 to {(classes or 0) - 1}."
            + (FROM_ONE if from_one else _more(int(numbers.max()), numbers.min() < 0))
        )
    return numbers
