"""Where files of data sets are looked for, and kept once they were fetched."""

from __future__ import annotations

import os
from pathlib import Path

from clearprop.core.files import cache_folder
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
