"""Mistakes of numbers, not of derivations: integers, rounding, overflow, numeric slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.findings import Finding
from clearprop.doctor.hypotheses import agrees
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.trials import Trial

__all__ = ["special_findings"]

_STEPS = (1.0, 0.5, 0.1, 0.2, 0.05, 0.02, 0.01, 0.3, 0.25, 2.0, 1e-3, 0.03)
_SMALL = (1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-20, 1e-30, 1e-50, 1e-300, 1e-11)


def special_findings(case: Any, wrong: dict[str, str]) -> list[Finding]:
    """
    Look for what goes wrong with numbers whatever the derivation.

    Parameters
    ----------
    case : Case
    wrong : dict of str to str
    """
    if not wrong:
        return []
    for probe in (_whole_numbers, _rounded, _stepped, _numeric):
        found = probe(case, wrong)
        if found is not None:
            return [found]
    return []


def _right(case: Any, trial: Trial, name: str) -> np.ndarray | None:
    """Give the right gradient, computed if the forward pass is known, else as measured."""
    known = case.right(trial).get(name)
    if known is not None and np.size(known) == np.size(trial.values[name]):
        return np.reshape(known, np.shape(trial.values[name]))
    for t, truth in case.truths:
        if t is trial and truth.name == name and len(truth.flat) == np.size(trial.values[name]):
            return np.asarray(truth.slopes.reshape(np.shape(trial.values[name])))
    return None


def _compared(case: Any, name: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for trial in case.trials:
        given, right = trial.gradients.get(name), _right(case, trial, name)
        if given is not None and right is not None and np.size(given) == np.size(right):
            yield np.ravel(given), np.ravel(right)


def _whole_numbers(case: Any, wrong: dict[str, str]) -> Finding | None:
    """See whether gradients are cut to whole numbers, as in arrays of integers, or by `//`."""
    cut, floored = [], []
    for name in wrong:
        pairs = list(_compared(case, name))
        if not pairs or any(not np.array_equal(g, np.round(g)) for g, _ in pairs):
            return None
        firm = [(g, r) for g, r in pairs if np.any(np.abs(r - np.round(r)) > 1e-4)]
        if not firm or not any(np.any(g) for g, _ in pairs):  # zeros alone tell nothing
            return None
        near = [np.abs(r - np.round(r)) < 1e-6 for _, r in pairs]
        cut.append(
            all(np.all((g == np.trunc(r)) | n) for (g, r), n in zip(pairs, near, strict=False))
        )
        floored.append(
            all(np.all((g == np.floor(r)) | n) for (g, r), n in zip(pairs, near, strict=False))
        )
    negative = any(np.any(r < -1e-6) for name in wrong for _, r in _compared(case, name))
    if all(cut) and negative:
        return Finding("integer-arrays", places=tuple(wrong))
    if all(floored) and negative:
        return Finding("integer-division", places=tuple(wrong))
    if all(cut):
        return Finding("integer-arrays", ("integer-division",), places=tuple(wrong))
    return None


def _rounded(case: Any, wrong: dict[str, str]) -> Finding | None:
    """See whether numbers are rounded: on a grid, or off by less than half a step of one."""
    rate = getattr(case.subject, "lr", None) or 1.0
    for name in wrong:
        pairs = list(_compared(case, name))
        if not pairs:
            return None
        if not any(
            _on_grid(case, name, pairs, places, rate)
            for places in (1, 2, 3, 4)
            if 0.4 * 10.0**-places > case.band  # what is only shown with few digits is no mistake
        ):
            return None
    return Finding("intermediates-rounded", places=tuple(wrong))


def _stepped(case: Any, wrong: dict[str, str]) -> Finding | None:
    """See whether gradients stand still where they should change a little: rounded on the way."""
    if case.chain is None or case.subject.seen_by == "change":
        return None
    if any(_stands(case, trial, wrong) for trial in case.trials[:3]):
        return Finding("intermediates-rounded", places=tuple(wrong))
    return None


def _stands(case: Any, trial: Trial, wrong: dict[str, str]) -> bool:
    subject, still = case.subject, 0
    rng = np.random.default_rng(case.seed)
    for size in (1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 5.0):
        moved = {n: v + size * rng.standard_normal(np.shape(v)) if n in subject.differentiable
                 and n not in subject.indices else v for n, v in trial.values.items()}  # fmt: skip
        try:
            there = subject.gradients(moved, trial.upstream)
            right = case.chain.gradients(moved, trial.upstream)
        except Failed:
            return False
        before = case.right(trial)
        for name in wrong:
            given, now = trial.gradients.get(name), there.get(name)
            if given is None or now is None or np.shape(given) != np.shape(right[name]):
                return False
            if size > 0.1:
                far = np.abs(right[name] - before[name]) > 0.02 * np.max(np.abs(before[name]))
                if not np.mean((np.abs(now - given) > 1e-12)[far]) > 0.8:
                    return False  # it hardly depends on where it is at all
                continue
            due = np.abs(right[name] - before[name]) > 1e-8
            off = np.abs(given - before[name]) > 0.6 * np.max(np.abs(before[name]), initial=0.0)
            if not due.any() or off.any():
                return False
            still += bool(np.all(np.abs(now - given)[due] < 1e-12))
    return still >= 4 * len(wrong)


def _on_grid(
    case: Any, name: str, pairs: list[tuple[np.ndarray, np.ndarray]], places: int, rate: float
) -> bool:
    """Tell numbers that lie on a decimal grid next to the right ones."""
    unit = 10.0**-places
    if case.subject.seen_by == "change":  # the new weights are rounded, not the gradients
        good = []
        for trial in case.trials:
            new = trial.after.get(name)
            right = _right(case, trial, name)
            if new is None or right is None:
                return False
            due = trial.values[name] - rate * right
            good.append(np.all(np.abs(np.round(new, places) - new) < 1e-9)
                        and np.all(np.abs(new - due) <= 0.5 * unit * (1 + 1e-6)))  # fmt: skip
        return all(good)
    for given, right in pairs:
        if not np.all(
            np.abs(np.round(given, places) - given) < 1e-9 * max(1, np.max(np.abs(given)))
        ):
            return False
        terms = max(t.rows for t in case.trials)
        if not np.all(np.abs(given - right) <= 0.5 * unit * terms * (1 + 1e-6)):
            return False
    return len(np.unique(np.abs(np.concatenate([g for g, _ in pairs])))) > 2


def _numeric(case: Any, wrong: dict[str, str]) -> Finding | None:  # noqa: C901 - loops only
    """See whether gradients are differences of the loss, with a step of a bad size."""
    if not case.subject.is_loss or case.subject.seen_by == "change":
        return None
    trial = case.trials[0]
    for name in wrong:
        if np.size(trial.values[name]) > 40:
            return None
    if len(wrong) < len(case.names):
        return None  # whoever measures, measures all of them alike
    given = [t.gradients.get(n) for t in case.trials[:2] for n in wrong]
    if not all(g is not None and np.any(g) for g in given):
        return None  # nothing given, or zeros alone, may come from anything
    for h in _STEPS:
        for form in (_central, _forward):
            if _all_fit(case, wrong, form, h):
                return Finding(
                    "numeric-step-too-large", places=tuple(wrong), facts=(("step", {"h": h}),)
                )
    for h in (*_STEPS, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        for form in (_central, _forward):
            if _all_fit(case, wrong, form, h, 1e-7, left=True):
                return Finding(
                    "numeric-not-restored", places=tuple(wrong), facts=(("step", {"h": h}),)
                )
    for h in _SMALL:
        for form in (_central, _forward):
            if _all_fit(case, wrong, form, h, 1e-9):
                return Finding(
                    "numeric-step-too-small", places=tuple(wrong), facts=(("step", {"h": h}),)
                )
    return None


Slopes = Callable[..., np.ndarray]


def _all_fit(
    case: Any,
    wrong: dict[str, str],
    form: Slopes,
    h: float,
    rtol: float = 1e-6,
    *,
    left: bool = False,
) -> bool:
    try:
        return all(
            agrees(t.gradients.get(n), form(case, t, n, h, left), rtol, case.band)
            for t in case.trials[:2]
            for n in wrong
        )
    except Failed:
        return False


def _moved(case: Any, trial: Trial, name: str, i: int, h: float, base: np.ndarray) -> float:
    value = base.copy()
    value.reshape(-1)[i] += h
    return float(case.subject.forward({**trial.values, name: value}))


def _central(case: Any, trial: Trial, name: str, h: float, left: bool = False) -> np.ndarray:
    base = np.array(trial.values[name], dtype=np.float64)
    out = np.zeros(base.size)
    for i in range(base.size):
        up, down = (_moved(case, trial, name, i, s, base) for s in (h, -h))
        out[i] = (up - down) / (2 * h)
        if left:
            base.reshape(-1)[i] -= h
    return out.reshape(base.shape)


def _forward(case: Any, trial: Trial, name: str, h: float, left: bool = False) -> np.ndarray:
    base = np.array(trial.values[name], dtype=np.float64)
    out = np.zeros(base.size)
    for i in range(base.size):
        up, here = (_moved(case, trial, name, i, s, base) for s in (h, 0.0))
        out[i] = (up - here) / h
        if left:
            base.reshape(-1)[i] += h
    return out.reshape(base.shape)
