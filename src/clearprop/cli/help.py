"""Commands whose help comes from the catalogue of words, in the language of the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, final

import click

from clearprop.cli.kinds import Choice
from clearprop.cli.layout import definitions, terminal_width, wrapped
from clearprop.lang import LANGUAGES, say

__all__ = ["Command", "argument", "common", "key_of", "option", "own_help", "subcommand"]


@final
class Option(click.Option):
    """An option that the catalogue explains."""

    def __init__(self, *args: Any, words: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.words = words

    def term(self) -> str:
        """Write it as one types it."""
        short_first = sorted(self.opts, key=len)
        name = ", ".join(short_first)
        return name if self.is_flag else f"{name} {self.metavar or 'X'}"


@final
class Argument(click.Argument):
    """An argument that the catalogue explains."""

    def __init__(self, *args: Any, words: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.words = words

    def term(self) -> str:
        """Write it as the usage line has it."""
        return (self.name or "").upper()


@final
class Command(click.Command):
    """
    A command that the catalogue explains.

    Parameters
    ----------
    examples : sequence of str
        Command lines that work.
    """

    def __init__(self, name: str, *, examples: Sequence[str], **settings: Any) -> None:
        taken = {"allow_extra_args": True}  # to be refused in our own words
        super().__init__(name, add_help_option=False, context_settings=taken, **settings)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; refuse what is left over."""
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # so that the help can be named
            raise
        if rest and not ctx.resilient_parsing:
            ctx.fail(say("cli.too_many", extra=rest[0]))
        return rest

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n".join(own_help(ctx, self, [])) + "\n")


def own_help(
    ctx: click.Context, command: click.Command, commands: Iterable[tuple[str, str]]
) -> list[str]:
    """
    Write the help of a command.

    Parameters
    ----------
    ctx : click.Context
        Where the command was called.
    command : click.Command
        The command, made of options and arguments that have words.
    commands : iterable of (str, str)
        Names of the commands in it, and what they are called in the catalogue.

    Returns
    -------
    list of str
        The lines.
    """
    width, name = terminal_width(), command.name or ""
    lines = [f"{say('help.usage')}: {ctx.command_path} {_pieces(command)}", ""]
    for paragraph in say(f"help.{key_of(name)}").split("\n\n"):
        lines += [*("  " + line for line in wrapped(paragraph, width - 2)), ""]
    listed = {
        "commands": [(each, say(f"help.{key}").split("\n\n")[0]) for each, key in commands],
        "arguments": [(p.term(), _said(p)) for p in command.params if isinstance(p, Argument)],
        "options": [(p.term(), _said(p)) for p in command.params if isinstance(p, Option)],
    }
    for title, pairs in listed.items():
        if pairs:
            lines += [f"{say(f'help.{title}')}:", *definitions(pairs, width), ""]
    examples = command.examples if isinstance(command, Command) else ("clearprop demo",)
    return [*lines, f"{say('help.examples')}:", *(f"  {line}" for line in examples)]


def key_of(name: str) -> str:
    """Give what the catalogue calls the help of a command."""
    return name.replace("-", "_")


def _pieces(command: click.Command) -> str:
    arguments = [
        param.term() if param.required else f"[{param.term()}]"
        for param in command.params
        if isinstance(param, Argument)
    ]
    if isinstance(command, click.Group):
        arguments = [say("help.command_metavar"), "..."]
    return " ".join([*arguments, f"[{say('help.options_metavar')}]"])


def _said(param: Any) -> str:
    """Say what a parameter is for, and what it is unless it is given."""
    words = say(f"help.{param.words}")
    default = param.default
    # click's mark for "none" has changed its name; ours are numbers and words.
    if (
        getattr(param, "is_flag", False)
        or not isinstance(default, int | float | str)
        or default == ""
    ):
        return words
    return f"{words} {say('help.default', value=default)}"


def option(*names: str, words: str, **settings: Any) -> Callable[[Any], Any]:
    """
    Declare an option.

    Parameters
    ----------
    *names : str
        As one types it, and how the command's function calls it.
    words : str
        What it is called in the family ``help`` of the catalogue.
    **settings
        As `click.option` takes them.
    """
    return click.option(*names, cls=Option, words=words, **settings)


def argument(name: str, *, words: str, **settings: Any) -> Callable[[Any], Any]:
    """Declare an argument, as `option` does an option."""
    return click.argument(name, cls=Argument, words=words, **settings)


def subcommand(name: str, examples: Sequence[str]) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function, with the options that all commands have."""

    def made(function: Callable[..., Any]) -> Command:
        params = [*reversed(getattr(function, "__click_params__", [])), *common()]
        return Command(name, callback=function, params=params, examples=examples)

    return made


def common(version: Callable[..., Any] | None = None) -> list[click.Parameter]:
    """Give the options that every command has; those of the whole program have its version too."""
    return list(_common(version))


def _common(version: Callable[..., Any] | None) -> Iterator[click.Parameter]:
    quiet: dict[str, Any] = {"expose_value": False}
    yield Option(
        ["--lang"], words="lang", type=Choice(LANGUAGES), metavar="|".join(LANGUAGES), **quiet
    )
    yield Option(["--debug"], words="debug", is_flag=True, **quiet)
    if version is not None:
        yield Option(
            ["--version"], words="version", is_flag=True, is_eager=True, callback=version, **quiet
        )
    yield Option(
        ["-h", "--help"], words="help", is_flag=True, is_eager=True, callback=_help, **quiet
    )


def _help(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()
