"""Pictures of what a model answers: where, with which mistakes, and what pushed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.confusion import confusion
from clearprop.draw.images import contributions
from clearprop.draw.surface import surface
from clearprop.draw.svg import Svg
from clearprop.errors import OptionError, ShapeError
from clearprop.explain.explanation import Explanation

__all__ = ["decisions", "mistakes", "pushed"]

_STEPS = 121  # points of a decision surface along an axis
_MARGIN = 0.1  # of the data's range, around them


def decisions(
    model: Any,
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    classes: Sequence[str] | None = None,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw what a classifier of two features answers, around the examples.

    Parameters
    ----------
    model : Model
        With two inputs, and a last layer that gives shares: sigmoid or softmax.
    x : array, shape (N, 2)
    y : array, shape (N,), (N, 1) or one-hot (N, K), optional
        Their true classes; without them no example is drawn.
    classes : sequence of str, optional
        Names of the classes; by default the model's `class_names`, else 0, 1, ….
    title, lang
        As for `surface`.

    Returns
    -------
    Svg

    Raises
    ------
    ShapeError
        If the examples do not have two features.
    OptionError
        If the model's answers are no shares.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, "sigmoid")])
    >>> model.set_weights([[[0], [-4]], [1]])
    >>> points, side = cp.datasets.moons(20, seed=1)
    >>> print(decisions(model, points, side, lang="en").desc)
    Of the plane shown, 48.8 % is answered 0, 51.2 % is answered 1.
    """
    points = np.asarray(x, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ShapeError(f"decisions: x must have shape (N, 2); got {points.shape}.")
    low, high = points.min(axis=0), points.max(axis=0)
    room = _MARGIN * np.where(high > low, high - low, 1.0)
    xs, ys = (np.linspace(a, b, _STEPS) for a, b in zip(low - room, high + room, strict=True))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    answers = np.asarray(model.predict(grid), np.float64)
    if answers.min() < 0 or answers.max() > 1:
        raise OptionError(
            "decisions: the model's answers must be shares from 0 to 1, as a last layer with"
            f" sigmoid or softmax gives; got {answers.min():.4g} to {answers.max():.4g}."
        )
    K = answers.shape[1]
    shares = answers.reshape((_STEPS, _STEPS) if K == 1 else (_STEPS, _STEPS, K))
    return surface(
        shares, xs, ys,
        points if y is not None else None,
        None if y is None else _classes_of(y, len(points)),
        classes=classes or model.class_names, title=title, lang=lang,
    )  # fmt: skip


def mistakes(
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the confusion matrix of a classifier on some data.

    Parameters
    ----------
    model : Model
        With one output, for two classes, or one for each class.
    x : array, shape (N, ...)
    y : array, shape (N,), (N, 1) or one-hot (N, K)
        The true classes.
    classes : sequence of str, optional
        Names of the classes; by default the model's `class_names`, else 0, 1, ….
    title, lang
        As for `confusion`.

    Returns
    -------
    Svg

    Raises
    ------
    ShapeError
        If the examples and the classes are not as many.
    OptionError
        If a class is one that the model does not know.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, "sigmoid")])
    >>> model.set_weights([[[0], [-4]], [1]])
    >>> points, side = cp.datasets.moons(20, seed=1)
    >>> print(mistakes(model, points, side, classes=["upper", "lower"], lang="en").desc)
    14 of 20 right (70.0 %). Most frequent error: upper taken for lower, 3 times.
    """
    answers = np.asarray(model.predict(np.asarray(x)))
    if answers.ndim != 2:
        raise ShapeError(f"mistakes: answers of shape (N, K) are needed; got {answers.shape}.")
    K = max(answers.shape[1], 2)
    given = _classes_of(answers, len(answers))
    true = _classes_of(y, len(answers))
    if true.min(initial=0) < 0 or true.max(initial=0) >= K:
        raise OptionError(
            f"mistakes: the model knows the classes 0 to {K - 1}; "
            f"y has {true.min()} to {true.max()}."
        )
    counts = np.zeros((K, K), int)
    np.add.at(counts, (true, given), 1)
    return confusion(counts, classes or model.class_names, title=title, lang=lang)


def pushed(
    answer: Any, image: ArrayLike, *, title: str | None = None, lang: str | None = None
) -> Svg:
    """
    Draw what each pixel of an image pushed, as `clearprop.pushes` found it.

    Parameters
    ----------
    answer : Explanation
        Of `clearprop.pushes`.
    image : array, shape (H, W) or (H, W, 1)
        What the model was shown.
    title, lang
        As for `contributions`.

    Returns
    -------
    Svg

    Raises
    ------
    OptionError
        If the explanation has no pushes.
    ShapeError
        If they are not as many as the image has pixels.

    Examples
    --------
    >>> import clearprop as cp
    >>> image = np.eye(3)
    >>> model = cp.Sequential([cp.Input((3, 3)), cp.layers.Flatten(), cp.layers.Dense(1)])
    >>> print(pushed(cp.pushes(model, "o1", x=image), image, lang="en").desc)
    For it: ... Against it: ... In all ...
    """
    if not isinstance(answer, Explanation) or "pushes" not in answer.facts:
        raise OptionError("pushed draws what cp.pushes(model, address, x=...) answers.")
    pixels, parts = np.squeeze(np.asarray(image, np.float64)), np.asarray(answer.facts["pushes"])
    if pixels.ndim != 2 or pixels.size != parts.size:
        raise ShapeError(
            f"pushed: {parts.size} pushes need an image of as many pixels, (H, W); "
            f"got one of shape {np.shape(image)}."
        )
    rest = answer.facts["rest"]
    return contributions(pixels, parts.reshape(pixels.shape), rest=rest, title=title, lang=lang)


def _classes_of(y: ArrayLike, count: int) -> NDArray[np.int64]:
    """Read classes as numbers, from numbers, shares of one class, or shares of each."""
    array = np.asarray(y)
    if len(array) != count:
        raise ShapeError(f"{count} examples, but {len(array)} classes.")
    if array.ndim == 2 and array.shape[1] > 1:
        return np.asarray(array.argmax(axis=1), np.int64)
    flat = array.reshape(count)
    return np.asarray(flat > 0.5 if flat.dtype.kind == "f" and flat.max() <= 1 else flat, np.int64)
