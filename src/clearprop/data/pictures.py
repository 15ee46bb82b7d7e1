"""Pictures in folders, as batches of arrays."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from clearprop.data.checks import whole
from clearprop.data.folders import Asked, batches_of_files
from clearprop.data.passes import Batches
from clearprop.data.resizing import KERNELS, cropped, padded, resized
from clearprop.errors import DataError, OptionError, unknown

__all__ = ["image_dataset_from_directory", "read_image"]

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    verbose: bool = True,
) -> Batches | list[Batches]:
    """
    Hand out pictures from folders that are named after their classes.

    Parameters
    ----------
    directory : str or path
        The folder; it has a subfolder for each class.
    labels : "inferred", list of int, or None
        From the subfolders; or one for each file, in the order of their paths; or none.
    label_mode : {"int", "categorical", "binary"} or None
        Class numbers of shape (N,), rows with a single one, a column of 0 and 1, or none.
    class_names : sequence of str, optional
        The subfolders to read, in the order of their labels; by default all, in order.
    color_mode : {"rgb", "rgba", "grayscale"}
    batch_size : int, optional
        With None pictures come one by one.
    image_size : (int, int), pixels
        Height and width to which all are brought.
    shuffle : bool
        Whether to shuffle the files, and every pass again; otherwise they come in order.
    seed : int, optional
        What the orders depend on.
    validation_split : float, fraction, optional
        How much of the files to set aside.
    subset : {"training", "validation", "both"}, optional
        Which part to read; "both" gives two data sets.
    interpolation : {"bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"}
    follow_links : bool
        Whether to go into folders that are linked.
    crop_to_aspect_ratio, pad_to_aspect_ratio : bool
        Whether to cut from the edges, or to add black ones, instead of stretching.
    data_format : {"channels_last", "channels_first"}, optional
    verbose : bool
        Whether to say how many files were found.

    Returns
    -------
    Batches
        Of ``(x, y)``: pictures as float32 of shape (N, H, W, C), with values 0 to 255. It has
        `class_names` and `file_paths`.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or Pillow is not there.
    DataError
        If there are no pictures; while going through, if one cannot be read: says which.

    Examples
    --------
    >>> image_dataset_from_directory("photographs")
    Traceback (most recent call last):
    clearprop.errors.DataError: the folder 'photographs' does not exist.
    """
    asked = Asked(
        directory, labels, label_mode, class_names, batch_size, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise OptionError("crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other.")
    if data_format not in (None, "channels_last", "channels_first"):
        raise unknown("data_format", data_format, ["channels_last", "channels_first"])
    _pillow()
    read = partial(
        read_image, size=_size(image_size), color_mode=_choice(color_mode, CHANNELS, "color_mode"),
        interpolation=_choice(interpolation, KERNELS, "interpolation"),
        crop=crop_to_aspect_ratio, pad=pad_to_aspect_ratio,
        channels_first=data_format == "channels_first",
    )  # fmt: skip
    return batches_of_files(asked, ENDINGS, "pictures", read)


def read_image(
    path: Any,
    *,
    size: tuple[int, int] | None = None,
    color_mode: str = "rgb",
    interpolation: str = "bilinear",
    crop: bool = False,
    pad: bool = False,
    channels_first: bool = False,
) -> np.ndarray:
    """
    Read a picture, of a moving one the first.

    Parameters
    ----------
    path : str or path
    size : (int, int), optional, pixels
        Height and width to bring it to.
    color_mode, interpolation, crop, pad, channels_first
        As for `image_dataset_from_directory`.

    Returns
    -------
    numpy.ndarray of float32, shape (H, W, C)
        With values 0 to 255.

    Raises
    ------
    DataError
        If it cannot be read, or is too large to be a picture one trains on.
    OptionError
        If Pillow is not there.
    """
    image = _pixels(path, CHANNELS[color_mode])
    if size is not None:
        if pad:
            image = padded(image, *size, interpolation)
        else:
            image = resized(cropped(image, *size) if crop else image, *size, interpolation)
    image = image.astype(np.float32, copy=False)
    return image.transpose(2, 0, 1) if channels_first else image


def _pixels(path: Any, channels: int) -> np.ndarray:
    Image = _pillow()
    try:
        with warnings.catch_warnings():
            # What unpacks to more than Pillow's limit is refused, not warned of.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.mode.startswith("I"):  # 16 bits a pixel: the upper eight are kept
                    deep = np.asarray(opened)
                    opened = Image.fromarray((deep >> 8 if deep.max() > 255 else deep).astype("u1"))
                pixels = np.asarray(opened.convert(MODES[channels]))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DataError(
            f"{str(path)!r} is too large for a picture to train on: {error}. Leave it out, or make"
            " it smaller."
        ) from error
    except FileNotFoundError as error:
        raise DataError(f"{str(path)!r} is not there any more.") from error
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError) as error:
        raise DataError(
            f"{str(path)!r} cannot be read as a picture ({error}); repair it, or take it away."
        ) from error
    return pixels.reshape(*pixels.shape[:2], channels)


def _pillow() -> ModuleType:
    try:
        from PIL import Image
    except ImportError as error:
        raise OptionError(
            "pictures are read by Pillow, which is not there: pip install 'clearprop[images]'."
        ) from error
    module: ModuleType = Image
    return module


def _size(asked: Any) -> tuple[int, int]:
    if isinstance(asked, int):
        asked = (asked, asked)
    if not isinstance(asked, list | tuple) or len(asked) != 2:
        raise OptionError(f"image_size must be (height, width), such as (64, 64); got {asked!r}.")
    height, width = (whole(n, "image_size", least=1) for n in asked)
    return height, width


def _choice(asked: str, choices: Any, kind: str) -> str:
    if asked not in choices:
        raise unknown(kind, asked, choices)
    return asked
