"""Texts as numbers: as Keras makes them, and right for Korean."""

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from clearprop.data import TextVectorization
from clearprop.data.text import compose, decompose
from clearprop.errors import (
    DataError,
    DTypeError,
    FormatError,
    MemoryLimitError,
    OptionError,
    ShapeError,
    StateError,
)

# Keras's layer needs TensorFlow, which the tests do without: what it gave is written down.
RECORDED = json.loads(Path(__file__).with_name("keras_text.json").read_text(encoding="utf-8"))


def settings_of(case):
    return {k: tuple(v) if isinstance(v, list) else v for k, v in case["settings"].items()}


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: str(case["settings"]))
def test_vocabulary_and_numbers_are_keras_s(case):
    vectorize = TextVectorization(**settings_of(case))
    vectorize.adapt(RECORDED["learnt"])
    assert vectorize.get_vocabulary() == case["vocabulary"]
    numbers = vectorize(RECORDED["asked"])
    assert numbers.shape == np.shape(case["numbers"])
    np.testing.assert_allclose(numbers, case["numbers"], rtol=1e-6)


def test_the_recorded_cases_tell_settings_apart():
    assert len(RECORDED["cases"]) == 17
    assert len({str(case["vocabulary"]) + str(case["numbers"]) for case in RECORDED["cases"]}) == 17


# -- Korean ----------------------------------------------------------------------------------------

KOREAN = ["한글은 쉽다", "한국어는 재미있다", "쉽다 쉽다"]


@pytest.mark.parametrize("jamo", [False, True])
@pytest.mark.parametrize("split", ["whitespace", "character"])
def test_the_same_word_is_one_word_however_it_is_encoded(split, jamo):
    vectorize = TextVectorization(split=split, jamo=jamo)
    vectorize.adapt(KOREAN)
    composed, decomposed = (
        vectorize([unicodedata.normalize(form, text) for text in KOREAN]) for form in ("NFC", "NFD")
    )
    np.testing.assert_array_equal(composed, decomposed)
    assert (composed != 1).all()  # each is known
    learnt_otherwise = TextVectorization(split=split, jamo=jamo)
    learnt_otherwise.adapt([unicodedata.normalize("NFD", text) for text in KOREAN])
    assert learnt_otherwise.get_vocabulary() == vectorize.get_vocabulary()


def test_words_are_counted_whole():
    vectorize = TextVectorization()
    vectorize.adapt(KOREAN)
    assert vectorize.get_vocabulary() == ["", "[UNK]", "쉽다", "한글은", "한국어는", "재미있다"]
    assert vectorize(["쉽다 어렵다", "한글은"]).tolist() == [[2, 1], [3, 0]]


def test_characters_are_syllables_or_letters():
    syllables = TextVectorization(split="character")
    syllables.adapt(["가각"])
    assert syllables.get_vocabulary() == ["", "[UNK]", "각", "가"]
    letters = TextVectorization(split="character", jamo=True)
    letters.adapt(["가각"])
    kiyeok, a, final = decompose("각")
    assert letters.get_vocabulary() == ["", "[UNK]", a, kiyeok, final]
    assert letters(["가각 나"]).tolist() == [[3, 2, 3, 2, 4, 1, 1, 2]]
    assert compose("".join(letters.get_vocabulary()[i] for i in (3, 2, 4))) == "각"


def test_every_syllable_is_made_of_67_letters():
    every = [chr(code) for code in range(ord("가"), ord("힣") + 1)]
    assert len(every) == 11172
    assert all(compose(decompose(syllable)) == syllable for syllable in every)
    assert len({letter for syllable in every for letter in decompose(syllable)}) == 67


@pytest.mark.parametrize("text", ["ㅋㅋㅋ", "café", "Ωμέγα", "漢字", "A가B", "", "👩‍👩‍👧"])
def test_other_letters_stay_as_they_are(text):
    assert compose(decompose(text)) == unicodedata.normalize("NFC", text)
    assert len(decompose("ㅋ")) == 1


# -- vocabularies ----------------------------------------------------------------------------------


def test_a_vocabulary_can_be_given():
    vectorize = TextVectorization(vocabulary=["b", "a"])
    assert vectorize.get_vocabulary() == ["", "[UNK]", "b", "a"]
    assert vectorize.get_vocabulary(include_special_tokens=False) == ["b", "a"]
    assert vectorize.vocabulary_size() == 4
    again = TextVectorization(vocabulary=vectorize.get_vocabulary())
    assert again("a b c").tolist() == vectorize("a b c").tolist() == [3, 2, 1]


def test_rarities_can_be_given():
    vectorize = TextVectorization(output_mode="tf_idf")
    vectorize.set_vocabulary(["a", "b"], idf_weights=[0.5, 1.5])
    np.testing.assert_allclose(vectorize("a b b c"), [1.0, 0.5, 3.0])
    other = TextVectorization(output_mode="tf_idf")
    other.set_vocabulary(["[UNK]", "a", "b"], idf_weights=[4.0, 0.5, 1.5])
    np.testing.assert_allclose(other("a b b c"), [4.0, 0.5, 3.0])


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        ({}, (["a", "a"],), "has 'a' more than once"),
        ({}, ([],), "is empty"),
        ({}, (["a", ""],), "the empty text"),
        ({"max_tokens": 3}, (["a", "b"],), "2 tokens, and 2 special ones; max_tokens is 3"),
        ({}, ("words.txt",), "read_text"),
        ({}, (["a"], [0.5]), "is the only one with idf_weights"),
        ({"output_mode": "tf_idf"}, (["a"],), "needs idf_weights"),
        ({"output_mode": "tf_idf"}, (["a"], [0.5, 1.0]), "a finite number for each of the 1"),
        ({"output_mode": "tf_idf"}, (["a"], [float("nan")]), "a finite number"),
    ],
)
def test_a_vocabulary_that_is_none_is_refused(settings, arguments, words):
    with pytest.raises(OptionError, match=words):
        TextVectorization(**settings).set_vocabulary(*arguments)


def test_it_learns_from_batches_and_forgets_what_it_knew():
    vectorize = TextVectorization()
    vectorize.adapt(["x y"])
    batches = [(np.array(["b a"], object), 0), (["a"], 1), (["c"], 1)]
    vectorize.adapt(iter(batches), steps=2)
    assert vectorize.get_vocabulary() == ["", "[UNK]", "a", "b"]


def test_columns_and_single_texts():
    vectorize = TextVectorization(vocabulary=["a"])
    assert vectorize([["a"], ["b"]]).tolist() == [[2], [1]]
    assert vectorize(np.array([["a a"], ["b"]])).tolist() == [[2, 2], [1, 0]]
    assert vectorize("a").shape == (1,)
    assert vectorize([b"a", "\uac00".encode()]).tolist() == [[2], [1]]
    assert vectorize([]).shape == (0, 0)
    whole = TextVectorization(vocabulary=["a b"], split=None)
    assert whole(["a b", "a"]).tolist() == [2, 1]
    assert whole([["a b"], ["a"]]).tolist() == [[2], [1]]
    assert whole("a b").tolist() == 2


def test_functions_of_one_s_own():
    vectorize = TextVectorization(
        standardize=lambda text: text.replace("!", ""), split=lambda text: text.split("/")
    )
    vectorize.adapt(["A!/b"])
    assert vectorize.get_vocabulary()[2:] == ["b", "A"]
    with pytest.raises(OptionError, match="standardize is a function"):
        vectorize.get_config()
    for settings, words in (
        ({"standardize": len}, "standardize must give text; it gave 1"),
        ({"split": lambda text: text}, "split must give a list of texts; it gave 'a'"),
        ({"split": lambda text: [1]}, "split must give text; it gave 1"),
    ):
        with pytest.raises(DTypeError, match=words):
            TextVectorization(**settings).adapt(["a"])


# -- what is no text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (["a", 3], DTypeError, "text 1 is 3, which is no text; make a text of it"),
        (["a", float("nan")], DTypeError, "text 1 is nan, which is no text; fill it"),
        ([None], DTypeError, "text 0 is None, which is no text; fill it"),
        (np.arange(3), DTypeError, "text 0 is 0"),
        (7, DTypeError, "expected a text, or a list of texts; got 7"),
        ([["a", "b"]], ShapeError, r"shape \(1, 2\); expected \(N,\) or \(N, 1\)"),
        ([b"\xb0\xa1"], DataError, r"text 0 is not UTF-8 \(byte 0\)"),
    ],
)
def test_what_is_no_text_is_said(given, error, words):
    known = TextVectorization(vocabulary=["a"])
    for use in (known, TextVectorization().adapt):
        with pytest.raises(error, match=words):
            use(given)


@pytest.mark.parametrize("given", [[], ["", "  "], ["!!", "?"], iter([])])
def test_nothing_to_learn_from_is_said(given):
    with pytest.raises(DataError, match="adapt found no tokens"):
        TextVectorization().adapt(given)


def test_without_a_vocabulary_there_are_no_numbers():
    with pytest.raises(StateError, match=r"no vocabulary yet: first vectorize\.adapt"):
        TextVectorization()(["a"])


def test_rows_that_no_machine_holds_are_refused():
    vectorize = TextVectorization(
        vocabulary=["a"], output_mode="count", max_tokens=2**40, pad_to_max_tokens=True
    )
    with pytest.raises(MemoryLimitError, match="fewer texts at a time"):
        vectorize(["a"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_tokens": 2}, "max_tokens must be a whole number, 3 or more"),
        ({"standardize": "upper"}, "unknown standardize 'upper'"),
        ({"split": "words"}, "unknown split 'words'"),
        ({"output_mode": "hot"}, "unknown output_mode 'hot'; did you mean 'multi_hot'"),
        ({"ngrams": 0}, "ngrams must be a number, or several, of at least 1; got 0"),
        ({"ngrams": (1, 0)}, "at least 1"),
        ({"ngrams": "2"}, "at least 1"),
        ({"output_sequence_length": 0}, "output_sequence_length"),
        ({"output_mode": "count", "output_sequence_length": 3}, "goes with output_mode='int'"),
        ({"pad_to_max_tokens": True, "output_mode": "count"}, "needs max_tokens"),
        ({"vocab": ["a"]}, "no argument 'vocab'; did you mean 'vocabulary'"),
    ],
)
def test_settings_that_are_none(settings, words):
    with pytest.raises(OptionError, match=words):
        TextVectorization(**settings)


# -- writing down ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: str(case["settings"]))
def test_what_is_written_down_gives_the_same_numbers(case):
    vectorize = TextVectorization(**settings_of(case))
    vectorize.adapt(RECORDED["learnt"])
    config = json.loads(json.dumps(vectorize.get_config()))
    again = TextVectorization.from_config(config)
    np.testing.assert_array_equal(again(RECORDED["asked"]), vectorize(RECORDED["asked"]))
    assert again.get_config() == vectorize.get_config()


def test_one_that_has_learnt_nothing_can_be_written_down():
    config = TextVectorization(jamo=True, max_tokens=9).get_config()
    assert TextVectorization.from_config(config).get_config() == config
    assert config["vocabulary"] is None


@pytest.mark.parametrize(
    ("change", "error"),
    [({"more": 1}, FormatError), ({"vocabulary": ["a", "a"]}, OptionError),
     ({"split": "words"}, OptionError)],
)  # fmt: skip
def test_a_forged_description_is_refused(change, error):
    with pytest.raises(error):
        TextVectorization.from_config(TextVectorization().get_config() | change)
