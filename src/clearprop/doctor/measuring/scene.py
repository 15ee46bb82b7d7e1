"""What was measured at each point, and how samples share in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from clearprop.doctor.measuring.penalty import NORMS, Norm
from clearprop.doctor.measuring.slopes import Clock, Jacobian, jacobian
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.trials import Trial

__all__ = ["Scene"]


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
    strength : float
        Of the penalty.
    penalty : dict of str to array
        By weights, entry by entry: c, where the loss has c times a norm of w in it besides.
    norm : Norm
        (1/2)·Σw², or Σ|w|.
    """

    trial: Trial
    names: tuple[str, ...]
    subject: Subject
    clock: Clock
    slopes: dict[str, Jacobian]
    axes: dict[str, int]
    precision: float = 2.3e-16
    strength: float = 0.0
    penalty: dict[str, np.ndarray] = field(default_factory=dict)
    norm: Norm = NORMS[0]
    cache: dict[Any, Any] = field(default_factory=dict)

    def measured(self, name: str, values: Values | None = None) -> Jacobian | None:
        """Measure the slopes along a variable, here or elsewhere."""
        there = self.values if values is None else values
        return jacobian(self.subject.forward, there, name, self.clock, self.precision)

    @property
    def values(self) -> Values:
        """The numbers of the point."""
        return self.trial.values

    @property
    def single(self) -> bool:
        """Whether one number comes out: a loss."""
        return not np.ndim(self.trial.output)

    @cached_property
    def g(self) -> np.ndarray:
        """What comes in from behind; 1 for a loss."""
        up = self.trial.upstream
        return np.ones(np.shape(self.trial.output)) if up is None else np.asarray(up)

    @cached_property
    def right(self) -> dict[str, np.ndarray]:
        """The right gradients, as measured; NaN where a kink leaves a choice or is too near."""
        out = {}
        for n, j in self.slopes.items():
            found, doubt = j.back(self.g), j.off(self.g)
            out[n] = np.where(doubt > 3e-3 * self._top(found), np.nan, found)
        return out

    def _top(self, found: np.ndarray) -> float:
        """Give the largest of some numbers; of zeros alone, a small part of what comes in."""
        least = 1e-6 * float(np.max(np.abs(self.g), initial=1e-6))
        return float(np.nanmax(np.abs(found), initial=least))

    @cached_property
    def off(self) -> dict[str, float]:
        """How far off the measured gradients may be, as a part of the largest."""
        out = {}
        for n, j in self.slopes.items():
            known = np.isfinite(self.right[n])
            top = self._top(self.right[n])
            out[n] = float(np.max(j.off(self.g)[known], initial=0.0)) / top
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

    def forget_samples(self) -> None:
        """Take all for one sample."""
        self.axes = {}
        for name in ("samples", "mean", "_alone", "shares", "outputs"):
            self.__dict__.pop(name, None)

    @cached_property
    def outputs(self) -> int:
        """How many outputs a sample has, so far as the target tells."""
        target = self.subject.target
        if target is None:
            return self._compared()
        t = self.values[target]
        return max(1, int(t.size // max(1, self.samples))) if t.ndim else 1

    def _compared(self) -> int:
        """Count what is compared with numbers from outside of the same form."""
        subject = self.subject
        data = [n for n in getattr(subject, "data", ()) if np.ndim(self.values[n])]
        if len(subject.parameters) != 1 or not self.subject.is_loss:
            return 1
        shape = np.shape(self.values[subject.parameters[0]])
        alike = shape and any(np.shape(self.values[n]) == shape for n in data)
        return int(shape[-1]) if alike else 1

    # ---- by sample -------------------------------------------------------------------------
    @cached_property
    def shares(self) -> dict[str, np.ndarray] | None:
        """
        What each sample gives to each gradient, first axis the samples; None if unknown.

        What a penalty adds belongs to no sample, and is not in it.
        """
        if not self.single:
            return self._rows()
        if self.samples < 2:
            return {n: (self.right[n] - self.punished(n))[None] for n in self.names}
        return self._parts()

    def punishment(self, name: str) -> Any:
        """What a penalty as strong as that on the weights would add to a gradient."""
        c = self.penalty.get(name, self.strength)
        return c * self.norm.slope(np.asarray(self.values[name]))

    def punished(self, name: str) -> Any:
        """What a penalty adds to a gradient."""
        c = self.penalty.get(name)
        return 0.0 if c is None else c * self.norm.slope(np.asarray(self.values[name]))

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
            found = self.slopes.get(name) or self.measured(name)
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
        return self._alone[0]

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
        part = [float(np.sum(c * self.norm.value(self.values[n])))
                for n, c in self.penalty.items()]  # fmt: skip
        losses = [one - sum(part) for one in losses]
        whole = float(self.trial.output) - sum(part)
        near = 1e-6 * max(abs(whole), 1e-9) + self.cache.get("noise", 0.0)
        summed, meant = abs(np.sum(losses) - whole) <= near, abs(np.mean(losses) - whole) <= near
        if len(losses) < 2 or summed == meant:  # zeros alone are both
            return None, []
        return bool(meant), points

    def _parts(self) -> dict[str, np.ndarray] | None:
        mean, points = self._alone
        if mean is None:
            return None
        scale = 1.0 / len(points) if mean else 1.0
        out: dict[str, np.ndarray] = {}
        for n in self.names:
            if n in self.axes:
                continue
            found = [self.measured(n, p) for p in points]
            if any(f is None for f in found):
                return None
            own = self.punished(n)
            out[n] = np.array([(f.back(self.g) - own) * scale for f in found if f is not None])
        return out


def _back(slopes: Jacobian, g: np.ndarray) -> np.ndarray:
    """Go back with a gradient that is zero in places, where slopes may be unknown."""
    g = np.ravel(g)
    on = g != 0
    return np.asarray((g[on] @ slopes.slopes[on]).reshape(slopes.shape))
