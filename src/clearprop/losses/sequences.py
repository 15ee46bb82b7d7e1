"""A loss for sequences whose labels are not aligned with the outputs, as in reading and speech."""

from __future__ import annotations

from typing import final

import numpy as np

from clearprop import ops
from clearprop.core.looping import Turn, rolled, rolling
from clearprop.core.tensor import RECORDED, Tensor
from clearprop.errors import DTypeError, RangeError, ShapeError
from clearprop.losses.base import MatchedLoss, OutputShape
from clearprop.losses.forms import function_of

__all__ = ["CTC", "ctc"]

BLANK = 0  # the class that stands for "no label here", and fills rows of labels up


@final
class CTC(MatchedLoss):
    r"""
    Minus the log-likelihood of a row of labels, however they lie in time.

    .. math:: E_n = -\ln \sum_{\text{paths that read } t_n} \; \prod_\tau p_{n \tau, path_\tau}

    A path has a class for each step; it reads as what is left when repetitions are made one and
    blanks, class 0, are left out. The sum over all paths is run through time, step by step.

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    ShapeError
        When called, if outputs are not scores of shape (N, T, K) or labels not of shape (N, L).
    RangeError
        When called, if a label is no class, or a row has more of them than there are steps.

    References
    ----------
    A. Graves et al., Connectionist Temporal Classification (2006), section 4.1.

    Examples
    --------
    >>> scores = np.zeros((1, 2, 3))  # two steps, in which each of three classes is as likely
    >>> round(CTC()([[1]], scores).item(), 3)  # ln 9/3: the paths (1, 1), (0, 1) and (1, 0)
    1.099
    >>> round(ctc([[1, 2]], scores)[0].item(), 3)  # ln 9: the path (1, 2) alone
    2.197
    """

    aliases = ("ctc",)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        if y_true.ndim != 2 or len(output_shape) != 3:
            raise ShapeError(
                f"{self.name}: y_true has shape {y_true.shape}, the outputs {tuple(output_shape)};"
                " labels must have shape (N, L), filled up with 0, and scores (N, T, K)."
            )
        labels = y_true.astype(np.int64)
        if (labels != y_true).any():
            raise DTypeError(f"{self.name}: labels are whole numbers; got {y_true.dtype}.")
        _, steps, classes = output_shape
        self._check(labels, steps, classes)
        return labels

    def _check(self, labels: np.ndarray, steps: int | None, classes: int | None) -> None:
        beyond = (labels < 0) | (labels >= (classes or np.inf))
        if beyond.any():
            at = np.argwhere(beyond)[0]
            raise RangeError(
                f"{self.name}: label {labels[tuple(at)]} at {at.tolist()} is no class: the outputs"
                f" are {classes} classes, 1 to {(classes or 1) - 1}, and 0 for the blank."
            )
        real = labels != BLANK
        if (real[:, 1:] & ~real[:, :-1]).any():
            row = int(np.argwhere(real[:, 1:] & ~real[:, :-1])[0, 0])
            raise RangeError(
                f"{self.name}: row {row} has a label after a 0: {labels[row].tolist()}. Class 0 is"
                " the blank, which only fills rows up at the end; number the labels from 1."
            )
        repeated = real[:, 1:] & (labels[:, 1:] == labels[:, :-1])
        needed = real.sum(axis=1) + repeated.sum(axis=1)  # a blank between equal ones
        if steps is not None and (needed > steps).any():
            row = int(np.argmax(needed > steps))
            raise RangeError(
                f"{self.name}: the labels of row {row} need {needed[row]} steps, one each and one"
                f" between equal neighbours; the outputs have {steps}."
            )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        (N, L), T = y_true.shape, y_pred.shape[1]
        blanks = RECORDED.zeros_like(y_true)
        between = ops.reshape(ops.stack([blanks, y_true], axis=-1), (N, 2 * L))
        states = ops.concat([between, blanks[:, :1]], axis=1)  # (N, S): blank, label, ..., blank
        at = ops.broadcast_to(ops.expand_dims(states, axis=1), (N, T, 2 * L + 1))
        log_p = ops.take_along_axis(ops.log_softmax(y_pred), at, axis=-1)  # (N, T, S)
        skips = ops.logical_and(  # from label to label, unless they are equal
            ops.not_equal(states, BLANK), ops.not_equal(states, _later(states, 2, BLANK))
        )
        start = np.arange(2 * L + 1) < 2
        alpha = ops.where(start, log_p[:, 0], -np.inf)  # of all paths that are in a state by now

        def turn(now: list[Tensor], alpha: Tensor) -> tuple[Tensor, Tensor]:
            moved = ops.logaddexp(alpha, _later(alpha, 1, -np.inf))
            skipped = ops.where(skips, _later(alpha, 2, -np.inf), -np.inf)
            after = ops.logaddexp(moved, skipped) + now[0]
            return after, after

        alpha = _through(turn, log_p, alpha)
        length = ops.sum(ops.astype(ops.not_equal(y_true, BLANK), np.int64), axis=1, keepdims=True)
        on_blank = ops.take_along_axis(alpha, 2 * length, axis=1)
        on_label = ops.take_along_axis(alpha, ops.maximum(2 * length - 1, 0), axis=1)
        on_label = ops.where(ops.equal(length, 0), -np.inf, on_label)
        return -ops.squeeze(ops.logaddexp(on_blank, on_label), axis=1)


def _through(turn: Turn, log_p: Tensor, alpha: Tensor) -> Tensor:
    """Go through all time steps but the first."""
    if rolling() and log_p.shape[1] > 1:
        steps = ops.permute_dims(log_p[:, 1:], axes=(1, 0, 2))
        made = rolled(turn, [steps], alpha, reverse=False, whole=False)
        if made is not None:
            return made[0]
    for t in range(1, log_p.shape[1]):
        alpha, _ = turn([log_p[:, t]], alpha)
    return alpha


def _later(x: Tensor, steps: int, fill: float) -> Tensor:
    """Move along the last axis, and fill up what becomes free."""
    empty = RECORDED.full_like(x[:, :steps].detach(), fill)
    return ops.concat([empty, x[:, : x.shape[1] - steps]], axis=1)


ctc = function_of(CTC)
