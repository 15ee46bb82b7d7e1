"""Texts in folders, a file a text, as batches of strings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clearprop.data.checks import whole
from clearprop.data.folders import Asked, batches_of_files
from clearprop.data.passes import Batches
from clearprop.errors import DataError

__all__ = ["read_text", "text_dataset_from_directory"]

LONGEST = 1 << 24  # bytes


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Batches | list[Batches]:
    """
    Hand out texts from folders that are named after their classes.

    Parameters
    ----------
    directory, labels, label_mode, class_names, batch_size, shuffle, seed
        As for `image_dataset_from_directory`; files end in ``.txt`` and are UTF-8.
    max_length : int, optional, characters
        Where to cut texts.
    validation_split, subset, follow_links, verbose
        As for `image_dataset_from_directory`.

    Returns
    -------
    Batches
        Of ``(x, y)``: `x` is an array of strings, of shape (N,).

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    DataError
        If there are no texts; while going through, if one cannot be read: says which.

    Examples
    --------
    >>> text_dataset_from_directory("letters")
    Traceback (most recent call last):
    clearprop.errors.DataError: the folder 'letters' does not exist.
    """
    asked = Asked(
        directory, labels, label_mode, class_names, batch_size, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    most = None if max_length is None else whole(max_length, "max_length", least=1)
    return batches_of_files(asked, (".txt",), "texts", lambda path: _cut(read_text(path), most))


def read_text(path: Any) -> str:
    """
    Read a UTF-8 text of at most 16 MiB.

    Raises
    ------
    DataError
        If it cannot be read, is longer, or is in another encoding; says where.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(LONGEST + 1)
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if len(content) > LONGEST:
        raise DataError(f"{str(path)!r} is longer than {LONGEST:,} bytes; divide it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{str(path)!r} is not UTF-8 (byte {error.start} is {content[error.start]:#04x}); save"
            " it as UTF-8. Older Korean files are often in CP949."
        ) from None


def _cut(text: str, most: int | None) -> np.ndarray:
    return np.array(text[:most], object)
