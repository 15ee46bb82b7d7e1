"""The carried digits are the published ones, byte for byte, and their split never changes."""

import hashlib
from pathlib import Path

import numpy as np

from clearprop.data import datasets
from clearprop.data.datasets import optical_digits

FILES = {
    "digits-images-idx3-ubyte.gz": (
        "c41c947a1014aa9bb82e371b01f16724f9ef929893351173edcc47aa0fc03930"
    ),
    "digits-labels-idx1-ubyte.gz": (
        "147c9192405199869317e6d9c62ea444f9770c3f8c6dd65035ba3a3690cc5460"
    ),
}
COUNTS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as published with the data set
FIRST = """
 0  0  5 13  9  1  0  0
 0  0 13 15 10 15  5  0
 0  3 15  2  0 11  8  0
 0  4 12  0  0  8  8  0
 0  5  8  0  0  9  8  0
 0  4 11  0  1 12  7  0
 0  2 14  5 10 12  0  0
 0  0  6 13 10  0  0  0
"""


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def test_the_files_are_whole():
    for name, sha256 in FILES.items():
        content = Path(optical_digits.__file__).with_name("carried").joinpath(name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256


def test_the_licence_lies_beside_them():
    notice = Path(optical_digits.__file__).with_name("carried").joinpath("NOTICE.txt").read_text()
    for word in (*FILES, "CC BY 4.0", "Alpaydin", "Kaynak", "10.24432/C50P49", "What was changed"):
        assert word in notice


def test_all_in_the_original_order():
    x, y = datasets.digits(split=False)
    assert x.shape == (1797, 8, 8)
    assert x.dtype == y.dtype == np.uint8
    assert (x.min(), x.max()) == (0, 16)
    assert np.bincount(y).tolist() == COUNTS
    np.testing.assert_array_equal(x[0], np.fromstring(FIRST, np.uint8, sep=" ").reshape(8, 8))
    assert y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_the_split_is_a_partition_that_never_changes():
    (x_train, y_train), (x_test, y_test) = datasets.digits()
    assert (x_train.shape, x_test.shape) == ((1437, 8, 8), (360, 8, 8))
    assert digest(y_train) == "24ba57ac78f20f698eea48cccb1bdde4c3b4b355d2134b8abc2d5019ae14a4c6"
    assert digest(x_test) == "a86320cd5125d2c4c911727b4793a46f9f1edf952da811e36826636c9f8fed4a"
    x, y = datasets.digits(split=False)
    rows = np.column_stack([x.reshape(-1, 64), y])
    parts = np.concatenate(
        [
            np.column_stack([x_train.reshape(-1, 64), y_train]),
            np.column_stack([x_test.reshape(-1, 64), y_test]),
        ]
    )
    assert sorted(map(bytes, rows)) == sorted(map(bytes, parts))


def test_each_digit_has_its_share_in_both_parts():
    (_, y_train), (_, y_test) = datasets.digits()
    shares = np.bincount(y_test) / (np.bincount(y_train) + np.bincount(y_test))
    assert np.all(abs(shares - 360 / 1797) < 1 / 170)
