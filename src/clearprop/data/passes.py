"""Batches that are made as they are asked for, and can be gone through again and again."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, islice
from typing import Any, Self, final

import numpy as np

from clearprop.core.random import fresh_number, fresh_stream, stream
from clearprop.core.tree import flatten, leaves_as_in, unflatten
from clearprop.data.batches import row_batches, row_count
from clearprop.data.checks import whole
from clearprop.errors import DataError, OptionError, ShapeError

__all__ = ["Batches", "Orders", "PyDataset"]

Begin = Callable[[int], Iterable[Any]]
AUTOTUNE = -1  # what scripts give to `map` and `prefetch`; nothing runs beside anything here


@final
class Orders:
    """
    Where the order of each pass is drawn from.

    Parameters
    ----------
    seed : int, optional
        By default that of `set_random_seed`, another one for each data set that is made.
    each_pass : bool
        Whether every pass has an order of its own.
    """

    def __init__(self, seed: Any, *, each_pass: bool = True) -> None:
        self.seed = None if seed is None else whole(seed, "seed", least=0)
        self.each_pass = each_pass
        self.key = int(fresh_stream("orders").integers(2**31)) if seed is None else 0

    def __call__(self, number: int) -> np.random.Generator:
        """Open the stream of a pass, counted from 0."""
        return stream(self.seed, "orders", self.key, number if self.each_pass else 0)


@final
class Batches:
    """
    A data set that makes its elements as they are asked for, under the names of ``tf.data``.

    Elements are arrays, or tuples or dicts of arrays; mostly batches ``(x, y)``. Each iteration
    is a fresh pass over all of them. A method gives another data set and leaves this one alone.

    Parameters
    ----------
    begin : callable ``(pass) -> iterable``
        Makes the elements of a pass, counted from 0.
    length : int, optional
        How many elements a pass has, if that is known.

    Attributes
    ----------
    class_names : list of str or None
        What the labels stand for, if the data set was read from folders.
    file_paths : list of str or None
        Where its examples were read.

    Examples
    --------
    >>> data = Batches.of((np.arange(5), np.arange(5) * 10), batch_size=2)
    >>> for x, y in data.map(lambda x, y: (x + 1, y)).take(2):
    ...     print(x, y)
    [1 2] [ 0 10]
    [3 4] [20 30]
    """

    def __init__(self, begin: Begin, length: float | None = None) -> None:
        self._begin, self._length = begin, length
        self._key = fresh_number("data sets")
        self.class_names: list[str] | None = None
        self.file_paths: list[str] | None = None

    @classmethod
    def of(
        cls, arrays: Any, batch_size: int = 32, *, shuffle: bool = False, seed: int | None = None
    ) -> Self:
        """
        Hand arrays out in batches.

        Parameters
        ----------
        arrays : array, or nested tuple, list or dict of arrays
            With the same number of rows.
        batch_size : int
        shuffle : bool
            Whether each pass has an order of its own.
        seed : int, optional
            What the orders depend on.

        Raises
        ------
        ShapeError, DataError, OptionError
            As for `batches`.
        """
        leaves, form = flatten(_arrays(arrays))
        n, size = row_count(leaves), whole(batch_size, "batch_size", least=1)
        orders = Orders(seed) if shuffle else None

        def begin(number: int) -> Iterator[Any]:
            rows = row_batches(n, size, shuffle_rng=orders(number) if orders else None)
            return (unflatten(form, [leaf[chosen] for leaf in leaves]) for chosen in rows)

        return cls(begin, -(-n // size))

    @classmethod
    def from_tensor_slices(cls, arrays: Any) -> Self:
        """Hand arrays out row by row; `batch` then makes batches."""
        held = _arrays(arrays)
        return cls(lambda _: _rows(held), row_count(held))

    @classmethod
    def from_generator(cls, generator: Callable[[], Iterable[Any]], *_: Any, **__: Any) -> Self:
        """Ask a function anew for the elements of each pass; a signature is not needed."""
        if not callable(generator):
            raise OptionError(
                "from_generator takes the function that makes the generator, not what it made:"
                " otherwise there would be one pass only."
            )
        return cls(lambda _: generator())

    # -- going through ----------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        # Counted beside the random streams: a training that is taken up goes on counting.
        return self.in_pass(fresh_number("passes", self._key))

    def in_pass(self, number: int) -> Iterator[Any]:
        """Go through the elements as in a pass of this number, which counts from 0."""
        return iter(self._begin(number))

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Go through the elements, which are arrays of NumPy as they are."""
        return iter(self)

    def __len__(self) -> int:
        if self._length is None or self._length == math.inf:
            how = "goes on without end" if self._length else "does not know its length"
            raise TypeError(f"this data set {how}; give fit steps_per_epoch.")
        return int(self._length)

    def cardinality(self) -> int:
        """Tell the length as ``tf.data`` does: -1 stands for no end, -2 for not known."""
        return -2 if self._length is None else -1 if self._length == math.inf else len(self)

    def __repr__(self) -> str:
        length = {-2: "an unknown number", -1: "no end"}.get(self.cardinality())
        return f"Batches({length if length else len(self)} of elements)"

    # -- other data sets out of this one ----------------------------------------------------------

    def map(self, function: Callable[..., Any], *_: Any, **__: Any) -> Batches:
        """Put each element through a function, a tuple as its arguments."""
        return Batches(
            lambda number: (_called(function, element) for element in self.in_pass(number)),
            self._length,
        )

    def filter(self, predicate: Callable[..., Any]) -> Batches:
        """Keep the elements for which a function is true."""
        return Batches(
            lambda number: (e for e in self.in_pass(number) if bool(_called(predicate, e)))
        )

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True
    ) -> Batches:
        """
        Hand elements out in another order.

        Parameters
        ----------
        buffer_size : int
            How many elements are held, of which the next is drawn; all of them make every order
            as likely as any other.
        seed : int, optional
        reshuffle_each_iteration : bool
            Whether each pass has an order of its own.
        """
        size = whole(buffer_size, "buffer_size", least=1)
        orders = Orders(seed, each_pass=bool(reshuffle_each_iteration))
        return Batches(
            lambda number: _shuffled(self.in_pass(number), size, orders(number)), self._length
        )

    def batch(self, batch_size: int, drop_remainder: bool = False, *_: Any, **__: Any) -> Batches:
        """Stack so many elements to one; the last has fewer, or is left out."""
        size = whole(batch_size, "batch_size", least=1)
        length = None
        if self._length is not None:
            exact = self._length / size
            length = exact if exact == math.inf else [math.ceil, math.floor][drop_remainder](exact)
        return Batches(lambda number: _stacked(self.in_pass(number), size, drop_remainder), length)

    def unbatch(self) -> Batches:
        """Hand out the rows of each element one by one."""
        return Batches(lambda number: chain.from_iterable(map(_rows, self.in_pass(number))))

    def take(self, count: int) -> Batches:
        """Hand out the first so many elements; -1 stands for all."""
        if count < 0:
            return self
        length = None if self._length is None else min(self._length, count)
        return Batches(lambda number: islice(self.in_pass(number), count), length)

    def skip(self, count: int) -> Batches:
        """Leave out the first so many elements."""
        count = whole(count, "count", least=0)
        length = None if self._length is None else max(self._length - count, 0)
        return Batches(lambda number: islice(self.in_pass(number), count, None), length)

    def repeat(self, count: int | None = None) -> Batches:
        """Go through the elements so many times in one pass, or without end."""
        if count is None or count < 0:
            return Batches(self._again_and_again, math.inf)
        length = None if self._length is None else self._length * count
        return Batches(
            lambda number: chain.from_iterable(
                self.in_pass(number * count + i) for i in range(count)
            ),
            length,
        )

    def _again_and_again(self, number: int) -> Iterator[Any]:
        for inner in count(number):
            empty = True
            for element in self.in_pass(inner):
                empty = False
                yield element
            if empty:
                raise DataError("there is nothing to go through again: the data set is empty.")

    def cache(self, *_: Any) -> Batches:
        """Hold what the first whole pass gave, and hand that out from then on."""
        held: list[Any] = []
        whole_pass = [False]

        def begin(number: int) -> Iterator[Any]:
            if whole_pass[0]:
                yield from held
                return
            seen = []
            for element in self.in_pass(number):
                seen.append(element)
                yield element
            held[:], whole_pass[0] = seen, True

        return Batches(begin, self._length)

    def prefetch(self, *_: Any) -> Batches:
        """Do nothing: accepted because scripts for ``tf.data`` call it."""
        return self

    def concatenate(self, other: Batches) -> Batches:
        """Hand out the elements of this data set, then those of another."""
        lengths = self._length, other._length
        return Batches(
            lambda number: chain(self.in_pass(number), other.in_pass(number)),
            None if None in lengths else sum(n for n in lengths if n is not None),
        )


class PyDataset(ABC):
    """
    Batches by their numbers: derive from it, and define ``__len__`` and ``__getitem__``.

    Parameters
    ----------
    workers, use_multiprocessing, max_queue_size
        Accepted because Keras has them; batches are made one after another.

    Examples
    --------
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, index):
    ...         return np.array([index]), np.array([index**2])
    >>> [int(y[0]) for x, y in Squares()]
    [0, 1]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers, self.use_multiprocessing = workers, use_multiprocessing
        self.max_queue_size = max_queue_size

    @abstractmethod
    def __len__(self) -> int:
        """Count the batches of a pass."""

    @abstractmethod
    def __getitem__(self, index: int) -> Any:
        """Give a batch, counted from 0."""

    def on_epoch_end(self) -> None:
        """Hear from `fit` that an epoch ended, perhaps to choose another order."""
        return

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


def _arrays(given: Any) -> Any:
    """Make arrays of what is in tuples and dicts; a list is what an array is made of."""
    if isinstance(given, tuple):
        return tuple(map(_arrays, given))
    if isinstance(given, dict):
        return {key: _arrays(value) for key, value in given.items()}
    return None if given is None else np.asarray(given)


def _rows(batch: Any) -> Iterator[Any]:
    leaves, form = flatten(batch)
    held = [np.asarray(leaf) for leaf in leaves]
    return (unflatten(form, [leaf[i] for leaf in held]) for i in range(row_count(held)))


def _called(function: Callable[..., Any], element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


def _shuffled(elements: Iterator[Any], size: int, rng: np.random.Generator) -> Iterator[Any]:
    """Hold `size` elements, and hand one of them out for each that comes."""
    held = list(islice(elements, size))
    for element in elements:
        i = int(rng.integers(len(held)))
        yield held[i]
        held[i] = element
    yield from (held[i] for i in rng.permutation(len(held)))


def _stacked(elements: Iterator[Any], size: int, drop: bool) -> Iterator[Any]:
    while group := list(islice(elements, size)):
        if drop and len(group) < size:
            return
        first, form = flatten(group[0])
        columns = [first, *(leaves_as_in(form, element) for element in group[1:])]
        try:
            yield unflatten(form, [np.stack(column) for column in zip(*columns, strict=True)])
        except ValueError as error:
            shapes = sorted({str(np.shape(leaf)) for row in columns for leaf in row})
            raise ShapeError(
                f"elements of the shapes {', '.join(shapes)} cannot be stacked to a batch; bring"
                " them to one shape first."
            ) from error
