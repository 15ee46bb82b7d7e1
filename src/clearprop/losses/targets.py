"""Targets checked before training: what does not fit is said in words, not broadcast in silence."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.errors import DTypeError, NumericsError, RangeError, ShapeError

__all__ = ["checked_rows", "class_numbers", "like_outputs", "probabilities", "with_rows"]

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


FROM_ONE = " Labels from 1 on: give y - 1."


def _more(largest: int, negative: bool) -> str:
    """Say what to do about labels beyond the outputs."""
    if negative:
        return " Number the classes from 0: np.unique(y, return_inverse=True)[1]."
    return (
        f" For labels up to {largest} the last layer needs {largest + 1} units: Dense({largest + 1}"
        ", 'softmax'); labels with gaps are numbered by np.unique(y, return_inverse=True)[1]."
    )


def class_numbers(who: str, y: np.ndarray, output_shape: OutputShape) -> np.ndarray:
    """Give class numbers as int64, in the shape of the outputs without their last axis."""
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
