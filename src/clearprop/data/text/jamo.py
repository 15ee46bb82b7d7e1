"""Hangul syllables and the letters that they are made of."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["compose", "decompose"]

_SYLLABLES = re.compile("[가-힣]+")


def decompose(text: str) -> str:
    """
    Take Hangul syllables apart into their letters, and leave everything else as it is.

    The letters are those that know their place in a syllable (U+1100 to U+11FF), so that `compose`
    finds the syllables again. Letters that stand alone, as in ㅋㅋ, stay as they are.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> [hex(ord(letter)) for letter in decompose("한")]
    ['0x1112', '0x1161', '0x11ab']
    >>> decompose("é") == "é"
    True
    """
    whole = unicodedata.normalize("NFC", text)
    return _SYLLABLES.sub(lambda found: unicodedata.normalize("NFD", found[0]), whole)


def compose(text: str) -> str:
    """
    Put letters together to syllables.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In Unicode's composed form (NFC), in which equal texts are equal.

    Examples
    --------
    >>> compose(decompose("한글")) == "한글"
    True
    """
    return unicodedata.normalize("NFC", text)
