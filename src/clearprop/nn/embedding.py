"""Whole numbers made into vectors, and time steps that do not count."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import DTypeError, RangeError
from clearprop.nn import effects
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.recurrent_cells import positive
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options, written_weight_options

__all__ = ["Embedding", "Masking"]


@final
@register
class Embedding(Layer):
    """
    A vector of its own for each whole number: words, characters, places, made into numbers.

    Parameters
    ----------
    input_dim : int
        How many numbers there are: the largest, and one.
    output_dim : int
        How long the vectors are.
    embeddings_initializer : str, Initializer or callable
        Where the vectors' first values come from.
    embeddings_regularizer : str or Regularizer, optional
        What the loss is raised by on their account.
    embeddings_constraint : str or Constraint, optional
        What they are put through after every step of training.
    mask_zero : bool
        Whether 0 is filling: layers that heed masks then leave it out.
    weights : array or list of one array, optional
        First values, of shape (input_dim, output_dim).
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If a size is no positive whole number.
    DTypeError
        When called, if the input holds fractions.
    RangeError
        When called, if a number is not from 0 to `input_dim` less one.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Embedding(3, 2, weights=np.array([[0, 0], [1, 2], [3, 4]]))
    >>> layer(np.array([[2, 1]])).tolist()
    [[[3.0, 4.0], [1.0, 2.0]]]
    """

    converts_integers: ClassVar[bool] = False
    _may_be_direct: ClassVar[bool] = False  # fractions, too, are looked up by as whole numbers
    embeddings: Variable

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        input_length: int | None = None,
        **options: Any,
    ) -> None:
        if input_length is not None and "input_shape" not in options:
            options["input_shape"] = (input_length,)
        super().__init__(**options)
        self.input_length = input_length
        self.input_dim = positive("Embedding", "input_dim", input_dim)
        self.output_dim = positive("Embedding", "output_dim", output_dim)
        set_weight_options(
            self,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.mask_zero = bool(mask_zero)
        self._first_vectors = weights

    def build(self, input_shape: BatchShape) -> None:
        """Make the vectors (input_dim, output_dim), whatever the input's shape."""
        self.embeddings = make_weight(self, "embeddings", (self.input_dim, self.output_dim))
        if self._first_vectors is not None:
            given = self._first_vectors
            self.set_weights(given if isinstance(given, list) else [given])

    def _check_built_for(self, shape: Any) -> None:
        """Take inputs of every shape."""

    def converted(self, x: Any) -> Any:
        """Give whole numbers as they are; fractions that are whole, and truth, as whole numbers."""
        x = super().converted(x)
        if x.dtype.kind in "iu":
            return x
        values = x.data if isinstance(x, Tensor) else x
        whole = ops.astype(ops.round(values), dtype=np.int64)
        if isinstance(values, np.ndarray) and not np.array_equal(values, whole.data):
            raise DTypeError(
                f"Embedding takes whole numbers from 0 to {self.input_dim - 1}; got {x.dtype} with"
                " fractions."
            )
        return whole if isinstance(x, Tensor) else whole.data

    def call(self, x: Tensor) -> Tensor:
        """Look the vectors up."""
        places = x.data
        if not effects.remembered():  # tried with sizes that mean nothing
            x = ops.minimum(x, self.input_dim - 1)
        elif isinstance(places, np.ndarray) and places.size:
            low, high = places.min(), places.max()
            if low < 0 or high >= self.input_dim:
                wrong = low if low < 0 else high
                raise RangeError(
                    f"Embedding has vectors for 0 to {self.input_dim - 1}; got {int(wrong)} (at"
                    f" {np.argwhere(places == wrong)[0].tolist()}). input_dim is the largest number"
                    " and one."
                )
        return ops.take(self.embeddings, x, axis=0)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Tell which numbers are not 0, if 0 is filling."""
        return ops.not_equal(x, 0) if self.mask_zero else None

    def output_shape(self, input_shape: Any) -> Any:
        """Give the input's shape and one axis more, the vectors'."""
        return (*as_batch_shape(input_shape), self.output_dim)

    def describe(self) -> str:
        """Say how many vectors of how many numbers."""
        return f"Embedding, {self.input_dim} → {self.output_dim}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            **written_weight_options(self, "embeddings"),
            "mask_zero": self.mask_zero,
        }


@final
@register
class Masking(Layer):
    """
    Time steps of nothing but one value do not count for the layers that follow.

    Parameters
    ----------
    mask_value : float
        The value.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Examples
    --------
    >>> import numpy as np
    >>> y = Masking(9.0)(np.array([[[1.0, 9.0], [9.0, 9.0]]]))
    >>> y.tolist(), y.mask.tolist()
    ([[[1.0, 9.0], [0.0, 0.0]]], [[True, False]])
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.mask_value = float(mask_value)

    def _counts(self, x: Tensor, keepdims: bool) -> Tensor:
        other = ops.not_equal(x, np.asarray(self.mask_value, self._dtype))
        return ops.any(other, axis=-1, keepdims=keepdims)

    def call(self, x: Tensor) -> Tensor:
        """Put zeros in the place of time steps that do not count."""
        return ops.where(self._counts(x, True), x, 0.0)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Tell which time steps have another value."""
        return self._counts(x, False)

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "mask_value": self.mask_value}
