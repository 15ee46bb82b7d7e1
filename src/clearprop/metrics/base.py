"""What every metric is: values of samples, averaged over however many batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

__all__ = ["METRICS", "Metric", "get"]

METRICS: dict[str, type] = {}


class Metric(ABC):
    """A figure over batches: `update` with each, then `result`; `reset` starts again."""

    name: str

    @abstractmethod
    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch in (arrays or tensors)."""

    @abstractmethod
    def result(self) -> float:
        """Give the figure over all batches since `reset`."""

    @abstractmethod
    def reset(self) -> None:
        """Forget all batches."""


def get(metric: Any, loss: Any = None, output_shape: Any = None) -> Metric:
    """Find a metric; "accuracy" is chosen by the loss (a Loss) and the output's shape."""
    raise NotImplementedError
