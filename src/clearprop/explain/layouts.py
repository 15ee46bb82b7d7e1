"""How a layer's weights are laid out: what each axis of a kernel counts."""

from __future__ import annotations

from typing import Any

from clearprop.nn.convolution import Conv1D, Conv2D, Conv3D
from clearprop.nn.core_layers import Dense
from clearprop.nn.depthwise_convolution import (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)
from clearprop.nn.embedding import Embedding
from clearprop.nn.gru import GRU
from clearprop.nn.lstm import LSTM
from clearprop.nn.recurrent_units import SimpleRNN
from clearprop.nn.transposed_convolution import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose

__all__ = ["layout_of"]

# By the end of a weight's path and the kind of its layer: a word of the catalogue.
_KINDS: tuple[tuple[str, tuple[type, ...], str], ...] = (
    ("kernel", (Dense, SimpleRNN), "dense"),
    ("recurrent_kernel", (SimpleRNN,), "dense"),
    ("kernel", (LSTM, GRU), "gates"),
    ("recurrent_kernel", (LSTM, GRU), "gates"),
    ("kernel", (Conv1D, Conv2D, Conv3D), "conv"),
    ("kernel", (Conv1DTranspose, Conv2DTranspose, Conv3DTranspose), "transposed"),
    ("kernel", (DepthwiseConv1D, DepthwiseConv2D), "depthwise"),
    ("depthwise_kernel", (SeparableConv1D, SeparableConv2D), "depthwise"),
    ("pointwise_kernel", (SeparableConv1D, SeparableConv2D), "conv"),
    ("embeddings", (Embedding,), "embedding"),
)


def layout_of(model: Any, tensor: str) -> dict[str, Any]:
    """
    Tell how a weight is laid out.

    Parameters
    ----------
    model : Layer
    tensor : str
        The address of what is asked about.

    Returns
    -------
    dict
        The word ``layout`` and the number of axes in space, ``space``; empty for what is no weight,
        and for weights whose axes are not told apart by convention.
    """
    for layer in model.sublayers():
        for weight in layer.weights:
            if weight.path == tensor:
                name = tensor.rpartition("/")[2]
                kind = next(
                    (k for end, kinds, k in _KINDS if end == name and isinstance(layer, kinds)), ""
                )
                return {"layout": kind, "space": max(len(weight.shape) - 2, 0)} if kind else {}
    return {}
