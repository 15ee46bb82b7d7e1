"""Write the pages of the mistakes that the doctor names: run ``python -m docs.mistakes.write``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from clearprop.doctor.catalogue import Mistake, by_id

FOLDER = Path(__file__).parents[1]
PAGES = {"en": "mistakes.md", "ko": "mistakes.ko.md"}

with (Path(__file__).parent / "words.toml").open("rb") as file:
    WORDS = tomllib.load(file)


def row(mistake: Mistake, lang: str) -> str:
    """Give a mistake as a line of the table."""
    said = mistake.ko if lang == "ko" else mistake.en
    cells = (f"`{mistake.id}`<br>{mistake.line}", said.did, said.should, said.mend)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def lines(lang: str) -> Iterator[str]:
    yield WORDS[lang]["head"]
    yield "| | " + " | ".join(WORDS[lang]["columns"]) + " |"
    yield "|---|---|---|---|"
    for name in sorted(by_id()):
        yield row(by_id()[name], lang)


def page(lang: str) -> str:
    """Give the page in a language."""
    return "\n".join(lines(lang)) + "\n"


def main(folder: Path = FOLDER) -> None:
    for lang, name in PAGES.items():
        (folder / name).write_text(page(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
