"""Mistakes that show only in calls one after another: what a program remembers, and forgets to."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from clearprop.doctor.facts import evidence_between
from clearprop.doctor.findings import Finding
from clearprop.doctor.hypotheses import agrees
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Call
from clearprop.doctor.trials import Trial, pairs

__all__ = ["carried", "memory_findings"]


def memory_findings(case: Any, wrong: bool) -> list[Finding]:
    """
    Go forward and back in other orders than one after the other, and see what is remembered.

    Parameters
    ----------
    case : Case
    wrong : bool
        Whether a fresh program is wrong already.
    """
    found = next(pairs([t for t in case.trials if t.failed is None]), None)
    if found is None:
        found_one = case.trials[0]
        two = _twin(case, found_one)
        if two is None:
            return []
        found = (found_one, two)
    a, b = found
    for probe in (_again, _by_itself, _two_of_a_kind):
        try:
            name = probe(case, a, b)
        except Failed as failed:
            if failed.kind == "endless":
                raise
            continue
        if name:
            return [name]
    return []


def _twin(case: Any, trial: Trial) -> Trial | None:
    """Give a point like another, with other inputs."""
    rng = np.random.default_rng(case.seed + 7)
    values = dict(trial.values)
    for name in (*case.subject.inputs, *getattr(case.subject, "data", ())):
        noise = rng.normal(0.0, 0.5, np.shape(values[name]))
        positive = bool(np.all(values[name] > 0))  # so may a logarithm ask
        values[name] = values[name] * np.exp(-np.abs(noise)) if positive else values[name] + noise
    try:
        y = case.subject.forward(values)
        g = None if trial.upstream is None else rng.uniform(0.3, 1.7, y.shape)
        return Trial(values, g, True, y, case.subject.gradients(values, g))
    except Failed:
        return None


def _same(case: Any, first: dict[str, Any], second: dict[str, Any]) -> bool:
    return not _differing(case, first, second)


def _differing(case: Any, first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """List the gradients that two passes give differently; one that both leave out is alike."""
    return [
        n for n in case.names
        if not (first.get(n) is None and second.get(n) is None)
        and not agrees(first.get(n), second.get(n), 1e-9)
    ]  # fmt: skip


def _again(case: Any, a: Trial, b: Trial) -> Finding | None:
    """Go forward and back twice: the second time must be as if it were the first."""
    play, subject = case.subject.play, case.subject
    if subject.seen_by == "change":
        return None
    alike = {**a.values, **{n: b.values[n] for n in subject.start if n not in subject.parameters}}
    fresh = subject.gradients(alike, b.upstream)
    *_, second = play(
        Call(values=a.values),
        Call(upstream=a.upstream),
        Call(values=alike),
        Call(upstream=b.upstream),
    )
    if _same(case, second, fresh):
        return None
    first = subject.gradients(a.values, a.upstream)
    names = _differing(case, second, fresh)
    summed = all(
        _added(second.get(n), first.get(n), fresh.get(n)) for n in names
    )  # fmt: skip
    evidence = evidence_between(second, fresh, names)
    if summed:
        return Finding("gradient-accumulated", places=tuple(names), evidence=evidence)
    stale = subject.gradients(a.values, b.upstream)
    if any(agrees(second.get(n), stale.get(n), 1e-9) for n in names):
        return Finding("stale-cache", places=tuple(names), evidence=evidence)
    return Finding(
        "unexplained", places=tuple(names), facts=(("earlier", {"names": ", ".join(names)}),)
    )


def _by_itself(case: Any, a: Trial, b: Trial) -> Finding | None:
    """Ask for the gradient at data that the loss was not asked about just before."""
    subject = case.subject
    if not getattr(subject, "asks_by_itself", False):
        return None
    alike = {**a.values, **{n: b.values[n] for n in subject.start if n not in subject.parameters}}
    fresh = subject.gradients(alike, None)
    stale = subject.gradients(a.values, None)
    _, given = subject.play(Call(values=a.values), Call(values=alike, ahead=False))
    names = _differing(case, given, fresh)
    if not names:
        return None
    if _same(case, given, stale) or any(not agrees(given.get(n), None, 1e-9) for n in names):
        evidence = evidence_between(given, fresh, names)
        return Finding("stale-cache", places=tuple(names), evidence=evidence)
    return None


def carried(case: Any) -> Finding | None:
    """See what a step carries over from the one before: β of that step, or something else."""
    subject = case.subject
    beta, lr = getattr(subject, "momentum", None), getattr(subject, "lr", None)
    a = case.trials[0]
    b = next((t for t, _ in pairs(case.trials[1:])), None) or _twin(case, a)
    if subject.seen_by != "change" or beta is None or b is None:
        return None
    alike = {**a.values, **{n: b.values[n] for n in subject.start if n not in subject.parameters}}
    try:
        fresh = subject.gradients(alike, None)
        _, first, _, second = subject.play(
            Call(values=a.values), Call(), Call(values=alike), Call()
        )
    except Failed:
        return None
    up = sum(float(np.sum((second[n] - fresh[n]) * first[n])) for n in case.names)
    down = sum(float(np.sum(first[n] ** 2)) for n in case.names)
    left = sum(float(np.sum((second[n] - fresh[n]) ** 2)) for n in case.names)
    if not down or left < 1e-16 * down:
        return None
    ratio = up / down
    if abs(left - ratio**2 * down) > 1e-6 * left:
        return None  # what is carried over is no multiple of the step before
    facts = (("carried", {"ratio": ratio, "beta": float(beta)}),)

    def near(value: float) -> bool:
        return abs(ratio - value) < 1e-6 * abs(value)

    if near(beta):
        return None
    if near(-beta):
        return Finding("momentum-sign", facts=facts)
    if lr and (near(beta / lr) or near(-beta / lr)):
        return Finding("momentum-raw-gradient", facts=facts)
    return None


def _added(second: Any, first: Any, fresh: Any) -> bool:
    if second is None or first is None or fresh is None or np.shape(first) != np.shape(fresh):
        return False
    return agrees(second, np.asarray(first) + np.asarray(fresh), 1e-9)


def _two_of_a_kind(case: Any, a: Trial, b: Trial) -> Finding | None:
    """Go forward with two objects of a kind, then back with the first."""
    subject = case.subject
    thing = getattr(subject, "thing", None)
    if thing is None or subject.seen_by == "change":
        return None
    fresh = subject.gradients(a.values, a.upstream)
    subject.snapshot.restore()
    try:
        other = subject.twin(copy.deepcopy(thing))
    except Exception:  # noqa: BLE001 - foreign objects may refuse to be copied in any way
        return None
    subject._put(a.values)
    subject._forward(a.values)
    chance = np.random.get_state()  # noqa: NPY002 - theirs
    other._forward(b.values)
    np.random.set_state(chance)  # noqa: NPY002 - theirs
    mixed = subject._backward(a.upstream)
    if _same(case, mixed, fresh):
        return None
    names = _differing(case, mixed, fresh)
    evidence = evidence_between(mixed, fresh, names)
    return Finding("shared-cache", places=tuple(names), evidence=evidence)
