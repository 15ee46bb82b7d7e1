"""Write the pages of what there is: run ``python -m docs.vocabulary.write``, then read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from docs.pages import Pages, cells, told

from clearprop import ops as own_ops
from clearprop.core.op import Op

KERAS = "3.15"  # what the names were compared with; a test holds it to the installed one


WORDS, ABSENT = told(__file__), told(__file__, "absent")
FAMILIES = told(__file__, "here")["family"]
GROUPED = {
    here["place"]: {name for group in here["group"] for name in group["names"].split()}
    for here in FAMILIES
}
# Ways in and out of a part, which many have.
DOORS = {"get", "serialize", "deserialize", "register", "schedules"}


def module(place: str) -> ModuleType:
    return import_module(f"clearprop.keras.{place}")


def public(place: str) -> dict[str, object]:
    """Give what a part lists, but for its doors and the tables that it keeps for itself."""
    part = module(place)
    tables = {name for name in part.__all__ if isinstance(getattr(part, name), Mapping | tuple)}
    return {name: getattr(part, name) for name in part.__all__ if name not in DOORS | tables}


def second_names(place: str) -> dict[str, str]:
    """Map further names of what a part lists, listed or not, to the first: AvgPool1D, mse."""
    firsts: dict[int, str] = {}
    for name, thing in public(place).items():
        if id(thing) not in firsts or name in GROUPED[place]:
            firsts[id(thing)] = name
    return {
        name: firsts[id(thing)]
        for name, thing in sorted(vars(module(place)).items())
        if id(thing) in firsts
        and firsts[id(thing)] != name
        and not name.startswith("_")
        and name not in DOORS | GROUPED[place]
    }


def functions(place: str) -> list[str]:
    """Name the functions of a part whose other names are classes."""
    apart = second_names(place).keys() | GROUPED[place]
    return [name for name in public(place) if name not in apart and name.islower()]


def code(names: Iterable[str]) -> str:
    return " ".join(f"`{name.rstrip(':')}`" + ":" * name.endswith(":") for name in names)


def table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    yield from (cells(*row) for row in rows)
    yield ""


def family(lang: str, here: dict[str, Any]) -> Iterator[str]:
    place, words = here["place"], WORDS[lang]
    yield f"## {here[lang]} (`{place}`)\n"
    rows = [(group[lang], code(group["names"].split())) for group in here["group"]]
    if own := functions(place):
        rows.append((words["functions"], code(own)))
    if others := second_names(place):
        text = ", ".join(f"`{name}` = `{first}`" for name, first in others.items())
        rows.append((words["second"], text))
    yield from table(rows)


def missing(lang: str, title: str, reasons: list[dict[str, str]]) -> Iterator[str]:
    machinery = WORDS[lang]["machinery"]
    yield f"### {title}\n"
    yield from table((code(each["names"].split()), each.get(lang, machinery)) for each in reasons)


def lines(lang: str) -> Iterator[str]:
    words, ops = WORDS[lang], module("ops").__all__
    own = [name for name in own_ops.__all__ if isinstance(getattr(own_ops, name), Op)]
    yield words["head"]
    for here in FAMILIES:
        yield from family(lang, here)
    yield f"## {words['operations']} (`ops`)\n"
    yield words["operations_head"].format(count=len(ops), own=len(own)) + "\n"
    yield from (code(ops) + "\n", f"## {words['absent']}\n")
    yield words["absent_head"].format(version=KERAS) + "\n"
    for place, reasons in ABSENT.items():
        yield from missing(lang, words.get(place, f"`{place}`"), reasons)


PAGES = Pages("vocabulary", lines)

if __name__ == "__main__":
    PAGES.write()
