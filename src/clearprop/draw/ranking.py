"""Nodes of a directed graph put into layers, and each layer in an order with few crossings.

The steps and their names are those of Sugiyama, Tagawa and Toda, "Methods for visual understanding
of hierarchical system structures", 1981. Nothing is drawn by chance: ties go to what came first.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from clearprop.errors import OptionError

__all__ = ["Ranking", "crossings", "find_cycle", "ranked"]

Key = Hashable  # a node's own key, or (source, target, rank) of a bend
Links = Mapping[Key, Sequence[Key]]

_SWEEPS = 24


@final
@dataclass(frozen=True)
class Ranking:
    """
    Layers in order, with a bend wherever an edge passes through a layer.

    Parameters
    ----------
    layers : list of list
        Keys of nodes and bends, layer by layer, each in its order.
    chains : dict
        For each edge, all that it passes: source, bends, target.
    """

    layers: list[list[Key]]
    chains: dict[tuple[Key, Key], list[Key]]

    def links(self) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
        """Neighbours in the layer before, and in the layer after, of every node and bend."""
        before: dict[Key, list[Key]] = {key: [] for layer in self.layers for key in layer}
        after: dict[Key, list[Key]] = {key: [] for layer in self.layers for key in layer}
        for chain in self.chains.values():
            for a, b in itertools.pairwise(chain):
                after[a].append(b)
                before[b].append(a)
        return before, after


def ranked(nodes: Sequence[Key], edges: Sequence[tuple[Key, Key]]) -> Ranking:
    """
    Put nodes into layers by the longest path to them, and order the layers.

    Parameters
    ----------
    nodes : sequence
        Keys, each once. Their order decides ties.
    edges : sequence of (source, target)
        No edge twice, no cycle.

    Returns
    -------
    Ranking
        With at most as many crossings as the order in which the nodes were given.

    Raises
    ------
    OptionError
        If the edges run in a circle.

    Examples
    --------
    >>> ranked("abc", [("a", "b"), ("b", "c"), ("a", "c")]).layers
    [['a'], ['b', ('a', 'c', 1)], ['c']]
    """
    ranks = _ranks(nodes, edges)
    layers: list[list[Key]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for node in nodes:
        layers[ranks[node]].append(node)
    chains: dict[tuple[Key, Key], list[Key]] = {}
    for source, target in edges:
        bends: list[Key] = [
            (source, target, rank) for rank in range(ranks[source] + 1, ranks[target])
        ]
        for rank, bend in enumerate(bends, ranks[source] + 1):
            layers[rank].append(bend)
        chains[source, target] = [source, *bends, target]
    start = Ranking(layers, chains)
    return Ranking(_untangled(start), chains)


def find_cycle(nodes: Sequence[Key], edges: Sequence[tuple[Key, Key]]) -> list[Key]:
    """
    Find nodes that lead back to themselves; an empty list if none do.

    Examples
    --------
    >>> find_cycle("abc", [("a", "b"), ("b", "a"), ("b", "c")])
    ['a', 'b']
    """
    # Take off whatever leads nowhere; what stays leads on for ever, so following it must repeat.
    after: dict[Key, list[Key]] = {node: [] for node in nodes}
    before: dict[Key, list[Key]] = {node: [] for node in nodes}
    for source, target in edges:
        after[source].append(target)
        before[target].append(source)
    ahead = {node: len(targets) for node, targets in after.items()}
    ready = [node for node in nodes if not ahead[node]]
    while ready:
        for source in before[ready.pop()]:
            ahead[source] -= 1
            if not ahead[source]:
                ready.append(source)
    kept = [node for node in nodes if ahead[node]]
    if not kept:
        return []
    walk = [kept[0]]
    while True:
        step = next(node for node in after[walk[-1]] if ahead[node])
        if step in walk:
            return walk[walk.index(step) :]
        walk.append(step)


def _ranks(nodes: Sequence[Key], edges: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    if cycle := find_cycle(nodes, edges):
        around = " → ".join(map(str, [*cycle, cycle[0]]))
        raise OptionError(f"a graph in layers cannot run in a circle; got {around}.")
    after: dict[Key, list[Key]] = {node: [] for node in nodes}
    waiting = dict.fromkeys(nodes, 0)
    for source, target in edges:
        after[source].append(target)
        waiting[target] += 1
    sources = [node for node in nodes if not waiting[node]]
    ranks = dict.fromkeys(nodes, 0)
    ready = list(sources)
    for node in ready:  # grows while it is read
        for target in after[node]:
            ranks[target] = max(ranks[target], ranks[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    # A weight stands beside what uses it, not far off in the first layer.
    for node in sources:
        ranks[node] = min((ranks[target] - 1 for target in after[node]), default=0)
    return ranks


def crossings(layers: Sequence[Sequence[Key]], after: Links) -> int:
    """
    Count the pairs of edges that cross between neighbouring layers.

    Examples
    --------
    >>> crossings([["a", "b"], ["c", "d"]], {"a": ["d"], "b": ["c"]})
    1
    """
    total = 0
    for upper, lower in itertools.pairwise(layers):
        place = {key: k for k, key in enumerate(lower)}
        seen: list[int] = []
        for key in upper:
            ends = sorted(place[target] for target in after.get(key, ()))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _untangled(start: Ranking) -> list[list[Key]]:
    """Sweep to and fro, each layer sorted by where its neighbours are; keep the best order seen."""
    before, after = start.links()
    layers = [list(layer) for layer in start.layers]
    best, fewest = layers, crossings(layers, after)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        layers = _swept(layers, before if forward else after, forward)
        _swap_neighbours(layers, before, after)
        count = crossings(layers, after)
        if count < fewest:
            best, fewest = layers, count
    return best


def _swept(layers: list[list[Key]], links: Links, forward: bool) -> list[list[Key]]:
    """One sweep: sort each layer by the mean place of its neighbours in the one just sorted."""
    swept = list(layers) if forward else layers[::-1]
    for k in range(1, len(swept)):
        place = {key: i for i, key in enumerate(swept[k - 1])}
        wish = {}
        for i, key in enumerate(swept[k]):
            near = [place[other] for other in links[key]]
            wish[key] = sum(near) / len(near) if near else float(i)
        swept[k] = sorted(swept[k], key=wish.__getitem__)
    return swept if forward else swept[::-1]


def _swap_neighbours(layers: list[list[Key]], before: Links, after: Links) -> None:
    """Swap two that are next to each other wherever that alone takes crossings away."""
    places = [{key: i for i, key in enumerate(layer)} for layer in layers]
    for k, layer in enumerate(layers):
        for i in range(len(layer) - 1):
            a, b = layer[i], layer[i + 1]
            gain = 0
            for links, other in ((before, k - 1), (after, k + 1)):
                if 0 <= other < len(layers):
                    ends_a = [places[other][key] for key in links[a]]
                    ends_b = [places[other][key] for key in links[b]]
                    gain += sum((x > y) - (x < y) for x in ends_a for y in ends_b)
            if gain > 0:
                layer[i], layer[i + 1] = b, a
                places[k][a], places[k][b] = i + 1, i
