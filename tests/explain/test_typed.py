"""Numbers as they are typed: values, digits, and the band that rounding leaves."""

import pytest

from clearprop.errors import OptionError
from clearprop.explain.typed import typed


@pytest.mark.parametrize(
    ("text", "value", "half", "digits"),
    [
        ("0.7414", 0.7414, 0.00005, 4),
        ("0.74140", 0.7414, 0.000005, 5),
        ("-0.50", -0.5, 0.005, 2),
        ("−0.50", -0.5, 0.005, 2),
        ("1.5e-3", 0.0015, 0.00005, 2),
        ("0,25", 0.25, 0.005, 2),
        (" .5 ", 0.5, 0.05, 1),
        ("7", 7.0, 0.0, 1),
        ("0", 0.0, 0.0, 1),
        (0.7414, 0.7414, 0.00005, 4),
        (7.0, 7.0, 0.0, 1),
        (7, 7.0, 0.0, 1),
        (1e-07, 1e-7, 0.5e-7, 1),
    ],
)
def test_a_number_has_the_digits_it_is_written_with(text, value, half, digits):
    found = typed(text)
    assert found.value == value
    assert found.half == pytest.approx(half)
    assert found.digits == digits


def test_the_band_is_that_of_rounding():
    found = typed("0.7414")
    assert found.fits(0.74135)
    assert found.fits(0.741449)
    assert not found.fits(0.741451)
    assert not found.fits(0.741349)
    assert found.fits(0.7416, slack=0.0002)
    assert typed("7").fits(7.0 + 1e-12)
    assert not typed("7").fits(7.15)


def test_cutting_off_is_told_from_rounding():
    assert typed("0.0821").is_cut_off(0.082167)
    assert typed("-0.0821").is_cut_off(-0.082167)
    assert not typed("0.0822").is_cut_off(0.082167)  # rounded
    assert not typed("0.0821").is_cut_off(0.0822)  # another digit
    assert not typed("0.0821").is_cut_off(-0.082167)


@pytest.mark.parametrize(
    "text", ["", "abc", "nan", "inf", "1e999", "1/2", "0x10", "1.2.3", "--1", "1_000", "9" * 70]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(OptionError, match="expected a"):
        typed(text)


def test_a_float_that_is_not_finite_is_refused():
    with pytest.raises(OptionError, match="number"):
        typed(float("nan"))
