"""idx files: what is sound comes back as it was; what lies is refused before it costs."""

import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clearprop.data.datasets.idx import read_idx
from clearprop.errors import FormatError, MemoryLimitError
from tests.data.datasets.idx_files import idx_bytes

TYPES = ["u1", "i1", "i2", "i4", "f4", "f8"]


@given(
    array=st.sampled_from(TYPES).flatmap(
        lambda dtype: hnp.arrays(
            dtype,
            hnp.array_shapes(max_dims=4, max_side=4),
            elements={"allow_nan": False} if dtype[0] == "f" else None,
        )
    ),
    zipped=st.booleans(),
)
def test_what_is_written_is_read(tmp_path_factory, array, zipped):
    path = tmp_path_factory.mktemp("idx") / "array"
    content = idx_bytes(array)
    path.write_bytes(gzip.compress(content) if zipped else content)
    got = read_idx(path)
    assert got.dtype == array.dtype
    assert got.flags.writeable
    np.testing.assert_array_equal(got, array)


SOUND = idx_bytes(np.arange(6, dtype=np.uint8).reshape(2, 3))

BROKEN = {
    "empty": (b"", "begins with nothing"),
    "text": (b"hello, world", "begins with 68 65 6c 6c"),
    "magic": (b"\1" + SOUND[1:], "begins with 01 00 08 02"),
    "type": (b"\0\0\x0a" + SOUND[3:], "begins with 00 00 0a 02"),
    "no axes": (b"\0\0\x08\0\7", "number of axes (1 or more)"),
    "header cut": (SOUND[:9], "ends inside its header: 2 axes"),
    "many axes": (bytes([0, 0, 8, 200]) + b"\0\0\0\1" * 200, "1 to 8 axes"),
    "empty axis": (bytes([0, 0, 8, 2, 255, 255, 255, 255, 0, 0, 0, 0]), "none empty"),
    "cut short": (SOUND[:-1], "6 bytes of data, shape (2, 3), but holds only 5"),
    "too long": (SOUND + b"\0", "but holds more"),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(tmp_path, content, words, zipped):
    path = tmp_path / "images"
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(FormatError) as caught:
        read_idx(path)
    assert str(caught.value).startswith("images ")
    assert words in str(caught.value)


def test_damaged_gzip_is_refused(tmp_path):
    path = tmp_path / "images.gz"
    whole = gzip.compress(SOUND)
    for damaged in (whole[:-9], whole[:-3], whole[:12] + b"\xff\xff" + whole[14:], whole[:5]):
        path.write_bytes(damaged)
        with pytest.raises(FormatError, match="damaged: its gzip data cannot be unpacked"):
            read_idx(path)


def test_a_declared_size_over_the_limit_is_refused(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(bytes([0, 0, 8, 3]) + b"\xff\xff\xff\xff" * 3)
    with pytest.raises(MemoryLimitError, match=r"at most 1,073,741,824 are read"):
        read_idx(path)
    path.write_bytes(SOUND)
    with pytest.raises(MemoryLimitError, match=r"6 bytes; at most 5 are read"):
        read_idx(path, limit=5)


def peak(path):
    """Bytes taken at most while `path` is refused."""
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            read_idx(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_header_that_lies_takes_no_memory(tmp_path):
    """900 MB are declared, two bytes are there."""
    path = tmp_path / "images"
    path.write_bytes(bytes([0, 0, 8, 1]) + (900_000_000).to_bytes(4, "big") + b"\1\2")
    assert peak(path) < 10_000_000


def test_a_bomb_is_not_unpacked(tmp_path):
    """100 bytes are declared; what is packed would be 64 MB."""
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 100]) + bytes(1 << 26)))
    assert peak(path) < 10_000_000
