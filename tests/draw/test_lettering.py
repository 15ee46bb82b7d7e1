"""Text in pictures: widths, cuts, and numbers that are true as printed."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.lettering import fit, text_width, wrap
from clearprop.draw.numerals import percent, shown, sum_shown


@given(st.text(max_size=60), st.floats(20, 300), st.booleans())
def test_what_is_fitted_fits(words, width, bold):
    cut = fit(words, width, bold=bold)
    assert text_width(cut, bold=bold) <= width
    assert cut == words or cut.endswith("…")


@given(st.text(max_size=200), st.floats(20, 300))
def test_wrapped_lines_fit_and_nothing_that_fits_is_lost(words, width):
    lines = wrap(words, width)
    assert all(text_width(line) <= width for line in lines)
    if all(text_width(word) <= width for word in words.split()):
        assert " ".join(lines).split() == words.split()


def test_hangul_is_as_wide_composed_as_not():
    word = "가중치"
    assert text_width(unicodedata.normalize("NFD", word)) == text_width(word) == 36.0


def test_bold_is_wider():
    assert text_width("loss", bold=True) > text_width("loss")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-3.0, "−3"),
        (0.5, "0.5"),
        (0.138498562, "0.1385"),
        (-1e-7, "−1e−7"),
        (123456.0, "1.235e5"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (-float("inf"), "−∞"),
    ],
)
def test_numbers(value, words):
    assert shown(value) == words


@given(st.floats(-1e300, 1e300))
def test_a_number_shown_is_near_the_number(value):
    read = float(shown(value).replace("−", "-"))
    assert abs(read - value) <= 5.1e-4 * abs(value) + 1e-322


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_percent_never_says_none_of_some_or_all_of_less(part, whole):
    share = min(part, whole) / whole
    words = percent(share)
    assert (words == "0 %") == (share == 0)
    assert (words == "100 %") == (share == 1)


def _read(words: str) -> Decimal:
    return Decimal(words.replace("−", "-"))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_a_printed_sum_is_true_or_says_that_it_is_rounded(parts):
    written, relation, total = sum_shown(parts)
    exact = sum(map(_read, written)) == _read(total)
    assert exact == (relation == "=")


def test_one_digit_more_is_taken_before_a_sum_is_called_rounded():
    assert sum_shown([0.00045, 0.00045], digits=1)[1] == "="
    assert sum_shown([1 / 3, 1 / 3, 1 / 3], digits=2) == (["+0.33"] * 3, "≈", "1.00")
