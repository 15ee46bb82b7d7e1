"""Losses as functions: the function form of each class, and a user's own function as a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from clearprop.core.forms import function_form
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.losses.base import Loss

__all__ = ["FUNCTIONS", "FunctionLoss", "function_of"]

# A loss given as one of these functions is the class: checked, fused and saved like it.
FUNCTIONS: dict[Any, type[Loss]] = {}


def function_of(cls: type[Loss]) -> Callable[..., Tensor]:
    """Make the function ``(y_true, y_pred, **settings)`` that gives a loss's values by sample."""

    def values(settings: dict[str, Any], y_true: Any, y_pred: Any) -> Tensor:
        return cls(**settings, reduction="none")(y_true, y_pred)

    function = function_form(cls, cls.aliases[0], values, without=("reduction", "name", "dtype"))
    FUNCTIONS[function] = cls
    return function


@final
class FunctionLoss(Loss):
    """
    A function of your own as a loss.

    Parameters
    ----------
    function : callable ``(y_true, y_pred) -> Tensor``
        Gives one value a sample, by operations on tensors; targets reach it unchecked, but for an
        axis of size 1 that they lack at the end, or have too many.
    reduction, name, dtype
        As for every `Loss`; it is called what the function is called.

    Examples
    --------
    >>> import clearprop as cp
    >>> worst = FunctionLoss(lambda t, y: cp.max(cp.abs(y - t), axis=-1), name="worst")
    >>> worst([[0.0, 0.0]], [[1.0, -3.0]]).item()
    3.0
    """

    def __init__(
        self,
        function: Callable[[Tensor, Tensor], Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        called = name or getattr(function, "__name__", "loss").strip("<>")
        super().__init__(called, reduction, dtype)
        self.function = function

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return self.function(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"the loss {self.name!r} is a function and cannot be saved by name; compile the loaded"
            " model with it again."
        )
