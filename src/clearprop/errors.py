"""Every error of the library: each says what was got, what was expected and how to mend it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches

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
    "attribute_finder",
    "named",
    "nearest",
    "no_argument",
    "unknown",
]


class ClearpropError(Exception):
    """Base of all errors that the library raises on purpose."""


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
    by_folded = {choice.casefold(): choice for choice in choices}
    matches = get_close_matches(name.casefold(), by_folded, n=most, cutoff=0.5)
    return [by_folded[match] for match in matches]


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
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return OptionError(f"unknown {kind} {got!r}{hint} Known: {', '.join(map(repr, names))}.")


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
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return OptionError(f"{who} has no argument {wrong!r}{hint} It has: {', '.join(names)}.")


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
        close = [] if name.startswith("__") else nearest(name, choices, most=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        raise AttributeError(f"{module} has no {name!r}{hint}")

    return find
