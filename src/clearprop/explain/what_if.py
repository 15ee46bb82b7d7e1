"""`what_if`: what a change would do, by the gradient and exactly, and the difference."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clearprop.core.derivatives import value_and_grad
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.errors import OptionError, unknown
from clearprop.explain.addresses import parse
from clearprop.explain.batches import as_number, examples
from clearprop.explain.displayed import Displayed
from clearprop.explain.recorded import record_model
from clearprop.lang import language, told, with_errors_in_lang
from clearprop.nn.layer import Layer
from clearprop.train import feed

__all__ = ["Change", "WhatIf", "what_if"]


@dataclass(frozen=True)
class Change:
    """One number changed: what it was, what it becomes, and the gradient there."""

    name: str
    before: float
    after: float
    gradient: float

    @property
    def predicted(self) -> float:
        """What the gradient says that it does to the result."""
        return self.gradient * (self.after - self.before)


@dataclass(frozen=True)
class WhatIf(Displayed):
    """
    What changes do to a result.

    Attributes
    ----------
    before, after : float
        The result, computed without and with all the changes.
    changes : tuple of Change
    lang : str
    """

    before: float
    after: float
    changes: tuple[Change, ...]
    lang: str = "en"

    @property
    def predicted(self) -> float:
        """The difference that the gradient predicts: Σ gradient · change."""
        return sum(change.predicted for change in self.changes)

    @property
    def exact(self) -> float:
        """The difference that there is."""
        return self.after - self.before

    @property
    def remainder(self) -> float:
        """What the prediction misses: the curvature, and what changes do together."""
        return self.exact - self.predicted

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data."""
        return asdict(self) | {
            "predicted": self.predicted,
            "exact": self.exact,
            "remainder": self.remainder,
        }

    def to_text(self, *, lang: str | None = None) -> str:
        """Write it for the terminal."""
        return self._displayed("what_if", lang)


@with_errors_in_lang
def what_if(
    subject: Any,
    changes: Mapping[str, float],
    *,
    at: Mapping[str, float] | None = None,
    x: Any = None,
    y: Any = None,
    sample: int = 0,
    lang: str | None = None,
) -> WhatIf:
    """
    Ask what a change would do.

    Parameters
    ----------
    subject : callable or model
        A function of numbers that gives one number; or a compiled model, whose loss is asked about.
    changes : dict of str to float
        By how much to change what: arguments of the function by name, numbers of the model by
        address (``"x[12]"``, ``"dense/kernel[0,2]"``, ``"w5"``).
    at : dict of str to float, optional
        Where: the function's arguments, for those that have no default.
    x, y : array
        Of a model, the batch its loss is asked for.
    sample : int
        Which example of the batch an ``x[...]`` is of.
    lang : {"ko", "en"}, optional

    Returns
    -------
    WhatIf

    Raises
    ------
    OptionError
        If a name is no argument of the function, or a value is missing.
    AddressError
        If an address names nothing in the model.

    Examples
    --------
    >>> import clearprop as cp
    >>> def loss(price=100.0, count=2.0, tax=1.1):
    ...     return (price * count * tax - 219) ** 2 / 2
    >>> answer = what_if(loss, {"price": +1})
    >>> f"{answer.predicted:.2f} {answer.exact:.2f} {answer.remainder:.2f}"
    '2.20 4.62 2.42'
    """
    if not isinstance(changes, Mapping):
        raise OptionError(told("asking.what_if_changes", got=repr(changes)))
    changes = {name: as_number(repr(name), by) for name, by in changes.items()}
    if isinstance(subject, Layer):
        if x is None or y is None:
            raise OptionError(told("asking.what_if_batch"))
        return _of_model(subject, changes, x, y, sample, language(lang))
    return _of_function(subject, changes, at or {}, language(lang))


def _of_function(
    f: Callable[..., Any], changes: Mapping[str, float], at: Mapping[str, float], lang: str
) -> WhatIf:
    parameters = inspect.signature(f).parameters
    for name in (*changes, *at):
        if name not in parameters:
            raise unknown(f"argument of {getattr(f, '__name__', 'the function')}", name, parameters)
    values: dict[str, float] = {}
    for name, parameter in parameters.items():
        value = at.get(name, parameter.default)
        if value is parameter.empty:
            raise OptionError(told("asking.what_if_at", name=repr(name)))
        values[name] = float(value)

    def of(numbers: dict[str, Tensor]) -> Tensor:
        return as_tensor(f(**numbers))

    before, gradients = value_and_grad(of)(values)
    moved = {name: value + changes.get(name, 0.0) for name, value in values.items()}
    after = float(of({name: as_tensor(value) for name, value in moved.items()}))
    made = tuple(
        Change(name, values[name], moved[name], gradients[name].item()) for name in changes
    )
    return WhatIf(before.item(), after, made, lang)


def _of_model(
    model: Any, changes: Mapping[str, float], x: Any, y: Any, sample: int, lang: str
) -> WhatIf:
    recording = record_model(model, x, y)
    x, y = examples(model, x, y)  # as batches, whatever came
    moved: dict[str, np.ndarray] = {}
    made = []
    for text, by in changes.items():
        address = parse(text, list(model.sublayers()), recording.features, recording.shapes)
        _, index = recording.locate(address, sample)
        name = recording.names.of(recording.forward[address.tensor])
        if name is None or name.role not in ("input", "weight"):
            raise OptionError(told("asking.what_if_only", got=repr(text)))
        gradient = recording.gradients.get(address.tensor)
        if gradient is None:  # the number of a word, or a weight off the path
            raise OptionError(told("asking.what_if_no_slope", got=repr(text)))
        held = recording.forward[address.tensor].data
        values = moved.setdefault(address.tensor, np.array(held))
        made.append(
            Change(text, float(held[index]), float(held[index]) + by, float(gradient.data[index]))
        )
        values[index] += by
    leaves, form = flatten(feed.inputs(model, x))
    inputs = [moved.pop(name, leaf) for name, leaf in zip(recording.inputs, leaves, strict=True)]
    again = record_model(model, unflatten(form, inputs), y, replaced=moved)
    after = float(again.forward["loss"].data)
    return WhatIf(float(recording.forward["loss"].data), after, tuple(made), lang)
