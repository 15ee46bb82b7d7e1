"""A number that was asked about, in its network and in the same network calculated by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clearprop.errors import OptionError
from clearprop.explain.addresses import Address, book_names
from clearprop.explain.batches import examples
from clearprop.explain.conventions import Scale, loss_kind, own_scale
from clearprop.explain.dense import dense_layers, loss_by_hand
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.hand import Calculation

__all__ = ["Asked", "Guess"]

MOST_WEIGHTS = 200  # nobody calculates a larger network by hand
MOST_SAMPLES = 100
AS_GOOD = 1e-6  # how far the hand calculation may be from the network, relative: it is float32


@dataclass(frozen=True)
class Guess:
    """
    One way of calculating, and what comes out.

    Attributes
    ----------
    key : str
        Its words are ``compare.KEY``.
    value : float
    mentioned : mapping
        What the words mention, as text.
    by : str
        Whose convention a slip happened in; empty for the network's own.
    steps : tuple of Step
        The calculation as far as it differs, for one example.
    ratio : float
        Of a convention: by what the network's number is multiplied.
    """

    key: str
    value: float
    mentioned: Mapping[str, str]
    by: str = ""
    steps: tuple[Step, ...] = ()
    ratio: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data."""
        return {
            "key": self.key,
            "value": self.value,
            "mentioned": dict(self.mentioned),
            "by": self.by,
            "steps": [step.to_json() for step in self.steps],
            "ratio": self.ratio,
        }


@dataclass(frozen=True)
class Asked:
    """
    The number that was asked about, in its network.

    Attributes
    ----------
    model : Sequential
    address : Address
    step : Step
        The network's own.
    explained : Explanation
    x, y : array
    sample : int
    name : str
        What a hand calculation calls it; empty if that does not know it.
    calculation : Calculation or None
        The network by hand, where it is of a kind and size for that.
    """

    model: Any
    address: Address
    step: Step
    explained: Explanation
    x: Any
    y: Any
    sample: int
    name: str = ""
    calculation: Calculation | None = None

    @staticmethod
    def of(
        model: Any, address: Address, step: Step, explained: Explanation, x: Any, y: Any,
        sample: int,
    ) -> Asked:  # fmt: skip
        """Find out what a hand calculation would call it, and whether it gives the same."""
        asked = Asked(model, address, step, explained, x, y, sample)
        scale = asked.scale
        if scale is None:
            return asked
        calculation = asked.by_hand(scale)
        name = "" if calculation is None else asked._hand_name(calculation)
        if calculation is None or name not in calculation.values:
            return asked
        found = asked.pick(calculation.values[name])
        if not np.isclose(found, step.value, rtol=AS_GOOD, atol=1e-12):
            return asked  # something acts that a hand calculation does not know: a penalty, Adam
        return replace(asked, name=name, calculation=calculation)

    @property
    def loss(self) -> Any:
        return self.model.setup_for("compare").loss if self.model.compiled else None

    @property
    def scale(self) -> Scale | None:
        return None if self.loss is None or self.y is None else own_scale(self.loss)

    def by_hand(self, scale: Scale) -> Calculation | None:
        """Calculate the network by hand, if it is a small dense one with a loss known by hand."""
        try:
            kind, layers = loss_by_hand(self.model, dense_layers(self.model))
        except OptionError:
            return None
        if loss_kind(self.loss) != kind:
            return None
        x, y = examples(self.model, self.x, self.y)
        if sum(layer.w.size for layer in layers) > MOST_WEIGHTS or len(x) > MOST_SAMPLES:
            return None
        setup = self.model.setup_for("compare")
        rate = float(setup.optimizer.rate(setup.memory.step))
        outputs = layers[-1].w.shape[1]
        assert y is not None  # without targets there is no scale to come here with
        if kind == "entropy" and np.size(y) == len(x):  # the numbers of classes
            y = np.eye(outputs)[np.ravel(y).astype(int)]
        try:
            targets = np.reshape(y, (len(x), outputs))
            return Calculation(layers, x, targets, rate, scale, kind=kind)
        except OptionError:  # an activation that nobody calculates by hand
            return None

    def _hand_name(self, calculation: Calculation) -> str:
        tensor, index, aspect = self.address.tensor, self.address.index, self.address.aspect
        if tensor == "loss":
            return "E"
        inputs = len(calculation.inputs[0])
        known = {(a.tensor, a.index): n for n, a in book_names(self.model.layers, inputs).items()}
        layer, _, what = tensor.rpartition("/")
        own = known.get((tensor, index)) or known.get((f"{layer}/output", index), "")
        if what == "sum":
            linear = f"sum_{own}" not in calculation.by_name
            if aspect in ("delta", "gradient"):
                return f"dE/d{own}" if linear else f"delta_{own}"
            return own if linear else f"sum_{own}"
        if what == "output":
            return f"dE/d{own}" if aspect == "gradient" else own
        if own[:1] in ("w", "b"):
            return {"next": f"{own}+", "value": ""}.get(aspect, f"dE/d{own}")
        return ""

    def pick(self, values: np.ndarray) -> float:
        """Take the value of the sample that was asked for, or the only one."""
        return float(values[self.sample if len(values) > 1 else 0])

    def other_numbers(self) -> Iterator[Guess]:
        """Give the other numbers of the network, that may have been taken for this one."""
        seen: set[float] = set()
        if self.calculation is None:
            return
        kinds = {line.name: line.kind for line in self.calculation.lines}
        alike = sorted(self.calculation.lines, key=lambda line: line.kind != kinds[self.name])
        for line in alike:
            value = self.pick(self.calculation.values[line.name])
            if line.name != self.name and value not in seen:
                seen.add(value)
                mentioned = {"name": self.step.symbol, "other": line.quantity.symbol}
                yield Guess("another_number", value, mentioned)
