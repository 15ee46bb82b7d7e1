"""A file that is either there whole or not there at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["cache_folder", "replacing", "write_bytes", "write_text"]


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """
    Give a file to write to, which takes the name `path` only when the block ends without an error.

    A reader sees the old file or the new, never a part. A file that was there keeps its mode, a
    link is written through, and what is no file, such as ``/dev/stdout``, is written to directly.

    Parameters
    ----------
    path : str or Path
        Where to; the folder must exist.

    Yields
    ------
    binary file
        What is written here is flushed to the disk before it takes the name.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written to; an old file is then untouched.

    Examples
    --------
    >>> with replacing("two.bin") as file:
    ...     _ = file.write(b"two")
    >>> Path("two.bin").read_bytes()
    b'two'
    """
    place = Path(path)
    if place.exists() and not place.is_file():  # a folder refuses; a pipe or a terminal takes it
        with place.open("wb") as stream:
            yield stream
        return
    place = place.resolve()
    draft = place.with_name(f".{place.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            draft.chmod(place.stat().st_mode & 0o7777)
        os.replace(draft, place)
    except OSError as error:
        if error.errno and error.filename in (None, str(draft)):
            error.filename = str(path)  # which is what somebody asked for
        raise
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> Path:
    """
    Write `content` to `path` as `replacing` does, and return the path.

    Parameters
    ----------
    path : str or Path
        Where to; the folder must exist.
    content : bytes
        What to write.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written to; an old file is then untouched.

    Examples
    --------
    >>> write_bytes("two.bin", b"two").name
    'two.bin'
    """
    with replacing(path) as file:
        file.write(content)
    return Path(path)


def write_text(path: str | Path, text: str) -> Path:
    """
    Write UTF-8 text to `path` as `replacing` does, and return the path.

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

    Examples
    --------
    >>> write_text("two.txt", "둘").name
    'two.txt'
    """
    return write_bytes(path, text.encode())


def cache_folder() -> Path:
    """Tell where this system keeps what can be fetched, or made, again."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local") / "clearprop/Cache"
    if sys.platform == "darwin":
        return home / "Library/Caches/clearprop"
    named = os.environ.get("XDG_CACHE_HOME", "")
    # The standard says that a relative path here is to be ignored.
    return (Path(named) if named.startswith("/") else home / ".cache") / "clearprop"
