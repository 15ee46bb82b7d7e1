"""A neural-network library in which every number shows its work."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from clearprop.core import *
from clearprop.core import __all__ as _core
from clearprop.core.random import set_seed
from clearprop.ops import *
from clearprop.ops import __all__ as _ops

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop import keras as keras
    from clearprop import losses as losses
    from clearprop import metrics as metrics
    from clearprop.data import datasets as datasets
    from clearprop.doctor.gradcheck import gradcheck as gradcheck
    from clearprop.draw.why import Watch as Watch
    from clearprop.draw.why import compare as compare
    from clearprop.draw.why import formulas as formulas
    from clearprop.draw.why import pushes as pushes
    from clearprop.draw.why import what_if as what_if
    from clearprop.draw.why import why as why
    from clearprop.explain.conventions import Convention as Convention
    from clearprop.io import load as load
    from clearprop.keras import activations as activations
    from clearprop.keras import callbacks as callbacks
    from clearprop.keras import config as config
    from clearprop.keras import constraints as constraints
    from clearprop.keras import initializers as initializers
    from clearprop.keras import layers as layers
    from clearprop.keras import optimizers as optimizers
    from clearprop.keras import regularizers as regularizers
    from clearprop.keras import utils as utils
    from clearprop.nn import Input as Input
    from clearprop.train import Model as Model
    from clearprop.train import Sequential as Sequential

__version__ = "0.1.0"

# Whatever does not compute with tensors is loaded when it is first asked for: a program pays at
# its start for what it uses. A name stands for a module, or for an attribute of one ("module:").
_LATER = {
    "gradcheck": "clearprop.doctor.gradcheck:",
    "Sequential": "clearprop.keras.models:",
    "Input": "clearprop.nn:",
    "Model": "clearprop.keras.models:",
    "layers": "clearprop.keras.layers",
    "activations": "clearprop.keras.activations",
    "initializers": "clearprop.keras.initializers",
    "regularizers": "clearprop.keras.regularizers",
    "constraints": "clearprop.keras.constraints",
    "losses": "clearprop.losses",
    "optimizers": "clearprop.keras.optimizers",
    "metrics": "clearprop.metrics",
    "callbacks": "clearprop.keras.callbacks",
    "datasets": "clearprop.data.datasets",
    "utils": "clearprop.keras.utils",
    "config": "clearprop.keras.config",
    "keras": "clearprop.keras",
    "load": "clearprop.io:",
    "why": "clearprop.draw.why:",
    "formulas": "clearprop.draw.why:",
    "what_if": "clearprop.draw.why:",
    "compare": "clearprop.draw.why:",
    "Convention": "clearprop.explain.conventions:",
    "pushes": "clearprop.draw.why:",
    "Watch": "clearprop.draw.why:",
}
_PARTS = (
    "data",
    "doctor",
    "draw",
    "errors",
    "explain",
    "io",
    "lang",
    "nn",
    "ops",
    "record",
    "train",
)

# In the order in which a newcomer meets them.
__all__ = [*_core, *_ops, "set_seed", *_LATER]


def __getattr__(name: str) -> Any:
    """Load a part of the library when it is first asked for."""
    place = f"clearprop.{name}" if name in _PARTS else _LATER.get(name)
    if place is None:
        from clearprop.keras.absent import attribute_error

        raise attribute_error(name, __all__)
    found: Any = import_module(place.removesuffix(":"))
    if place.startswith("clearprop.train"):
        import_module("clearprop.io")  # above it, and teaches models to save themselves
    if place.endswith(":"):
        found = getattr(found, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """What can be asked for, loaded or not, without what this module itself imports."""
    return sorted({*__all__, *_PARTS, *(name for name in globals() if name.startswith("__"))})


if "IPython" in sys.modules and (_shell := sys.modules["IPython"].get_ipython()) is not None:
    # In a notebook, models and runs show themselves as pictures.
    import_module("clearprop.draw.notebook").load_ipython_extension(_shell)
