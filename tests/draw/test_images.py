"""Images of numbers: every cell in its place, its sign seen without colour, its sum true."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clearprop.draw.cells import LEVELS, cell_paths, signed_cells
from clearprop.draw.images import contributions, weight_images
from clearprop.draw.svg import Svg
from clearprop.errors import ShapeError
from tests.draw.checks import all_faults, placed_texts
from tests.draw.gallery import ZERO, waves

LEVEL = arrays(int, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(-2, 2))


def cells_of(path: str, size: float, shape: tuple[int, int]) -> np.ndarray:
    """Which cells a path covers, counted."""
    covered = np.zeros(shape, dtype=int)
    for x, y, w, h in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path):
        row, column = int(int(y) / size), int(int(x) / size)
        assert int(h) == size
        covered[row, column : column + int(int(w) / size)] += 1
    return covered


@given(LEVEL)
def test_each_cell_is_covered_once_by_the_path_of_its_level(levels):
    paths = cell_paths(levels, 4.0)
    assert set(paths) == set(np.unique(levels).tolist()) - {0}
    for level, path in paths.items():
        assert np.array_equal(cells_of(path, 4.0, levels.shape), (levels == level).astype(int))


def paints_of(values, largest=1.0) -> list[tuple[str, float]]:
    group = signed_cells(np.array(values), largest, 10.0)
    read = (dict(element.attributes) for element in group.walk())
    return [(a["class"], a["fill-opacity"]) for a in read if "fill-opacity" in a]


def test_hue_is_sign_and_depth_is_size():
    assert paints_of([[1.0, -1.0, 0.5, 0.0]]) == [
        ("f-orange", 1.0),
        ("f-blue", 0.5),
        ("f-blue", 1.0),
    ]


def test_stripes_lie_on_what_is_negative_and_on_nothing_else():
    svg = Svg(20, 10, "t", "d", (signed_cells(np.array([[1.0, -1.0]]), 1.0, 10.0),)).render()
    (stripes,) = re.findall(r'<path d="([^"]*)" fill="url', svg)
    assert np.array_equal(cells_of(stripes, 10.0, (1, 2)), [[0, 1]])
    positive = Svg(20, 10, "t", "d", (signed_cells(np.array([[1.0]]), 1.0, 10.0),)).render()
    assert "url(" not in positive


def test_a_level_is_at_most_half_a_step_from_the_value():
    values = np.linspace(0.03, 1.0, 50)
    for value in values:
        ((_, opacity),) = paints_of([[value]])
        assert abs(opacity - value) <= 0.5 / LEVELS + 1e-12


def test_what_is_not_finite_is_crossed():
    assert "l10 10m-10 0l10 -10" in str(
        Svg(20, 10, "t", "d", (signed_cells(np.array([[np.nan, 1.0]]), 1.0, 10.0),))
    )


def test_dense_weights_and_a_stack_of_images_are_drawn_alike():
    stack = waves(3, 2, 4)
    dense = stack.reshape(3, 8).T
    assert str(weight_images(dense, (2, 4), lang="en")) == str(weight_images(stack, lang="en"))


def test_how_many_images_are_not_drawn_is_said():
    words = [t.words for t in placed_texts(str(weight_images(waves(30, 2, 2), most=7, lang="en")))]
    assert "… 23 more" in words
    assert {"h1", "h7"} <= set(words)
    assert "h8" not in words


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 28, 28), (5, 1, 40), (2, 3, 1)])
def test_images_of_any_shape_are_drawn_without_fault(shape):
    assert all_faults(str(weight_images(waves(*shape), lang="ko"))) == []


def test_contributions_add_up_as_printed():
    parts = ZERO / 16 * waves(8, 8)
    desc = contributions(ZERO, parts, rest=-0.5, lang="en").desc.replace("−", "-")
    plus, minus, rest = (float(x) for x in re.findall(r": ([+-][\d.]+)", desc))
    relation, total = re.findall(r"In all (.) (-?[\d.]+)", desc)[0]
    assert relation == "="
    assert plus + minus + rest == pytest.approx(float(total), abs=1e-9)
    assert float(total) == pytest.approx(parts.sum() - 0.5, abs=1e-3)


def test_pixels_without_a_number_are_said():
    desc = contributions([[1.0, np.nan]], [[np.nan, 2.0]], lang="ko").desc
    assert "값이 숫자가 아니어서 뺀 픽셀 1개" in desc


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: weight_images(np.ones((4, 2))), "need `shape`"),
        (lambda: weight_images(np.ones((5, 2)), (2, 2)), r"\(4, O\).*got \(5, 2\)"),
        (lambda: weight_images(np.ones((2, 1, 1)), names=["a"]), "2 units need as many names"),
        (lambda: contributions(np.ones((2, 2)), np.ones((2, 3))), r"\(2, 2\) and \(2, 3\)"),
        (lambda: contributions(np.ones(4), np.ones(4)), r"shape \(H, W\)"),
    ],
)
def test_what_is_no_image_is_refused(call, message):
    with pytest.raises(ShapeError, match=message):
        call()
