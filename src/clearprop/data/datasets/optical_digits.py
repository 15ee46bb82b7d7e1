"""The 8 by 8 handwritten digits that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from clearprop.data.datasets.idx import read_idx
from clearprop.data.splits import split_rows

__all__ = ["digits"]

Bytes = npt.NDArray[np.uint8]
Part = tuple[Bytes, Bytes]

_CARRIED = Path(__file__).with_name("carried")
# Fixed for good: results on this split are compared between versions.
_SPLIT_SEED = 1998
_TEST_ROWS = 360


@overload
def digits(*, split: Literal[True] = True) -> tuple[Part, Part]: ...
@overload
def digits(*, split: Literal[False]) -> Part: ...
def digits(*, split: bool = True) -> tuple[Part, Part] | Part:
    """
    Load 1,797 handwritten digits of 8 by 8 pixels, which come with the package.

    They are shuffled and divided always in the same way, with the same share of each digit in both
    parts. Some people wrote digits of both parts, so this test is easier than that of the data
    set's authors, who kept the writers apart.

    Parameters
    ----------
    split : bool, default True
        Whether to divide them into 1,437 to train on and 360 to test on.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : arrays of uint8
        Pixels 0 (white) to 16 (black) of shapes (1437, 8, 8) and (360, 8, 8), and digits 0 to 9 of
        shapes (1437,) and (360,). Divide the pixels by 16 before training.
    x, y : arrays of uint8
        With ``split=False``: all, of shapes (1797, 8, 8) and (1797,), in the original order.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, https://doi.org/10.24432/C50P49. Licence: CC BY 4.0.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = digits()
    >>> (x_train / 16).max()
    np.float64(1.0)
    """
    x = read_idx(_CARRIED / "digits-images-idx3-ubyte.gz")
    y = read_idx(_CARRIED / "digits-labels-idx1-ubyte.gz")
    if not split:
        return x, y
    train, test = split_rows(len(y), test_size=_TEST_ROWS, seed=_SPLIT_SEED, stratify=y)
    return (x[train], y[train]), (x[test], y[test])
