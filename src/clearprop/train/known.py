"""What was found out about a model, and holds while nothing in it changes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, final

from clearprop.engines import Beside, Task
from clearprop.train.beside import beside
from clearprop.train.standing import Standing

if TYPE_CHECKING:
    from clearprop.nn import Layer

__all__ = ["Known"]


@final
class Known:
    """
    What need not be found out again.

    Parameters
    ----------
    model : Layer
    *others : object
        What else decides what is computed: losses, the optimizer.

    Attributes
    ----------
    standing : Standing
    tasks, outputs : dict
        By what data were given.
    """

    def __init__(self, model: Layer, *others: Any) -> None:
        self.model, self.standing, self._others = model, Standing(model, *others), others
        self.tasks: dict[Any, Task] = {}
        self.outputs: dict[Any, Any] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> None:
        """Give nothing: what was found out about a model does not hold for its copy."""

    @cached_property
    def beside(self) -> Beside:
        """What the model does beside its results."""
        return beside(self.model, self.standing, *self._others)
