"""Notes are said in both languages, whatever they hold."""

import pytest

from clearprop.data import Note
from clearprop.data.tables.notes import listed
from clearprop.errors import OptionError
from clearprop.lang import in_language
from clearprop.lang.words_data import WORDS

VALUES = {"columns": ("나이", "b"), "column": "'나이'", "n": 3, "row": 7, "value": "'x'"}


NOTES = sorted(name for name, entry in WORDS.items() if "{column" in entry["en"])


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("key", NOTES)
def test_every_message_can_be_said(key, lang):
    words = Note(key, VALUES).in_words(lang)
    assert words.endswith(("다.", "오.") if lang == "ko" else ".")
    assert "나이" in words
    assert "{" not in words


def test_the_language_is_the_users_by_default(monkeypatch):
    note = Note("left_out_empty", {"columns": ("b",)})
    assert str(note) == "Left out, no value in any row: 'b'."
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert str(note) == "'b' 열은 값이 하나도 없어 제외했습니다."


def test_long_lists_are_cut_honestly():
    names = tuple("abcdefgh")
    assert listed(names) == "'a', 'b', 'c', 'd', 'e' and 3 more"
    assert in_language(listed(names), "ko") == "'a', 'b', 'c', 'd', 'e' 외 3개"
    assert listed(names[:5]) == "'a', 'b', 'c', 'd', 'e'"


def test_a_note_that_nobody_wrote():
    with pytest.raises(OptionError, match="left_out_empty"):
        Note("left_out_emty").in_words("en")
