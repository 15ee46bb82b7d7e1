"""Kinds of values that options take, which say in words what they expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

import click

from clearprop.errors import nearest
from clearprop.lang import say

__all__ = ["Choice", "Fraction", "Sizes", "Whole"]


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
