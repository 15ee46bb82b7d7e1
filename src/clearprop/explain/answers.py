"""Answers to a worksheet as they come in a file: CSV or JSON, names written in several ways."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from clearprop.errors import DataError, nearest
from clearprop.io.strict_json import read_json
from clearprop.lang import told

__all__ = ["plain_name", "read_answers", "template"]

_HEADERS = {"name", "number", "이름", "값", "기호"}
_MOST_ROWS = 2000
_LETTERS = str.maketrans({"∂": "d", "δ": "delta", "−": "-", "⁺": "+", "₊": "+", " ": None})


def plain_name(name: str) -> str:
    """
    Write a name in letters of any keyboard.

    Examples
    --------
    >>> plain_name("∂E/∂w5"), plain_name("w5⁺"), plain_name("δ_o1")
    ('dE/dw5', 'w5+', 'delta_o1')
    """
    return name.strip().translate(_LETTERS)


def read_answers(text: str, source: str, names: Sequence[str]) -> dict[str, str]:
    """
    Read answers.

    Parameters
    ----------
    text : str
        CSV with a name and an answer a row (a heading may come first); or JSON, an object of
        names and answers. Answers may be left empty.
    source : str
        What to call the file in errors.
    names : sequence of str
        What is asked for.

    Returns
    -------
    dict of str to str
        What was typed, by name; without the empty ones.

    Raises
    ------
    DataError
        If it cannot be read, asks nothing of the sheet, or answers the same twice.
    FormatError
        If it is broken JSON.
    """
    text = text.removeprefix("\ufeff")
    rows = _of_json(text, source) if text.lstrip()[:1] in ("{", "[") else _of_csv(text, source)
    by_plain = {name.casefold(): name for name in names}
    if len(by_plain) < len(names):  # e1 and E1 would be two
        by_plain = {name: name for name in names}
    found: dict[str, str] = {}
    for where, given, answer in rows:
        plain = plain_name(given)
        name = plain if plain in names else by_plain.get(plain.casefold())
        if name is None:
            close = nearest(plain, names, most=1)
            said = {"source": source, "where": where, "name": repr(given)}
            if close:
                raise DataError(told("asking.not_asked_but", **said, close=repr(close[0])))
            raise DataError(told("asking.not_asked", **said))
        if name in found:
            said = {"source": source, "where": where, "name": repr(given)}
            raise DataError(told("asking.answered_twice", **said))
        found[name] = answer.strip()
    if not found:
        raise DataError(told("asking.no_answers", source=source))
    return {name: answer for name, answer in found.items() if answer}


def _of_csv(text: str, source: str) -> Iterator[tuple[str, str, str]]:
    sample = text[:1000]
    delimiter = next((d for d in ("\t", ";") if d in sample), ",")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            at = reader.line_num
            if at > _MOST_ROWS:
                raise DataError(told("asking.many_rows", source=source, most=_MOST_ROWS))
            if at == 1 and cells[0].casefold() in _HEADERS:
                continue
            if len(cells) < 2 or any(cells[2:]):
                count = len([c for c in cells if c])
                where = {"source": source, "where": _line(at)}
                raise DataError(told("asking.name_and_answer", **where, count=count))
            yield _line(at), cells[0], cells[1]
    except csv.Error as error:
        where = {"source": source, "where": _line(reader.line_num)}
        raise DataError(told("asking.quotes", **where)) from error


def _line(number: int) -> str:
    return told("asking.line", line=number)


def _of_json(text: str, source: str) -> Iterator[tuple[str, str, str]]:
    data = read_json(text, source)
    if isinstance(data, Mapping) and isinstance(data.get("answers"), Mapping):
        data = data["answers"]
    if not isinstance(data, Mapping):
        got = type(data).__name__
        raise DataError(told("asking.answers_object", source=source, got=got))
    for name, answer in data.items():
        if isinstance(answer, bool) or not isinstance(answer, str | int | float | None):
            said = {"source": source, "name": repr(name), "answer": repr(answer)}
            raise DataError(told("asking.answer_no_number", **said))
        yield f"{name!r}", name, "" if answer is None else _number(answer)


def _number(answer: str | float) -> str:
    return answer if isinstance(answer, str) else repr(answer)


def template(names: Iterable[str]) -> str:
    """Write a file of answers with nothing in it yet."""
    return "name,answer\n" + "".join(f"{name},\n" for name in names)
