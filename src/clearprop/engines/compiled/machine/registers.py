"""The values and types of LLVM's language, as text."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

__all__ = [
    "F32", "F64", "I1", "I8", "I32", "I64", "PTR",
    "Reg", "bytes_of", "literal", "mangled", "vector",
]  # fmt: skip

F32, F64, I1, I8, I32, I64, PTR = "float", "double", "i1", "i8", "i32", "i64", "ptr"


class Reg(NamedTuple):
    """A value of LLVM's: what it is called, or a literal, and its type."""

    text: str
    type: str

    @property
    def element(self) -> str:
        """The type of one lane."""
        return self.type if self.type[0] != "<" else self.type[1:-1].split(" x ")[1]

    @property
    def width(self) -> int:
        """The number of lanes; 1 of what is no vector."""
        return 1 if self.type[0] != "<" else int(self.type[1:-1].split(" x ")[0])


def vector(element: str, width: int) -> str:
    """Name the type of `width` lanes; of one, the element's own."""
    return element if width == 1 else f"<{width} x {element}>"


def literal(value: Any, type_: str) -> Reg:
    """
    Write a number as LLVM reads it, in all lanes of a vector.

    Examples
    --------
    >>> literal(1.5, F64).text, literal(3, I64).text
    ('0x3FF8000000000000', '3')
    """
    element = Reg("", type_).element
    if element == F32:  # written as the double of the same value
        value = struct.unpack("<f", struct.pack("<f", value))[0]
    if element in (F32, F64):
        text = "0x" + struct.pack(">d", float(value)).hex().upper()
    else:
        text = str(int(value))
    width = Reg("", type_).width
    if width > 1:
        text = "<" + ", ".join([f"{element} {text}"] * width) + ">"
    return Reg(text, type_)


def mangled(type_: str) -> str:
    """Write a type as it stands in the names of LLVM's own functions."""
    short = {F32: "f32", F64: "f64", PTR: "p0"}
    made = Reg("", type_)
    name = short.get(made.element, made.element)
    return name if made.width == 1 else f"v{made.width}{name}"


def bytes_of(type_: str) -> int:
    """Give the alignment of one element, in bytes."""
    element = Reg("", type_).element
    if element in (F64, PTR):
        return 8
    return 4 if element == F32 else max(1, int(element[1:]) // 8)
