"""Which language to speak: what the call says, else the environment, else English."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from clearprop.errors import OptionError

__all__ = ["LANGUAGES", "Language", "language"]

Language: TypeAlias = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def language(lang: str | None = None, *, environ: Mapping[str, str] = os.environ) -> Language:
    """
    Choose the language.

    The first of these that is set decides: `lang`, the variable ``CLEARPROP_LANG``, and the
    locale (the first set of ``LC_ALL``, ``LC_MESSAGES``, ``LANG``), which may name any language:
    Korean if it is Korean, English otherwise.

    Parameters
    ----------
    lang : str, optional
        ``"ko"`` or ``"en"``; a region or an encoding may follow, as in ``"ko-KR"``.
    environ : mapping
        The environment variables.

    Returns
    -------
    {"ko", "en"}

    Raises
    ------
    OptionError
        If `lang` or ``CLEARPROP_LANG`` names another language.

    Examples
    --------
    >>> language("ko")
    'ko'
    >>> language(environ={"LANG": "ko_KR.UTF-8"})
    'ko'
    >>> language(environ={"LANG": "fr_FR.UTF-8"})
    'en'
    """
    if lang is not None:
        return _spoken("lang", lang)
    if asked := environ.get("CLEARPROP_LANG"):
        return _spoken("CLEARPROP_LANG", asked)
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(environ.get, variables)), "")
    return "ko" if _primary(locale) == "ko" else "en"


def _spoken(source: str, asked: object) -> Language:
    for known in LANGUAGES:
        if asked == known or (isinstance(asked, str) and _primary(asked) == known):
            return known
    choices = " or ".join(map(repr, LANGUAGES))
    raise OptionError(f"{source} must be {choices}; got {asked!r}.")


def _primary(tag: str) -> str:
    """Give the language of a tag such as ``ko-KR`` or ``ko_KR.UTF-8``."""
    return tag.partition(".")[0].replace("_", "-").partition("-")[0].strip().lower()
