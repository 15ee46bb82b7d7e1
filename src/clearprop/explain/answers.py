"""Answers to a worksheet as they come in a file: CSV or JSON, names written in several ways."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from clearprop.errors import DataError, nearest
from clearprop.io.strict_json import read_json

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
            raise DataError(
                f"{source}, {where}: the sheet asks for no {given!r}."
                + (f" Did you mean {close[0]!r}?" if close else "")
            )
        if name in found:
            raise DataError(f"{source}, {where}: {given!r} is answered twice.")
        found[name] = answer.strip()
    if not found:
        raise DataError(f"{source} has no answers; it needs rows such as: sum_h1,0.3775")
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
                raise DataError(f"{source} has more than {_MOST_ROWS} rows; a sheet has fewer.")
            if at == 1 and cells[0].casefold() in _HEADERS:
                continue
            if len(cells) < 2 or any(cells[2:]):
                raise DataError(
                    f"{source}, line {at}: expected a name and an answer, as in sum_h1,0.3775;"
                    f" got {len([c for c in cells if c])} cells. A decimal comma needs ; between."
                )
            yield f"line {at}", cells[0], cells[1]
    except csv.Error as error:
        raise DataError(f"{source}, line {reader.line_num}: {error}.") from error


def _of_json(text: str, source: str) -> Iterator[tuple[str, str, str]]:
    data = read_json(text, source)
    if isinstance(data, Mapping) and isinstance(data.get("answers"), Mapping):
        data = data["answers"]
    if not isinstance(data, Mapping):
        raise DataError(
            f'{source}: expected an object of names and answers, as in {{"sum_h1": "0.3775"}};'
            f" got a {type(data).__name__}."
        )
    for name, answer in data.items():
        if isinstance(answer, bool) or not isinstance(answer, str | int | float | None):
            raise DataError(f"{source}: the answer to {name!r} is no number: {answer!r}.")
        yield f"{name!r}", name, "" if answer is None else _number(answer)


def _number(answer: str | float) -> str:
    return answer if isinstance(answer, str) else repr(answer)


def template(names: Iterable[str]) -> str:
    """Write a file of answers with nothing in it yet."""
    return "name,answer\n" + "".join(f"{name},\n" for name in names)
