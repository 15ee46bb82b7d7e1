"""Text in terminal cells."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.errors import OptionError
from clearprop.lang import align, cells, columns, truncate

LETTERS = st.text("ab가중치δσ∂×≈−…é漢 ", max_size=30)


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("", 0),
        ("weight", 6),
        ("가중치", 6),
        (unicodedata.normalize("NFD", "가중치"), 6),
        (unicodedata.normalize("NFD", "é"), 1),
        ("x\u0304", 1),
        ("∂E/∂w5 ≈ −0.08", 14),
        ("ReLU가 꺼져", 11),
        ("漢字", 4),
    ],
)
def test_cells(text, wide):
    assert cells(text) == wide


@given(LETTERS, st.integers(0, 40), st.sampled_from("<>^"))
def test_align_fills_up_and_never_cuts(text, width, side):
    aligned = align(text, width, side)
    assert cells(aligned) == max(width, cells(text))
    assert text in aligned


def test_align_puts_text_where_asked():
    assert [align("손실", 7, side) for side in "<>^"] == ["손실   ", "   손실", " 손실  "]
    with pytest.raises(OptionError, match="unknown side 'left'"):
        align("손실", 7, "left")


@given(LETTERS, st.integers(1, 40))
def test_truncate_fits_and_keeps_the_beginning(text, width):
    cut = truncate(text, width)
    assert cells(cut) <= width
    assert cut == text if cells(text) <= width else text.startswith(cut.removesuffix("…"))


def test_truncate_does_not_split_a_wide_letter_or_drop_an_accent():
    assert truncate("순전파와", 7) == "순전파…"
    assert truncate("순전파와", 6) == "순전…"
    assert truncate("e\u0301tude", 3) == "e\u0301t…"
    assert truncate("역전파", 4, end="") == "역전"
    with pytest.raises(OptionError, match="takes 3 cells, more than width 2"):
        truncate("weight", 2, end="...")


def test_columns_line_up_with_hangul():
    lines = columns([["이름", "값"], ["weight", "0.25"], ["편향", "−1"]], "<>")
    assert lines == ["이름      값", "weight  0.25", "편향      −1"]
    assert {cells(line) for line in lines} == {12}
    assert columns([]) == []
