"""Which programs there are: made once for what is asked, and made anew if a model has changed."""

from __future__ import annotations

import contextlib
import gc
import random
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from clearprop.engines.compiled.batches import Arrays
from clearprop.engines.compiled.forms import Form
from clearprop.engines.compiled.kept import Kept
from clearprop.engines.compiled.loops import Loop
from clearprop.engines.compiled.machine.native import available
from clearprop.engines.compiled.program import NotCompilable, Program, in_order
from clearprop.engines.compiled.running import Build, Runner
from clearprop.engines.compiled.trace.step import Traced
from clearprop.engines.engine import Beside, Task
from clearprop.lang import in_language, language, say, told

__all__ = ["Programs", "Wanted"]

OWNERS = 8  # tasks whose programs are kept
_missed = False  # whether it was said that there is no compiler
SHAPES = 16  # of batches, of one task; more would be compiled for longer than they run


@dataclass(frozen=True)
class Wanted:
    """
    A program that is asked for.

    Parameters
    ----------
    owner : object
        The task, or whatever else says what is computed.
    kind : str
        What is done with it: "train", "judge" or "answer".
    arrays : Arrays
    batch : int
        The rows of a step.
    beside : Beside
    trace : callable ``(x, y, weight) -> Traced``
    task : Task or None
        Of training.
    meters : sequence of Meter
    steps : int
        How many there will be of such batches.
    run : object, optional
        What they all belong to: it is decided once in a run whether they are worth a program.
    """

    owner: Any
    kind: str
    arrays: Arrays
    batch: int
    beside: Beside
    trace: Callable[..., Traced]
    task: Task | None
    meters: Sequence[Any] = ()
    steps: int = 1
    run: Any = None


@dataclass
class _Owned:
    """The programs of a task; None for one that cannot be made."""

    owner: Any
    loops: dict[tuple[str, Hashable], Loop | None] = field(default_factory=dict)
    steps: dict[Hashable, int] = field(default_factory=dict)  # that were done without
    runs: dict[Hashable, Any] = field(default_factory=dict)  # the last that did without
    seen: set[Hashable] = field(default_factory=set)  # which are known to be as they should


@final
class Programs:
    """
    The programs of an engine.

    Parameters
    ----------
    build : Build or None
        Makes code; native code for this machine by default.

    Attributes
    ----------
    made : int
        How many were made.
    seconds : float
        What making them took.
    why_not : dict of str to None
        In words, what could not be compiled.
    """

    def __init__(self, build: Build | None = None) -> None:
        self.build = build
        self.made, self.seconds = 0, 0.0
        self.why_not: dict[str, None] = {}
        self._kept = Kept()
        self._owned: dict[int, _Owned] = {}
        self._forms: dict[Hashable, Form] = {}

    def hand_out(self, task: Task) -> None:
        """Give the weights to whoever owns them."""
        self._kept.hand_out(task)

    def forget(self, owner: Any) -> None:
        """Make programs anew; what could not be compiled is not tried again."""
        owned = self._owned.get(id(owner))
        if owned is not None and any(owned.loops.values()):
            del self._owned[id(owner)]

    def doubt(self, owner: Any) -> None:
        """Hear that somebody may have changed what a task reads, and nobody can watch."""
        owned = self._owned.get(id(owner))
        if owned is not None:
            owned.seen.clear()

    def loops(self) -> list[tuple[str, Loop]]:
        """List the programs that are there, each with its kind, in the order of their making."""
        every = [item for each in self._owned.values() for item in each.loops.items()]
        return [(key[0], loop) for key, loop in every if loop is not None]

    def find(self, wanted: Wanted, pays: Callable[[int], bool]) -> Loop | None:
        """
        Give a program, made if need be; None if it cannot be made or is not worth it.

        Parameters
        ----------
        wanted : Wanted
        pays : callable ``(steps) -> bool``
            Whether to make it for so many steps, those that were done without it included.
        """
        owned = self._of(wanted.owner)
        key = wanted.kind, wanted.arrays.signature(wanted.batch)
        if key not in owned.loops:
            if wanted.run is not None and owned.runs.get(key) is wanted.run:
                return None
            steps = owned.steps[key] = owned.steps.get(key, 0) + wanted.steps
            worth = pays(steps)
            if worth and len(owned.loops) >= SHAPES:
                self._say(say("compiling.shapes", most=SHAPES))
            if not worth or len(owned.loops) >= SHAPES:
                owned.runs[key] = wanted.run
                return None
            owned.loops[key] = self._make(wanted) if self._can() else None
            owned.seen.add(key)
        elif wanted.beside.open and key not in owned.seen:
            owned.seen.add(key)
            if not self._is_as_it_was(owned.loops[key], wanted):
                owned.loops[key] = self._make(wanted)
        loop = owned.loops[key]
        return loop if loop is not None and wanted.arrays.fit(loop.traced) else None

    def _can(self) -> bool:
        """Tell whether there is a compiler; if there is none, that is said once in a process."""
        global _missed
        if self.build is not None or available():
            return True
        if not _missed:
            _missed = True
            self.why_not.setdefault(say("train.no_compiler"))
        return False

    def _of(self, owner: Any) -> _Owned:
        owned = self._owned.pop(id(owner), None) or _Owned(owner)
        self._owned[id(owner)] = owned  # the last is the one that was used last
        while len(self._owned) > OWNERS:
            del self._owned[next(iter(self._owned))]
        return owned

    def _make(self, wanted: Wanted) -> Loop | None:
        began = time.perf_counter()
        try:
            with _nothing_collected():
                traced = self._traced(wanted)
                if wanted.beside.open:
                    traced.constants = _constants(traced)
                runner = self._runner(traced, wanted)
        except NotCompilable as error:
            self._say(in_language(error.message, language()))
            return None
        finally:
            self.seconds += time.perf_counter() - began
        return Loop(
            traced, runner, wanted.batch, wanted.beside, self._kept, wanted.task, wanted.meters
        )

    def _say(self, why: str) -> None:
        """Say, once, what cannot be compiled."""
        self.why_not.setdefault(say("train.eagerly", why=why))

    def _is_as_it_was(self, loop: Loop | None, wanted: Wanted) -> bool:
        """
        Tell whether what somebody else wrote still computes with the same numbers.

        Such code may read what nobody can watch, as the environment of the process.
        """
        try:
            return loop is None or _constants(self._traced(wanted, 1)) == loop.traced.constants
        except NotCompilable:
            return False

    def _runner(self, traced: Traced, wanted: Wanted) -> Runner:
        """Give code for a program: that of the one before, if they differ in numbers alone."""
        key = wanted.kind, wanted.arrays.signature(wanted.batch)
        form = self._forms.pop(key, None)
        runner = None
        if form is not None:
            runner = form.runner(traced, lambda program: self._code(program, wanted.batch))
        if form is None or runner is None:
            runner = self._code(traced.program, wanted.batch)
            form = Form(traced, runner)
        self._forms[key] = form  # the last is the one that was used last
        while len(self._forms) > OWNERS:
            del self._forms[next(iter(self._forms))]
        return runner

    def _code(self, program: Program, batch: int) -> Runner:
        if self.build is None:
            from clearprop.engines.compiled.code import native  # nobody waits for it before

            self.build = native
        self.made += 1
        return self.build(program, batch)

    def _traced(self, wanted: Wanted, times: int = 2) -> Traced:
        """Trace a step; as often as is needed to see whether it is the same each time."""
        if not wanted.beside.foreign:
            return _once(wanted)
        undo = wanted.beside.undoing()
        # What others draw from; to save that takes as long as a thousand draws.
        drawn, chosen = np.random.get_state(legacy=False), random.getstate()  # noqa: NPY002
        try:
            traced, again = _once(wanted), _once(wanted) if times > 1 else None
        finally:
            changed = undo()
            now: Any = np.random.get_state(legacy=False)  # noqa: NPY002
            places = [each["state"] for each in (now, drawn)]
            if places[0]["pos"] != places[1]["pos"] or (places[0]["key"] != places[1]["key"]).any():
                np.random.set_state(drawn)  # noqa: NPY002
                changed = changed or "another"
            if random.getstate() != chosen:
                random.setstate(chosen)
                changed = changed or "another"
        if changed:
            raise NotCompilable(told(f"compiling.{changed}"))
        if again is not None and _constants(again) != _constants(traced):
            raise NotCompilable(told("compiling.another"))
        return traced


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """Make no search for garbage: there is little, and among all modules it takes 10 ms a time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _once(wanted: Wanted) -> Traced:
    with np.errstate(all="ignore"):
        traced = wanted.trace(*wanted.arrays.example(wanted.batch))
    for value, sparse in zip(traced.program.data, wanted.arrays.sparse, strict=True):
        if sparse:
            value.params["density"] = 0.2
    return traced


def _constants(traced: Traced) -> list[bytes]:
    """Give all constants of a program, to compare."""
    return [
        np.asarray(value.array).tobytes()
        for value in in_order(traced.program.outputs)
        if value.kind == "constant"
    ]
