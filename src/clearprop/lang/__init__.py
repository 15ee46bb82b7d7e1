"""
The catalogue of words: all that the library says to people, in Korean and English.

>>> say("explain.slope", "en")
'slope'
>>> say("explain.slope", "ko")
'미분값'
"""

from clearprop.lang.catalogue import say
from clearprop.lang.language import LANGUAGES, language
from clearprop.lang.told import (
    detail,
    errors_in,
    in_language,
    reason,
    told,
    with_errors_in_lang,
)
from clearprop.lang.width import align, cells, columns, truncate

__all__ = [
    "LANGUAGES",
    "align",
    "cells",
    "columns",
    "detail",
    "errors_in",
    "in_language",
    "language",
    "reason",
    "say",
    "told",
    "truncate",
    "with_errors_in_lang",
]
