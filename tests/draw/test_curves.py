"""Curves: gaps are said, extremes are kept, names stand apart."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest

from clearprop.draw.curves import curves
from clearprop.draw.marks import look
from clearprop.errors import DataError, NumericsError
from tests.draw.checks import all_faults, placed_texts


def lines_of(svg: str) -> list[str]:
    """Path data of the curves themselves."""
    return re.findall(r'<path d="([^"]*)"[^>]*stroke-width="2"', svg)


def notes_of(picture) -> list[str]:
    return picture.desc.splitlines()


def test_gaps_break_the_line_and_are_said():
    values = [0.9, 0.8, np.nan, np.nan, 0.5, np.inf, 0.3, 0.2, np.nan]
    picture = curves({"loss": values}, lang="en")
    assert len(lines_of(str(picture))) == 2
    assert "loss: not a number (NaN) at epoch 3–4, 9" in notes_of(picture)
    assert "loss: infinite (or beyond 1e300) at epoch 6" in notes_of(picture)
    assert "nan" not in str(picture).replace("(NaN)", "").replace("loss NaN", "")


def test_many_gaps_are_counted():
    values = np.where(np.arange(40) % 2, np.nan, 1.0)
    assert "at epoch 2, 4, 6, 8, and 16 more" in curves({"loss": values}, lang="en").desc


def test_korean_sentences():
    desc = curves({"손실": [1.0, np.nan, 0.0]}, log=True, lang="ko").desc
    assert "손실: 에포크 2에서 숫자가 아닌 값(NaN)" in desc
    assert "손실: 에포크 3에서 0 이하라 로그 눈금에 나타낼 수 없음" in desc


@pytest.mark.parametrize(
    "values",
    [
        [0.5],
        [1.0] * 4,
        [],
        [np.nan],
        [-np.inf, np.inf],
        [0.0, 0.0],
        [1e-300, 1e300],
        [-1e308, 1e308],
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_odd_values_are_drawn_without_fault(values, log):
    assert all_faults(str(curves({"loss": values}, log=log, lang="en"))) == []


def test_a_lone_point_has_a_marker_even_among_many():
    values = np.full(200, np.nan)
    values[[3, 77, 150]] = 0.5
    svg = str(curves({"loss": values}, lang="en"))
    assert svg.count("<circle") == 3 + 1  # and one beside the name
    assert not lines_of(svg)


def test_thinning_keeps_the_extremes():
    values = np.sin(np.arange(50_000) / 500)
    values[[12_345, 33_333]] = [9.0, -9.0]
    svg = str(curves({"loss": values}, lang="en"))
    (path,) = lines_of(svg)
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path)]
    assert len(heights) < 4 * 700
    ordinary = sorted(heights)[2:-2]
    assert min(heights) < min(ordinary) - 50
    assert max(heights) > max(ordinary) + 50


def test_names_of_lines_that_end_together_stand_apart():
    picture = curves({f"metric {k}": [1.0, 0.5 + k / 1000] for k in range(7)}, lang="en")
    ends = [text.box for text in placed_texts(str(picture)) if text.words.startswith("metric")]
    assert len(ends) == 7
    assert not any(a.overlaps(b) for a, b in combinations(ends, 2))


def test_series_differ_in_more_than_colour():
    looks = [look(k) for k in range(49)]
    assert len(set(looks)) == 49
    assert len({(dash, shape) for _, dash, shape in looks[:7]}) == 7


def test_a_curve_ends_with_its_last_value():
    words = [text.words for text in placed_texts(str(curves({"loss": [2, 0.25]}, lang="en")))]
    assert "loss 0.25" in words


def test_axis_counts_whole_epochs():
    for count in (2, 3, 5, 9, 14):
        svg = str(curves({"loss": np.arange(count)}, first=0, lang="en"))
        marks = re.findall(r'y="3\d\d[^>]*text-anchor="middle">([^<]*)<', svg)
        assert all(mark.isdigit() for mark in marks if mark != "epoch")


def test_what_is_no_series_is_refused():
    with pytest.raises(DataError, match="at least one series"):
        curves({})
    with pytest.raises(DataError, match=r"'loss' must be a row of numbers.*\(1, 2\)"):
        curves({"loss": [[1.0, 2.0]]})


def test_a_gap_that_were_missed_would_be_an_error_and_no_false_line(monkeypatch):
    monkeypatch.setattr(import_module("clearprop.draw.curves"), "_LARGEST", np.inf)
    with pytest.raises(NumericsError):
        str(curves({"loss": [1.0, np.inf]}, lang="en"))
