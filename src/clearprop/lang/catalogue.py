"""
Find a message by its key, in the language asked for, and fill in its values.

A key is ``family.name``. The family ``explain`` lives in the module ``words_explain`` beside this
one, as a dict ``WORDS`` of ``name -> {"en": ..., "ko": ...}``. To add a message is to add an entry
there; to add a family is to add a module ``words_FAMILY``. Nothing else lists them.

Templates hold their values as ``{name}``. What follows a colon bends words to the value:

=======================  ============================================================
``{name:은}``            Korean: the value, and 은 or 는 as its last sound asks; likewise
                         이 을 과 으로 이라 이나 (always written as after a consonant)
``{count:epoch|epochs}`` English: the value, a space, and the noun in its number
=======================  ============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TypeAlias

from clearprop.errors import OptionError, unknown
from clearprop.lang.language import language

__all__ = ["Words", "filled", "say", "words"]

Words: TypeAlias = Mapping[str, Mapping[str, str]]


def say(key: str, /, lang: str | None = None, **values: object) -> str:
    """
    Say a message.

    Parameters
    ----------
    key : str
        ``family.name``.
    lang : {"ko", "en"}, optional
        By default what `language` finds.
    **values : object
        What the template's placeholders stand for, usually text; numbers written for people come
        as text already, with the digits that they should have.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        If the key is unknown or a value is missing.

    Examples
    --------
    >>> say("cli.model_saved", "en", path="net.safetensors")
    'Model saved to net.safetensors.'
    >>> say("cli.model_saved", "ko", path="net.safetensors")
    '모델을 net.safetensors에 저장했습니다.'
    """
    return filled(_entry(key), lang, key, **values)


def filled(
    entry: Mapping[str, str], lang: str | None = None, key: str = "", /, **values: object
) -> str:
    """
    Say a message that stands elsewhere than in the catalogue, beside what it is about.

    Parameters
    ----------
    entry : mapping of str to str
        The template in each language.
    lang : {"ko", "en"}, optional
        By default what `language` finds.
    key : str
        What it is called, for messages.
    **values : object
        What the template's placeholders stand for.

    Raises
    ------
    OptionError
        If a value is missing.

    Examples
    --------
    >>> filled({"en": "{count:unit|units}", "ko": "유닛 {count}개"}, "en", count=1)
    '1 unit'
    """
    template = entry[language(lang)]
    try:
        return template.format_map({name: _Bent(value) for name, value in values.items()})
    except KeyError as missing:
        raise OptionError(
            f"the message {key!r} needs a value for {missing}; got {sorted(values) or 'none'}."
        ) from None


@cache
def words(family: str) -> Words:
    """Give the messages of a family, by name."""
    found: Words = import_module(f"clearprop.lang.words_{family}").WORDS
    return found


def _entry(key: str) -> Mapping[str, str]:
    family, _, name = key.partition(".")
    try:
        return words(family)[name]
    except ModuleNotFoundError:
        from clearprop.lang.check import families

        raise unknown("family of messages", family, families()) from None
    except KeyError:
        raise unknown("message", key, (f"{family}.{each}" for each in words(family))) from None


class _Bent:
    """A value in a template, with the words that depend on it."""

    __slots__ = ("text",)

    def __init__(self, value: object) -> None:
        self.text = str(value)

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.text
        if "|" in spec:
            one, many = spec.split("|")
            return f"{self.text} {one if self.text == '1' else many}"
        from clearprop.lang.particles import particle  # only Korean sentences need its tables

        return self.text + particle(self.text, spec)
