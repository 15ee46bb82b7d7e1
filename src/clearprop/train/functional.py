"""The model of layers that were called on inputs: branches, several inputs and outputs."""

from __future__ import annotations

from typing import Any, final

from clearprop.nn.graph import Graph
from clearprop.nn.registry import register
from clearprop.train.model import Model

__all__ = ["Functional"]


@final
@register
class Functional(Graph, Model):
    """
    Layers put together by calls, to be compiled and fitted: what ``Model(inputs, outputs)`` is.

    Parameters
    ----------
    inputs : Input, or a list or dict of such
        What comes in.
    outputs : placeholder, or a list or dict of such
        What goes out.
    name : str, optional
        What it is called.
    trainable : bool
        Whether training changes its weights.

    Examples
    --------
    >>> import clearprop as cp
    >>> x = cp.Input((3,))
    >>> model = cp.Model(x, cp.layers.Dense(2)(x))
    >>> model.count_params()
    8
    """

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, *, trainable: bool = True
    ) -> None:
        super().__init__(inputs, outputs, name=name, trainable=trainable)
        self.takes_several = len(self.inputs) > 1
        self.gives_several = isinstance(outputs, list | tuple | dict)
