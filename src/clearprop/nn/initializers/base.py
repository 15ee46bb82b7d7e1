"""What an initializer is, and how one is found by name."""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import numpy as np

from clearprop.core.random import stream
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn.naming import snake_case
from clearprop.nn.precision import FLOATS, floatx
from clearprop.nn.registry import INITIALIZERS, check_config, deserialize

__all__ = [
    "Draw",
    "FromFunction",
    "Initializer",
    "Shape",
    "checked_seed",
    "get_initializer",
    "number",
]

Shape = tuple[int, ...]
Draw = np.random.Generator
ALIASES = {"normal": "RandomNormal", "one": "Ones", "uniform": "RandomUniform", "zero": "Zeros"}


class Initializer(ABC):
    """
    A rule for first values.

    Called with a shape, it gives an array. Numbers drawn for a weight of a layer depend on the
    seed and on the weight's path alone, so that adding a layer changes nothing in the others;
    they have Keras's distributions, not Keras's very bits.
    """

    seed: int | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not inspect.isabstract(cls) and not cls.__name__.startswith("_"):
            INITIALIZERS.setdefault(cls.__name__, cls)

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

    @abstractmethod
    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        """Make the values, in float64."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make an initializer like this one."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Initializer:
        """Make an initializer from `get_config`'s data."""
        return cls(**check_config(cls, config))

    def __repr__(self) -> str:
        config = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({config})"


@final
class FromFunction(Initializer):
    """A function ``(shape, dtype) -> array`` as an initializer; it cannot be saved by name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        values = np.asarray(self.function(shape, dtype="float64"))
        if values.shape != shape:
            raise ShapeError(
                f"the initializer {self.function!r} was asked for shape {shape}; it gave"
                f" {values.shape}."
            )
        return values

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"the initializer {self.function!r} is a function and cannot be saved by name; make it"
            " a subclass of Initializer."
        )


def number(who: str, what: str, value: Any, least: float = -math.inf) -> float:
    """Give a finite number back, or say what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise OptionError(f"{who}: {what} must be a number; got {value!r}.")
    if not (math.isfinite(value) and value >= least):
        raise OptionError(
            f"{who}: {what} must be finite"
            + (f" and at least {least}" if least > -math.inf else "")
            + f"; got {value!r}."
        )
    return float(value)


def checked_seed(seed: Any) -> int | None:
    """Give a seed back, or say what is wrong with it."""
    if seed is not None and (
        isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0
    ):
        raise OptionError(f"seed must be a whole number of at least 0, or None; got {seed!r}.")
    return None if seed is None else int(seed)


def get_initializer(initializer: Any) -> Callable[..., Any]:
    """
    Find an initializer.

    Parameters
    ----------
    initializer : str, dict, Initializer or callable
        A name ("he_normal" or "HeNormal"), what `serialize` wrote, an initializer, or a function
        ``(shape, dtype) -> array``.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get_initializer("he_normal")
    HeNormal(seed=None)
    """
    if isinstance(initializer, str):
        by_name = {snake_case(name): cls for name, cls in INITIALIZERS.items()}
        name = ALIASES.get(initializer, initializer)
        cls = INITIALIZERS.get(name) or by_name.get(name)
        if cls is None:
            raise unknown("initializer", initializer, by_name)
        return cls()
    if isinstance(initializer, Mapping):
        return deserialize(initializer, INITIALIZERS, "initializer")
    if isinstance(initializer, type) and issubclass(initializer, Initializer):
        return initializer()
    if isinstance(initializer, Initializer):
        return initializer
    if callable(initializer):
        return FromFunction(initializer)
    raise OptionError(
        f"initializer must be a name, an Initializer or a function of a shape; got {initializer!r}."
    )
