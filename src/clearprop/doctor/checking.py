"""`check`: a hand-written backward pass is run, measured, and its mistake named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.handwritten import is_numbers_of, judge_numbers
from clearprop.doctor.judge import Verdict, judge
from clearprop.doctor.optimizers import RULE_NAMES, is_optimizer, is_rule, judge_optimizer
from clearprop.doctor.report import CheckReport
from clearprop.doctor.submitted import Asked, as_subject
from clearprop.doctor.submitted.guard import Budget, Failed, memory_limited
from clearprop.doctor.submitted.heads import loss_of_head
from clearprop.doctor.submitted.variables import is_numbers
from clearprop.errors import OptionError, no_argument, unknown
from clearprop.lang import told

__all__ = ["check"]

_OPTIONS = ("rule", "options", "model", "y", "digits")


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
    _settings(seed, seconds, lr, options)
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
            if is_optimizer(thing, asked):
                sound, findings = judge_optimizer(thing, asked, budget)
                return CheckReport(Verdict(sound, findings))
            subject = as_subject(thing, asked, budget)
            if isinstance(grads, Mapping):
                for name in grads:
                    if name not in subject.known_names:
                        raise unknown("parameter", name, subject.known_names)
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
    """Refuse data that hold no numbers, or none that can be computed with."""
    for kind, values in (("bad_input", asked.xs), ("bad_target", (asked.t,))):
        for value in values:
            setting = len(values) > 1 and isinstance(value, Mapping)  # (x, w, {"stride": 2})
            what = "" if setting else _no_numbers(value)
            if what:
                raise Failed(kind, "check", what=what)
            if is_numbers(value) and not np.all(np.isfinite(np.asarray(value, dtype=float))):
                raise Failed("nan_" + kind[4:], "check")


def _no_numbers(value: Any) -> str:
    """Say what something is that holds no numbers; empty where it holds some, or is unknown."""
    if isinstance(value, np.ndarray | np.generic) or is_numbers(value):
        array = np.asarray(value)
        if not array.size:
            return "array without numbers"
        return f"array of {array.dtype}" if array.dtype.kind in "cUSMm" else ""
    if isinstance(value, str | bytes | Mapping | set | Iterator) or type(value) is object:
        return type(value).__name__
    if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
        return f"{type(value).__name__} of str"
    return ""


def _settings(seed: Any, seconds: Any, lr: Any, options: Mapping[str, Any]) -> None:
    """Refuse settings that there are not, or that mean nothing."""
    wrong = [name for name in options if name not in _OPTIONS]
    if wrong:
        named = ("thing", "x", "t", "params", "grads", "loss", "lr", "seed", "seconds", *_OPTIONS)
        raise no_argument("check", wrong, named)
    if not isinstance(seconds, int | float) or not seconds > 0:
        raise OptionError(told("refused.option", name="seconds", want="5", got=repr(seconds)))
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise OptionError(told("refused.option", name="seed", want="0", got=repr(seed)))
    if lr is not None and (not isinstance(lr, int | float | np.number) or not lr > 0):
        raise OptionError(told("refused.option", name="lr", want="0.1", got=repr(lr)))
    if "rule" in options and not is_rule(str(options["rule"])):
        raise unknown("rule", options["rule"], RULE_NAMES)
