"""Safetensors files: arrays by name and a few texts, read without trusting what they declare."""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, final

import numpy as np

from clearprop.core.files import write_bytes
from clearprop.errors import DataError, FormatError
from clearprop.io.foreign import not_safetensors
from clearprop.io.strict_json import read_json
from clearprop.lang import reason, told
from clearprop.nn.memory import ensure_fits

__all__ = ["Entry", "TensorFile", "open_tensors", "read_tensors", "write_tensors"]

LONGEST_HEADER = 1 << 25  # bytes
MOST_AXES = 32

# Those kinds of number that NumPy has too, by their names in the format.
DTYPES: Mapping[str, np.dtype[Any]] = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype(np.uint8), "U16": np.dtype("<u2"), "U32": np.dtype("<u4"),
    "U64": np.dtype("<u8"),
    "I8": np.dtype(np.int8), "I16": np.dtype("<i2"), "I32": np.dtype("<i4"),
    "I64": np.dtype("<i8"),
    "F16": np.dtype("<f2"), "F32": np.dtype("<f4"), "F64": np.dtype("<f8"),
}  # fmt: skip


@final
@dataclass(frozen=True)
class Entry:
    """An array as the header declares it; `start` and `stop` count bytes from the header's end."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int


@final
@dataclass(frozen=True)
class TensorFile:
    """
    An open file whose header was read and found sound.

    Parameters
    ----------
    name : str
        What to call it in errors.
    entries : mapping of str to Entry
        The arrays, by name.
    metadata : mapping of str to str
        The texts, by name.
    """

    name: str
    entries: Mapping[str, Entry]
    metadata: Mapping[str, str]
    file: IO[bytes]
    content: int  # where the bytes of the arrays begin

    def read(self, name: str) -> np.ndarray:
        """
        Read one array, of exactly the shape and kind that its entry declares.

        Raises
        ------
        FormatError
            If the file has become shorter since its header was read.
        MemoryLimitError
            If the machine could not hold it.
        """
        entry = self.entries[name]
        what = told("files.array_of", file=self.name, name=name)
        ensure_fits(entry.stop - entry.start, what, told("files.file_too_large"))
        array = np.empty(entry.shape, entry.dtype)
        self.file.seek(self.content + entry.start)
        # A view of bytes: NumPy gives none of arrays without elements.
        if array.size and self.file.readinto(array.reshape(-1).view(np.uint8)) != array.nbytes:  # type: ignore[attr-defined]
            raise FormatError(told("files.ended_early", file=self.name, name=repr(name)))
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
        array.flags.writeable = False
        return array


@contextmanager
def open_tensors(path: str | os.PathLike[str]) -> Iterator[TensorFile]:
    """
    Open a safetensors file and check its header, before anything large is made.

    Parameters
    ----------
    path : path
        The file.

    Yields
    ------
    TensorFile

    Raises
    ------
    DataError
        If there is no such file, or it cannot be opened.
    FormatError
        If it is no safetensors file, or a damaged one; nothing in it is executed.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            why = told("files.is_folder" if path.is_dir() else "files.is_stream")
            raise DataError(told("files.cannot_read", path=repr(str(path)), reason=why))
        file = path.open("rb")
    except OSError as error:
        shown = {"path": repr(str(path)), "reason": reason(error)}
        raise DataError(told("files.cannot_read", **shown)) from error
    with file:
        size = os.fstat(file.fileno()).st_size
        header, content = _header(file, size, path.name)
        metadata = _metadata(header.pop("__metadata__", {}), path.name)
        entries = {name: _entry(name, item, path.name) for name, item in header.items()}
        _check_places(entries, size - content, path.name)
        yield TensorFile(path.name, entries, metadata, file, content)


def read_tensors(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """
    Read every array of a safetensors file, whoever wrote it.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    dict of str to numpy.ndarray
        Read-only.

    Raises
    ------
    DataError, FormatError, MemoryLimitError
        If it cannot be read; nothing in it is executed.

    Examples
    --------
    >>> write_tensors("two.safetensors", {"a": np.array([1.0, 2.0])}, {})
    >>> read_tensors("two.safetensors")
    {'a': array([1., 2.])}
    """
    with open_tensors(path) as file:
        total = sum(entry.stop - entry.start for entry in file.entries.values())
        ensure_fits(total, file.name, told("files.larger_machine"))
        return {name: file.read(name) for name in file.entries}


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]
) -> None:
    """
    Write a safetensors file, wholly or not at all.

    Parameters
    ----------
    path : path
        Where to; the folder must exist.
    tensors : mapping of str to array
        The arrays, by name.
    metadata : mapping of str to str
        Texts to keep with them; at most one if the same content is to give the same bytes, since
        safetensors writes several in an order of chance.

    Raises
    ------
    DataError
        If it cannot be written there.
    FormatError
        If the texts are too long to be read again.
    """
    from safetensors.numpy import save  # takes a while to load, and only writing needs it

    # Not ascontiguousarray, which gives a number without axes one.
    arrays = {name: np.array(array, order="C", copy=None) for name, array in tensors.items()}
    content = save(arrays, dict(metadata))
    if (length := int.from_bytes(content[:8], "little")) > LONGEST_HEADER:
        sizes = {"length": f"{length:,}", "most": f"{LONGEST_HEADER:,}"}
        raise FormatError(told("files.texts_too_long", **sizes))
    try:
        write_bytes(Path(path), content)
    except OSError as error:
        folder = Path(path).parent
        there = folder.is_dir()
        why = reason(error) if there else told("files.no_folder", folder=repr(str(folder)))
        raise DataError(told("files.cannot_write", path=repr(str(path)), reason=why)) from error


# -- the header, which anyone may have written -------------------------------------------------


def _header(file: IO[bytes], size: int, name: str) -> tuple[dict[str, Any], int]:
    """Read the header; give it, and where it ends."""
    start = file.read(9)
    length = int.from_bytes(start[:8], "little")
    if len(start) < 9 or start[8:] != b"{" or length > max(size, LONGEST_HEADER):
        raise not_safetensors(start + file.read(64), name)
    if length > LONGEST_HEADER:
        sizes = {"length": f"{length:,}", "most": f"{LONGEST_HEADER:,}"}
        raise FormatError(told("files.long_header", file=name, **sizes))
    if 8 + length > size:
        sizes = {"length": f"{length:,}", "size": f"{size:,}"}
        raise FormatError(told("files.header_cut", file=name, **sizes))
    header = read_json(start[8:] + file.read(length - 1), told("files.the_header", file=name))
    if not isinstance(header, dict):
        raise FormatError(told("files.header_no_object", file=name))
    return header, 8 + length


def _metadata(texts: Any, name: str) -> dict[str, str]:
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise FormatError(told("files.header_texts", file=name))
    return texts


def _entry(name: str, item: Any, file: str) -> Entry:
    """Check what the header says of one array."""
    entry = told("files.entry", file=file, name=repr(name[:80]))
    if not isinstance(item, dict) or item.keys() != {"dtype", "shape", "data_offsets"}:
        raise FormatError(told("files.entry_keys", entry=entry))
    kind, shape, offsets = item["dtype"], item["shape"], item["data_offsets"]
    dtype = DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is None:
        shown = {"got": repr(str(kind)[:80]), "known": ", ".join(DTYPES)}
        raise FormatError(told("files.entry_dtype", entry=entry, **shown))
    if not (_whole_numbers(shape) and len(shape) <= MOST_AXES):
        raise FormatError(told("files.entry_shape", entry=entry, got=str(shape)[:80]))
    if not (_whole_numbers(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1]):
        raise FormatError(told("files.entry_offsets", entry=entry, got=str(offsets)[:80]))
    start, stop = offsets
    size = math.prod(shape) * dtype.itemsize
    if stop - start != size:
        sizes = {"size": f"{size:,}", "given": f"{stop - start:,}"}
        made = {"kind": kind, "shape": tuple(shape)}
        raise FormatError(told("files.entry_size", entry=entry, **made, **sizes))
    return Entry(dtype, tuple(shape), start, stop)


def _whole_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(n) is int and 0 <= n < 2**63 for n in values)


def _check_places(entries: Mapping[str, Entry], size: int, name: str) -> None:
    """See that the arrays fill the rest of the file, one after another, none over another."""
    at = 0
    before: str = told("files.header")
    for key, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != at:
            how = "overlaps" if entry.start < at else "gap"
            shown = {"name": repr(key[:80]), "before": before}
            raise FormatError(told(f"files.{how}", file=name, **shown))
        at, before = entry.stop, repr(key[:80])
    if at != size:
        how = "cut_short" if at > size else "goes_on"
        sizes = {"declared": f"{at:,}", "size": f"{size:,}"}
        raise FormatError(told(f"files.{how}", file=name, **sizes))
