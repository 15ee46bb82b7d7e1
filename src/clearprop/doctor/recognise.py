"""Which forward pass a program computes: the families of derivations are asked, one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

import clearprop.doctor.derivations as families
from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.trials import Trial
from clearprop.doctor.truth import Measured

__all__ = ["recognised"]

LONGEST = 6.0  # seconds; a forward pass that is not found by then is judged by measuring alone


@cache
def _recognisers() -> tuple[object, ...]:
    modules = [
        import_module(f"{families.__name__}.{m.name}") for m in iter_modules(families.__path__)
    ]
    able = [m for m in modules if hasattr(m, "chains")]
    return tuple(sorted(able, key=lambda m: getattr(m, "ORDER", 50)))


def recognised(
    subject: Subject, trials: Sequence[Trial], truths: Sequence[tuple[Trial, Measured]]
) -> Chain | None:
    """
    Find a chain that computes what the program computes, with the slopes that were measured.

    Parameters
    ----------
    subject : Subject
    trials : sequence of Trial
    truths : sequence of (Trial, Measured)

    Returns
    -------
    Chain or None
    """
    for chain in _candidates(subject, trials):
        if _slopes_agree(chain, truths):
            return chain
    return None


def _candidates(subject: Subject, trials: Sequence[Trial]) -> Iterator[Chain]:
    observed = [(t.values, t.output) for t in trials]
    clock = Clock(LONGEST)
    timed = [clock.timed(v, y) for v, y in observed]
    late = False
    for family in _recognisers():
        if late and not getattr(family, "LATE", False):
            continue
        with np.errstate(all="ignore"):
            try:
                yield from family.chains(subject, timed)  # type: ignore[attr-defined]
            except TimeoutError:
                late = True  # what was found before is looked at all the same
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                continue  # shapes that do not even fit are no derivation of this program


class Clock:
    """
    Ends a search that takes too long, wherever in it: the values are looked at all the time.

    Parameters
    ----------
    seconds : float
    """

    def __init__(self, seconds: float) -> None:
        self.end, self._reads = time.process_time() + seconds, 0

    def look(self) -> None:
        """Raise TimeoutError when the time is over; the clock itself is asked now and then."""
        self._reads += 1
        if self._reads % 16 == 0 and time.process_time() > self.end:
            raise TimeoutError

    def timed(self, values: Values, output: np.ndarray) -> tuple[Values, np.ndarray]:
        """Give values that raise TimeoutError when they are looked at too late."""
        return _Timed(values, self), output


class _Timed(dict[str, np.ndarray]):
    def __init__(self, values: Values, clock: Clock) -> None:
        super().__init__(values)
        self._clock = clock

    def __getitem__(self, name: str) -> np.ndarray:
        self._clock.look()
        return super().__getitem__(name)


def _slopes_agree(chain: Chain, truths: Sequence[tuple[Trial, Measured]]) -> bool:
    known: dict[int, dict[str, Any]] = {}
    for trial, truth in truths:
        if id(trial) not in known:
            try:
                known[id(trial)] = chain.gradients(trial.values, trial.upstream)
            except (ValueError, IndexError, TypeError):
                return False  # it gives the outputs, but its derivation is of other shapes
        g = known[id(trial)].get(truth.name)
        if g is None or np.size(g) != np.size(trial.values[truth.name]) or truth.refutes(g):
            return False
    return True
