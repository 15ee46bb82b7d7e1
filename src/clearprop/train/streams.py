"""Examples that come batch by batch: generators, data sets, sequences of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, final

import numpy as np

from clearprop.core.caller import warn
from clearprop.core.tensor import Tensor
from clearprop.engines import Data
from clearprop.errors import ClearpropError, DataError, OptionError

__all__ = ["Stream", "as_batch", "is_stream"]


def is_stream(x: Any) -> bool:
    """
    Tell what gives batches from what is an array, or a list or dict of such.

    Examples
    --------
    >>> is_stream(np.zeros((2, 3))), is_stream(zip([1], [2]))
    (False, True)
    """
    if x is None or isinstance(x, np.ndarray | Tensor | list | tuple | Mapping | str | bytes):
        return False
    if hasattr(x, "__array__") or hasattr(x, "dtype"):
        return False
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def as_batch(batch: Any, what: str) -> tuple[Any, Any, Any]:
    """
    Give a batch as inputs, targets and weights.

    Raises
    ------
    DataError
        If it is none.
    """
    if isinstance(batch, tuple | list) and 1 <= len(batch) <= 3:
        x, y, weight = (*batch, None, None)[:3]
        return x, y, weight
    if isinstance(batch, np.ndarray | Tensor | dict):
        return batch, None, None
    raise DataError(
        f"{what} gives a {type(batch).__name__}; a batch is (x, y) or (x, y, sample_weight)."
    )


@final
class Stream(Data):
    """
    Batches, as an engine takes them.

    Parameters
    ----------
    source : iterable, or a sequence with ``len`` and ``[]``
        Of batches; gone through anew in each epoch, if it can be.
    ready : callable ``(batch) -> (x, y, weight)``
        Checks a batch, and converts it.
    what : str
        The argument, for messages.
    steps : int, optional
        How many batches make an epoch; all of them by default.
    again : bool
        Whether each epoch takes the batches of the first one, of a source too that cannot be gone
        through anew, as what one judges by should.
    """

    def __init__(
        self,
        source: Any,
        ready: Callable[[Any], tuple[Any, Any, Any]],
        what: str = "x",
        steps: int | None = None,
        *,
        again: bool = False,
    ) -> None:
        self.source, self.ready, self.what, self.steps = source, ready, what, steps
        self._kept: list[Any] | None = [] if again and iter_once(source) else None
        self._running: Iterator[Any] | None = None  # one that cannot be begun again
        self._ahead: list[Any] = []
        self._number = 0  # of the batch that was given last, in its epoch
        self._cycle = self._again()
        if iter_once(source):
            self._running = iter(source)

    def __len__(self) -> int:
        raise OptionError(f"{self.what} has batches; how many rows they have is not known.")

    def take(self, rows: Any) -> Any:
        """Give a batch of `batches`."""
        try:
            return self.ready(rows)
        except ClearpropError as error:
            error.add_note(
                f"in batch {self._number}, counted from 0, of those that {self.what} gives"
            )
            raise

    @property
    def count(self) -> int | None:
        """How many batches an epoch has, if that is known."""
        if self.steps is not None:
            return self.steps
        try:
            return len(self.source)
        except TypeError:
            return None

    def first(self) -> Any:
        """
        Give the first batch, which comes again.

        Raises
        ------
        DataError
            If there is none.
        """
        if self._running is not None:
            self._ahead = self._ahead or list(islice(self._running, 1))
            found = self._ahead
        else:
            found = list(islice(self._fresh(), 1))
        if not found:
            raise DataError(f"{self.what} gives no batches.")
        return found[0]

    def batches(self, epoch: int) -> Iterable[Any]:
        """Give the batches of an epoch."""
        if self._kept:
            yield from self._kept
            return
        if self._running is None:
            source = self._fresh() if self.steps is None else self._cycle
        else:
            source = self._going_on()
        count = 0
        for batch in islice(source, self.steps):
            self._number = count
            count += 1
            if self._kept is not None:
                self._kept.append(batch)
            yield batch
        if self.steps is not None and count < self.steps:
            warn(
                f"{self.what} gave {count} batches in epoch {epoch + 1}; steps_per_epoch is"
                f" {self.steps}. Give a generator that goes on, or fewer steps."
            )
        on_end = getattr(self.source, "on_epoch_end", None)
        if callable(on_end):
            on_end()

    @property
    def spent(self) -> bool:
        """Whether no batch is left, in a source that cannot be begun again."""
        if self._running is None:
            return False
        self._ahead = self._ahead or list(islice(self._running, 1))
        return not self._ahead

    def _fresh(self) -> Iterator[Any]:
        if hasattr(self.source, "__iter__"):
            return iter(self.source)
        return (self.source[k] for k in range(len(self.source)))

    def _going_on(self) -> Iterator[Any]:
        assert self._running is not None
        while self._ahead:
            yield self._ahead.pop()
        # Not `yield from`, which would end it for good when an epoch ends.
        for batch in self._running:  # noqa: UP028
            yield batch

    def _again(self) -> Iterator[Any]:
        """Go through the source again and again, an epoch of so many steps after the other."""
        found = True
        while found:
            found = False
            for batch in self._fresh():
                found = True
                yield batch


def iter_once(source: Any) -> bool:
    """Tell an iterator, which ends for good, from what can be gone through again."""
    return hasattr(source, "__next__") and iter(source) is source
