"""The table of what was measured, as a page in Markdown."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.peers.race import Entry, Race

__all__ = ["as_markdown", "machine", "options", "told"]

OWN = ("clearprop", "clearprop-eager")
PACKAGES = ("clearprop", "numpy", "llvmlite", "jax", "torch", "keras", "tensorflow-cpu",
            "scikit-learn", "micrograd")  # fmt: skip


def as_markdown(races: Sequence[Race], threads: int) -> str:
    """
    Write the page.

    Given are, for each training, milliseconds (the median over the rounds, with the smallest and
    the largest; in a round, what is short is repeated for a tenth of a second) and how many times
    as long as clearprop's each library takes, round by round.
    """
    lines = [f"# Trainings on {threads} core{'s' if threads > 1 else ''}", "", *machine(), ""]
    for race in races:
        entries = [e for e in race.entries if e.note != "has no such training"]
        own = next((e for e in entries if e.library == OWN[0]), None)
        lines += [f"## {race.work.name}: {race.work.says}", "",
                  "| library | ms | over clearprop | until ready, s | first, s | MiB | loss |",
                  "|---|---|---|---|---|---|---|"]  # fmt: skip
        lines += [_row(entry, own) for entry in sorted(entries, key=_order)]
        lines.append("")
    return "\n".join(lines)


def _order(entry: Entry) -> float:
    return entry.seconds if entry.seconds == entry.seconds else float("inf")


def _row(entry: Entry, own: Entry | None) -> str:
    if entry.seconds != entry.seconds:
        return f"| {entry.library} | {entry.note or 'not measured'} | | | | | |"
    about = "" if entry.part == 1 else "about "
    times = [t / entry.part for t in entry.times] or [entry.seconds]
    spread = f" [{1e3 * min(times):.4g} to {1e3 * max(times):.4g}]" if len(times) > 1 else ""
    ratio = "" if own is None else _ratio(entry, own)
    note = f" ({entry.note})" if entry.note else ""
    return (
        f"| {entry.library}{note} | {about}{1e3 * entry.seconds:.4g}{spread} | {ratio} |"
        f" {entry.ready:.2f} | {entry.first:.3g} | {entry.memory:.0f} | {entry.loss:.5g} |"
    )


def _ratio(entry: Entry, own: Entry) -> str:
    """Tell how many times as long it took, round by round."""
    if entry is own:
        return "1"
    if not entry.times or not own.times:
        return f"{entry.seconds / own.seconds:.3g}"
    pairs = [a / entry.part / b for a, b in zip(entry.times, own.times, strict=False)]
    return f"{statistics.median(pairs):.3g} [{min(pairs):.3g} to {max(pairs):.3g}]"


def machine() -> list[str]:
    """Say what was measured on, and with what."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = named[0].split(":", 1)[1].strip() if named else model
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return [
        f"{model}, {os.cpu_count()} cores; Python {platform.python_version()};",
        ", ".join(versions) + ".",
    ]


def options(about: str | None) -> argparse.ArgumentParser:
    """Give a parser of what benchmarks that measure a table can be asked for."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path, help="the page to write the table to")
    return parser


def told(head: str, lines: Iterable[str], page: Path | None) -> None:
    """Print a table line by line, as it is measured, and write it if asked."""
    kept = []
    for line in lines:
        print(line, flush=True)
        kept.append(line)
    if page is not None:
        page.write_text(head + "\n" + "\n".join(kept) + "\n")
