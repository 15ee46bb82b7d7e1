"""What must hold of the catalogue: each message in every language, with the same placeholders."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from string import Formatter

import clearprop.lang
from clearprop.lang.catalogue import Words
from clearprop.lang.language import LANGUAGES
from clearprop.lang.particles import PARTICLES

__all__ = ["families", "faults"]


def families() -> list[str]:
    """List the families of messages: the modules ``words_FAMILY`` of this package."""
    modules = [module.name for module in pkgutil.iter_modules(clearprop.lang.__path__)]
    return sorted(name.removeprefix("words_") for name in modules if name.startswith("words_"))


def faults(entries: Words) -> Iterator[str]:
    """
    Find what is wrong with messages: a language missing, placeholders that differ, bad notation.

    Parameters
    ----------
    entries : mapping
        Messages by name, as the ``WORDS`` of a family.

    Yields
    ------
    str
        One fault, in words.

    Examples
    --------
    >>> list(faults({"hello": {"en": "Hello, {who}."}}))
    ["hello: no 'ko'"]
    """
    for name, entry in entries.items():
        yield from (f"{name}: {fault}" for fault in _faults_of(entry))


def _faults_of(entry: Mapping[str, str]) -> Iterator[str]:
    for lang in LANGUAGES:
        if not entry.get(lang, "").strip():
            yield f"no {lang!r}"
    used = {}
    for tag, template in entry.items():
        if tag not in LANGUAGES:
            yield f"{tag!r} is not a language of the catalogue"
        try:
            fields = _fields(template)
        except ValueError as error:
            yield f"{tag!r} cannot be read: {error}"
            continue
        used[tag] = sorted({field for field, _ in fields})
        for field, spec in fields:
            if not (field.isidentifier() and _is_notation(spec, tag)):
                yield f"{tag!r} has {{{field}:{spec}}}, which is not a notation of {tag!r}"
    if any(fields != other for fields in used.values() for other in used.values()):
        yield f"placeholders differ: {used}"


def _fields(template: str) -> list[tuple[str, str]]:
    return [
        (field + (f"!{conversion}" if conversion else ""), spec or "")
        for _, field, spec, conversion in Formatter().parse(template)
        if field is not None
    ]


def _is_notation(spec: str, lang: str) -> bool:
    if not spec:
        return True
    return spec in PARTICLES if lang == "ko" else spec.count("|") == 1 and all(spec.split("|"))
