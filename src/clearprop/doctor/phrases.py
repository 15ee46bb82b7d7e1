"""The lines of derivations and the names of forward passes, in the language that is spoken."""

from __future__ import annotations

import re
from functools import cache

from clearprop.doctor.derivations.chain import Chain
from clearprop.lang.catalogue import words

__all__ = ["in_words", "place_of"]


def in_words(text: str, lang: str) -> str:
    """
    Say a line of a derivation, or what a forward pass was recognised as.

    Formulas and the names of operations stay; the words between them are said in `lang`.

    Parameters
    ----------
    text : str
        In English.
    lang : {"ko", "en"}

    Examples
    --------
    >>> in_words("affine → squared error, ½ · mean over samples", "ko")
    'affine → 제곱 오차, ½ · 샘플 평균'
    >>> in_words("∂L/∂w has the shape of w", "ko")
    '∂L/∂w의 모양은 w와 같다'
    """
    if lang == "en":
        return text
    phrases = _phrases(lang)
    return phrases[text] if text in phrases else _any(lang).sub(lambda m: phrases[m[0]], text)


def place_of(chain: Chain, k: int) -> str:
    """Name a link of a chain, by its number too where several are called the same."""
    names = [part.link.name for part in chain.parts]
    return (
        names[k] if names.count(names[k]) == 1 else f"{names[k]} {names[: k + 1].count(names[k])}"
    )


@cache
def _phrases(lang: str) -> dict[str, str]:
    return {entry["en"]: entry[lang] for entry in words("derivations").values()}


@cache
def _any(lang: str) -> re.Pattern[str]:
    longest_first = sorted(_phrases(lang), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w(-])")
