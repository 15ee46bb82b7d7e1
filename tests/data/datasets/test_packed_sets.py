"""CIFAR-10 and the IMDB reviews: found, fetched or explained."""

import gzip
import hashlib
from dataclasses import replace

import numpy as np
import pytest

from clearprop import keras
from clearprop.data import datasets
from clearprop.data.datasets import pictures, reviews
from clearprop.data.datasets.download import RemoteFile
from clearprop.errors import DataError, FormatError, OptionError
from tests.data.datasets.mirror import mirror
from tests.data.datasets.packing import packed

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (6, 3, 32, 32)).astype(np.uint8)
LABELS = np.array([3, 0, 9, 1, 5, 7], np.uint8)
NAMES = [*pictures.TRAIN, *pictures.TEST]


def record(i):
    return LABELS[i : i + 1].tobytes() + PICTURES[i].tobytes()


BINARIES = {name: record(i) for i, name in enumerate(NAMES)}
CIFAR = packed(
    [("cifar-10-batches-bin/readme.html", b"read me")]
    + [(f"cifar-10-batches-bin/{name}", content) for name, content in BINARIES.items()]
)
TEXTS = {
    "aclImdb/train/pos/0_9.txt": "A good, good film!",
    "aclImdb/train/neg/0_1.txt": "Bad.<br />It's BAD",
    "aclImdb/train/neg/10_2.txt": "bad film",
    "aclImdb/train/neg/2_2.txt": "worse film",
    "aclImdb/train/unsup/1_0.txt": "not asked for",
    "aclImdb/test/pos/0_10.txt": "좋은 film",
    "aclImdb/test/neg/0_3.txt": "a bore",
    "aclImdb/README": "read me",
}
REVIEWS = packed([(name, text.encode()) for name, text in TEXTS.items()])


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("sys.platform", "linux")
    for module, name, content in ((pictures, "CIFAR10", CIFAR), (reviews, "IMDB", REVIEWS)):
        known = getattr(module, name)
        file = RemoteFile(known.archive.name, len(content), hashlib.sha256(content).hexdigest())
        monkeypatch.setattr(module, name, replace(known, archive=file, mirrors=()))
    return tmp_path / "cache" / "clearprop"


@pytest.fixture
def own(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("CLEARPROP_DATA", str(folder))
    return folder


def put(folder, contents):
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def assert_cifar(loaded):
    (x_train, y_train), (x_test, y_test) = loaded
    assert x_train.shape == (5, 32, 32, 3)
    assert x_test.shape == (1, 32, 32, 3)
    assert y_train.tolist() == LABELS[:5, None].tolist()
    assert y_test.tolist() == LABELS[5:, None].tolist()
    assert x_train.dtype == y_train.dtype == np.uint8
    np.testing.assert_array_equal(x_train[2, 4, 7], PICTURES[2, :, 4, 7])


def assert_reviews(loaded):
    (x_train, y_train), (x_test, y_test) = loaded
    assert x_train.tolist() == [
        "Bad.<br />It's BAD", "worse film", "bad film", "A good, good film!"
    ]  # fmt: skip
    assert y_train.tolist() == [0, 0, 0, 1]
    assert x_test.tolist() == ["a bore", "좋은 film"]
    assert y_test.tolist() == [0, 1]


SETS = {
    "cifar10": (datasets.cifar10, assert_cifar, "cifar-10-binary.tar.gz", CIFAR),
    "imdb": (datasets.imdb, assert_reviews, "aclImdb_v1.tar.gz", REVIEWS),
}


@pytest.fixture(params=SETS)
def known(request):
    return request.param, *SETS[request.param]


def test_what_is_nowhere_is_fetched_once(known, cache):
    folder, load, check, name, content = known
    with mirror({name: content}) as (url, asked):
        check(load(mirrors=[url]))
        check(load(mirrors=[url]))
    assert asked == [name]
    assert [path.name for path in (cache / folder).iterdir()] == [name]


def test_what_was_spoilt_in_the_cache_is_fetched_again(known, cache):
    folder, load, check, name, content = known
    put(cache / folder, {name: b"spoilt"})
    with mirror({name: content}) as (url, asked):
        check(load(mirrors=[url]))
    assert asked == [name]


def test_what_cannot_be_had_is_explained(known, cache):
    folder, load, _, name, content = known
    with mirror({name: b"other"}) as (url, _), pytest.raises(DataError) as caught:
        load(mirrors=[url])
    message = str(caught.value)
    for words in (f"{url}{name}", str(cache / folder), "CLEARPROP_DATA", f"{len(content):,} bytes",
                  hashlib.sha256(content).hexdigest()):  # fmt: skip
        assert words in message


@pytest.mark.parametrize("inside", ["", "folder/"])
def test_an_archive_of_one_s_own_is_read(known, own, inside):
    folder, load, check, name, content = known
    put(own, {inside.replace("folder", folder) + name: content})
    check(load(mirrors=[]))


def test_an_archive_that_is_another_is_told(known, own):
    _, load, check, name, content = known
    put(own, {name: gzip.compress(gzip.decompress(content), 9)})
    with pytest.warns(UserWarning, match="not the original .* results will differ"):
        check(load(mirrors=[]))


@pytest.mark.parametrize("inside", ["", "cifar10/"])
def test_an_unpacked_folder_is_read(own, inside):
    put(own, {f"{inside}cifar-10-batches-bin/{name}": b for name, b in BINARIES.items()})
    assert_cifar(datasets.cifar10(mirrors=[]))


def test_an_unpacked_folder_of_reviews_is_read(own):
    put(own, TEXTS)
    assert_reviews(datasets.imdb(mirrors=[]))


def test_a_folder_that_does_not_exist(monkeypatch, known, tmp_path):
    _, load, *_ = known
    monkeypatch.setenv("CLEARPROP_DATA", str(tmp_path / "no"))
    with pytest.raises(DataError, match="which is not a folder"):
        load(mirrors=[])


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("test_batch.bin", b"", FormatError, "test_batch.bin has 0 bytes"),
        ("test_batch.bin", record(0)[:-1], FormatError, "3,072 bytes; .* cut short"),
        ("data_batch_2.bin", b"\x0a" + record(0)[1:], FormatError, "picture 0 is 10; expected 0"),
        ("data_batch_2.bin", None, DataError, "lacks data_batch_2.bin"),
    ],
)
@pytest.mark.parametrize("archive", [True, False])
def test_damaged_pictures_are_told(own, archive, name, content, error, words):
    contents = {f"cifar-10-batches-bin/{n}": b for n, b in (BINARIES | {name: content}).items()}
    contents = {n: b for n, b in contents.items() if b is not None}
    put(own, {"cifar-10-binary.tar.gz": packed(contents.items())} if archive else contents)
    with pytest.raises(error, match=words):
        _load_quietly(datasets.cifar10, archive)


def _load_quietly(load, warns):
    if not warns:
        return load(mirrors=[])
    with pytest.warns(UserWarning, match="not the original"):
        return load(mirrors=[])


def test_a_batch_that_is_too_large_is_refused(own):
    large = bytes(10_001 * pictures.RECORD)
    put(own, {"cifar-10-batches-bin/" + n: large if n == "test_batch.bin" else b
              for n, b in BINARIES.items()})  # fmt: skip
    with pytest.raises(FormatError, match="at most 10,000 pictures"):
        datasets.cifar10(mirrors=[])


def test_reviews_that_are_not_there_or_not_readable(own):
    (own / "aclImdb" / "train" / "pos").mkdir(parents=True)
    with pytest.raises(DataError, match=r"holds no reviews: expected texts such as train/pos"):
        datasets.imdb(mirrors=[])
    put(own, {"aclImdb/train/pos/1_7.txt": "좋다".encode("cp949")})
    with pytest.raises(DataError, match=r"1_7\.txt' is not UTF-8"):
        datasets.imdb(mirrors=[])


def test_reviews_in_an_archive_that_are_not_readable(own):
    put(own, {"aclImdb_v1.tar.gz": packed([("aclImdb/train/pos/1_7.txt", b"\xc1\xc1")])})
    with (
        pytest.warns(UserWarning, match="not the original"),
        pytest.raises(DataError, match=r"1_7\.txt in aclImdb_v1\.tar\.gz is not UTF-8"),
    ):
        datasets.imdb(mirrors=[])


# -- the reviews as Keras hands them out -----------------------------------------------------------


def test_words_are_numbered_by_how_often_they_occur(own):
    put(own, TEXTS)
    index = keras.datasets.imdb.get_word_index()
    assert index == {"bad": 1, "film": 2, "good": 3, "a": 4, "br": 5, "it's": 6, "worse": 7}
    (x_train, y_train), (x_test, y_test) = keras.datasets.imdb.load_data()
    rows = {tuple(row): int(label) for row, label in zip(x_train, y_train, strict=True)}
    assert rows == {(1, 4, 8, 9, 4): 0, (1, 10, 5): 0, (1, 4, 5): 0, (1, 7, 6, 6, 5): 1}
    assert sorted(map(tuple, x_test)) == [(1, 2, 5), (1, 7, 2)]
    assert sorted(y_test) == [0, 1]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"num_words": 6}, [(1, 2, 2, 2, 5), (1, 2, 5), (1, 4, 2, 2, 4), (1, 4, 5)]),
        ({"num_words": 6, "oov_char": None}, [(1, 4, 4), (1, 4, 5), (1, 5), (1, 5)]),
        ({"skip_top": 5, "oov_char": 0},
         [(1, 0, 5), (1, 0, 8, 9, 0), (1, 7, 6, 6, 5), (1, 10, 5)]),
        ({"start_char": None, "index_from": 0}, [(1, 2), (1, 5, 6, 1), (4, 3, 3, 2), (7, 2)]),
        ({"maxlen": 4}, [(1, 4, 5), (1, 10, 5)]),
    ],
    ids=str,
)  # fmt: skip
def test_arguments_of_keras(own, settings, expected):
    put(own, TEXTS)
    (x_train, _), _ = datasets.imdb.load_data(**settings)
    assert sorted(map(tuple, x_train)) == sorted(expected)


def test_the_order_depends_on_the_seed(own):
    for part in ("train", "test"):
        for i in range(9):
            put(own, {f"aclImdb/{part}/{('neg', 'pos')[i % 2]}/{i}_1.txt": "x " * i})
    orders = [datasets.imdb.load_data(seed=seed)[0][0].tolist() for seed in (113, 113, 7)]
    assert orders[0] == orders[1] != orders[2]


def test_a_length_that_leaves_nothing_and_an_argument_that_is_none(own):
    put(own, TEXTS)
    with pytest.raises(OptionError, match="maxlen=1 leaves no reviews"):
        datasets.imdb.load_data(maxlen=1)
    with pytest.raises(OptionError, match="no argument 'nb_words'"):
        datasets.imdb.load_data(nb_words=3)


def test_keras_s_places(own):
    put(own, {"cifar-10-binary.tar.gz": CIFAR})
    assert_cifar(keras.datasets.cifar10.load_data())
    assert_cifar(datasets.cifar10.load_data())
