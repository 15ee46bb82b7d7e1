"""A number or an array that a metric of your own keeps from batch to batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.metrics.weights import array

__all__ = ["State", "plain"]

_FIRST: dict[str, Callable[..., np.ndarray]] = {"zeros": np.zeros, "ones": np.ones}


@final
class State(NDArrayOperatorsMixin):
    """
    What a metric remembers; made by `Metric.add_weight`.

    Parameters
    ----------
    shape : tuple of int
    initializer : {"zeros", "ones"} or callable ``(shape, dtype) -> array``
    dtype : dtype
    name : str, optional

    Examples
    --------
    >>> seen = State((), "zeros", "float64")
    >>> seen.assign_add(3)
    >>> float(seen), float(seen / 2)
    (3.0, 1.5)
    """

    def __init__(
        self, shape: Any, initializer: Any, dtype: Any = np.float64, name: str | None = None
    ) -> None:
        self.name, self._shape, self._dtype = name, shape, np.dtype(dtype)
        self._first = _FIRST.get(initializer, initializer) if initializer else np.zeros
        if not callable(self._first):
            raise OptionError(
                "initializer must be 'zeros', 'ones' or a function (shape, dtype) -> array; got"
                f" {initializer!r}."
            )
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.value = array(self._first(self._shape, dtype=self._dtype)).copy()

    def assign(self, value: Any) -> None:
        """Remember `value` instead."""
        self.value = np.broadcast_to(array(value), self.value.shape).astype(self._dtype)

    def assign_add(self, value: Any) -> None:
        """Add `value`."""
        self.assign(self.value + array(value))

    def assign_sub(self, value: Any) -> None:
        """Take `value` away."""
        self.assign(self.value - array(value))

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return self.value.shape

    @property
    def dtype(self) -> Any:
        """The kind of number."""
        return self.value.dtype

    def numpy(self) -> np.ndarray:
        """Give the values as an array."""
        return self.value.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain_ones = [x.value if isinstance(x, State) else x for x in inputs]
        return getattr(ufunc, method)(*plain_ones, **kwargs)

    def __getitem__(self, index: Any) -> Any:
        return self.value[index]

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"<state {self.name or ''} {self.value!r}>"


def plain(figure: Any) -> Any:
    """Give a figure as a number, or as an array where it is several."""
    if isinstance(figure, State | Tensor | np.ndarray | np.generic):
        values = np.asarray(figure)
        return values if values.ndim else values.item()
    return figure
