"""Gradients checked by measuring: each input moved a little both ways, and the result watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with
from clearprop.doctor.differences import Cause, Line, diagnose
from clearprop.doctor.gradcheck_report import Entry, GradcheckReport, Note
from clearprop.doctor.measured import Direction, Measured, along
from clearprop.errors import GradcheckError, OptionError

__all__ = ["gradcheck"]

FEW_NUMBERS = 32  # a result of up to so many numbers is checked number by number
LOOKED_INTO = 10  # so many disagreements of an input are looked into, the worst


def gradcheck(
    f: Callable[..., Any],
    *inputs: Any,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    most: int = 500,
    seed: int = 0,
) -> GradcheckReport:
    """
    Compare the gradients of a function with slopes measured by central differences.

    Parameters
    ----------
    f : callable
        From the inputs to an array of any shape, or a tree of arrays.
    *inputs : array, number or tree of arrays
        Where; use float64. Whole numbers and booleans are held fixed.
    eps : float
        The step to either side.
    atol, rtol : float
        A gradient agrees if it is within ``atol + rtol * |measured|``.
    raise_exception : bool
        Whether a disagreement is an error, rather than only in the report.
    most : int
        Of a larger input, so many entries are drawn and checked, and all of them together along
        a random direction.
    seed : int
        Where the draws start from.

    Returns
    -------
    GradcheckReport
        Each entry by backpropagation and measured; which disagree, and whether that looks like a
        kink, rounding or a wrong rule. ``print(report)`` says so in words.

    Raises
    ------
    GradcheckError
        If the gradients do not agree; its `report` is the report.
    GradientError
        If no input has gradients, or a rule is missing.
    OptionError
        If `eps` or `most` is not positive, or a tolerance negative.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> report = gradcheck(lambda x: cp.sum(x**3), np.array([1.0, 2.0]))
    >>> report.ok
    True
    >>> [round(entry.numeric, 3) for entry in report.entries]
    [3.0, 12.0]
    """
    if not (eps > 0 and most >= 1 and atol >= 0 and rtol >= 0):
        raise OptionError(
            "gradcheck: eps and most must be positive, atol and rtol at least 0;"
            f" got eps={eps}, most={most}, atol={atol}, rtol={rtol}."
        )
    with computing_with(NUMPY), np.errstate(all="ignore"):  # what is not finite is reported
        report = _Check(Measured(f, inputs), eps, atol, rtol, most, seed).run()
    if raise_exception and not report.ok:
        raise GradcheckError(str(report), report)
    return report


def _pick(sums: Callable[[float], np.ndarray], row: int, step: float) -> float:
    return float(sums(step)[row])


@dataclass(frozen=True)
class _Row:
    """What is differentiated: one number of the result, or a sum of all with weights."""

    name: str
    weights: np.ndarray
    gradients: list[np.ndarray | None]  # one an input; None where no record leads


class _Check:
    """One check, and what it comes across."""

    def __init__(
        self, f: Measured, eps: float, atol: float, rtol: float, most: int, seed: int
    ) -> None:
        self.f, self.eps, self.atol, self.rtol = f, eps, atol, rtol
        self.most, self.seed, self.rng = most, seed, np.random.default_rng(seed)
        self.notes = [Note("held", {"input": name, "dtype": dtype}) for name, dtype in f.held]

    def run(self) -> GradcheckReport:
        """Compare everything, unless something stands in the way."""
        here, again = (self.f.numbers(self.f.arrays) for _ in range(2))
        if not np.array_equal(here, again, equal_nan=True):
            apart = float(np.max(np.abs(here - again))) if here.shape == again.shape else np.nan
            return GradcheckReport((), (Note("random", {"difference": apart}), *self.notes))
        if not np.isfinite(here).all():
            strange = float(here[~np.isfinite(here)][0])
            return GradcheckReport((), (Note("not_finite", {"value": strange}), *self.notes))
        rows = self.rows()
        entries = [entry for i in self.f.moving for entry in self.entries(i, rows)]
        return GradcheckReport(tuple(entries), tuple(self.notes))

    def rows(self) -> list[_Row]:
        """Choose what is differentiated, and do so by backpropagation."""
        record = self.f.recorded()
        names, size = record.names, len(record.names)
        weights = np.eye(size) if size <= FEW_NUMBERS else self.rng.standard_normal((2, size))
        if size > FEW_NUMBERS:
            self.notes.append(Note("weighted", {"size": size, "seed": self.seed}))
            names = ["", ""]
        return [_Row(n, w, record.gradients(w)) for n, w in zip(names, weights, strict=True)]

    def directions(self, i: int) -> Iterator[tuple[tuple[int, ...] | None, Direction]]:
        """List what is compared of an input: all entries, or some of many and all together."""
        x = self.f.arrays[i]
        if x.size <= self.most:
            yield from ((index, index) for index in np.ndindex(x.shape))
            return
        about = {"input": self.f.names[i], "size": x.size, "count": self.most, "seed": self.seed}
        self.notes.append(Note("sampled", about))
        for n in np.sort(self.rng.choice(x.size, self.most, replace=False)):
            index = tuple(map(int, np.unravel_index(n, x.shape)))
            yield index, index
        direction = self.rng.standard_normal(x.shape)
        yield None, direction / np.linalg.norm(direction)

    def entries(self, i: int, rows: list[_Row]) -> list[Entry]:
        """Compare the entries of one input, and look into the worst disagreements."""
        compared = list(self.compare(i, rows))
        found = [entry for entry, _ in compared]
        bad = [n for n, entry in enumerate(found) if not entry.ok]
        bad.sort(key=lambda n: -np.nan_to_num(found[n].absolute, nan=np.inf))
        for n in bad[:LOOKED_INTO]:
            entry, line = compared[n]
            cause = diagnose(line, entry.analytic, self.eps, self.tolerance)
            if all(row.gradients[i] is None for row in rows) and cause.name != "infinite":
                cause = Cause("record", {"input": entry.input})
            found[n] = replace(entry, cause=cause)
        rounded = any(e.cause is not None and e.cause.name == "rounding" for e in found)
        if rounded and self.f.arrays[i].dtype.itemsize < 8:
            dtype = str(self.f.arrays[i].dtype)
            self.notes.append(Note("imprecise", {"input": self.f.names[i], "dtype": dtype}))
        return found

    def compare(self, i: int, rows: list[_Row]) -> Iterator[tuple[Entry, Line]]:
        """Hold backpropagation to measuring, entry by entry and row by row."""
        weights = np.array([row.weights for row in rows])
        x, precision = self.f.arrays[i], self.f.precision()
        for index, direction in self.directions(i):
            sums = self.f.path(i, direction, weights)
            scale = float(np.max(np.abs(x if index is None else x[index])))
            for r, row in enumerate(rows):
                g = row.gradients[i]
                line = Line(partial(_pick, sums, r), precision, scale)
                analytic, numeric = 0.0 if g is None else along(g, direction), line.slope(self.eps)
                ok = bool(abs(analytic - numeric) <= self.tolerance(numeric))
                yield Entry(self.f.names[i], index, row.name, analytic, numeric, ok), line

    def tolerance(self, slope: float) -> float:
        """Tell what counts as agreement with a measured slope."""
        return self.atol + self.rtol * abs(slope)
