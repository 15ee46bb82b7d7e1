"""A network of dense layers as plain numbers, with the activation functions between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import OptionError
from clearprop.explain.activation import Activation, named_activation
from clearprop.explain.addresses import is_chain
from clearprop.explain.conventions import loss_kind
from clearprop.lang import told
from clearprop.nn.activation_layers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from clearprop.nn.applied import InputLayer
from clearprop.nn.core_layers import Activation as ActivationLayer
from clearprop.nn.core_layers import Dense as DenseLayer
from clearprop.nn.layer import Layer

__all__ = ["Dense", "dense_layers", "loss_by_hand"]

ACTIVATION_LAYERS = (ActivationLayer, ReLU, LeakyReLU, PReLU, ELU, Softmax)


@dataclass(frozen=True)
class Dense:
    """
    A layer as plain numbers: ``w[i][j]`` feeds unit j from input i.

    Attributes
    ----------
    w : array, shape (I, O)
    b : array, shape (O,), or None
    activation : str
        Its name.
    own : Activation, optional
        What it does, where its name does not say it: with settings or weights of its own.
    """

    w: np.ndarray
    b: np.ndarray | None
    activation: str
    own: Activation | None = None

    @cached_property
    def applied(self) -> Activation:
        """What it makes of its sums."""
        return self.own or named_activation(self.activation)


def dense_layers(model: Any) -> list[Dense]:
    """
    Give a network's dense layers as plain numbers, each with the activation that follows it.

    Raises
    ------
    OptionError
        If a layer is of another kind, or they do not stand one after another.
    """
    layers: list[Dense] = []
    if not is_chain(model):
        raise OptionError(told("asking.dense_only", layer=repr(model)))
    for layer in model.sublayers():
        if isinstance(layer, InputLayer):
            continue
        if isinstance(layer, ACTIVATION_LAYERS) and layers:
            last = layers.pop()  # an activation layer belongs to the sums before it
            layers.append(_followed(last, layer))
        elif isinstance(layer, DenseLayer) and len(layer.get_weights()[0].shape) == 2:
            weights = layer.get_weights()
            bias = weights[1].astype(float) if len(weights) == 2 else None
            name, own = _activation(layer)
            layers.append(Dense(weights[0].astype(float), bias, name, own))
        else:
            raise OptionError(told("asking.dense_only", layer=repr(layer)))
    return layers


def _activation(layer: DenseLayer) -> tuple[str, Activation | None]:
    """Name a dense layer's activation, and give what it does if the name does not say it."""
    name = layer.final_activation
    if name is not None:
        return ("exp" if name == "exponential" else name), None
    function: Any = layer.activation
    units = layer.get_weights()[0].shape[1]
    if isinstance(function, Layer):
        return _of_layer(function, units)
    called = getattr(function, "__name__", type(function).__name__)
    return called, Activation(called, _as_tensors(function), (), units)


def _of_layer(layer: Layer, units: int) -> tuple[str, Activation | None]:
    """Name what an activation layer does."""
    name = layer.final_activation
    if name is not None:
        return ("exp" if name == "exponential" else name), None
    function: Any = layer.activation if isinstance(layer, ActivationLayer) else layer.call
    own = Activation(type(layer).__name__, _as_tensors(function), tuple(layer.weights), units)
    return own.name, own


def _followed(dense: Dense, layer: Layer) -> Dense:
    """Let an activation layer follow a dense one."""
    units = dense.w.shape[1]
    name, own = _of_layer(layer, units)
    if dense.activation == "linear":
        return Dense(dense.w, dense.b, name, own)
    first, second = dense.applied, own or named_activation(name)
    both = Activation(
        f"{first.name}, {second.name}",
        lambda z: second.function(first.function(z)),
        (*first.weights, *second.weights),
        units,
    )
    return Dense(dense.w, dense.b, both.name, both)


def _as_tensors(function: Callable[[Any], Any]) -> Callable[[Any], Tensor]:
    return lambda z: as_tensor(function(z))


def loss_by_hand(model: Any, layers: Sequence[Dense]) -> tuple[str, list[Dense]]:
    """
    Tell which loss a network is calculated with: its own, if that is one of those known by hand.

    Returns
    -------
    kind : {"squared", "entropy", "binary"}
        Cross-entropy after softmax, or of two classes after sigmoid; else, and of a model without
        a loss, the squared error. A softmax in the end is taken to be meant for cross-entropy.
    layers : list of Dense
        With the softmax or sigmoid that the loss itself applies, if it takes logits.
    """
    last = layers[-1].activation
    loss = model.setup_for("formulas").loss if model.compiled else None
    kind = loss_kind(loss)
    pair = {"entropy": "softmax", "binary": "sigmoid"}.get(kind, "")
    if getattr(loss, "label_smoothing", 0):
        kind, pair = "other", ""
    if pair and getattr(loss, "from_logits", False) and last == "linear":
        end = layers[-1]
        return kind, [*layers[:-1], Dense(end.w, end.b, pair)]
    if pair == last:
        return kind, list(layers)
    meant = last == "softmax" and kind == "" and layers[-1].w.shape[1] > 1
    return ("entropy" if meant else "squared"), list(layers)
