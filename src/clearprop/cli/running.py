"""The outermost loop of the command line: what went wrong becomes a line of words and a number."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from clearprop.cli.usage import in_words
from clearprop.errors import ClearpropError, Told
from clearprop.lang import LANGUAGES, in_language, reason, say

__all__ = ["CHECK_FAILED", "FAULT", "INTERRUPTED", "WRONG_USE", "finished"]

CHECK_FAILED, WRONG_USE = 1, 2
FAULT = 70  # of clearprop itself, as sysexits.h numbers it
INTERRUPTED = 128 + signal.SIGINT
NO_READER = 128 + 13  # what a shell shows of a program that a closed pipe ended


def finished(body: Callable[[], Any], argv: Sequence[str]) -> int:
    """
    Run a command to its end, whatever that is.

    Parameters
    ----------
    body : callable
        Does the work; gives an exit code, or None for 0.
    argv : sequence of str
        The command line; it says in which language to speak and whether to show tracebacks.

    Returns
    -------
    int
        0: good. 1: a check failed. 2: wrong use or unreadable input. 70: a fault of clearprop's.
        130: interrupted. 141: whoever read the output has gone.
    """
    with _speaking(argv), _warning_in_words():
        try:
            code = _guarded(body, debug="--debug" in argv)
            sys.stdout.flush()
        except BrokenPipeError:
            _close_output()
            return NO_READER
    return code


def _guarded(body: Callable[[], Any], *, debug: bool) -> int:
    try:
        return int(body() or 0)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        return _told(in_words(error), debug=debug)
    except (KeyboardInterrupt, EOFError, click.Abort):
        click.echo(file=sys.stderr)  # ends the line in which the terminal showed ^C
        click.echo(say("cli.interrupted"), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except ClearpropError as error:
        notes = getattr(error, "__notes__", ())
        return _told(in_language(error.message), debug=debug, notes=[*map(in_language, notes)])
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise BrokenPipeError from error
        where = f"{error.filename}: " if error.filename else ""
        return _told(f"{where}{in_language(reason(error))}", debug=debug)
    except MemoryError:
        return _told(say("cli.no_memory"), debug=debug)
    except Exception as error:  # noqa: BLE001 - the outermost loop: nothing else reports it
        _told(say("cli.fault", error=f"{type(error).__name__}: {error}"), debug=debug)
        return FAULT


def _told(words: str, *, debug: bool, notes: Sequence[str] = ()) -> int:
    """Say what went wrong; with the way there, if that was asked for."""
    if debug:
        click.echo(traceback.format_exc(), err=True)
    click.echo(f"clearprop: {words}", err=True)
    for note in notes:
        click.echo(f"  {note}", err=True)
    return WRONG_USE


def asked_language(argv: Sequence[str]) -> str | None:
    """
    Find the language that a command line asks for, wherever it does so.

    Examples
    --------
    >>> asked_language(["train", "--help", "--lang=ko"])
    'ko'
    """
    for i, arg in enumerate(argv):
        if arg == "--":
            break
        name, given, value = arg.partition("=")
        if name == "--lang":
            value = value if given else next(iter(argv[i + 1 : i + 2]), "")
            if value in LANGUAGES:
                return value
    return None


@contextlib.contextmanager
def _speaking(argv: Sequence[str]) -> Iterator[None]:
    """Speak the language asked for, with letters that the terminal lacks replaced."""
    name = "CLEARPROP_LANG"
    before, lang = os.environ.get(name), asked_language(argv)
    if lang is not None:
        os.environ[name] = lang
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a sign that the terminal lacks is no reason to stop
            stream.reconfigure(errors="replace")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


@contextlib.contextmanager
def _warning_in_words() -> Iterator[None]:
    """Show what the library warns of as a line, without the place in its code."""

    def show(message: Warning | str, *rest: Any, **more: Any) -> None:
        words = next(iter(message.args), "") if isinstance(message, Warning) else message
        said = in_language(words) if isinstance(words, Told) else str(message)
        click.echo(f"clearprop: {say('cli.warning')}: {said}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.showwarning = show
        yield


def _close_output() -> None:
    """Let what is left unwritten go nowhere, or Python would complain of it at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
