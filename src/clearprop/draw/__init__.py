"""
Explanations, models and runs as text, LaTeX, HTML and SVG.

The pictures are functions of plain arrays and lists; each returns an `Svg`, which a notebook shows
and `save` writes. A `page` puts them, text and tables into one HTML file.
"""

from clearprop.draw.confusion import confusion
from clearprop.draw.curves import curves
from clearprop.draw.graph import Edge, Node, graph
from clearprop.draw.histogram import histogram
from clearprop.draw.html import Html, preformatted, table
from clearprop.draw.images import contributions, weight_images
from clearprop.draw.neurons import neurons
from clearprop.draw.page import Page, Section, page
from clearprop.draw.surface import surface
from clearprop.draw.svg import Svg

__all__ = [
    "curves",
    "neurons",
    "graph",
    "Node",
    "Edge",
    "histogram",
    "weight_images",
    "contributions",
    "surface",
    "confusion",
    "page",
    "Page",
    "Section",
    "Html",
    "preformatted",
    "table",
    "Svg",
]
