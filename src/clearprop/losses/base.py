"""What every loss is: values of samples, weighted and reduced to one number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from clearprop.core.tensor import Tensor

__all__ = ["LOSSES", "Loss", "get"]

LOSSES: dict[str, type] = {}


class Loss(ABC):
    """
    A measure of error.

    ``loss(y_true, y_pred, sample_weight=None)`` checks labels and shapes and gives a recorded
    scalar (an array for reduction "none"). A training loop that has checked its data once with
    `check` calls `compute`, which trusts them.
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size"
    ) -> None:
        self.name, self.reduction = name, reduction

    @abstractmethod
    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """Compute the loss of each sample, from tensors of one shape."""

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Check, then compute."""
        self.check(y_true, y_pred.shape)
        return self.compute(y_true, y_pred, sample_weight)

    def check(self, y_true: Any, output_shape: tuple[int | None, ...]) -> None:
        """Refuse targets that do not fit outputs of `output_shape` (batch axis ignored)."""

    def compute(self, y_true: Any, y_pred: Tensor, sample_weight: Any = None) -> Tensor:
        """Compute from targets that were checked; y_true an array or a Tensor."""
        raise NotImplementedError

    def fused_with(self, activation: str) -> Loss | None:
        """Give the same loss of pre-activations, where the last activation is `activation`."""
        return None


def get(loss: Any) -> Loss:
    """Find a loss by name ("mse"), or give `loss` itself; a function (y_true, y_pred) is wrapped."""
    raise NotImplementedError
