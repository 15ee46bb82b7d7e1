"""Reads idx files, the format in which MNIST is kept, and trusts nothing that they declare."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from clearprop.errors import FormatError, MemoryLimitError
from clearprop.lang import told

__all__ = ["read_idx"]

# The third byte of the file says how a number is stored; the format is big-endian.
_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CHUNK = 1 << 20


class Readable(Protocol):
    """What both a plain and a gzipped file can do."""

    def read(self, size: int, /) -> bytes: ...


def read_idx(path: str | Path, *, limit: int = 1 << 30) -> npt.NDArray[Any]:
    """
    Read an idx file, gzipped or plain.

    Parameters
    ----------
    path : str or Path
        The file. Whether it is gzipped is seen from its first bytes, not from its name.
    limit : int, default 1 GiB
        The largest array to build, bytes. A file that unpacks to more is refused.

    Returns
    -------
    numpy.ndarray
        The array in the shape that the file declares, in this machine's byte order.

    Raises
    ------
    FormatError
        If the file is not idx, is damaged, or holds fewer or more bytes than it declares.
    MemoryLimitError
        If the file declares more than `limit` bytes.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "three.idx")
    >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    >>> read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    path = Path(path)
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not zipped:
            return _read_stream(file, path.name, limit)

        import gzip
        import zlib

        try:
            with gzip.GzipFile(fileobj=file) as stream:
                return _read_stream(stream, path.name, limit)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise FormatError(told("fetching.gzip_damaged", file=path.name)) from error


def _read_stream(stream: Readable, name: str, limit: int) -> npt.NDArray[Any]:
    dtype, shape = _read_header(stream, name)
    declared = math.prod(shape) * dtype.itemsize
    if declared > limit:
        sizes = {"declared": f"{declared:,}", "limit": f"{limit:,}"}
        raise MemoryLimitError(told("fetching.idx_too_large", file=name, shape=shape, **sizes))
    content = _read_at_most(stream, declared + 1)
    if len(content) != declared:
        made = {"declared": f"{declared:,}", "shape": shape}
        if len(content) > declared:
            raise FormatError(told("fetching.idx_more", file=name, **made))
        raise FormatError(told("fetching.idx_less", file=name, got=f"{len(content):,}", **made))
    return np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream: Readable, name: str) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _DTYPES or not magic[3]:
        start = magic.hex(" ") or told("fetching.idx_nothing")
        raise FormatError(told("fetching.no_idx", file=name, start=start))
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise FormatError(told("fetching.idx_header", file=name, axes=magic[3]))
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, len(sizes), 4))
    if len(shape) > 8 or 0 in shape:
        raise FormatError(told("fetching.idx_shape", file=name, shape=shape))
    return np.dtype(_DTYPES[magic[2]]), shape


def _read_at_most(stream: Readable, size: int) -> bytearray:
    # Grows with what really arrives, so a header that lies cannot take memory.
    content = bytearray()
    while len(content) < size and (part := stream.read(min(_CHUNK, size - len(content)))):
        content += part
    return content
