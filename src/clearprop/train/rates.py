"""Callbacks that set the learning rate: by the epoch, or when a figure no longer improves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, final

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, named, no_argument
from clearprop.lang import say
from clearprop.train.callbacks import Callback, Logs, State
from clearprop.train.monitoring import Monitor, figure, tell_user

__all__ = ["LearningRateScheduler", "ReduceLROnPlateau"]


@final
class LearningRateScheduler(Callback):
    """
    Set the learning rate at the beginning of each epoch.

    Parameters
    ----------
    schedule : callable ``(epoch, learning_rate) -> float`` or ``(epoch) -> float``
        From the epoch, counted from 0, and the rate so far to the rate of this epoch.
    verbose : {0, 1}
        Whether to say it.

    Raises
    ------
    OptionError
        If `schedule` cannot be called; in training, if it gives no rate, or the optimizer follows
        a schedule of its own.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    >>> model.compile(cp.optimizers.SGD(0.1), "mse")
    >>> halve = LearningRateScheduler(lambda epoch, lr: lr / 2)
    >>> model.fit([[1.0]], [[2.0]], epochs=3, callbacks=[halve]).history["learning_rate"]
    [0.05, 0.025, 0.0125]
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        if not callable(schedule):
            raise OptionError(
                f"LearningRateScheduler: schedule must be a function of the epoch and the rate so"
                f" far; got {schedule!r}."
            )
        self.schedule, self.verbose = schedule, verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        before = rate_of(optimizer, "LearningRateScheduler")
        given = self.schedule(epoch, before) if self._takes_rate else self.schedule(epoch)
        optimizer.learning_rate = _number(given, epoch)
        if self.verbose:
            rate = f"{optimizer.learning_rate:.4g}"
            tell_user(say("train.rate_is", epoch=epoch + 1, rate=rate))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model.optimizer, "LearningRateScheduler")


@final
class ReduceLROnPlateau(Monitor):
    """
    Make the learning rate smaller when a figure has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        Which figure: "val_loss", "loss", "val_accuracy" and so on.
    factor : float, in (0, 1)
        What the rate is multiplied by.
    patience : int, epochs
        How many epochs without anything better are put up with.
    verbose : {0, 1}
        Whether to say when it does.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" tells by the name.
    min_delta : float
        By how much it must change, at least, to count as better.
    cooldown : int, epochs
        How long to wait after a change before counting again.
    min_lr : float
        The smallest rate.
    **unknown
        There are no others.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or there is none of its name; in training, if the
        optimizer follows a schedule.

    Examples
    --------
    >>> ReduceLROnPlateau("val_loss", factor=0.5, patience=3).mode
    'min'
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument("ReduceLROnPlateau", unknown, named(ReduceLROnPlateau))
        if not 0.0 <= factor < 1.0:
            raise OptionError(
                f"ReduceLROnPlateau: factor must be at least 0 and below 1; got {factor!r}."
            )
        super().__init__(monitor, mode, min_delta)
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best, self.wait, self.cooldown_counter = None, 0, 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        rate = rate_of(optimizer, "ReduceLROnPlateau")
        if logs is not None:
            logs["learning_rate"] = rate
        current = figure(self.monitor, logs, "ReduceLROnPlateau")
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.better(current, self.best):
            self.best, self.wait = current, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                optimizer.learning_rate = max(rate * self.factor, self.min_lr)
                self.cooldown_counter, self.wait = self.cooldown, 0
                if self.verbose:
                    shown = f"{optimizer.learning_rate:.4g}"
                    tell_user(say("train.rate_is", epoch=epoch + 1, rate=shown))

    def get_state(self) -> State:
        return super().get_state() | {"cooldown": self.cooldown_counter}

    def set_state(self, state: State) -> None:
        super().set_state(state)
        self.cooldown_counter = int(state["cooldown"])


def rate_of(optimizer: Any, who: str) -> float:
    """
    Tell an optimizer's learning rate.

    Raises
    ------
    OptionError
        If it follows a schedule, which cannot be set anew.
    """
    rate = optimizer.learning_rate
    if callable(rate):
        raise OptionError(
            f"{who} sets the learning rate, but the optimizer follows a schedule ({rate!r}). Give"
            " the optimizer a number, or leave the callback out."
        )
    return float(rate)


def _takes_two(schedule: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(schedule).parameters.values()
    except (TypeError, ValueError):  # a built-in function does not say
        return True
    if any(p.kind == p.VAR_POSITIONAL for p in parameters):
        return True
    needed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(needed) >= 2


def _number(given: Any, epoch: int) -> float:
    """Take a rate from what a schedule gave: a number of Python's, of NumPy's or of a tensor."""
    held = np.asarray(given.numpy() if isinstance(given, Tensor) else given)
    if held.dtype.kind not in "iuf" or held.size != 1:
        raise OptionError(
            f"LearningRateScheduler: the schedule must give a number; for epoch {epoch} it gave"
            f" {given!r}."
        )
    return float(held.reshape(()))
