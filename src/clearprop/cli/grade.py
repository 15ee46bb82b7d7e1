"""``clearprop grade``: the answers to a worksheet, marked, and the first wrong step named."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from clearprop.cli.help import argument, option, subcommand
from clearprop.cli.output import as_json
from clearprop.cli.running import CHECK_FAILED
from clearprop.errors import DataError, FormatError
from clearprop.lang import detail, language, reason, say, told

__all__ = ["command"]

_LIMIT = 1 << 20  # bytes; a sheet has a few thousand


@subcommand(
    "grade",
    examples=(
        "clearprop grade sheet.json answers.csv",
        "clearprop grade sheet.json answers.json --json",
        "cat answers.csv | clearprop grade sheet.json -",
    ),
)
@argument("sheet", words="grade_sheet")
@argument("answers", words="grade_answers")
@option("--json", "json_", words="json", is_flag=True)
def command(sheet: str, answers: str, json_: bool) -> int:
    """Mark answers."""
    from clearprop.explain.answers import read_answers
    from clearprop.explain.grading import grade
    from clearprop.explain.sheet import Sheet
    from clearprop.io.strict_json import read_json

    if sheet == answers == "-":
        raise click.UsageError(say("sheet.two_from_stdin"), click.get_current_context())
    try:
        made = Sheet.from_json(read_json(_text(sheet), _name(sheet)))
    except FormatError as error:
        raise FormatError(told("sheet.comes_first", why=detail(error))) from error
    names = [field.name for field in made.fields]
    marks = grade(made, read_answers(_text(answers), _name(answers), names))
    if json_:
        as_json(marks.to_json())
    else:
        from clearprop.draw.grade_text import grade_text

        click.echo(grade_text(marks.to_json(), lang=language()), nl=False)
    return 0 if marks.all_right else CHECK_FAILED


def _text(path: str) -> str:
    """Read a small text file, in UTF-8 or in the Korean of Windows."""
    from clearprop.data.tables.decoding import decode

    if path == "-":
        if sys.stdin.isatty():
            raise DataError(say("cli.stdin_is_terminal"))
        content = sys.stdin.buffer.read(_LIMIT + 1)
    else:
        try:
            with Path(path).open("rb") as file:
                content = file.read(_LIMIT + 1)
        except OSError as error:
            why = told("files.cannot_read", path=repr(path), reason=reason(error))
            raise DataError(why) from error
    if len(content) > _LIMIT:
        raise DataError(say("sheet.too_large", source=_name(path), limit="1 MiB"))
    return decode(content, _name(path))


def _name(path: str) -> str:
    return say("cli.stdin") if path == "-" else Path(path).name
