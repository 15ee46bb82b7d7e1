"""What is said of files that cannot be used, all in golden files to be read and judged."""

import re

import pytest

from clearprop.lang import LANGUAGES
from tests.data.tables.hostile import PREDICT, READ, TRAIN, cases, golden, report, said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_said_is_what_was_judged(lang):
    assert report(lang) == golden(lang).read_text(encoding="utf-8")


CASES = dict(cases())


@pytest.mark.parametrize("name", CASES)
def test_each_message_names_the_file_and_ends_as_a_sentence(name):
    message = said(CASES[name])
    assert "people.csv" in message or message.startswith("OptionError")
    assert message.endswith((".", "?"))


@pytest.mark.parametrize("name", CASES)
def test_each_message_is_korean_for_koreans(name):
    message = said(CASES[name], "ko").partition(": ")[2]
    assert re.search("[가-힣]", re.sub(r"'[^']*'", "", message))
    assert message.endswith((".", "?"))


def test_every_case_is_there():
    assert len(CASES) == len(READ) + len(TRAIN) + len(PREDICT)


def test_a_case_without_an_error_is_noticed():
    with pytest.raises(AssertionError, match="no error was raised"):
        said(lambda: None)
