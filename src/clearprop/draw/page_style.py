"""The style sheet of a page: light, dark and print, for Korean and English."""

from __future__ import annotations

from clearprop.draw.palette import COLOURS, FONTS

__all__ = ["page_style"]

_MONO = 'ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",cp-hangul,monospace'

_RULES = """
/* Hangul alone, from fonts of the machine, twice as wide as a letter: columns stay in line. */
@font-face{font-family:cp-hangul;size-adjust:120%;
src:local("D2Coding"),local("NanumGothicCoding"),local("Noto Sans Mono CJK KR");
unicode-range:U+1100-11FF,U+3130-318F,U+AC00-D7A3}
*,*::before,*::after{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:50rem;background:var(--paper);
color:var(--ink);font:1rem/1.6 FONTS;overflow-wrap:break-word}
:lang(ko){line-height:1.75;word-break:keep-all}
h1{font-size:1.75rem;line-height:1.3;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.35;margin:2.5rem 0 .75rem}
h3{font-size:1.05rem;line-height:1.4;margin:1.5rem 0 .5rem}
p{margin:.75rem 0;max-width:42rem}
.lead{color:var(--muted)}
a{color:var(--blue);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:1rem;top:-4rem;padding:.5rem 1rem;background:var(--paper);
border:2px solid var(--blue);border-radius:6px}
.skip:focus{top:.5rem}
nav ol{margin:.5rem 0;padding-left:1.5rem}
nav li{margin:.15rem 0}
main:focus{outline:none}
figure{margin:1rem 0;border:1px solid var(--grid);border-radius:8px}
.scroll{overflow-x:auto;border-radius:8px}
/* Pictures keep their size, and so the size of their letters; a narrow screen scrolls them. */
.scroll svg{display:block}
figcaption{padding:0 1rem;border-top:1px solid var(--grid);font-size:.9rem;color:var(--muted)}
figcaption p{margin:.25rem 0;white-space:pre-line}
summary{cursor:pointer;padding:.4rem 0}
summary h2{display:inline;margin:0}
section>details,main>details{margin-top:2.5rem}
pre{overflow-x:auto;padding:1rem;background:var(--panel);border-radius:8px;
font:.875rem/1.55 MONO;tab-size:4;word-break:normal}
code{font-family:MONO;font-size:.9em}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding-bottom:.4rem}
th,td{padding:.35rem .8rem;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}
th{font-weight:600}
.number{text-align:right}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));
gap:.75rem;margin:1rem 0}
.facts div{padding:.7rem 1rem;background:var(--panel);border-radius:8px}
.facts dt{font-size:.85rem;color:var(--muted)}
.facts dd{margin:.1rem 0 0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--grid);font-size:.9rem;
color:var(--muted)}
@page{margin:18mm}
@media print{
html{color-scheme:light}
body{max-width:none;padding:0;font-size:10.5pt}
.skip,nav,figcaption{display:none}
h2,h3,summary{break-after:avoid}
figure,tr,pre{break-inside:avoid}
figure{border:none}
.scroll{overflow:visible}
.scroll svg{max-width:100%;height:auto}
pre{white-space:pre-wrap;border:1px solid #ccc}
a{color:inherit}
summary{list-style:none}
/* What is folded on the screen is printed: paper does not open. */
details::details-content{content-visibility:visible;block-size:auto}
}
"""


def page_style() -> str:
    """
    Give the style sheet of a page.

    Examples
    --------
    >>> "--paper:#ffffff" in page_style()
    True
    """
    light, dark = (
        "".join(f"--{name}:{pair[k]};" for name, pair in COLOURS.items()) for k in (0, 1)
    )
    rules = _RULES.replace("MONO", _MONO).replace("FONTS", FONTS)
    media = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return f":root{{{light}}}\n{media}{rules}"
