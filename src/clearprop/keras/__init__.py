"""
The same library under Keras's names: what is written for Keras runs when its import is changed.

>>> from clearprop import keras
>>> model = keras.Sequential([keras.Input(shape=(2,)), keras.layers.Dense(1)])
>>> model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clearprop.keras import activations as activations
    from clearprop.keras import callbacks as callbacks
    from clearprop.keras import constraints as constraints
    from clearprop.keras import datasets as datasets
    from clearprop.keras import initializers as initializers
    from clearprop.keras import layers as layers
    from clearprop.keras import losses as losses
    from clearprop.keras import metrics as metrics
    from clearprop.keras import models as models
    from clearprop.keras import ops as ops
    from clearprop.keras import optimizers as optimizers
    from clearprop.keras import random as random
    from clearprop.keras import regularizers as regularizers
    from clearprop.keras import utils as utils
    from clearprop.keras.layers import Input as Input
    from clearprop.keras.layers import Layer as Layer
    from clearprop.keras.models import Model as Model
    from clearprop.keras.models import Sequential as Sequential

# A program pays at its start for the parts that it uses: each is loaded when it is first asked for.
_PARTS = (
    "layers", "activations", "initializers", "regularizers", "constraints", "losses", "optimizers",
    "metrics", "callbacks", "datasets", "preprocessing", "utils", "models", "ops", "saving",
    "config", "backend", "random",
)  # fmt: skip
_CLASSES = {
    "Sequential": "clearprop.keras.models",
    "Input": "clearprop.keras.layers",
    "Model": "clearprop.keras.models",
    "Layer": "clearprop.keras.layers",
    "Variable": "clearprop.nn",
    "Loss": "clearprop.keras.losses",
    "Optimizer": "clearprop.keras.optimizers",
    "Metric": "clearprop.keras.metrics",
    "Initializer": "clearprop.nn",
    "Regularizer": "clearprop.keras.regularizers",
}

__all__ = [*_PARTS, *_CLASSES, "version"]


def version() -> str:
    """Tell the version of the library."""
    found: str = import_module("clearprop").__version__
    return found


def __getattr__(name: str) -> Any:
    """Load a part when it is first asked for."""
    if name in _CLASSES:
        found: Any = getattr(import_module(_CLASSES[name]), name)
    elif name in _PARTS:
        found = import_module(f"clearprop.keras.{name}")
    elif name == "__version__":
        found = version()
    else:
        from clearprop.keras.absent import finder

        return finder("", __all__)(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
