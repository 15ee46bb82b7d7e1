"""`check`: a hand-written backward pass is run, measured, and its mistake named."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.handwritten import is_numbers_of, judge_numbers
from clearprop.doctor.judge import Verdict, judge
from clearprop.doctor.optimizers import RULE_NAMES, is_optimizer, is_rule, judge_optimizer
from clearprop.doctor.report import CheckReport
from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget, Failed, memory_limited
from clearprop.doctor.submitted.heads import loss_of_head
from clearprop.errors import unknown

__all__ = ["check"]


def check(
    thing: Any,
    x: Any = None,
    t: Any = None,
    *,
    params: Any = None,
    grads: Any = None,
    loss: Any = None,
    lr: float | None = None,
    seed: int = 0,
    seconds: float = 5.0,
    **options: Any,
) -> CheckReport:
    """
    Find and name the mistake of a hand-written backward pass.

    Parameters
    ----------
    thing : object
        A layer, a network, a pair of functions, a step, an optimizer: see the guide.
    x, t : array, optional
        Input (a tuple of several) and target.
    params : object, optional
        What ``loss(params)`` takes, or the arrays that follow the inputs of a function.
    grads : mapping, optional
        Names of gradients by names of parameters, where they cannot be guessed.
    loss : str or callable, optional
        The loss, where only its author knows it: ``loss(y, t)``, or ``loss(params)`` for a step.
    lr : float, optional
        The learning rate of a program that changes its own weights.
    seed : int
        Of the points at which it is tried.
    seconds : float
        The time that one call of the program may take.
    **options
        What is for one style of program: ``rule=`` and ``options=`` of an optimizer, ``model=``,
        ``y=`` and ``digits=`` of numbers.

    Returns
    -------
    CheckReport
        ``report.sound`` is True, False, or None where it cannot be judged; ``report.findings`` are
        the mistakes; ``print(report)`` says it in words.

    Examples
    --------
    >>> class Square:
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x**2
    ...     def backward(self, dout):
    ...         return dout * self.x
    >>> report = check(Square(), x=np.array([1.0, 2.0, 3.0]))
    >>> report.sound
    False
    """
    asked = Asked(x, t, params, grads, loss, lr, seed, seconds, options)
    budget = Budget(seconds)
    subject = None
    try:
        with np.errstate(all="ignore"), memory_limited():
            _numbers_only(asked)
            if is_numbers_of(thing, options):
                target = t if t is not None else options.get("y")
                return CheckReport(judge_numbers(thing, x, target, options))
            if isinstance(loss, str):
                loss_of_head(loss)  # a name that there is not is told even if none is needed
            if "rule" in options and not is_rule(str(options["rule"])):
                raise unknown("rule", options["rule"], RULE_NAMES)
            if is_optimizer(thing, asked):
                sound, findings = judge_optimizer(thing, asked, budget)
                return CheckReport(Verdict(sound, findings))
            subject = as_subject(thing, asked, budget)
            verdict = judge(subject, seed)
            if verdict.sound and not verdict.names:
                raise Failed("nothing", "check")
            verdict.notes += subject.told
            if subject.unseen:
                verdict.notes.append(("unseen", {"names": ", ".join(subject.unseen)}))
    except Failed as failed:
        return CheckReport(Verdict(None), failed)
    finally:
        if subject is not None:
            subject.snapshot.restore()
    return CheckReport(verdict)


def _numbers_only(asked: Asked) -> None:
    """Refuse data that hold no numbers."""
    for kind, values in (("bad_input", asked.xs), ("bad_target", (asked.t,))):
        for value in values:
            text = isinstance(value, str | bytes)
            if text or (isinstance(value, np.ndarray) and value.dtype.kind in "USO"):
                raise Failed(kind, "check", what="str" if text else f"array of {value.dtype}")
