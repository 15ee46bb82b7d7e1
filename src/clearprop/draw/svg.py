"""SVG, built as data and written out once: escaping, numbers, ids and colours are done here."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

from clearprop.core.files import write_text
from clearprop.draw.palette import stylesheet
from clearprop.errors import NumericsError

__all__ = ["Element", "Id", "Svg", "Url", "el", "escape", "number"]

# Characters that no XML file may hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_INLINE = {"text", "tspan", "title", "desc", "style"}


def escape(text: str) -> str:
    """
    Make any text safe inside XML and HTML, in content and in attributes.

    Examples
    --------
    >>> escape("<b> & 'c'")
    '&lt;b&gt; &amp; &#39;c&#39;'
    """
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)


def number(value: float) -> str:
    """
    Write a coordinate with at most two decimals, the same on every machine.

    Raises
    ------
    NumericsError
        If the value is NaN or infinite: a picture that silently loses a point tells an untruth.

    Examples
    --------
    >>> number(12.0), number(-0.001), number(3.14159)
    ('12', '0', '3.14')
    """
    if not math.isfinite(value):
        raise NumericsError(
            f"a coordinate must be finite; got {value}. "
            "Values that are not finite are to be left out, and said, before drawing."
        )
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


@final
@dataclass(frozen=True, slots=True)
class Id:
    """A name that is unique within one picture; written with the picture's own prefix."""

    name: str


@final
@dataclass(frozen=True, slots=True)
class Url:
    """A reference, ``url(#...)``, to an `Id` of the same picture."""

    name: str


Value = str | float | Id | Url


@final
@dataclass(frozen=True, slots=True)
class Element:
    """One SVG element: its tag, attributes in order, and children (elements or text)."""

    tag: str
    attributes: tuple[tuple[str, Value], ...] = ()
    children: tuple[Element | str, ...] = ()

    def walk(self) -> Iterator[Element]:
        """Go through the element and all below it, in the order of the document."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += [c for c in reversed(element.children) if isinstance(c, Element)]


def el(tag: str, *children: Element | str, **attributes: Value | None) -> Element:
    """
    Build an element; ``class_`` is written ``class`` and ``stroke_width`` ``stroke-width``.

    Examples
    --------
    >>> el("circle", r=4, class_="f-ink", stroke_width=2).attributes
    (('r', 4), ('class', 'f-ink'), ('stroke-width', 2))
    """
    named = tuple(
        (name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value is not None
    )
    return Element(tag, named, children)


@final
@dataclass(frozen=True)
class Svg:
    """
    A finished picture.

    Parameters
    ----------
    width, height : float
        Size in CSS pixels.
    title : str
        What the picture is, in a few words; read aloud by a screen reader.
    desc : str
        What the picture says, for those who do not see it.
    body : tuple of Element
        What is drawn, back to front.

    Examples
    --------
    >>> picture = Svg(20, 10, "a dot", "one dot", (el("circle", cx=10, cy=5, r=4),))
    >>> print(picture.render(style=False).splitlines()[-2])
    <circle cx="10" cy="5" r="4"/>
    """

    width: float
    height: float
    title: str
    desc: str
    body: tuple[Element, ...] = ()

    def classes(self) -> set[str]:
        """All CSS classes that are used, so that only their colours need to be stated."""
        return {
            name
            for top in self.body
            for element in top.walk()
            for key, value in element.attributes
            if key == "class" and isinstance(value, str)
            for name in value.split()
        }

    def render(self, *, prefix: str | None = None, style: bool = True) -> str:
        """
        Write the picture as text.

        Parameters
        ----------
        prefix : str, optional
            What all ids begin with. By default a digest of the content, so that two pictures
            in one document do not share ids.
        style : bool, optional
            False leaves the colours to the document, which must then hold `stylesheet`.

        Returns
        -------
        str
            One ``<svg>`` element, without an XML declaration.
        """
        if prefix is None:
            prefix = "cp-" + hashlib.sha256(self._write("cp", style).encode()).hexdigest()[:8]
        return self._write(prefix, style)

    def _write(self, prefix: str, style: bool) -> str:
        head = [el("title", self.title, id=Id("title")), el("desc", self.desc, id=Id("desc"))]
        if style:
            head.append(el("style", "\n" + stylesheet(self.classes()) + "\n"))
        size = f"0 0 {number(self.width)} {number(self.height)}"
        root = el(
            "svg",
            *head,
            *self.body,
            xmlns="http://www.w3.org/2000/svg",
            width=self.width,
            height=self.height,
            viewBox=size,
            class_="cp-pic",
            role="img",
            aria_labelledby=f"{prefix}-title",
            aria_describedby=f"{prefix}-desc",
        )
        return "".join(_written(root, prefix)) + "\n"

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, wholly or not at all, and return its path."""
        return write_text(path, str(self))

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        return f"<Svg {self.title!r}, {number(self.width)} × {number(self.height)}>"

    def _repr_svg_(self) -> str:
        return self.render()


def _attribute(value: Value, prefix: str) -> str:
    match value:
        case Id(name):
            return f"{prefix}-{escape(name)}"
        case Url(name):
            return f"url(#{prefix}-{escape(name)})"
        case str():
            return escape(value)
        case _:
            return number(value)


def _written(element: Element, prefix: str) -> Iterable[str]:
    attributes = "".join(f' {k}="{_attribute(v, prefix)}"' for k, v in element.attributes)
    if not element.children:
        yield f"<{element.tag}{attributes}/>"
        return
    # White space counts inside text and nowhere else, so only there is it left alone.
    newline = "" if element.tag in _INLINE else "\n"
    yield f"<{element.tag}{attributes}>"
    for child in element.children:
        yield newline
        if isinstance(child, Element):
            yield from _written(child, prefix)
        else:
            # Our own style sheet is the one text that is not content.
            yield child if element.tag == "style" else escape(child)
    yield f"{newline}</{element.tag}>"
