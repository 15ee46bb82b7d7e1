"""``clearprop``: the commands, each loaded when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, final

import click

from clearprop.cli.help import Command, common, key_of, own_help
from clearprop.cli.running import finished
from clearprop.errors import nearest
from clearprop.lang import say

__all__ = ["COMMANDS", "Root", "root"]

COMMANDS = (
    "demo",
    "train",
    "predict",
    "why",
    "formulas",
    "what-if",
    "sheet",
    "grade",
    "check",
    "bench",
    "data",
)  # in the order in which one meets them


@final
class Root(click.Group):
    """The group of all commands; a command's module is its name's, and is loaded when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: Command = import_module(f"clearprop.cli.{cmd_name.replace('-', '_')}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which is meant, perhaps, where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = nearest(args[0], COMMANDS, most=1)
            key = "cli.no_such_command_but" if close else "cli.no_such_command"
            known = ", ".join(COMMANDS)
            ctx.fail(say(key, name=args[0], close="".join(close), known=known))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(
            "\n".join(own_help(ctx, self, [(name, key_of(name)) for name in COMMANDS])) + "\n"
        )

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; see `finished` for what its exit code says."""
        argv = list(sys.argv[1:] if args is None else args)
        name = "clearprop"
        self._main_shell_completion(extra, name, complete_var)

        def body() -> Any:
            with self.make_context(name, list(argv), **extra) as ctx:
                return self.invoke(ctx)

        code = finished(body, argv)
        if standalone_mode:
            sys.exit(code)
        return code


def _version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        import clearprop

        click.echo(f"clearprop {clearprop.__version__}")
        ctx.exit()


@click.pass_context
def _start(ctx: click.Context) -> None:
    """Show the help if no command is named."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


root = Root(
    "clearprop",
    callback=_start,
    invoke_without_command=True,
    params=common(version=_version),
    add_help_option=False,
)
