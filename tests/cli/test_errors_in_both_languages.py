"""What goes wrong is told in the language asked for, wherever in the library it arose."""

import os
import re

import pytest

from clearprop import lang
from clearprop.cli.root import COMMANDS
from clearprop.data.datasets import idx_sets
from clearprop.errors import DataError
from tests.cli.bad_inputs import CALLS, make_files
from tests.cli.calling import refused, run

HANGUL = re.compile("[가-힣]")
# What is the same in every language: what is quoted, code, paths, options and their values.
SAME = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|\S*[/\\.=_()\[\]<>]\S*|--\S+""")
SENTENCE = re.compile(r"(?:\b[A-Za-z]{2,} +){2,}[A-Za-z]{2,}")


def english(text):
    """Find what is English in a message that should be Korean: three words in a row."""
    return SENTENCE.findall(SAME.sub("", text))


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """One folder of good files and bad ones for all; nothing wrong may change it."""
    before, place = os.getcwd(), tmp_path_factory.mktemp("bad")
    os.chdir(place)
    make_files()
    there = sorted(os.listdir())
    yield place
    assert sorted(os.listdir()) == there
    os.chdir(before)


@pytest.mark.parametrize("call", CALLS)
def test_what_is_wrong_is_told_in_korean(call):
    told = refused(*call.split(), "--lang", "ko")
    assert HANGUL.search(told)
    assert english(told) == []
    assert "{" not in told.replace('{"', "")


@pytest.mark.parametrize("call", CALLS)
def test_what_is_wrong_is_told_in_english(call):
    told = refused(*call.split(), "--lang", "en")
    assert not HANGUL.search(told)
    assert told.strip().endswith((".", "?", "`", ")", "sum_h1,0.3775")), told


def test_what_goes_wrong_midway_is_told_in_korean():
    result = run("train", "iris.csv", "-t", "species", "--hidden", 10**11, "--lang", "ko")
    assert result.exit_code == 2
    assert "메모리" in result.stderr
    assert "0번 층 'dense'" in result.stderr  # and so is the note of where it was
    assert english(result.stderr) == []


def test_what_is_wrong_with_downloading_is_told_in_korean(monkeypatch, tmp_path):
    monkeypatch.setattr(idx_sets, "fetch", _unreachable)
    monkeypatch.setattr(idx_sets, "cache_folder", lambda: tmp_path)
    told = refused("data", "mnist", "--download", "--lang", "ko")
    assert "내려받지 못했습니다" in told
    assert "CLEARPROP_DATA" in told
    assert english(told) == []
    monkeypatch.setenv("CLEARPROP_DATA", "nowhere")
    assert "그런 폴더가 없습니다" in refused("data", "mnist", "--download", "--lang", "ko")


def _unreachable(file, *rest, **more):
    raise DataError(lang.told("fetching.not_downloaded", name=file.name))


def test_every_command_is_called_wrongly():
    assert {call.split()[0] for call in CALLS} >= set(COMMANDS)


@pytest.mark.parametrize(
    "told",
    ["clearprop: nothing is called 'w99' here.", "파일이 없습니다: No such file or directory."],
)
def test_english_is_noticed(told):
    assert english(told)


@pytest.mark.parametrize(
    "told",
    ["clearprop: net.safetensors를 읽을 수 없습니다.", "있는 열: length, width, soil, species.",
     "`clearprop why --help`를 보십시오.", "'one of these things'가 없습니다."],
)  # fmt: skip
def test_what_is_the_same_in_every_language_is_no_english(told):
    assert not english(told)
