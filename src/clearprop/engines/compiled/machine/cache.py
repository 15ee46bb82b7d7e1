"""Native code kept on disk: never trusted further than its owner and a checksum reach."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import final

from clearprop.core.files import cache_folder

__all__ = ["VARIABLE", "Cache", "cache", "key_of"]

#: The environment variable that names another folder; "off" keeps nothing.
VARIABLE = "CLEARPROP_CACHE"

_HEAD = b"clearprop native code 1\n"
_CHECK = hashlib.sha256().digest_size
_MOST = 64 << 20  # bytes in all
_LOST = 3600.0  # seconds after which an unfinished file is one that nobody finishes
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # for what is a pipe


def key_of(*parts: str) -> str:
    """Name what is made from these texts: a name for a file, another for every other text."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()[:40]


def cache() -> Cache | None:
    """
    Give the cache as the environment has it now.

    Returns
    -------
    Cache or None
        None if it is switched off, or if there is no home to put it in.
    """
    named = os.environ.get(VARIABLE, "")
    if named.lower() in ("off", "0", "no", "false"):
        return None
    try:
        folder = Path(named).expanduser() if named else cache_folder()
    except RuntimeError:  # no home
        return None
    return Cache(folder / "native")


@final
class Cache:
    """
    A folder of files that only its owner can have written.

    What cannot be read, or was damaged, or may be another's is as if it were not there; what cannot
    be written is not kept. Nothing here raises an error.

    Parameters
    ----------
    folder : Path
        Made when something is first kept.
    most : int
        How many bytes are kept; the files that were not used for longest are dropped.
    """

    def __init__(self, folder: Path, *, most: int = _MOST) -> None:
        self.folder, self.most = folder, most

    def find(self, key: str) -> bytes | None:
        """
        Give what is kept under a key.

        Parameters
        ----------
        key : str
            What `key_of` gives.

        Returns
        -------
        bytes or None
        """
        with contextlib.suppress(OSError), self._opened() as folder:
            flags = os.O_RDONLY | _NO_LINK | _NO_WAIT
            file = os.open(_at(self.folder, key, folder), flags, dir_fd=folder)
            with open(file, "rb") as stream:
                status = os.fstat(file)
                if not _own(status, stat.S_ISREG):
                    return None
                small = status.st_size <= self.most  # anything else was not written here
                content = _checked(stream.read(), key) if small else None
                if content is not None:
                    with contextlib.suppress(OSError):
                        os.utime(file if folder is not None else self.folder / key)
                    return content
            os.unlink(_at(self.folder, key, folder), dir_fd=folder)
        return None

    def keep(self, key: str, content: bytes) -> None:
        """
        Keep something under a key; other processes see all of it, or nothing.

        What would leave no room for others is not kept.

        Parameters
        ----------
        key : str
        content : bytes
        """
        if len(content) > self.most // 2:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = f".{key}.{secrets.token_hex(4)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK
        with contextlib.suppress(OSError), self._opened() as folder:
            here = _at(self.folder, draft, folder)
            file = os.open(here, flags, 0o600, dir_fd=folder)
            try:
                # No fsync, which takes longer than to compile: the checksum sees what was lost.
                with open(file, "wb") as stream:
                    stream.write(_HEAD + _check(content, key) + content)
                there = _at(self.folder, key, folder)
                os.replace(here, there, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(here, dir_fd=folder)
            self._drop(folder)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int | None]:
        """Open the folder, so that nobody exchanges it; None where systems have no such thing."""
        if os.open not in os.supports_dir_fd:
            yield None
            return
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | _NO_LINK)
        try:
            if not _own(os.fstat(folder), stat.S_ISDIR):
                raise PermissionError(self.folder)
            yield folder
        finally:
            os.close(folder)

    def _drop(self, folder: int | None) -> None:
        """Drop what is too much, the longest unused first, and what was never finished."""
        found = []
        with os.scandir(self.folder if folder is None else folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if not entry.name.startswith("."):
                        found.append((status.st_mtime, status.st_size, entry.name))
                    elif status.st_mtime < time.time() - _LOST:
                        os.unlink(_at(self.folder, entry.name, folder), dir_fd=folder)
        total = sum(size for _, size, _ in found)
        for _, size, name in sorted(found):
            if total <= self.most:
                break
            with contextlib.suppress(OSError):
                os.unlink(_at(self.folder, name, folder), dir_fd=folder)
            total -= size


def _at(folder: Path, name: str, opened: int | None) -> str:
    """Name a file within a folder that is open, or by its whole path."""
    return name if opened is not None else str(folder / name)


def _own(status: os.stat_result, is_kind: object) -> bool:
    """Tell whether something is of a kind, and nobody else's to write."""
    if not callable(is_kind) or not is_kind(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS


def _check(content: bytes, key: str) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def _checked(whole: bytes, key: str) -> bytes | None:
    """Give what was kept under a key, if it is unchanged."""
    start = len(_HEAD) + _CHECK
    content = whole[start:]
    return content if whole[:start] == _HEAD + _check(content, key) else None
