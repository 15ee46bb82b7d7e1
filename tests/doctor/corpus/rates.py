"""Run the doctor over programs and count: named alone, listed, wrongly named, missed, false alarms.

Run it with ``python -m tests.doctor.corpus.rates [--folder held_out] [--only TEXT] [--sample]
[--float32] [--rounded]``. A *wrong name* is the worst that can happen, so those come first.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from tests.doctor.corpus.listing import Program, programs, sample
from tests.doctor.corpus.precision import in_float32, rounded

__all__ = ["Judged", "Rates", "judge", "judge_all", "table"]

NO_NAMES = frozenset({"unexplained"})
Check = Callable[..., Any]


@dataclass(frozen=True)
class Judged:
    """
    What the doctor said of one program.

    Attributes
    ----------
    program : Program
        The program.
    sound : bool or None
        Its verdict; None: it could not judge.
    names : frozenset of str
        Every id it named or listed, facts without a name left out.
    certain : frozenset of str
        Those it named alone, with no other id that fits as well.
    seconds : float
        How long it took.
    failure : str
        The exception, if `check` itself raised.
    """

    program: Program
    sound: bool | None
    names: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()
    seconds: float = 0.0
    failure: str = ""

    @property
    def outcome(self) -> str:
        """One of: alone, listed, wrong, missed; silent, alarm, unjudged for a sound program."""
        if self.program.sound:
            return {True: "silent", False: "alarm", None: "unjudged"}[self.sound]
        true = self.program.mistakes - NO_NAMES
        if not true:
            return "wrong" if self.names else "alone" if self.sound is False else "missed"
        if true <= self.names:
            return "alone" if self.certain == self.names == true else "listed"
        if self.names:
            return "wrong"
        return "missed"


def judge(program: Program, check: Check | None = None) -> Judged:
    """Ask the doctor (or another `check`) about one program."""
    if check is None:
        from clearprop.doctor import check as doctor

        check = doctor
    said: list[Any] = []

    def heard(*args: Any, **asked: Any) -> None:
        said.append(check(*args, **asked))

    module = ModuleType("program")
    sys.modules["program"] = module  # where dataclasses look for the module of a class
    names = vars(module)
    names["check"] = heard
    began = time.perf_counter()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exec(compile(program.source, program.where, "exec"), names)
            eval(program.call, names)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            return Judged(program, None, failure=f"{type(error).__name__}: {error}")
    took = time.perf_counter() - began
    named, certain = set(), set()
    for finding in said[-1].findings:
        others = set(getattr(finding, "alternatives", ()))
        named |= {finding.name} | others
        certain |= set() if others else {finding.name}
    ids = frozenset(named) - NO_NAMES
    return Judged(program, said[-1].sound, ids, frozenset(certain) - NO_NAMES, took)


def judge_all(given: Iterable[Program], check: Check | None = None, jobs: int = 1) -> list[Judged]:
    """Judge many, in as many processes; in order."""
    ask = partial(judge, check=check)
    if jobs == 1:
        return [ask(program) for program in given]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(ask, list(given), chunksize=8)


@dataclass(frozen=True)
class Rates:
    """
    Counts over judged programs.

    Attributes
    ----------
    broken, alone, listed, wrong, missed : int
        Broken programs: all; the right name and no other; the right one among those listed (`alone`
        included); names without the right one; no name.
    sound, alarms, unjudged : int
        Sound programs: all; called broken; not judged.
    """

    broken: int
    alone: int
    listed: int
    wrong: int
    missed: int
    sound: int
    alarms: int
    unjudged: int

    @classmethod
    def of(cls, judged: Iterable[Judged]) -> Rates:
        """Count."""
        judged = list(judged)
        counts = Counter(one.outcome for one in judged)
        sound = sum(one.program.sound for one in judged)
        listed = counts["alone"] + counts["listed"]
        return cls(
            len(judged) - sound, counts["alone"], listed, counts["wrong"], counts["missed"],
            sound, counts["alarm"], counts["unjudged"],
        )  # fmt: skip

    def complaints(self) -> list[str]:
        """Say what of what must hold does not."""
        said = []
        if self.alone < 0.95 * self.broken:
            said.append(f"named alone: {self.alone} of {self.broken}, less than 95 %")
        if self.listed < 0.99 * self.broken:
            said.append(f"among those listed: {self.listed} of {self.broken}, less than 99 %")
        if self.wrong:
            said.append(f"wrongly named: {self.wrong}")
        if self.alarms or self.unjudged:
            said.append(f"sound, yet not called so: {self.alarms + self.unjudged} of {self.sound}")
        return said


def table(judged: Iterable[Judged]) -> str:
    """Write the rates by family, as Markdown."""
    judged = list(judged)
    families = sorted({one.program.family for one in judged})
    groups = [(f, [one for one in judged if one.program.family == f]) for f in families]
    lines = [
        "| family | broken | named alone | listed | wrong | missed | sound | alarms | not judged |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, group in [*groups, ("**all**", judged)]:
        r = Rates.of(group)
        cells = (
            name,
            r.broken,
            r.alone,
            r.listed,
            r.wrong,
            r.missed,
            r.sound,
            r.alarms,
            r.unjudged,
        )
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def confusions(judged: Iterable[Judged], *, programs_named: bool) -> str:
    """List what was not named alone: the worst first; with the program's id if asked."""
    rank = ["wrong", "alarm", "unjudged", "missed", "listed"]
    rows: Counter[tuple[int, str]] = Counter()
    for one in judged:
        if one.outcome not in rank:
            continue
        said = ", ".join(sorted(one.names)) or one.failure[:160] or f"sound={one.sound}, no name"
        where = f"  [{one.program.where}]" if programs_named else f"  ({one.program.family})"
        text = f"{one.outcome:8} {one.program.mistake} -> {said}{where}"
        rows[rank.index(one.outcome), text] += 1
    return "\n".join(f"{text}  x{n}" if n > 1 else text for (_, text), n in sorted(rows.items()))


def main(argv: list[str]) -> int:
    """Judge the corpus and print its rates."""
    parser = argparse.ArgumentParser(prog="python -m tests.doctor.corpus.rates")
    parser.add_argument("--folder", default="programs", help="programs, held_out or a path")
    parser.add_argument("--only", default="", help="programs whose id holds this text")
    parser.add_argument("--sample", action="store_true", help="one of each mistake and family")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--private", action="store_true", help="name families, no programs")
    parser.add_argument("--float32", action="store_true", help="everything in single precision")
    parser.add_argument("--rounded", action="store_true", help="results rounded to 4 decimals")
    asked = parser.parse_args(argv)
    given = [p for p in programs(asked.folder) if asked.only in p.where]
    given = sample(given) if asked.sample else given
    check = in_float32 if asked.float32 else rounded if asked.rounded else None
    began = time.perf_counter()
    judged = judge_all(given, check, asked.jobs)
    print(confusions(judged, programs_named=not asked.private), table(judged), sep="\n\n")
    slow = max(judged, key=lambda one: one.seconds)
    took = time.perf_counter() - began
    place = "" if asked.private else f" ({slow.program.where})"
    print(f"\n{len(judged)} programs in {took:.0f} s; the slowest {slow.seconds:.1f} s{place}")
    return bool(Rates.of(judged).complaints())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
