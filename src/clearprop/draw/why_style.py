"""The few styles of an explanation: in a notebook as on a page, light, dark and printed."""

from __future__ import annotations

from clearprop.draw.palette import FONTS

__all__ = ["STYLE"]

# Colours are those of the page, or else of what surrounds it.
_RULES = """
.why>h3:first-child{margin:0 0 .5rem;line-height:1.5}
.why :is(h3,h4){margin:1.5rem 0 .25rem}
/* A notebook has rules of its own for lists. */
.why-steps{list-style:none!important;margin:.75rem 0;padding:0!important;
font-variant-numeric:tabular-nums}
.why-step{margin:0;padding:.1rem .5rem .1rem .75rem;border-left:3px solid var(--grid,#8886)}
.why-level-1{border-left-color:var(--blue,currentColor)}
.why-step:has(:target),.why-step:target{background:var(--panel,#8882)}
.why-step p{margin:.35rem 0 .35rem 1.15em}
.why-step summary{cursor:pointer;padding:.35rem 0;line-height:1.5}
.why-head{display:inline-flex;flex-wrap:wrap;gap:0 1em;align-items:baseline;
justify-content:space-between;width:calc(100% - 1.4em);vertical-align:baseline}
.why-role,.why-note{font-size:.85rem;color:var(--muted,inherit)}
.why-role code{background:none;padding:0;margin-left:.5em;font-size:.95em;overflow-wrap:anywhere}
.why-step .why-note{flex-basis:100%}
.why-step details[open]>summary .why-result{display:none}
.why-sides{scroll-margin-top:4.5rem;padding:0 0 .6rem}
.why-side{box-sizing:border-box;display:flex;flex-wrap:wrap;align-items:baseline;gap:.35rem 0;
align-content:center;min-height:2.1rem;padding:.2rem 0 .2rem 3.1rem;
overflow-x:auto;overflow-y:hidden}
.why-side>:first-child{margin-left:-1.55rem}
.why math{font-family:"Cambria Math","STIX Two Math","Latin Modern Math","Noto Sans Math",
"DejaVu Math TeX Gyre",math,serif;font-size:1.1em}
.why math math{font-size:1em}
.why-side math,.why-name math{math-style:normal}
.why-answer math{font-weight:700}
.why mtext{font-family:FONTS;font-size:.85em}
.why mtext:has(a){font:inherit}
.why math a{line-height:1;color:var(--blue,inherit);text-decoration:none;
border-bottom:1px dotted currentColor}
.why math a:hover,.why math a:focus-visible{border-bottom-style:solid;background:var(--panel,#8883)}
@media print{
.why-step summary{list-style:none}
.why-step{break-inside:avoid}
.why-side{min-height:1.6em;padding-top:.05rem;padding-bottom:.05rem}
.why math a{color:inherit;border:0}
.why details::details-content{content-visibility:visible;block-size:auto}
}
@supports selector(::details-content){@media print{.why-result{display:none}}}
"""

STYLE = _RULES.strip().replace("FONTS", FONTS)
