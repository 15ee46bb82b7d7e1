"""Pictures in a terminal: with and without colour, in columns that stay in line."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.console import Console

from clearprop.draw.terminal import Images, shades, sparkline
from clearprop.errors import ShapeError
from clearprop.lang import cells
from tests.draw.gallery import ZERO, waves


def printed(images: Images, *, width=80, encoding="utf-8", **options) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, force_terminal=True, width=width, **options)
    console.print(images)
    file.flush()
    return file.buffer.getvalue().decode(encoding)


def test_a_small_image_in_shades():
    assert shades(ZERO).splitlines()[:3] == [
        "    ░░▓▓▒▒      ",
        "    ▓▓██▓▓██░░  ",
        "  ░░██░░  ▓▓▒▒  ",
    ]


def test_a_large_image_takes_one_cell_for_two_rows():
    lines = shades(waves(28, 28)).splitlines()
    assert len(lines) == 14
    assert {len(line) for line in lines} == {28}
    assert len(shades(np.ones((17, 3))).splitlines()) == 9


@given(arrays(float, st.tuples(st.integers(1, 30), st.integers(1, 30)), elements=st.floats(0, 16)))
def test_lines_are_of_one_width(image):
    for ascii_only in (False, True):
        drawn = shades(image, ascii_only=ascii_only)
        assert len({len(line) for line in drawn.split("\n")}) == 1
        assert drawn.isascii() or not ascii_only


def test_what_is_no_number_is_crossed():
    assert shades([[np.nan, 1.0]]) == "××██"
    assert "×" in printed(Images([[[np.nan, 1.0]]]), color_system="truecolor")


def test_colour_where_there_is_colour_and_shades_where_not(monkeypatch):
    images = Images([ZERO], ["영"])
    assert "\x1b[38;2;255;255;255" in printed(images, color_system="truecolor")
    assert "\x1b[" not in printed(images, color_system="truecolor", no_color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in printed(images, color_system="truecolor")
    assert "▓▓██▓▓██" in printed(images, color_system="truecolor")


def test_a_terminal_without_blocks_gets_letters():
    drawn = printed(Images([ZERO], ["zero"]), encoding="ascii", color_system="truecolor")
    assert drawn.isascii()
    assert "@@" in drawn


def test_captions_keep_the_columns_in_line():
    images = Images([ZERO] * 3, ["정답 영, 예측 육", "a", ""])
    lines = printed(images, no_color=True).rstrip("\n").split("\n")
    assert {cells(line) for line in lines} == {16 * 3 + 3 * 2}


def test_a_long_caption_is_cut():
    line = str(Images([ZERO], ["아주 긴 설명이 여기에 있습니다"])).splitlines()[-1]
    assert line.endswith("…")
    assert cells(line) <= 24


def test_a_narrow_terminal_has_fewer_in_a_row():
    images = Images([ZERO] * 4)
    assert len(printed(images, width=80).splitlines()) == 8
    assert len(printed(images, width=40).splitlines()) == 16
    assert len(printed(images, width=10).splitlines()) == 32


def test_large_images_in_colour_show_two_rows_in_a_cell():
    drawn = printed(Images([np.tri(28)]), color_system="truecolor")
    assert len(drawn.splitlines()) == 14
    assert "▀" in drawn


def test_no_image_prints_nothing():
    assert str(Images([])) == ""


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"),
        ([5, 5], "▁▁"),
        ([1, np.nan, np.inf, 2], "▁××█"),
        ([np.nan], "×"),
        ([], ""),
    ],
)
def test_sparklines(values, bars):
    assert sparkline(values) == bars


def test_a_long_sparkline_hides_no_value_that_is_not_finite():
    values = np.linspace(1, 0, 1000)
    values[500] = np.nan
    line = sparkline(values, width=20)
    assert len(line) == 20
    assert line.count("×") == 1


def test_a_sparkline_in_ascii():
    assert sparkline([1, 2, 3], ascii_only=True).isascii()


def test_what_is_no_image_is_refused():
    with pytest.raises(ShapeError, match=r"shape \(H, W\); got \(3,\)"):
        shades([1, 2, 3])
    with pytest.raises(ShapeError, match="2 images need as many captions; got 1"):
        Images([ZERO, ZERO], ["one"])
