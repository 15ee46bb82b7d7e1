"""What was handed in, in one form: values go in, an output and gradients come out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from clearprop.doctor.findings import Finding
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.snapshot import Snapshot
from clearprop.doctor.submitted.variables import is_numbers, plain

__all__ = ["Call", "Gradients", "Subject", "Values"]

Values: TypeAlias = Mapping[str, np.ndarray]
Gradients: TypeAlias = dict[str, Any]  # arrays of float64; None where none was given


@dataclass(frozen=True)
class Call:
    """
    One call of a script: put values and go forward, or come back with an upstream gradient.

    Attributes
    ----------
    values : mapping or None
        For a forward call.
    upstream : array or None
        For a backward call.
    put : bool
        Whether the parameters are written before the forward call.
    ahead : bool
        False where the gradient at the values is asked for with no forward call before.
    """

    values: Values | None = None
    upstream: np.ndarray | None = None
    put: bool = True
    ahead: bool = True


class Subject(ABC):
    """
    A submitted program.

    Attributes
    ----------
    start : dict of str to array
        Inputs, parameters and the target, as they were handed in.
    inputs, parameters : tuple of str
        What gradients are asked of.
    target : str or None
        The name of what the output is compared with.
    is_loss : bool
        Whether the output is one number to be differentiated, with no gradient coming in.
    seen_by : {"gradient", "change"}
        Whether gradients are exposed or told from how the parameters change.
    factor_known : bool
        Whether a constant factor common to all gradients would be a mistake.
    expected : tuple of str
        Whose gradients ought to be given.
    """

    start: dict[str, np.ndarray]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    target: str | None = None
    is_loss: bool = False
    seen_by: str = "gradient"
    factor_known: bool = True
    style: str = ""
    unseen: tuple[str, ...] = ()  # parameters of which no gradient was found
    told: tuple[tuple[str, dict[str, Any]], ...] = ()  # notes on how it was understood
    joint: bool = False  # whether inputs of one form are rows of one batch, whatever the style
    asks_by_itself: bool = False  # whether its gradient is a function of data, loss or no loss
    _last: Values
    whole_numbers: frozenset[str] = frozenset()  # handed in as arrays of integers
    indices: frozenset[str] = frozenset()  # inputs that choose something, and have no gradient

    def __init__(self, budget: Budget, *roots: Any) -> None:
        self.budget, self.snapshot = budget, Snapshot(*roots)
        self.start, self.inputs, self.parameters = {}, (), ()
        self.expected: tuple[str, ...] = ()

    @abstractmethod
    def _put(self, values: Values) -> None:
        """Write the parameters."""

    @abstractmethod
    def _forward(self, values: Values) -> Any:
        """Compute the output."""

    @abstractmethod
    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        """Give the gradients, of the last forward call."""

    def own_findings(self) -> list[Finding]:
        """Name what this kind of program can be asked for itself, where its gradients are wrong."""
        return []

    # ----------------------------------------------------------------------------------------
    def play(self, *calls: Call) -> list[Any]:
        """Run calls one after another from the state in which the program was handed in."""
        self.snapshot.restore()
        out: list[Any] = []
        for call in calls:
            if call.values is not None and not call.ahead:
                self._last = call.values
                out.append(self._backward(None))
            elif call.values is not None:
                self.snapshot.restore_chance()
                if call.put:
                    self._put(call.values)
                out.append(as_output(self._forward(call.values)))
            else:
                out.append(self._backward(call.upstream))
        return out

    def forward(self, values: Values, *, put: bool = True) -> np.ndarray:
        """Give the output, from a fresh state."""
        (y,) = self.play(Call(values=values, put=put))
        return np.asarray(y)

    def gradients(
        self, values: Values, upstream: np.ndarray | None, *, put: bool = True
    ) -> Gradients:
        """Give the gradients, from a fresh state."""
        _, found = self.play(Call(values=values, put=put), Call(upstream=upstream))
        return dict(found)

    @property
    def known_names(self) -> tuple[str, ...]:
        """What gradients may be named for: inputs, parameters, and those without a gradient."""
        return tuple(dict.fromkeys((*self.differentiable, *self.expected, *self.unseen)))

    @property
    def differentiable(self) -> tuple[str, ...]:
        """The names of inputs and parameters."""
        return (*self.inputs, *self.parameters)


def as_output(result: Any) -> np.ndarray:
    """Give an output as an array of float64."""
    if isinstance(result, tuple) and len(result) and is_numbers(result[0]):
        whole = all(is_numbers(r) and np.ndim(r) == 0 for r in result)
        result = np.array(result, dtype=np.float64) if whole else result[0]
    try:
        return plain(result)
    except (TypeError, ValueError) as error:
        kind = "ragged" if "inhomogeneous" in str(error) else "no_numbers"
        raise Failed(kind, "forward", what=type(result).__name__) from None


@dataclass
class Asked:
    """What `check` was given besides the program."""

    x: Any = None
    t: Any = None
    params: Any = None
    grads: Any = None
    loss: Any = None
    lr: float | None = None
    seed: int = 0
    seconds: float = 5.0
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def xs(self) -> tuple[Any, ...]:
        """The inputs, as a tuple."""
        if self.x is None:
            return ()
        return self.x if isinstance(self.x, tuple) else (self.x,)


def gradient_like(value: Any, shape: Sequence[int] | None = None) -> Any:
    """Give a submitted gradient as an array; None where there is none."""
    if value is None:
        return None
    try:
        return plain(value)
    except (TypeError, ValueError):
        return None
