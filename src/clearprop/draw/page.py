"""One HTML file that holds all it needs: text, pictures and explanations, in parts that open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeAlias, final

from clearprop.core.files import write_text
from clearprop.draw.html import Html
from clearprop.draw.page_style import page_style
from clearprop.draw.palette import stylesheet
from clearprop.draw.svg import Svg, escape
from clearprop.lang import language, say

__all__ = ["Page", "Section", "page"]

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="clearprop">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<a class="skip" href="#main">{skip}</a>
<header>
<h1>{heading}</h1>
{lead}
{contents}
</header>
<main id="main" tabindex="-1">
{main}
</main>
<footer>{foot}</footer>
</body>
</html>
"""

# Nothing is loaded and nothing runs, whatever a label or a value may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_CONTENTS_FROM = 3  # sections; with fewer, a list of them is noise


Part: TypeAlias = str | Svg


@final
@dataclass(frozen=True)
class Section:
    """
    One part of a page.

    Parameters
    ----------
    heading : str
        Its title.
    parts : sequence of str, Svg or Html
        What it holds. Plain text becomes paragraphs, parted at empty lines.
    folded : bool or None, optional
        True: closed until the reader opens it. False: open, and can be closed. None: always open.
    """

    heading: str
    parts: Sequence[Part]
    folded: bool | None = None


@final
@dataclass(frozen=True)
class Page:
    """A finished page, as `page` makes it: its title, and all of it as HTML."""

    title: str
    html: str

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, wholly or not at all, and return its path."""
        return write_text(path, self.html)

    def __str__(self) -> str:
        return self.html

    def _repr_html_(self) -> str:
        # A frame keeps the page's style off the notebook, and the notebook's off the page.
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self.html)}" '
            'style="width:100%;height:640px;border:0"></iframe>'
        )


def page(
    title: str,
    sections: Iterable[Section | tuple[str, Part | Sequence[Part]]],
    lang: str | None = None,
    *,
    heading: str = "",
    lead: str = "",
    foot: str = "",
) -> Page:
    """
    Make a page that stands alone: no network, no scripts, light, dark and print.

    Parameters
    ----------
    title : str
        Of the page.
    sections : iterable of Section or (heading, part or parts)
        What it holds, in order.
    lang : {"ko", "en"}, optional
        Language of the page; by default what `clearprop.lang.language` finds.
    heading : str or Html, optional
        The title as it stands at the head of the page; by default the same text.
    lead, foot : str, optional
        A sentence beneath the title, and one at the end.

    Returns
    -------
    Page
        `str` gives the HTML; `save` writes it.

    Examples
    --------
    >>> text = str(page("Report", [("Loss", "It fell from 2.3 to 0.1.")], "en"))
    >>> print(text.splitlines()[1])
    <html lang="en">
    """
    lang = language(lang)
    listed = [_section(each) for each in sections]
    pictures = [part for each in listed for part in each.parts if isinstance(part, Svg)]
    classes = {name for picture in pictures for name in picture.classes()}
    html = _PAGE.format(
        lang=lang,
        policy=_POLICY,
        title=escape(title),
        heading=_inline(heading or title),
        style=page_style() + (stylesheet(classes) if pictures else ""),
        skip=escape(say("draw.page_skip", lang)),
        lead=f'<p class="lead">{_inline(lead)}</p>' if lead else "",
        contents=_contents(listed, lang),
        main="\n".join(_bodies(listed, lang)),
        foot=escape(foot or say("draw.page_foot", lang)),
    )
    return Page(title, html)


def _inline(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _section(given: Section | tuple[str, Part | Sequence[Part]]) -> Section:
    if isinstance(given, Section):
        return given
    heading, parts = given
    return Section(heading, [parts] if isinstance(parts, str | Svg) else list(parts))


def _contents(sections: Sequence[Section], lang: str) -> str:
    """A list of the sections, to go to one at once."""
    if len(sections) < _CONTENTS_FROM:
        return ""
    links = "\n".join(
        f'<li><a href="#part-{k}">{escape(each.heading)}</a></li>'
        for k, each in enumerate(sections, 1)
    )
    name = escape(say("draw.page_contents", lang))
    return f'<nav aria-label="{name}">\n<ol>\n{links}\n</ol>\n</nav>'


def _bodies(sections: Sequence[Section], lang: str) -> Iterator[str]:
    figures = count(1)
    for k, each in enumerate(sections, 1):
        blocks = "\n".join(
            _figure(part, f"figure-{next(figures)}", lang) if isinstance(part, Svg) else _text(part)
            for part in each.parts
        )
        head = f'<h2 id="part-{k}">{escape(each.heading)}</h2>'
        if each.folded is None:
            yield f'<section aria-labelledby="part-{k}">\n{head}\n{blocks}\n</section>'
        else:
            state = "" if each.folded else " open"
            yield f"<details{state}>\n<summary>{head}</summary>\n{blocks}\n</details>"


def _text(part: str) -> str:
    if isinstance(part, Html):
        return part
    blocks = (block.strip() for block in part.split("\n\n"))
    return "\n".join(f"<p>{escape(block)}</p>" for block in blocks if block)


def _figure(picture: Svg, prefix: str, lang: str) -> str:
    """A picture that can be scrolled by keys where it is wide, with its words beneath."""
    svg = picture.render(prefix=prefix, style=False).rstrip()
    name = escape(picture.title)
    words = escape(say("draw.page_words", lang))
    return (
        f'<figure>\n<div class="scroll" tabindex="0" role="group" aria-label="{name}">\n'
        f"{svg}\n</div>\n"
        f"<figcaption><details><summary>{words}</summary><p>{escape(picture.desc)}</p></details>"
        "</figcaption>\n</figure>"
    )
