"""What a derivation is asked for: inputs and targets as batches, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.tree import flatten
from clearprop.errors import NumericsError, OptionError, ShapeError
from clearprop.explain.naming import Index
from clearprop.lang import told
from clearprop.train.feed import arrays

__all__ = ["as_number", "checked_batch", "examples"]


def examples(model: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """
    Give a model's inputs and targets as batches, in trees where there are several.

    Raises
    ------
    ShapeError, NumericsError
        If they do not fit the model, or each other.
    """
    shapes = model.built_for
    if isinstance(shapes, list) and len(shapes) == 1:
        shapes = shapes[0]
    if isinstance(shapes, tuple) or (shapes is None and not isinstance(x, dict)):
        example = np.shape(x)[1:] if shapes is None else shapes[1:]
        if y is None or not model.gives_several:
            return checked_batch(x, y, tuple(example))
        return checked_batch(x, None, tuple(example))[0], arrays("y", y, several=True)
    inputs = arrays("x", x, several=True)
    for each in flatten(inputs)[0]:
        _ensure_finite(each)
    return inputs, None if y is None else arrays("y", y, several=model.gives_several)


def _ensure_finite(x: np.ndarray) -> None:
    good = np.isfinite(x)
    if not good.all():
        place = tuple(map(int, np.argwhere(~good)[0]))
        raise NumericsError(told("asking.not_finite", value=x[place], place=list(place)))


def as_number(name: str, value: Any) -> float:
    """
    Give a number that somebody wrote.

    Raises
    ------
    OptionError
        If it is none.
    """
    if not isinstance(value, str | bytes):
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    raise OptionError(told("asking.a_number", name=name, got=repr(value)))


def checked_batch(x: Any, y: Any, example: Index) -> tuple[np.ndarray, np.ndarray | None]:
    """
    Give inputs and targets as batches; one example may come without the batch axis.

    Raises
    ------
    ShapeError
        If they fit neither way, or their numbers differ.
    """
    x = np.asarray(x)
    if len(x.shape) == len(example):
        x, y = x[None], None if y is None else np.asarray(y)[None]
    if len(x.shape[1:]) != len(example) or any(
        n not in (None, got) for n, got in zip(example, x.shape[1:], strict=True)
    ):
        wanted = ", ".join("?" if n is None else str(n) for n in ("N", *example))
        raise ShapeError(told("asking.inputs", wanted=wanted, got=x.shape))
    _ensure_finite(x)
    if y is None:
        return x, None
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(told("asking.targets", count=len(x), shape=y.shape))
    return x, y
