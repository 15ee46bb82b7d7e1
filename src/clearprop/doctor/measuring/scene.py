"""What was measured at each point, and how samples share in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from clearprop.doctor.measuring.slopes import Clock, Jacobian, jacobian
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.trials import Trial, leading

__all__ = ["Scene", "Stage"]

MOST = 420  # entries of all variables together that are measured at a point
SECONDS = 4.0
_BIAS = re.compile(r"(?i)^(b|bias|beta|offset|shift|intercept|편향|gamma|bn_?b)[^a-z]*.*$")


@dataclass
class Scene:
    """
    One point with what was measured there.

    Attributes
    ----------
    trial : Trial
    names : tuple of str
        Whose gradients are judged.
    slopes : dict of str to Jacobian
    axes : dict of str to int
        Along which axis each array has the samples, so far as it has them.
    """

    trial: Trial
    names: tuple[str, ...]
    subject: Subject
    clock: Clock
    slopes: dict[str, Jacobian]
    axes: dict[str, int]
    cache: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> Values:
        """The numbers of the point."""
        return self.trial.values

    @cached_property
    def g(self) -> np.ndarray:
        """What comes in from behind; 1 for a loss."""
        up = self.trial.upstream
        return np.ones(np.shape(self.trial.output)) if up is None else np.asarray(up)

    @cached_property
    def right(self) -> dict[str, np.ndarray]:
        """The right gradients, as measured; NaN where a kink leaves a choice."""
        return {n: j.back(self.g) for n, j in self.slopes.items()}

    @cached_property
    def off(self) -> dict[str, float]:
        """How far off the measured gradients may be, as a part of the largest."""
        out = {}
        for n, j in self.slopes.items():
            doubt = j.off(self.g)
            top = np.nanmax(np.abs(self.right[n]), initial=1e-12)
            out[n] = float(np.nanmax(doubt, initial=0.0)) / float(top)
        return out

    def given(self, name: str) -> Any:
        """What the program gave for a gradient."""
        return self.trial.gradients.get(name)

    @cached_property
    def samples(self) -> int:
        """How many samples there are; 1 where there is no axis of them."""
        for name, axis in self.axes.items():
            if np.ndim(self.values[name]):
                return int(np.shape(self.values[name])[axis])
        return 1

    @cached_property
    def outputs(self) -> int:
        """How many outputs a sample has, so far as the target tells."""
        target = self.subject.target
        if target is None:
            return 1
        t = self.values[target]
        return max(1, int(t.size // max(1, self.samples))) if t.ndim else 1

    # ---- by sample -------------------------------------------------------------------------
    @cached_property
    def shares(self) -> dict[str, np.ndarray] | None:
        """What each sample gives to each gradient, first axis the samples; None if unknown."""
        if self.trial.upstream is not None:
            return self._rows()
        if self.samples < 2:
            return {n: self.right[n][None] for n in self.names}
        return self._parts()

    def _rows(self) -> dict[str, np.ndarray] | None:
        shape = np.shape(self.trial.output)
        axis = self.axes.get("")
        if axis is None:
            return {n: self.right[n][None] for n in self.names} if self.samples == 1 else None
        if not self._apart(axis):
            return None
        of = np.moveaxis(np.broadcast_to(np.zeros(shape), shape), axis, 0)
        out: dict[str, list[np.ndarray]] = {n: [] for n in self.names}
        for k in range(len(of)):
            mask = np.zeros(shape)
            np.moveaxis(mask, axis, 0)[k] = 1.0
            for n in self.names:
                out[n].append(_back(self.slopes[n], self.g * mask))
        return {n: np.array(v) for n, v in out.items()}

    def _apart(self, axis: int) -> bool:
        """Tell whether each row of the output belongs to one row of the input alone."""
        for name in self.subject.inputs:
            if name not in self.axes:
                continue
            found = self.slopes.get(name) or jacobian(
                self.subject.forward, self.values, name, self.clock
            )
            if found is None:
                return False
            slopes = np.abs(np.nan_to_num(found.slopes)).reshape(self.g.shape + found.shape)
            slopes = np.moveaxis(slopes, (axis, self.g.ndim + self.axes[name]), (0, 1))
            both = slopes.reshape(*slopes.shape[:2], -1).max(axis=2)
            if both.shape[0] == both.shape[1] and np.any(both[~np.eye(len(both), dtype=bool)]
                                                         > 1e-7 * both.max()):  # fmt: skip
                return False
        return True

    @cached_property
    def mean(self) -> bool | None:
        """Whether the loss is the mean over the samples (True), their sum (False), or neither."""
        return self._alone[0] if self._alone else None

    @cached_property
    def _alone(self) -> tuple[bool | None, list[dict[str, np.ndarray]]]:
        """The losses of the samples one by one, and where they were asked for."""
        points = [
            {n: np.take(v, [k], axis=self.axes[n]) if n in self.axes else v
             for n, v in self.values.items()}
            for k in range(self.samples)
        ]  # fmt: skip
        try:
            losses = [float(self.subject.forward(p)) for p in points]
        except (Failed, TypeError, ValueError):
            return None, []
        whole = float(self.trial.output)
        near = 1e-6 * max(abs(whole), 1e-9) + self.cache.get("noise", 0.0)
        if len(losses) > 1 and abs(np.sum(losses) - whole) <= near:
            return False, points
        if len(losses) > 1 and abs(np.mean(losses) - whole) <= near:
            return True, points
        return None, []

    def _parts(self) -> dict[str, np.ndarray] | None:
        mean, points = self._alone
        if mean is None:
            return None
        scale = 1.0 / len(points) if mean else 1.0
        out: dict[str, np.ndarray] = {}
        for n in self.names:
            if n in self.axes:
                continue
            found = [jacobian(self.subject.forward, p, n, self.clock) for p in points]
            if any(f is None for f in found):
                return None
            out[n] = np.array([f.back(np.ones(1)) * scale for f in found if f is not None])
        return out


def _back(slopes: Jacobian, g: np.ndarray) -> np.ndarray:
    """Go back with a gradient that is zero in places, where slopes may be unknown."""
    g = np.ravel(g)
    on = g != 0
    return np.asarray((g[on] @ slopes.slopes[on]).reshape(slopes.shape))


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
    rtol : float
    """

    scenes: list[Scene]
    names: tuple[str, ...]
    wrong: Mapping[str, str]
    subject: Subject
    rtol: float = 1e-6
    known: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Any, wrong: Mapping[str, str]) -> Stage | None:
        """Measure a program at its points; None where that is too much, or cannot be."""
        subject, names = case.subject, tuple(case.names)
        good = [t for t in case.trials if t.failed is None and np.isfinite(t.output).all()]
        size = max((sum(np.size(t.values[n]) for n in names) for t in good), default=0)
        if not good or not size or size > MOST:
            return None
        clock = Clock(SECONDS)
        axes = _axes(subject, good)
        scenes = []
        for trial in good:
            slopes = {}
            for name in names:
                if name in subject.indices:
                    return None
                found = jacobian(subject.forward, trial.values, name, clock)
                if found is None:
                    return None
                slopes[name] = found
            scenes.append(Scene(trial, names, subject, clock, slopes, axes))
        return cls(scenes, names, wrong, subject, case.rtol)

    @property
    def has_loss(self) -> bool:
        """Whether a loss is known, whose factor counts."""
        return self.subject.is_loss and self.subject.factor_known

    @property
    def changes(self) -> bool:
        """Whether only changed weights are seen."""
        return self.subject.seen_by == "change"

    def is_bias(self, name: str) -> bool | None:
        """Tell a bias from weights: by its name, or its shape; None if neither tells."""
        leaf = re.split(r"[.\[]", name.replace("]", "").replace("'", ""))[-1]
        if name in self.subject.inputs:
            return False
        if _BIAS.match(leaf):
            return True
        shape = [k for k in np.shape(self.scenes[0].values[name]) if k > 1]
        if len(shape) > 1 or re.match(r"(?i)^(w|weight|kernel|theta|u|v)", leaf):
            return False
        return True if self._adds(name) else None

    def _adds(self, name: str) -> bool:
        """Tell a bias by its shares: each is what belongs to weights, without their input."""
        scene = self.scenes[0]
        shares = scene.shares if scene.samples > 1 else None
        if shares is None or name not in shares:
            return False
        own = shares[name].reshape(scene.samples, -1)
        for data, axis in scene.axes.items():
            if not data or data == self.subject.target:
                continue
            x = np.moveaxis(scene.values[data], axis, 0).reshape(scene.samples, -1)
            for column in x.T:
                made = own * column[:, None]
                for other in self.names:
                    if other != name and other in shares and _has(shares[other], made):
                        return True
        return False

    def subsets(self, most: int = 4) -> Iterator[tuple[str, ...]]:
        """List some of the gradients together, all of them first; each alone if they are many."""
        names = self.names
        yield names
        if len(names) > most:
            yield from ((n,) for n in names)
            return
        for bits in range(1, 2 ** len(names) - 1):
            yield tuple(n for i, n in enumerate(names) if bits >> i & 1)


def _has(share: np.ndarray, part: np.ndarray) -> bool:
    """Tell whether the entries of a part stand among those of a share, side by side."""
    rows = share.reshape(len(share), -1)
    if rows.shape[1] % part.shape[1] or not np.any(part):
        return False
    count = rows.shape[1] // part.shape[1]
    cuts = [rows.reshape(len(rows), count, -1)[:, i] for i in range(count)]
    cuts += [rows.reshape(len(rows), -1, count)[:, :, i] for i in range(count)]
    room = 1e-5 * float(np.max(np.abs(part)))
    return any(bool(np.all(np.abs(cut - part) < room)) for cut in cuts)


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
        return _by_size(subject, names, first)
    return out


def _by_size(subject: Subject, names: Sequence[str], trial: Trial) -> dict[str, int]:
    """Take the first axis for the samples, where several arrays have as many rows."""
    rows = [np.shape(trial.values[n]) for n in names]
    shape = np.shape(trial.output)
    if trial.upstream is not None:
        if rows and len(rows[0]) >= 2 and shape and shape[0] == rows[0][0] > 1:
            return {names[0]: 0, "": 0}
        return {}
    if len({r[0] for r in rows}) == 1 and max(len(r) for r in rows) >= 2:
        return dict.fromkeys(names, 0)
    return {}
