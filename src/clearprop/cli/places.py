"""Where commands write: seen to before anything is done that could be lost."""

from __future__ import annotations

from pathlib import Path

from clearprop.errors import DataError, OptionError
from clearprop.lang import say

__all__ = ["check_model_place", "check_place", "check_report_place"]

_REPORT = b'name="generator" content="clearprop"'  # as every page of ours says near its beginning
_BEGINNING = 4096


def check_place(path: Path) -> None:
    """
    See that a file can be written at a place.

    Raises
    ------
    DataError
        If it is a folder, or in none.
    """
    if path.is_dir():
        raise DataError(say("cli.is_folder", path=path))
    if not path.parent.is_dir():
        raise DataError(say("cli.no_folder", path=path, folder=path.parent))


def check_model_place(path: Path, option: str) -> None:
    """
    See that a model can be saved at a place, and that it holds no file but an older model.

    Parameters
    ----------
    path : Path
        The place.
    option : str
        What names another.

    Raises
    ------
    DataError
        If it is a folder, or in none.
    OptionError
        If it holds another file, or its name is one for another kind of file.
    """
    from clearprop.io.foreign import ensure_ours
    from clearprop.io.model_files import is_model

    check_place(path)
    ensure_ours(path)
    if path.exists() and not is_model(path):
        raise OptionError(say("cli.would_replace_no_model", path=path, option=option))


def check_report_place(path: Path) -> None:
    """
    See that a place holds no file but an older report.

    Raises
    ------
    OptionError
        If it holds another.
    """
    check_place(path)
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if _REPORT not in file.read(_BEGINNING):
                raise OptionError(say("cli.would_replace", path=path))
