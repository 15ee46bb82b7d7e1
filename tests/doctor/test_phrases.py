"""The lines of derivations and the names of forward passes are said in Korean, formulas aside."""

import re

import pytest

from clearprop.doctor.catalogue import by_id
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES
from clearprop.doctor.phrases import in_words
from clearprop.lang.catalogue import words

# What stands in formulas and in code, in every language.
SYMBOLS = re.compile(
    r"softmax|mask|mean|relu|leaky|max|tanh|exp|log|sum|dout|padded|x̂|argmax|elu|sigmoid|δ"
)


def english_in(text):
    """What is left of English words in a text that should be Korean."""
    return re.findall(r"[a-z]{3,}", SYMBOLS.sub("", text))


@pytest.mark.parametrize("name", sorted(by_id()))
def test_lines_of_the_catalogue(name):
    line = by_id()[name].line
    assert not english_in(in_words(line, "ko")), line
    assert in_words(line, "en") == line


@pytest.mark.parametrize("loss", [link.name for link in (*LOSSES, *LOSSES_OF_SHARES)])
def test_losses(loss):
    assert not english_in(in_words(loss, "ko")), loss


def test_a_phrase_that_is_not_in_the_book_is_found():
    assert english_in(in_words("δ of the layer before", "ko"))


def test_the_longest_phrase_counts():
    said = in_words("convolution → softmax over the batch with cross-entropy, mean", "ko")
    assert said == "합성곱 → 배치에 대한 소프트맥스와 교차 엔트로피, 평균"
    assert in_words("summit → meaning", "ko") == "summit → meaning"


def test_every_line_of_the_book_is_a_line_of_the_catalogue():
    lines = {mistake.line for mistake in by_id().values()}
    whole = [entry["en"] for entry in words("derivations").values()]
    assert not [line for line in whole if re.search("[∂σδ=]", line) and line not in lines]
