"""A chain of layers, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clearprop.core.tensor import Node, Tensor
from clearprop.errors import ClearpropError, OptionError, StateError
from clearprop.lang import told
from clearprop.nn import calling
from clearprop.nn.layer import MISSING, Layer
from clearprop.nn.masking import masked
from clearprop.nn.placeholders import Input
from clearprop.nn.registry import LAYERS, check_config, deserialize, register, serialize
from clearprop.nn.shapes import as_shapes
from clearprop.nn.told import unless_set

__all__ = ["Chain"]


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
    >>> chain.layer("dense_1").units
    2
    """

    _stands_back = True

    def __init__(
        self,
        layers: Iterable[Layer | Input] = (),
        *,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name, dtype=dtype, trainable=trainable)
        self._in_order: list[Layer] = []
        self.input: Input | None = None
        self._gone_through: list[Any] = []  # for which layers `_noted` are the calls
        self._noted: list[Any] = []
        if isinstance(layers, Layer):
            raise OptionError(
                f"{type(self).__name__} takes a list of layers; got {layers!r} alone. Put it into"
                " brackets: [...]."
            )
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
        if not self._in_order:
            raise StateError(f"{self.name!r} has no layers to take away.")
        layer = self._in_order.pop()
        layer.home = layer.place = None
        return layer

    def _take(self, layer: Any) -> None:
        if isinstance(layer, Input):
            if self._in_order or self.input is not None:
                raise OptionError(f"{self.name!r}: an Input comes first, and only once.")
            self.input = layer
            return
        if not isinstance(layer, Layer):
            hint = f" Write {layer.__name__}(...)." if isinstance(layer, type) else ""
            raise OptionError(f"{self.name!r} holds layers; got {layer!r}.{hint}")
        if any(layer is held for held in self._in_order):
            raise OptionError(f"{self.name!r} holds {layer!r} already; make a second layer.")
        self._settle_one(layer, {held.path: held for held in self._in_order}, len(self._in_order))
        if self._dtype_given:
            layer.use_dtype(self._dtype)
        if not self._in_order and self.input is None and layer.declared_shape is not None:
            self.input = Input(layer.declared_shape)
        self._in_order.append(layer)

    def _build_if_known(self) -> None:
        if self.input is not None:
            shape = self.input.shape
        elif self.built_for is not None:
            shape = self.built_for
        else:
            return
        self.built = False
        self.build(shape)

    def build(self, input_shape: Any) -> None:
        """Build every layer for the output of the one before."""
        shape = as_shapes(input_shape)
        for i, layer in enumerate(self._in_order):
            try:
                layer.build(shape)
                shape = layer.output_shape(shape)
            except ClearpropError as error:
                which = {"number": i, "layer": repr(layer.name), "what": layer.describe()}
                model = repr(self.name)
                error.add_note(told("layers.while_building", **which, model=model, shape=shape))
                raise

    def output_shape(self, input_shape: Any) -> Any:
        """Follow the shape through the layers."""
        shape = as_shapes(input_shape)
        for layer in self._in_order:
            shape = layer.output_shape(shape)
        return shape

    # -- computing ------------------------------------------------------------------------------

    def __call__(
        self, x: Any = MISSING, /, *more: Any, training: bool | None = None, **options: Any
    ) -> Any:
        """Apply the layers in order; see `Layer.__call__`."""
        if not self.built or x.__class__ is not Tensor or more or options:
            args = more if x is MISSING else (x, *more)
            return calling.call(self, args, training, options)
        try:
            return self.call(x, training=calling.inherited() if training is None else training)
        except (ClearpropError, ValueError, TypeError) as error:
            error.add_note(self.whereabouts(x))
            raise

    def call(self, x: Any, training: bool = False, mask: Any = None) -> Any:
        """Apply the layers in order."""
        if mask is not None:
            x = masked(x, mask)
        for layer in self._in_order:
            x = layer(x, training=training)
        return x

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Give no mask but the one that the last layer's output carries already."""

    @property
    def final_activation(self) -> str | None:
        """The name of the function that makes the last layer's output."""
        return self._in_order[-1].final_activation if self._in_order else "linear"

    def pre_activation(self, x: Any, training: bool | None = None) -> Any:
        """Compute what the last layer's function is applied to."""
        if self.final_activation == "linear":
            return self(x, training=training)
        if not self.built or x.__class__ is not Tensor:
            x = self.enters(x)
            self.build(x.shape)
        for layer in self._in_order[:-1]:
            x = layer(x, training=training)
        return self._in_order[-1].pre_activation(x, training)

    def enters(self, x: Any) -> Tensor:
        """Make a tensor called x of a plain input; each layer converts for itself."""
        if not isinstance(x, Tensor):
            x = Tensor(Node(self.converted(x)))
            x.node.name = "x"
        return x

    def converted(self, x: Any) -> Any:
        """Give the input in the first layer's kind of number."""
        return self._in_order[0].converted(x) if self._in_order else super().converted(x)

    # -- what is in it --------------------------------------------------------------------------

    def sublayers(self) -> Sequence[Layer]:
        """List the layers, in order."""
        return self._in_order

    @property
    def inputs(self) -> list[Any]:
        """
        What comes in, for a `Model` of some of the layers.

        Raises
        ------
        AttributeError
            If the input's shape is not known yet.
        """
        if self.input is None:
            if self.built_for is None:
                raise AttributeError(
                    f"{self.name!r} does not know its input yet: put an Input in front, or build"
                    " it, or call it on data."
                )
            self.input = Input(self.built_for[1:])
        return [self.input]

    @property
    def outputs(self) -> list[Any]:
        """What goes out, for a `Model` of some of the layers."""
        return [self._through()[-1].outputs] if self._in_order else self.inputs

    @unless_set
    def output(self) -> Any:
        """What goes out."""
        return self.outputs[0]

    def noted_call_of(self, layer: Any) -> Any:
        """Give the call of one of the layers in the chain."""
        if self.input is None and self.built_for is None:
            return None
        places = [k for k, each in enumerate(self._in_order) if each is layer]
        return self._through()[places[0]] if places else None

    def _through(self) -> list[Any]:
        """Give the calls of the layers, one on what the other gives."""
        (x,) = self.inputs
        held = [x, *self._in_order]
        if [id(each) for each in held] != [id(each) for each in self._gone_through]:
            calls = []
            for layer in self._in_order:
                x = layer(x)
                calls.append(x.source)
            self._gone_through, self._noted = held, calls
        return self._noted

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._in_order)

    def __len__(self) -> int:
        return len(self._in_order)

    def describe(self) -> str:
        """Say what it is and how many layers it has."""
        return f"{type(self).__name__} of {len(self._in_order)} layers"

    # -- configuration --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Give name, layers and input shape, as plain JSON-able data."""
        shape = self.built_for if self.input is None else self.input.shape
        return {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [serialize(layer) for layer in self._in_order],
            "input_shape": None if shape is None else list(shape[1:]),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Make a chain, built if the input's shape was known, from `get_config`'s data."""
        given = check_config(cls, {k: v for k, v in config.items() if k != "input_shape"})
        layers = [deserialize(spec, LAYERS, "layer") for spec in given.pop("layers", [])]
        shape = config.get("input_shape")
        return cls([*([] if shape is None else [Input(shape)]), *layers], **given)
