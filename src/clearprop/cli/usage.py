"""What is wrong with a command line, in words."""

from __future__ import annotations

from typing import Any

import click

from clearprop.errors import nearest
from clearprop.lang import say

__all__ = ["in_words"]


def in_words(error: click.ClickException) -> str:
    """
    Say what is wrong with a command line, and where to read how it is right.

    Parameters
    ----------
    error : click.ClickException
        What click found.
    """
    ctx = getattr(error, "ctx", None)
    words = _words(error)
    if ctx is None:
        return words
    return f"{words}\n{say('cli.try_help', command=ctx.command_path)}"


def _words(error: Any) -> str:
    if isinstance(error, click.NoSuchOption):
        known = (
            [name for param in error.ctx.command.params for name in param.opts] if error.ctx else []
        )
        close = nearest(
            error.option_name, [name for name in known if name.startswith("--")], most=1
        )
        key = "cli.no_such_option_but" if close else "cli.no_such_option"
        return say(key, name=error.option_name, close="".join(close))
    if isinstance(error, click.MissingParameter):
        kind = "argument" if isinstance(error.param, click.Argument) else "option"
        return say(f"cli.missing_{kind}", name=_named(error.param))
    if isinstance(error, click.BadOptionUsage):
        params = error.ctx.command.params if error.ctx else []
        flags = {name for p in params if getattr(p, "is_flag", False) for name in p.opts}
        key = "takes_no_value" if error.option_name in flags else "needs_value"
        return say(f"cli.{key}", name=error.option_name)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{_named(error.param)}: {error.message}"
    return error.format_message()


def _named(param: Any) -> str:
    """Give a parameter's name as the help has it."""
    if isinstance(param, click.Argument):
        return param.name.upper()
    return max(param.opts, key=len)
