"""
Messages that are raised now and said later, perhaps in another language.

An error is raised with the English of its message, which remembers where the catalogue has it.
Whoever shows the error to a person who speaks Korean has it said again.

>>> said = told("tables.no_rows", source="ages.csv", row=1)
>>> print(said)
ages.csv has a header (row 1) but no rows of data.
>>> in_language(said, "ko")
'ages.csv에 제목 행(1행)만 있고 데이터 행이 없습니다.'
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from clearprop.errors import ClearpropError, Told
from clearprop.lang.catalogue import say, words
from clearprop.lang.language import language

__all__ = ["detail", "errors_in", "in_language", "reason", "told", "with_errors_in_lang"]

P = ParamSpec("P")
R = TypeVar("R")


def told(key: str, /, **values: object) -> Told:
    """
    Say a message in English, so that it can be said again in any language.

    Parameters
    ----------
    key : str
        ``family.name``, as for `say`.
    **values : object
        What the placeholders stand for; messages made by this function may be among them.
    """
    return Told(say(key, "en", **values), key, values)


def in_language(text: str, lang: str | None = None) -> str:
    """
    Say a message again, by default in the user's language; other text stays as it is.

    Parameters
    ----------
    text : str
        What `told` made, or any text.
    lang : {"ko", "en"}, optional
        By default what `language` finds.
    """
    if not isinstance(text, Told):
        return text
    family, _, name = text.key.partition(".")
    if family == "kinds" and name not in words(family):
        return str(text)  # the name of something that only its own part knows
    values = {
        name: in_language(value, lang) if isinstance(value, Told) else value
        for name, value in text.values.items()
    }
    return say(text.key, lang, **values)


@contextmanager
def errors_in(lang: str | None) -> Iterator[None]:
    """
    Have what is raised here said in a language that was asked for; if none was, in English.

    Raises
    ------
    OptionError
        If there is no such language.

    Examples
    --------
    >>> from clearprop.errors import DataError
    >>> with errors_in("ko"):
    ...     raise DataError(told("tables.no_rows", source="ages.csv", row=1))
    Traceback (most recent call last):
    clearprop.errors.DataError: ages.csv에 제목 행(1행)만 있고 데이터 행이 없습니다.
    """
    spoken = None if lang is None else language(lang)
    try:
        yield
    except ClearpropError as error:
        said = error.message
        if isinstance(said, Told) and spoken is not None:
            again = Told(in_language(said, spoken), said.key, said.values)
            error.args = (again, *error.args[1:])
        raise


def with_errors_in_lang(function: Callable[P, R]) -> Callable[P, R]:
    """Have what a function raises said in the language of its argument `lang`."""

    @wraps(function)
    def called(*args: P.args, **options: P.kwargs) -> R:
        lang: Any = options.get("lang")
        with errors_in(lang):
            return function(*args, **options)

    return called


def detail(error: BaseException) -> str:
    """Give what an error says, so that it can stand in another message."""
    return error.message if isinstance(error, ClearpropError) else str(error)


def reason(error: OSError) -> str:
    """
    Say why the system refused something.

    Examples
    --------
    >>> in_language(reason(FileNotFoundError(2, "No such file or directory")), "ko")
    '그런 파일이나 폴더가 없습니다'
    """
    name = errno.errorcode.get(error.errno or 0, "")
    if name in words("system"):
        return told(f"system.{name}")
    return told("system.other", error=error.strerror or error)
