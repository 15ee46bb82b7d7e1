"""What must hold of every picture; each check lists the faults that it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from clearprop.draw.axes import Box
from clearprop.draw.lettering import text_width
from clearprop.draw.palette import COLOURS, contrast

SVG = "{http://www.w3.org/2000/svg}"
SCHEMES = {"light": 0, "dark": 1}


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def form_faults(svg: str) -> list[str]:
    """Not XML, no name for a screen reader, ids twice, references to nothing."""
    try:
        root = parse(svg)
    except ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    faults = []
    if root.get("role") != "img":
        faults.append("no role")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    faults += [f"id {key!r} twice" for key in set(ids) if ids.count(key) > 1]
    for attribute in ("aria-labelledby", "aria-describedby"):
        named = [e for e in root.iter() if e.get("id") == root.get(attribute)]
        if not named or not (named[0].text or "").strip():
            faults.append(f"{attribute} names nothing")
    used = re.findall(r"url\(#([^)]*)\)", svg)
    faults += [f"url(#{key}) leads nowhere" for key in sorted(set(used) - set(ids))]
    faults += [f"<{e.tag}> is not SVG" for e in root.iter() if not e.tag.startswith(SVG)]
    if "script" in {e.tag.removeprefix(SVG) for e in root.iter()}:
        faults.append("a script")
    return faults


def colour_faults(svg: str) -> list[str]:
    """Text too faint on paper or panel in either scheme, or of a colour that is not stated."""
    faults = []
    for element in parse(svg).iter(f"{SVG}text"):
        roles = [name[2:] for name in (element.get("class") or "").split() if name[:2] == "f-"]
        if len(roles) != 1 or roles[0] not in COLOURS:
            faults.append(f"{_words(element)!r} has no colour of the palette")
            continue
        for scheme, k in SCHEMES.items():
            for under in ("paper", "panel"):
                found = contrast(COLOURS[roles[0]][k], COLOURS[under][k])
                if found < 4.5:
                    faults.append(f"{roles[0]} on {under}, {scheme}: {found:.2f}")
    stated = set(re.findall(r"\.cp-pic \.([\w-]+)", svg))
    classes = {c for e in parse(svg).iter() for c in (e.get("class") or "").split()}
    return faults + [f"class {name} is not stated" for name in classes - stated - {"cp-pic"}]


@dataclass(frozen=True)
class Placed:
    """A text and the box that it is estimated to fill, or None for the box if it is turned."""

    words: str
    box: Box
    turned: bool


def placed_texts(svg: str) -> Iterator[Placed]:
    yield from _placed(parse(svg), 0.0, 0.0, False)


def _placed(element: ElementTree.Element, dx: float, dy: float, turned: bool) -> Iterator[Placed]:
    moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform") or "")
    if moved:
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    turned = turned or "rotate" in (element.get("transform") or "")
    if element.tag == f"{SVG}text":
        size, words = float(element.get("font-size") or 16), _words(element)
        width = 0.92 * text_width(words, size)  # the estimate errs on the wide side
        x = float(element.get("x") or 0) + dx
        x -= {"middle": width / 2, "end": width}.get(element.get("text-anchor") or "", 0.0)
        y = float(element.get("y") or 0) + dy - 0.35 * size
        yield Placed(words, Box(x, y - 0.4 * size, x + width, y + 0.4 * size), turned)
    for child in element:
        yield from _placed(child, dx, dy, turned)


def _words(element: ElementTree.Element) -> str:
    """What is seen of a text element: not the title in it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def text_faults(svg: str) -> list[str]:
    """Text that is cut by the edge of the picture or lies on other text."""
    root = parse(svg)
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    texts = [text for text in placed_texts(svg) if text.words.strip()]
    faults = []
    for text in texts:
        box = text.box
        if (
            box.left < 0
            or box.top < 0
            or box.bottom > height
            or (not text.turned and box.right > width)
        ):
            faults.append(f"{text.words!r} is cut by the edge")
    upright = [text for text in texts if not text.turned]
    for k, one in enumerate(upright):
        for other in upright[k + 1 :]:
            if one.box.overlaps(other.box):
                faults.append(f"{one.words!r} lies on {other.words!r}")
    return faults


def all_faults(svg: str) -> list[str]:
    return form_faults(svg) or [*colour_faults(svg), *text_faults(svg)]
