"""Metrics as engines see them: each looks at its own output, with the mask and the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from clearprop.core.namespaces import no_grad
from clearprop.core.tensor import Tensor
from clearprop.core.tree import flatten
from clearprop.losses import Loss
from clearprop.metrics import MeanMetric, Metric
from clearprop.metrics.means import MeanMetricWrapper
from clearprop.metrics.weights import masked_weight
from clearprop.nn.masking import mask_of

__all__ = ["Gauge", "LossGauge", "share_of"]


def share_of(
    place: int | None, y: Any, prediction: Any, weight: Any
) -> tuple[Any, Tensor, Any, Any]:
    """
    Give what belongs to one output: targets, prediction, weights and mask.

    Parameters
    ----------
    place : int or None
        Which output; None for the only one.
    y, prediction, weight
        Of all outputs.
    """
    outs: Sequence[Any] = flatten(prediction)[0]
    k = 0 if place is None else place
    own = weight[k] if isinstance(weight, list) else weight
    return (y if place is None else y[k]), outs[k], own, mask_of(outs[k])


@final
class Gauge:
    """
    A metric of one output.

    Parameters
    ----------
    metric : Metric
    name : str
        What its figure is called.
    place : int or None
        Which output it looks at; None for the only one.
    weighted : bool
        Whether examples count by their weights.
    """

    def __init__(
        self, metric: Metric, name: str, place: int | None = None, *, weighted: bool = False
    ) -> None:
        self.metric, self.name, self.place, self.weighted = metric, name, place, weighted

    @property
    def joins(self) -> bool:
        """Whether several batches as one give the same; a function of the user's may average."""
        ours = type(self.metric).__module__.startswith("clearprop.")
        return ours and not isinstance(self.metric, MeanMetricWrapper)

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        if self.place is None and y_pred.__class__ is Tensor:
            own = sample_weight if self.weighted else None
            self.metric.update(y_true, y_pred.node.data, own)
            return
        y, out, weight, mask = share_of(self.place, y_true, y_pred, sample_weight)
        weight = weight if self.weighted else None
        if mask is not None:
            weight = masked_weight(weight, mask)
        self.metric.update(y, out.node.data, weight)

    def sums(self, xp: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """
        Compute, with another array library, what a batch adds to a sum and to a count.

        Returns
        -------
        (array, array) or None
            What `add` takes; None if the metric has to see the predictions.
        """
        y, out, weight, mask = share_of(self.place, y_true, y_pred, sample_weight)
        if mask is not None or not isinstance(self.metric, MeanMetric):
            return None
        return self.metric.sums(xp, y, out.node.data, weight if self.weighted else None)

    def add(self, total: float, count: float) -> None:
        """Take in what batches added, as `sums` gave it."""
        assert isinstance(self.metric, MeanMetric)
        self.metric.add(total, count)

    def result(self) -> Any:
        """Give the figure so far."""
        return self.metric.result()

    def reset(self) -> None:
        """Forget all batches."""
        self.metric.reset()


@final
class LossGauge:
    """
    The loss of one of several outputs, averaged over the examples.

    Parameters
    ----------
    loss : Loss
    name : str
    place : int
        Which output it looks at.
    """

    def __init__(self, loss: Loss, name: str, place: int) -> None:
        self.loss, self.name, self.place = loss, name, place
        self.joins = False  # a loss may divide by what a mask, or weights, leave of a batch
        self.reset()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch."""
        y, out, weight, mask = share_of(self.place, y_true, y_pred, sample_weight)
        with no_grad():
            value = self.loss.compute(y, out, weight, mask)
        self.total += float(value.node.data) * len(y)
        self.count += len(y)

    def sums(self, xp: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Compute what a batch adds: its loss, as often as it has examples, and their number."""
        y, out, weight, mask = share_of(self.place, y_true, y_pred, sample_weight)
        with no_grad():
            value = self.loss.compute(y, out, weight, mask)
        count = float(len(y))
        total = xp.astype(value.node.data, dtype=xp.float64) * count
        return total, xp.asarray(count, dtype=xp.float64)

    def add(self, total: float, count: float) -> None:
        """Take in what batches added."""
        self.total += float(total)
        self.count += int(count)

    def result(self) -> float:
        """Give the mean so far."""
        return self.total / self.count if self.count else float("nan")

    def reset(self) -> None:
        """Forget all batches."""
        self.total, self.count = 0.0, 0
