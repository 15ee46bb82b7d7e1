"""The catalogue: whole, well formed, and quick to load."""

import re
import subprocess
import sys

import pytest

from clearprop.errors import OptionError
from clearprop.lang import say
from clearprop.lang.catalogue import words
from clearprop.lang.check import families, faults

GOOD = {"en": "{name}: {count:weight|weights}", "ko": "{name:은} 가중치 {count}개"}
BROKEN = {
    "a language is missing": {"en": "loss"},
    "a language is empty": {"en": "loss", "ko": " "},
    "a language too many": {"en": "loss", "ko": "손실", "fr": "perte"},
    "a placeholder is missing": {"en": "{name} is {value}", "ko": "{name:은} 값입니다"},
    "a placeholder is misspelt": {"en": "{name}", "ko": "{nmae:은}"},
    "a particle as after a vowel": {"en": "{name}", "ko": "{name:는}"},
    "a particle that is none": {"en": "{name}", "ko": "{name:.3f}"},
    "a Korean particle in English": {"en": "{name:은}", "ko": "{name:은}"},
    "an English plural in Korean": {"en": "{count:row|rows}", "ko": "{count:행|행들}"},
    "half a plural": {"en": "{count:row|}", "ko": "{count}행"},
    "a position": {"en": "{0}", "ko": "{0}"},
    "an attribute": {"en": "{name.real}", "ko": "{name.real}"},
    "a conversion": {"en": "{name!r}", "ko": "{name!r}"},
    "an open brace": {"en": "{name", "ko": "{name}"},
}


@pytest.mark.parametrize("family", families())
def test_the_catalogue_has_no_fault(family):
    assert words(family)
    assert list(faults(words(family))) == []


def test_a_good_message_has_no_fault():
    assert list(faults({"good": GOOD})) == []


@pytest.mark.parametrize("flaw", BROKEN)
def test_a_broken_message_is_found(flaw):
    assert list(faults({"good": GOOD, "bad": BROKEN[flaw]}))


@pytest.mark.parametrize("family", families())
def test_korean_is_korean_and_english_is_not(family):
    for name, entry in words(family).items():
        words_alone = re.sub(r"{.*?}", "", entry["ko"])
        assert re.search("[가-힣]", words_alone) or not re.search("[a-z]{3}", words_alone), name
        assert not re.search("[가-힣]", entry["en"]), name


def test_values_bend_the_words_around_them():
    assert say("explain.is", "ko", name="h1", value="0.59") == "h1은 0.59입니다."
    assert say("explain.is", "ko", name="w5", value="0.4") == "w5는 0.4입니다."
    assert say("train.epochs", "en", count=1) == "1 epoch"
    assert say("train.epochs", "en", count=20) == "20 epochs"


def test_a_sentence_of_level_one_reads_naturally():
    values = {"name": "dense_1/kernel[0,2]", "step": "0.01", "loss": "손실", "change": "0.000822"}
    assert say("explain.raises", "ko", **values) == (
        "dense_1/kernel[0,2]를 0.01만큼 올리면 손실이 약 0.000822만큼 커집니다."
    )
    assert say("explain.lowers", "en", **values | {"loss": "the loss"}) == (
        "Raising dense_1/kernel[0,2] by 0.01 would lower the loss by about 0.000822."
    )


def test_braces_in_a_value_are_only_text():
    assert say("explain.is", "en", name="{value}", value="{}") == "{value} is {}."


def test_the_language_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("CLEARPROP_LANG", "ko")
    assert say("explain.loss") == "손실"


def test_wrong_calls_say_what_is_wrong():
    with pytest.raises(OptionError, match=r"did you mean 'explain.gradient'\?"):
        say("explain.gradeint")
    with pytest.raises(OptionError, match=r"unknown family of messages 'explian'.*'explain'"):
        say("explian.loss")
    with pytest.raises(
        OptionError, match=r"'explain.is' needs a value for 'value'; got \['name'\]"
    ):
        say("explain.is", "en", name="w5")


def test_importing_it_loads_no_words_and_no_rich():
    # The package itself is kept out, so that what this part loads is seen alone.
    program = """
import sys, types
package = types.ModuleType("clearprop")
package.__path__ = [sys.argv[1]]
sys.modules["clearprop"] = package
import clearprop.lang
print(*sorted({"rich", "clearprop.lang.words_explain"} & set(sys.modules)))
clearprop.lang.say("explain.is", "en", name="w5", value="1")
print(*sorted({"rich", "clearprop.lang.words_explain"} & set(sys.modules)))
"""
    source = sys.modules["clearprop"].__path__[0]
    run = subprocess.run(
        [sys.executable, "-c", program, source], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["", "clearprop.lang.words_explain"]
