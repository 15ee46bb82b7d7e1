"""From a program to findings: tried at several points, measured, recognised, matched and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from clearprop.doctor.again import recognised_far
from clearprop.doctor.catalogue import catalogue
from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.derivations.windows import conventions, natural
from clearprop.doctor.excuses import added_up, at_corners, excused, only_decays
from clearprop.doctor.facts import evidence_of, facts_about
from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.hypotheses import Bench, Hypothesis, fits, matching_pairs
from clearprop.doctor.measuring import measured_findings
from clearprop.doctor.memory import carried, memory_findings
from clearprop.doctor.narrower import of_fixed_size, of_own_data, of_own_range, of_own_target
from clearprop.doctor.phrases import place_of
from clearprop.doctor.probes import special_findings
from clearprop.doctor.rates import told_by_rate
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Subject
from clearprop.doctor.submitted.variables import plain
from clearprop.doctor.trials import Trial, trials
from clearprop.doctor.truth import Measured, grain, measured, precisions, rounding

__all__ = ["Case", "Verdict", "judge"]


@dataclass
class Verdict:
    """
    What came of judging.

    Attributes
    ----------
    sound : bool or None
    findings : list of Finding
    chain : Chain or None
        What the forward pass was recognised as.
    points : int
        At how many points the program was tried.
    names : tuple of str
        Whose gradients were judged.
    notes : list of (key, values)
        What to know besides, such as a factor that is a convention.
    """

    sound: bool | None
    findings: list[Finding] = field(default_factory=list)
    chain: Chain | None = None
    points: int = 0
    names: tuple[str, ...] = ()
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Case:
    """All that is known of a program while it is judged."""

    subject: Subject
    trials: list[Trial]
    truths: list[tuple[Trial, Measured]]
    names: tuple[str, ...]
    chain: Chain | None = None
    rtol: float = 1e-6
    band: float = 0.0
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seed: int = 0
    overflown: Trial | None = None

    def right(self, trial: Trial) -> dict[str, Any]:
        """Give the right gradients, where the forward pass was recognised."""
        if self.chain is None:
            return {}
        return self.chain.gradients(trial.values, trial.upstream)


def judge(subject: Subject, seed: int = 0) -> Verdict:
    """
    Judge a program.

    Parameters
    ----------
    subject : Subject
    seed : int
        Of the points that are drawn.

    Raises
    ------
    Failed
        If it cannot be run at all.
    """
    case = _opened(subject, seed)
    if case.overflown is not None:
        case.trials = [t for t in case.trials if t is not case.overflown]
    broken = next((t for t in case.trials if t.failed is not None), None)
    if broken is not None:
        return _failing(case, broken)
    wrong = _wrong(case)
    if wrong and (_another_convention(case) or excused(case)):
        wrong = {}
    findings = (subject.own_findings() or _named_by_any(case, wrong)) if wrong else []
    if wrong and not findings:
        wrong, findings = _where_it_is_meant(case, wrong)
    if {f.name for f in findings} <= {"paths-not-summed"} and _only_inputs_without(case, wrong):
        facts = tuple(facts_about(case, wrong))
        findings = [Finding("input-gradient-missing", places=tuple(wrong), facts=facts)]
    if wrong and not findings:
        findings = measured_findings(case, wrong)
    findings = findings or special_findings(case, wrong)
    if not findings or all(f.name == "unexplained" for f in findings):
        remembered = memory_findings(case, bool(wrong))
        findings = remembered or findings
    if not findings:
        wrong, findings = _without_a_name(case, wrong)
    findings = [] if only_decays(case, findings) else findings
    findings = told_by_rate(case, findings)
    over = carried(case)
    if over is not None:
        findings = [*findings, over]
    if set(wrong.values()) == {"missing"} and any("missing" not in f.name for f in findings):
        kept = [f for f in findings if "missing" in f.name]  # what is not there has no other name
        findings = kept or [_unexplained(case, wrong)]
    sound = not findings
    return Verdict(sound, findings, case.chain, len(case.trials), case.names, case.notes)


def _without_a_name(case: Case, wrong: dict[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Say what is certain where nothing has a name."""
    if case.overflown is not None:
        return wrong, [Finding("exp-overflow", places=case.names)]
    if wrong and case.band:
        case.band = added_up(case)
        wrong = _wrong(case)
    return wrong, [_unexplained(case, wrong)] if wrong else []


def _where_it_is_meant(case: Case, wrong: dict[str, str]) -> tuple[dict[str, str], list[Finding]]:
    """Leave out the points that a program is not for, and corners, where nobody is wrong."""
    if at_corners(case, list(wrong)):
        return {}, []
    findings: list[Finding] = []
    at_first = any(_how_wrong(case, case.trials[0], n) for n in wrong)
    own = () if at_first else (of_own_data, of_own_range)
    for narrower in (of_fixed_size, of_own_target, *own):
        if wrong and not findings and narrower(case):
            wrong = _wrong(case)
            findings = _named(case, wrong) if wrong else []
    return wrong, findings


def _opened(subject: Subject, seed: int) -> Case:
    """Try, measure, recognise."""
    found = trials(subject, seed)
    names = _without_states(subject, found[0])
    truths = []
    good = [t for t in found if t.failed is None and t.finite]
    large = not found[0].finite and _is_large(found[0], subject)
    if not good:
        raise Failed("not_finite", "forward")
    coarse = precisions([t.output for t in good])
    for trial, precision in zip(good[:2], coarse, strict=False):
        truths += [(trial, measured(subject, trial, n, seed, precision)) for n in names]
    case = Case(subject, found, truths, names, seed=seed)
    case.rtol, case.band = _precision(subject, good)
    case.overflown = found[0] if large else None
    case.chain = recognised_far(subject, good, truths, seed)
    if isinstance(case.chain, Chain):
        start = found[0].values
        case.trials = [t for t in found if t is found[0] or natural(case.chain, start, t.values)]
    return case


def _precision(subject: Subject, trials: Sequence[Trial]) -> tuple[float, float]:
    """Tell how precise the gradients are that a program gives: relatively, and absolutely."""

    def row(arrays: Iterable[Any]) -> np.ndarray:
        return np.concatenate([np.zeros(0), *(np.ravel(a) for a in arrays if a is not None)])

    here = [trials[0].values[n] for n in subject.differentiable if n not in subject.indices]
    single = any(grain(v, decimals=False) > 1e-8 for v in (*here, trials[0].output))
    if subject.seen_by == "change":  # what is rounded are the weights
        new = row(a for t in trials for a in t.after.values())
        single = single or (new.size > 0 and grain(new, decimals=False) > 1e-8)
        rate = min(t.rate for t in trials)
        top = float(np.max(np.abs(new), initial=0.0))
        return (3e-5, 2.4e-7 * top / rate) if single else (1e-6, 0.0)
    given = row(g for t in trials for g in t.gradients.values())
    band = rounding(given)
    single = single or (given.size > 0 and grain(given, decimals=False) > 1e-8)
    return 3e-5 if single else 1e-6, 1.02 * band


def _without_states(subject: Subject, trial: Trial) -> tuple[str, ...]:
    """Leave out what the forward pass writes itself: where only changes are seen, no weights."""
    places, names = getattr(subject, "_places", {}), tuple(subject.expected)
    if subject.seen_by != "change" or not places:
        return names
    moved = {n: v + 0.1 if n in subject.inputs else v for n, v in trial.values.items()}
    try:
        subject.forward(moved)
    except Failed:
        return names
    kept = tuple(
        n for n in names
        if n not in places or np.array_equal(plain(places[n].read()), moved[n])
    )  # fmt: skip
    return kept or names


def _is_large(trial: Trial, subject: Subject) -> bool:
    """Tell inputs of which exp overflows, or comes close to it when they are combined."""
    tops = [np.max(np.abs(trial.values[n]), initial=0.0) for n in subject.start]
    return max(tops, default=0.0) > 30


def _wrong(case: Case) -> dict[str, str]:
    """Give the gradients that are not right, with how: "missing", "shape", "value"."""
    out: dict[str, str] = {}
    for name in case.names:
        for trial in case.trials:
            how = _how_wrong(case, trial, name)
            if how and out.get(name) != "value":
                out[name] = how
    return out


def _how_wrong(case: Case, trial: Trial, name: str) -> str:
    given = trial.gradients.get(name)
    if given is None:
        return "missing"
    value = trial.values[name]
    if np.size(given) != np.size(value):
        return "value"
    right = case.right(trial).get(name)
    measured_here = [m for t, m in case.truths if t is trial and m.name == name]
    if right is not None and np.size(right) == np.size(given):
        scale = float(np.max(np.abs(right), initial=0.0))
        room = max(case.rtol, 2e-5) * (np.abs(right).ravel() + scale) + 1e-9 + case.band
        bad = not np.all(np.abs(np.ravel(given) - np.ravel(right)) <= room)
    else:
        bad = any(m.refutes(given, case.band) for m in measured_here)
    if bad:
        return "value"
    if not _harmless(np.shape(given), np.shape(value)):
        return "shape"
    if np.shape(given) != np.shape(value):
        note = ("shape", {"name": name, "shape": np.shape(given), "expected": np.shape(value)})
        case.notes += [] if any(n[1].get("name") == name for n in case.notes) else [note]
    return ""


def _others(case: Case) -> Iterator[Chain]:
    """Give chains as right as the one that was recognised, where a kink leaves a choice."""
    if isinstance(case.chain, Chain):
        yield from conventions(case.chain)


def _another_convention(case: Case) -> bool:
    """Tell gradients that differ only where a kink leaves a choice: ties shared, or to the last."""
    first = case.chain
    for other in _others(case):
        case.chain = other
        if not _wrong(case):
            return True
    case.chain = first
    return False


def _named_by_any(case: Case, wrong: dict[str, str]) -> list[Finding]:
    """Name the mistakes; a program that makes another choice at a kink may have one too."""
    found = _named(case, wrong)
    first = case.chain
    for other in _others(case) if not found else ():
        case.chain = other
        found = _named(case, wrong)
        if found:
            return found
    case.chain = first
    return found


def _only_inputs_without(case: Case, wrong: dict[str, str]) -> bool:
    """Tell whether all that is wrong is that inputs get no gradient at all: none, or zeros."""
    given = [t.gradients.get(name) for name in wrong for t in case.trials]
    return bool(wrong) and set(wrong) <= set(case.subject.inputs) and not any(map(np.any, given))


def _harmless(given: tuple[int, ...], value: tuple[int, ...]) -> bool:
    """Tell whether a gradient of another shape is still subtracted right."""
    if given == value:
        return True
    if len(given) > len(value):
        return False
    try:
        return np.broadcast_shapes(given, value) == value
    except ValueError:
        return False


def _failing(case: Case, trial: Trial) -> Verdict:
    """Say that backward fails where forward does not."""
    failed = trial.failed
    assert failed is not None
    raise failed


def _named(case: Case, wrong: dict[str, str]) -> list[Finding]:
    """Name the mistakes by hypotheses; nothing where none fits everything."""
    if set(wrong.values()) == {"shape"}:
        facts = tuple(f for f in facts_about(case, wrong) if f[0] == "shape")
        return [Finding("wrong-shape", places=tuple(wrong), facts=facts)]
    if case.chain is None:
        return []
    trials_here = [t for t in case.trials if t.failed is None]
    bench = Bench(case.chain, trials_here, case.names, case.rtol, case.band)
    asked = set(case.subject.inputs) & set(case.names)  # whether gradients of inputs are
    known = [m for m in catalogue() if asked or m.id != "input-gradient-missing"]
    whole, part = fits(bench, known, case.subject.seen_by)
    if not whole:
        whole = matching_pairs(bench, part)
    if not whole or _counts_rows(case.chain, whole):
        return []
    found = _findings(case, bench, whole, wrong)
    if _is_own(case.chain) and {f.name for f in found} <= _HALVES:
        # A constant inside such a loss, left out, gives the same numbers.
        return measured_findings(case, wrong) or found
    return found


_HALVES = {"twice-too-large", "half-too-small"}


def _is_own(chain: Chain) -> bool:
    return any(part.link.about.get("loss") == "own" for part in chain.parts)


def _counts_rows(chain: Chain, whole: Sequence[Hypothesis]) -> bool:
    """Tell a count of samples or outputs in the program's own loss, whose rows may be either."""
    return _is_own(chain) and any("-mean-" in i for h in whole for i in h.ids)


def _findings(
    case: Case, bench: Bench, whole: Sequence[Hypothesis], wrong: dict[str, str]
) -> list[Finding]:
    """Make findings of the hypotheses that fit: the ids in common are certain."""
    evidence = evidence_of(bench)
    sets = list(dict.fromkeys(h.ids for h in whole))
    smallest = min(len(s) for s in sets)
    sets = [s for s in sets if len(s) == smallest]
    common = frozenset.intersection(*sets)
    out = []
    for name in sorted(common):
        out.append(_finding(name, (), whole, bench, evidence, wrong))
    rest = sorted({i for s in sets for i in s if i not in common})
    if rest:
        out.append(_finding(rest[0], tuple(rest[1:]), whole, bench, evidence, wrong))
    facts = tuple(f for f in facts_about(case, wrong) if f[0] in ("missing", "shape"))
    return [*out[:-1], *(replace(finding, facts=facts) for finding in out[-1:])]


def _finding(
    name: str,
    others: tuple[str, ...],
    whole: Sequence[Hypothesis],
    bench: Bench,
    evidence: tuple[Evidence, ...],
    wrong: dict[str, str],
) -> Finding:
    scope: tuple[int, ...] = ()
    for h in whole:
        for mistake, _, links in h.parts:
            if mistake.id == name:
                scope = links
                break
    places = tuple(place_of(bench.chain, k) for k in scope)
    return Finding(name, others, places, evidence)


def _unexplained(case: Case, wrong: dict[str, str]) -> Finding:
    return Finding("unexplained", places=tuple(wrong), facts=tuple(facts_about(case, wrong)))
