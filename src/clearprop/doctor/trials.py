"""Points at which a program is tried: the one handed in, and others that tell mistakes apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Subject, Values

__all__ = ["Trial", "alike", "leading", "pairs", "trials", "wide"]


@dataclass
class Trial:
    """
    One point, and what the program gave there.

    Attributes
    ----------
    values : mapping of str to array
    upstream : array or None
        What was handed to backward.
    put : bool
        Whether the parameters had to be written: not at the point that was handed in.
    output : array
    gradients : dict of str to array or None
    rows : int
        The number of samples, so far as it shows.
    """

    values: Values
    upstream: np.ndarray | None
    put: bool
    output: np.ndarray
    gradients: dict[str, Any] = field(default_factory=dict)
    rows: int = 1
    failed: Failed | None = None
    rate: float = 1.0

    @property
    def finite(self) -> bool:
        """Whether all numbers that came out are numbers."""
        given = [g for g in self.gradients.values() if g is not None]
        return all(bool(np.isfinite(a).all()) for a in (self.output, *given))

    @property
    def after(self) -> dict[str, np.ndarray]:
        """What each value is after a step against the submitted gradient."""
        return {
            n: self.values[n] - self.rate * g
            for n, g in self.gradients.items()
            if g is not None and np.shape(g) == np.shape(self.values[n])
        }


def trials(subject: Subject, seed: int, most: int = 4) -> list[Trial]:
    """
    Try a program at several points.

    Parameters
    ----------
    subject : Subject
    seed : int
        Of what is drawn.
    most : int
        How many points at most.

    Raises
    ------
    Failed
        If it fails at the very point that was handed in.
    """
    rng = np.random.default_rng(seed)
    first = _tried(subject, dict(subject.start), rng, put=False)
    if first.failed is not None:
        raise first.failed
    found = [first]
    # A number made of several arrays of one form compares them, row by row.
    subject.joint = first.output.ndim == 0 and not subject.is_loss
    for step in (1, 2, -1, 0, 0):
        if len(found) >= most:
            break
        for axis in (0, -1, None):
            if axis is None and step:
                break
            values = _drawn(subject, rng, axis, step)
            if values is None:
                continue
            try:
                trial = _tried(subject, values, rng, put=True)
            except Failed as failed:
                if failed.kind == "endless":
                    raise
                continue
            if not np.isfinite(trial.output).all():
                positive = {n: np.abs(v) + 0.1 for n, v in values.items()}
                trial = _tried(subject, positive, rng, put=True)
            if step and not (_grew_with(first, trial, subject, axis) and _fitted(first, trial)):
                continue
            if np.isfinite(trial.output).all() and (trial.failed is None or not step):
                found.append(trial)
                break
    return found


def alike(
    subject: Subject,
    seed: int,
    count: int = 2,
    keep: Sequence[str] = (),
    within: Sequence[str] = (),
) -> list[Trial]:
    """Try a program at points of the very shapes that were handed in; values may stay, or kind."""
    rng = np.random.default_rng(seed)
    kept = {n: subject.start[n] for n in keep}
    drawn = [_drawn(subject, rng, None, 0) for _ in range(count)]
    own = [
        {n: _target(rng, subject.start[n], subject.start[n].shape, None) for n in within}
        for _ in drawn
    ]
    return [
        _tried(subject, {**v, **kept, **o}, rng, put=True)
        for v, o in zip(drawn, own, strict=True)
        if v is not None
    ]


def _grew_with(first: Trial, trial: Trial, subject: Subject, axis: int | None) -> bool:
    """Tell whether the output has as many more samples as the input."""
    if axis is None or first.output.ndim == 0 or not subject.inputs:
        return True
    name = subject.inputs[0]
    grown = np.shape(trial.values[name])[axis] - np.shape(first.values[name])[axis]
    if trial.output.ndim != first.output.ndim:
        return False
    changed = np.subtract(trial.output.shape, first.output.shape)
    return bool(changed[0] == grown or changed[-1] == grown)


def wide(subject: Subject, first: Trial, seed: int) -> Trial | None:
    """Go forward where inputs are larger, so far as numbers go: some functions differ there."""
    rng = np.random.default_rng(seed + 11)
    values = dict(first.values)
    for name in (*subject.inputs, *getattr(subject, "data", ())):
        if name not in (subject.target, *subject.indices):
            size = 6.0 * np.std(values[name]) + 3.0
            values[name] = np.asarray(rng.normal(0.0, size, np.shape(values[name])))
    try:
        y = subject.forward(values)
    except Failed as failed:
        if failed.kind == "endless":
            raise
        return None
    return Trial(values, None, True, y) if np.isfinite(y).all() else None


def _fitted(first: Trial, trial: Trial) -> bool:
    """Tell whether gradients still have the forms of their values, as they had at first.

    What a program holds itself, such as a mask, may be made for as many samples as were handed in;
    a single one is then repeated to as many by NumPy.
    """

    def forms(of: Trial) -> list[bool]:
        return [
            g is None or np.shape(g) == np.shape(of.values[n])
            for n, g in first.gradients.items()
            for g in [of.gradients.get(n)] if n in of.values
        ]  # fmt: skip

    shrunk = trial.rows < first.rows and not trial.output.ndim
    return not (shrunk and all(forms(first)) and not all(forms(trial)))


def _tried(subject: Subject, values: Values, rng: np.random.Generator, *, put: bool) -> Trial:
    y = subject.forward(values, put=put)
    upstream = None if subject.is_loss else _upstream(rng, y.shape)
    rows = max((np.shape(values[n])[0] for n in subject.inputs if np.ndim(values[n])), default=1)
    trial = Trial(values, upstream, put, y, rows=rows)
    try:
        trial.rate = getattr(subject, "lr", None) or 1.0
        trial.gradients = subject.gradients(values, upstream, put=put)
    except Failed as failed:
        trial.failed = failed
        if failed.kind == "endless":
            raise
    return trial


def _upstream(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw an upstream gradient without 0, 1 or equal numbers in it."""
    return np.asarray(rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape))


def _drawn(
    subject: Subject, rng: np.random.Generator, axis: int | None, step: int
) -> dict[str, np.ndarray] | None:
    """Draw another point, with more samples or fewer along an axis."""
    out: dict[str, np.ndarray] = {}
    batched = leading(subject)
    for name, value in subject.start.items():
        shape = list(value.shape)
        if name in batched and axis is not None and step:
            if value.ndim < (2 if axis else 1) and name == batched[0]:
                return None
            first = subject.start[batched[0]]
            labels = value.ndim == 1 < first.ndim and value.shape[0] == first.shape[axis]
            if labels:
                shape[0] = max(1, shape[0] + step)
            elif value.ndim == 1 and any(subject.start[n].ndim for n in subject.parameters):
                return None  # one sample, whose length the weights fix
            if value.ndim == 2 and value.shape[axis] == 1 and subject.parameters:
                return None  # a program for one sample need not be one for more
            if value.ndim >= 1 and (value.ndim > 1 or axis == 0) and not labels:
                shape[axis] = max(1, shape[axis] + step)
        out[name] = _new(subject, rng, name, tuple(shape), axis)
    return out


def _new(
    subject: Subject, rng: np.random.Generator, name: str, shape: tuple[int, ...], axis: int | None
) -> np.ndarray:
    """Draw what is called so: of its kind, unless it is what gradients are asked of."""
    value = subject.start[name]
    if name in subject.indices and name != subject.target:
        return np.asarray(rng.choice(np.unique(value), shape))
    moves = name in subject.parameters and name in subject.expected  # what is held keeps its kind
    if moves or (name in subject.inputs and not _are_shares(subject, value)):
        return _numbers(rng, value, shape)
    return _target(rng, value, shape, axis)


def _are_shares(subject: Subject, value: np.ndarray) -> bool:
    """Tell probabilities that a loss compares: a logarithm of them may be cut off elsewhere."""
    compared = (subject.is_loss or subject.joint) and not subject.parameters
    return compared and bool(np.all((value > 0) & (value < 1)))


def leading(subject: Subject) -> list[str]:
    """List what has the batch: the first input, others like it, the target."""
    if not subject.inputs:
        own = [n for n in getattr(subject, "data", ()) if subject.start[n].ndim]
        return [*own, *([subject.target] if subject.target and own else [])]
    first = subject.start[subject.inputs[0]]
    alike = [
        n for n in subject.inputs[1:]
        if subject.start[n].shape == first.shape and (subject.style != "cache" or subject.joint)
    ]  # fmt: skip
    return [subject.inputs[0], *alike, *([subject.target] if subject.target else [])]


def _numbers(rng: np.random.Generator, value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    least = min(0.3, 1 / np.sqrt(max(shape))) if value.ndim == 2 else 0.3
    # Weights of hundreds of inputs stay small: their sums would saturate what comes behind, and
    # there a loss of log(y + 1e-7) has not the slopes of log(y).
    size = float(np.clip(np.std(value) if value.size > 1 else 1.0, least, 1.5))
    return np.asarray(rng.normal(0.0, size, shape) + 0.05)


def _target(
    rng: np.random.Generator, value: np.ndarray, shape: tuple[int, ...], axis: int | None
) -> np.ndarray:
    """Draw a target of the same kind: one-hot rows, indices, zeros and ones, or numbers."""
    whole = bool(np.all(value == np.round(value)))
    if whole and value.ndim == 2 and np.all((value == 0) | (value == 1)):
        for a in (1, 0):
            if value.shape[a] > 1 and np.all(value.sum(axis=a) == 1):
                classes = shape[a]
                rows = np.eye(classes)[rng.integers(0, classes, shape[1 - a])]
                return rows if a == 1 else rows.T
    if whole and value.ndim == 1 and value.size > 1 and value.sum() == 1 and value.max() == 1:
        return np.eye(shape[0])[rng.integers(0, shape[0])]  # one sample, one-hot
    if whole:
        kinds = np.unique(value)
        if len(kinds) == 1 and kinds[0] in (0, 1) and value.size < 4:
            kinds = np.array([0.0, 1.0])  # a class that happens to be this one
        return np.asarray(rng.choice(kinds, shape))
    for a in (-1, 0):
        if value.ndim == 2 and value.min() >= 0 and np.allclose(value.sum(axis=a), 1):
            shares = rng.uniform(0.05, 0.95, shape)  # of something that is shared out
            return np.asarray(shares / shares.sum(axis=a, keepdims=True))
    square = len(shape) == 2 and shape[0] == shape[1] and value.shape == shape
    if square and shape[0] > 1 and np.array_equal(value, value.T):
        half = rng.normal(float(value.mean()), max(float(value.std()), 0.5), shape)
        return np.asarray((half + half.T) / 2)
    if value.min() >= 0 and value.max() <= 1:
        return np.asarray(rng.uniform(0.05, 0.95, shape))
    if value.min() > 0:
        return np.asarray(rng.uniform(float(value.min()), 1.3 * float(value.max()), shape))
    return np.asarray(rng.normal(float(value.mean()), max(float(value.std()), 0.5), shape))


def pairs(found: list[Trial]) -> Iterator[tuple[Trial, Trial]]:
    """Give trials of equal shapes, two and two."""
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            if all(np.shape(v) == np.shape(b.values[n]) for n, v in a.values.items()):
                yield a, b
