"""Histograms: every number is in one bar or said to be in none."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clearprop.draw.histogram import _spread, histogram
from clearprop.errors import DataError
from tests.draw.checks import all_faults

ANY = arrays(np.float64, st.integers(0, 60), elements=st.floats(-1e9, 1e9) | st.just(0.0))


@given(ANY)
def test_every_number_is_counted_once(values):
    spread = _spread("w", values)
    assert sum(spread.counts) + spread.zeros + spread.missing == values.size
    assert len(spread.counts) == max(len(spread.edges) - 1, 0)


@given(ANY)
def test_no_bar_holds_both_signs(values):
    edges = _spread("w", values).edges
    assert not any(a < 0 < b for a, b in itertools.pairwise(edges))


@given(ANY)
def test_counts_agree_with_numpy(values):
    spread = _spread("w", values)
    if spread.counts:
        expected, _ = np.histogram(values[values != 0], spread.edges)
        assert spread.counts == expected.tolist()


def test_zeros_and_what_is_missing_are_said():
    desc = histogram({"relu": [0.0, 0.0, 1.0, np.nan, np.inf]}, lang="en").desc
    assert "exactly 0: 2 (40.0 %)" in desc
    assert "not finite: 2 (40.0 %)" in desc


def test_tips_give_range_and_count():
    tips = re.findall(r"<title>([^<]*: \d+)</title>", str(histogram([1.0, 1.0, 2.0], lang="en")))
    assert [tip.split(": ")[1] for tip in tips] == ["2", "1"]


@pytest.mark.parametrize(
    "values", [[], [0.0], [5.0], [np.nan], [1e-300, 1e300], [-1e9, 1e-9], np.zeros((3, 3))]
)
def test_odd_values_are_drawn_without_fault(values):
    assert all_faults(str(histogram({"가중치": values}, lang="ko"))) == []


def test_no_array_is_refused():
    with pytest.raises(DataError, match="at least one array"):
        histogram({})
