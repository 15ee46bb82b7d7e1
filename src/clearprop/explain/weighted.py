"""A loss split by sample or by class, and its gradients with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten
from clearprop.errors import OptionError
from clearprop.lang import told

__all__ = ["Weighted", "gradients_by", "groups"]


class Weighted:
    """
    The loss of a batch with weights for its samples; the network is run once.

    Parameters
    ----------
    loss : callable ``(y, output, sample_weight) -> Tensor``
    y, output
        As the engine has them.
    weight : array, shape (N,), optional
        How much each sample counts anyway.
    """

    def __init__(self, loss: Any, y: Any, output: Tensor, weight: Any = None) -> None:
        self.loss, self.y, self.output, self.weight = loss, y, output, weight

    def __call__(self, chosen: np.ndarray) -> Tensor:
        """Compute the loss with so much of each sample."""
        weight = chosen if self.weight is None else chosen * self.weight
        with computing_with(NUMPY), recording():
            made: Tensor = self.loss(self.y, self.output, weight)
        return made


def groups(y: Any, by: str) -> np.ndarray:
    """
    Tell which group each sample belongs to: its own, or its class.

    Parameters
    ----------
    y : array, or a list of arrays where there are several outputs
        Targets as the loss takes them.
    by : {"sample", "class"}

    Raises
    ------
    OptionError
        If the targets name no classes.
    """
    each = [np.asarray(own) for own in flatten(y)[0]]
    if by == "sample":
        return np.arange(len(each[0]))
    flat = each[0].reshape(len(each[0]), -1)
    if len(each) == 1 and flat.shape[1] > 1 and _is_one_hot(flat):
        return flat.argmax(axis=1)
    if len(each) == 1 and flat.shape[1] == 1 and (flat == np.floor(flat)).all():
        return flat[:, 0].astype(np.int64)
    raise OptionError(told("asking.by_class"))


def _is_one_hot(rows: np.ndarray) -> bool:
    return bool(np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all())


def gradients_by(
    weighted: Weighted, group: np.ndarray, targets: list[Node]
) -> dict[int, list[np.ndarray]]:
    """
    Split the gradients of a loss by group; a backward pass for each.

    The loss is a sum over samples, and so are its gradients: with every other sample's weight at
    0 what is left is one group's part.
    """
    alone = weighted(np.zeros(len(group)))
    rest = _gradients(alone, targets)
    found: dict[int, list[np.ndarray]] = {}
    for key in np.unique(group):
        own = _gradients(weighted((group == key).astype(np.float64)), targets)
        found[int(key)] = [a - b for a, b in zip(own, rest, strict=True)]
    return found


def _gradients(loss: Tensor, targets: list[Node]) -> list[np.ndarray]:
    """Differentiate by nodes; zeros where the loss does not depend on one."""
    if not loss.requires_grad:
        return [np.zeros_like(node.data) for node in targets]
    seed = np.ones_like(loss.data)
    made = walk(loss.node, seed, targets, NUMPY, plain)
    return [
        np.zeros_like(node.data) if g is None else np.asarray(g)
        for node, g in zip(targets, made, strict=True)
    ]
