"""What an initializer is, and how one is found by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, final

import numpy as np

from clearprop.core.random import checked_seed, stream
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.precision import FLOATS, floatx
from clearprop.nn.registry import INITIALIZERS, Configured, OfFunction, found

__all__ = [
    "Draw",
    "FromFunction",
    "FromValues",
    "Initializer",
    "Shape",
    "seed_or_none",
    "get_initializer",
]

Shape = tuple[int, ...]
Draw = np.random.Generator
ALIASES = {
    "IdentityInitializer": "Identity",
    "OrthogonalInitializer": "Orthogonal",
    "normal": "RandomNormal",
    "one": "Ones",
    "uniform": "RandomUniform",
    "zero": "Zeros",
}


class Initializer(Configured):
    """
    A rule for first values.

    Called with a shape, it gives an array. Numbers drawn for a weight of a layer depend on the
    seed and on the weight's path alone, so that adding a layer changes nothing in the others;
    they have Keras's distributions, not Keras's very bits.

    One of your own defines ``draw(self, shape, rng)``, with NumPy's generator `rng`; or, as it
    would for Keras, ``__call__(self, shape, dtype=None)``.
    """

    known = INITIALIZERS
    kind = "initializer"
    seed: int | None = None
    _as_in_keras: ClassVar[Callable[..., Any] | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__call__" in cls.__dict__:
            cls._as_in_keras = cls.__call__
            del cls.__call__

    def __call__(
        self, shape: Sequence[int], dtype: Any = None, *, rng: Draw | None = None
    ) -> np.ndarray:
        """
        Make the values.

        Parameters
        ----------
        shape : tuple of int
            Their shape.
        dtype : dtype, optional
            Their kind of number; the layers' default otherwise.
        rng : numpy.random.Generator, optional
            Where to draw from; an initializer with a seed of its own uses that.
        """
        if self.seed is not None or rng is None:
            rng = stream(self.seed, type(self).__name__)
        values = self.draw(tuple(shape), rng)
        return values.astype(FLOATS[floatx()] if dtype is None else np.dtype(dtype), copy=False)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        """
        Make the values, in float64.

        Raises
        ------
        ShapeError
            If a `__call__` of one's own gives values of another shape.
        OptionError
            If there is no rule.
        """
        if self._as_in_keras is None:
            raise OptionError(
                f"the initializer {type(self).__name__} has no rule; define draw(self, shape, rng)."
            )
        return in_shape(self._as_in_keras(shape, dtype="float64"), shape, self)


def in_shape(values: Any, shape: Shape, maker: Any) -> np.ndarray:
    """Give what a function of a user's made as an array, or say what is wrong with its shape."""
    array = np.asarray(values)
    if array.shape != shape:
        raise ShapeError(
            f"the initializer {maker!r} was asked for shape {shape}; it gave {array.shape}."
        )
    return array


@final
class FromFunction(OfFunction, Initializer, listed=False):
    """A function ``(shape, dtype) -> array`` as an initializer; it cannot be saved by name."""

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return in_shape(self.function(shape, dtype="float64"), shape, self.function)


@final
class FromValues(Initializer, listed=False):
    """An array as an initializer: the values themselves; it cannot be saved."""

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        if self.values.shape != shape:
            raise ShapeError(
                f"the array given as an initializer has shape {self.values.shape}; the weight has"
                f" {shape}."
            )
        return self.values

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"an array of shape {self.values.shape} as an initializer is not saved; make a subclass"
            " of Initializer, or leave it out and set the weights afterwards."
        )

    def __repr__(self) -> str:
        return f"FromValues(array of shape {self.values.shape})"


def seed_or_none(seed: Any) -> int | None:
    """Give a seed back, or say what is wrong with it."""
    return None if seed is None else checked_seed(seed, others=", or None")


def get_initializer(initializer: Any) -> Any:
    """
    Find an initializer.

    Parameters
    ----------
    initializer : str, dict, Initializer, array or callable
        A name ("he_normal" or "HeNormal"), what `serialize` wrote, an initializer, the values
        themselves, or a function ``(shape, dtype) -> array``.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get_initializer("he_normal")
    HeNormal()
    """
    made = found(initializer, Initializer, ALIASES)
    if made is not None:
        return made
    if isinstance(initializer, np.ndarray | np.generic | Tensor):
        return FromValues(initializer)
    if callable(initializer) and not isinstance(initializer, type):
        return FromFunction(initializer)
    raise OptionError(
        f"initializer must be a name, an Initializer or a function of a shape; got {initializer!r}."
    )
