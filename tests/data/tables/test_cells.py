"""What a cell means, at the edges where it is easily mistaken."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data.tables.cells import category, has_decimal_comma, is_date, number, written

NUMBERS = {
    "0": 0.0,
    "-0": 0.0,
    "+7": 7.0,
    "3.14": 3.14,
    "3.": 3.0,
    ".5": 0.5,
    "-.5": -0.5,
    "0.50": 0.5,
    "1e3": 1000.0,
    "1.5E-3": 0.0015,
    "1,234": 1234.0,
    "-12,345,678.9": -12345678.9,
    "12345": 12345.0,
    "1e-999": 0.0,
}
NO_NUMBERS = [
    *("", " ", "+", ".", "-.", "e3", "1e", "1e+", "1.2.3", "--1", "1-2", "1 000", " 1", "1\n"),
    *("nan", "NaN", "inf", "-Infinity", "1e999", "-1e400", "0x10", "1_000", "1j", "True"),
    *("007", "01", "00.5", "-01", "1,23", "1,2345", "0,123", ",123", "1,234,56", "12,34,567"),
    *("１２", "٣", "½", "²", "1%", "$5", "₩1,000", "5kg", "1/2"),
]


@pytest.mark.parametrize(("cell", "value"), NUMBERS.items())
def test_numbers(cell, value):
    assert number(cell) == value
    assert number(cell + "%") is None
    assert number(cell + "%", percent=True) == value
    assert number(cell, percent=True) is None


@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_no_numbers(cell):
    assert number(cell) is None


def test_percent_signs_stand_once_at_the_end():
    assert number("12.5 %", percent=True) == 12.5
    for cell in ("%", "%5", "5%%", "5%a"):
        assert number(cell, percent=True) is None


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read(value):
    assert number(repr(value)) == value


@given(value=st.integers(-(10**15), 10**15))
def test_thousands_are_read(value):
    assert number(f"{value:,}") == value


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_written_numbers_are_the_same_number(value):
    assert float(written(value)) == value
    assert written(value) == written(float(written(value)))


def test_numbers_are_written_in_one_way():
    assert [written(number(cell)) for cell in ("1", "1.0", "+1", "1e0", "1.00")] == ["1"] * 5
    assert written(-0.0) == "0"
    assert math.isclose(float(written(1e300)), 1e300)
    assert len(written(1e300)) < 10


@pytest.mark.parametrize("cell", ["true", "TRUE", "True", "tRuE"])
def test_truth_has_one_spelling(cell):
    assert category(cell) == "true"
    assert category(cell + "!") == cell + "!"


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-03-01", "2024/3/1", "2024.03.01", "2024-03", "01.03.2024", "3/1/24"),
        *(
            "2024년 3월 1일",
            "2024년 3월",
            "2024년3월1일",
            "2024-03-01 12:30",
            "2024-03-01T12:30:00Z",
        ),
        *("12:30", "9:05:59", "12:30 PM", "2024.03.01."),
    ],
)
def test_dates(cell):
    assert is_date(cell)


@pytest.mark.parametrize(
    "cell", ["2024", "3.14", "1-2", "010-1234-5678", "A-1", "192.168.0.1", "v1.2.3", "12:3", "서울"]
)
def test_no_dates(cell):
    assert not is_date(cell)


def test_decimal_commas():
    assert [cell for cell in ("1,5", "-0,25", "1,2345", "1,234", "1,", ",5", "a,5") if
            has_decimal_comma(cell)] == ["1,5", "-0,25", "1,2345"]  # fmt: skip
