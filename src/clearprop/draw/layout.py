"""Where the boxes of a layered graph stand and which way its edges go, in pixels."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from clearprop.draw.ranking import Key, Ranking, ranked
from clearprop.draw.spacing import spaced

__all__ = ["Layout", "laid_out"]

_PASSES = 16
_BEND, _BOX, _LEAF = 6.0, 1.0, 0.1  # how much each minds being moved, and moves others


@final
@dataclass(frozen=True)
class Layout:
    """
    Places along the flow (from layer to layer) and across it (within a layer), in pixels.

    Parameters
    ----------
    centres : dict of key to (along, across)
        The middle of each box.
    routes : dict of (source, target) to list of (along, across)
        For each edge its points from box to box, an even number. From an even point to the next
        the edge is within a layer and must be straight; from an odd one it is between two layers
        and may curve.
    size : (along, across)
        Of the whole.
    """

    centres: dict[Key, tuple[float, float]]
    routes: dict[tuple[Key, Key], list[tuple[float, float]]]
    size: tuple[float, float]


def laid_out(
    sizes: Mapping[Key, tuple[float, float]],
    edges: Sequence[tuple[Key, Key]],
    *,
    between: float = 52.0,
    beside: float = 16.0,
) -> Layout:
    """
    Place boxes in layers so that no two overlap and no edge runs through a box.

    Parameters
    ----------
    sizes : mapping of key to (along, across)
        The boxes; their order decides ties.
    edges : sequence of (source, target)
        No edge twice, no cycle.
    between, beside : float, optional
        Pixels from layer to layer, and between neighbours in a layer.

    Returns
    -------
    Layout
        The places.

    Raises
    ------
    OptionError
        If the edges run in a circle.

    Examples
    --------
    >>> boxes = {"x": (40.0, 20.0), "y": (40.0, 20.0)}
    >>> laid_out(boxes, [("x", "y")]).centres
    {'x': (20.0, 10.0), 'y': (112.0, 10.0)}
    """
    ranking = ranked(list(sizes), edges)
    depth = {
        key: sizes[key][1] if key in sizes else 0.0 for layer in ranking.layers for key in layer
    }
    across = _across(ranking, depth, beside)
    low = min((across[key] - depth[key] / 2 for key in across), default=0.0)
    across = {key: place - low for key, place in across.items()}
    high = max((across[key] + depth[key] / 2 for key in across), default=0.0)

    bands: dict[Key, tuple[float, float]] = {}  # from where to where each layer reaches
    start = 0.0
    for layer in ranking.layers:
        stop = start + max(sizes[key][0] for key in layer if key in sizes)
        bands.update(dict.fromkeys(layer, (start, stop)))
        start = stop + between
    centres = {key: ((bands[key][0] + bands[key][1]) / 2, across[key]) for key in sizes}
    routes = _routes(ranking, sizes, centres, across, bands)
    return Layout(centres, routes, (max(0.0, start - between), high))


def _across(ranking: Ranking, depth: Mapping[Key, float], beside: float) -> dict[Key, float]:
    """Draw each towards the mean of its neighbours, layer by layer, to and fro."""
    before, after = ranking.links()
    gaps = [
        [(depth[a] + depth[b]) / 2 + beside for a, b in itertools.pairwise(layer)]
        for layer in ranking.layers
    ]
    # Long edges are to be straight; a weight that feeds one box makes room for what flows by.
    weight = {key: _BEND if not depth[key] else _BOX if before[key] else _LEAF for key in depth}
    place: dict[Key, float] = {}
    for layer, gap in zip(ranking.layers, gaps, strict=True):
        at = 0.0
        for key, step in zip(layer, [*gap, 0.0], strict=True):
            place[key] = at
            at += step
    order = range(len(ranking.layers))
    for turn in range(_PASSES):
        # The last passes look both ways at once, and so settle between the two.
        both = turn >= _PASSES - 4
        forward = turn % 2 == 0
        for k in order if forward else reversed(order):
            layer = ranking.layers[k]
            wanted = []
            for key in layer:
                near = before[key] + after[key] if both else (before if forward else after)[key]
                mass = sum(weight[n] for n in near)
                pull = sum(weight[n] * place[n] for n in near)
                wanted.append(pull / mass if near else place[key])
            mind = [weight[key] for key in layer]
            place.update(zip(layer, spaced(wanted, gaps[k], mind), strict=True))
    return place


def _routes(
    ranking: Ranking,
    sizes: Mapping[Key, tuple[float, float]],
    centres: Mapping[Key, tuple[float, float]],
    across: Mapping[Key, float],
    bands: Mapping[Key, tuple[float, float]],
) -> dict[tuple[Key, Key], list[tuple[float, float]]]:
    """From the end of one box, straight through the layers on the way, to the start of the next."""
    arrivals: dict[Key, list[tuple[Key, Key]]] = {}
    for edge in ranking.chains:
        arrivals.setdefault(edge[1], []).append(edge)
    entry: dict[tuple[Key, Key], float] = {}
    for target, coming in arrivals.items():
        # Several arrows into one box end side by side, in the order in which they come.
        coming.sort(key=lambda edge: across[ranking.chains[edge][-2]])
        step = min(10.0, 0.7 * sizes[target][1] / len(coming))
        for k, edge in enumerate(coming):
            entry[edge] = across[target] + step * (k - (len(coming) - 1) / 2)
    routes = {}
    for edge, chain in ranking.chains.items():
        source, target = edge
        points = [
            (centres[source][0] + sizes[source][0] / 2, across[source]),
            (bands[source][1], across[source]),
        ]
        for bend in chain[1:-1]:
            points += [(bands[bend][0], across[bend]), (bands[bend][1], across[bend])]
        points += [
            (bands[target][0], entry[edge]),
            (centres[target][0] - sizes[target][0] / 2, entry[edge]),
        ]
        routes[edge] = points
    return routes
