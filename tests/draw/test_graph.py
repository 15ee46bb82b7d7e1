"""The computation graph: groups, repeated edges, refusals; its layout is tested by itself."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest

from clearprop.draw.graph import Edge, Node, _placed, graph
from clearprop.draw.graph_marks import arrow
from clearprop.draw.graph_parts import collapse
from clearprop.errors import OptionError
from tests.draw.checks import all_faults, placed_texts
from tests.draw.gallery import APPLE_EDGES, APPLES, classic


def chain(count: int) -> tuple[list[Node], list[Edge]]:
    nodes = [Node(f"n{k}", f"op {k}", str(k), str(-k)) for k in range(count)]
    return nodes, [Edge(f"n{k}", f"n{k + 1}") for k in range(count - 1)]


def words_of(svg: object) -> list[str]:
    return [text.words for text in placed_texts(str(svg))]


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("nodes_edges", [(APPLES, APPLE_EDGES), classic()[:2]])
def test_no_box_overlaps_another(nodes_edges, down):
    nodes, edges = nodes_edges
    pairs = list(dict.fromkeys((edge.source, edge.target) for edge in edges))
    boxes, routes = _placed(nodes, pairs, down, "en")
    assert len(boxes) == len(nodes)
    assert set(routes) == set(pairs)
    assert not any(a.overlaps(b, 8) for a, b in combinations(boxes.values(), 2))


def test_every_node_shows_its_name_value_and_gradient():
    words = words_of(graph(APPLES, APPLE_EDGES, lang="en"))
    for node in APPLES:
        assert {node.label, node.value, f"∂ {node.grad}"} <= set(words)


def test_the_description_tells_the_numbers():
    desc = graph(APPLES, APPLE_EDGES, lang="ko").desc
    assert "노드 9개, 화살표 8개" in desc
    assert "귤 개수: 값 3, 기울기 165." in desc


def test_an_edge_given_twice_says_so():
    nodes = [Node("x", "x", "3", "6"), Node("y", "x × x", "9", "1")]
    picture = graph(nodes, [Edge("x", "y")] * 2, lang="en")
    assert "×2" in words_of(picture)
    assert str(picture).count("marker-end") == 1
    assert "×2" not in words_of(graph(nodes, [Edge("x", "y")], lang="en"))


def test_a_group_becomes_one_box():
    nodes, edges, groups = classic()
    kept, pairs, left_open = collapse(nodes, edges, groups, {"hidden"})
    assert len(kept) == len(nodes) - len(groups["hidden"]) + 1
    assert not left_open
    box = next(node for node in kept if node.kind == "group")
    assert (box.label, box.value) == ("hidden", "4")
    ids = {node.id for node in kept}
    assert all(pair.source in ids and pair.target in ids for pair in pairs)
    assert not any(pair.source == pair.target for pair in pairs)
    words = words_of(graph(nodes, edges, groups, collapsed={"hidden"}, lang="en"))
    assert "4 nodes" in words
    assert "h1 sum" not in words


def test_large_graphs_are_drawn_by_groups_and_small_ones_are_not():
    nodes, edges = chain(30)
    groups = {"first": [node.id for node in nodes[:15]], "second": [n.id for n in nodes[15:]]}
    assert "op 3" not in words_of(graph(nodes, edges, groups, most=29, lang="en"))
    assert "op 3" in words_of(graph(nodes, edges, groups, most=30, lang="en"))


def test_a_group_that_is_left_and_entered_again_stays_open_and_it_is_said():
    nodes, edges = chain(3)
    groups = {"ends": ["n0", "n2"]}
    picture = graph(nodes, edges, groups, collapsed={"ends"}, lang="en")
    assert "op 0" in words_of(picture)
    assert "ends is not drawn as one box" in picture.desc
    assert not all_faults(str(picture))


def test_groups_that_would_feed_each_other_are_not_both_drawn_as_boxes():
    nodes, _ = chain(4)
    edges = [Edge("n0", "n2"), Edge("n3", "n1")]
    _, _, left_open = collapse(nodes, edges, {"a": ["n0", "n1"], "b": ["n2", "n3"]}, {"a", "b"})
    assert left_open == ["b"]


def test_an_open_group_is_framed_only_if_no_stranger_is_inside():
    nodes, edges = chain(3)
    framed = str(graph(nodes, edges, {"all": ["n0", "n1", "n2"]}, lang="en"))
    assert "f-panel s-grid" in framed
    stranger = str(graph(nodes, edges, {"ends": ["n0", "n2"]}, lang="en"))
    assert "f-panel s-grid" not in stranger


def test_kinds_are_told_by_shape_and_only_those_present_by_the_key():
    words = words_of(graph(*chain(2), lang="en"))
    assert "operation" in words
    assert "parameter" not in words
    shapes = set()
    for kind in ("input", "parameter", "op", "output"):
        svg = graph([Node("a", "a", kind=kind)], [], lang="en").render(style=False)
        drawn = re.sub(r'class="[^"]*"', "", svg.split("</defs>")[1].split("<g transform")[0])
        shapes.add(re.sub(r">[^<]*<", "><", drawn))
    assert len(shapes) == 4


def test_a_wide_graph_of_hundreds_of_nodes_is_drawn():
    nodes, edges = chain(300)
    edges += [Edge(f"n{k}", f"n{k + 7}") for k in range(0, 290, 3)]
    assert len(words_of(graph(nodes, edges, lang="en"))) > 900


@pytest.mark.parametrize(
    ("nodes", "edges", "groups", "collapsed", "message"),
    [
        ([Node("a", "a"), Node("a", "b")], [], {}, None, "two nodes have the id 'a'"),
        ([Node("a", "a", kind="opp")], [], {}, None, "did you mean 'op'"),
        ([Node("abc", "a")], [Edge("abc", "abd")], {}, None, "did you mean 'abc'"),
        ([Node("a", "a")], [], {"g": ["b"]}, None, "unknown node 'b'"),
        ([Node("a", "a")], [], {"g": ["a"], "h": ["a"]}, None, "in two groups"),
        ([Node("a", "a")], [], {"g": ["a"]}, {"G"}, "did you mean 'g'"),
        ([Node("a", "a")], [Edge("a", "a")], {}, None, "circle; got a → a"),
        ([Node("a", "a")], [Edge("a", "a")], {"g": ["a"]}, {"g"}, "circle"),
    ],
)
def test_what_cannot_be_drawn_is_refused(nodes, edges, groups, collapsed, message):
    with pytest.raises(OptionError, match=message):
        graph(nodes, edges, groups, collapsed=collapsed, lang="en")


def test_an_empty_graph_is_an_empty_picture():
    assert graph([], [], lang="en").desc.startswith("0 nodes")


def test_a_line_of_no_length_is_left_out_however_it_was_rounded():
    almost = math.nextafter(1.0, 2.0)  # written as 1 too
    (line,) = arrow([(0, 0), (1.0, 2.0), (4.0, 2.0), (almost + 3.0, 2.0)], 1, down=False)
    exact = arrow([(0, 0), (1.0, 2.0), (4.0, 2.0), (4.0, 2.0)], 1, down=False)[0]
    assert str(line) == str(exact)
    assert str(line).count("L") == 1
