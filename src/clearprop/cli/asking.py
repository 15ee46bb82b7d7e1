"""What all commands have in common that ask of a model what it does with examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from clearprop.cli.help import argument, option
from clearprop.cli.kinds import RowsAsked
from clearprop.lang import say

__all__ = ["examples_for", "of_examples", "only_one"]


def of_examples(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command a model, and the options that say which examples it is asked of."""
    for made in (
        option("--encoding", words="encoding", metavar="NAME"),
        option("--labels", words="labels", metavar="FILE"),
        option("--row", "rows", words="row", type=RowsAsked(), metavar="N"),
        option("--data", words="why_data", metavar="DATA"),
    ):
        function = made(function)
    return argument("model", words="model")(function)


def examples_for(model: Any, data: str | None, rows: Any, encoding: Any, labels: Any) -> Any:
    """
    Take the examples.

    Raises
    ------
    click.UsageError
        If no data are named.
    """
    from clearprop.cli.examples import examples

    if data is None:
        raise click.UsageError(say("cli.which_data"), click.get_current_context())
    return examples(model, data, rows, encoding, labels)


def only_one(**asked: Any) -> None:
    """
    Refuse options that exclude each other.

    Raises
    ------
    click.UsageError
        If more than one is given; their names are those of the options, with _ for -.
    """
    given = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value]
    if len(given) > 1:
        names = ", ".join(given)
        raise click.UsageError(say("cli.one_of", names=names), click.get_current_context())
