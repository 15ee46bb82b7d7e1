"""Submitted programs run forward on traced numbers, and left as they were."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.submitted.functions import PairSubject
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.losses import LossSubject, StepSubject
from clearprop.doctor.submitted.objects import ObjectSubject
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.submitted.variables import Place
from clearprop.doctor.traced.numbers import Arr, ids_of, made, plain_of
from clearprop.doctor.traced.standing import stand_ins
from clearprop.doctor.traced.standins import exchanged
from clearprop.doctor.traced.tape import Tape, writing

__all__ = ["Run", "own_of", "traced"]


@dataclass
class Run:
    """
    A forward pass, number by number.

    Attributes
    ----------
    tape : Tape
    output : array of int
        The nodes of what came out.
    before_head : bool
        Whether it is what a loss that stands in no program is taken of.
    """

    tape: Tape
    output: np.ndarray
    before_head: bool


class _Given:
    """A traced array that has yet to take the form in which a program wants it."""

    def __init__(self, array: Any, pattern: Any = None) -> None:
        self.array, self.pattern = array, pattern

    def __array__(self, *args: Any, **named: Any) -> np.ndarray:
        """Be equal to nothing: what is looked at only to compare it is not what was handed in."""
        return np.full(np.shape(plain_of(self.array)), np.nan)

    def in_form_of(self, pattern: Any) -> Any:
        """Give it as a list, a number or an array, as something else is."""
        array = self.array
        if isinstance(pattern, list):
            return array.tolist()
        if isinstance(pattern, tuple):
            return tuple(array.tolist())
        if isinstance(pattern, np.ndarray) and not isinstance(array, Arr):
            return made(ids_of(array))
        return array


def _formed(value: Any) -> Any:
    """Put traced numbers in the place of what stands for them in nested structures."""
    if isinstance(value, _Given):
        return value.in_form_of(value.pattern)
    if isinstance(value, Mapping):
        return {k: _formed(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_formed, value))
    if isinstance(value, list | tuple):
        return type(value)(_formed(v) for v in value)
    return value


def traced(subject: Subject, values: Values, parameters: Sequence[str] | None = None) -> Run | None:
    """
    Run a program forward on traced numbers.

    Parameters
    ----------
    subject : Subject
    values : mapping of str to array
    parameters : sequence of str, optional
        The variables that are no data.

    Returns
    -------
    Run or None
        None where the program cannot be run so.
    """
    try:
        return run(subject, values, parameters)
    except (Failed, RuntimeError, TypeError, ValueError, AttributeError, LookupError,
            ArithmeticError):  # fmt: skip
        return None


def run(subject: Subject, values: Values, parameters: Sequence[str] | None = None) -> Run | None:
    """Do what `traced` does, and raise what is raised on the way."""
    if not isinstance(subject, ObjectSubject | PairSubject | LossSubject | StepSubject):
        return None
    subject.snapshot.restore()
    own = own_of(subject) if parameters is None else parameters
    tape, budget = Tape(parameters=own), subject.budget
    listening = _Listening(subject)
    try:
        with writing(tape), exchanged(list(subject.snapshot._seen.values())):
            known = _put(subject, values, tape)
            subject.budget = listening  # type: ignore[assignment]
            subject._forward(known)
            output = _as_output(listening.result)
    finally:
        subject.budget = budget
        subject.snapshot.restore()
    if output is None or all(tape.op[int(u)] == "constant" for u in output.ravel()):
        return None  # its numbers went through something that notes nothing
    return Run(tape, output, listening.before_head)


def own_of(subject: Subject) -> list[str]:
    """List the variables that are weights, biases and the like, not data."""
    held = list(subject.parameters)
    if any(n in subject.expected for n in subject.differentiable):
        held = [n for n in held if n in subject.expected or np.ndim(subject.start[n]) > 1]
    return [*subject.inputs[1:], *held]


class _Listening:
    """Calls a program's functions with traced numbers, and keeps what they give."""

    def __init__(self, subject: Any) -> None:
        self._budget, self._head = subject.budget, getattr(subject, "_head", None)
        self.result: Any = None
        self.before_head = False

    def call(self, where: str, function: Any, *args: Any, **named: Any) -> Any:
        """Call a function; a loss that stands in no program is left out."""
        if function is self._head:
            self.before_head = True
            return 0.0
        args = tuple(map(_formed, args))
        named = {k: _formed(v) for k, v in named.items()}
        self.result = self._budget.call(where, function, *args, **named)
        return self.result


def _put(subject: Any, values: Values, tape: Tape) -> dict[str, Any]:
    """Write values into a program, traced ones where it computes with them; give the rest."""
    subject._put(values)
    held: dict[str, Place] = getattr(subject, "_places", None) or getattr(subject, "_held", {})
    held = {**held, **getattr(subject, "_data_places", {})}  # what an object was made with, too
    held = {n: p for n, p in held.items() if n in values}
    traceable = {n: p for n, p in held.items() if np.asarray(p.read()).dtype.kind == "f"}
    stand_ins(subject.snapshot, [p.read() for p in traceable.values()])
    for name, place in traceable.items():
        _exchange(place, name, values, tape)
    patterns = dict(getattr(subject, "_patterns", {}))
    if subject.asked.t is not None:
        patterns.setdefault("t", subject.asked.t)
    whole = (
        [subject.target] if subject.target in patterns and _whole(patterns[subject.target]) else []
    )
    known = _given(subject, {n: v for n, v in values.items() if n not in held}, tape, whole)
    if hasattr(subject, "_packed"):
        for name, pattern in subject._packed.leaves.items():
            known[name].pattern = pattern
    return known


def _whole(pattern: Any) -> bool:
    return np.asarray(pattern).dtype.kind in "iub"


def _as_output(result: Any) -> np.ndarray | None:
    """Give the nodes of what a forward pass gave; of a tuple, of its first part."""
    if isinstance(result, tuple) and result:
        numbers = all(isinstance(r, int | float) for r in result)
        result = list(result) if numbers else result[0]
    return ids_of(result)


def _given(
    subject: Subject, values: Values, tape: Tape, whole: Sequence[str] = ()
) -> dict[str, Any]:
    """Give traced arrays for what a program is handed; whole numbers stay numbers."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        array = np.array(value, dtype=np.float64)
        if name in whole or name in subject.indices:
            known[name] = array
        else:
            known[name] = _Given(_of(tape, name, array))
    return known


def _of(tape: Tape, name: str, array: np.ndarray) -> Any:
    return made(tape.given(name, array), array.copy())


def _exchange(place: Place, name: str, values: Values, tape: Tape) -> None:
    """Put traced numbers in the place of a program's own, wherever the program has them."""
    old = place.read()
    array = np.array(values[name], dtype=np.float64).reshape(np.shape(old))
    new = _of(tape, name, array)
    if isinstance(old, Arr):
        old[...] = new  # whoever shares it sees them too
    elif isinstance(old, list):
        _fill(old, new)
    elif place.kind == "attribute" and not isinstance(place.holder, types.CellType):
        object.__setattr__(place.holder, place.key, _Given(new).in_form_of(old))  # frozen ones too
    else:
        place.put(_Given(new).in_form_of(old))


def _fill(old: list[Any], new: Any) -> None:
    """Put traced numbers into nested lists."""
    for i, row in enumerate(new):
        if isinstance(old[i], list):
            _fill(old[i], row)
        elif isinstance(old[i], Arr):
            old[i][...] = row
        else:
            old[i] = row
