"""Keras's `keras.layers`."""

from typing import TYPE_CHECKING, Any

from clearprop.core.later import names_of
from clearprop.keras.absent import finder
from clearprop.nn.layers import __all__ as _listed
from clearprop.nn.registry import LAYERS as _LAYERS
from clearprop.nn.registry import deserialize as _made
from clearprop.nn.registry import serialize

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.data.text import TextVectorization
    from clearprop.nn.layers import *  # noqa: F403 - all that it lists

__all__ = [*_listed, "TextVectorization", "deserialize", "serialize"]


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Make a layer again from what `serialize` gave."""
    return _made(config, _LAYERS, "layer")


__getattr__, __dir__ = names_of(
    "clearprop.keras.layers", ["clearprop.nn.layers", "clearprop.data.text"], __all__,
    finder("layers", __all__),
)  # fmt: skip
