"""A network for a table: its layers, its training, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from clearprop import layers, nn, optim, set_seed
from clearprop.cli.progress import bars
from clearprop.data import split_rows
from clearprop.train import EarlyStopping, History, Model, Sequential

__all__ = ["Fitted", "Plan", "fitted"]

_FEW = 50  # rows; with fewer, none are put aside to judge by
_ASIDE = 0.15
OPTIMIZERS = {"adam": optim.Adam, "sgd": optim.SGD}
RATES = {"adam": 0.003, "sgd": 0.05}
MOMENTUM = 0.9


@final
@dataclass(frozen=True)
class Plan:
    """What to train, and how: the options of ``clearprop train``."""

    hidden: Sequence[int]
    epochs: int
    patience: int
    batch_size: int
    lr: float | None
    optimizer: str
    seed: int

    @property
    def rate(self) -> float:
        """The learning rate: the one asked for, or what suits the optimizer."""
        return RATES[self.optimizer] if self.lr is None else self.lr


@final
@dataclass(frozen=True)
class Fitted:
    """A trained model, and how it came about."""

    model: Model
    history: History
    trained: int
    validated: int
    seconds: float
    best: int | None  # the epoch, from 1, whose weights it has; None: the last

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the training."""
        return self.history.interrupted


def network(inputs: int, outputs: int, hidden: Sequence[int], classes: bool) -> Sequential:
    """Put dense layers of ReLU units together, and an output for each class or for an amount."""
    inner = [layers.Dense(n, "relu", kernel_initializer="he_normal") for n in hidden]
    last = layers.Dense(outputs, "softmax" if classes else None)
    return Sequential([nn.Input((inputs,)), *inner, last])


def fitted(x: np.ndarray, y: np.ndarray, preprocessor: Any, plan: Plan) -> Fitted:
    """Train a network on prepared rows; it stops when those put aside are predicted no better."""
    set_seed(plan.seed)
    classes = preprocessor.task == "classification"
    model = network(x.shape[1], preprocessor.outputs, plan.hidden, classes)
    rule: Any = OPTIMIZERS[plan.optimizer]
    settings = {"momentum": MOMENTUM} if plan.optimizer == "sgd" else {}
    model.compile(
        rule(plan.rate, **settings),
        "sparse_categorical_crossentropy" if classes else "mse",
        ["accuracy"] if classes else ["mae"],
    )
    learnt, aside, stopping = np.arange(len(x)), np.arange(0), None
    if plan.patience and len(x) >= _FEW:
        learnt, aside = split_rows(
            len(x), test_size=_ASIDE, seed=plan.seed, stratify=y if classes else None
        )
        stopping = EarlyStopping("val_loss", patience=plan.patience, restore_best_weights=True)
    start = time.perf_counter()
    history = model.fit(
        x[learnt], y[learnt],
        batch_size=plan.batch_size, epochs=plan.epochs, seed=plan.seed, verbose=0,
        validation_data=(x[aside], y[aside]) if stopping else None,
        callbacks=[*bars(), *([stopping] if stopping else [])],
    )  # fmt: skip
    best = stopping.best_epoch + 1 if stopping and stopping.best_weights is not None else None
    took = time.perf_counter() - start
    return Fitted(model, history, len(learnt), len(aside), took, best)
