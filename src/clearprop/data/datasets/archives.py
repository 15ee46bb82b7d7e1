"""Reads chosen files out of a tar archive without unpacking it, and trusts nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, final

from clearprop.errors import FormatError

if TYPE_CHECKING:
    import tarfile

__all__ = ["read_members"]

MOST = 500_000  # members


def read_members(
    path: Path, wanted: Callable[[str], bool], *, largest: int, limit: int
) -> Iterator[tuple[str, bytes]]:
    """
    Go through an archive once, and give the wanted files in it.

    Parameters
    ----------
    path : Path
        A tar archive, gzipped or plain.
    wanted : callable ``(name) -> bool``
    largest : int, bytes
        The largest file to read.
    limit : int, bytes
        The most that the archive may unpack to.

    Yields
    ------
    name, content : str, bytes

    Raises
    ------
    FormatError
        If it is no such archive, is damaged, unpacks to more than `limit`, or has a member that
        would lie outside of the folder it is unpacked into, or that is a link under a wanted name.
    """
    import gzip
    import tarfile
    import zlib

    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file) if zipped else file
        limited: Any = _Limited(stream, limit, path.name)
        try:
            with tarfile.open(fileobj=limited, mode="r|") as archive:
                yield from _chosen(archive, wanted, largest, limit, path.name)
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise FormatError(
                f"{path.name} is no tar archive, or is damaged ({error}). Fetch it again."
            ) from error


def _chosen(
    archive: tarfile.TarFile, wanted: Callable[[str], bool], largest: int, limit: int, name: str
) -> Iterator[tuple[str, bytes]]:
    for count, member in enumerate(archive):
        if count == MOST:
            raise FormatError(f"{name} has more than {MOST:,} members.")
        place = PurePosixPath(member.name)
        if place.is_absolute() or ".." in place.parts or "\\" in member.name:
            raise FormatError(
                f"{name} has a member {member.name[:80]!r}, which would lie outside of the folder"
                " it is unpacked into; it is not to be trusted."
            )
        if member.size > limit:  # to go over it would take as long as if it were there
            raise FormatError(
                f"{name}: {member.name[:80]!r} declares {member.size:,} bytes; the whole archive"
                f" unpacks to at most {limit:,}."
            )
        if member.isdir() or not wanted(str(place)):
            continue
        if not member.isreg() or member.issparse():
            raise FormatError(f"{name}: {member.name[:80]!r} is a link or another special file.")
        if member.size > largest:
            raise FormatError(
                f"{name}: {member.name[:80]!r} declares {member.size:,} bytes; at most"
                f" {largest:,} are read."
            )
        content = archive.extractfile(member)
        held = b"" if content is None else content.read()
        if len(held) != member.size:
            raise FormatError(f"{name} is cut short in {member.name[:80]!r}. Fetch it again.")
        yield str(place), held


@final
class _Limited:
    """A stream that gives no more than so many bytes, whatever was packed into it."""

    def __init__(self, stream: IO[bytes], limit: int, name: str) -> None:
        self.stream, self.limit, self.left, self.name = stream, limit, limit, name

    def read(self, size: int = -1) -> bytes:
        part = self.stream.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(part)
        if self.left < 0:
            raise FormatError(f"{self.name} unpacks to more than {self.limit:,} bytes.")
        return part
