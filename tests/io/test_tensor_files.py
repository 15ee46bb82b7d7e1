"""Safetensors files: what the format's own library writes is read, what it refuses is refused."""

import gzip
import io
import json
import os
import pickle  # noqa: TID251 - to show that it is refused
import stat
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors import SafetensorError
from safetensors.numpy import load, load_file, save_file

from clearprop.errors import DataError, FormatError, MemoryLimitError
from clearprop.io import read_tensors, tensor_files, write_tensors
from clearprop.io.tensor_files import DTYPES, open_tensors
from tests.io.making import put_together, taken_apart

ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__"),
    arrays.arrays(
        st.sampled_from(["f4", "f8", "i8", "i4", "u1", "?", "f2"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
    max_size=4,
)


def same(a, b):
    """Tell whether two arrays are the same to the last bit, NaN included."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@given(ARRAYS)
def test_arrays_come_back_to_the_bit(tmp_path_factory, tensors):
    path = tmp_path_factory.mktemp("tensors") / "some.safetensors"
    write_tensors(path, tensors, {"a": "text"})
    read = read_tensors(path)
    assert read.keys() == tensors.keys()
    assert all(same(read[name], tensors[name]) for name in tensors)
    with open_tensors(path) as file:
        assert file.metadata == {"a": "text"}
    others = load_file(path)
    assert all(same(others[name], tensors[name]) for name in tensors)


@given(ARRAYS)
def test_what_the_library_writes_is_read(tmp_path_factory, tensors):
    path = tmp_path_factory.mktemp("tensors") / "some.safetensors"
    kept = {name: np.array(array, order="C", copy=None) for name, array in tensors.items()}
    save_file(kept, path)
    assert all(same(read_tensors(path)[name], tensors[name]) for name in tensors)


def test_arrays_that_are_no_rows_of_memory_are_written_as_they_look(tmp_path):
    whole = np.arange(12.0).reshape(3, 4)
    views = {
        "turned": whole.T,
        "part": whole[1:, ::2],
        "back": whole[::-1],
        "swapped": whole.astype(">f8"),
    }
    write_tensors(tmp_path / "views.safetensors", views, {})
    read = read_tensors(tmp_path / "views.safetensors")
    assert all((read[name] == views[name]).all() for name in views)


def test_what_is_read_cannot_be_written_to(tmp_path):
    write_tensors(tmp_path / "a.safetensors", {"a": np.zeros(2)}, {})
    with pytest.raises(ValueError, match="read-only"):
        read_tensors(tmp_path / "a.safetensors")["a"][0] = 1


# -- hostile headers ---------------------------------------------------------------------------


@pytest.fixture
def sound(tmp_path):
    """A file of two arrays, 16 and 8 bytes."""
    path = tmp_path / "sound.safetensors"
    write_tensors(path, {"a": np.arange(4, dtype="f4"), "b": np.array([1.0])}, {})
    return path


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


HEADERS = {
    "overlap": ({"a": entry(), "b": entry()}, 4, "'b' overlaps 'a'"),
    "half overlap": (
        {"a": entry(), "b": entry(offsets=(2, 6))}, 6, "'b' overlaps 'a'",
    ),
    "a gap": ({"a": entry(), "b": entry(offsets=(8, 12))}, 12, "'b' leaves a gap after 'a'"),
    "a gap in front": ({"a": entry(offsets=(4, 8))}, 8, "'a' leaves a gap after the header"),
    "too little": ({"a": entry()}, 3, "is cut short"),
    "too much": ({"a": entry()}, 5, "goes on after its last array"),
    "a shape too large": ({"a": entry(shape=(2**62,))}, 4, "declares shape (4611686018427387904,)"),
    "a product too large": (
        {"a": entry(shape=(2**40, 2**40, 2**40), offsets=(0, 2**63 - 1))}, 4, "declares shape",
    ),
    "a negative size": ({"a": entry(shape=(-1,))}, 4, "has shape [-1], which is none"),
    "a size that is no number": ({"a": entry(shape=("1",))}, 4, "which is none"),
    "a size that is true": ({"a": entry(shape=(True,))}, 4, "which is none"),
    "a shape that is no list": ({"a": entry() | {"shape": 4}}, 4, "which is none"),
    "many axes": ({"a": entry(shape=(1,) * 1000)}, 4, "which is none"),
    "backwards": ({"a": entry(offsets=(4, 0))}, 4, "which are none"),
    "one offset": ({"a": entry(offsets=(0,))}, 4, "which are none"),
    "an unknown dtype": ({"a": entry(dtype="F128")}, 4, "has dtype 'F128'; known: BOOL"),
    "a dtype that is no text": ({"a": entry(dtype=["F32"])}, 4, "has dtype"),
    "a field too many": ({"a": entry() | {"more": 1}}, 4, "must have dtype, shape and data_off"),
    "a field missing": ({"a": {"dtype": "F32"}}, 4, "must have dtype, shape and data_offsets"),
    "no object": ({"a": 3}, 4, "must have dtype"),
    "texts that are none": ({"__metadata__": {"a": 1}}, 0, "texts are no texts"),
    "metadata that is none": ({"__metadata__": "a"}, 0, "texts are no texts"),
    "a name twice": ('{"a": {}, "a": {}}', 0, "names 'a' twice"),
    "no JSON": ('{"a": ', 0, "is no JSON"),
    "deep": ('{"a": ' + "[" * 5000 + "]" * 5000 + "}", 0, "nested more than"),
}  # fmt: skip


@pytest.mark.parametrize("flaw", HEADERS)
def test_a_hostile_header_is_refused_in_words(flaw, tmp_path):
    header, size, words = HEADERS[flaw]
    path = put_together(tmp_path / "bad.safetensors", header, bytes(size))
    with pytest.raises(FormatError) as caught:
        read_tensors(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith("bad.safetensors")
    assert len(str(caught.value)) < 300


@given(st.data())
def test_what_the_library_refuses_is_refused(tmp_path_factory, data):
    """Change a byte anywhere: no more is accepted here than there, and no other error raised."""
    path = tmp_path_factory.mktemp("changed") / "a.safetensors"
    write_tensors(path, {"a": np.arange(4, dtype="f4"), "b": np.array([1.0])}, {"k": "v"})
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255) | st.sampled_from(b'{}[]",:0123456789 '))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    path.write_bytes(content)
    try:
        ours = read_tensors(path)
    except FormatError:
        return
    theirs = load(bytes(content))
    assert all(same(ours[name], theirs[name]) for name in theirs)


def test_a_byte_is_seen_to_matter(sound):
    """The test above can fail: what it relies on refuses such files."""
    header, content = taken_apart(sound)
    assert header["a"]["data_offsets"] == [8, 24]
    header["a"]["data_offsets"] = [0, 16]
    put_together(sound, header, content)
    with pytest.raises(SafetensorError):
        load(sound.read_bytes())


@pytest.mark.parametrize("length", range(0, 160, 7))
def test_a_file_cut_short_anywhere_is_refused(sound, length):
    content = sound.read_bytes()
    assert length < len(content) < 170
    sound.write_bytes(content[:length])
    with pytest.raises(FormatError):
        read_tensors(sound)


def test_a_huge_header_is_not_read(tmp_path):
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.write((10**9).to_bytes(8, "little") + b"{")
        file.truncate(2 * 10**9)  # sparse: takes no room
    with pytest.raises(FormatError, match="declares a header of 1,000,000,000 bytes; at most"):
        read_tensors(path)


def test_an_array_larger_than_the_machine_is_not_made(tmp_path, monkeypatch):
    path = tmp_path / "large.safetensors"
    put_together(path, {"a": entry(dtype="U8", shape=(2**41,), offsets=(0, 2**41))})
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + 2**41)
    with pytest.raises(MemoryLimitError, match=r"large.safetensors would take 2\.0 TiB"):
        read_tensors(path)
    with open_tensors(path) as file, pytest.raises(MemoryLimitError):
        file.read("a")


def test_a_header_too_long_to_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(tensor_files, "LONGEST_HEADER", 1000)
    with pytest.raises(FormatError, match="what describes the file would take"):
        write_tensors(tmp_path / "long.safetensors", {}, {"text": "x" * 2000})
    assert list(tmp_path.iterdir()) == []


def test_every_kind_of_number_has_its_size():
    assert {name: dtype.itemsize for name, dtype in DTYPES.items()} == {
        "BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "U32": 4, "I32": 4, "F32": 4,
        "U64": 8, "I64": 8, "F64": 8,
    }  # fmt: skip


# -- files of other kinds ----------------------------------------------------------------------


class Trap:
    """An object whose pickle would make a file, were it loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


def zipped():
    with io.BytesIO() as memory:
        with zipfile.ZipFile(memory, "w") as archive:
            archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
        return memory.getvalue()


def npy():
    with io.BytesIO() as memory:
        np.save(memory, np.zeros(3))
        return memory.getvalue()


FOREIGN = {
    "zip": (zipped(), "net.pt", "is a zip archive, as Keras (.keras), PyTorch (.pt, .pth)"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "net.h5", "is an HDF5 file"),
    "npy": (npy(), "net.npy", "is an array of NumPy"),
    "gzip": (gzip.compress(b"model", mtime=0), "net.safetensors.gz", "is compressed with gzip"),
    "page": (b"<!DOCTYPE html><html>" + bytes(90), "net.safetensors", "is a web page"),
    "pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "net.safetensors", "Git LFS"
    ),
    "old pickle": (b"(dp0\n.", "net.pkl", "may be a pickle file: loading such a file runs"),
    "JSON": (b'{"a": 1}', "net.json", "is no model: it begins with 7b 22 61 22"),
    "noise": (bytes(range(200, 256)) * 9, "net.safetensors", "is no model"),
    "nothing": (b"", "net.safetensors", "net.safetensors is empty."),
    "one byte": (b"x", "net.safetensors", "is no model: it begins with 78;"),
    "zeros": (bytes(100), "net.safetensors", "is no model: it begins with 00 00"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_another_kind_of_file_is_recognised(kind, tmp_path):
    content, name, words = FOREIGN[kind]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read_tensors(tmp_path / name)
    assert words in str(caught.value)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["net.pkl", "net.safetensors"])
def test_a_pickle_is_refused_and_not_run(protocol, name, tmp_path):
    sprung = tmp_path / "sprung"
    (tmp_path / name).write_bytes(pickle.dumps(Trap(sprung), protocol))
    with pytest.raises(FormatError, match="is a pickle file: loading such a file runs whatever"):
        read_tensors(tmp_path / name)
    assert not sprung.exists()
    pickle.loads((tmp_path / name).read_bytes())  # the trap does work
    assert sprung.exists()


def test_a_safetensors_file_with_a_damaged_first_byte_is_no_pickle(sound):
    header = json.dumps({"a": entry()}).ljust(0x280)
    content = len(header).to_bytes(8, "little") + b"[" + header.encode()[1:]
    assert content[:2] == b"\x80\x02"
    sound.write_bytes(content)
    with pytest.raises(FormatError, match="is no model"):
        read_tensors(sound)


# -- places ------------------------------------------------------------------------------------


def test_what_is_no_file_is_refused_in_words(tmp_path):
    with pytest.raises(DataError, match=r"cannot read '.*none.safetensors': No such file"):
        read_tensors(tmp_path / "none.safetensors")
    with pytest.raises(DataError, match="it is a folder"):
        read_tensors(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="it is no file but a stream"):
        read_tensors(tmp_path / "pipe")


def test_where_nothing_can_be_written_is_said(tmp_path):
    with pytest.raises(DataError, match=r"the folder '.*nowhere' does not exist; make it first"):
        write_tensors(tmp_path / "nowhere" / "a.safetensors", {}, {})
    with pytest.raises(DataError, match="cannot write"):
        write_tensors(tmp_path, {}, {})


def test_a_failure_leaves_the_old_file(sound, monkeypatch):
    before = sound.read_bytes()

    def fail(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DataError, match="No space left on device"):
        write_tensors(sound, {"c": np.zeros(3)}, {})
    assert sound.read_bytes() == before
    assert [path.name for path in sound.parent.iterdir()] == [sound.name]


def test_the_mode_of_the_old_file_is_kept(sound):
    sound.chmod(0o604)
    write_tensors(sound, {"c": np.zeros(3)}, {})
    assert stat.S_IMODE(sound.stat().st_mode) == 0o604
