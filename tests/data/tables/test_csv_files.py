"""CSV files come back as they were written, in every dialect that people use."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data import MISSING, read_csv
from clearprop.errors import DataError, MemoryLimitError, OptionError
from tests.data.tables.making import PEOPLE, stream, table

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=6)


def tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


@st.composite
def written_tables(draw):
    """Names, rows, and the file that a careful program makes of them."""
    width = draw(st.integers(1, 4))
    names = draw(st.lists(CELLS.filter(tidy), min_size=width, max_size=width, unique_by=tidy))
    row = st.lists(CELLS, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=1, max_size=6).filter(lambda rows: any(map(any, rows))))
    delimiter = draw(st.sampled_from(",;\t|"))
    # Python's own writer does not always quote a lone carriage return.
    returns = any("\r" in cell for row in [names, *rows] for cell in row)
    minimal = not returns and draw(st.booleans())
    file = io.StringIO(newline="")
    writer = csv.writer(
        file,
        delimiter=delimiter,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=csv.QUOTE_MINIMAL if minimal else csv.QUOTE_ALL,
    )
    writer.writerows([names, *rows])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return names, rows, delimiter, file.getvalue().encode(encoding)


@given(case=written_tables())
def test_what_is_written_is_read(case):
    names, rows, delimiter, content = case
    tidied = [[tidy(cell) for cell in row] for row in rows]
    kept = [(number, row) for number, row in enumerate(tidied, start=2) if any(row)]
    if not kept or content.startswith((b"%PDF", b"PAR1")):
        return
    got = read_csv(io.BytesIO(content), delimiter=delimiter)
    assert got.names == [tidy(name) for name in names]
    assert got.rows == [number for number, _ in kept]
    expected = zip(*(row for _, row in kept), strict=True)
    for cells, column in zip(got.columns.values(), expected, strict=True):
        assert cells == [None if cell in {"", *MISSING} else cell for cell in column]


KOREAN = [["이름", "나이", "도시"], ["가영", "31", "서울, 강남"], ["나희", "28", "부산"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_korean_files_of_every_make(encoding, delimiter):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(KOREAN)
    got = table(file.getvalue().encode(encoding))
    assert got.columns == {
        "이름": ["가영", "나희"],
        "나이": ["31", "28"],
        "도시": ["서울, 강남", "부산"],
    }


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b\n1;2,3\n", ","),
        ("a;b\n1,5;2,5\n3,5;4\n", ";"),
        ("a;b,c\n1;2\n3;4\n", ";"),
        ('"a;b",c\n1,2\n', ","),
        ("a\tb\n1, 2\t3\n", "\t"),
        ("text\none, two\n", None),
        ("only\n1\n2\n", ","),
        ("a,b\n1\n", None),
        ('a, "b;c"\n1, "2;3"\n', ","),
    ],
)
def test_the_delimiter_is_the_one_that_divides_all_rows_alike(content, delimiter):
    if delimiter is None:  # then the comma is taken, and the odd row is told of
        with pytest.raises(DataError, match="row 2 has"):
            table(content)
    else:
        assert table(content).columns == table(content, delimiter=delimiter).columns


def test_the_delimiter_is_seen_in_a_file_longer_than_the_sample():
    content = "a;b\n" + "12,5;3,5\n" * 20_000
    assert table(content).names == ["a", "b"]
    one_long_row = "a;b\n1;" + "x" * 70_000 + "\n2;3\n"
    assert table(one_long_row).names == ["a", "b"]


def test_cells_are_tidied_and_missing_ones_known():
    content = 'a, b ,c\n 1 ,"x \ny", NA\n-,n/a,None\n?,N/A,nan\n,null,0\n'
    assert table(content).columns == {
        "a": ["1", None, None, None],
        "b": ["x \ny", None, None, None],
        "c": [None, None, None, "0"],
    }


@pytest.mark.parametrize("word", ["na", "Na", "none", "NAN", "unknown", "--", "0", "없음"])
def test_other_words_are_values(word):
    assert table(f"a,b\n{word},1\n").columns["a"] == [word]


def test_the_words_for_missing_can_be_chosen():
    got = table("a,b\nNA,없음\n", missing=frozenset({"없음"}))
    assert got.columns == {"a": ["NA"], "b": [None]}


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    got = table('\na,b\n1,2\n\n"3\n3",4\n,\n5,6\n')
    assert got.columns == {"a": ["1", "3\n3", "5"], "b": ["2", "4", "6"]}
    assert got.rows == [3, 5, 7]


def test_line_breaks_of_every_system():
    for end in ("\n", "\r\n", "\r"):
        assert table(f"a,b{end}1,2{end}3,4").rows == [2, 3]


def test_a_path_a_text_path_and_a_stream_are_alike(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="cp949")
    for source in (path, str(path), stream(PEOPLE)):
        got = read_csv(source)
        assert got.source == "people.csv"
        assert len(got) == 6
    with path.open("rb") as file:
        assert read_csv(file).source == "people.csv"
    assert read_csv(io.BytesIO(PEOPLE.encode())).source == "the table"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"cannot read '.*none.csv': No such file"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(DataError, match="cannot read"):
        read_csv(tmp_path)


def test_a_file_over_the_limit_is_refused_after_reading_no_more():
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size=-1):
            self.taken += size
            return b"1" * size

    source = Endless()
    with pytest.raises(MemoryLimitError, match="the table is larger than 1,000 bytes"):
        read_csv(source, limit=1000)
    assert source.taken == 1001
    assert len(read_csv(stream(PEOPLE), limit=len(PEOPLE))) == 6


def test_equal_cells_are_one_object():
    got = table("a,b\n" + "some text,1\n" * 3)
    assert len(set(map(id, got.column("a")))) == 1


def test_more_different_cells_than_are_shared():
    content = "a,b\n" + "".join(f"{i},x\n" for i in range(70_000))
    got = table(content)
    assert got.column("a")[-1] == "69999"
    assert got.column("b").count("x") == 70_000


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", " "])
def test_a_delimiter_that_cannot_be_one(delimiter):
    with pytest.raises(OptionError, match="delimiter must be one character"):
        table(PEOPLE, delimiter=delimiter)


def test_a_text_stream_is_refused():
    with pytest.raises(OptionError, match=r"open as text; open it in binary mode \('rb'\)"):
        read_csv(io.StringIO(PEOPLE))
