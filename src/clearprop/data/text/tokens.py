"""From texts to tokens: one form of writing, without what does not count, cut into pieces."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.data.text.jamo import compose, decompose
from clearprop.errors import DataError, DTypeError, OptionError, ShapeError, unknown

__all__ = ["SPLITS", "STANDARDS", "Tokenizer", "texts"]

STANDARDS = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLITS = ("whitespace", "character")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Tokenizer:
    """
    Cuts texts into tokens.

    Parameters
    ----------
    standardize : str, callable or None
    split : str, callable or None
    ngrams : int, tuple of int, or None
    jamo : bool
        As `TextVectorization` takes them.
    """

    def __init__(self, standardize: Any, split: Any, ngrams: Any, jamo: bool) -> None:
        if not (standardize is None or callable(standardize) or standardize in STANDARDS):
            raise unknown("standardize", standardize, STANDARDS)
        if not (split is None or callable(split) or split in SPLITS):
            raise unknown("split", split, SPLITS)
        self.standardize, self.split, self.jamo = standardize, split, bool(jamo)
        self.widths = _widths(ngrams)
        self.one_each = split is None and ngrams is None  # whether a text is one token

    def __call__(self, text: str) -> list[str]:
        """
        Cut a text into tokens.

        Raises
        ------
        DTypeError
            If a function of the user's gives no text, or no list of texts.
        """
        text = compose(text)
        if callable(self.standardize):
            text = _text(self.standardize(text), "standardize")
        elif self.standardize is not None:
            if "lower" in self.standardize:
                text = text.lower()
            if "strip" in self.standardize:
                text = text.translate(_PUNCTUATION)
        if self.jamo:
            text = decompose(text)
        if callable(self.split):
            tokens = [_text(token, "split") for token in _listed(self.split(text))]
        elif self.split == "whitespace":
            tokens = text.split()
        else:
            tokens = list(text) if self.split == "character" else [text]
        if self.widths is None:
            return tokens
        return [
            " ".join(tokens[i : i + n]) for n in self.widths for i in range(len(tokens) - n + 1)
        ]


def texts(given: Any) -> tuple[list[str], tuple[int, ...]]:
    """
    Take texts from what a user gives: one, a list, or an array of shape (N,) or (N, 1).

    Returns
    -------
    texts : list of str
    shape : tuple of int
        ``()`` of one, else ``(N,)``.

    Raises
    ------
    DTypeError
        If something in it is no text; says where.
    ShapeError
        If there are several columns.
    """
    if isinstance(given, str | bytes):
        return [_decoded(given, "the text")], ()
    array = np.asarray(given, object)
    if array.ndim == 0:
        raise DTypeError(f"expected a text, or a list of texts; got {given!r}.")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ShapeError(
            f"texts have shape {array.shape}; expected (N,) or (N, 1). Take one column, or join"
            " the columns to one text."
        )
    return [_decoded(text, f"text {i}") for i, text in enumerate(array)], (len(array),)


def _decoded(text: Any, where: str) -> str:
    if isinstance(text, bytes):
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise DataError(f"{where} is not UTF-8 (byte {error.start}).") from None
    if not isinstance(text, str):
        missing = text is None or (isinstance(text, float) and text != text)
        mend = "fill it, perhaps with ''" if missing else "make a text of it, as str(...) does"
        raise DTypeError(f"{where} is {text!r}, which is no text; {mend}, or leave its row out.")
    return text


def _widths(ngrams: Any) -> tuple[int, ...] | None:
    if ngrams is None:
        return None
    widths = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
    if not isinstance(widths, tuple | list) or not widths:
        raise OptionError(f"ngrams must be a number, or several, of at least 1; got {ngrams!r}.")
    if not all(type(n) is int and n >= 1 for n in widths):
        raise OptionError(f"ngrams must be a number, or several, of at least 1; got {ngrams!r}.")
    return tuple(widths)


def _text(given: Any, what: str) -> str:
    if not isinstance(given, str):
        raise DTypeError(f"{what} must give text; it gave {given!r}.")
    return given


def _listed(given: Any) -> Sequence[Any]:
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise DTypeError(f"split must give a list of texts; it gave {given!r}.")
    listed: Sequence[Any] = list(given)
    return listed
