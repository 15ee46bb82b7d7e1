"""Files in folders that are named after their classes: which there are, and what they stand for."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from clearprop.core.caller import warn
from clearprop.core.random import fresh_stream
from clearprop.data.checks import whole
from clearprop.data.passes import Batches, Orders
from clearprop.errors import DataError, OptionError, hint
from clearprop.lang import say

__all__ = ["Asked", "batches_of_files"]

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)


@final
@dataclass(frozen=True)
class Asked:
    """
    What is asked of a folder, under Keras's names.

    Parameters
    ----------
    directory : str or path
        The folder.
    labels : "inferred", list of int, or None
        From the subfolders; or one for each file in the order of their paths; or none.
    label_mode : {"int", "categorical", "binary"} or None
        How labels are handed out.
    class_names : sequence of str, optional
        The subfolders to read, in the order of their labels.
    batch_size : int, optional
        With None examples come one by one.
    shuffle : bool
        Whether to shuffle the files, and every pass again.
    seed : int, optional
    validation_split : float, optional
        The part of the files to set aside.
    subset : {"training", "validation", "both"}, optional
        Which part to read.
    follow_links : bool
        Whether to go into folders that are linked.
    verbose : bool
        Whether to say how many files were found.
    """

    directory: Any
    labels: Any
    label_mode: str | None
    class_names: Sequence[str] | None
    batch_size: int | None
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: str | None
    follow_links: bool
    verbose: bool

    def __post_init__(self) -> None:
        _one_of("label_mode", self.label_mode, LABEL_MODES)
        _one_of("subset", self.subset, SUBSETS)
        if self.batch_size is not None:
            whole(self.batch_size, "batch_size", least=1)
        if self.seed is not None:
            whole(self.seed, "seed", least=0)
        if not (self.labels is None or _is_word(self.labels) or _is_list(self.labels)):
            raise OptionError(
                "labels must be 'inferred', a list with a whole number for each file, or None; got"
                f" {self.labels!r}."
            )
        if not self.inferred and self.class_names:
            raise OptionError("class_names goes with inferred labels only: it names subfolders.")
        share = self.validation_split
        if (share is None or share == 0) != (self.subset is None):
            raise OptionError(
                "validation_split and subset go together: how much to set aside, and which part"
                " to read."
            )
        if share and not 0.0 < share < 1.0:
            raise OptionError(f"validation_split must be between 0 and 1; got {share!r}.")
        if share and self.shuffle and self.seed is None:
            raise OptionError(
                "validation_split of shuffled files needs a seed: otherwise the two parts would"
                " have files in common."
            )

    @property
    def inferred(self) -> bool:
        """Whether subfolders say what files stand for."""
        return self.label_mode is not None and _is_word(self.labels)


@final
@dataclass(frozen=True)
class Files:
    """Files and their labels, if they have any."""

    paths: list[str]
    labels: np.ndarray | None
    class_names: list[str] | None

    def __getitem__(self, part: slice) -> Files:
        labels = None if self.labels is None else self.labels[part]
        return Files(self.paths[part], labels, self.class_names)


def batches_of_files(
    asked: Asked, endings: Sequence[str], what: str, read: Callable[[str], Any]
) -> Batches | list[Batches]:
    """
    Find files, and hand out what is read from them.

    Parameters
    ----------
    asked : Asked
    endings : sequence of str
        Of the names of the files, in lower case: ".png".
    what : str
        What they are called in messages: "pictures".
    read : callable ``(path) -> array``

    Returns
    -------
    Batches, or a list of two for the subset "both"

    Raises
    ------
    DataError
        If the folder does not exist, or has no such files.
    OptionError
        If an argument does not fit what is there.
    """
    found = _found(asked, tuple(endings), what)
    K = len(found.class_names or ())
    if asked.label_mode == "binary" and found.labels is not None and K != 2:
        raise OptionError(
            f"label_mode='binary' is for two classes; there are {K}: {found.class_names}."
        )
    if asked.shuffle:
        found = _shuffled(found, asked.seed)
    if not asked.validation_split:
        return _batches(asked, found, read, shuffle=asked.shuffle)
    aside = int(asked.validation_split * len(found.paths))
    if aside == 0:
        raise DataError(
            f"validation_split={asked.validation_split} of {len(found.paths)} files sets none"
            " aside; give more files, or a larger part."
        )
    parts = {"training": found[:-aside], "validation": found[-aside:]}
    if asked.verbose:
        training, validation = (len(part.paths) for part in parts.values())
        _print(say("data.parted", training=training, validation=validation))
    if asked.subset == "both":
        return [
            _batches(asked, part, read, shuffle=asked.shuffle and name == "training")
            for name, part in parts.items()
        ]
    return _batches(asked, parts[str(asked.subset)], read, shuffle=asked.shuffle)


def _found(asked: Asked, endings: tuple[str, ...], what: str) -> Files:
    """List the files, and give each its label."""
    root = Path(asked.directory)
    if not root.is_dir():
        is_there = "is no folder" if root.exists() else "does not exist"
        raise DataError(f"the folder {str(root)!r} {is_there}.")
    inferred = asked.inferred
    folders = _classes(root, asked.class_names) if inferred else {"": root}
    paths: list[str] = []
    counts: dict[str, int] = {}
    for name, folder in folders.items():
        files = list(_files(folder, endings, asked.follow_links))
        counts[name] = len(files)
        paths += files
    if not paths:
        where = "its subfolders, which are named after the classes" if inferred else "it"
        raise DataError(
            f"{str(root)!r} holds no {what}: there are no files {', '.join(endings)} in {where}."
        )
    for name, count in counts.items():
        if inferred and not count:
            warn(f"the class {name!r} has no {what}: its folder holds none.")
    return _labelled(asked, paths, counts)


def _labelled(asked: Asked, paths: list[str], counts: dict[str, int]) -> Files:
    if asked.labels is None or asked.label_mode is None:
        if asked.verbose:
            _print(say("data.found_files", files=len(paths)))
        return Files(paths, None, None)
    if asked.inferred:
        names = list(counts)
        labels = np.repeat(np.arange(len(counts)), list(counts.values()))
    else:
        labels = np.asarray(asked.labels)
        if labels.shape != (len(paths),) or labels.dtype.kind not in "iu":
            raise OptionError(
                f"labels must be a whole number for each of the {len(paths)} files; got"
                f" {len(asked.labels)} of {labels.dtype}."
            )
        values = sorted(set(labels.tolist()))
        if values[0] < 0 or values[-1] >= len(values):
            raise OptionError(
                f"labels must be 0 to {len(values) - 1} for {len(values)} classes; got {values}."
            )
        names = [str(value) for value in values]
    if asked.verbose:
        _print(say("data.found_classes", files=len(paths), classes=len(names)))
    return Files(paths, labels.astype(np.int32), names)


def _classes(root: Path, asked: Sequence[str] | None) -> dict[str, Path]:
    """List the subfolders by their names, which are the same however they are encoded."""
    folders = {
        unicodedata.normalize("NFC", each.name): each
        for each in root.iterdir()
        if each.is_dir() and not each.name.startswith(".")
    }
    if not folders:
        raise DataError(
            f"{str(root)!r} has no subfolders; there must be one for each class, named after it."
            " labels=None reads files without classes."
        )
    if asked is None:
        return dict(sorted(folders.items()))
    names = [unicodedata.normalize("NFC", str(name)) for name in asked]
    for name in names:
        if name not in folders:
            raise OptionError(
                f"class_names: there is no subfolder {name!r}{hint(name, folders)} There are"
                f" {', '.join(sorted(folders))}."
            )
    return {name: folders[name] for name in names}


def _files(folder: Path, endings: tuple[str, ...], follow_links: bool) -> Iterator[str]:
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        for name in sorted(names):
            if name.lower().endswith(endings) and not name.startswith("."):
                yield os.path.join(root, name)


def _shuffled(files: Files, seed: int | None) -> Files:
    """Shuffle as Keras does, so that a seed sets the same files aside."""
    chosen = int(fresh_stream("folders").integers(10**6)) if seed is None else int(seed)
    order = np.arange(len(files.paths))
    np.random.RandomState(chosen % 2**32).shuffle(order)
    labels = None if files.labels is None else files.labels[order]
    return Files([files.paths[i] for i in order], labels, files.class_names)


def _batches(asked: Asked, files: Files, read: Callable[[str], Any], *, shuffle: bool) -> Batches:
    targets = _targets(files, asked.label_mode)
    orders = Orders(asked.seed) if shuffle else None
    n, size = len(files.paths), asked.batch_size

    def begin(number: int) -> Iterator[Any]:
        order = np.arange(n) if orders is None else orders(number).permutation(n)
        for start in range(0, n, size or 1):
            rows = order[start : start + (size or 1)]
            x = [read(files.paths[i]) for i in rows]
            batch = x[0] if size is None else np.stack(x)
            if targets is None:
                yield batch
            else:
                yield batch, targets[rows[0] if size is None else rows]

    made = Batches(begin, -(-n // (size or 1)))
    made.class_names, made.file_paths = files.class_names, files.paths
    return made


def _targets(files: Files, mode: str | None) -> np.ndarray | None:
    if files.labels is None or mode is None:
        return None
    if mode == "binary":
        return files.labels.astype(np.float32)[:, None]
    if mode == "categorical":
        return np.eye(len(files.class_names or ()), dtype=np.float32)[files.labels]
    return files.labels


def _one_of(name: str, value: Any, choices: Sequence[Any]) -> None:
    if value not in choices:
        raise OptionError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}.")


def _is_word(labels: Any) -> bool:
    return isinstance(labels, str) and labels == "inferred"


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
