"""Layers put together by calls: several inputs and outputs, branches, shared layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, map_tree
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import graph_config
from clearprop.nn.applied import InputLayer
from clearprop.nn.graph_order import begun_at, in_order, taken_by
from clearprop.nn.layer import Layer
from clearprop.nn.masking import masked
from clearprop.nn.naming import free_name
from clearprop.nn.placeholders import Call, Input, Placeholder
from clearprop.nn.registry import register
from clearprop.nn.shapes import as_shapes

__all__ = ["Graph"]


@register
class Graph(Layer):
    """
    Layers put together by calls.

    Parameters
    ----------
    inputs : Input, or a list, tuple or dict of such
        What comes in. What a layer gave may stand for an input, of the part that comes after it.
    outputs : placeholder, or a list, tuple or dict of such
        What goes out: layers' outputs for `inputs`.
    name : str, optional
        What it is called.
    trainable : bool
        Whether training changes its weights.

    Raises
    ------
    OptionError
        If `outputs` depend on an input that is not among `inputs`, or are no placeholders.

    Examples
    --------
    >>> from clearprop.nn import Dense
    >>> x = Input((4,))
    >>> both = Dense(3)(x) + Dense(3)(x)
    >>> graph = Graph(x, Dense(1)(both))
    >>> [layer.name for layer in graph.layers]
    ['input_layer', 'dense', 'dense_1', 'add', 'dense_2']
    >>> graph.count_params()
    34
    """

    _stands_back = True
    _may_be_direct = False

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        *,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        inputs, outputs = begun_at(inputs, outputs)
        if isinstance(outputs, list | tuple) and len(outputs) == 1:
            (outputs,) = outputs  # a list of one output is that output, as in Keras
        self._inputs, self._outputs = inputs, outputs
        self._ins: list[Input] = _checked(inputs, Input, "inputs", "cp.Input(...)")
        outs: list[Placeholder] = _checked(outputs, Placeholder, "outputs", "what layers gave")
        if len({id(x) for x in self._ins}) < len(self._ins):
            raise OptionError("inputs has one Input twice.")
        self._calls, within = in_order(self._ins, outs)
        self._name_inputs()
        self._in_order: list[Layer] = [
            self._doors[id(x)] if isinstance(x, Input) else x for x in within
        ]
        self._plan()
        self._dtype = next((c.layer._dtype for c in self._calls if c.layer.weights), self._dtype)
        self.settle()
        if not trainable:
            self.trainable = False
        self.build(map_tree(lambda x: x.shape, inputs))

    def _name_inputs(self) -> None:
        """Make a layer for each input, with a name of its own."""
        taken: set[str] = {x.name for x in self._ins if not x._auto_named}
        self._doors: dict[int, InputLayer] = {}
        for x in self._ins:
            name = free_name(x.name, taken) if x._auto_named else x.name
            taken.add(name)
            door = InputLayer(x.shape[1:], x.shape[0], name=name)
            door.gives = x
            self._doors[id(x)] = door
        self.input_names = [self._doors[id(x)].name for x in self._ins]

    def _plan(self) -> None:
        """Number every tensor, so that a run looks nothing up by name."""
        self._slot: dict[int, int] = {id(x): k for k, x in enumerate(self._ins)}
        for call in self._calls:
            for x in flatten(call.outputs)[0]:
                self._slot[id(x)] = len(self._slot)
        self._steps = [
            (call, _only(call, self._slot), [self._slot[id(x)] for x in flatten(call.outputs)[0]])
            for call in self._calls
        ]

    def __deepcopy__(self, memo: dict[int, Any]) -> Graph:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        doors = [self._doors[id(x)] for x in self._ins]
        kept = {key: each for key, each in vars(self).items() if key not in ("_doors", "_slot")}
        vars(made).update(deepcopy(kept, memo))
        made._doors = {id(x): deepcopy(d, memo) for x, d in zip(made._ins, doors, strict=True)}
        made._plan()
        return made

    def build(self, input_shape: Any) -> None:
        """Take note of the inputs' shapes: the layers were built as they were called."""

    # -- computing ------------------------------------------------------------------------------

    def call(self, x: Any, training: bool = False, mask: Any = None) -> Any:
        """Apply the layers as they were called."""
        entering = self._arranged(x)
        if mask is not None:
            masks = self._arranged(mask)
            entering = [masked(*each) for each in zip(entering, masks, strict=True)]
        return self._run(entering, training, before_last=False)

    def _run(self, entering: list[Any], training: bool, *, before_last: bool) -> Any:
        values: list[Any] = [None] * len(self._slot)
        values[: len(entering)] = entering
        if len(entering) > 1:
            for name, x in zip(self.input_names, entering, strict=True):
                if x.node.name is None:
                    x.node.name = name
        slot = self._slot

        def ready(x: Any) -> Any:
            return values[slot[id(x)]] if isinstance(x, Placeholder) else x

        last = self._calls[-1] if before_last else None
        for call, only, places in self._steps:
            layer, told = call.layer, training if call.training is None else call.training
            if call is last:
                y = layer.pre_activation(ready(call.args[0]), told)
            elif only is not None:
                y = layer(values[only], training=told)
            else:
                args, options = map_tree(ready, (call.args, call.options))
                y = layer(*args, training=told, **options)
            if len(places) == 1 and isinstance(y, Tensor):
                values[places[0]] = y
            else:
                for place, each in zip(places, flatten(y)[0], strict=True):
                    values[place] = each
        return map_tree(ready, self._outputs)

    def _arranged(self, x: Any) -> list[Any]:
        """List what is given for the inputs in their order."""
        if isinstance(x, dict):
            missing = [n for n in self.input_names if n not in x]
            if isinstance(self._inputs, dict) and self._inputs.keys() <= x.keys():
                return [x[key] for key in self._inputs]
            if missing:
                raise ShapeError(
                    f"{self.name!r} takes inputs {self.input_names}; got {list(x)}, without"
                    f" {missing[0]!r}."
                )
            return [x[name] for name in self.input_names]
        given = list(x) if isinstance(x, list | tuple) else [x]
        if len(given) != len(self._ins):
            raise ShapeError(
                f"{self.name!r} takes {len(self._ins)} inputs ({', '.join(self.input_names)});"
                f" got {len(given)}."
            )
        return given

    @property
    def final_activation(self) -> str | None:
        """The name of the function that makes the output, if there is one output."""
        last = self._last_call()
        return None if last is None else last.layer.final_activation

    def _last_call(self) -> Call | None:
        """Give the call that makes the only output, if nothing else takes that output."""
        outs = flatten(self._outputs)[0]
        if len(outs) != 1 or not self._calls or outs[0].source is not self._calls[-1]:
            return None
        last = self._calls[-1]
        return last if len(last.args) == 1 and not last.options else None

    def pre_activation(self, x: Any, training: bool | None = None) -> Any:
        """Compute what the last layer's function is applied to."""
        if self.final_activation in (None, "linear"):
            return self(x, training=training)
        entering = [self.enters(each) for each in self._arranged(x)]
        return self._run(entering, bool(training), before_last=True)

    def enters(self, x: Any) -> Tensor:
        """Make a tensor of an input; each layer converts for itself."""
        if isinstance(x, Tensor):
            return x
        made = Tensor(Node(self.converted(x)))
        if len(self._ins) == 1:
            made.node.name = "x"
        return made

    def converted(self, x: Any) -> Any:
        """Give an input of fractions in the model's kind of number, and others as they are."""
        kind = getattr(getattr(x, "dtype", None), "kind", "f")  # a list has none yet
        return super().converted(x) if kind == "f" else x

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Give no mask but those that the outputs carry already."""

    def output_shape(self, input_shape: Any) -> Any:
        """Give the outputs' shapes."""
        self.build(input_shape)
        return as_shapes(_shapes_of(self._outputs))

    # -- what is in it --------------------------------------------------------------------------

    def sublayers(self) -> Sequence[Layer]:
        """List the layers, those next to the inputs first."""
        return self._in_order if hasattr(self, "_in_order") else ()

    @property
    def inputs(self) -> list[Input]:
        """What comes in."""
        return self._ins

    @property
    def outputs(self) -> list[Placeholder]:
        """What goes out."""
        return list(flatten(self._outputs)[0])

    @property
    def input(self) -> Any:
        """What comes in, in the form it was given."""
        return self._inputs

    @property
    def output(self) -> Any:
        """What goes out, in the form it was given."""
        return self._outputs

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that give the outputs."""
        names: list[str] = []
        for x in self.outputs:
            name = self._doors[id(x)].name if x.source is None else x.source.layer.name
            names.append(free_name(name, names))
        return names

    def outputs_by_layer(self) -> dict[int, Any]:
        """Give, by the identity of each layer, what its first call gives."""
        found: dict[int, Any] = {id(self._doors[id(x)]): x for x in self._ins}
        for call in self._calls:
            found.setdefault(id(call.layer), call.outputs)
        return found

    def inputs_by_layer(self) -> dict[int, list[str]]:
        """Give, by the identity of each layer, the names of the layers that it takes from."""
        found: dict[int, list[str]] = {id(door): [] for door in self._doors.values()}
        for call in self._calls:
            names = found.setdefault(id(call.layer), [])
            for x in taken_by(call):
                before = self._doors[id(x)] if x.source is None else x.source.layer
                if before.name not in names:
                    names.append(before.name)
        return found

    def describe(self) -> str:
        """Say what it is and how many layers it has."""
        return f"{type(self).__name__} of {len(self.sublayers())} layers"

    # -- configuration --------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Give layers and calls, as plain JSON-able data."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            **graph_config.described(self._inputs, self._outputs, self._calls, self._doors),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """
        Make a graph from `get_config`'s data.

        Raises
        ------
        OptionError
            If it is no such data.
        """
        inputs, outputs, rest = graph_config.rebuilt(config)
        try:
            return cls(inputs, outputs, **rest)
        except TypeError as error:
            raise OptionError(f"{cls.__name__}: {error}.") from None


def _checked(given: Any, kind: type, what: str, wanted: str) -> list[Any]:
    leaves: list[Any] = flatten(given)[0]
    for x in leaves:
        if not isinstance(x, kind):
            raise OptionError(f"Model: {what} takes {wanted}; got {x!r}.")
    if not leaves:
        raise OptionError(f"Model: {what} is empty; it takes {wanted}.")
    return leaves


def _only(call: Call, slots: Mapping[int, int]) -> int | None:
    """Give the place of what a call is made on, if that is one tensor and nothing else."""
    if len(call.args) == 1 and not call.options and isinstance(call.args[0], Placeholder):
        return slots[id(call.args[0])]
    return None


def _shapes_of(tree: Any) -> Any:
    return map_tree(lambda x: x.shape, tree)
