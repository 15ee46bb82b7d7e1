"""Every error of the library: each says what was got, what was expected and how to mend it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

__all__ = [
    "AddressError",
    "ClearpropError",
    "DTypeError",
    "DataError",
    "FormatError",
    "GradcheckError",
    "GradientError",
    "MemoryLimitError",
    "NumericsError",
    "OptionError",
    "RangeError",
    "ShapeError",
    "StateError",
    "Told",
    "attribute_finder",
    "named",
    "nearest",
    "no_argument",
    "unknown",
]


class Told(str):
    """
    The English of a message, which knows where the catalogue has it in the other languages.

    `clearprop.lang.told` makes one, and `clearprop.lang.in_language` says it again.

    Parameters
    ----------
    text : str
        What it is in English.
    key : str
        Where the catalogue has it.
    values : mapping
        What its placeholders stand for; those that are `Told` too are said again with it.
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, Any]

    def __new__(cls, text: str, key: str, values: Mapping[str, Any]) -> Self:
        made = super().__new__(cls, text)
        made.key, made.values = key, values
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, Any]]:  # type: ignore[override]
        return str(self), self.key, self.values


#: What this module says itself: the catalogue, which lies above it, takes it up as it is.
WORDS: Mapping[str, Mapping[str, str]] = {
    "unknown": {
        "en": "unknown {kind} {got}. Known: {known}.",
        "ko": "{got:이라}는 {kind:은} 없습니다. 있는 것: {known}.",
    },
    "unknown_but": {
        "en": "unknown {kind} {got}; did you mean {close}? Known: {known}.",
        "ko": "{got:이라}는 {kind:은} 없습니다. {close:을} 찾으셨습니까? 있는 것: {known}.",
    },
    "no_argument": {
        "en": "{who} has no argument {wrong}. It has: {known}.",
        "ko": "{who}에 {wrong:이라}는 인수는 없습니다. 있는 것: {known}.",
    },
    "no_argument_but": {
        "en": "{who} has no argument {wrong}; did you mean {close}? It has: {known}.",
        "ko": "{who}에 {wrong:이라}는 인수는 없습니다. {close:을} 찾으셨습니까? 있는 것: {known}.",
    },
}


class ClearpropError(Exception):
    """
    Base of all errors that the library raises on purpose.

    Printed, it is English; `message` can be said in every language if the catalogue has it.
    """

    @property
    def message(self) -> str:
        """What went wrong: a `Told` if the catalogue has it."""
        first = self.args[0] if self.args else ""
        return first if isinstance(first, Told) else str(self)


class ShapeError(ClearpropError, ValueError):
    """Arrays whose shapes do not fit each other or the operation."""


class DTypeError(ClearpropError, TypeError):
    """An array of the wrong kind of number."""


class GradientError(ClearpropError, TypeError):
    """A gradient was asked for where there is none."""


class GradcheckError(ClearpropError, AssertionError):
    """A gradient that is not what measuring gives; `report` tells where and what it looks like."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class OptionError(ClearpropError, ValueError):
    """An argument outside its domain: a misspelt name, a number out of range."""


class RangeError(ClearpropError, IndexError):
    """An index beyond the end of an axis, or a label that is no class."""


class StateError(ClearpropError, RuntimeError):
    """A call that comes too early or too late, such as `fit` before `compile`."""


class AddressError(ClearpropError, LookupError):
    """An address such as ``dense_1/kernel[0,2]`` that names nothing."""


class DataError(ClearpropError, ValueError):
    """Data that cannot be used as they are; the message names the row and the column."""


class FormatError(ClearpropError, ValueError):
    """A file that is damaged, truncated, hostile or of another kind."""


class NumericsError(ClearpropError, ArithmeticError):
    """NaN or infinity where finite numbers are needed."""


class MemoryLimitError(ClearpropError, MemoryError):
    """A request that would take more memory than the machine can give."""


def nearest(name: str, choices: Iterable[str], *, most: int = 3) -> list[str]:
    """
    List the choices that look most like `name`, best first.

    Examples
    --------
    >>> nearest("adma", ["sgd", "adam"])
    ['adam']
    """
    from difflib import get_close_matches  # a program that misspells nothing starts without it

    large = name[:1].isupper()  # of names that differ in this alone, the one that is written so
    of_its_kind_last = sorted(choices, key=lambda choice: choice[:1].isupper() == large)
    by_folded = {choice.casefold(): choice for choice in of_its_kind_last}
    wanted = name.casefold()
    matches = get_close_matches(wanted, by_folded, n=max(most, 3), cutoff=0.5)
    matches.sort(key=lambda match: sorted(match) != sorted(wanted))  # letters merely exchanged
    twins = {choice.casefold().replace("_", ""): choice for choice in of_its_kind_last}
    found = [by_folded[match] for match in matches[:most]]
    return [
        choice if choice[:1].isupper() == large else twins[choice.casefold().replace("_", "")]
        for choice in found
    ]


def hint(name: str, choices: Iterable[str]) -> str:
    """
    End a sentence on a misspelt name with what was perhaps meant.

    Examples
    --------
    >>> hint("adma", ["sgd", "adamax", "adam"]), hint("?", ["sgd"])
    ("; did you mean 'adam'?", '.')
    """
    close = nearest(name, choices, most=1)
    return f"; did you mean {close[0]!r}?" if close else "."


def unknown(kind: str, got: object, choices: Iterable[str]) -> OptionError:
    """
    Build the error for a name that is none of `choices`, with the nearest of them.

    Examples
    --------
    >>> print(unknown("optimizer", "adma", ["sgd", "adam"]))
    unknown optimizer 'adma'; did you mean 'adam'? Known: 'adam', 'sgd'.
    """
    names = sorted(choices)
    close = nearest(got, names, most=1) if isinstance(got, str) else []
    known = ", ".join(map(repr, names))
    return OptionError(_told("unknown", close, kind=_word(kind), got=repr(got), known=known))


def _word(kind: str) -> Told:
    """Say what a thing is called, which is its key among the ``kinds`` of the catalogue."""
    what, _, owner = kind.partition(" of ")
    if owner[:1].isupper():  # of a class
        return Told(kind, "kinds.of", {"what": _word(what), "owner": owner})
    return Told(kind, f"kinds.{kind.replace(' ', '_')}", {})


def named(function: Callable[..., object]) -> list[str]:
    """
    List the arguments that a function takes by name.

    Examples
    --------
    >>> named(lambda x, *rest, y=1, **more: None)
    ['x', 'y']
    """
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]


def no_argument(who: str, got: Iterable[str], choices: Iterable[str]) -> OptionError:
    """
    Build the error for a call with arguments that there are not; `got` has their names.

    Examples
    --------
    >>> print(no_argument("fit", ["epohs"], ["x", "y", "epochs"]))
    fit has no argument 'epohs'; did you mean 'epochs'? It has: x, y, epochs.
    """
    names, wrong = list(choices), next(iter(got))
    close = nearest(wrong, names, most=1)
    return OptionError(
        _told("no_argument", close, who=who, wrong=repr(wrong), known=", ".join(names))
    )


def _told(name: str, close: list[str], **values: str) -> Told:
    """Say what this module says, with the nearest of the choices if there is one."""
    if close:
        name, values = f"{name}_but", values | {"close": repr(close[0])}
    return Told(WORDS[name]["en"].format(**values), f"errors.{name}", values)


def attribute_finder(module: str, choices: Iterable[str]) -> Callable[[str], object]:
    """
    Make a module's `__getattr__`, which says of a misspelt name what was perhaps meant.

    Examples
    --------
    >>> attribute_finder("layers", ["Dense"])("Dens")
    Traceback (most recent call last):
    AttributeError: layers has no 'Dens'; did you mean 'Dense'?
    """

    def find(name: str) -> object:
        end = "." if name.startswith("__") else hint(name, choices)
        raise AttributeError(f"{module} has no {name!r}{end}")

    return find
