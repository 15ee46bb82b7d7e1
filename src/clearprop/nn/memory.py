"""What the machine can hold, asked before anything large is made."""

from __future__ import annotations

import os
from collections.abc import Sequence

from clearprop.errors import MemoryLimitError
from clearprop.lang import told

__all__ = ["ensure_fits", "free_memory", "in_words", "machine_memory"]

CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
MEMINFO, AVAILABLE = "/proc/meminfo", "MemAvailable:"
LARGE = 2**28  # bytes; what is smaller is not worth asking what is free
UNKNOWN = 16 * 2**30  # where a machine does not tell


def machine_memory(limits: Sequence[str] = CGROUPS) -> int:
    """Tell how many bytes of memory this machine, or the container around us, has."""
    from pathlib import Path

    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        total = UNKNOWN
    for limit in limits:
        try:
            text = Path(limit).read_text().strip()
        except OSError:
            continue
        if text.isdigit():  # "max" where there is none
            total = min(total, int(text))
    return total


def free_memory(source: str = MEMINFO) -> int:
    """Tell how many bytes could be taken now; all of them where a machine does not tell."""
    from pathlib import Path

    try:
        lines = Path(source).read_text().splitlines()
    except OSError:
        return machine_memory()
    free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith(AVAILABLE)), None)
    return machine_memory() if free is None else min(free, machine_memory())


def in_words(size: float) -> str:
    """
    Write a number of bytes for a person.

    Examples
    --------
    >>> in_words(3.136e12)
    '2.9 TiB'
    """
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if size < 1024 or unit == "PiB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def ensure_fits(size: int, what: str, mend: str) -> None:
    """
    Refuse what would take more than the machine's memory, or, if large, than what is free of it.

    Parameters
    ----------
    size : int
        Bytes that would be taken.
    what, mend : str
        What wants them, and what to do instead: the ends of the message.

    Raises
    ------
    MemoryLimitError
        If `size` is more than the machine has, or has left.
    """
    have = machine_memory()
    free = free_memory() if LARGE <= size <= have else have
    if size > free:
        sizes = {"size": in_words(size), "have": in_words(have)}
        if free == have:
            raise MemoryLimitError(told("files.too_much", what=what, mend=mend, **sizes))
        sizes["free"] = in_words(free)
        raise MemoryLimitError(told("files.too_much_now", what=what, mend=mend, **sizes))
