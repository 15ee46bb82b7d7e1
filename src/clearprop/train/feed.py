"""From what a user gives to what an engine takes: checked, converted, and matched to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop.core.namespaces import no_grad
from clearprop.core.tensor import Tensor
from clearprop.data import validation_split
from clearprop.engines import Data
from clearprop.errors import OptionError
from clearprop.train.examples import (
    as_array,
    checked_inputs,
    checked_weights,
    finite,
    same_rows,
    with_axis,
)

if TYPE_CHECKING:
    from clearprop.nn import Layer
    from clearprop.train.setup import Setup

__all__ = ["Outputs", "examples", "held_out", "inputs", "prepared", "split"]

Examples = tuple[np.ndarray, np.ndarray, np.ndarray | None]


@final
class Outputs:
    """
    What a model gives for inputs: it is asked with one of them.

    Attributes
    ----------
    shape : tuple of (int or None)
        None stands for the batch axis.
    dtype : dtype
    """

    def __init__(self, model: Layer, x: np.ndarray) -> None:
        with no_grad():
            y = model(x[:1])
        if not isinstance(y, Tensor):
            raise OptionError(
                f"a model gives one tensor; {model.name!r} gave a {type(y).__name__}."
            )
        self.shape: tuple[int | None, ...] = (None, *y.shape[1:])
        self.dtype = y.dtype


def examples(x: Any, y: Any, weight: Any = None, *, of: str = "") -> Examples:
    """
    Give inputs, targets and weights as arrays with the same number of rows.

    Parameters
    ----------
    x, y, weight
        As a user gives them.
    of : str
        What to put before their names in messages: "validation ".

    Raises
    ------
    ShapeError, DTypeError, DataError, NumericsError, OptionError
        If they are no numbers, differ in rows, have none, or weights are negative.
    """
    inputs, targets = as_array(f"{of}x", x), as_array(f"{of}y", y)
    rows = same_rows(**{f"{of}x": inputs, f"{of}y": targets})
    return inputs, finite(f"{of}y", targets), checked_weights(weight, rows, of=of)


def split(fraction: float, x: np.ndarray, y: np.ndarray, weight: Any) -> tuple[Examples, Examples]:
    """Set the last rows aside for validation."""
    if weight is None:
        kept, aside = validation_split(fraction, x, y)
        return (kept[0], kept[1], None), (aside[0], aside[1], None)
    kept, aside = validation_split(fraction, x, y, weight)
    return (kept[0], kept[1], kept[2]), (aside[0], aside[1], aside[2])


def held_out(validation_data: Any) -> Examples:
    """
    Give a user's validation data as arrays.

    Raises
    ------
    OptionError
        If it is not ``(x, y)`` or ``(x, y, sample_weight)``.
    """
    if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
        got = type(validation_data).__name__
        if isinstance(validation_data, tuple | list):
            got += f" of {len(validation_data)}"
        raise OptionError(f"validation_data must be (x, y) or (x, y, sample_weight); got a {got}.")
    return examples(*validation_data, of="validation ")


def inputs(model: Layer, x: np.ndarray, *, of: str = "") -> np.ndarray:
    """
    Give inputs in the shape and the kind of number that the model takes.

    Raises
    ------
    ShapeError, NumericsError
        If their shape is another, or a number is not finite or too large.
    """
    x = checked_inputs(with_axis(x, model.built_for), model.built_for, f"{of}x")
    if x.dtype.kind != "f":
        return x  # converted batch by batch: pixels as bytes take a quarter of the memory
    with np.errstate(over="ignore"):
        converted = model.converted(x)
    return finite(f"{of}x", converted, x)


def prepared(model: Layer, setup: Setup, given: Examples, *, of: str = "") -> tuple[Outputs, Data]:
    """
    Match examples to the model, which is built for them if it has to be, and to its loss.

    Raises
    ------
    ShapeError, DTypeError, RangeError, NumericsError
        If inputs do not fit the model, or targets its outputs or its loss.
    """
    x = inputs(model, given[0], of=of)
    outputs = Outputs(model, x)
    y = setup.loss.prepare(given[1], outputs.shape, outputs.dtype)
    return outputs, Data(x, y, given[2])
