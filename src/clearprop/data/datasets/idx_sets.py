"""Data sets that are kept as four idx files: images and labels, for training and for testing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import final

import numpy as np
import numpy.typing as npt

from clearprop.core.caller import warn
from clearprop.data.datasets.download import RemoteFile, fetch, sha256
from clearprop.data.datasets.idx import read_idx
from clearprop.data.datasets.places import VARIABLE, cache_folder, own_folder
from clearprop.errors import DataError
from clearprop.lang import told

__all__ = ["FASHION_MNIST", "MNIST", "IdxSet", "Images", "fashion_mnist", "folders", "mnist"]

Bytes = npt.NDArray[np.uint8]
Images = tuple[tuple[Bytes, Bytes], tuple[Bytes, Bytes]]


@final
@dataclass(frozen=True)
class IdxFile:
    """One of the four: the gzipped file as mirrors have it, and the SHA-256 of its content."""

    remote: RemoteFile
    unpacked_sha256: str | None  # None if it is not known

    @property
    def names(self) -> tuple[str, ...]:
        """What the file may be called; some programs unpack it as train-images.idx3-ubyte."""
        plain = self.remote.name.removesuffix(".gz")
        return self.remote.name, plain, plain.replace("-idx", ".idx")

    def find(self, folder: Path) -> Path | None:
        """Give the file's place in a folder, if it is there."""
        return next((path for name in self.names if (path := folder / name).is_file()), None)

    def is_original(self, path: Path) -> bool:
        """Say whether a file, gzipped or unpacked, is the published one byte for byte."""
        if self.unpacked_sha256 is None and path.name != self.remote.name:
            return True  # nobody can tell
        return sha256(path) in (self.remote.sha256, self.unpacked_sha256)


@final
@dataclass(frozen=True)
class IdxSet:
    """A data set of four idx files, and where it can be had."""

    title: str
    folder: str
    side: int
    classes: int
    mirrors: tuple[str, ...]
    files: Mapping[str, IdxFile]
    apart: bool = False  # whether its files have the names of another set's, and need a folder


def _file(name: str, size: int, zipped: str, unpacked: str | None = None) -> IdxFile:
    return IdxFile(RemoteFile(name, size, zipped), unpacked)


MNIST = IdxSet(
    title="MNIST",
    folder="mnist",
    side=28,
    classes=10,
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    files={
        "x_train": _file(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        "y_train": _file(
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        "x_test": _file(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        "y_test": _file(
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    },
)


FASHION_MNIST = IdxSet(
    title="Fashion-MNIST",
    folder="fashion_mnist",
    side=28,
    classes=10,
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    files={
        "x_train": _file(
            "train-images-idx3-ubyte.gz",
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        "y_train": _file(
            "train-labels-idx1-ubyte.gz",
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        "x_test": _file(
            "t10k-images-idx3-ubyte.gz",
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        "y_test": _file(
            "t10k-labels-idx1-ubyte.gz",
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    },
    apart=True,
)


def mnist(*, mirrors: Sequence[str] | None = None) -> Images:
    """
    Load MNIST: 60,000 and 10,000 handwritten digits of 28 by 28 pixels, in the original order.

    The four idx files, gzipped or unpacked, are looked for in the folder that the environment
    variable ``CLEARPROP_DATA`` names and in its ``mnist`` subfolder, then in clearprop's cache.
    What is not there is downloaded into the cache (11.6 MB) and used only if its SHA-256 is right.

    Parameters
    ----------
    mirrors : sequence of str, optional
        Addresses to download from instead of the known ones.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Pixels 0 to 255 of shapes (60000, 28, 28) and (10000, 28, 28), and digits 0 to 9 of shapes
        (60000,) and (10000,). Divide the pixels by 255 before training.

    Raises
    ------
    DataError
        If the files are nowhere and cannot be downloaded; says which to place where by hand.
    FormatError
        If a file is damaged.

    Warns
    -----
    UserWarning
        If the files in ``CLEARPROP_DATA`` are sound but are not the original ones.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (11), 1998.
    """
    return load(MNIST, mirrors=MNIST.mirrors if mirrors is None else mirrors)


def fashion_mnist(*, mirrors: Sequence[str] | None = None) -> Images:
    """
    Load Fashion-MNIST: 60,000 and 10,000 pictures of clothes of 28 by 28 pixels.

    The four idx files are looked for in the subfolder ``fashion_mnist`` of the folder that the
    environment variable ``CLEARPROP_DATA`` names, then in clearprop's cache. What is not there is
    downloaded into the cache (30.9 MB) and used only if its SHA-256 is right.

    Parameters
    ----------
    mirrors : sequence of str, optional
        Addresses to download from instead of the known ones.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Pixels 0 to 255 of shapes (60000, 28, 28) and (10000, 28, 28), and classes 0 to 9: T-shirt,
        trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. Divide the pixels
        by 255 before training.

    Raises
    ------
    DataError, FormatError
        As for `mnist`.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms", arXiv:1708.07747, 2017.
    """
    return load(FASHION_MNIST, mirrors=FASHION_MNIST.mirrors if mirrors is None else mirrors)


def load(data: IdxSet, *, mirrors: Sequence[str]) -> Images:
    """Find or fetch the four files of `data`, and read them."""
    paths = _in_own_folder(data) or _in_cache(data, mirrors)
    arrays = {role: read_idx(path) for role, path in paths.items()}
    for part in ("train", "test"):
        _check(data, part, arrays[f"x_{part}"], arrays[f"y_{part}"])
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def folders(data: IdxSet) -> list[Path]:
    """
    List the folders where the files of `data` are looked for, in order; the last is the cache.

    Examples
    --------
    >>> folders(MNIST)[-1].name
    'mnist'
    """
    named = os.environ.get(VARIABLE)
    own = _own(data, Path(named).expanduser()) if named else []
    return [*own, cache_folder() / data.folder]


def _in_own_folder(data: IdxSet) -> dict[str, Path] | None:
    root = own_folder()
    for folder in [] if root is None else _own(data, root):
        found = {role: path for role, file in data.files.items() if (path := file.find(folder))}
        missing = [file.remote.name for role, file in data.files.items() if role not in found]
        if found and missing:
            there = {"folder": folder, "count": len(found), "missing": ", ".join(missing)}
            raise DataError(told("fetching.some_missing", title=data.title, **there))
        if found:
            _warn_of_others(data, found, folder)
            return found
    return None


def _own(data: IdxSet, root: Path) -> list[Path]:
    """List where in a user's folder the files may be; those of some sets have others' names."""
    return [root / data.folder] if data.apart else [root / data.folder, root]


def _warn_of_others(data: IdxSet, paths: Mapping[str, Path], folder: Path) -> None:
    others = [path.name for role, path in paths.items() if not data.files[role].is_original(path)]
    if others:
        key = "other_content" if len(others) == 1 else "other_contents"
        names = ", ".join(others)
        warn(told(f"fetching.{key}", name=names, folder=folder, title=data.title))


def _in_cache(data: IdxSet, mirrors: Sequence[str]) -> dict[str, Path]:
    folder = cache_folder() / data.folder
    paths = {}
    for role, file in data.files.items():
        found = file.find(folder)
        if found is None or not file.is_original(found):
            try:
                found = fetch(file.remote, folder, mirrors=mirrors)
            except DataError as error:
                help = _by_hand(data, folder)
                raise DataError(told("fetching.lines", first=error.message, second=help)) from error
        paths[role] = found
    return paths


def _by_hand(data: IdxSet, folder: Path) -> str:
    listed: list[str] = [
        told(
            "fetching.bytes",
            name=file.remote.name, size=f"{file.remote.size:,}", sha256=file.remote.sha256,
        )
        for file in data.files.values()
    ]  # fmt: skip
    files = reduce(lambda a, b: told("fetching.lines", first=a, second=b), listed)
    said = {"title": data.title, "folder": str(folder), "files": files}
    if data.apart:
        return told("fetching.by_hand_apart", **said, inside=data.folder)
    return told("fetching.by_hand", **said)


def _check(data: IdxSet, part: str, x: Bytes, y: Bytes) -> None:
    side = data.side
    if x.dtype != np.uint8 or x.shape[1:] != (side, side):
        made = {"dtype": x.dtype, "shape": x.shape}
        raise DataError(told("fetching.images", title=data.title, part=part, side=side, **made))
    if y.dtype != np.uint8 or y.shape != x.shape[:1]:
        made = {"dtype": y.dtype, "shape": y.shape}
        raise DataError(told("fetching.labels", title=data.title, part=part, count=len(x), **made))
    if y.max() >= data.classes:
        row = int(np.argmax(y >= data.classes))
        shown = {"row": row, "label": y[row], "last": data.classes - 1}
        raise DataError(told("fetching.label", title=data.title, part=part, **shown))


def _load_mnist(path: str = "mnist.npz") -> Images:
    """Load MNIST under Keras's name; `path`, the name of Keras's own cache file, is not used."""
    return mnist()


def _load_fashion_mnist() -> Images:
    """Load Fashion-MNIST under Keras's name."""
    return fashion_mnist()


# keras.datasets.mnist is a module with load_data(); here both forms are one object.
mnist.load_data = _load_mnist  # type: ignore[attr-defined]
fashion_mnist.load_data = _load_fashion_mnist  # type: ignore[attr-defined]
