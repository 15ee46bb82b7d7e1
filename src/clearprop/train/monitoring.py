"""Callbacks that watch one figure: which it is, and whether smaller or larger is better."""

from __future__ import annotations

import re
import sys
from abc import ABC
from typing import final

from clearprop.core.caller import warn
from clearprop.errors import OptionError, hint
from clearprop.train.callbacks import Callback, Logs, State

__all__ = ["Monitor", "direction", "figure", "tell_user"]

USUAL = ("loss", "val_loss", "accuracy", "val_accuracy")
GROWING = (
    "acc", "accuracy", "auc", "precision", "recall", "f1", "fbeta", "f1_score", "fbeta_score",
    "r2", "r2_score", "iou", "io_u", "cosine_similarity", "true_positives", "true_negatives",
    "sensitivity", "specificity",
)  # fmt: skip
FALLING = (
    "loss", "error", "entropy", "crossentropy", "mse", "mae", "mape", "msle", "rmse", "sse",
    "hinge", "huber", "poisson", "cosh", "logcosh", "divergence", "false_positives",
    "false_negatives",
)  # fmt: skip


class Monitor(Callback, ABC):
    """
    A callback that watches one figure.

    Parameters
    ----------
    monitor : str
        Which figure: "val_loss", "loss", "val_accuracy" and so on.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" tells by the name.
    min_delta : float
        By how much it must change, at least, to count as better.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        self.monitor, self.mode = monitor, direction(monitor, mode)
        self.min_delta = abs(min_delta)
        self.best: float | None = None
        self.wait = 0

    @final
    def better(self, figure: float, reference: float | None) -> bool:
        """Tell whether a figure is better than another; anything is better than none."""
        if reference is None:
            return True
        if self.mode == "max":
            return figure - self.min_delta > reference
        return figure + self.min_delta < reference

    def get_state(self) -> State:
        known = {"wait": self.wait, "best": self.best}
        return {name: value for name, value in known.items() if value is not None}

    def set_state(self, state: State) -> None:
        self.wait = int(state["wait"])
        self.best = float(state["best"]) if "best" in state else None


def direction(monitor: str, mode: str) -> str:
    """
    Tell whether a smaller or a larger figure is better.

    Raises
    ------
    OptionError
        If `mode` is unknown, or is "auto" and the name says nothing.

    Examples
    --------
    >>> direction("val_loss", "auto"), direction("val_binary_accuracy", "auto")
    ('min', 'max')
    """
    if mode not in ("auto", "min", "max"):
        raise OptionError(f"mode must be 'auto', 'min' or 'max'; got {mode!r}.")
    if mode != "auto":
        return mode
    name = re.sub(r"_\d+$", "", monitor.removeprefix("val_"))
    if name.endswith(GROWING):
        return "max"
    if name.endswith(FALLING):
        return "min"
    raise OptionError(
        f"whether a smaller or a larger {monitor!r} is better cannot be told from its name"
        f"{hint(monitor, USUAL)} If it is a figure of your own, give mode='min' or mode='max'."
    )


def figure(monitor: str, logs: Logs | None, who: str) -> float | None:
    """Look a figure up; a missing one is a warning, not the end of a long training."""
    found = (logs or {}).get(monitor)
    if found is None:
        mend = " Give fit validation data." if monitor.startswith("val_") else ""
        warn(
            f"{who} looks at {monitor!r}, which there is not;"
            f" there are {', '.join(map(repr, logs or {})) or 'none'}.{mend}"
        )
    return found


def tell_user(text: str) -> None:
    """Write a line to whoever watches."""
    sys.stdout.write(text + "\n")
