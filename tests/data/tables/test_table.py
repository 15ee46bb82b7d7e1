"""A table knows its columns, its rows' numbers, and how to say where a cell is."""

import pytest

from clearprop.data import Table
from clearprop.errors import DataError
from tests.data.tables.making import PEOPLE, table


def test_rows_are_taken_with_their_numbers():
    got = table(PEOPLE).take([4, 0, 2])
    assert got.rows == [6, 2, 4]
    assert got.column("age") == ["52", "31", None]
    assert got.source == "people.csv"
    assert got.names == ["name", "age", "city", "income", "buys"]


def test_a_cell_has_a_place():
    assert table(PEOPLE).take([4]).place("city", 0) == "people.csv, row 6, column 'city'"


def test_a_column_that_is_not_there():
    with pytest.raises(DataError, match=r"no column 'Age'; did you mean 'age'\? Its columns are"):
        table(PEOPLE).column("Age")
    with pytest.raises(DataError, match=r"^table has no column ''. Its"):
        Table({"a": []}, []).column("")
