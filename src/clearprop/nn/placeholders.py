"""Inputs that are yet to come, and the calls of layers on them: what functional models are of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clearprop.core.deferred import Deferred
from clearprop.core.op import Op
from clearprop.core.tree import flatten, map_tree
from clearprop.errors import ClearpropError, OptionError, named, no_argument
from clearprop.nn.naming import checked_name
from clearprop.nn.precision import floatx
from clearprop.nn.shapes import BatchShape, inferred, is_shape, map_shapes

if TYPE_CHECKING:
    from clearprop.nn.layer import Layer

__all__ = ["Call", "Input", "Placeholder", "noted"]


class Placeholder(Deferred):
    """
    A tensor that a model will compute: its shape and where it comes from.

    Layers and operations that are given one note what they are to do; a `Model` of inputs and
    outputs does it.

    Attributes
    ----------
    shape : tuple of (int or None)
        The batch axis first; None where a size is not known.
    dtype : str
        The kind of number.
    source : Call or None
        What it comes from; None for an input.
    """

    __slots__ = ("__weakref__", "dtype", "shape", "source")

    def __init__(self, shape: BatchShape, dtype: str, source: Call | None = None) -> None:
        self.shape, self.dtype, self.source = shape, dtype, source

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def noted(self, op: Op, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Note that an operation is to be applied."""
        from clearprop.nn.applied import Applied  # a layer, and layers need placeholders

        return Applied(op, params)(*inputs)

    def __bool__(self) -> bool:
        raise OptionError(
            "a tensor that is yet to be computed is neither true nor false: use cp.where, or write"
            " a model of your own with `call`, where tensors have values."
        )

    def __array__(self, *args: Any, **options: Any) -> Any:
        raise OptionError(
            "a tensor that is yet to be computed has no values; NumPy cannot take it. Use the"
            " functions of clearprop (cp.exp, cp.concat, ...) or a Lambda layer."
        )

    def __iter__(self) -> Any:
        raise OptionError("a tensor that is yet to be computed cannot be gone through.")

    def __repr__(self) -> str:
        origin = "" if self.source is None else f", from {self.source.layer.name!r}"
        return f"<placeholder of shape {self.shape}{origin}>"


def _kind(dtype: Any) -> str:
    """Give the name of a kind of number."""
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = np.dtype(object)
    if kind.kind not in "biuf":
        raise OptionError(
            f"Input(dtype): inputs are numbers: 'float32', 'float64', 'int32' ...; got {dtype!r}."
        )
    return kind.name


class Input(Placeholder):
    """
    The shape of one example, told before there is any.

    The first of the layers of a `Sequential`; or what the layers of a functional model are called
    on: ``y = Dense(1)(x)``, ``Model(x, y)``.

    Parameters
    ----------
    shape : tuple of int
        Of one example, without the batch axis; None for an axis that varies.
    batch_size : int, optional
        The size of every batch, for layers that keep a state from batch to batch.
    dtype : str, optional
        The kind of number of the data, for the record; layers convert to their own.
    batch_shape : tuple of int, optional
        Instead of `shape`: with the batch axis.
    name : str, optional
        What the input is called.
    **unknown
        There are no others.

    Raises
    ------
    OptionError
        If there is an argument of another name, `shape` is no such tuple, or `dtype` is no kind of
        number.

    Examples
    --------
    >>> Input((784,)).shape
    (None, 784)
    """

    __slots__ = ("_auto_named", "name")

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        *,
        batch_shape: Any = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument("Input", unknown, named(Input))
        if batch_shape is not None:
            if shape is not None:
                raise OptionError("Input takes shape= or batch_shape=, not both.")
            batch_size, *rest = batch_shape
            shape = tuple(rest)
        if shape is None or isinstance(shape, int):
            example = "(784,)" if shape is None else f"({shape},)"
            raise OptionError(f"Input(shape): a shape is a tuple; write {example} for {shape!r}.")
        for n in (batch_size, *shape):
            whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
            if n is not None and not (whole and n > 0):
                raise OptionError(f"Input(shape): sizes are positive whole numbers; got {shape!r}.")
        super().__init__((batch_size, *shape), floatx() if dtype is None else _kind(dtype))
        self._auto_named = name is None
        self.name = "input_layer" if name is None else checked_name(name)

    @property
    def batch_shape(self) -> BatchShape:
        """The shape with the batch axis in front, as None."""
        return self.shape

    def __repr__(self) -> str:
        size = "" if self.shape[0] is None else f", batch_size={self.shape[0]}"
        return f"Input({self.shape[1:]}{size})"


@dataclass(eq=False)
class Call:
    """
    A layer's call, noted.

    Attributes
    ----------
    layer : Layer
    args : tuple
        What it is called on, with placeholders for what is yet to come.
    options : dict
        The same by name.
    training : bool or None
        Whether it was said to be for training, or not.
    outputs : Placeholder, or a list, tuple or dict of such
        What comes out.
    """

    layer: Layer
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    training: bool | None = None
    outputs: Any = None


def noted(
    layer: Layer, args: tuple[Any, ...], training: bool | None, options: dict[str, Any]
) -> Any:
    """Note a call, and give placeholders for what comes out."""
    call = Call(layer, args, options, training)

    def awaited(shape: BatchShape, dtype: Any = None) -> Placeholder:
        return Placeholder(shape, str(dtype or layer.dtype), call)

    try:
        if len(args) == 1 and not options and layer.knows_output_shape:
            entering = map_tree(lambda x: x.shape, args[0])
            if not layer.built:
                layer.build(entering)
            shapes = layer.output_shape(entering)
            call.outputs = map_shapes(awaited, shapes)
        else:
            call.outputs = _tried(layer, args, options, awaited)
    except (ClearpropError, ValueError, TypeError) as error:
        error.add_note(
            f"in layer {layer.name!r} ({layer.describe()}), called on {_described(args)}"
        )
        raise
    if layer.first_call is None:
        layer.first_call = call
    return call.outputs


def _tried(layer: Layer, args: Any, options: Any, each: Callable[..., Any]) -> Any:
    """Find what a call gives by making it, on zeros."""
    awaited = [x for x in flatten((args, options))[0] if isinstance(x, Placeholder)]

    from clearprop.nn import calling  # needs placeholders

    def run(arrays: list[Any]) -> Any:
        values = iter(arrays)
        ready_args, ready_options = map_tree(
            lambda x: next(values) if isinstance(x, Placeholder) else x, (args, options)
        )
        return calling.tried(layer, *ready_args, training=False, **ready_options)

    return inferred(run, [x.shape for x in awaited], [x.dtype for x in awaited], each)


def _described(args: Any) -> str:
    shapes = [getattr(each, "shape", each) for each in args]
    return str(shapes[0] if len(shapes) == 1 and is_shape(shapes[0]) else shapes)
