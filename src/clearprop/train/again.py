"""The same `fit` again: what was found out about its data and arguments holds for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, final
from weakref import ref

import numpy as np

from clearprop.core.tree import map_tree
from clearprop.engines import Data

if TYPE_CHECKING:
    from clearprop.train.known import Known
    from clearprop.train.loop import Course
    from clearprop.train.setup import Setup

__all__ = ["Again"]

SMALL = 1 << 14  # bytes of data; of more, a copy to compare with would cost what the checks cost
PLAIN = frozenset({int, float, bool, type(None)})


@final
class Again:
    """
    What `fit` was asked for last, and the course that came of it.

    It is taken again for the very same arrays with the very same numbers in them, the same
    arguments and a model that is what it was: all that was checked then holds.
    """

    def __init__(self) -> None:
        self._course: Course | None = None
        self._known: Known | None = None
        self._key: tuple[Any, ...] = ()
        self._x: Any = _nothing
        self._y: Any = _nothing  # held weakly: data are not kept when training has ended
        self._numbers: tuple[Any, ...] = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Again:
        return Again()

    def course(
        self, model: Any, setup: Setup, x: Any, y: Any, asked: tuple[Any, ...]
    ) -> Course | None:
        """
        Give the course of the last `fit`, if this one is the same.

        Parameters
        ----------
        model : Model
        setup : Setup
        x, y : Any
            As they were given.
        asked : tuple
            All arguments that a course depends on.
        """
        if (
            x is not None
            and x is self._x()
            and y is self._y()
            and _key(asked) == self._key
            and _numbers(x, y) == self._numbers
            and setup.known(model) is self._known
        ):
            return self._course
        return None

    def keep(
        self, model: Any, setup: Setup, x: Any, y: Any, asked: tuple[Any, ...], course: Course
    ) -> Course:
        """Keep a course, if it can be told when it is wanted again; give the one to go through."""
        known, data = setup.known(model), course.data
        if not (
            type(x) is np.ndarray is type(y)
            and x.nbytes + y.nbytes <= SMALL
            and PLAIN.issuperset(map(type, asked))
            and type(data) is Data
            and course.validation is None
            and not known.standing.foreign  # which may do anything
        ):
            self._course = self._known = None
            return course
        own = Data(*(map_tree(np.array, each) for each in (data.x, data.y, data.weight)))
        self._course, self._known = replace(course, data=own, again=True), known
        self._key, self._numbers = _key(asked), _numbers(x, y)
        self._x, self._y = ref(x), ref(y)
        return self._course


def _nothing() -> object:
    return _nothing


def _key(asked: tuple[Any, ...]) -> tuple[Any, ...]:
    """Give what arguments are compared by: kinds first, since 1, 1.0 and True are equal."""
    return (*map(type, asked), *asked)


def _numbers(x: np.ndarray, y: np.ndarray) -> tuple[Any, ...]:
    """Give all that arrays hold."""
    return x.shape, x.dtype, x.tobytes(), y.shape, y.dtype, y.tobytes()
