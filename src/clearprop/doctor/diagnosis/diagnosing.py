"""`diagnose`: why a model does not learn, told from its numbers, its examples and its history."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from clearprop.core.tree import flatten
from clearprop.doctor.diagnosis import of_course, of_data, of_outputs, of_steps, of_units
from clearprop.doctor.diagnosis.batches import gathered
from clearprop.doctor.diagnosis.case import Case
from clearprop.doctor.diagnosis.condition import CONDITIONS
from clearprop.doctor.diagnosis.report import Diagnosis, Finding, Unjudged
from clearprop.errors import StateError
from clearprop.train.streams import is_stream

__all__ = ["ORDER", "diagnose", "examined", "judged"]

REFUSALS = ("not-finite-data", "labels-wrong-form")
FAMILIES = (of_outputs, of_data, of_units, of_steps, of_course)  # each defines its conditions

# Of two that may each follow from the other, the one that stands first is the cause.
ORDER = (
    "not-finite-data", "labels-wrong-form", "softmax-of-one", "activation-twice",
    "logits-as-probabilities", "targets-out-of-reach", "frozen", "equal-units",
    "labels-shifted", "labels-unrelated", "inputs-not-scaled", "targets-not-scaled",
    "penalty-too-strong", "exploding-gradients", "batch-norm-batch", "rate-too-high", "not-finite",
    "no-hidden-layer", "stuck-at-start",
    "dead-relus", "saturated", "vanishing-gradients", "batch-norm-behind",
    "rate-too-low", "classes-unbalanced", "too-few-epochs", "loss-against-accuracy", "overfitting",
    "underfitting", "leaking-column", "duplicated-column", "constant-column",
)  # fmt: skip


def diagnose(
    model: Any, x: Any, y: Any = None, *, history: Any = None, batch_size: int | None = None
) -> Diagnosis:
    """
    Say why a model does not learn.

    Measured are the examples, what the units and gradients of the model do on them, the history,
    and what some steps of training come to, tried out aside: from here and from a fresh start,
    with other learning rates. The model, the optimizer's memory and the random streams are
    afterwards what they were.

    Parameters
    ----------
    model : Model
        Compiled, and built; trained or not yet.
    x, y
        What it was, or is to be, trained on, as `fit` takes it. Of more than 2000 rows so many are
        drawn; of what gives batches, the first 64 are taken.
    history : History or dict of str to list of float, optional
        What `fit` returned; by default that of the model's last training.
    batch_size : int, optional
        What `fit` was given; by default told from the history.

    Returns
    -------
    Diagnosis
        Its `findings`, causes first, each with evidence, meaning, what to try, and what else would
        look the same; `healthy` if there is none. ``print(report)`` says it in words.

    Raises
    ------
    StateError
        If the model was not compiled, or has no weights yet.
    ShapeError, DataError, OptionError
        If the inputs do not fit the model.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> cp.set_seed(1)
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    >>> model.compile(cp.optimizers.SGD(1.5), "mse")
    >>> history = model.fit(x, x.sum(axis=1), epochs=2, seed=0)
    >>> report = diagnose(model, x, x.sum(axis=1), history=history)
    >>> report.findings[0].id
    'rate-too-high'
    """
    if not model.built:
        raise StateError(
            f"diagnose: model {model.name!r} has no weights yet; give it an Input, or call it on"
            " some examples."
        )
    if is_stream(x):
        x, y, largest = gathered(x)
        batch_size = largest if batch_size is None else batch_size
    return judged(model, x, y, model.history if history is None else history, batch_size)


def judged(
    model: Any,
    x: Any,
    y: Any,
    history: Any,
    batch_size: int | None,
    *,
    at_once: bool = False,
    broken: Any = None,
) -> Diagnosis:
    """
    Do what `diagnose` does, for whoever knows more.

    Parameters
    ----------
    model, x, y, history, batch_size
        As `diagnose` takes them.
    at_once : bool
        Whether to look only for what can be told before training is over.
    broken : (int, Broken or None), optional
        The step of its epoch at which numbers stopped being finite, and where.
    """
    ids = [each for each in ORDER if CONDITIONS[each].at_once or not at_once]
    with warnings.catch_warnings():  # what is tried out aside warns nobody
        warnings.simplefilter("ignore")
        case = Case(model, x, y, history, batch_size, broken)
        found = list(examined(case, REFUSALS if case.refused else ids))
    if case.refused is not None and not found:
        raise case.refused
    return Diagnosis(_folded(found), tuple(_not_judged(case)), len(flatten(case.data.x)[0][0]))


def examined(case: Case, ids: Iterable[str]) -> Iterable[Finding]:
    """Measure conditions, one after the other; give those that are there."""
    for each in map(CONDITIONS.__getitem__, ids):
        evidence = each.measure(case)
        if evidence is not None:
            yield Finding(each.id, evidence.sure, each.grave, evidence.numbers)


def _folded(found: list[Finding]) -> tuple[Finding, ...]:
    """Put what follows from a cause under it, and the surest and gravest causes first."""
    causes: list[Finding] = []
    for each in sorted(found, key=lambda f: ORDER.index(f.id)):
        cause = next((c for c in causes if each.id in CONDITIONS[c.id].explains), None)
        if cause is None:
            causes.append(each)
        else:
            causes[causes.index(cause)] = replace(cause, follows=(*cause.follows, each))
    return tuple(sorted(causes, key=lambda f: -f.sure * (1 + f.grave)))


def _not_judged(case: Case) -> Iterable[Unjudged]:
    if case.whole > len(flatten(case.data.x)[0][0]):
        looked = len(flatten(case.data.x)[0][0])
        yield Unjudged("sampled", {"looked": looked, "rows": case.whole})
    if case.refused is not None:
        return
    if not case.trained:
        yield Unjudged("not_trained")
    elif not case.course.epochs:
        yield Unjudged("no_history")
    elif not case.course.val_loss:
        yield Unjudged("no_validation")
    if case.outputs.several:
        yield Unjudged("several_outputs")
    elif case.baseline is None:
        yield Unjudged("no_baseline")
    if case.table.dependence is None:
        yield Unjudged("no_table")
    if "fresh" in vars(case) and case.fresh is None:
        yield Unjudged("no_fresh_start")
