"""IMDB: reviews of films, and whether they praise the film."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from clearprop.data.checks import whole
from clearprop.data.datasets.archives import read_members
from clearprop.data.datasets.download import RemoteFile
from clearprop.data.datasets.packed import PackedSet, place_of
from clearprop.data.text_files import read_text
from clearprop.errors import DataError, OptionError, named, no_argument

__all__ = ["IMDB", "imdb"]

Texts = npt.NDArray[np.object_]
Labels = npt.NDArray[np.int64]
Reviews = tuple[tuple[Texts, Labels], tuple[Texts, Labels]]

IMDB = PackedSet(
    title="the IMDB reviews",
    folder="imdb",
    inside="aclImdb",
    mirrors=("https://ai.stanford.edu/~amaas/data/sentiment/",),
    archive=RemoteFile(
        "aclImdb_v1.tar.gz",
        84_125_825,
        "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
    ),
)
PLACE = re.compile(r"(?:^|/)(train|test)/(neg|pos)/([0-9]+)_[0-9]+\.txt$")
CLASSES = ("neg", "pos")
LONGEST = 1 << 20  # bytes of a review


def imdb(*, mirrors: Sequence[str] | None = None) -> Reviews:
    """
    Load 25,000 and 25,000 reviews of films as texts.

    The archive ``aclImdb_v1.tar.gz``, or the folder ``aclImdb`` that is in it, is looked for in the
    folder that the environment variable ``CLEARPROP_DATA`` names and in its ``imdb`` subfolder,
    then in clearprop's cache. If it is nowhere it is downloaded into the cache (84 MB) and used
    only if its SHA-256 is right. It is never unpacked. A folder of your own of that form, ``train``
    and ``test`` with ``neg`` and ``pos`` in them and texts named as ``12_7.txt``, is read as well.

    ``imdb.load_data()`` gives the words' numbers instead, as Keras does.

    Parameters
    ----------
    mirrors : sequence of str, optional
        Addresses to download from instead of the known ones.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Arrays of str of shape (N,), and 0 (bad) or 1 (good); the bad ones come first.

    Raises
    ------
    DataError
        If the files are nowhere and cannot be downloaded; says which to place where by hand.
    FormatError
        If the archive is damaged or not to be trusted.

    References
    ----------
    A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng and C. Potts, "Learning word vectors for
    sentiment analysis", ACL 2011.
    """
    place = place_of(IMDB, IMDB.mirrors if mirrors is None else mirrors)
    found: dict[str, list[tuple[int, int, str]]] = {"train": [], "test": []}
    for name, text in _in_folder(place) if place.is_dir() else _in_archive(place):
        part, kind, number = _parsed(name)
        found[part].append((CLASSES.index(kind), number, text))
    for part, reviews in found.items():
        if not reviews:
            raise DataError(
                f"{place} holds no reviews: expected texts such as {part}/pos/12_7.txt in it."
            )
    return _arrays(found["train"]), _arrays(found["test"])


def _parsed(name: str) -> tuple[str, str, int]:
    match = PLACE.search(name)
    assert match is not None  # only such names are asked for
    return match[1], match[2], int(match[3])


def _in_folder(folder: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob("t*/*/*.txt")):
        name = path.relative_to(folder).as_posix()
        if PLACE.search(name):
            yield name, read_text(path)


def _in_archive(path: Path) -> Iterable[tuple[str, str]]:
    members = read_members(
        path, lambda name: PLACE.search(name) is not None, largest=LONGEST, limit=1 << 30
    )
    for name, content in members:
        try:
            yield name, content.decode()
        except UnicodeDecodeError as error:
            short = PurePosixPath(name).name
            raise DataError(f"{short} in {path.name} is not UTF-8 (byte {error.start}).") from None


def _arrays(reviews: list[tuple[int, int, str]]) -> tuple[Texts, Labels]:
    reviews.sort()
    texts = np.array([text for _, _, text in reviews], object)
    return texts, np.array([label for label, _, _ in reviews], np.int64)


# -- words as numbers, as Keras hands them out ---------------------------------------------------

_NO_LETTERS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~', " "))


def words_of(text: str) -> list[str]:
    """
    Cut a review into words in lower case; apostrophes belong to them.

    Examples
    --------
    >>> words_of("It's bad.<br />Really!")
    ["it's", 'bad', 'br', 'really']
    """
    return text.lower().translate(_NO_LETTERS).split()


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """
    Number the words of the reviews to train on, from 1; the most frequent come first.

    Parameters
    ----------
    path : str
        Accepted because Keras has it; the numbers are counted from the reviews instead, so that
        those of rare words differ from Keras's.
    """
    (texts, _), _ = imdb()
    return _index(texts)


def _index(texts: Iterable[str]) -> dict[str, int]:
    counts = Counter(word for text in texts for word in words_of(text))
    order = sorted(counts, key=lambda word: (-counts[word], word))
    return {word: number for number, word in enumerate(order, 1)}


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **unknown: Any,
) -> Reviews:
    """
    Load the reviews as lists of numbers of words, shuffled.

    Parameters
    ----------
    path : str
        Accepted because Keras has it: its own file holds pickles, which are never opened here.
    num_words : int, optional
        Numbers from here on are left out: only the most frequent words stay.
    skip_top : int
        Numbers below are left out.
    maxlen : int, optional
        Reviews that are not shorter are left out.
    seed : int
        What the order depends on.
    start_char : int, optional
        What every review begins with.
    oov_char : int, optional
        What stands for words that were left out; with None nothing does.
    index_from : int
        What is added to the numbers of `get_word_index`.
    **unknown
        There are no others.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Arrays of lists of int, of shape (N,), and 0 or 1.

    Raises
    ------
    OptionError
        If there is an argument of another name, or `maxlen` leaves no reviews.
    """
    if unknown:
        raise no_argument("imdb.load_data", unknown, named(load_data))
    parts = imdb()
    index = _index(parts[0][0])
    rng = np.random.RandomState(whole(seed, "seed", least=0))
    start = [] if start_char is None else [start_char]
    loaded = []
    for texts, labels in parts:
        order = rng.permutation(len(texts))
        reviews = [
            start + _numbers(text, index, index_from, num_words, skip_top, oov_char)
            for text in texts[order]
        ]
        rows = [i for i, review in enumerate(reviews) if maxlen is None or len(review) < maxlen]
        if not rows:
            raise OptionError(f"maxlen={maxlen} leaves no reviews; give a larger one.")
        chosen = np.empty(len(rows), object)
        chosen[:] = [reviews[i] for i in rows]
        loaded.append((chosen, labels[order][rows]))
    return loaded[0], loaded[1]


def _numbers(
    text: str, index: dict[str, int], first: int, most: int | None, least: int, other: int | None
) -> list[int]:
    """Number the words of a text; `other` stands for those that are left out."""
    found = []
    for word in words_of(text):
        number = index[word] + first if word in index else -1
        if number >= least and number >= 0 and (most is None or number < most):
            found.append(number)
        elif other is not None:
            found.append(other)
    return found


imdb.load_data = load_data  # type: ignore[attr-defined]
imdb.get_word_index = get_word_index  # type: ignore[attr-defined]
