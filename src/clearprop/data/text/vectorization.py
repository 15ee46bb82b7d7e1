"""Turns texts into numbers: the places of their words in a vocabulary, or how often each occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, final

import numpy as np

from clearprop.data.checks import whole
from clearprop.data.state import Fields
from clearprop.data.text.tokens import Tokenizer, texts
from clearprop.errors import (
    DataError,
    MemoryLimitError,
    OptionError,
    StateError,
    named,
    no_argument,
    unknown,
)

__all__ = ["TextVectorization"]

MODES = ("int", "multi_hot", "count", "tf_idf")
MASK, UNKNOWN = "", "[UNK]"
LIMIT = 1 << 32  # bytes


@final
class TextVectorization:
    """
    Numbers for texts.

    Texts are brought to one form of Unicode first, so that the same Korean word is one word,
    whether it was typed as syllables or arrives as letters, as from file names on a Mac. Lower
    case is that of all scripts; punctuation is that of ASCII, as in Keras.

    Parameters
    ----------
    max_tokens : int, optional
        The size of the vocabulary at most, special tokens included; the most frequent stay.
    standardize : {"lower_and_strip_punctuation", "lower", "strip_punctuation"}, callable or None
        What is done to a text first; a callable is given the text and gives another.
    split : {"whitespace", "character"}, callable or None
        Where a text is cut; a callable is given the text and gives a list; None leaves it whole.
    ngrams : int or tuple of int, optional
        The lengths of the groups of neighbours that tokens are made of; ``2`` is ``(1, 2)``.
    output_mode : {"int", "multi_hot", "count", "tf_idf"}
        What a text becomes: the numbers of its tokens in order; or a row as long as the
        vocabulary, which has 1 for each token that occurs, how often it does, or that times how
        rare the token is.
    output_sequence_length : int, optional
        For "int": where to cut texts, and how far to fill up with 0; by default as far as the
        longest of those that are given at a time.
    pad_to_max_tokens : bool
        For the other modes: whether rows have the length `max_tokens` whatever there is.
    vocabulary : sequence of str, optional
        The tokens, if they are known; see `set_vocabulary`.
    idf_weights : sequence of float, optional
        For "tf_idf", with a `vocabulary`: how rare each is.
    jamo : bool
        Whether Hangul syllables are taken apart into their letters: with ``split="character"``,
        67 tokens then stand for what would be 11,172.
    **unknown
        There are no others.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or there is none of its name.

    References
    ----------
    K. Sparck Jones, "A statistical interpretation of term specificity and its application in
    retrieval", Journal of Documentation 28 (1), 1972; here ``log(1 + N / (1 + n))`` for a token in
    ``n`` of ``N`` texts, as in Keras.

    Examples
    --------
    >>> vectorize = TextVectorization()
    >>> vectorize.adapt(["나는 밥을 먹는다", "나는 물을 마신다"])
    >>> vectorize.get_vocabulary()[:3]
    ['', '[UNK]', '나는']
    >>> vectorize(["나는 책을 읽는다", "나는"])
    array([[2, 1, 1],
           [2, 0, 0]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[[str], str] | None = "lower_and_strip_punctuation",
        split: str | Callable[[str], list[str]] | None = "whitespace",
        ngrams: int | tuple[int, ...] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Iterable[str] | None = None,
        idf_weights: Iterable[float] | None = None,
        *,
        jamo: bool = False,
        **unknown_arguments: Any,
    ) -> None:
        if unknown_arguments:
            raise no_argument("TextVectorization", unknown_arguments, named(TextVectorization))
        if output_mode not in MODES:
            raise unknown("output_mode", output_mode, MODES)
        self.output_mode, self.ngrams = output_mode, ngrams
        self.tokenize = Tokenizer(standardize, split, ngrams, jamo)
        self.max_tokens = _optional(max_tokens, "max_tokens", least=self._specials + 1)
        self.output_sequence_length = _optional(
            output_sequence_length, "output_sequence_length", least=1
        )
        if output_sequence_length is not None and output_mode != "int":
            raise OptionError("output_sequence_length goes with output_mode='int' only.")
        if pad_to_max_tokens and max_tokens is None:
            raise OptionError("pad_to_max_tokens needs max_tokens.")
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        self._tokens: tuple[str, ...] | None = None
        self._numbers: dict[str, int] = {}
        self._rarity = np.zeros(0)
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    # -- the vocabulary ---------------------------------------------------------------------------

    @property
    def _specials(self) -> int:
        """How many special tokens come first: what fills up, and what is not known."""
        return 2 if self.output_mode == "int" else 1

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """
        Learn the vocabulary: the most frequent tokens come first.

        Of tokens that are as frequent, the one that is later in Unicode's order comes first, as
        in Keras. What was learnt before is forgotten.

        Parameters
        ----------
        data : list or array of str, or iterable of such batches
            The texts to learn from: those of training only.
        batch_size : int, optional
            Accepted because Keras has it.
        steps : int, optional
            How many batches of an iterable to take.

        Raises
        ------
        DataError
            If there are no texts, or no tokens in them.
        DTypeError
            If something is no text; says where.
        """
        counts: Counter[str] = Counter()
        documents: Counter[str] = Counter()
        n = 0
        for text in _each(data, steps):
            tokens = self.tokenize(text)
            counts.update(tokens)
            documents.update(set(tokens))
            n += 1
        for special in (MASK, UNKNOWN):
            counts.pop(special, None)
        if not counts:
            why = "there are no texts" if n == 0 else f"none of the {n} texts has any"
            raise DataError(f"adapt found no tokens: {why}.")
        order = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        if self.max_tokens is not None:
            order = order[: self.max_tokens - self._specials]
        held = np.array([documents[token] for token in order])
        self._set(order, np.log1p(n / (1.0 + held)))

    def set_vocabulary(
        self, vocabulary: Iterable[str], idf_weights: Iterable[float] | None = None
    ) -> None:
        """
        Set the vocabulary instead of learning it.

        Parameters
        ----------
        vocabulary : sequence of str
            All different; the special tokens may come first, as `get_vocabulary` gives them.
        idf_weights : sequence of float, optional
            For "tf_idf", and needed there: one for each.

        Raises
        ------
        OptionError
            If there are none, or too many, one is there twice, or the weights do not fit.
        """
        if isinstance(vocabulary, str):
            raise OptionError(
                "vocabulary is a list of tokens; of a file, give"
                " Path(name).read_text(encoding='utf-8').splitlines()."
            )
        given = list(map(str, vocabulary))
        rarity = None if idf_weights is None else np.asarray(list(idf_weights), np.float64)
        if (rarity is None) == (self.output_mode == "tf_idf"):
            need = "needs" if rarity is None else "is the only one with"
            raise OptionError(f"output_mode='tf_idf' {need} idf_weights.")
        if rarity is not None and (len(rarity) != len(given) or not np.isfinite(rarity).all()):
            raise OptionError(
                f"idf_weights must be a finite number for each of the {len(given)} tokens."
            )
        unknown_weight = None
        specials = [MASK, UNKNOWN][-self._specials :]
        if given[: len(specials)] == specials:
            given = given[len(specials) :]
            if rarity is not None:
                unknown_weight, rarity = float(rarity[0]), rarity[len(specials) :]
        twice = [token for token, count in Counter(given).items() if count > 1]
        if twice:
            raise OptionError(f"the vocabulary has {twice[0]!r} more than once.")
        if not given or MASK in given:
            what = "is empty" if not given else "has the empty text, which stands for nothing"
            raise OptionError(f"the vocabulary {what}.")
        if self.max_tokens is not None and len(given) + self._specials > self.max_tokens:
            raise OptionError(
                f"the vocabulary has {len(given)} tokens, and {self._specials} special ones;"
                f" max_tokens is {self.max_tokens}."
            )
        self._set(given, rarity, unknown_weight)

    def _set(
        self, tokens: list[str], rarity: np.ndarray | None, unknown_weight: float | None = None
    ) -> None:
        self._tokens = tuple(tokens)
        self._numbers = {token: i for i, token in enumerate(tokens, self._specials)}
        if rarity is not None and len(rarity):
            first = float(rarity.mean()) if unknown_weight is None else unknown_weight
            self._rarity = np.concatenate([[first], rarity])

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """List the tokens; the place of each is its number."""
        specials = [MASK, UNKNOWN][-self._specials :] if include_special_tokens else []
        return [*specials, *(self._tokens or ())]

    def vocabulary_size(self) -> int:
        """Count the tokens, special ones included."""
        return self._specials + len(self._tokens or ())

    # -- texts to numbers -------------------------------------------------------------------------

    def __call__(self, data: Any) -> np.ndarray:
        """
        Turn texts into numbers.

        Parameters
        ----------
        data : str, or list or array of str, of shape (N,) or (N, 1)

        Returns
        -------
        numpy.ndarray
            For "int", int64 of shape (N, T), or (T,) of one text: 0 fills up, 1 is what the
            vocabulary does not have. Without `split` and `ngrams`, one number a text, in the shape
            of `data`. Else float32 of shape (N, K), or (K,).

        Raises
        ------
        StateError
            If there is no vocabulary yet.
        DTypeError
            If something is no text; says where.
        MemoryLimitError
            If the rows would take more than 4 GiB.
        """
        if self._tokens is None:
            raise StateError(
                "TextVectorization has no vocabulary yet: first vectorize.adapt(texts)."
            )
        given, shape = texts(data)
        flat = self.output_mode == "int" and self.tokenize.one_each
        numbers = [
            [self._numbers.get(token, self._unknown(token)) for token in self.tokenize(text)]
            for text in given
        ]
        rows = self._sequences(numbers) if self.output_mode == "int" else self._counts(numbers)
        if flat and self.output_sequence_length is None:
            return rows.reshape(np.shape(data) if np.ndim(data) == 2 else shape)
        return rows.reshape(*shape, rows.shape[1])

    def _unknown(self, token: str) -> int:
        return 0 if token == MASK or self.output_mode != "int" else 1

    def _sequences(self, numbers: list[list[int]]) -> np.ndarray:
        length = self.output_sequence_length
        if length is None:
            length = max(map(len, numbers), default=0)
        _ensure_small(len(numbers) * length * 8)
        rows = np.zeros((len(numbers), length), np.int64)
        for row, held in zip(rows, numbers, strict=True):
            row[: len(held)] = held[:length]
        return rows

    def _counts(self, numbers: list[list[int]]) -> np.ndarray:
        size = self.vocabulary_size()
        if self.pad_to_max_tokens and self.max_tokens is not None:
            size = self.max_tokens
        _ensure_small(len(numbers) * size * 4)
        rows = np.zeros((len(numbers), size), np.float32)
        for row, held in zip(rows, numbers, strict=True):
            np.add.at(row, held, 1.0)
        if self.output_mode == "multi_hot":
            return (rows > 0).astype(np.float32)
        if self.output_mode == "tf_idf":
            rows[:, : len(self._rarity)] *= self._rarity.astype(np.float32)
        return rows

    # -- writing down -----------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """
        Give everything, the vocabulary included, as JSON can hold it.

        Raises
        ------
        OptionError
            If `standardize` or `split` is a function, which no file can hold.
        """
        tokenize = self.tokenize
        for name, value in (("standardize", tokenize.standardize), ("split", tokenize.split)):
            if callable(value):
                raise OptionError(f"{name} is a function ({value!r}), which no file can hold.")
        rare = self.output_mode == "tf_idf" and self._tokens is not None
        return {
            "max_tokens": self.max_tokens,
            "standardize": tokenize.standardize,
            "split": tokenize.split,
            "ngrams": list(self.ngrams) if isinstance(self.ngrams, tuple) else self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary": None if self._tokens is None else self.get_vocabulary(),
            "idf_weights": self._rarity.tolist() if rare else None,
            "jamo": tokenize.jamo,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """
        Make what `get_config` described, trusting nothing.

        Raises
        ------
        OptionError, FormatError
            If it is no such description.
        """
        fields = Fields(dict(config), "TextVectorization")
        known = {name: fields.take(name) for name in cls().get_config()}
        fields.end()
        ngrams = known["ngrams"]
        return cls(**known | {"ngrams": tuple(ngrams) if isinstance(ngrams, list) else ngrams})


def _each(data: Any, steps: int | None) -> Iterator[str]:
    """Go through texts that come at once, or batch by batch."""
    if isinstance(data, str | bytes | list | tuple | np.ndarray):
        yield from texts(data)[0]
        return
    if not isinstance(data, Iterable):
        texts(data)  # says what it is instead
        return
    for i, batch in enumerate(data):
        if i == steps:
            return
        yield from texts(batch[0] if isinstance(batch, tuple) else batch)[0]


def _optional(value: Any, name: str, *, least: int) -> int | None:
    return None if value is None else whole(value, name, least=least)


def _ensure_small(size: int) -> None:
    if size > LIMIT:
        raise MemoryLimitError(
            f"the rows would take {size / 1e9:,.1f} GB; give fewer texts at a time, a smaller"
            " max_tokens, or output_mode='int'."
        )
