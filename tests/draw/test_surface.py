"""The decision surface: borders lie where two classes tie, and nothing is left unsaid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.contour import deepest, zero_lines
from clearprop.draw.surface import surface
from clearprop.errors import DataError, ShapeError
from tests.draw.checks import all_faults, placed_texts

GRID = np.linspace(-1.0, 1.0, 9)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_the_border_of_a_plane_is_exact(a, b, c):
    """Between points of the grid a plane changes evenly, so its zero is found to rounding."""
    rows, columns = np.mgrid[0:6, 0:7].astype(float)
    field = a * columns + b * rows + c
    for x1, y1, x2, y2 in zero_lines(field):
        assert abs(a * x1 + b * y1 + c) < 1e-9
        assert abs(a * x2 + b * y2 + c) < 1e-9


@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_a_border_enters_and_leaves_each_square(signs):
    field = np.where(np.array(signs).reshape(2, 2), 1.0, -1.0)
    ends = [(x, y) for x1, y1, x2, y2 in zero_lines(field) for x, y in ((x1, y1), (x2, y2))]
    changes = sum(a != b for a, b in zip(signs, [signs[k] for k in (1, 3, 0, 2)], strict=True))
    assert len(ends) == len(set(ends)) == changes


def test_a_circle_is_closed():
    x, y = np.meshgrid(np.linspace(-2, 2, 40), np.linspace(-2, 2, 40))
    pieces = zero_lines(1.5 - np.hypot(x, y))
    ends = [tuple(np.round(e, 9)) for piece in pieces for e in (piece[:2], piece[2:])]
    assert all(ends.count(end) == 2 for end in ends)


def test_the_deepest_cell_is_inside_its_region():
    region = np.zeros((9, 9), dtype=bool)
    region[1:6, 2:9] = True
    row, column, depth = deepest(region)
    assert (row, depth) == (3, 3)
    assert region[row, column]
    assert deepest(~np.ones((3, 3), dtype=bool))[2] == 0


def test_shares_of_the_plane_are_told():
    shares = np.zeros((9, 9, 3))
    shares[:, :3, 0], shares[:, 3:6, 1], shares[:, 6:, 2] = 1, 1, 1
    desc = surface(shares, GRID, GRID, classes=["가", "나", "다"], lang="ko").desc
    assert desc.count("33.3 %") == 3


def test_examples_outside_are_said():
    words = [
        text.words
        for text in placed_texts(
            str(surface(np.eye(9), GRID, GRID, [[0.0, 0.0], [9.0, 0.0]], [0, 1], lang="en"))
        )
    ]
    assert "1 example outside the picture" in words


def test_classes_of_examples_are_told_by_shape():
    svg = str(
        surface(np.full((9, 9, 4), 0.25), GRID, GRID, np.zeros((4, 2)), range(4), lang="en")
    ).split("</title>")[-1]
    shapes = {"<circle": 2, "<polygon": 6}  # once as an example, once in the key
    assert {tag: svg.count(tag) for tag in shapes} == shapes


def test_up_is_up():
    """The row of the largest y is drawn at the top."""
    shares = np.zeros((9, 9))
    shares[-1] = 1.0
    svg = str(surface(shares, GRID, GRID, lang="en"))
    orange = svg.split('f-orange" fill-opacity')[0].rsplit('d="', 1)[1]
    assert orange.startswith("M0 0h9v1")


@pytest.mark.parametrize("K", [1, 2, 9])
def test_any_number_of_classes_is_drawn_without_fault(K):
    x, y = np.meshgrid(GRID, GRID)
    shares = np.stack([np.cos(k + (k + 1) * x * y) for k in range(K)], axis=-1)
    assert all_faults(str(surface(shares, GRID, GRID, lang="ko"))) == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.ones((9, 8)), GRID, GRID), ShapeError, r"predictions \(9, 8\)"),
        ((np.ones((1, 1)), [0.0], [0.0]), ShapeError, "two or more of each"),
        ((np.full((9, 9), np.nan), GRID, GRID), DataError, "must be finite"),
        ((np.ones((9, 9)), GRID[::-1], GRID), DataError, "must rise"),
        ((np.ones((9, 9)), GRID, GRID, np.ones((3, 1))), ShapeError, r"got \(3, 1\)"),
        ((np.ones((9, 9)), GRID, GRID, np.ones((3, 2)), [0]), ShapeError, r"and \(1,\)"),
        ((np.ones((9, 9)), GRID, GRID, np.ones((1, 2)), [2]), DataError, "from 0 to 1; got 2"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        surface(*arguments, lang="en")


def test_names_are_as_many_as_classes():
    with pytest.raises(ShapeError, match="2 classes need as many names; got 1"):
        surface(np.ones((9, 9)), GRID, GRID, classes=["a"])
