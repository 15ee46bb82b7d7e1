"""Pictures of models and of training: each takes a model apart and hands plain numbers on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.confusion import confusion
from clearprop.draw.curves import curves
from clearprop.draw.dense_net import unit_names
from clearprop.draw.histogram import histogram
from clearprop.draw.images import weight_images
from clearprop.draw.neurons import neurons
from clearprop.draw.surface import surface
from clearprop.draw.svg import Svg
from clearprop.errors import OptionError, ShapeError, StateError, unknown
from clearprop.explain.why import record_model
from clearprop.lang import say

__all__ = ["decisions", "first_layer", "history", "mistakes", "network", "weights"]

Floats = NDArray[np.float64]
_STEPS = 121  # points of a decision surface along an axis
_MARGIN = 0.1  # of the data's range, around them


def network(
    model: Any,
    x: ArrayLike | None = None,
    *,
    units: Sequence[Sequence[str]] | None = None,
    most: int = 12,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw a model of dense layers as neurons, with the values for an example if one is given.

    Parameters
    ----------
    model : Model
        Of dense layers, and of layers without weights between them.
    x : array, of the shape of one example, optional
        What to write into the circles: the inputs and what each unit makes of them.
    units : sequence of sequence of str, optional
        Names of the units of every layer, the inputs first; else those of hand calculations,
        and for the outputs the model's `class_names` if it has some.
    most, title, lang
        As for `neurons`.

    Returns
    -------
    Svg

    Raises
    ------
    StateError
        If the model has no weights yet.
    OptionError
        If a layer is of another kind.
    ShapeError
        If `x` is not one example.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    >>> model.set_weights([[[3.0]], [1.0]])
    >>> print(network(model, [2.0], lang="en").desc)
    A network of 1-1 units. Of 1 weight, 1 are positive, 0 negative and 0 zero; the largest in
    size is 3.
    """
    layers = _dense(model)
    matrices = [np.asarray(layer.get_weights()[0], np.float64) for layer in layers]
    biases = [_bias(layer) for layer in layers]
    names = [say("draw.input", lang), *(layer.name for layer in layers)]
    sizes = [matrices[0].shape[0], *(w.shape[1] for w in matrices)]
    if units is None and model.class_names and len(model.class_names) == sizes[-1]:
        units = [*unit_names(sizes)[:-1], list(model.class_names)]
    return neurons(
        matrices,
        biases=biases if any(row is not None for row in biases) else None,
        names=names,
        units=units,
        values=None if x is None else _values(model, layers, x),
        most=most,
        title=title,
        lang=lang,
    )


def history(
    run: Any,
    names: Sequence[str] | str = "loss",
    *,
    log: bool = False,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the curves of a training run.

    Parameters
    ----------
    run : History or mapping of str to sequence of float
        What `fit` returned.
    names : str or sequence of str
        Which figures: ``"loss"``, ``"accuracy"``; a validation's figure of the same kind comes
        with it.
    log, title, lang
        As for `curves`.

    Returns
    -------
    Svg

    Raises
    ------
    OptionError
        If there is no figure of that name.

    Examples
    --------
    >>> print(history({"loss": [0.9, 0.4], "val_loss": [1.0, 0.7]}, lang="en").desc)
    loss: 2 values from 0.9 to 0.4; lowest 0.4 at 2, highest 0.9 at 1.
    val_loss: 2 values from 1 to 0.7; lowest 0.7 at 2, highest 1 at 1.
    """
    figures: Mapping[str, Sequence[float]] = getattr(run, "history", run)
    wanted = [names] if isinstance(names, str) else list(names)
    series: dict[str, Sequence[float]] = {}
    for name in wanted:
        if name not in figures:
            raise unknown("figure of the run", name, figures)
        paired = (name, f"val_{name}")
        series |= {each: figures[each] for each in paired if each in figures}
    first = run.epoch[0] + 1 if getattr(run, "epoch", None) else 1
    return curves(series, first=first, log=log, title=title, lang=lang)


def weights(model: Any, *, title: str | None = None, lang: str | None = None) -> Svg:
    """
    Draw how the weights of each layer are spread.

    Parameters
    ----------
    model : Model
        With weights.
    title, lang
        As for `histogram`.

    Returns
    -------
    Svg

    Raises
    ------
    StateError
        If the model has no weights yet.
    """
    return histogram({w.path: w.numpy() for w in _weighted(model).weights}, title=title, lang=lang)


def first_layer(
    model: Any,
    shape: tuple[int, int] | None = None,
    *,
    most: int = 24,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the weights of the first layer as images: what each of its units looks for.

    Parameters
    ----------
    model : Model
        Whose first layer with weights is dense.
    shape : tuple of int, (H, W), optional
        Of the images; by default that of the model's inputs, or a square.
    most, title, lang
        As for `weight_images`.

    Returns
    -------
    Svg

    Raises
    ------
    StateError
        If the model has no weights yet.
    ShapeError
        If the shape is not given and cannot be told.
    """
    kernel = _dense(model)[0].get_weights()[0]
    if shape is None:
        shape = _image_shape(tuple(model.built_for[1:]), kernel.shape[0])
    return weight_images(kernel, shape, most=most, title=title, lang=lang)


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


def _weighted(model: Any) -> Any:
    if not model.weights:
        raise StateError(
            f"{model.name} has no weights yet: give its first layer an Input, or call it once."
        )
    return model


def _dense(model: Any) -> list[Any]:
    """Choose the layers that have weights, and see that they are dense."""
    layers = [layer for layer in _weighted(model).layers if layer.weights]
    for layer in layers:
        shapes = [weight.shape for weight in layer.weights]
        if len(shapes[0]) != 2 or shapes[1:] not in ([], [shapes[0][1:]]):
            raise OptionError(f"network draws dense layers; got {layer!r}.")
    return layers


def _bias(layer: Any) -> Floats | None:
    held = layer.get_weights()
    return np.asarray(held[1], np.float64) if len(held) == 2 else None


def _values(model: Any, layers: Sequence[Any], x: ArrayLike) -> list[Floats]:
    """Compute what every drawn unit gives for one example: that of the last layer it goes on to."""
    recording = record_model(model, x, None)
    if recording.facts["samples"] != 1:
        raise ShapeError(
            f"network shows one example; x has {recording.facts['samples']}. Give x[0]."
        )
    values = [np.ravel(recording.forward["x"].data)]
    for layer in model.layers:
        found = recording.forward.get(f"{layer.name}/output")
        if layer in layers:
            values.append(values[-1])
        if found is not None:
            values[-1] = np.ravel(found.data)
    return values


def _image_shape(inputs: tuple[int, ...], count: int) -> tuple[int, int]:
    if len(inputs) > 1 and inputs[0] * inputs[1] == count:
        return inputs[0], inputs[1]
    side = round(count**0.5)
    if side * side != count:
        raise ShapeError(f"first_layer: {count} inputs are no square; give shape=(H, W).")
    return side, side


def _classes_of(y: ArrayLike, count: int) -> NDArray[np.int64]:
    """Read classes as numbers, from numbers, shares of one class, or shares of each."""
    array = np.asarray(y)
    if len(array) != count:
        raise ShapeError(f"{count} examples, but {len(array)} classes.")
    if array.ndim == 2 and array.shape[1] > 1:
        return np.asarray(array.argmax(axis=1), np.int64)
    flat = array.reshape(count)
    return np.asarray(flat > 0.5 if flat.dtype.kind == "f" and flat.max() <= 1 else flat, np.int64)
