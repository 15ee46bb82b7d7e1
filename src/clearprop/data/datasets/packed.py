"""Data sets that come as one archive: where it is, or the folder that someone unpacked it to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from clearprop.core.caller import warn
from clearprop.data.datasets.download import RemoteFile, fetch, sha256
from clearprop.data.datasets.places import cache_folder, own_folder
from clearprop.errors import DataError

__all__ = ["PackedSet", "place_of"]


@final
@dataclass(frozen=True)
class PackedSet:
    """
    A data set in one archive, and where it can be had.

    Parameters
    ----------
    title : str
    folder : str
        Where it is kept in the cache.
    inside : str
        The folder that is in the archive.
    mirrors : tuple of str
    archive : RemoteFile
    """

    title: str
    folder: str
    inside: str
    mirrors: tuple[str, ...]
    archive: RemoteFile


def place_of(data: PackedSet, mirrors: Sequence[str]) -> Path:
    """
    Give the folder or the archive of a data set, which is fetched if it is nowhere.

    Raises
    ------
    DataError
        If it is nowhere and cannot be downloaded.
    """
    root = own_folder()
    for folder in [] if root is None else [root / data.folder, root]:
        if (folder / data.inside).is_dir():
            return folder / data.inside
        if (path := folder / data.archive.name).is_file():
            if sha256(path) != data.archive.sha256:
                warn(
                    f"{path.name} in {folder} is not the original {data.title}: results will differ"
                    " from published ones."
                )
            return path
    folder = cache_folder() / data.folder
    path = folder / data.archive.name
    if path.is_file() and sha256(path) == data.archive.sha256:
        return path
    try:
        return fetch(data.archive, folder, mirrors=mirrors)
    except DataError as error:
        raise DataError(
            f"{error}\nTo use {data.title} all the same, put this file into\n  {folder}\n"
            "or into a folder that the environment variable CLEARPROP_DATA names, or put there the"
            f" folder {data.inside} that is in it:\n"
            f"  {data.archive.name}  {data.archive.size:,} bytes  SHA-256 {data.archive.sha256}"
        ) from error
