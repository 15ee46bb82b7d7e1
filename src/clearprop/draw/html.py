"""Pieces of HTML: what is trusted as markup, lines as they are, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

from clearprop.draw.svg import escape

__all__ = ["Html", "facts", "preformatted", "table"]


@final
class Html(str):
    """Markup that is to be used as it is; any other text is escaped. Headings begin at h3."""

    __slots__ = ()


def preformatted(text: str) -> Html:
    """
    Show text line by line as it is, in letters of equal width.

    Examples
    --------
    >>> preformatted("w5 = 0.4 < 1")
    '<pre tabindex="0">w5 = 0.4 &lt; 1</pre>'
    """
    return Html(f'<pre tabindex="0">{escape(text)}</pre>')


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """
    Show a few figures side by side, each beneath its name.

    Parameters
    ----------
    pairs : iterable of (str, object)
        Names and figures.

    Returns
    -------
    Html
        The figures.

    Examples
    --------
    >>> facts([("accuracy", 0.98)])
    '<dl class="facts"><div><dt>accuracy</dt><dd>0.98</dd></div></dl>'
    """
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in pairs
    )
    return Html(f'<dl class="facts">{tiles}</dl>')


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> Html:
    """
    Make a table; columns of numbers are set to the right.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : iterable of sequence
        The cells; those of the first column name their rows.
    caption : str, optional
        What the table shows.

    Returns
    -------
    Html
        The table.

    Examples
    --------
    >>> print(table(["layer", "weights"], [["dense", 2080]]).splitlines()[3])
    <tr><th scope="row">dense</th><td class="number">2080</td></tr>
    """

    def cell(value: object, k: int) -> str:
        kind = ' class="number"' if isinstance(value, int | float) else ""
        tag, scope = ("th", ' scope="row"') if k == 0 else ("td", "")
        return f"<{tag}{scope}{kind}>{escape(str(value))}</{tag}>"

    lines = ["".join(cell(value, k) for k, value in enumerate(row)) for row in rows]
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    name = f' role="group" aria-label="{escape(caption)}"' if caption else ""
    return Html(
        f'<div class="scroll" tabindex="0"{name}><table>{title}\n<thead><tr>{names}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
