"""Archives: only wanted files are read, and nothing in one is trusted."""

import gzip
import tarfile

import pytest

from clearprop.data.datasets import archives
from clearprop.data.datasets.archives import read_members
from clearprop.errors import FormatError
from tests.data.datasets.packing import declaring, link, packed

MEMBERS = [("a/x.txt", b"one"), ("a/y.bin", b"two"), ("a/z.txt", b"")]


def read(tmp_path, content, *, largest=100, limit=1 << 20):
    path = tmp_path / "some.tar.gz"
    path.write_bytes(content)
    return dict(read_members(path, lambda n: n.endswith(".txt"), largest=largest, limit=limit))


@pytest.mark.parametrize("zipped", [True, False])
def test_wanted_files_are_read(tmp_path, zipped):
    found = read(tmp_path, packed(MEMBERS, zipped=zipped))
    assert found == {"a/x.txt": b"one", "a/z.txt": b""}
    assert [path.name for path in tmp_path.iterdir()] == ["some.tar.gz"]


HOSTILE = {
    "a way out": (packed([("../x.txt", b"1")]), "would lie outside"),
    "a way out in the middle": (packed([("a/../../x.txt", b"1")]), "would lie outside"),
    "a root": (packed([("/etc/x.txt", b"1")]), "would lie outside"),
    "a way out of Windows": (packed([("..\\x.txt", b"1")]), "would lie outside"),
    "a way out, unwanted": (packed([("../x.bin", b"1")]), "would lie outside"),
    "a link": (packed([link("a/x.txt", "/etc/passwd")]), "is a link or another special file"),
    "a large file": (packed([("x.txt", bytes(101))]), "declares 101 bytes; at most 100"),
    "a bomb": (packed([(f"{i}.bin", bytes(1 << 19)) for i in range(4)]), "unpacks to more than"),
    "a bomb behind the last member": (
        gzip.compress(packed([("x.txt", b"1")], zipped=False) + bytes(1 << 22)), None,
    ),
    "a declared giant": (gzip.compress(declaring("x.txt", 1 << 40)), "declares 1,099,511,627,776"),
    "an unwanted giant": (gzip.compress(declaring("x.bin", 1 << 40)), "declares 1,099,511,627,776"),
    "no archive": (b"hello" * 500, "is no tar archive, or is damaged"),
    "a page": (b"<html>not found</html>", "is no tar archive, or is damaged"),
    "nothing in gzip": (gzip.compress(b"x" * 5000), "is no tar archive, or is damaged"),
    "half of it": (packed(MEMBERS)[:60], "is no tar archive, or is damaged"),
    "half of a file": (packed([("x.txt", b"1" * 90)], zipped=False)[:550], "damaged|cut short"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_to_be_trusted_is_refused(tmp_path, content, words):
    if words is None:  # what nobody reads does no harm
        assert read(tmp_path, content) == {"x.txt": b"1"}
        return
    with pytest.raises(FormatError, match=words):
        read(tmp_path, content)
    assert [path.name for path in tmp_path.iterdir()] == ["some.tar.gz"]


def test_a_long_header_takes_no_more_than_the_limit(tmp_path):
    info = tarfile.TarInfo("x.txt")
    info.pax_headers = {"comment": "x" * (1 << 22)}
    bomb = gzip.compress(info.tobuf(tarfile.PAX_FORMAT))
    assert len(bomb) < 1 << 16
    with pytest.raises(FormatError, match=r"unpacks to more than|damaged"):
        read(tmp_path, bomb)


def test_there_are_not_more_members_than_a_data_set_has(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST", 3)
    assert len(read(tmp_path, packed([(f"{i}.txt", b"1") for i in range(3)]))) == 3
    with pytest.raises(FormatError, match="more than 3 members"):
        read(tmp_path, packed([(f"{i}.txt", b"1") for i in range(4)]))
