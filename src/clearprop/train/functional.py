"""The model of layers that were called on inputs: branches, several inputs and outputs."""

from __future__ import annotations

from functools import cache
from typing import Any

from clearprop.errors import OptionError
from clearprop.nn.graph import Graph
from clearprop.nn.registry import register
from clearprop.train.model import Model
from clearprop.train.shape_told import shape_told

__all__ = ["Functional"]


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

    output_shape = shape_told(Graph.output_shape)

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        *,
        trainable: bool = True,
    ) -> None:
        if inputs is None or outputs is None:
            raise OptionError(
                f"{type(self).__name__} says nowhere what it computes: give it a"
                " `call(self, x, training=None)`, or hand inputs and outputs to"
                " super().__init__(inputs=..., outputs=...)."
            )
        super().__init__(inputs, outputs, name=name, trainable=trainable)
        self.takes_several = len(self.inputs) > 1
        self.gives_several = isinstance(self.output, list | tuple | dict)


@cache
def with_graph(cls: type[Any]) -> type[Any]:
    """
    Give a class without a `call` that of functional models: its `__init__` tells the graph.

    Examples
    --------
    >>> import clearprop as cp
    >>> class Line(cp.Model):
    ...     def __init__(self, n):
    ...         x = cp.Input((n,))
    ...         super().__init__(inputs=x, outputs=cp.layers.Dense(1)(x))
    >>> Line(3).count_params()
    4
    """
    facts = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    return type(cls.__name__, (cls, Functional), facts)
