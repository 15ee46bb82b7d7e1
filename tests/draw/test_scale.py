"""Axes: ticks are round, inside and few; values lie where they belong."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.scale import nice_step, scale, tick_labels
from clearprop.errors import NumericsError, OptionError

REAL = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = st.floats(1e-300, 1e300)


@given(REAL, REAL, st.booleans())
def test_a_scale_holds_its_values(one, other, widen):
    low, high = sorted((one, other))
    made = scale(low, high, 0.0, 100.0, widen=widen)
    assert made.low < made.high
    assert all(-1e-6 <= made(t) <= 100 + 1e-6 for t in made.ticks)
    assert list(made.ticks) == sorted(set(made.ticks))
    assert len(made.ticks) <= 9
    slack = 1e-6
    low, high = (min(max(end, -1e300), 1e300) for end in (low, high))
    assert -slack <= made(low) <= made(high) + slack <= 100 + 2 * slack


@given(POSITIVE, POSITIVE)
def test_a_logarithmic_scale_holds_its_values(one, other):
    low, high = sorted((one, other))
    made = scale(low, high, 100.0, 0.0, log=True)
    assert made.low < made.high
    assert all(made.low * (1 - 1e-9) <= t <= made.high * (1 + 1e-9) for t in made.ticks)
    assert -1e-6 <= made(high) <= made(low) <= 100 + 1e-6
    assert len(made.ticks) <= 14


@given(st.floats(1e-250, 1e250), st.integers(1, 20))
def test_steps_are_one_two_or_five(span, most):
    step = nice_step(span, most)
    digit = float(f"{step:e}".split("e")[0])
    assert digit in (1.0, 2.0, 5.0)
    assert span / step <= most * (1 + 1e-6)


def test_equal_ratios_are_equal_distances():
    made = scale(0.01, 100.0, 0.0, 400.0, log=True)
    assert [round(made(v)) for v in (0.01, 0.1, 1.0, 10.0, 100.0)] == [0, 100, 200, 300, 400]
    assert made.labels == ("0.01", "0.1", "1", "10", "100")


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 0.97, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (1.0, 1.0, ("0.4", "0.6", "0.8", "1.0", "1.2", "1.4", "1.6")),
        (0.0, 0.0, ("−1.0", "−0.5", "0.0", "0.5", "1.0")),
        (0, 60000, ("0", "10,000", "20,000", "30,000", "40,000", "50,000", "60,000")),
        (0, 3e-9, ("0", "5e−10", "1e−9", "1.5e−9", "2e−9", "2.5e−9", "3e−9")),
    ],
)
def test_what_ticks_say(low, high, labels):
    assert scale(low, high, 0, 1).labels == labels


def test_labels_of_ticks_are_different():
    made = scale(1000.001, 1000.002, 0, 1)
    assert len(set(made.labels)) == len(made.labels) > 2
    assert tick_labels([]) == []


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_ends_must_be_finite(value):
    with pytest.raises(NumericsError, match="finite ends"):
        scale(0.0, value, 0, 1)


def test_a_logarithm_needs_positive_values():
    with pytest.raises(OptionError, match="Use log=False"):
        scale(0.0, 1.0, 0, 1, log=True)
