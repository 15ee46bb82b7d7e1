"""Answers as they come in files: names in any writing, and what cannot be read is said."""

import pytest

from clearprop.errors import DataError, FormatError
from clearprop.explain.answers import read_answers, template

NAMES = ["sum_h1", "h1", "E", "E1", "dE/dw5", "delta_o1", "w5+"]


@pytest.mark.parametrize(
    "text",
    [
        "sum_h1,0.3775\nh1,0.593\n",
        "name,answer\nsum_h1,0.3775\nh1,0.593\n",
        "이름,답\r\nsum_h1,0.3775\r\nh1,0.593\r\n",
        "\ufeffname;answer\nsum_h1;0.3775\nh1;0.593\nE;\n",
        "sum_h1\t0.3775\nh1\t 0.593\n\n",
        '{"sum_h1": "0.3775", "h1": "0.593", "E": null}',
        '{"sum_h1": 0.3775, "h1": 0.593}',
        '{"answers": {"SUM_H1": "0.3775", "h1": "0.593", "E": ""}}',
    ],
)
def test_they_are_read_however_they_are_written(text):
    assert read_answers(text, "answers", NAMES) == {"sum_h1": "0.3775", "h1": "0.593"}


def test_mathematical_letters_are_read():
    text = "∂E/∂w5,0.1\nδ_o1,−0.2\nw5⁺,0.3\n"
    found = read_answers(text, "answers.csv", NAMES)
    assert found == {"dE/dw5": "0.1", "delta_o1": "−0.2", "w5+": "0.3"}


def test_a_decimal_comma_stands_between_semicolons():
    assert read_answers("h1;0,593\n", "answers.csv", NAMES) == {"h1": "0,593"}


def test_a_template_is_empty():
    text = template(NAMES)
    assert text.splitlines()[:2] == ["name,answer", "sum_h1,"]
    assert read_answers(text, "answers.csv", NAMES) == {}


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", DataError, "has no answers"),
        ("name,answer\n", DataError, "has no answers"),
        ("h1,0.5\nh7,0.5\n", DataError, r"line 2: the sheet asks for no 'h7'. Did you mean 'h1'"),
        ("h1,0.5\nh1,0.6\n", DataError, "line 2: 'h1' is answered twice"),
        ("h1,0,593\n", DataError, "decimal comma"),
        ("h1\n", DataError, "line 1: expected a name and an answer"),
        ('h1,"0.5\n', DataError, "line"),
        ('{"h1": [1]}', DataError, "is no number"),
        ('{"h1": true}', DataError, "is no number"),
        ("[1, 2]", DataError, "expected an object"),
        ('{"h1": 1', FormatError, "no JSON"),
        ('{"h1": 1, "h1": 2}', FormatError, "twice"),
        ("\n".join(["h1,1"] * 3000), DataError, "twice"),
    ],
)
def test_what_cannot_be_read_is_said(text, error, words):
    with pytest.raises(error, match=words):
        read_answers(text, "answers.csv", NAMES)
