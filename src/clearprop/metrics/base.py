"""What every metric is: a figure that takes batches in and can be read at any time."""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from clearprop.core.described import Described, snake_case
from clearprop.core.later import Register
from clearprop.errors import OptionError, ShapeError
from clearprop.metrics.state import State, plain

__all__ = ["ALIASES", "METRICS", "MODULES", "Metric", "aligned"]

# Where the metrics are, the commonest first.
MODULES = tuple(
    f"clearprop.metrics.{name}"
    for name in (
        "means", "accuracy", "regression", "probabilistic", "confusion", "auc", "f_scores",
        "hinges", "iou", "matrices", "r2", "at_rates", "correlation",
    )
)  # fmt: skip
METRICS: Register[type[Metric]] = Register(*MODULES)  # by the name of the class
ALIASES: Register[str] = Register(*MODULES)  # other names -> that of the class

_TWO_NAMES = {"update": "update_state", "reset": "reset_state"}  # ours and Keras's


class Metric(Described, ABC):
    """
    A figure over any number of batches.

    A metric of your own defines `update`, `result` and, if it keeps more than what `add_weight`
    made, `reset`; Keras's names `update_state` and `reset_state` do as well.

    Parameters
    ----------
    name : str, optional
        What it is called in reports.
    dtype : {"float32", "float64"}, optional
        The kind of number to take predictions as; by default their own. Sums are float64.

    Examples
    --------
    >>> class Largest(Metric):
    ...     def __init__(self, name="largest"):
    ...         super().__init__(name)
    ...         self.error = self.add_weight()
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.error.assign(np.maximum(self.error, np.abs(y_true - y_pred).max()))
    ...     def result(self):
    ...         return self.error
    >>> largest = Largest()
    >>> largest(np.array([1.0]), np.array([3.0])), largest(np.array([1.0]), np.array([0.0]))
    (2.0, 2.0)
    """

    aliases: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = (
            (self.aliases or (snake_case(type(self).__name__),))[0] if name is None else name
        )
        self.dtype = None if dtype is None else str(dtype)
        if self.dtype is not None and not re.fullmatch(r"b?float\d+|int\d*", self.dtype):
            raise OptionError(f"{self.name}: dtype must be 'float32' or 'float64'; got {dtype!r}.")

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for ours, theirs in _TWO_NAMES.items():  # whichever is defined is meant by both
            for name, other in ((ours, theirs), (theirs, ours)):
                if name in vars(cls) and other not in vars(cls):
                    setattr(cls, other, vars(cls)[name])
        if cls.aliases and cls.__module__.startswith(__package__):
            METRICS[cls.__name__] = cls
            ALIASES.update(dict.fromkeys(cls.aliases, cls.__name__))
        elif "result" in vars(cls):
            cls.result = _plainly(cls.result)  # type: ignore[assignment, method-assign]

    @abstractmethod
    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """
        Take a batch in.

        Parameters
        ----------
        y_true, y_pred : array or Tensor, shape (N, ...)
            Targets and predictions.
        sample_weight : array, shape (N,), optional
            How much each sample counts.

        Raises
        ------
        ShapeError
            If they do not fit each other.
        """

    @abstractmethod
    def result(self) -> Any:
        """Give the figure over all batches since the last `reset`; NaN if there was none."""

    def reset(self) -> None:
        """Forget all batches."""
        for state in self.variables:
            state.reset()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch in, as `update` does, and give the figure so far."""
        self.update(*args, **kwargs)
        return self.result()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch in: Keras's name for `update`."""
        self.update(y_true, y_pred, sample_weight)

    def reset_state(self) -> None:
        """Forget all batches: Keras's name for `reset`."""
        self.reset()

    # -- what a metric of one's own keeps -----------------------------------------------------

    @property
    def variables(self) -> list[State]:
        """What `add_weight` made."""
        return list(vars(self).get("_states", ()))

    def add_weight(
        self,
        shape: tuple[int, ...] = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
    ) -> State:
        """
        Make a number or an array to keep from batch to batch, set back by `reset`.

        Parameters
        ----------
        shape : tuple of int
        initializer : {"zeros", "ones"} or callable ``(shape, dtype) -> array``
        dtype : dtype, optional
            float64 by default.
        name : str, optional
        """
        state = State(shape, initializer, dtype or np.float64, name)
        vars(self).setdefault("_states", []).append(state)
        return state

    def add_variable(
        self,
        shape: tuple[int, ...],
        initializer: Any,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> State:
        """Make a number or an array to keep: Keras's newer name for `add_weight`."""
        return self.add_weight(shape, initializer, dtype, name)


def _plainly(result: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let a metric of one's own give what it computed with; whoever asks gets a number."""

    @functools.wraps(result)
    def given(self: Any) -> Any:
        return plain(result(self))

    return given


def aligned(who: str, y_true: Any, y_pred: Any, xp: Any, hint: str = "") -> tuple[Any, Any]:
    """
    Give both in one shape; only an axis of size 1 at the end may be missing in one of them.

    Raises
    ------
    ShapeError
        If the shapes differ otherwise.
    """
    t, p = tuple(y_true.shape), tuple(y_pred.shape)
    if t == p:
        return y_true, y_pred
    if t == (*p, 1):
        return y_true, xp.reshape(y_pred, t)
    if p == (*t, 1):
        return xp.reshape(y_true, p), y_pred
    raise ShapeError(
        f"{who}: y_true has shape {t}, y_pred has shape {p}; they must be the same.{hint}"
    )
