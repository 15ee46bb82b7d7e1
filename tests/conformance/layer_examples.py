"""One working example of every layer of the registry: how to make it, and what to call it on."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.nn import LAYERS, Input

NUMBERS, WHOLE = "numbers", "whole numbers"


@dataclass(frozen=True)
class Example:
    """A layer's settings, and the shapes of its inputs: one, or a list that it takes together."""

    name: str
    settings: dict[str, Any]
    shapes: Any
    kind: str = NUMBERS
    apart: bool = False  # whether several inputs are several arguments

    def made(self, **changed):
        """Make the layer, with the layers that it holds."""
        if self.name == "Graph":
            return two_branches()
        settings = {
            name: value() if name in ("cell", "cells", "layer", "layers") else value
            for name, value in self.settings.items()
        }
        return LAYERS[self.name](**{"dtype": "float64", **settings, **changed})

    def inputs(self, seed=3):
        """Draw the arrays of its inputs."""
        rng = np.random.default_rng(seed)
        shapes = self.shapes if isinstance(self.shapes, list) else [self.shapes]
        if self.kind == WHOLE:
            return [rng.integers(0, 4, shape) for shape in shapes]
        return [0.3 + rng.standard_normal(shape) for shape in shapes]

    def call(self, layer, inputs, **more):
        """Call a layer on inputs in the form in which it takes them."""
        if not isinstance(self.shapes, list):
            return layer(inputs[0], **more)
        if self.name.endswith(("Cell", "Cells")):
            return layer(inputs[0], list(inputs[1:]), **more)
        return layer(*inputs, **more) if self.apart else layer(list(inputs), **more)


SEQUENCE, PICTURE, BODY = (2, 5, 3), (2, 6, 5, 2), (1, 4, 5, 4, 2)
RANKS = {1: SEQUENCE, 2: PICTURE, 3: BODY}
PAIR = [(2, 3, 4), (2, 3, 4)]


def inner(kind, *arguments, **settings):
    return LAYERS[kind](*arguments, **settings, dtype="float64")


def _over(name, settings, ranks=(1, 2, 3)):
    return [Example(f"{name}{rank}D", settings, RANKS[rank]) for rank in ranks]


LISTED = [
    Example("InputLayer", {"shape": (3,)}, (2, 3)),
    Example("Dense", {"units": 3, "activation": "tanh"}, (2, 4)),
    Example("Activation", {"activation": "gelu"}, (2, 4)),
    Example("Flatten", {}, PICTURE),
    Example("Dropout", {"rate": 0.4, "seed": 3}, (4, 5)),
    *_over("SpatialDropout", {"rate": 0.4, "seed": 3}),
    Example("GaussianNoise", {"stddev": 0.3, "seed": 3}, (4, 5)),
    Example("GaussianDropout", {"rate": 0.3, "seed": 3}, (4, 5)),
    Example("AlphaDropout", {"rate": 0.3, "seed": 3}, (4, 5)),
    Example("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (4, 5)),
    Example("BatchNormalization", {}, (6, 3)),
    Example("LayerNormalization", {}, SEQUENCE),
    Example("GroupNormalization", {"groups": 2}, (2, 5, 4)),
    Example("RMSNormalization", {}, SEQUENCE),
    Example("UnitNormalization", {}, SEQUENCE),
    Example("ReLU", {"max_value": 1.0, "negative_slope": 0.2}, (4, 5)),
    Example("LeakyReLU", {}, (4, 5)),
    Example("PReLU", {"alpha_initializer": "ones"}, (4, 5)),
    Example("ELU", {}, (4, 5)),
    Example("Softmax", {}, (4, 5)),
    *_over("Conv", {"filters": 2, "kernel_size": 2, "strides": 2, "padding": "same"}),
    *_over("DepthwiseConv", {"kernel_size": 2, "depth_multiplier": 2}, (1, 2)),
    *_over("SeparableConv", {"filters": 2, "kernel_size": 2}, (1, 2)),
    Example("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}, SEQUENCE),
    Example("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}, PICTURE),
    Example("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}, BODY),
    *_over("GlobalAveragePooling", {}),
    *_over("GlobalMaxPooling", {}),
    *_over("AveragePooling", {"pool_size": 2, "padding": "same"}),
    *_over("MaxPooling", {"pool_size": 2, "padding": "same"}),
    *_over("Cropping", {"cropping": 1}),
    *_over("ZeroPadding", {"padding": 1}),
    *_over("UpSampling", {"size": 2}),
    Example("Resizing", {"height": 4, "width": 7}, PICTURE),
    Example("Identity", {}, (2, 3)),
    Example("Lambda", {"function": lambda x: x * x}, (2, 3)),
    Example("Rescaling", {"scale": 0.5, "offset": 1.0}, (2, 3)),
    Example("Normalization", {"mean": 1.0, "variance": 4.0}, (2, 3)),
    Example("Permute", {"dims": (2, 1)}, SEQUENCE),
    Example("RepeatVector", {"n": 3}, (2, 3)),
    Example("Reshape", {"target_shape": (3, 5)}, SEQUENCE),
    Example("Embedding", {"input_dim": 4, "output_dim": 3}, (2, 5), WHOLE),
    Example("Masking", {}, SEQUENCE),
    Example("SimpleRNN", {"units": 3}, SEQUENCE),
    Example("LSTM", {"units": 3, "return_sequences": True}, SEQUENCE),
    Example("GRU", {"units": 3, "return_sequences": True}, SEQUENCE),
    Example("SimpleRNNCell", {"units": 3}, [(2, 4), (2, 3)], apart=True),
    Example("LSTMCell", {"units": 3}, [(2, 4), (2, 3), (2, 3)], apart=True),
    Example("GRUCell", {"units": 3}, [(2, 4), (2, 3)], apart=True),
    Example("Attention", {"use_scale": True}, PAIR),
    Example("AdditiveAttention", {}, PAIR),
    Example("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, PAIR, apart=True),
    Example(
        "GroupQueryAttention",
        {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2},
        PAIR,
        apart=True,
    ),
    *(Example(n, {}, PAIR) for n in ("Add", "Subtract", "Multiply", "Average")),
    *(Example(n, {}, PAIR) for n in ("Maximum", "Minimum", "Concatenate")),
    Example("Dot", {"axes": 2}, PAIR),
]


# Layers that hold others are told functions that make them: each example has its own.
HOLDING = [
    Example("RNN", {"cell": lambda: inner("GRUCell", 3)}, SEQUENCE),
    Example(
        "StackedRNNCells",
        {"cells": lambda: [inner("SimpleRNNCell", 3), inner("GRUCell", 2)]},
        [(2, 4), (2, 3), (2, 2)],
        apart=True,
    ),
    Example("Bidirectional", {"layer": lambda: inner("LSTM", 2)}, SEQUENCE),
    Example("TimeDistributed", {"layer": lambda: inner("Dense", 2)}, SEQUENCE),
    Example("Applied", {"op": "multiply"}, PAIR, apart=True),
    Example("Chain", {"layers": lambda: [inner("Dense", 3), inner("ReLU")]}, (2, 4)),
    Example("Graph", {}, [(2, 4), (2, 3)]),
]
EXAMPLES = {example.name: example for example in [*LISTED, *HOLDING]}


def two_branches():
    """Make a functional network of two inputs."""
    a, b = Input((4,), dtype="float64"), Input((3,), dtype="float64")
    left, right = inner("Dense", 2, name="left"), inner("Dense", 2, name="right")
    return LAYERS["Graph"]([a, b], left(a) * right(b))
