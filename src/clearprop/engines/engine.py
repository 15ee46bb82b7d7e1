"""The boundary between training and what runs it: a task goes in, figures come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np

from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, map_tree
from clearprop.engines.passes import Epoch, Epochs, Logs, Rows

__all__ = [
    "Beside", "Data", "Draw", "Engine", "Leaf", "Memory", "Meter", "Rule", "Task", "Watch",
    "rows_in",
]  # fmt: skip

Array: TypeAlias = Any
State: TypeAlias = dict[str, Array]


class Leaf(Protocol):
    """
    A weight, as an engine sees it: a lasting handle on values that training replaces.

    It may have a `constraint`, a callable ``(xp, w) -> w`` that its values go through after a step.
    """

    node: Node

    @property
    def path(self) -> str:
        """Its name, unlike any other's."""

    def hold(self, data: Array) -> None:
        """Put other values under the handle, of the same shape and kind."""


class LeafRule(Protocol):
    """The step of one leaf, as an engine sees it."""

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]: ...


class Rule(LeafRule, Protocol):
    """An optimizer, as an engine sees it: `optim.Optimizer` says what each method means."""

    @property
    def plain(self) -> bool: ...

    @property
    def loss_scale_factor(self) -> float | None: ...

    def start(self, xp: Any, w: Array) -> State: ...

    def rate(self, step: int) -> float: ...

    def finalize_variable_values(
        self, leaves: Sequence[Any], states: Mapping[str, State]
    ) -> None: ...

    def moves(
        self,
        xp: Any,
        leaves: Sequence[Leaf],
        weights: Sequence[Array],
        gradients: list[Array | None],
        states: Mapping[str, State],
        step: int,
        lr: float,
        update: Callable[..., tuple[Array, State]] | None = None,
    ) -> Iterator[tuple[int, Array, State]]: ...


class Meter(Protocol):
    """
    A figure over batches, from targets, predictions (tensors) and the examples' weights.

    One that `joins` gives the same for several batches that are handed over as one.
    """

    name: str

    @property
    def joins(self) -> bool: ...

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None: ...

    def sums(self, xp: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Say with another array library what a batch adds to a sum and a count, or None."""

    def add(self, total: float, count: float) -> None:
        """Take in such a sum and count."""

    def result(self) -> float: ...

    def reset(self) -> None: ...


@dataclass
class Memory:
    """What an optimizer remembers: the state of each weight by its path, and the steps done."""

    states: dict[str, State] = field(default_factory=dict)
    step: int = 0


class Counter(Protocol):
    """Whatever draws at random, and counts how often it did."""

    step: int


# (path, seed, how often it has drawn, kind, shape, rate) -> array
Draw: TypeAlias = Callable[[str, int | None, int, str, tuple[int, ...], float], Array]


@dataclass(frozen=True)
class Beside:
    """
    What a forward pass does beside its result, and how an engine takes that in hand.

    Parameters
    ----------
    variables : sequence of Leaf
        All that lasts from step to step: the weights that are trained, and the others.
    replacing_by : callable ``(way) -> context``
        Within, states are replaced by ``way(variable, tensor)``.
    drawing_from : callable ``(draw) -> context``
        Within, what is drawn at random comes from ``draw(path, seed, number, kind, shape, rate)``.
    draw : callable
        Such a one: how it is drawn now, in earnest.
    mask_of, masked : callable
        Tell the masks that tensors carry; put masks beside tensors.
    counters : mapping of str to Counter
        By path, whatever draws.
    unchanged : callable ``() -> bool``
        Whether the pass would still do the same with the same inputs and variables: no setting of
        a layer, no function was replaced.
    foreign : bool
        Whether somebody else than this library wrote a part of it, which may do anything.
    open : bool
        Whether that may read what `unchanged` does not see, such as the environment.
    undoing : callable ``() -> callable () -> str``
        Gives what undoes what a pass changes from now on beside states, and tells what that was:
        "counts" for a setting, such as a count of calls, "another" for what draws by itself.
    """

    variables: Sequence[Leaf]
    replacing_by: Callable[[Callable[[Any, Tensor], None]], AbstractContextManager[None]]
    drawing_from: Callable[[Draw], AbstractContextManager[None]]
    draw: Draw
    mask_of: Callable[[Any], Any]
    masked: Callable[[Any, Any], Any]
    counters: Mapping[str, Counter] = field(default_factory=dict)
    unchanged: Callable[[], bool] = lambda: True
    foreign: bool = False
    open: bool = False
    undoing: Callable[[], Callable[[], str]] = lambda: lambda: ""


@dataclass(frozen=True)
class Task:
    """
    What is learnt, in functions of tensors: an engine knows no layers and no models.

    Parameters
    ----------
    forward : callable ``(x, training) -> Tensor``
        From inputs to what the loss takes; both may be trees of tensors.
    loss : callable ``(y, output, sample_weight) -> Tensor``
        One number, from targets that were checked.
    predict : callable ``(output) -> Tensor``
        From what the loss takes to predictions: an activation that the loss has in itself,
        or nothing.
    leaves : sequence of Leaf
        The weights that are trained.
    rule : Rule
        How a weight follows its gradient.
    memory : Memory
        What the rule remembers; an engine brings it up to date.
    meters : sequence of Meter
        Figures to keep beside the loss.
    beside : Beside, optional
        What engines need that do not run every step in Python.
    """

    forward: Callable[[Any, bool], Any]
    loss: Callable[[Array, Any, Array], Tensor]
    predict: Callable[[Any], Any]
    leaves: Sequence[Leaf] = ()
    rule: Rule | None = None
    memory: Memory = field(default_factory=Memory)
    meters: Sequence[Meter] = ()
    beside: Beside | None = None


@dataclass(frozen=True)
class Data:
    """
    Examples, all with the same number of rows.

    Parameters
    ----------
    x : array, shape (N, ...), or a tree of such
        Inputs.
    y : array, shape (N, ...), or a tree of such, optional
        Targets.
    weight : array, shape (N,), or a tree of such, optional
        How much each example counts.
    """

    x: Array
    y: Array = None
    weight: Array = None

    def __len__(self) -> int:
        return rows_in(self.x)

    def take(self, rows: Rows) -> tuple[Array, Array, Array]:
        """Give the chosen examples."""
        if self.weight is None and self.y.__class__ is self.x.__class__ is np.ndarray:
            return self.x[rows], self.y[rows], None  # the usual case, at every step
        return _taken(self.x, rows), _taken(self.y, rows), _taken(self.weight, rows)


def rows_in(tree: Array) -> int:
    """Count the examples in an array, or in a tree of arrays."""
    return len(tree) if tree.__class__ is np.ndarray else len(flatten(tree)[0][0])


def _taken(tree: Array, rows: Rows) -> Array:
    if isinstance(tree, np.ndarray):
        return tree[rows]
    return None if tree is None else map_tree(lambda each: each[rows], tree)


class Watch:
    """Whoever wants to be told of every step, and may end after any; this one does neither."""

    steps: bool = False  # whether `begins` and `ended` are to be called at every step
    glances: bool = False  # whether `ended` is to be called now and then, at least
    looked: bool = False  # whether it was just seen that all that is learnt is what it was

    def stop(self) -> bool:
        """Tell whether to end after this step."""
        return False

    def begins(self, step: int) -> None:
        """Hear that a step of this pass over the data, counted from 0, begins."""

    def ended(self, step: int, logs: Callable[[], Logs]) -> None:
        """Hear that it ended; `logs` computes the figures so far, for whoever wants them."""


class Engine(ABC):
    """How steps run. Every engine gives the same numbers, within stated rounding."""

    name: ClassVar[str]

    @abstractmethod
    def train(
        self,
        task: Task,
        data: Data,
        epochs: Iterable[int],
        rows: Callable[[int], Iterable[Rows]],
        watch: Watch,
    ) -> Iterator[Epoch]:
        """
        Train, an epoch after the other.

        An epoch is given as soon as it is done, and the next one is not begun before it is asked
        for. Whoever asks for several epochs at once does not care about the weights between them:
        an engine may then run all before it gives the first.

        Parameters
        ----------
        task : Task
        data : Data
        epochs : iterable of int
            Their numbers.
        rows : callable ``(epoch) -> iterable of Rows``
            The examples of each step of an epoch.
        watch : Watch
        """

    def train_through(
        self, task: Task, data: Data, epochs: range, rows: Any, watch: Watch
    ) -> Iterator[Epochs]:
        """Train as `train` does, for one who looks at nothing until all is done, or it stops."""
        for epoch in self.train(task, data, epochs, rows, watch):
            yield Epochs.of(epoch)
            if watch.stop():
                return

    def notes(self) -> list[str]:
        """Tell, in words and once, what was out of the ordinary."""
        return []

    @abstractmethod
    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        """Give the loss, averaged over the examples, and every meter's figure; change nothing."""

    @abstractmethod
    def predict(
        self,
        forward: Callable[[Any, bool], Any],
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        beside: Beside | None = None,
    ) -> Array:
        """Give what `forward` makes of the inputs, one row each: an array or a tree of such."""
