"""Text comes out alike whatever wrote it: UTF-8, CP949, a spreadsheet, a Mac."""

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data.tables.decoding import decode
from clearprop.errors import DataError, OptionError

HANGUL = "이름,나이\n가영,31\n뷁,0\n"


@pytest.mark.parametrize(
    "content",
    [
        HANGUL.encode(),
        HANGUL.encode("utf-8-sig"),
        HANGUL.encode("cp949"),
        HANGUL.encode("utf-16"),
        codecs.BOM_UTF16_BE + HANGUL.encode("utf-16-be"),
        unicodedata.normalize("NFD", HANGUL).encode(),
    ],
    ids=["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-be", "decomposed"],
)
def test_encodings_are_seen(content):
    assert decode(content, "file") == HANGUL


def test_the_ruler_knows_decomposed_text():
    assert unicodedata.normalize("NFD", HANGUL) != HANGUL


@given(text=st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda t: t[0] != "\ufeff"))
def test_any_utf_8_is_read(text):
    if not text.startswith(("PK\x03\x04", "%PDF", "PAR1")):
        assert decode(text.encode(), "file") == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("latin-1", "café".encode("latin-1")),
        ("CP949", HANGUL.encode("cp949")),
        ("utf8", HANGUL.encode("utf-8-sig")),
        ("euc-kr", "가".encode("euc-kr")),
    ],
)
def test_an_encoding_that_is_named_is_used(encoding, content):
    assert not decode(content, "file", encoding=encoding).startswith("\ufeff")


def test_a_named_encoding_is_not_given_up_for_another():
    with pytest.raises(DataError, match=r"as UTF-8 it breaks at line 1 \(byte 0xb0, offset 0\)"):
        decode("가".encode("cp949"), "file", encoding="utf-8")


def test_the_place_is_counted():
    content = "첫째,줄\n둘째,줄\n".encode("cp949") + b"\xff\xff\n"
    with pytest.raises(DataError) as caught:
        decode(content, "file")
    message = str(caught.value)
    assert "as UTF-8 it breaks at line 1 (byte 0xc1, offset 5)" in message
    assert "as CP949 it breaks at line 3 (byte 0xff, offset 16)" in message


def test_an_encoding_that_python_does_not_know():
    with pytest.raises(OptionError, match="unknown encoding 'utf-9'"):
        decode(b"", "file", encoding="utf-9")
