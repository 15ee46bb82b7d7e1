"""MNIST: found, fetched or explained; never mistaken for something else."""

import gzip
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clearprop import keras
from clearprop.data import datasets
from clearprop.data.datasets.download import RemoteFile
from clearprop.data.datasets.idx_sets import FASHION_MNIST, MNIST, IdxFile, IdxSet, load
from clearprop.errors import DataError, FormatError
from tests.data.datasets.idx_files import idx_bytes
from tests.data.datasets.mirror import mirror

ARRAYS = {
    "x_train": np.arange(4 * 28 * 28).reshape(4, 28, 28).astype(np.uint8),
    "y_train": np.array([3, 0, 9, 1], np.uint8),
    "x_test": np.ones((2, 28, 28), np.uint8),
    "y_test": np.array([7, 7], np.uint8),
}
NAMES = {role: file.remote.name for role, file in MNIST.files.items()}
CONTENTS = {NAMES[role]: gzip.compress(idx_bytes(array)) for role, array in ARRAYS.items()}


def idx_file(name: str, content: bytes) -> IdxFile:
    unpacked = hashlib.sha256(gzip.decompress(content)).hexdigest()
    return IdxFile(RemoteFile(name, len(content), hashlib.sha256(content).hexdigest()), unpacked)


SMALL = IdxSet(
    "MNIST",
    "mnist",
    28,
    10,
    (),
    {role: idx_file(NAMES[role], CONTENTS[NAMES[role]]) for role in NAMES},
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path / "cache" / "clearprop" / "mnist"


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("CLEARPROP_DATA", str(folder))
    return folder


def put(folder: Path, contents: dict[str, bytes] = CONTENTS, *, unpacked: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        if unpacked:
            (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
        else:
            (folder / name).write_bytes(content)


def assert_loaded(got) -> None:
    (x_train, y_train), (x_test, y_test) = got
    for role, array in zip(ARRAYS, (x_train, y_train, x_test, y_test), strict=True):
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, ARRAYS[role])


def test_the_real_hashes_and_sizes_are_kept():
    """Those of the four files as they have been published since 1998."""
    summary = "".join(
        f"{file.remote.name} {file.remote.size} {file.remote.sha256} {file.unpacked_sha256}\n"
        for file in MNIST.files.values()
    )
    assert (
        hashlib.sha256(summary.encode()).hexdigest()
        == "21608be8c350f9fe78dbb31cfd9d2b11d13f640455f522ad4a1459a9f9626ef2"
    )
    assert len(MNIST.mirrors) >= 2
    assert all(url.startswith("https://") for url in MNIST.mirrors)


@pytest.mark.parametrize("unpacked", [False, True])
@pytest.mark.parametrize("below", ["", "mnist"])
def test_files_in_the_own_folder_are_used(own, below, unpacked):
    put(own / below, unpacked=unpacked)
    assert_loaded(load(SMALL, mirrors=[]))


def test_names_with_a_dot_are_known_too(own):
    put(own, unpacked=True)
    for path in list(own.iterdir()):
        path.rename(own / path.name.replace("-idx", ".idx"))
    assert_loaded(load(SMALL, mirrors=[]))


def test_other_files_are_used_with_a_warning(own):
    put(own)
    labels = gzip.compress(idx_bytes(np.array([1, 2], np.uint8)))
    (own / NAMES["y_test"]).write_bytes(labels)
    with pytest.warns(UserWarning, match=r"t10k-labels-idx1-ubyte.gz in .*own is not the original"):
        (_, _), (_, y_test) = load(SMALL, mirrors=[])
    assert y_test.tolist() == [1, 2]


def test_the_warning_points_at_the_caller(own):
    put(own)
    with pytest.warns(UserWarning, match="are not the original MNIST") as caught:
        datasets.mnist()
    assert caught[0].filename == __file__


def test_a_folder_with_some_of_the_files_is_refused(own):
    put(own)
    (own / NAMES["y_train"]).unlink()
    with pytest.raises(
        DataError, match=r"own has 3 of the four .* lacks train-labels-idx1-ubyte.gz"
    ):
        load(SMALL, mirrors=[])


def test_an_own_folder_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("CLEARPROP_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"CLEARPROP_DATA is '.*nowhere', which is not a folder"):
        load(SMALL, mirrors=[])


def test_an_own_folder_without_the_files_falls_back_to_the_cache(own, cache):
    put(cache)
    assert_loaded(load(SMALL, mirrors=[]))


@pytest.mark.parametrize("unpacked", [False, True])
def test_files_in_the_cache_are_used(cache, unpacked):
    put(cache, unpacked=unpacked)
    assert_loaded(load(SMALL, mirrors=[]))


def test_what_is_fetched_is_kept(cache):
    with mirror(CONTENTS) as (url, asked):
        assert_loaded(load(SMALL, mirrors=[url]))
        assert sorted(asked) == sorted(CONTENTS)
        assert_loaded(load(SMALL, mirrors=[url]))
        assert len(asked) == 4
    assert sorted(os.listdir(cache)) == sorted(CONTENTS)


def test_a_damaged_file_in_the_cache_is_fetched_again(cache):
    put(cache)
    (cache / NAMES["x_train"]).write_bytes(CONTENTS[NAMES["x_train"]][:-1])
    with mirror(CONTENTS) as (url, asked):
        assert_loaded(load(SMALL, mirrors=[url]))
    assert asked == [NAMES["x_train"]]


def test_without_files_or_network_the_error_says_what_to_do(cache):
    with mirror({}) as (url, _), pytest.raises(DataError) as caught:
        datasets.mnist(mirrors=[url])
    message = str(caught.value)
    assert f"{url}train-images-idx3-ubyte.gz: HTTP 404" in message
    assert str(cache) in message
    assert "CLEARPROP_DATA" in message
    for file in MNIST.files.values():
        assert (
            f"{file.remote.name}  {file.remote.size:,} bytes  SHA-256 {file.remote.sha256}"
            in message
        )


WRONG = {
    "side": ("x_test", np.ones((2, 27, 28), np.uint8), r"test: images are uint8 of shape \(2, 27"),
    "type": ("x_test", np.ones((2, 28, 28), np.float32), r"test: images are float32"),
    "count": ("y_train", np.zeros(3, np.uint8), r"train: labels .* \(3,\) for 4 images"),
    "label": (
        "y_train",
        np.array([0, 1, 10, 2], np.uint8),
        r"train: label 2 is 10; expected 0 to 9",
    ),
}


@pytest.mark.filterwarnings("ignore:.*not the original")
@pytest.mark.parametrize(("role", "array", "words"), WRONG.values(), ids=WRONG)
def test_files_that_do_not_fit_are_refused(own, role, array, words):
    put(own)
    (own / NAMES[role]).write_bytes(idx_bytes(array))
    with pytest.raises(DataError, match=words):
        load(SMALL, mirrors=[])


@pytest.mark.filterwarnings("ignore:.*not the original")
def test_a_damaged_file_in_the_own_folder_is_refused(own):
    put(own)
    (own / NAMES["x_test"]).write_bytes(CONTENTS[NAMES["x_test"]][:-10])
    with pytest.raises(FormatError, match="damaged"):
        load(SMALL, mirrors=[])


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/var/mine"}, "/var/mine/clearprop"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/clearprop"),
        ("linux", {}, "HOME/.cache/clearprop"),
        ("darwin", {}, "HOME/Library/Caches/clearprop"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/clearprop/Cache"),
        ("win32", {}, "HOME/AppData/Local/clearprop/Cache"),
    ],
)
def test_each_system_has_its_cache(monkeypatch, platform, variables, folder):
    from clearprop.data.datasets.places import cache_folder

    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder() == Path(folder.replace("HOME", str(Path.home())))


def test_keras_name(cache, monkeypatch):
    monkeypatch.setattr("clearprop.data.datasets.idx_sets.MNIST", SMALL)
    put(cache)
    assert_loaded(datasets.mnist.load_data())
    assert_loaded(datasets.mnist.load_data(path="mnist.npz"))


# -- Fashion-MNIST, whose files have the names of MNIST's ----------------------------------------


@pytest.fixture
def fashion(monkeypatch):
    small = replace(SMALL, title="Fashion-MNIST", folder="fashion_mnist", apart=True)
    monkeypatch.setattr("clearprop.data.datasets.idx_sets.FASHION_MNIST", small)


def test_its_hashes_and_sizes_are_those_that_are_published():
    summary = "".join(
        f"{file.remote.name} {file.remote.size} {file.remote.sha256}\n"
        for file in FASHION_MNIST.files.values()
    )
    assert (
        hashlib.sha256(summary.encode()).hexdigest()
        == "81cb80eac0db9b99f1e6966ccc3f24179fc1163216c826fb9d8733ef72f00d3f"
    )
    assert all(url.startswith("https://") for url in FASHION_MNIST.mirrors)


def test_it_is_looked_for_in_its_own_folder_only(own, fashion):
    put(own)  # MNIST, perhaps
    with pytest.raises(DataError, match="the subfolder fashion_mnist of a folder that"):
        datasets.fashion_mnist(mirrors=[])
    put(own / "fashion_mnist")
    assert_loaded(datasets.fashion_mnist())
    assert_loaded(datasets.fashion_mnist.load_data())
    assert_loaded(keras.datasets.fashion_mnist.load_data())


def test_it_is_fetched_into_a_folder_of_its_own(fashion, cache):
    with mirror(CONTENTS) as (url, asked):
        assert_loaded(datasets.fashion_mnist(mirrors=[url]))
    assert sorted(asked) == sorted(CONTENTS)
    assert sorted(os.listdir(cache.parent)) == ["fashion_mnist"]


@pytest.mark.parametrize("known", [True, False])
def test_unpacked_files_of_unknown_sums_are_taken_without_a_word(own, fashion, monkeypatch, known):
    files = {
        role: replace(file, unpacked_sha256="0" * 64 if known else None)
        for role, file in SMALL.files.items()
    }
    data = replace(SMALL, title="Fashion-MNIST", folder="fashion_mnist", apart=True, files=files)
    put(own / "fashion_mnist", unpacked=True)
    if known:
        with pytest.warns(UserWarning, match="are not the original Fashion-MNIST"):
            assert_loaded(load(data, mirrors=[]))
    else:
        assert_loaded(load(data, mirrors=[]))
