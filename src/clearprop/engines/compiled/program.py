"""A program: what a step computes, as arrays made from arrays by a few dozen primitives."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, final

import numpy as np

from clearprop.core.op import Shape
from clearprop.core.operators import Operators
from clearprop.errors import ClearpropError
from clearprop.lang import told

__all__ = ["Kind", "Loop", "NotCompilable", "Program", "Value", "in_order"]

Kind: TypeAlias = Literal["", "data", "draw", "state", "scalar", "constant", "carried"]

_numbers = itertools.count()


class NotCompilable(ClearpropError):  # noqa: N818 - it is no mistake of anyone's
    """
    What a step does cannot be said beforehand, or not in primitives; it runs eagerly.

    Parameters
    ----------
    what : str
        What it is, to be put behind "the compiled engine cannot do".
    """


@final
class Value(Operators):
    """
    One array of a program.

    It has the operators that arrays have, so that rules written for arrays run on it; each makes
    another value. Passes compare values by identity: ``==`` would make one more.

    Parameters
    ----------
    op : str
        The primitive that makes it; "" for a leaf.
    inputs : sequence of Value
        What it is made from.
    params : dict
        What else the primitive needs to know: plain numbers, tuples and strings.
    shape : tuple of int
    dtype : dtype
    kind : str
        What a leaf is: "data", the examples of a step; "draw", what a layer draws at random in a
        step; "state", what lasts from step to step; "scalar", a number of a step, such as the
        learning rate; "constant", the same always; "carried", what a loop hands on to its next
        turn, or to its body.
    weak : bool
        Whether it counts as a Python number: arrays that meet it keep their kind of number.

    Attributes
    ----------
    array : numpy.ndarray or None
        What a constant is.
    name : str
        What a leaf is called in dumps.
    number : int
        The order in which values were made.
    """

    __slots__ = ("array", "dtype", "inputs", "kind", "name", "number", "op", "params", "shape",
                 "weak")  # fmt: skip

    def __init__(
        self,
        op: str,
        inputs: Sequence[Value],
        params: dict[str, Any],
        shape: Shape,
        dtype: Any,
        *,
        kind: Kind = "",
        name: str = "",
        array: Any = None,
        weak: bool = False,
    ) -> None:
        self.op, self.inputs, self.params = op, tuple(inputs), params
        self.shape, self.dtype = tuple(shape), np.dtype(dtype)
        self.kind, self.name, self.array, self.weak = kind, name, array, weak
        self.number = next(_numbers)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.size * int(self.dtype.itemsize)

    def __repr__(self) -> str:
        what = self.op or f"{self.kind} {self.name}".strip()
        return f"<{what} {self.dtype}{list(self.shape)} #{self.number}>"

    __hash__ = object.__hash__

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single number has no length.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        return self._xp

    # What asks for the number itself, which there is none of before the program runs.

    def __bool__(self) -> bool:
        raise NotCompilable(told("compiling.decision"))

    def __float__(self) -> float:
        raise NotCompilable(told("compiling.python_number"))

    __int__ = __index__ = __float__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        raise NotCompilable(told("compiling.to_numpy"))

    def item(self) -> float:
        """Refuse to be a number."""
        return float(self)


@dataclass(eq=False)
class Program:
    """
    A step.

    Parameters
    ----------
    data : list of Value
        The examples of a step, each of shape ``(batch, ...)``: inputs, targets, their weights.
    draws : list of Value
        What is drawn at random for a step.
    scalars : list of Value
        The numbers of a step: the learning rate, the count of steps done.
    states : list of Value
        What lasts: weights, what the optimizer remembers, moving averages.
    after : list of Value
        By state, what it is after the step.
    results : list of Value
        What is told of each step: the loss, figures, predictions.
    """

    data: list[Value] = field(default_factory=list)
    draws: list[Value] = field(default_factory=list)
    scalars: list[Value] = field(default_factory=list)
    states: list[Value] = field(default_factory=list)
    after: list[Value] = field(default_factory=list)
    results: list[Value] = field(default_factory=list)

    @property
    def leaves(self) -> list[Value]:
        """Everything that is handed in."""
        return [*self.data, *self.draws, *self.scalars, *self.states]

    @property
    def outputs(self) -> list[Value]:
        """Everything that is handed out."""
        return [*self.after, *self.results]

    def values(self) -> list[Value]:
        """List all values that outputs are made of, each after those that it is made from."""
        return in_order(self.outputs)


@dataclass(eq=False)
class Loop(Program):
    """
    The body of a loop over time: `states` are handed on from turn to turn, `data` are each turn's.

    Parameters
    ----------
    fixed : list of Value
        What is the same in every turn.
    what : str
        What it computes, such as "lstm".
    """

    fixed: list[Value] = field(default_factory=list)
    what: str = ""

    @property
    def leaves(self) -> list[Value]:
        """Everything that is handed in: what is fixed, handed on, and each turn's."""
        return [*self.fixed, *self.states, *self.data]


def in_order(roots: Iterable[Value]) -> list[Value]:
    """List what `roots` are made of, each value after those that it is made from."""
    done: list[Value] = []
    entered: set[Value] = set()
    stack: list[Value | None] = [*reversed(list(roots))]
    while stack:
        value = stack.pop()
        if value is None:  # what the next one is made from is done
            opened = stack.pop()
            assert opened is not None
            done.append(opened)
        elif value not in entered:
            entered.add(value)
            if value.inputs:
                stack += (value, None, *reversed(value.inputs))
            else:
                done.append(value)
    return done
