"""The model that most networks are: layers one after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from clearprop.nn import Chain, Input, Layer, register
from clearprop.train.model import Model
from clearprop.train.shape_told import shape_told

__all__ = ["Sequential"]


@final
@register
class Sequential(Chain, Model):
    """
    Layers one after another, to be compiled, fitted and asked.

    Parameters
    ----------
    layers : iterable of (Layer or Input)
        In order. With an `Input` in front the weights are made at once, else when the first
        data come.
    name : str, optional
        What it is called.
    dtype : {"float32", "float64"}, optional
        The kind of number of those layers that were not given one of their own.
    trainable : bool, optional
        Whether training changes their weights.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((784,)), cp.layers.Dense(10, activation="softmax")])
    >>> model.count_params()
    7850
    """

    takes_several = False
    gives_several = False
    output_shape = shape_told(Chain.output_shape)

    def __init__(
        self,
        layers: Iterable[Layer | Input] = (),
        name: str | None = None,
        *,
        dtype: Any = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(layers or (), name=name, dtype=dtype, trainable=trainable)
