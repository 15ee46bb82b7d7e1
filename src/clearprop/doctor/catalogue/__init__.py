"""The mistakes that people make, one definition each; a family a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from clearprop.doctor.catalogue.mistake import Mistake

__all__ = ["Mistake", "by_id", "catalogue"]

_NOT_FAMILIES = {"mistake"}


@cache
def catalogue() -> tuple[Mistake, ...]:
    """Give all mistakes: those of every module of this package that lists ``MISTAKES``."""
    found: list[Mistake] = []
    for module in sorted(m.name for m in iter_modules(__path__)):
        if module not in _NOT_FAMILIES:
            found += import_module(f"{__name__}.{module}").MISTAKES
    return tuple(found)


@cache
def by_id() -> Mapping[str, Mistake]:
    """Give the mistakes by their names; of several entries of one name, the first has the words."""
    found: dict[str, Mistake] = {}
    for mistake in catalogue():
        if mistake.en.did:
            found.setdefault(mistake.id, mistake)
    return found
