"""CIFAR-10: small colour pictures of ten kinds of things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from clearprop.data.datasets.archives import read_members
from clearprop.data.datasets.download import RemoteFile
from clearprop.data.datasets.packed import PackedSet, place_of
from clearprop.errors import DataError, FormatError

__all__ = ["CIFAR10", "cifar10"]

Bytes = npt.NDArray[np.uint8]
Images = tuple[tuple[Bytes, Bytes], tuple[Bytes, Bytes]]

CIFAR10 = PackedSet(
    title="CIFAR-10",
    folder="cifar10",
    inside="cifar-10-batches-bin",
    mirrors=("https://www.cs.toronto.edu/~kriz/",),
    archive=RemoteFile(
        "cifar-10-binary.tar.gz",
        170_052_171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ),
)
SIDE, CHANNELS, CLASSES, ROWS = 32, 3, 10, 10_000
RECORD = 1 + CHANNELS * SIDE * SIDE  # bytes: a label, then red, green and blue, row by row
TRAIN = [f"data_batch_{i}.bin" for i in range(1, 6)]
TEST = ["test_batch.bin"]


def cifar10(*, mirrors: Sequence[str] | None = None) -> Images:
    """
    Load CIFAR-10: 50,000 and 10,000 colour pictures of 32 by 32 pixels.

    The archive ``cifar-10-binary.tar.gz``, or the folder ``cifar-10-batches-bin`` that is in it, is
    looked for in the folder that the environment variable ``CLEARPROP_DATA`` names and in its
    ``cifar10`` subfolder, then in clearprop's cache. If it is nowhere it is downloaded into the
    cache (170 MB) and used only if its SHA-256 is right. It is never unpacked.

    Parameters
    ----------
    mirrors : sequence of str, optional
        Addresses to download from instead of the known ones.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Pixels 0 to 255 of shapes (50000, 32, 32, 3) and (10000, 32, 32, 3), and classes of shapes
        (50000, 1) and (10000, 1): airplane, automobile, bird, cat, deer, dog, frog, horse, ship,
        truck. Divide the pixels by 255 before training.

    Raises
    ------
    DataError
        If the files are nowhere and cannot be downloaded; says which to place where by hand.
    FormatError
        If a file is damaged, or the archive is not to be trusted.

    References
    ----------
    A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    """
    place = place_of(CIFAR10, CIFAR10.mirrors if mirrors is None else mirrors)
    held = _in_folder(place) if place.is_dir() else _in_archive(place)
    parts = []
    for names in (TRAIN, TEST):
        missing = [name for name in names if name not in held]
        if missing:
            raise DataError(f"{place} lacks {', '.join(missing)} of CIFAR-10.")
        rows = np.concatenate([_rows(name, held[name]) for name in names])
        x = rows[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE).transpose(0, 2, 3, 1)
        parts.append((np.ascontiguousarray(x), rows[:, :1].copy()))
    return parts[0], parts[1]


def _in_folder(folder: Path) -> dict[str, bytes]:
    held = {}
    for name in (*TRAIN, *TEST):
        if (path := folder / name).is_file():
            with path.open("rb") as file:
                held[name] = file.read(ROWS * RECORD + 1)
    return held


def _in_archive(path: Path) -> dict[str, bytes]:
    names = {*TRAIN, *TEST}
    members = read_members(
        path,
        lambda member: PurePosixPath(member).name in names,
        largest=ROWS * RECORD,
        limit=1 << 28,
    )
    return {PurePosixPath(member).name: content for member, content in members}


def _rows(name: str, content: bytes) -> Bytes:
    if not content or len(content) % RECORD or len(content) > ROWS * RECORD:
        raise FormatError(
            f"{name} has {len(content):,} bytes; a file of CIFAR-10 has {RECORD:,} a picture, and"
            f" at most {ROWS:,} pictures. It is cut short, or another file."
        )
    rows = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    if rows[:, 0].max() >= CLASSES:
        row = int(np.argmax(rows[:, 0] >= CLASSES))
        raise FormatError(
            f"{name}: the label of picture {row} is {rows[row, 0]}; expected 0 to {CLASSES - 1}."
        )
    return rows


def _load_data() -> Images:
    """Load CIFAR-10 under Keras's name."""
    return cifar10()


cifar10.load_data = _load_data  # type: ignore[attr-defined]
