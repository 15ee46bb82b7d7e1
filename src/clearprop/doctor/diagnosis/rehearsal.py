"""Training tried out aside: from here or from a fresh start, with other learning rates."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, no_grad, recording
from clearprop.core.random import set_draws
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import map_tree
from clearprop.engines import Data, Eager, Memory, Task, Watch
from clearprop.errors import ClearpropError
from clearprop.nn.effects import forget, replacing_by

__all__ = ["Rated", "Tried", "fresh", "loss_of", "tried"]

SEED: dict[str, Any] = {
    "seed": 20_000,
    "opened": [],
}  # any: what is tried comes out the same each time


class Rated:
    """
    An optimizer with its learning rate multiplied.

    Parameters
    ----------
    rule : Optimizer
    factor : float
    """

    def __init__(self, rule: Any, factor: float) -> None:
        self.rule, self.factor = rule, factor

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rule, name)

    def rate(self, step: int) -> float:
        return float(self.rule.rate(step) * self.factor)


@dataclass(frozen=True)
class Tried:
    """
    What came of some steps of training.

    Attributes
    ----------
    before, after : float
        The loss on the same examples.
    step : int or None
        The first step, counted from 1, whose loss was no finite number.
    """

    before: float
    after: float
    step: int | None

    @property
    def fell(self) -> float:
        """By which share of itself the loss fell; minus infinity if it is no number any more."""
        if self.step is not None or not math.isfinite(self.after):
            return -math.inf
        return (self.before - self.after) / max(abs(self.before), 1e-12)


def loss_of(task: Task, data: Data) -> float:
    """Compute the loss of some examples as a step of training would see it."""
    with computing_with(NUMPY), no_grad(), replacing_by(forget), np.errstate(all="ignore"):
        output = task.forward(map_tree(_tensor, data.x), True)
        return float(task.loss(data.y, output, data.weight).node.data)


def _tensor(x: np.ndarray) -> Tensor:
    return Tensor(Node(x))


def tried(
    task: Task,
    data: Data,
    size: int,
    steps: int,
    factor: float = 1.0,
    judged: Data | None = None,
    *,
    remember: bool = True,
) -> Tried:
    """
    Take some steps; to be called within `aside`, or with a model that nobody else has.

    Parameters
    ----------
    task : Task
    data : Data
    size : int, examples
        Of a batch.
    steps : int
    factor : float
        What to multiply the learning rate by.
    judged : Data, optional
        The examples of which the loss is computed before and after; by default all.
    remember : bool
        Whether to go on with what the optimizer remembers, or to begin with nothing.
    """
    set_draws(SEED)
    held = task.memory
    memory = Memory(dict(held.states), held.step) if remember else Memory()
    rule: Any = Rated(task.rule, factor)
    task = replace(task, rule=rule, memory=memory, meters=())
    judged = data if judged is None else judged
    before = loss_of(task, judged)
    if not steps:
        return Tried(before, before, None)
    rng, batches = np.random.default_rng(1), list[Any]()
    while len(batches) < steps:
        order = rng.permutation(len(data))
        batches += [order[k : k + size] for k in range(0, max(len(order) - size, 0) + 1, size)]
    (epoch,) = Eager().train(task, data, [0], lambda _: batches[:steps], Watch())
    step = None if epoch.not_finite is None else epoch.not_finite[0] + 1
    return Tried(before, loss_of(task, judged), step)


def fresh(model: Any, x: Any, seed: int = 0) -> Any | None:
    """
    Make a model of the same form with weights newly drawn; None if it cannot be made again.

    Parameters
    ----------
    model : Model
    x : array or tree of arrays
        Examples to build it with.
    seed : int
        Another gives other weights.
    """
    set_draws({**SEED, "seed": SEED["seed"] + seed})
    try:
        made = type(model).from_config(model.get_config())
        with recording(), replacing_by(forget), np.errstate(all="ignore"):
            made(map_tree(lambda each: each[:1], x))
    except (ClearpropError, TypeError, ValueError, AttributeError, KeyError, NotImplementedError):
        return None
    same = [w.shape for w in made.weights] == [w.shape for w in model.weights]
    if not same:
        return None
    for new, old in zip(made.weights, model.weights, strict=True):
        if not old.trainable:  # what was frozen was given, and so were averages
            new.hold(np.array(old.data))
            new.trainable = False
    return made
