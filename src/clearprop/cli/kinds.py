"""Kinds of values that options take, which say in words what they expected."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, final

import click

from clearprop.errors import nearest
from clearprop.lang import say

__all__ = ["Change", "Choice", "Depth", "Fraction", "Rows", "RowsAsked", "Sizes", "Whole"]


@final
class Choice(click.ParamType):
    """One of some words."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = list(choices)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if value not in self.choices:
            close = nearest(str(value), self.choices, most=1)
            key = "cli.not_a_choice_but" if close else "cli.not_a_choice"
            known = ", ".join(self.choices)
            self.fail(say(key, value=repr(value), close="".join(close), known=known), param, ctx)
        return value


@final
class Whole(click.ParamType):
    """A whole number of at least so much."""

    name = "whole"

    def __init__(self, least: int = 0) -> None:
        self.least = least

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            number = int(value)
        except ValueError:
            number = self.least - 1
        if number < self.least:
            self.fail(say("cli.not_whole", value=repr(value), least=self.least), param, ctx)
        return number


@final
class Fraction(click.ParamType):
    """A number from 0 up, less than a limit if there is one."""

    name = "fraction"

    def __init__(self, below: float = math.inf) -> None:
        self.below = below

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number < self.below:
            key = "cli.not_positive" if math.isinf(self.below) else "cli.not_fraction"
            self.fail(say(key, value=repr(value), below=f"{self.below:g}"), param, ctx)
        return number


@final
class Sizes(click.ParamType):
    """Whole numbers above 0 with commas between them, such as ``64,32``; ``0`` for none."""

    name = "sizes"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, list):
            return value
        if str(value).strip() in ("", "0"):
            return []
        pieces = [piece.strip() for piece in str(value).split(",")]
        if not all(piece.isascii() and piece.isdecimal() and int(piece) > 0 for piece in pieces):
            self.fail(say("cli.not_sizes", value=repr(value)), param, ctx)
        return [int(piece) for piece in pieces]


@final
class Depth(click.ParamType):
    """A number of levels, or ``all`` of them, which is None."""

    name = "depth"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if value is None or value == "all":
            return None
        try:
            number = int(value)
        except ValueError:
            number = -1
        if number < 0:
            self.fail(say("cli.not_depth", value=repr(value)), param, ctx)
        return number


class Rows(NamedTuple):
    """Which rows are asked for, the last among them; None for as far as there are any."""

    first: int | None
    last: int | None


@final
class RowsAsked(click.ParamType):
    """A row such as ``7``, rows such as ``2-21``, or ``all``."""

    name = "rows"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, Rows):
            return value
        if value == "all":
            return Rows(None, None)
        form = re.fullmatch(r"(\d{1,15})(?:-(\d{1,15}))?", str(value).strip(), re.ASCII)
        if form is None or (form[2] and int(form[2]) < int(form[1])):
            self.fail(say("cli.not_rows", value=repr(value)), param, ctx)
        return Rows(int(form[1]), int(form[2] or form[1]))


@final
class Change(click.ParamType):
    """An address and by how much to change what is there, such as ``w5=+0.01``."""

    name = "change"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, tuple):
            return value
        address, given, by = str(value).rpartition("=")
        try:
            number = float(by)
        except ValueError:
            number = math.nan
        if not (given and address.strip() and math.isfinite(number)):
            self.fail(say("cli.not_change", value=repr(value)), param, ctx)
        return address.strip(), number
