"""`Watch`: follow single weights through training, so that where they ended can be explained."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import groupby
from typing import Any, final

import numpy as np

from clearprop.errors import AddressError, OptionError, StateError
from clearprop.explain.addresses import Address, parse
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Quantity, Terms
from clearprop.explain.naming import latex_of
from clearprop.lang import language, say
from clearprop.train.callbacks import Callback

__all__ = ["Watch"]


@final
class Watch(Callback):
    """
    Remember every update of some weights during `fit`: w_T = w_0 + Σ updates.

    Watching costs one number a step and weight, and that callbacks are called at every step.

    Parameters
    ----------
    *addresses : str
        Which weights: ``"dense_1/kernel[0,2]"``, ``"w5"``.

    Raises
    ------
    AddressError
        When training begins, if an address names no weight.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1, dtype="float64")])
    >>> model.set_weights([[[3.0]], [1.0]])
    >>> model.compile(cp.optimizers.SGD(0.01), "half_sse")
    >>> watch = cp.Watch("w1")
    >>> _ = model.fit([[2.0]], [[10.0]], epochs=3, callbacks=[watch], verbose=0)
    >>> print(watch.why("w1", lang="en", digits=4))
    Why is w1 3.171?
    <BLANKLINE>
      w1 = w1₀ + epoch 1 + epoch 2 + epoch 3 = 3 + 0.06000 + 0.05700 + 0.05415 = 3.171
    <BLANKLINE>
    """

    def __init__(self, *addresses: str) -> None:
        if not addresses:
            raise OptionError("Watch needs at least one address, such as Watch('w1').")
        self.addresses = addresses
        self._epoch = 0
        self._epochs: list[int] = []  # of each step
        self._values: dict[str, array[float]] = {}
        self._places: dict[str, tuple[Any, tuple[int, ...]]] = {}

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        model = self.model
        inputs = int(np.prod(model.built_for[1:], dtype=int))
        by_path = {w.path: w for w in model.weights}
        for text in self.addresses:
            found: Address = parse(text, model.layers, inputs)
            if found.tensor not in by_path:
                raise AddressError(
                    f"Watch: {text!r} is no weight; its like is 'dense/kernel[0,0]'."
                )
            self._places[text] = by_path[found.tensor], found.index
        self._epochs.clear()
        self._values = {text: array("d", [self._now(text)]) for text in self.addresses}

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epochs.append(self._epoch)
        for text, values in self._values.items():
            values.append(self._now(text))

    def _now(self, text: str) -> float:
        weight, index = self._places[text]
        return float(weight.data[index])

    def updates(self, address: str) -> np.ndarray:
        """
        Give every update of a watched weight, one a step.

        Raises
        ------
        AddressError
            If it was not watched.
        StateError
            If there was no training yet.
        """
        return np.diff(np.asarray(self._history(address)))

    def _history(self, address: str) -> array[float]:
        if address not in self.addresses:
            raise AddressError(
                f"{address!r} was not watched; watched: {', '.join(self.addresses)}."
            )
        if address not in self._values:
            raise StateError("Watch has seen no training yet: model.fit(..., callbacks=[watch]).")
        return self._values[address]

    def why(
        self,
        address: str,
        *,
        by: str = "epoch",
        lang: str | None = None,
        digits: int = 6,
        top: int = 5,
    ) -> Explanation:
        """
        Explain where a weight ended: its start and the sum of its updates.

        Parameters
        ----------
        address : str
            One of those watched.
        by : {"epoch", "step"}
            What the terms of the sum are.
        lang, digits, top
            As for `clearprop.why`.

        Returns
        -------
        Explanation

        Raises
        ------
        AddressError, StateError
            As for `updates`.
        OptionError
            If `by` is something else.
        """
        if by not in ("epoch", "step"):
            raise OptionError(f"by must be 'epoch' or 'step'; got {by!r}.")
        language_now = language(lang)
        values = self._history(address)
        terms = self._by_epoch(address) if by == "epoch" else list(enumerate(self.updates(address)))
        shown = sorted(range(len(terms)), key=lambda k: -abs(terms[k][1]))[:top]
        shown = sorted(shown) if len(terms) <= top else shown
        rest = [update for k, (_, update) in enumerate(terms) if k not in set(shown)]
        name = latex_of(address)
        start = Quantity(values[0], f"{address}₀", rf"{name}_0", address)
        parts = [start]
        for k in shown:
            number, update = terms[k]
            word = f"{say(f'explain.{by}_numbered', language_now, number=number + 1)}"
            parts.append(
                Quantity(float(update), word, rf"\text{{{word}}}", f"{address}.{by}{number}")
            )
        total = Terms(tuple(parts), len(rest), float(sum(rest)), 1, values[-1])
        step = Step(address, address, name, values[-1], "weight", 1, total)
        facts = {"steps": len(values) - 1, "epochs": len(set(self._epochs))}
        return Explanation(address, (step,), facts, "", language_now, digits)

    def _by_epoch(self, address: str) -> list[tuple[int, float]]:
        updates = iter(self.updates(address))
        return [
            (epoch, float(sum(next(updates) for _ in steps)))
            for epoch, steps in groupby(self._epochs)
        ]
