"""The shape of what a model gives: told as Keras tells it, and followed for inputs of a shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from clearprop.nn.shapes import map_shapes

__all__ = ["ToldShape", "shape_told"]


class ToldShape(Sequence[Any]):
    """
    What is known of the shape of a model's output; called with an input's shape, it follows it.

    Keras's ``model.output_shape`` is a shape; here every layer's is a function of the input's.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((4,)), cp.layers.Dense(2)])
    >>> model.output_shape, model.output_shape((None, 4)), model.output_shape == (None, 2)
    ((None, 2), (None, 2), True)
    """

    def __init__(self, model: Any, follow: Callable[[Any, Any], Any]) -> None:
        self._model, self._follow = model, follow

    def __call__(self, input_shape: Any) -> Any:
        """Give the output's shape for an input of `input_shape`."""
        return self._follow(self._model, input_shape)

    @property
    def _known(self) -> Any:
        return map_shapes(tuple, self._follow(self._model, self._model.input_shape))

    @overload
    def __getitem__(self, k: int) -> Any: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Any]: ...
    def __getitem__(self, k: Any) -> Any:
        return self._known[k]

    def __len__(self) -> int:
        return len(self._known)

    def __eq__(self, other: object) -> bool:
        return bool(self._known == (other._known if isinstance(other, ToldShape) else other))

    def __hash__(self) -> int:
        return hash(self._known)

    def __repr__(self) -> str:
        return repr(self._known)


class shape_told:  # noqa: N801 - it reads as the decorator that it is
    """Make a method that follows shapes tell what is known, too."""

    def __init__(self, follow: Callable[[Any, Any], Any]) -> None:
        self.follow, self.__doc__ = follow, follow.__doc__

    def __get__(self, model: Any, kind: Any = None) -> Any:
        return self.follow if model is None else ToldShape(model, self.follow)
