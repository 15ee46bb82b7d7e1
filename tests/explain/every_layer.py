"""A tiny network around every layer there is, for the tests of explanations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

import clearprop as cp
from clearprop.nn.registry import LAYERS

SEQUENCE, LINE, IMAGE, SOLID = (3, 2), (6, 2), (5, 4, 2), (3, 3, 3, 1)
SPACES = {"1D": LINE, "2D": IMAGE, "3D": SOLID}
L = cp.layers


@dataclass
class Trial:
    """
    How a layer is made and called.

    Attributes
    ----------
    arguments : dict
    shapes : tuple of shapes
        Of its inputs; several for one that merges.
    listed : bool
        Whether several inputs come as one list.
    words : int
        Of an input of whole numbers: how many there are.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[tuple[int, ...], ...] = ((3,),)
    listed: bool = False
    words: int = 0


def _spaces(name: str, **arguments: Any) -> dict[str, Trial]:
    return {f"{name}{n}": Trial(dict(arguments), (shape,)) for n, shape in SPACES.items()}


def _flat(*names: str, **arguments: Any) -> dict[str, Trial]:
    return {name: Trial(dict(arguments)) for name in names}


def _in_time(*names: str, **arguments: Any) -> dict[str, Trial]:
    return {name: Trial(dict(arguments), (SEQUENCE,)) for name in names}


def _merging(*names: str, **arguments: Any) -> dict[str, Trial]:
    return {name: Trial(dict(arguments), ((3,), (3,)), listed=True) for name in names}


class Weighted(cp.layers.Layer):
    """A layer as a user writes one: a weight of its own, and a layer inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inner = cp.layers.Dense(2, activation="tanh")

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, x: Any) -> Any:
        return self.inner(x * self.scale)


def _trials() -> dict[str, Trial]:
    cells = [cp.layers.LSTMCell(2), cp.layers.GRUCell(2)]
    return {
        **_flat("Dense", units=2, activation="tanh"),
        **_flat("Activation", activation="sigmoid"),
        **_flat("Dropout", "GaussianDropout", "AlphaDropout", rate=0.4, seed=3),
        **_flat("GaussianNoise", stddev=0.2, seed=3),
        **_flat("ActivityRegularization", l2=0.1),
        **_flat("Identity", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Flatten"),
        **_flat("LayerNormalization", "RMSNormalization", "UnitNormalization"),
        **_flat("BatchNormalization"),
        **_flat("Normalization", mean=0.5, variance=2.0),
        **_flat("Rescaling", scale=0.5, offset=0.1),
        **_flat("RepeatVector", n=2),
        "GroupNormalization": Trial({"groups": 2}, ((4,),)),
        "Lambda": Trial({"function": lambda x: x * 2.0}),
        "Reshape": Trial({"target_shape": (2, 3)}, (LINE[:1],)),
        "Permute": Trial({"dims": (2, 1)}, (SEQUENCE,)),
        "Resizing": Trial({"height": 3, "width": 3}, (IMAGE,)),
        **_spaces("SpatialDropout", rate=0.4, seed=3),
        **_spaces("Conv", filters=2, kernel_size=2, padding="same", activation="relu"),
        "Conv1DTranspose": Trial({"filters": 2, "kernel_size": 2}, (LINE,)),
        "Conv2DTranspose": Trial({"filters": 2, "kernel_size": 2}, (IMAGE,)),
        "Conv3DTranspose": Trial({"filters": 2, "kernel_size": 2}, (SOLID,)),
        "DepthwiseConv1D": Trial({"kernel_size": 2}, (LINE,)),
        "DepthwiseConv2D": Trial({"kernel_size": 2}, (IMAGE,)),
        "SeparableConv1D": Trial({"filters": 2, "kernel_size": 2}, (LINE,)),
        "SeparableConv2D": Trial({"filters": 2, "kernel_size": 2}, (IMAGE,)),
        **_spaces("AveragePooling", pool_size=2),
        **_spaces("MaxPooling", pool_size=2),
        **_spaces("GlobalAveragePooling"),
        **_spaces("GlobalMaxPooling"),
        **_spaces("Cropping", cropping=1),
        **_spaces("ZeroPadding"),
        **_spaces("UpSampling"),
        "Embedding": Trial({"input_dim": 5, "output_dim": 2}, ((3,),), words=5),
        "Masking": Trial({}, (SEQUENCE,)),
        **_in_time("SimpleRNN", "LSTM", "GRU", units=2),
        **_in_time("RNN", cell=cells[0]),
        **_in_time("Bidirectional", layer=L.LSTM(2)),
        **_in_time("TimeDistributed", layer=L.Dense(2, activation="relu")),
        "Attention": Trial({}, (SEQUENCE, SEQUENCE), listed=True),
        "AdditiveAttention": Trial({}, (SEQUENCE, SEQUENCE), listed=True),
        "MultiHeadAttention": Trial({"num_heads": 2, "key_dim": 2}, (SEQUENCE, SEQUENCE)),
        "GroupQueryAttention": Trial(
            {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}, (SEQUENCE, SEQUENCE)
        ),
        "EinsumDense": Trial({"equation": "ab,bc->ac", "output_shape": 2}),
        "SpectralNormalization": Trial({"layer": L.Dense(2)}),
        "ConvLSTM1D": Trial({"filters": 1, "kernel_size": 2}, ((2, 4, 1),)),
        "ConvLSTM2D": Trial({"filters": 1, "kernel_size": 2}, ((2, 3, 3, 1),)),
        "ConvLSTM3D": Trial({"filters": 1, "kernel_size": 2}, ((2, 2, 2, 2, 1),)),
        **_merging("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
        **_merging("Dot", axes=1),
    }


TRIALS = {name: trial for name, trial in _trials().items() if name in LAYERS}
# Tested by themselves, as what holds other layers; cells are called by the layers around them.
HOLDERS = {"Chain", "Graph", "Applied", "InputLayer", "Sequential", "Functional", "Model"}
CELLS = {"SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells"}


def missing() -> set[str]:
    """Name the registered layers that no trial has."""
    ours = {n for n, kind in LAYERS.items() if kind.__module__.startswith("clearprop.")}
    return ours - TRIALS.keys() - HOLDERS - CELLS


class Around(NamedTuple):
    """A network around a layer, the part up to that layer's output, and a batch."""

    model: Any
    layer: Any
    upto: Any
    x: Any
    y: Any


def around(name: str, kind: Any = None) -> Around:
    """Build a network around a layer."""
    trial, rng = TRIALS.get(name, Trial()), np.random.default_rng(4)
    layer = (kind or getattr(L, name))(**trial.arguments, name="asked")
    inputs = [
        cp.Input(shape, name=f"in{k}", dtype="int32" if trial.words else None)
        for k, shape in enumerate(trial.shapes)
    ]
    made = output = layer(inputs) if trial.listed else layer(*inputs)
    if len(made.shape) > 2:
        made = L.Flatten()(made)
    given = inputs if len(inputs) > 1 else inputs[0]
    model = cp.Model(given, L.Dense(1)(made))
    model.compile(cp.optimizers.SGD(1.0), "mse")
    x = [
        rng.integers(0, trial.words, (2, *shape)) if trial.words else rng.normal(size=(2, *shape))
        for shape in trial.shapes
    ]
    y = rng.normal(size=(2, 1))
    x = x if len(x) > 1 else x[0]
    weights = [rng.normal(size=w.shape) * 0.5 for w in model.weights]
    for weight, values in zip(model.weights, weights, strict=True):
        if weight.trainable:
            weight.assign(values)
    return Around(model, layer, cp.Model(given, output), x, y)


def some_index(shape: tuple[int, ...]) -> str:
    """Choose an element in the middle."""
    return ",".join(str(n // 2) for n in shape) if math.prod(shape) > 1 or shape else ""
