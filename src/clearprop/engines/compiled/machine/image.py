"""Object code, linked into one piece that needs only to be put into memory: for Linux on x86-64."""

from __future__ import annotations

import ctypes
import json
import mmap
import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, final

__all__ = ["Image", "Mapped", "linked"]

# Where the format keeps what, and what it calls the little that our code needs of it.
_ELF = b"\x7fELF\x02\x01\x01"
_X86_64 = 62
_SYMBOLS, _RELOCATIONS, _NOTHING = 2, 4, 8
_IN_MEMORY, _WRITABLE, _THREAD_LOCAL = 2, 1, 0x400
_PC32, _PLT32 = 2, 4
_UNDEFINED, _LAST_SECTION = 0, 0xFF00

# A jump to the address that stands at a distance from here.
_JUMP = b"\xff\x25"


class Image(NamedTuple):
    """
    Code and constants in one piece, which does not mind where it lies.

    Parameters
    ----------
    content : bytes
    entry : int
        Where in it the function begins.
    outside : mapping
        Where in it the addresses of others' functions are to be put, by their names.
    """

    content: bytes
    entry: int
    outside: Mapping[str, int]

    def packed(self) -> bytes:
        """Give all of it as bytes."""
        head = json.dumps([self.entry, dict(self.outside)]).encode()
        return struct.pack("<I", len(head)) + head + self.content

    @classmethod
    def unpacked(cls, content: bytes) -> Image:
        """
        Give it back.

        Raises
        ------
        OSError
            If it is no image, or says of itself what cannot be.
        """
        try:
            (size,) = struct.unpack_from("<I", content)
            entry, outside = json.loads(content[4 : 4 + size])
            code = content[4 + size :]
            places = [(entry, 1), *((offset, 8) for offset in outside.values())]
        except (ValueError, TypeError, AttributeError, struct.error) as error:
            raise OSError("this is no code") from error
        for place, room in places:
            if type(place) is not int or not 0 <= place <= len(code) - room:
                raise OSError("this is no code")
        return cls(code, entry, outside)


class _Section(NamedTuple):
    name: int
    kind: int
    flags: int
    address: int
    start: int
    size: int
    link: int
    info: int
    align: int
    each: int


def linked(code: bytes, name: str) -> Image | None:
    """
    Link object code.

    Parameters
    ----------
    code : bytes
        As LLVM writes it: position-independent, in the small code model.
    name : str
        The function that will be called.

    Returns
    -------
    Image or None
        None if it is of another system, or has something in it that is not known here.
    """
    if code[:7] != _ELF or struct.unpack_from("<H", code, 18)[0] != _X86_64:
        return None
    (table,) = struct.unpack_from("<Q", code, 40)
    count = struct.unpack_from("<H", code, 60)[0]
    sections = [
        _Section(*struct.unpack_from("<IIQQQQIIQQ", code, table + 64 * i)) for i in range(count)
    ]
    content = bytearray()
    places: dict[int, int] = {}
    for i, section in enumerate(sections):
        if not section.flags & _IN_MEMORY or not section.size:
            continue
        if section.flags & (_WRITABLE | _THREAD_LOCAL) or section.kind == _NOTHING:
            return None
        content += bytes(-len(content) % max(section.align, 1))
        places[i] = len(content)
        content += code[section.start : section.start + section.size]
    return _Linking(code, sections, content, places).done(name)


class _Linking:
    """What is known while sections are tied together."""

    def __init__(
        self, code: bytes, sections: list[_Section], content: bytearray, places: dict[int, int]
    ) -> None:
        self.code, self.sections, self.content, self.places = code, sections, content, places
        self.table = next(s for s in sections if s.kind == _SYMBOLS)
        self.jumps: dict[str, int] = {}
        self.outside: dict[str, int] = {}

    def symbol(self, index: int) -> tuple[str, int, int]:
        """Give a symbol's name, section and value."""
        name, _, _, section, value, _ = struct.unpack_from(
            "<IBBHQQ", self.code, self.table.start + 24 * index
        )
        start = self.sections[self.table.link].start + name
        text = self.code[start : self.code.index(b"\0", start)].decode()
        return text, section, value

    def place(self, index: int) -> int | None:
        """Tell where a symbol is; of another's function, where one jumps to it."""
        name, section, value = self.symbol(index)
        if section == _UNDEFINED:
            return self.jump(name)
        return self.places[section] + value if section in self.places else None

    def jump(self, name: str) -> int:
        """Write a jump to another's function, once, and the room for its address."""
        if name not in self.jumps:
            self.content += bytes(-len(self.content) % 16)
            self.jumps[name] = len(self.content)
            self.outside[name] = len(self.content) + 8
            self.content += _JUMP + struct.pack("<i", 2) + bytes(2 + 8)
        return self.jumps[name]

    def done(self, name: str) -> Image | None:
        """Put in every distance."""
        for section in self.sections:
            if section.kind != _RELOCATIONS or section.info not in self.places:
                continue
            base = self.places[section.info]
            for start in range(section.start, section.start + section.size, 24):
                offset, kind, addend = struct.unpack_from("<QQq", self.code, start)
                where = self.place(kind >> 32)
                if kind & 0xFFFFFFFF not in (_PC32, _PLT32) or where is None:
                    return None
                here = base + offset
                struct.pack_into("<i", self.content, here, where + addend - here)
        for index in range(self.table.size // 24):
            text, section_of, value = self.symbol(index)
            if text == name and section_of in self.places:
                return Image(bytes(self.content), self.places[section_of] + value, self.outside)
        return None


@final
class Mapped:
    """
    An image in memory that can be run, and no longer written to, as long as this object lasts.

    Parameters
    ----------
    image : Image
    address_of : callable
        Tells where another's function is.

    Raises
    ------
    OSError
        If the system lets no program run what it has made itself.
    """

    def __init__(self, image: Image, address_of: Callable[[str], int]) -> None:
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        size = max(len(image.content), 1)
        self._memory = mmap.mmap(-1, size, flags, mmap.PROT_READ | mmap.PROT_WRITE)
        self._memory.write(image.content)
        for name, offset in image.outside.items():
            struct.pack_into("<Q", self._memory, offset, address_of(name))
        self._first: Any = ctypes.c_char.from_buffer(self._memory)
        start = ctypes.addressof(self._first)
        system = ctypes.CDLL(None, use_errno=True)
        system.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        if system.mprotect(start, size, mmap.PROT_READ | mmap.PROT_EXEC):
            raise OSError(ctypes.get_errno(), "memory cannot be made executable")
        self.address = start + image.entry
