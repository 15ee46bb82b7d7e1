"""Where files of data sets are looked for, and kept once they were fetched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from clearprop.errors import DataError
from clearprop.lang import told

__all__ = ["VARIABLE", "cache_folder", "own_folder"]

VARIABLE = "CLEARPROP_DATA"


def own_folder() -> Path | None:
    """
    Give the folder that the user names for data sets, if any.

    Raises
    ------
    DataError
        If there is no such folder.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    root = Path(named).expanduser()
    if not root.is_dir():
        raise DataError(told("fetching.no_folder", variable=VARIABLE, path=repr(named)))
    return root


def cache_folder() -> Path:
    """Tell where this system keeps what can be fetched again."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local") / "clearprop/Cache"
    if sys.platform == "darwin":
        return home / "Library/Caches/clearprop"
    named = os.environ.get("XDG_CACHE_HOME", "")
    # The standard says that a relative path here is to be ignored.
    return (Path(named) if named.startswith("/") else home / ".cache") / "clearprop"
