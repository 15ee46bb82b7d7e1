"""JSON that nobody vouches for."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.errors import FormatError
from clearprop.io.strict_json import DEEPEST, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)  # fmt: skip


@given(VALUES)
def test_what_python_writes_is_read(value):
    assert read_json(json.dumps(value), "it") == value


def test_bytes_are_utf_8():
    assert read_json('{"이름": "가영"}'.encode(), "it") == {"이름": "가영"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is no JSON"),
        ("{", "it is no JSON"),
        ("[1,]", "it is no JSON"),
        ("{} {}", "it is no JSON: it breaks at line 1, column 4."),
        (b"\xff{}", "it is no UTF-8 text (byte 0)"),
        ('{"a": 1, "b": 2, "a": 3}', "it names 'a' twice"),
        ('[{"inner": {"x": 1, "x": 1}}]', "it names 'x' twice"),
        ("[NaN]", "it holds NaN"),
        ("[-Infinity]", "it holds -Infinity"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "it is nested more than 64 deep"),
        ("[" * 1_000_000, "it is nested more than 64 deep"),
        ('{"a":' * 1_000_000, "it is nested more than 64 deep"),
        ("9" * 10_000, "it is no JSON"),
        ('{"' + "k" * 1000 + '": 1, "' + "k" * 1000 + '": 1}', "k…' twice"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_wrong_is_said(text, words):
    with pytest.raises(FormatError) as caught:
        read_json(text, "it")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 200


def test_brackets_in_texts_are_not_counted():
    texts = ["[" * 100, '\\"[[[' * 50, "]"]
    assert read_json(json.dumps(texts), "it") == texts


@pytest.mark.parametrize("unit", ['\\"', '"', "\\", '["', '"a",'])
def test_time_grows_with_length_alone(unit):
    start = time.perf_counter()
    with pytest.raises(FormatError):
        read_json("[" + unit * 400_000, "it")
    assert time.perf_counter() - start < 3
