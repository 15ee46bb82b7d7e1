"""Write the pages of what the doctor tells apart: run ``python -m docs.diagnosis.write``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from clearprop.doctor.diagnosis.condition import CONDITIONS, Condition
from clearprop.doctor.diagnosis.diagnosing import ORDER
from clearprop.lang import say

FOLDER = Path(__file__).parents[1]
PAGES = {"en": "diagnosis.md", "ko": "diagnosis.ko.md"}

with (Path(__file__).parent / "words.toml").open("rb") as file:
    WORDS = tomllib.load(file)


def row(made: Condition, lang: str) -> str:
    """Give a condition as a line of the table."""
    name = f"**{made.title[lang]}**<br>`{made.id}`<br>{say(f'diagnosis.grave_{made.grave}', lang)}"
    cells = (name, made.says[lang], made.alike[lang])
    return "| " + " | ".join(cells) + " |"


def lines(lang: str) -> Iterator[str]:
    yield WORDS[lang]["head"]
    yield "| | " + " | ".join(WORDS[lang]["columns"]) + " |"
    yield "|---|---|---|"
    for name in ORDER:
        yield row(CONDITIONS[name], lang)


def page(lang: str) -> str:
    """Give the page in a language."""
    return "\n".join(lines(lang)) + "\n"


def main(folder: Path = FOLDER) -> None:
    for lang, name in PAGES.items():
        (folder / name).write_text(page(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
