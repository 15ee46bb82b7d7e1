"""Numbers as short text."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.errors import OptionError
from clearprop.explain.digits import show

FINITE = st.floats(allow_nan=False, allow_infinity=False)
DIGITS = st.integers(1, 17)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (7, "7"),
        (-3.0, "−3"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        (1 - 0.9, "0.1"),
        (1 / 3, "0.333333"),
        (-2 / 3, "−0.666667"),
        (0.593269992, "0.593270"),
        (2.00000001, "2.00000"),
        (6160.5, "6160.5"),
        (99999.96, "100000.0"),
        (1234567.8, "1234567.8"),
        (9999999.97, "1.00000e7"),
        (12345678.0, "1.23457e7"),
        (1e10, "1e10"),
        (123456789012, "123456789012"),
        (0.00012345678, "0.000123457"),
        (0.000012345678, "1.23457e-5"),
        (1.23e-10, "1.23e-10"),
        (-5e-324, "−4.94066e-324"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (np.float32(0.3), "0.3"),
        (float(np.float32(0.3)), "0.3"),
        (np.float32(1) / np.float32(3), "0.333333"),
        (np.int64(1797), "1797"),
    ],
)
def test_six_digits(value, text):
    assert show(value) == text


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        (1, "0.7"),
        (3, "0.667"),
        (9, "0.666666667"),
        (16, "0.6666666666666666"),
        (17, "0.6666666666666666"),
    ],
)
def test_more_or_fewer_digits(digits, text):
    assert show(2 / 3, digits) == text


def test_a_fraction_never_looks_whole():
    assert [show(x, 2) for x in (4231.84, 99.97, 0.996, 7.04)] == ["4231.8", "100.0", "1.0", "7.0"]


def test_zeros_are_written_where_asked_for():
    assert [show(x, 5, zeros=True) for x in (0.5, 7, 0.0)] == ["0.50000", "7.0000", "0"]


def test_notations():
    values = (-1.5e-10, 2.0, -math.inf, math.nan)
    assert [show(x, notation="display") for x in values] == ["−1.5e-10", "2", "−∞", "NaN"]
    assert [show(x, notation="plain") for x in values] == ["-1.5e-10", "2", "-inf", "nan"]
    assert [show(x, notation="latex") for x in values] == [
        r"-1.5\times10^{-10}", "2", r"-\infty", r"\mathrm{NaN}",
    ]  # fmt: skip


@pytest.mark.parametrize("digits", [0, 18, -1])
def test_digits_out_of_range(digits):
    with pytest.raises(OptionError, match=f"digits must be from 1 to 17.*got {digits}"):
        show(1.5, digits)


def test_unknown_notation():
    with pytest.raises(OptionError, match="unknown notation 'latx'; did you mean 'latex'"):
        show(1.5, notation="latx")


@given(FINITE, DIGITS)
def test_what_is_shown_is_the_number_rounded(value, digits):
    shown = Decimal(show(value, digits, notation="plain"))
    # Half a unit of the last digit asked for, or rounding in 32-bit floating point if shorter.
    allowed = Decimal("0.5").scaleb(shown.adjusted() - digits + 1)
    assert abs(shown - Decimal(value)) <= max(allowed, abs(Decimal(value)) * Decimal("5e-7"))
    assert (shown == 0) == (value == 0)


@given(FINITE)
def test_all_digits_tell_floats_apart(value):
    assert float(show(value, 17, notation="plain", zeros=True)) == value


@given(
    st.integers(1, 9999),
    st.integers(1, 8),
    st.sampled_from([0, 1e-16, 4e-16, 3e-8, 2e-7, 1e-6, 1e-4]),
    st.integers(1, 12),
)
def test_fewer_digits_than_asked_for_are_exact(short, places, off, digits):
    value = short / 10**places * (1 + off)
    text = show(value, digits, notation="plain")
    mantissa = text.partition("e")[0].replace(".", "").lstrip("0")
    if len(mantissa) < digits:
        assert abs(float(text) - value) <= 4 * float(np.spacing(np.float32(value)))


@given(st.integers(-(10**7) + 1, 10**7 - 1))
def test_whole_numbers_are_written_in_full(number):
    assert show(float(number), 1, notation="plain") == str(number)


@given(st.floats(-9e6, 9e6), DIGITS)
def test_no_point_means_whole(value, digits):
    text = show(value, digits, notation="plain")
    if "." not in text and "e" not in text:
        assert float(text) == pytest.approx(value, rel=5e-7, abs=0)


@given(FINITE, DIGITS, st.booleans())
def test_notations_show_the_same_digits(value, digits, zeros):
    plain = show(value, digits, zeros=zeros, notation="plain")
    assert show(value, digits, zeros=zeros) == ("−" if value < 0 else "") + plain.lstrip("-")
    latex = show(value, digits, zeros=zeros, notation="latex")
    assert latex.replace(r"\times10^{", "e").rstrip("}") == plain
