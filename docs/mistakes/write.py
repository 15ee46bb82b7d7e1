"""Write the pages of the mistakes that the doctor names: run ``python -m docs.mistakes.write``."""

from __future__ import annotations

from collections.abc import Iterator

from docs.pages import Pages, cells, told

from clearprop.doctor.catalogue import Mistake, by_id
from clearprop.doctor.phrases import in_words

WORDS = told(__file__)


def row(mistake: Mistake, lang: str) -> str:
    """Give a mistake as a line of the table."""
    said = mistake.ko if lang == "ko" else mistake.en
    parts = (f"`{mistake.id}`<br>{in_words(mistake.line, lang)}", said.did, said.should, said.mend)
    return cells(*(part.replace("|", "\\|") for part in parts))


def lines(lang: str) -> Iterator[str]:
    yield WORDS[lang]["head"]
    yield "| | " + " | ".join(WORDS[lang]["columns"]) + " |"
    yield "|---|---|---|---|"
    for name in sorted(by_id()):
        yield row(by_id()[name], lang)


PAGES = Pages("mistakes", lines)

if __name__ == "__main__":
    PAGES.write()
