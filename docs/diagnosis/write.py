"""Write the pages of what the doctor tells apart: run ``python -m docs.diagnosis.write``."""

from __future__ import annotations

from collections.abc import Iterator

from docs.pages import Pages, cells, told

from clearprop.doctor.diagnosis.condition import CONDITIONS, Condition
from clearprop.doctor.diagnosis.diagnosing import ORDER
from clearprop.lang import say

WORDS = told(__file__)


def row(made: Condition, lang: str) -> str:
    """Give a condition as a line of the table."""
    name = f"**{made.title[lang]}**<br>`{made.id}`<br>{say(f'diagnosis.grave_{made.grave}', lang)}"
    return cells(name, made.says[lang], made.alike[lang])


def lines(lang: str) -> Iterator[str]:
    yield WORDS[lang]["head"]
    yield "| | " + " | ".join(WORDS[lang]["columns"]) + " |"
    yield "|---|---|---|"
    for name in ORDER:
        yield row(CONDITIONS[name], lang)


PAGES = Pages("diagnosis", lines)

if __name__ == "__main__":
    PAGES.write()
