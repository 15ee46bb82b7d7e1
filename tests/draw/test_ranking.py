"""Layers of a graph: every edge leads on, and no order that was tried crosses less."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.ranking import Ranking, crossings, find_cycle, ranked
from clearprop.errors import OptionError


@st.composite
def acyclic(draw, most=9):
    """Nodes and edges without a circle."""
    size = draw(st.integers(1, most))
    pairs = list(combinations(range(size), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=16)) if pairs else []
    return [str(k) for k in range(size)], [(str(a), str(b)) for a, b in edges]


def naive(nodes, edges) -> Ranking:
    """The same layers with everything in the order in which it was given."""
    made = ranked(nodes, edges)
    given_order = {key: k for k, key in enumerate(nodes)}
    bends = [bend for chain in made.chains.values() for bend in chain[1:-1]]
    given_order |= {bend: len(nodes) + k for k, bend in enumerate(bends)}
    return Ranking([sorted(layer, key=given_order.get) for layer in made.layers], made.chains)


def counted_one_by_one(layers, after) -> int:
    """Crossings, by looking at every pair of edges."""
    total = 0
    for upper, lower in pairwise(layers):
        ends = [(upper.index(a), lower.index(b)) for a in upper for b in after[a]]
        total += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(ends, 2))
    return total


@given(acyclic())
def test_every_piece_of_an_edge_leads_to_the_next_layer(graph):
    nodes, edges = graph
    made = ranked(nodes, edges)
    layer_of = {key: k for k, layer in enumerate(made.layers) for key in layer}
    assert set(nodes) <= set(layer_of)
    assert list(made.chains) == edges
    for (source, target), chain in made.chains.items():
        assert (chain[0], chain[-1]) == (source, target)
        assert all(layer_of[b] == layer_of[a] + 1 for a, b in pairwise(chain))


@given(acyclic())
def test_layers_are_as_few_as_the_longest_path_allows(graph):
    nodes, edges = graph
    longest = dict.fromkeys(nodes, 1)
    for node in nodes:  # in the order of the draw, edges lead onward
        for source, target in edges:
            if source == node:
                longest[target] = max(longest[target], longest[node] + 1)
    assert len(ranked(nodes, edges).layers) == max(longest.values())


@given(acyclic())
def test_crossings_are_counted_and_not_more_than_in_the_given_order(graph):
    made, plain = ranked(*graph), naive(*graph)
    _, after = made.links()
    assert crossings(made.layers, after) == counted_one_by_one(made.layers, after)
    assert crossings(made.layers, after) <= crossings(plain.layers, plain.links()[1])


@given(acyclic())
def test_the_same_graph_is_laid_out_the_same(graph):
    assert ranked(*graph) == ranked(*graph)


def test_what_can_be_untangled_is():
    """Two combs whose teeth are given in opposite order."""
    edges = [(f"a{k}", f"b{9 - k}") for k in range(10)]
    nodes = [f"{row}{k}" for row, k in product("ab", range(10))]
    made = ranked(nodes, edges)
    assert crossings(naive(nodes, edges).layers, made.links()[1]) == 45
    assert crossings(made.layers, made.links()[1]) == 0


def test_a_source_stands_beside_what_uses_it():
    made = ranked("abcw", [("a", "b"), ("b", "c"), ("w", "c")])
    assert made.layers == [["a"], ["b", "w"], ["c"]]


def test_a_circle_is_named():
    with pytest.raises(OptionError, match=r"circle; got b → c → b"):
        ranked("abc", [("a", "b"), ("b", "c"), ("c", "b")])
    with pytest.raises(OptionError, match="a → a"):
        ranked("a", [("a", "a")])


@given(acyclic())
def test_without_a_circle_none_is_found(graph):
    assert find_cycle(*graph) == []


def test_nothing_is_laid_out_as_nothing():
    assert ranked([], []).layers == []


def test_a_long_chain_is_no_problem():
    nodes = [str(k) for k in range(3000)]
    assert len(ranked(nodes, list(pairwise(nodes))).layers) == 3000
