"""Layers around a layer: both directions of a sequence, and each time step by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from clearprop import ops
from clearprop.core.looping import rolling
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.looped import at_once, time_first
from clearprop.nn.recurrent import Recurrent
from clearprop.nn.registry import LAYERS, check_config, deserialize, register, serialize

__all__ = ["Bidirectional", "TimeDistributed"]

MERGE_MODES = ("sum", "mul", "ave", "concat", None)
ALIKE = ("stateful", "return_sequences", "return_state")


def _again(layer: Layer, prefix: str, **changes: Any) -> Any:
    """Make a layer like another, unbuilt, with a prefix to its name."""
    config = {**layer.get_config(), **changes}
    config["name"] = prefix + layer.name.removeprefix(prefix)
    if not layer._dtype_given:
        config.pop("dtype", None)
    return type(layer).from_config(config)


@final
@register
class Bidirectional(Layer):
    """
    A recurrent layer over a sequence, and one of its kind over the sequence backwards.

    Parameters
    ----------
    layer : Layer
        A recurrent layer; it and its twin start anew, with weights of their own.
    merge_mode : {"concat", "sum", "mul", "ave", None}
        What is made of the two outputs; None gives both.
    weights : list of array, optional
        First values: half of them for each direction.
    backward_layer : Layer, optional
        The one that goes backwards, if it is to be another.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `layer` is no recurrent layer, `merge_mode` is unknown, or the two do not go in opposite
        directions or give unlike things.

    References
    ----------
    Schuster, Paliwal, "Bidirectional Recurrent Neural Networks", 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn.lstm import LSTM
    >>> Bidirectional(LSTM(4, return_sequences=True))(np.zeros((2, 5, 3))).shape
    (2, 5, 8)
    """

    supports_masking = True
    forward_layer: Any
    backward_layer: Any

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **options: Any,
    ) -> None:
        for given in (layer, layer if backward_layer is None else backward_layer):
            if not isinstance(given, Recurrent):
                raise OptionError(
                    f"Bidirectional takes a recurrent layer, such as LSTM(32); got {given!r}."
                )
        if merge_mode not in MERGE_MODES:
            raise unknown("merge_mode", merge_mode, [m for m in MERGE_MODES if m] + ["None"])
        super().__init__(**options)
        self.merge_mode = merge_mode
        self.forward_layer = _again(layer, "forward_")
        self.backward_layer = backward_layer or _again(
            layer, "backward_", go_backwards=not layer.go_backwards
        )
        self._given_backward = backward_layer is not None
        self._check_directions()
        for each in (self.forward_layer, self.backward_layer):
            each.zero_output_for_mask = each.return_sequences
        self._first_weights = weights
        self._inner_name = layer.name

    def _check_directions(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise OptionError(
                "Bidirectional: the two layers must go in opposite directions; both have"
                f" go_backwards={forward.go_backwards}."
            )
        for name in ALIKE:
            if getattr(forward, name) != getattr(backward, name):
                raise OptionError(
                    f"Bidirectional: {name} must be the same in both layers; got"
                    f" {getattr(forward, name)} and {getattr(backward, name)}."
                )

    @property
    def stateful(self) -> bool:
        """Whether a batch starts from the states that the batch before ended with."""
        return bool(self.forward_layer.stateful)

    @property
    def return_sequences(self) -> bool:
        """Whether the output of every time step is given."""
        return bool(self.forward_layer.return_sequences)

    @property
    def return_state(self) -> bool:
        """Whether the states are given too."""
        return bool(self.forward_layer.return_state)

    def build(self, input_shape: BatchShape) -> None:
        """Build both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            layer.build(input_shape)
        if self._first_weights:
            self.set_weights(self._first_weights)

    def output_shape(self, input_shape: Any) -> Any:
        """Give the shape of the merged output; a list of that and of the states' if asked for."""
        shape = self.forward_layer.output_shape(as_batch_shape(input_shape))
        y, states = (shape[0], shape[1:]) if self.return_state else (shape, [])
        if self.merge_mode == "concat":
            y = (*y[:-1], y[-1] * 2)
        both = [y, y] if self.merge_mode is None else [y]
        if self.return_state:
            return [*both, *states, *states]
        return both if self.merge_mode is None else y

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """Hand the mask on with whole sequences alone."""
        own = mask[0] if isinstance(mask, list | tuple) else mask
        own = own if self.return_sequences else None
        both: Any = [own, own] if self.merge_mode is None else own
        if not self.return_state:
            return both
        states = [None] * (2 * len(self.forward_layer.state_size))
        return [*both, *states] if self.merge_mode is None else [both, *states]

    def call(
        self, sequence: Tensor, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Apply both layers, and merge what they give."""
        halves: list[Any] = [None, None]
        if initial_state is not None:
            half = len(self.forward_layer.get_initial_state(1))
            if len(initial_state) != 2 * half:
                raise ShapeError(
                    f"Bidirectional: initial_state must be a list of {2 * half}, half of it for"
                    f" each direction; got {len(initial_state)}."
                )
            halves = [list(initial_state[:half]), list(initial_state[half:])]
        options: dict[str, Any] = {"training": training, "mask": mask}
        given = [
            layer(sequence, initial_state=states, **options)
            for layer, states in zip((self.forward_layer, self.backward_layer), halves, strict=True)
        ]
        states: tuple[Any, ...] = ()
        if self.return_state:
            states = (*given[0][1:], *given[1][1:])
            given = [each[0] for each in given]
        y, back = (Tensor(each.node) for each in given)  # without masks: ours goes beside
        if self.return_sequences:
            back = ops.flip(back, axis=1)
        merged = self._merged(y, back)
        if not self.return_state:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _merged(self, y: Tensor, back: Tensor) -> Any:
        match self.merge_mode:
            case "concat":
                return ops.concat([y, back], axis=-1)
            case "sum":
                return ops.add(y, back)
            case "ave":
                return ops.divide(ops.add(y, back), 2)
            case "mul":
                return ops.multiply(y, back)
        return y, back

    def reset_state(self) -> None:
        """Have the next batch start from zeros."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Have the next batch start from zeros; `reset_state` by another name."""
        self.reset_state()

    def describe(self) -> str:
        """Say what goes both ways."""
        return f"Bidirectional, {self.forward_layer.describe()} each way"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        layer = serialize(self.forward_layer)
        layer["config"]["name"] = self._inner_name  # from which both get theirs
        return {
            **super().get_config(),
            "layer": layer,
            "merge_mode": self.merge_mode,
            "backward_layer": serialize(self.backward_layer) if self._given_backward else None,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Bidirectional:
        """Make a layer from `get_config`'s data."""
        own = check_config(cls, config)
        own["layer"] = deserialize(own["layer"], LAYERS, "layer")
        if own.get("backward_layer") is not None:
            own["backward_layer"] = deserialize(own["backward_layer"], LAYERS, "layer")
        return cls(**own)


@final
@register
class TimeDistributed(Layer):
    """
    A layer applied to each time step by itself.

    Parameters
    ----------
    layer : Layer
        The layer; it sees batches without the time axis.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `layer` is no layer.
    ShapeError
        When built or called, if the input is not (N, T, ...), or the mask does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn.core_layers import Flatten
    >>> TimeDistributed(Flatten())(np.zeros((2, 5, 4, 3))).shape
    (2, 5, 12)
    """

    supports_masking = True

    def __init__(self, layer: Layer, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layer, Layer):
            raise OptionError(f"TimeDistributed takes a layer; got {layer!r}.")
        self.layer_of_steps = layer

    def _without_time(self, shape: BatchShape) -> BatchShape:
        if len(shape) < 3:
            mend = " Numbers without features have one each: x[..., None]." * (len(shape) == 2)
            raise ShapeError(
                f"TimeDistributed takes (N, time steps, features, ...); got shape {shape}." + mend
            )
        return (shape[0], *shape[2:])

    def build(self, input_shape: BatchShape) -> None:
        """Build the layer for one time step."""
        self.layer_of_steps.build(self._without_time(input_shape))

    def output_shape(self, input_shape: Any) -> Any:
        """Give (None, T, ...), the rest as the layer gives it."""
        shape = as_batch_shape(input_shape)
        inner = self.layer_of_steps.output_shape(self._without_time(shape))
        return (None, shape[1], *inner[1:])

    def call(self, x: Tensor, training: bool = False, mask: Any = None) -> Tensor:
        """Apply the layer to (N, T, ...), step by step."""
        self._without_time(x.shape)
        if mask is not None and tuple(mask.shape[:2]) != x.shape[:2]:
            raise ShapeError(
                f"TimeDistributed: the mask has shape {tuple(mask.shape)}; for an input of shape"
                f" {x.shape} it must begin with {x.shape[:2]}."
            )
        layer = self.layer_of_steps
        sequences = [x, mask] if mask is not None and "mask" in layer._takes else [x]

        def turn(now: list[Any], states: Any) -> tuple[Any, Any]:
            heeded = {"mask": now[1]} if now[1:] else {}
            return layer(now[0], training=training, **heeded), states

        made = at_once(turn, [time_first(each) for each in sequences], []) if rolling() else None
        if made is not None:
            return time_first(made[0])
        steps = ([each[:, t] for each in sequences] for t in range(x.shape[1]))
        return ops.stack([turn(now, [])[0] for now in steps], axis=1)

    def describe(self) -> str:
        """Say what is applied to each time step."""
        return f"{self.layer_of_steps.describe()} at each time step"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "layer": serialize(self.layer_of_steps)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TimeDistributed:
        """Make a layer from `get_config`'s data."""
        own = check_config(cls, config)
        return cls(**{**own, "layer": deserialize(own["layer"], LAYERS, "layer")})
