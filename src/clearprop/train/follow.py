"""Callbacks that follow single examples through training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clearprop.engines import Data, Task
from clearprop.train.callbacks import Callback, Callbacks

__all__ = ["Follower", "announced"]


class Follower(Callback, ABC):
    """A callback that hears, before each step of training, of which examples it is made."""

    @abstractmethod
    def follow(self, task: Task, data: Data, rows: Any) -> None:
        """
        Hear of the step that comes.

        Parameters
        ----------
        task : Task
        data : Data
            What is trained on.
        rows : slice or array of int
            Which of it the step takes: ``data.take(rows)`` gives them.
        """


def announced(
    rows: Callable[[int], Iterable[Any]], task: Task, data: Data, callbacks: Callbacks
) -> Callable[[int], Iterable[Any]]:
    """Have followers, if there are any, told of every step's examples before it is done."""
    followers = [member for member in callbacks.members if isinstance(member, Follower)]
    if not followers:
        return rows

    def told(epoch: int) -> Iterator[Any]:
        for chosen in rows(epoch):
            for follower in followers:
                follower.follow(task, data, chosen)
            yield chosen

    return told
