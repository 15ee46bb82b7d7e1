"""Callbacks that end training: when it no longer helps, or when the loss is small enough."""

from __future__ import annotations

import sys
from typing import Any, final

import numpy as np

from clearprop.core.caller import warn
from clearprop.errors import OptionError, named, no_argument
from clearprop.lang import say
from clearprop.train.callbacks import Callback, Logs

__all__ = ["EarlyStopping", "StopAtLoss"]

GROWING = ("acc", "accuracy", "auc", "precision", "recall", "f1", "r2", "iou")  # better if larger


@final
class EarlyStopping(Callback):
    """
    End training when a figure has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        Which figure: "val_loss", "loss", "val_accuracy" and so on.
    min_delta : float
        By how much it must change, at least, to count as better.
    patience : int, epochs
        How many epochs without anything better are put up with.
    verbose : {0, 1}
        Whether to say when it stops.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" tells by the name.
    baseline : float, optional
        What must be beaten as well for an epoch to count as better.
    restore_best_weights : bool
        Whether to put the weights of the best epoch back at the end.
    start_from_epoch : int
        The first epoch, counted from 0, that is looked at.
    **unknown
        There are no others.

    Attributes
    ----------
    stopped_epoch : int
        The epoch, counted from 0, after which it stopped; 0 if it did not.
    best, best_epoch : float, int
        The best figure, and its epoch.

    Raises
    ------
    OptionError
        If there is an argument of another name, `mode` is another, or "auto" cannot tell.

    Examples
    --------
    >>> EarlyStopping("val_loss", patience=3).mode
    'min'
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument("EarlyStopping", unknown, named(EarlyStopping))
        self.monitor, self.min_delta = monitor, abs(min_delta)
        self.patience, self.verbose = patience, verbose
        self.mode = direction(monitor, mode)
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._forget()

    def _forget(self) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best: float | None = None
        self.best_weights: list[np.ndarray] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._forget()  # the same one may serve several times

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current = figure(self.monitor, logs, "EarlyStopping")
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self._better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self._better(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _better(self, figure: float, reference: float | None) -> bool:
        if reference is None:
            return True
        if self.mode == "max":
            return figure - self.min_delta > reference
        return figure + self.min_delta < reference

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.verbose and self.stopped_epoch:
            epoch, metric = self.stopped_epoch + 1, self.monitor
            _print(say("train.stopped_early", epoch=epoch, metric=metric, patience=self.patience))
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            if self.verbose:
                _print(say("train.restored", epoch=self.best_epoch + 1))


@final
class StopAtLoss(Callback):
    """
    End training after the first epoch whose loss is below a threshold.

    An epoch's loss is that of its predictions, which come before its updates: the update that
    belongs to the small loss is still made, and the epoch counts.

    Parameters
    ----------
    threshold : float, in the loss's own unit
        The loss to get below.
    monitor : str
        Another figure to look at, such as "val_loss".
    verbose : {0, 1}
        Whether to say when it stops.

    Attributes
    ----------
    stopped_epoch : int or None
        The epoch, counted from 0, that was the last; None if the threshold was not reached.

    Raises
    ------
    OptionError
        If `threshold` is no number.

    Examples
    --------
    >>> stop = StopAtLoss(1e-7)
    >>> stop.threshold
    1e-07
    """

    def __init__(self, threshold: float, monitor: str = "loss", verbose: int = 0) -> None:
        try:
            self.threshold = float(threshold)
        except (TypeError, ValueError):
            raise OptionError(
                f"StopAtLoss: threshold must be a number; got {threshold!r}."
            ) from None
        self.monitor, self.verbose = monitor, verbose
        self.stopped_epoch: int | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.stopped_epoch = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current = figure(self.monitor, logs, "StopAtLoss")
        if current is not None and current < self.threshold:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.verbose and self.stopped_epoch is not None:
            value = f"{(logs or {}).get(self.monitor, self.threshold):.4g}"
            epoch, metric = self.stopped_epoch + 1, self.monitor
            _print(say("train.reached", epoch=epoch, metric=metric, value=value))


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
    name = monitor.removeprefix("val_")
    if name.endswith(GROWING):
        return "max"
    if name in ("loss", "mse", "mae", "mape", "msle") or name.endswith(
        ("error", "entropy", "loss")
    ):
        return "min"
    raise OptionError(
        f"whether a smaller or a larger {monitor!r} is better cannot be told from its name;"
        " give mode='min' or mode='max'."
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


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
