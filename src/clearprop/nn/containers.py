"""What holds layers: the description of the input, and a chain of layers one after another."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clearprop.core.tensor import Node, Tensor
from clearprop.errors import AddressError, ClearpropError, OptionError, StateError, nearest
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.naming import auto_name, checked_name, free_name
from clearprop.nn.registry import LAYERS, check_config, deserialize, register, serialize

__all__ = ["Chain", "Input"]


class Input:
    """
    The shape of one example, told before there is any.

    Parameters
    ----------
    shape : tuple of int
        Of one example, without the batch axis; None for an axis that varies.
    name : str, optional
        What the input is called.
    dtype : str, optional
        The kind of number of the data, for the record; layers convert to their own.

    Examples
    --------
    >>> Input((784,)).batch_shape
    (None, 784)
    """

    def __init__(self, shape: Any, *, name: str | None = None, dtype: Any = None) -> None:
        if shape is None or isinstance(shape, int):
            example = "(784,)" if shape is None else f"({shape},)"
            raise OptionError(f"Input(shape): a shape is a tuple; write {example} for {shape!r}.")
        for n in shape:
            if n is not None and not (isinstance(n, int) and not isinstance(n, bool) and n > 0):
                raise OptionError(f"Input(shape): sizes are positive whole numbers; got {shape!r}.")
        self.shape = tuple(shape)
        self.name = "input" if name is None else checked_name(name)
        self.dtype = dtype

    @property
    def batch_shape(self) -> BatchShape:
        """The shape with the batch axis in front, as None."""
        return (None, *self.shape)

    def __repr__(self) -> str:
        return f"Input({self.shape})"


@register
class Chain(Layer):
    """
    Layers one after another: the output of each is the input of the next.

    Parameters
    ----------
    layers : iterable of (Layer or Input)
        In order; an `Input` may come first, and then all are built at once.
    name : str, optional
        What it is called.
    dtype : {"float32", "float64"}, optional
        The kind of number of those layers that were not given one of their own.

    Examples
    --------
    >>> from clearprop.nn import Dense
    >>> chain = Chain([Input((4,)), Dense(3, activation="relu"), Dense(2)])
    >>> [layer.name for layer in chain.layers]
    ['dense', 'dense_1']
    >>> chain.count_params()
    23
    """

    def __init__(
        self,
        layers: Iterable[Layer | Input] = (),
        *,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self.layers: list[Layer] = []
        self.input: Input | None = None
        for layer in layers:
            self._take(layer)
        if not trainable:
            self.trainable = False
        self._build_if_known()

    # -- putting together -----------------------------------------------------------------------

    def add(self, layer: Layer | Input) -> None:
        """
        Put a layer at the end.

        Raises
        ------
        OptionError
            If it is no layer, or one of its name is there already.
        """
        self._take(layer)
        self._build_if_known()

    def pop(self) -> Layer:
        """
        Take the last layer away and give it.

        Raises
        ------
        StateError
            If there is none.
        """
        if not self.layers:
            raise StateError(f"{self.name!r} has no layers to take away.")
        layer = self.layers.pop()
        layer.home = layer.place = None
        return layer

    def _take(self, layer: Any) -> None:
        if isinstance(layer, Input):
            if self.layers or self.input is not None:
                raise OptionError(f"{self.name!r}: an Input comes first, and only once.")
            self.input = layer
            return
        if not isinstance(layer, Layer):
            hint = f" Write {layer.__name__}(...)." if isinstance(layer, type) else ""
            raise OptionError(f"{self.name!r} holds layers; got {layer!r}.{hint}")
        if any(layer is held for held in self.layers):
            raise OptionError(f"{self.name!r} holds {layer!r} already; make a second layer.")
        self._settle_name(layer)
        if layer.home is None:
            layer.home, layer.place = weakref.ref(self), len(self.layers)
        if self._dtype_given:
            layer.use_dtype(self._dtype)
        if not self.layers and self.input is None and layer.declared_shape is not None:
            self.input = Input(layer.declared_shape)
        self.layers.append(layer)

    def _settle_name(self, layer: Layer) -> None:
        """See that no two layers have one name; those that were not named give way."""
        taken = {held.name: held for held in self.layers}
        if layer.home is None and layer._auto_named:
            layer._rename(free_name(auto_name(type(layer)), taken))
        elif layer.name in taken:
            other = taken[layer.name]
            if not other._auto_named or other.home is None or other.home() is not self:
                raise OptionError(
                    f"{self.name!r} has a layer {layer.name!r} already; give one of the two another"
                    f" name: {type(layer).__name__}(..., name='...')."
                )
            other._rename(free_name(auto_name(type(other)), taken))

    def use_dtype(self, dtype: Any) -> None:
        """Compute in another kind of number, unless told one before; for what is not built yet."""
        super().use_dtype(dtype)
        for layer in self.layers:
            layer.use_dtype(dtype)

    def _build_if_known(self) -> None:
        if self.input is not None:
            shape = self.input.batch_shape
        elif self.built_for is not None:
            shape = self.built_for
        else:
            return
        self.built = False
        self.build(shape)

    def build(self, input_shape: Any) -> None:
        """Build every layer for the output of the one before."""
        shape = as_batch_shape(input_shape)
        for i, layer in enumerate(self.layers):
            try:
                layer.build(shape)
                shape = layer.output_shape(shape)
            except ClearpropError as error:
                error.add_note(
                    f"while building layer {i} {layer.name!r} ({layer.describe()}) of"
                    f" {self.name!r} for inputs of shape {shape}"
                )
                raise

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Follow the shape through the layers."""
        shape = as_batch_shape(input_shape)
        for layer in self.layers:
            shape = layer.output_shape(shape)
        return shape

    # -- computing ------------------------------------------------------------------------------

    def call(self, x: Any, training: bool = False) -> Any:
        """Apply the layers in order."""
        for layer in self.layers:
            x = layer(x, training)
        return x

    @property
    def final_activation(self) -> str | None:
        """The name of the function that makes the last layer's output."""
        return self.layers[-1].final_activation if self.layers else "linear"

    def pre_activation(self, x: Any, training: bool = False) -> Any:
        """Compute what the last layer's function is applied to."""
        if self.final_activation == "linear":
            return self(x, training)
        if not self.built or x.__class__ is not Tensor:
            x = self._entered(x)
        for layer in self.layers[:-1]:
            x = layer(x, training)
        return self.layers[-1].pre_activation(x, training)

    def _entered(self, x: Any) -> Any:
        """Make a tensor called x of a plain input; each layer converts for itself."""
        if not isinstance(x, Tensor):
            x = Tensor(Node(self.converted(x)))
            x.node.name = "x"
        if not self.built:
            self.build(x.shape)
        return x

    def converted(self, x: Any) -> Any:
        """Give the input in the first layer's kind of number."""
        return self.layers[0].converted(x) if self.layers else super().converted(x)

    # -- finding --------------------------------------------------------------------------------

    def sublayers(self) -> Sequence[Layer]:
        """List the layers, in order."""
        return self.layers

    def layer(self, key: str | int) -> Layer:
        """
        Find a layer by name, or by place counted from 0.

        Raises
        ------
        AddressError
            If there is none.

        Examples
        --------
        >>> from clearprop.nn import Dense
        >>> Chain([Dense(3), Dense(2)]).layer("dense_1").name
        'dense_1'
        """
        if isinstance(key, int):
            if -len(self.layers) <= key < len(self.layers):
                return self.layers[key]
            raise AddressError(f"{self.name!r} has {len(self.layers)} layers; there is no {key}.")
        for layer in self.layers:
            if layer.name == key:
                return layer
        names = [layer.name for layer in self.layers]
        close = nearest(key, names, most=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise AddressError(f"{self.name!r} has no layer {key!r}; it has {names}.{hint}")

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def describe(self) -> str:
        """Say what it is and how many layers it has."""
        return f"{type(self).__name__} of {len(self.layers)} layers"

    # -- configuration --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Give name, layers and input shape, as plain JSON-able data."""
        shape = self.built_for if self.input is None else self.input.batch_shape
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [serialize(layer) for layer in self.layers],
            "input_shape": None if shape is None else list(shape[1:]),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Make a chain, built if the input's shape was known, from `get_config`'s data."""
        given = check_config(cls, {k: v for k, v in config.items() if k != "input_shape"})
        layers = [deserialize(spec, LAYERS, "layer") for spec in given.pop("layers", [])]
        shape = config.get("input_shape")
        return cls([*([] if shape is None else [Input(shape)]), *layers], **given)
