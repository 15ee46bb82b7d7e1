"""Pictures of models and of training: each takes a model apart and hands plain numbers on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.curves import curves
from clearprop.draw.dense_net import unit_names
from clearprop.draw.filters import CONVOLUTIONS, filters
from clearprop.draw.histogram import histogram
from clearprop.draw.images import weight_images
from clearprop.draw.layer_graph import layer_graph
from clearprop.draw.neurons import neurons
from clearprop.draw.numerals import shown
from clearprop.draw.svg import Svg
from clearprop.errors import OptionError, ShapeError, StateError, unknown
from clearprop.explain.addresses import is_chain
from clearprop.explain.recorded import record_model
from clearprop.lang import say, told, with_errors_in_lang
from clearprop.nn.core_layers import Dense

__all__ = ["first_layer", "history", "network", "weights"]

Floats = NDArray[np.float64]


@with_errors_in_lang
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
    Draw a model: dense layers one after another as neurons, any other network as its layers.

    Parameters
    ----------
    model : Model
    x : array, of the shape of one example, optional
        What to write into the circles: the inputs and what each unit makes of them. In the boxes
        of layers, from where to where what they give goes.
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
        If what a model of one's own does with its layers is not known, for `x` is not given.
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
    if not _is_dense(_weighted(model)):
        return layer_graph(model, x, title=title, lang=lang)
    layers = [layer for layer in model.layers if layer.weights]
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
    series, first = figures_of(run, names)
    return curves(series, first=first, log=log, title=title, lang=lang)


def figures_of(run: Any, names: Sequence[str] | str) -> tuple[dict[str, Sequence[float]], int]:
    """Choose figures of a run, each with that of the validation, and the first epoch's number."""
    figures: Mapping[str, Sequence[float]] = getattr(run, "history", run)
    wanted = [names] if isinstance(names, str) else list(names)
    series: dict[str, Sequence[float]] = {}
    for name in wanted:
        if name not in figures:
            raise unknown("figure of the run", name, figures)
        paired = (name, f"val_{name}")
        series |= {each: figures[each] for each in paired if each in figures}
    return series, run.epoch[0] + 1 if getattr(run, "epoch", None) else 1


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

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(3)])
    >>> print(weights(model, lang="en").desc)
    dense/kernel: 6 values, mean ..., standard deviation ...
    """
    return histogram({w.path: w.numpy() for w in _weighted(model).weights}, title=title, lang=lang)


@with_errors_in_lang
def first_layer(
    model: Any,
    shape: tuple[int, int] | None = None,
    *,
    most: int = 24,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the weights of the first layer as images: what each of its units or filters looks for.

    Parameters
    ----------
    model : Model
        Whose first layer with weights is dense or convolutional. A filter of several channels has
        an image for each; one along steps has the channels as rows.
    shape : tuple of int, (H, W), optional
        Of the images of a dense layer; by default that of the model's inputs, or a square.
    most, title, lang
        As for `weight_images`.

    Returns
    -------
    Svg

    Raises
    ------
    StateError
        If the model has no weights yet.
    OptionError
        If its weights are no images.
    ShapeError
        If the shape is not given and cannot be told.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((8, 8)), cp.layers.Flatten(), cp.layers.Dense(3)])
    >>> print(first_layer(model, lang="en").desc)
    Weights of 3 units as images of 8 by 8; the largest in size is ...
    """
    first = next(layer for layer in _weighted(model).layers if layer.weights)
    kernel = np.asarray(first.get_weights()[0], np.float64)
    if isinstance(first, CONVOLUTIONS):
        tiles, names = filters(kernel)
        title = say("draw.filters_title", lang) if title is None else title
        made = weight_images(tiles, names=names, most=most, title=title, lang=lang)
        words = say(
            "draw.filters", lang, count=kernel.shape[-1], channels=kernel.shape[-2],
            rows=tiles.shape[1], columns=tiles.shape[2], size=shown(float(np.abs(kernel).max())),
        )  # fmt: skip
        return replace(made, desc=words)
    if kernel.ndim != 2 or not isinstance(first, Dense):
        raise OptionError(told("draw.no_first_layer", layer=repr(first)))
    if shape is None:
        shape = _image_shape(tuple(model.built_for[1:]), kernel.shape[0])
    return weight_images(kernel, shape, most=most, title=title, lang=lang)


def _weighted(model: Any) -> Any:
    if not model.weights:
        raise StateError(
            f"{model.name} has no weights yet: give its first layer an Input, or call it once."
        )
    return model


def _is_dense(model: Any) -> bool:
    """Tell whether its layers with weights are dense ones on flat inputs, one after another."""
    layers = [layer for layer in model.layers if layer.weights]
    if not is_chain(model) or not all(isinstance(layer, Dense) for layer in layers):
        return False
    matrices = [layer.get_weights()[0] for layer in layers]
    flat = all(
        w.ndim == 2 and len(la.built_for) == 2 for w, la in zip(matrices, layers, strict=True)
    )
    return flat and all(a.shape[1] == b.shape[0] for a, b in pairwise(matrices))


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
