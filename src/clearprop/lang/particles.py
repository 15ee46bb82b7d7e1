"""Korean particles, which take the form that the last sound of the word before them asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearprop.errors import unknown
from clearprop.lang.reading import last_syllable

__all__ = ["PARTICLES", "final_consonant", "particle"]

# After a consonant: after a vowel.
PARTICLES: Mapping[str, str] = MappingProxyType(
    {
        "은": "는",
        "이": "가",
        "을": "를",
        "과": "와",
        "으로": "로",
        "이라": "라",
        "이나": "나",
    }
)

# In Unicode, Hangul syllables are ordered by lead, vowel, tail: 28 tails, 0 for none, 8 for ㄹ.
_FIRST, _TAILS, _RIEUL = ord("가"), 28, 8


def final_consonant(syllable: str) -> int:
    """Give the number of a Hangul syllable's final consonant in Unicode's order; 0 is none."""
    return (ord(syllable) - _FIRST) % _TAILS


def particle(word: str, form: str) -> str:
    """
    Choose the form of a particle that follows `word`.

    Parameters
    ----------
    word : str
        Hangul, or anything else that Koreans read aloud: ``h1``, ``0.75``, ``dense_1/kernel[0,2]``.
    form : str
        The particle as it is after a consonant: one of `PARTICLES`.

    Returns
    -------
    str
        The right form; both, as in ``은(는)``, if nobody could tell how `word` is read.

    Raises
    ------
    OptionError
        If `form` is not in `PARTICLES`.

    Examples
    --------
    >>> "가중치" + particle("가중치", "을"), "h1" + particle("h1", "으로")
    ('가중치를', 'h1로')
    """
    if form not in PARTICLES:
        raise unknown("particle", form, PARTICLES)
    after_vowel = PARTICLES[form]
    syllable = last_syllable(word)
    if syllable is None:
        # 으로 -> (으)로, 이라 -> (이)라, but 은 -> 은(는).
        dropped = form.removesuffix(after_vowel)
        return f"({dropped}){after_vowel}" if dropped != form else f"{form}({after_vowel})"
    tail = final_consonant(syllable)
    if tail == 0 or (tail == _RIEUL and form == "으로"):
        return after_vowel
    return form
