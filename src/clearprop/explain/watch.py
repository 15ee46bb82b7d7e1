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
from clearprop.explain.formula import Formula, Quantity, Terms
from clearprop.explain.naming import latex_of, words_in_latex
from clearprop.explain.shares_in_training import Split
from clearprop.explain.sums import cut
from clearprop.lang import language, say
from clearprop.train.follow import Follower

__all__ = ["Watch"]

ROUNDING = 1e-12  # of double precision, over many steps
BY = ("epoch", "step", "class", "sample")


@final
class Watch(Follower):
    r"""
    Remember every update of some weights during `fit`: w_T = w_0 + Σ updates.

    Watching costs one number a step and weight, and that callbacks are called at every step. By
    class or by sample it costs, at every step, a forward pass in double precision and a backward
    pass for each class, or each sample, in the batch: with ten classes a training of 784-100-10
    takes some fifteen times as long, by sample with batches of 32 some forty times, whatever the
    number of weights that are watched.

    An update is split by whose gradient caused it. Gradient descent, with momentum or without, is
    linear: the part of class c is what its own gradients alone would have done, exactly,
    :math:`\Delta_c = \mu \Delta_c' - \eta g_c`. Other optimizers are not linear in the gradients.
    Theirs, such as Adam's :math:`-\eta\, m / (\sqrt v + \epsilon)`, are apportioned: what a step
    did is shared as the running average of the gradients is, :math:`\Delta\, m_c / m`. Either way
    the parts add up; what belongs to nobody (penalties, momentum from an earlier training, weight
    decay where the optimizer is linear, rounding to the model's own kind of number) is a term of
    its own.

    Parameters
    ----------
    *addresses : str
        Which weights: ``"dense_1/kernel[0,2]"``, ``"w5"``.
    by : {"epoch", "step", "class", "sample"}
        What `why` will split by; epochs and steps can always be asked for.

    Raises
    ------
    AddressError
        When training begins, if an address names no weight.
    OptionError
        If `by` is something else, or there is no address; when training begins, if the targets
        name no classes.

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

    def __init__(self, *addresses: str, by: str = "epoch") -> None:
        if not addresses:
            raise OptionError("Watch needs at least one address, such as Watch('w1').")
        if by not in BY:
            raise OptionError(f"by must be one of {', '.join(map(repr, BY))}; got {by!r}.")
        self.addresses, self.by = addresses, by
        self._epoch = 0
        self._epochs: list[int] = []  # of each step
        self._values: dict[str, array[float]] = {}
        self._places: dict[str, tuple[Any, tuple[int, ...]]] = {}
        self._split: Split | None = None

    def __repr__(self) -> str:
        return f"<Watch {', '.join(self.addresses)} by {self.by}: {len(self._epochs)} steps seen>"

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        model = self.model
        one = isinstance(model.built_for, tuple)
        inputs = int(np.prod(model.built_for[1:], dtype=int)) if one else 0
        by_path = {w.path: w for w in model.weights}
        shapes = {path: w.shape for path, w in by_path.items()}
        for text in self.addresses:
            found: Address = parse(text, list(model.sublayers()), inputs, shapes)
            if found.tensor not in by_path:
                raise AddressError(
                    f"Watch: {text!r} is no weight; its like is 'dense/kernel[0,0]'."
                )
            self._places[text] = by_path[found.tensor], found.index
        self._epochs.clear()
        self._values = {text: array("d", [self._now(text)]) for text in self.addresses}
        self._split = None
        if self.by in ("class", "sample"):
            watched = {text: (w.path, index) for text, (w, index) in self._places.items()}
            self._split = Split(model, watched, self.by)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch = epoch

    def follow(self, task: Any, data: Any, rows: Any) -> None:
        """Split the gradients of the step that comes."""
        if self._split is not None:
            self._split.follow(data, rows)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epochs.append(self._epoch)
        for text, values in self._values.items():
            values.append(self._now(text))
        if self._split is not None:
            self._split.stepped({text: v[-1] - v[-2] for text, v in self._values.items()})

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
        return np.diff(self._history(address))

    def shares(self, address: str) -> dict[int, float]:
        """
        Give by how much each class, or each sample, moved a watched weight.

        Raises
        ------
        AddressError, StateError
            As for `updates`.
        OptionError
            If it was not watched by class or by sample.
        """
        self._history(address)
        if self._split is None:
            raise OptionError(
                f"{address} was watched by {self.by}; Watch(..., by='class') or by='sample' tells"
                " whose gradients moved it."
            )
        return dict(self._split.parts[address])

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
        by: str | None = None,
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
        by : {"epoch", "step", "class", "sample"}, optional
            What the terms of the sum are; by default what it was watched by.
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
            If `by` is something else, or was not watched.
        """
        by = self.by if by is None else by
        if by not in BY:
            raise OptionError(f"by must be one of {', '.join(map(repr, BY))}; got {by!r}.")
        if by in ("class", "sample") and by != self.by:
            raise OptionError(f"by={by!r} has to be watched: Watch({address!r}, by={by!r}).")
        lang = language(lang)
        values = self._history(address)
        facts: dict[str, Any] = {"steps": len(values) - 1, "epochs": len(set(self._epochs))}
        if by in ("class", "sample"):
            terms, shown = self._by_group(address, by, lang, top)
            assert self._split is not None
            facts |= {"split": self._split.kind, "optimizer": self._split.optimizer}
        else:
            terms, shown = self._in_time(address, by, lang, top)
        name = latex_of(address)
        start = Quantity(values[0], f"{address}₀", rf"{name}_0", address)
        rest = [value for k, (_, _, value) in enumerate(terms) if k not in shown]
        parts: list[Formula] = [start]
        for k in shown:
            key, word, value = terms[k]
            parts.append(Quantity(value, word, words_in_latex(word), f"{address}.{key}"))
        total = Terms(tuple(parts), len(rest), float(sum(rest)), 1, values[-1])
        step = Step(address, address, name, values[-1], "weight", 1, total)
        return Explanation(address, (step,), facts, "", lang, digits)

    def _in_time(self, address: str, by: str, lang: str, top: int) -> _Chosen:
        """Give the updates by epoch or step, and which are shown: in order, if all are."""
        terms = self._by_epoch(address) if by == "epoch" else list(enumerate(self.updates(address)))
        named = [
            (f"{by}{k}", say(f"explain.{by}_numbered", lang, number=k + 1), float(value))
            for k, value in terms
        ]
        largest = sorted(range(len(terms)), key=lambda k: -abs(terms[k][1]))[:top]
        return named, sorted(largest) if len(terms) <= top else largest

    def _by_group(self, address: str, by: str, lang: str, top: int) -> _Chosen:
        """Give the shares of classes or samples, largest first, and what is nobody's."""
        shares = self.shares(address)
        named = [
            (f"{by}{key}", say(f"explain.{by}_numbered", lang, number=key), value)
            for key, value in shares.items()
        ]
        shown = list(cut([value for *_, value in named], top).kept)
        left = float(self.updates(address).sum()) - sum(shares.values())
        if abs(left) > ROUNDING * max(map(abs, shares.values()), default=0.0):
            shown.append(len(named))
            named.append(("rest", say("explain.nobodys_updates", lang), left))
        return named, shown

    def _by_epoch(self, address: str) -> list[tuple[int, float]]:
        updates = iter(self.updates(address))
        return [
            (epoch, float(sum(next(updates) for _ in steps)))
            for epoch, steps in groupby(self._epochs)
        ]


_Chosen = tuple[list[tuple[str, str, float]], list[int]]
