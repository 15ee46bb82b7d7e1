"""What a history says: how the figures of training went, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.errors import OptionError

__all__ = ["Course"]


class Course:
    """
    Figures by name, one an epoch, read.

    Parameters
    ----------
    history : History, mapping of str to sequence of float, or None

    Raises
    ------
    OptionError
        If it is none of these.
    """

    def __init__(self, history: Any) -> None:
        figures = getattr(history, "history", history)
        if figures is None:
            figures = {}
        if not isinstance(figures, Mapping):
            raise OptionError(
                "history must be what fit returns, or a dict such as {'loss': [0.9, 0.4]};"
                f" got {type(history).__name__}."
            )
        self.figures: dict[str, list[float]] = {k: list(map(float, v)) for k, v in figures.items()}
        self.steps = dict(getattr(history, "params", None) or {}).get("steps")

    @property
    def loss(self) -> list[float]:
        return self.figures.get("loss", [])

    @property
    def val_loss(self) -> list[float]:
        return self.figures.get("val_loss", [])

    def accuracy(self, of: str = "") -> list[float]:
        """Give the accuracy, of whatever kind; of="val_" for that of the validation."""
        names = [k for k in self.figures if k.startswith(of) and k.endswith(("accuracy", "acc"))]
        names = [k for k in names if of or not k.startswith("val_")]
        return self.figures[names[0]] if names else []

    @property
    def epochs(self) -> int:
        return len(self.loss)

    @property
    def not_finite(self) -> int | None:
        """The first epoch, counted from 1, whose loss was no finite number."""
        return next((k + 1 for k, v in enumerate(self.loss) if not math.isfinite(v)), None)

    @property
    def erratic(self) -> bool:
        """Whether the loss, after the first third, goes up as well as down, and far."""
        late = self.loss[len(self.loss) // 3 :]
        if len(late) < 4 or not np.isfinite(late).all() or min(late) <= 0:
            return False
        return bool((np.diff(late) > 0).mean() >= 0.25 and max(late) > 3 * min(late))

    @property
    def still_falling(self) -> float:
        """By which share the loss fell over the last fifth of the epochs, at least one."""
        back = max(1, len(self.loss) // 5)
        if len(self.loss) <= back or not self.loss[-1 - back]:
            return 0.0
        before = self.loss[-1 - back]
        return (before - self.loss[-1]) / abs(before)


def trend(values: Sequence[float]) -> float:
    """
    Correlate values with their order: 1 rises all the way, −1 falls.

    Examples
    --------
    >>> trend([1.0, 2.0, 3.0])
    1.0
    """
    if len(values) < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return 0.0
    return float(np.corrcoef(np.arange(len(values)), values)[0, 1])
