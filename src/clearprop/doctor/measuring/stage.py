"""All points of a program, with what was measured there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.measuring.penalty import strength
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.slopes import Clock
from clearprop.doctor.submitted.subject import Subject
from clearprop.doctor.trials import Trial, leading
from clearprop.doctor.truth import precisions

__all__ = ["Stage"]

MOST = 420  # entries of all variables together that are measured at a point
POINTS = 3
SECONDS = 4.0


@dataclass
class Stage:
    """
    All points of a program.

    Attributes
    ----------
    scenes : list of Scene
    names : tuple of str
    wrong : mapping of str to str
        The gradients that are not right, with how.
    subject : Subject
    rtol, band : float
        How far off the gradients may be, relatively and absolutely.
    penalty : float or None
        c, where the loss has (c/2)·Σw² in it; None where that does not show.
    """

    scenes: list[Scene]
    names: tuple[str, ...]
    wrong: Mapping[str, str]
    subject: Subject
    rtol: float = 1e-6
    band: float = 0.0
    penalty: float | None = None
    known: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Any, wrong: Mapping[str, str]) -> Stage | None:
        """Measure a program at its points; None where that is too much, or cannot be."""
        subject, names = case.subject, tuple(case.names)
        good = [t for t in case.trials if t.failed is None and np.isfinite(t.output).all()]
        good = good[:POINTS]
        size = max((sum(np.size(t.values[n]) for n in names) for t in good), default=0)
        if not good or not size or size > MOST:
            return None
        clock = Clock(SECONDS)
        axes = _axes(subject, good)
        coarse = precisions([t.output for t in good])
        scenes = []
        for trial, precision in zip(good, coarse, strict=True):
            scene = Scene(trial, names, subject, clock, {}, axes, precision)
            for name in names:
                found = None if name in subject.indices else scene.measured(name)
                if found is None:
                    return None
                scene.slopes[name] = found
            scenes.append(scene)
        _set_upright(scenes, subject)
        flat = max((np.ndim(good[0].values[n]) for n in axes if n), default=0) == 1
        if flat and good[0].upstream is None and scenes[0].mean is None:
            for scene in scenes:  # rows of numbers, of which none is a sample by itself
                scene.forget_samples()
        stage = cls(scenes, names, wrong, subject, case.rtol, case.band)
        if stage.has_loss:
            stage._punish()
        return stage

    def _punish(self) -> None:
        """Measure a penalty; at each point, where its strength is a number from outside."""
        subject = self.subject
        held = any(not np.ndim(subject.start[n]) for n in getattr(subject, "data", ()))
        first = strength(self.scenes[0], subject.parameters)
        if first is None:
            return
        self.penalty, seen, norm = first
        for scene in self.scenes if seen else ():
            there = first if scene is self.scenes[0] or not held else None
            c, *_ = there or strength(scene, subject.parameters) or (0.0,)
            shapes = {n: np.shape(scene.values[n]) for n in subject.parameters}
            weights = [n for n, s in shapes.items() if sum(k > 1 for k in s) > 1]
            scene.norm, scene.strength = norm, c
            scene.penalty = {n: c * np.ones(shapes[n]) for n in weights}
            scene.penalty |= {n: c * where for n, where in seen.items()}

    @property
    def has_loss(self) -> bool:
        """Whether a loss is known, whose factor counts."""
        single = all(scene.single for scene in self.scenes)
        return single and self.subject.factor_known

    @property
    def counts(self) -> bool:
        """Whether it is certain along which axis the samples are."""
        return bool(self.subject.parameters) or any(s.mean is not None for s in self.scenes)

    @property
    def changes(self) -> bool:
        """Whether only changed weights are seen."""
        return self.subject.seen_by == "change"

    def subsets(self, most: int = 4) -> Iterator[tuple[str, ...]]:
        """List some of the gradients together, all of them first; each alone if they are many."""
        names = self.names
        yield names
        if len(names) > most:
            yield from ((n,) for n in names)
            return
        for bits in range(1, 2 ** len(names) - 1):
            yield tuple(n for i, n in enumerate(names) if bits >> i & 1)


def _axes(subject: Subject, trials: Sequence[Trial]) -> dict[str, int]:
    """Find the axis of the samples: along which the numbers of points differ, else the first."""
    names = [n for n in leading(subject) if subject.start[n].ndim]
    out: dict[str, int] = {}
    first = trials[0]
    for other in trials[1:]:
        for name in names:
            a, b = np.shape(first.values[name]), np.shape(other.values[name])
            if a != b and len(a) == len(b):
                out[name] = next(i for i in range(len(a)) if a[i] != b[i])
        a, b = np.shape(first.output), np.shape(other.output)
        if a != b and len(a) == len(b):
            out[""] = next(i for i in range(len(a)) if a[i] != b[i])
    if "" in out:
        out = {**{n: a for n, a in out.items() if n}, "": out[""]}
    if not out and names:
        out = _by_size(subject, names, first)
    (own, *more) = subject.parameters or ("", "")
    lone = bool(out) and not more and not subject.inputs and subject.is_loss
    shape = np.shape(first.values[own]) if lone else ()
    alike = [n for n in out if n and np.shape(first.values[n]) == shape]
    if lone and alike:
        out[own] = out[alike[0]]  # what is compared, number by number
    return out


def _set_upright(scenes: list[Scene], subject: Subject) -> None:
    """
    Take the other axis for the samples, where the loss is made of the columns' own losses.

    Without weights that fix how many numbers a sample has, there may be more of either.
    """
    first = scenes[0]
    if subject.parameters or not first.single or first.mean is not None:
        return
    before = dict(first.axes)
    if not before or any(np.ndim(first.values[n]) != 2 for n in before if n):
        return
    for scene in scenes:
        scene.forget_samples()
        scene.axes = {n: 1 - axis for n, axis in before.items() if n}
    if first.mean is None:
        for scene in scenes:
            scene.forget_samples()
            scene.axes = before


def _by_size(subject: Subject, names: Sequence[str], trial: Trial) -> dict[str, int]:
    """Take the first axis for the samples, where several arrays have as many rows."""
    rows = [np.shape(trial.values[n]) for n in names]
    shape = np.shape(trial.output)
    if trial.upstream is not None and shape:
        if rows and len(rows[0]) >= 2 and shape and shape[0] == rows[0][0] > 1:
            return {names[0]: 0, "": 0}
        return {}
    lengths = {k for n in subject.parameters for k in np.shape(trial.values[n])}
    single = bool(rows) and not lengths & {r[0] for r in rows}
    if len({r[0] for r in rows}) == 1 and (max(len(r) for r in rows) >= 2 or single):
        return dict.fromkeys(names, 0)
    tables = {r[0] for r in rows if len(r) > 1}
    if len(tables) == 1:  # beside rows of settings, such as a weight of each output
        return {n: 0 for n, r in zip(names, rows, strict=True) if r[0] in tables}
    return {}
