"""Places of boxes and edges: nothing overlaps, no edge runs through a box."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clearprop.draw.axes import Box
from clearprop.draw.layout import Layout, laid_out
from tests.draw.test_ranking import acyclic


def boxes_of(layout: Layout, sizes) -> dict[str, Box]:
    """Boxes, drawn with the flow to the right."""
    return {
        key: Box(x - sizes[key][0] / 2, y - sizes[key][1] / 2,
                 x + sizes[key][0] / 2, y + sizes[key][1] / 2)
        for key, (x, y) in layout.centres.items()
    }  # fmt: skip


def layout_faults(layout: Layout, sizes) -> list[str]:
    """Boxes that overlap or leave the picture, edges that are bent in a layer or cross a box."""
    boxes = boxes_of(layout, sizes)
    faults = [
        f"{a} overlaps {b}" for a, b in combinations(boxes, 2) if boxes[a].overlaps(boxes[b], 8)
    ]
    along, across = layout.size
    for key, box in boxes.items():
        if box.left < -1e-6 or box.top < -1e-6 or box.right > along + 1e-6:
            faults.append(f"{key} is outside")
        if box.bottom > across + 1e-6:
            faults.append(f"{key} is outside")
    for (source, target), points in layout.routes.items():
        if len(points) % 2 or any(b[0] < a[0] - 1e-6 for a, b in pairwise(points)):
            faults.append(f"{source}-{target} runs back")
        for (x1, y1), (x2, y2) in zip(points[::2], points[1::2], strict=False):
            if abs(y1 - y2) > 1e-6:
                faults.append(f"{source}-{target} is bent within a layer")
            line = Box(x1, y1, x2, y2)
            for key, box in boxes.items():
                if key not in (source, target) and line.overlaps(box):
                    faults.append(f"{source}-{target} crosses {key}")
        # Between layers, where it may curve, there must be no box at all.
        for (x1, _), (x2, _) in zip(points[1::2], points[2::2], strict=False):
            gap = Box(x1, -1e9, x2, 1e9)
            faults += [
                f"{key} stands between layers" for key in boxes if gap.overlaps(boxes[key], -1e-6)
            ]
    return faults


@st.composite
def sized(draw):
    nodes, edges = draw(acyclic())
    side = st.floats(10, 200)
    return {node: (draw(side), draw(side)) for node in nodes}, edges


@settings(max_examples=150)
@given(sized())
def test_nothing_overlaps(drawn):
    sizes, edges = drawn
    assert layout_faults(laid_out(sizes, edges), sizes) == []


def test_the_check_finds_what_is_wrong():
    sizes = dict.fromkeys("abc", (40.0, 20.0))
    good = laid_out(sizes, [("a", "b"), ("b", "c"), ("a", "c")])
    assert layout_faults(good, sizes) == []
    on_top = Layout({**good.centres, "b": good.centres["a"]}, {}, good.size)
    assert "a overlaps b" in layout_faults(on_top, sizes)
    (x1, y1), (x2, y2) = good.centres["a"], good.centres["c"]
    straight = {("a", "c"): [(x1, good.centres["b"][1]), (x2, good.centres["b"][1])]}
    assert "a-c crosses b" in layout_faults(Layout(good.centres, straight, good.size), sizes)
    bent = {("a", "c"): [(x1, y1), (x2, y2 + 5)]}
    assert "a-c is bent within a layer" in layout_faults(
        Layout(good.centres, bent, good.size), sizes
    )
    away = Layout({**good.centres, "c": (-50.0, 0.0)}, {}, good.size)
    assert "c is outside" in layout_faults(away, sizes)


def test_a_chain_is_straight():
    sizes = dict.fromkeys("abcd", (40.0, 20.0))
    made = laid_out(sizes, [("a", "b"), ("b", "c"), ("c", "d")])
    assert len({y for _, y in made.centres.values()}) == 1
    assert all(len({y for _, y in points}) == 1 for points in made.routes.values())


def test_arrows_into_one_box_end_side_by_side():
    sizes = dict.fromkeys("abcd", (40.0, 40.0))
    made = laid_out(sizes, [("a", "d"), ("b", "d"), ("c", "d")])
    ends = [made.routes[key, "d"][-1][1] for key in "abc"]
    assert ends == sorted(set(ends))


def test_an_empty_graph_has_no_size():
    assert laid_out({}, []).size == (0.0, 0.0)
