"""A file that is either there whole or not there at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_text"]


def write_text(path: str | Path, text: str) -> Path:
    """
    Write UTF-8 text to `path` atomically: a reader sees the old file or the new, never a part.

    Parameters
    ----------
    path : str or Path
        Where to; the folder must exist.
    text : str
        What to write; line ends are kept as they are.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written to; an old file is then untouched.
    """
    target = Path(path)
    place = target.resolve()  # a link is written through, not replaced
    draft = place.with_name(f".{place.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with open(draft, "x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            draft.chmod(place.stat().st_mode & 0o7777)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    return target
