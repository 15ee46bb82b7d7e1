"""Whose gradients moved a weight in training: every step's update split by class or by sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, final

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import map_tree
from clearprop.explain.doubled import in_double
from clearprop.explain.weighted import Weighted, gradients_by, groups
from clearprop.optim import SGD
from clearprop.train.feed import Outputs

__all__ = ["Split"]

Watched = Mapping[str, tuple[str, tuple[int, ...]]]  # by address: the weight's path, and where


@final
class Split:
    """
    The updates of some weights, by whose gradients caused them.

    Before each step the model computes it once in double precision, dropping what the step will
    drop, and is then left as it was.

    Parameters
    ----------
    model : Model
        Compiled, as training begins.
    watched : mapping of str to (str, tuple of int)
        By address: path and index.
    by : {"class", "sample"}

    Attributes
    ----------
    parts : dict of str to dict of int to float
        By address and group: how far it moved the weight.
    kind : str
        "linear" where the optimizer is, and parts are exact; else "apportioned".
    """

    def __init__(self, model: Any, watched: Watched, by: str) -> None:
        self.model, self.watched, self.by = model, watched, by
        self.setup = model.setup_for("Watch")
        rule = self.setup.optimizer
        self.optimizer = type(rule).__name__
        self.kind = "linear" if isinstance(rule, SGD) and rule.plain else "apportioned"
        self.keeps = float(getattr(rule, "beta_1", getattr(rule, "momentum", 0.0)) or 0.0)
        self.parts: dict[str, dict[int, float]] = {text: defaultdict(float) for text in watched}
        self._moving: dict[str, dict[int, float]] = {text: defaultdict(float) for text in watched}
        self._gradients: dict[str, dict[int, float]] = {}
        self._rate = 0.0
        self._seen = 0

    def follow(self, data: Any, rows: Any) -> None:
        """Compute the gradients of the step that comes, by group."""
        x, y, weight = data.take(rows)
        with in_double(self.model):
            task = self.setup.task(self.model, Outputs(self.model, x))
            with computing_with(NUMPY), recording():
                output = task.forward(map_tree(_input, x), True)
            by_path = {each.path: each.node for each in self.model.weights}
        nodes = [by_path[path] for path, _ in self.watched.values()]
        weighted = Weighted(task.loss, y, output, weight)
        group = groups(y, self.by)
        if self.by == "sample":
            group = self._numbered(rows, len(group))
        split = gradients_by(weighted, group, nodes)
        self._gradients = {
            text: {key: float(own[k][index]) for key, own in split.items()}
            for k, (text, (_, index)) in enumerate(self.watched.items())
        }
        self._rate = float(self.setup.optimizer.rate(self.setup.memory.step))

    def _numbered(self, rows: Any, count: int) -> np.ndarray:
        """Number samples as in the data; those of a stream, as they come."""
        self._seen += count
        if isinstance(rows, slice):
            return np.arange(rows.start or 0, (rows.start or 0) + count)
        if isinstance(rows, np.ndarray):
            return rows
        return np.arange(self._seen - count, self._seen)

    def stepped(self, updates: Mapping[str, float]) -> None:
        """Take in how far the step moved each weight."""
        for text, update in updates.items():
            own = self._linear(text) if self.kind == "linear" else self._apportioned(text, update)
            for key, part in own.items():
                self.parts[text][key] += part

    def _linear(self, text: str) -> dict[int, float]:
        """Do for every group what the optimizer does: each has a velocity of its own."""
        rule, moving, rate = self.setup.optimizer, self._moving[text], self._rate
        parts = {}
        for key in {*moving, *self._gradients[text]}:
            step = -rate * self._gradients[text].get(key, 0.0)
            moving[key] = self.keeps * moving[key] + step
            parts[key] = self.keeps * moving[key] + step if rule.nesterov else moving[key]
        return parts

    def _apportioned(self, text: str, update: float) -> dict[int, float]:
        """Share an update as the running average of the gradients is shared."""
        moving = self._moving[text]
        for key in {*moving, *self._gradients[text]}:
            gradient = self._gradients[text].get(key, 0.0)
            moving[key] = self.keeps * moving[key] + (1 - self.keeps) * gradient
        total = sum(moving.values())
        return {key: update * own / total for key, own in moving.items()} if total else {}


def _input(x: np.ndarray) -> Tensor:
    node = Node(np.asarray(x, np.float64) if x.dtype.kind == "f" else x)
    node.name = "x"
    return Tensor(node)
