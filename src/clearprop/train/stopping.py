"""Callbacks that end training: no longer better, good enough, or no numbers any more."""

from __future__ import annotations

from math import isfinite
from typing import Any, final

import numpy as np

from clearprop.errors import NumericsError, OptionError, named, no_argument
from clearprop.lang import say
from clearprop.train.callbacks import Callback, Logs, State
from clearprop.train.monitoring import Monitor, figure, tell_user

__all__ = ["EarlyStopping", "StopAtLoss", "TerminateOnNaN"]


@final
class EarlyStopping(Monitor):
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
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose = patience, verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._forget()

    def _forget(self) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
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
        if self.better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.better(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def get_state(self) -> State:
        held = {f"weights/{i}": w for i, w in enumerate(self.best_weights or [])}
        epochs = {"best_epoch": self.best_epoch, "stopped_epoch": self.stopped_epoch}
        return super().get_state() | epochs | held

    def set_state(self, state: State) -> None:
        super().set_state(state)
        self.best_epoch, self.stopped_epoch = int(state["best_epoch"]), int(state["stopped_epoch"])
        count = sum(name.startswith("weights/") for name in state)
        self.best_weights = [state[f"weights/{i}"] for i in range(count)] or None

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.verbose and self.stopped_epoch:
            epoch, metric = self.stopped_epoch + 1, self.monitor
            tell_user(
                say("train.stopped_early", epoch=epoch, metric=metric, patience=self.patience)
            )
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
            if self.verbose:
                tell_user(say("train.restored", epoch=self.best_epoch + 1))


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
            tell_user(say("train.reached", epoch=epoch, metric=metric, value=value))


@final
class TerminateOnNaN(Callback):
    """
    End training after the first step that makes the loss NaN or infinite.

    Parameters
    ----------
    raise_error : bool
        Whether to raise an error instead of ending quietly; other callbacks then do not hear that
        training ended, and keep what they would tidy up.

    Raises
    ------
    NumericsError
        In training, if `raise_error` asks for it.

    Examples
    --------
    >>> TerminateOnNaN(raise_error=True).on_batch_end(3, {"loss": float("inf")})
    Traceback (most recent call last):
    clearprop.errors.NumericsError: the loss became inf at step 4 of the epoch...
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if isfinite(loss):
            return
        if self.raise_error:
            raise NumericsError(
                f"the loss became {loss} at step {batch + 1} of the epoch; training ends here."
                " A smaller learning rate may help."
            )
        self.model.stop_training = True
