"""What is said of files that cannot be used, all in one golden file to be read and judged."""

import pytest

from tests.data.tables.hostile import GOLDEN, PREDICT, READ, TRAIN, cases, report, said


def test_what_is_said_is_what_was_judged():
    assert report() == GOLDEN.read_text(encoding="utf-8")


CASES = dict(cases())


@pytest.mark.parametrize("name", CASES)
def test_each_message_names_the_file_and_ends_as_a_sentence(name):
    message = said(CASES[name])
    assert "people.csv" in message or message.startswith("OptionError")
    assert message.endswith((".", "?"))


def test_every_case_is_there():
    assert len(CASES) == len(READ) + len(TRAIN) + len(PREDICT)


def test_a_case_without_an_error_is_noticed():
    with pytest.raises(AssertionError, match="no error was raised"):
        said(lambda: None)
