"""Reads JSON from files that nobody vouches for: bounded in depth, no key twice, no NaN."""

from __future__ import annotations

import json
import re
from typing import Any

from clearprop.errors import FormatError
from clearprop.lang import told

__all__ = ["read_json"]

DEEPEST = 64  # what models are written as is nested some ten deep
# A string, closed or not, or a bracket. Nothing is tried twice, so that time grows with length.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def read_json(text: str | bytes, where: str) -> Any:
    """
    Read a JSON document, trusting nothing.

    Parameters
    ----------
    text : str or bytes
        The document; bytes must be UTF-8.
    where : str
        What to call it in errors.

    Raises
    ------
    FormatError
        If it is no JSON, nested too deep, names a key twice in one object, or holds NaN.

    Examples
    --------
    >>> read_json('{"units": 3}', "the header")
    {'units': 3}
    >>> read_json('{"units": 3, "units": 4}', "the header")
    Traceback (most recent call last):
    clearprop.errors.FormatError: the header names 'units' twice.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode()
        if _depth(text) > DEEPEST:
            raise FormatError(told("files.nested", where=where, deepest=DEEPEST))

        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            return _once(pairs, where)

        def refuse(constant: str) -> None:
            raise FormatError(told("files.constant", where=where, constant=constant))

        return json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise FormatError(told("files.no_utf8", where=where, byte=error.start)) from error
    except FormatError:
        raise
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise FormatError(told("files.no_json", where=where, **place)) from error
    except ValueError as error:  # a number of thousands of digits
        raise FormatError(told("files.long_number", where=where)) from error


def _depth(text: str) -> int:
    """Count how deep brackets are nested, those in strings left out."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for i, key in enumerate(keys) if key in keys[i + 1 :])
        raise FormatError(told("files.key_twice", where=where, key=_short(twice)))
    return found


def _short(key: str) -> str:
    return repr(key if len(key) <= 60 else key[:60] + "…")
