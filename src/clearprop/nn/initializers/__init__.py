"""Where the first values of weights come from: Keras's distributions, every weight its own draw."""

from clearprop.nn.initializers.base import Initializer, get_initializer
from clearprop.nn.initializers.drawn import (
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from clearprop.nn.initializers.fixed import Constant, Identity, Ones, Zeros
from clearprop.nn.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "Initializer",
    "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform",
    "TruncatedNormal", "VarianceScaling", "Zeros", "get_initializer",
]  # fmt: skip
