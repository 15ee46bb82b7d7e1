"""
The last syllable of a Latin word as Koreans read it, judged by its letters.

The rules follow how loanwords are written in Hangul: only l, m, n, ng and a p, t or k after a
short vowel close the last syllable; all else gets a vowel (bias 바이어스, batch 배치). They are
rules of thumb, so words of this field that break them are listed.
"""

from __future__ import annotations

import re

__all__ = ["last_syllable_of_word"]

_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "이비시디이프지치이이이엘엠엔오피큐알스티유이유스이트",
        strict=True,
    )
)
_IRREGULAR = {
    "bit": "트",
    "check": "크",
    "cos": "인",
    "dtype": "입",
    "hit": "트",
    "kit": "트",
    "loop": "프",
    "tan": "트",
    "type": "입",
    "xor": "알",
}
_ENDINGS = [
    (re.compile(ending + "$"), syllable)
    for ending, syllable in (
        ("le?", "얼"),  # kernel, file, sample
        ("ng", "응"),  # training
        ("me?", "음"),  # momentum, time
        ("ne?", "은"),  # hidden, line
        ("[aeiou]p", "읍"),  # step, clip
        ("[aeo]b", "읍"),  # web
        ("(?:ck|ook|[aeiou]c)", "윽"),  # block, book, metric
        ("(?:(?:^|[^aeiou])[aeiou]|ou)t", "읏"),  # net, unit, input, dropout; but not float
    )
]


def last_syllable_of_word(word: str) -> str:
    """
    Give the last syllable of a Latin word or abbreviation as it is read in Korean.

    The vowel of the syllable stands for any; only its final consonant is meant.

    Examples
    --------
    >>> [last_syllable_of_word(word) for word in ("loss", "model", "step", "LSTM", "sgd")]
    ['으', '얼', '읍', '엠', '디']
    """
    lower = word.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    if word.isupper() or not re.search("[aeiouy]", lower):
        return _LETTERS[lower[-1]]
    for ending, syllable in _ENDINGS:
        if ending.search(lower):
            return syllable
    return "으"
