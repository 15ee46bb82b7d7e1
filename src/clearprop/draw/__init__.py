"""
Explanations, models and runs as text, LaTeX, HTML and SVG.

`network`, `computation`, `history`, `weights`, `first_layer`, `decisions`, `mistakes` and `pushed`
draw models and runs; the other pictures are functions of plain arrays and lists. Each returns an
`Svg`, which a notebook shows and `save` writes. A `page` puts them, text and tables into one HTML
file. `figure` draws a run's curves with matplotlib instead.
"""

from clearprop.draw.answer_pictures import decisions, mistakes, pushed
from clearprop.draw.computation import computation
from clearprop.draw.confusion import confusion
from clearprop.draw.curves import curves
from clearprop.draw.figures import figure
from clearprop.draw.graph import Edge, Node, graph
from clearprop.draw.histogram import histogram
from clearprop.draw.html import Html, preformatted, table
from clearprop.draw.images import contributions, weight_images
from clearprop.draw.model_pictures import first_layer, history, network, weights
from clearprop.draw.neurons import neurons
from clearprop.draw.page import Page, Section, page
from clearprop.draw.surface import surface
from clearprop.draw.svg import Svg

__all__ = [
    "network",
    "computation",
    "history",
    "weights",
    "first_layer",
    "decisions",
    "mistakes",
    "pushed",
    "curves",
    "figure",
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
