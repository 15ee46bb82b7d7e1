"""
The same library under Keras's names: what is written for Keras runs when its import is changed.

>>> from clearprop import keras
>>> model = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1)])
>>> model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
"""

from clearprop.keras import (
    activations,
    backend,
    callbacks,
    config,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    preprocessing,
    regularizers,
    saving,
    utils,
)
from clearprop.keras.layers import Input, Layer
from clearprop.keras.losses import Loss
from clearprop.keras.metrics import Metric
from clearprop.keras.models import Model, Sequential
from clearprop.keras.optimizers import Optimizer
from clearprop.keras.regularizers import Regularizer
from clearprop.nn import Initializer, Variable

__all__ = [
    "Sequential",
    "Input",
    "Model",
    "layers",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "optimizers",
    "metrics",
    "callbacks",
    "datasets",
    "preprocessing",
    "utils",
    "models",
    "ops",
    "saving",
    "config",
    "backend",
    "Layer",
    "Variable",
    "Loss",
    "Optimizer",
    "Metric",
    "Initializer",
    "Regularizer",
]
