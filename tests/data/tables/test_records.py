"""The fast ways of reading tables give what the careful ways give, or stand aside."""

import csv
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clearprop.data.tables import records
from clearprop.data.tables.cells import number, numbers
from clearprop.data.tables.progress import watched
from clearprop.data.tables.records import any_columns, plain_columns
from clearprop.errors import DataError

# What may confuse: delimiters, quotes, breaks, spaces of all kinds, nothing.
CELLS = st.text(alphabet=string.digits + 'ab,;"\n\r \t\xa0\u3000\x1f\0가', max_size=4)
WILD = st.text(alphabet='ab1,;"\n\r \t\xa0\u3000\x0b\x1c\x85\0가', max_size=40)


def careful(text, delimiter):
    try:
        return any_columns(text, delimiter, "t.csv")
    except DataError:
        return None


@given(WILD, st.sampled_from(",;\t"))
@example("a,b\n1,2\n", ",")
@example("a,b\r\n1,2\r\n\r\n3,4", ",")
@example("a,b\n , \n3,4\n", ",")
@example("a\tb\n1\t\n\t2\n", "\t")
@example("a\n1\x0b2\n", ",")
def test_text_taken_apart_fast_is_text_taken_apart(text, delimiter):
    fast = plain_columns(text, delimiter)
    if fast is not None:
        assert fast == careful(text, delimiter)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_tables_are_read_alike(rows):
    text = "\n".join(",".join(row) for row in [["x", "y"], *rows])
    fast = plain_columns(text, ",")
    if fast is not None:
        assert fast == careful(text, ",")


def test_most_tables_are_read_fast():
    text = "나이,b\n" + "31, x \n\n,\n45,y\n" * 3
    assert plain_columns(text, ",") == careful(text, ",")
    assert plain_columns(text, ",").rows == [2, 5, 6, 9, 10, 13]


def test_a_cell_beyond_all_measure_is_left_to_the_careful_way():
    long = "x" * (csv.field_size_limit() + 1)
    assert plain_columns(f"a,b\n1,{long}\n", ",") is None


def test_a_fast_way_that_errs_is_found(monkeypatch):
    """Were spaces kept, it would be seen."""
    broken = records.Columns(["a"], [[" 1"]], [2])
    assert broken != careful("a\n 1\n", ",")


NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.text(alphabet="0123456789+-.eE", max_size=7),
    st.text(alphabet="0123456789,_% nai\n٣", max_size=5),
    st.sampled_from(["007", "-0", "+0.5", "00", "0e5", "1e00001", "1e9999", "-1e9999", "", "."]),
)


@given(st.lists(NUMBERS, max_size=6), st.booleans())
@example(["1\n2"], False)
@example(["1", "007"], False)
@example(["-00.5"], False)
@example(["1e12345"], False)
@example(["0"], False)
@example([], False)
def test_many_numbers_are_read_as_one_is(cells, percent):
    assert numbers(cells, percent=percent) == [number(cell, percent=percent) for cell in cells]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False).map(repr), min_size=1))
def test_plain_numbers_are_exact(cells):
    assert numbers(cells) == list(map(float, cells))


@pytest.mark.parametrize("done", [1, 3])
def test_progress_is_told_to_the_end(done):
    told = []
    assert list(watched(range(done), told.append)) == list(range(done))
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert list(watched([1], None)) == [1]
