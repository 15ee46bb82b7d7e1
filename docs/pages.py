"""A page of the documentation that is written from what there is, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "ko")


def told(module: str, name: str = "words") -> dict[str, Any]:
    """Read a table beside the file of a module."""
    with (Path(module).parent / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def cells(*texts: str) -> str:
    """Give a line of a table."""
    return "| " + " | ".join(texts) + " |"


@dataclass(frozen=True)
class Pages:
    """
    One page, in each language.

    Parameters
    ----------
    stem : str
        What its file is called, without the ending.
    lines : callable ``(lang) -> iterable of str``
        What is in it.
    """

    stem: str
    lines: Callable[[str], Iterable[str]]

    def file(self, lang: str, folder: Path = FOLDER) -> Path:
        """Tell where the page of a language is kept."""
        return folder / (f"{self.stem}.md" if lang == "en" else f"{self.stem}.{lang}.md")

    def text(self, lang: str) -> str:
        """Give the page in a language."""
        return "\n".join(self.lines(lang)).rstrip() + "\n"

    def write(self, folder: Path = FOLDER) -> None:
        """Write it anew."""
        for lang in LANGUAGES:
            self.file(lang, folder).write_text(self.text(lang), encoding="utf-8")

    def outdated(self, lang: str, text: str) -> bool:
        """Tell whether what is kept is another text."""
        return self.file(lang).read_text(encoding="utf-8") != text
