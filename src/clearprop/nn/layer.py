"""What every layer is: a name, weights made when the input's shape is known, and a call."""

from __future__ import annotations

import functools
import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from clearprop.core.namespaces import no_grad
from clearprop.core.random import stream
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import ClearpropError, DTypeError, OptionError, ShapeError, StateError
from clearprop.nn.initializers.base import get_initializer
from clearprop.nn.memory import ensure_fits
from clearprop.nn.naming import auto_name, checked_name, free_name
from clearprop.nn.precision import float_dtype
from clearprop.nn.registry import check_config
from clearprop.nn.variable import Variable

__all__ = ["BatchShape", "Layer"]

BatchShape = tuple[int | None, ...]

# A weight is held once as itself, once as its gradient, and about twice by the optimizer.
COPIES_IN_TRAINING = 4


def _once(build: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Let `build` run once a layer, whoever calls it and whether or not it calls its base's."""

    @functools.wraps(build)
    def built_once(self: Layer, input_shape: Any) -> None:
        if self._building:  # a subclass's build calls its base's
            return build(self, input_shape)
        shape = as_batch_shape(input_shape)
        if self.built:
            return self._check_built_for(shape)
        self._building = True
        try:
            build(self, shape)
        except BaseException:
            self._weights.clear()
            raise
        finally:
            self._building = False
        self.built, self.built_for = True, shape

    return built_once


def as_batch_shape(shape: Any) -> BatchShape:
    """Give a shape with its batch axis as a tuple of whole numbers and None."""
    sizes = tuple(None if n is None else int(n) for n in shape)
    if not sizes:
        raise ShapeError("a layer takes batches: its input's shape needs a batch axis; got ().")
    return (None, *sizes[1:])


class Layer(ABC):
    """
    A step of a network.

    A layer says in `build` which weights it has, once the shape of its input is known, and in
    `call` what it does, written with operations on tensors, so that every engine can run it and
    every number in it can be asked why.

    Parameters
    ----------
    name : str, optional
        What it is called, in summaries and in addresses such as ``"dense_1/kernel[0,2]"``;
        by default after its class, numbered within its model.
    dtype : {"float32", "float64"}, optional
        The kind of number of its weights; inputs are converted to it.
    trainable : bool
        Whether training changes its weights.
    input_shape : tuple of int, optional
        Of a model's first layer: the shape of one example, instead of an `Input`.
    input_dim : int, optional
        The same for examples of one axis.

    Attributes
    ----------
    built : bool
        Whether its weights exist.
    built_for : tuple or None
        The input's shape it was built for; the batch axis is None.
    """

    converts_integers: ClassVar[bool] = True  # an embedding takes whole numbers as they are
    _takes_training: ClassVar[bool] = True

    def __init__(
        self,
        *,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
    ) -> None:
        self._auto_named = name is None
        self._dtype, self._dtype_given = float_dtype(dtype), dtype is not None
        self._trainable = bool(trainable)
        self._weights: list[tuple[Variable, bool]] = []  # and whether it was made trainable
        self._building = self.built = False
        self.built_for: BatchShape | None = None
        self.place: int | None = None  # in the (first) model that holds it
        self.declared_shape = (input_dim,) if input_shape is None and input_dim else input_shape
        self._rename(auto_name(type(self)) if name is None else checked_name(name))

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "build" in cls.__dict__:
            cls.build = _once(cls.build)  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            cls._takes_training = "training" in inspect.signature(cls.call).parameters

    # -- what a layer defines ---------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """
        Make the weights.

        Parameters
        ----------
        input_shape : tuple of (int or None)
            The input's shape; the batch axis, the first, is None.

        Raises
        ------
        ShapeError
            If the layer was built for inputs of another shape.
        """

    build = _once(build)

    @abstractmethod
    def call(self, x: Any, training: bool = False) -> Any:
        """Compute the output from the input, by operations on tensors."""

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the output's shape for an input of `input_shape`; the batch axis is None."""
        shape = as_batch_shape(input_shape)
        self.build(shape)
        with no_grad():
            y = self(np.zeros((1, *(n or 1 for n in shape[1:])), self._dtype))
        return (None, *y.shape[1:])

    @property
    def final_activation(self) -> str:
        """The name of the function that makes its output: "softmax", "linear" where none does."""
        return "linear"

    def call_before_activation(self, x: Any) -> Any:
        """Compute what `final_activation` is applied to; for layers that have one."""
        return self.call(x)

    # -- calling ----------------------------------------------------------------------------

    def __call__(self, x: Any, training: bool = False) -> Any:
        """
        Apply the layer to a batch; the first call builds it.

        Parameters
        ----------
        x : Tensor or array, shape (N, ...)
            One example a row.
        training : bool
            Whether it is for training: dropout drops only then.

        Returns
        -------
        Tensor
        """
        # This line is paid for on every call of every step: nothing more in the usual case.
        if not self.built or x.__class__ is not Tensor or x.node.data.dtype is not self._dtype:
            x = self._entered(x)
        try:
            y = self.call(x, training=training) if self._takes_training else self.call(x)
        except (ClearpropError, ValueError, TypeError) as error:
            error.add_note(self._whereabouts(x))
            raise
        if y.__class__ is Tensor and y.node.name is None:
            y.node.name = self._output_name
        return y

    def pre_activation(self, x: Any, training: bool = False) -> Any:
        """
        Compute, as a call does, what `final_activation` is applied to: what a fused loss takes.

        Parameters
        ----------
        x : Tensor or array, shape (N, ...)
            One example a row.
        training : bool
            Whether it is for training.

        Returns
        -------
        Tensor
        """
        if self.final_activation == "linear":
            return self(x, training)
        if not self.built or x.__class__ is not Tensor or x.node.data.dtype is not self._dtype:
            x = self._entered(x)
        try:
            y = self.call_before_activation(x)
        except (ClearpropError, ValueError, TypeError) as error:
            error.add_note(self._whereabouts(x))
            raise
        if y.node.name is None:
            y.node.name = f"{self._name}/sum"
        return y

    def _entered(self, x: Any) -> Any:
        """Make a tensor of the layer's own kind of number of the input, and build if need be."""
        x = self.converted(x)
        if not isinstance(x, Tensor):
            x = Tensor(Node(x))
        if not self.built:
            self.build(x.shape)
        return x

    def converted(self, x: Any) -> Any:
        """
        Give the input in the layer's own kind of number.

        Raises
        ------
        DTypeError
            If it holds no numbers.
        """
        if not hasattr(x, "dtype"):
            x = np.asarray(x)
        kind = getattr(x.dtype, "kind", "f")
        if kind not in "biuf":
            raise DTypeError(
                f"layer {self.name!r} takes numbers; got {x.dtype}. Encode text and categories as"
                " numbers first."
            )
        if x.dtype != self._dtype and (kind == "f" or self.converts_integers):
            return x.astype(self._dtype)
        return x

    def _whereabouts(self, x: Any) -> str:
        place = "" if self.place is None else f"{self.place} "
        return (
            f"in layer {place}{self.name!r} ({self.describe()}), given an input of shape"
            f" {tuple(x.shape)}"
        )

    def describe(self) -> str:
        """Say in a few words what it is: its class and what it was built for."""
        return type(self).__name__

    def _check_built_for(self, shape: BatchShape) -> None:
        if shape != self.built_for and self.weights:
            raise ShapeError(
                f"layer {self.name!r} was built for inputs of shape {self.built_for} and cannot be"
                f" built again for {shape}; make a new {type(self).__name__} for those."
            )

    # -- weights ----------------------------------------------------------------------------

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        name: str | None = None,
    ) -> Variable:
        """
        Make a weight; to be called in `build` (or in `__init__`).

        Parameters
        ----------
        shape : tuple of int
            Its shape.
        initializer : str, Initializer or callable, optional
            Where its first values come from; Glorot's uniform distribution by default.
        dtype : str, optional
            Its kind of number, the layer's by default.
        trainable : bool
            Whether training changes it.
        name : str, optional
            What it is called within the layer: "kernel", "bias".

        Returns
        -------
        Variable

        Raises
        ------
        MemoryLimitError
            If the machine could not hold it in training.
        OptionError
            If the layer has a weight of that name, or `initializer` is unknown.
        """
        taken = {v.path.rpartition("/")[2] for v, _ in self._weights}
        if name is None:
            name = free_name("variable", taken)
        if checked_name(name) in taken:
            raise OptionError(f"layer {self.name!r} has a weight {name!r} already.")
        path, shape = f"{self.name}/{name}", tuple(int(n) for n in shape)
        kind = self._dtype if dtype is None else np.dtype(dtype)
        ensure_fits(
            COPIES_IN_TRAINING * math.prod(shape) * kind.itemsize,
            f"training {path} of shape {shape} in {kind}",
            "Give the layer fewer units, or fewer inputs.",
        )
        initialize = get_initializer("glorot_uniform" if initializer is None else initializer)
        values = initialize(shape, kind, rng=stream(None, path))
        variable = Variable(values, path=path, trainable=trainable and self._trainable)
        self._weights.append((variable, trainable))
        return variable

    def sublayers(self) -> Sequence[Layer]:
        """List the layers inside this one, in order."""
        return ()

    @property
    def weights(self) -> list[Variable]:
        """All weights: its own, trainable ones first, then those of the layers inside it."""
        own = [v for v, made in self._weights if made] + [
            v for v, made in self._weights if not made
        ]
        return own + [v for layer in self.sublayers() for v in layer.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        return [v for v in self.weights if v.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone."""
        return [v for v in self.weights if not v.trainable]

    variables = weights

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights; setting it reaches the layers inside too."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        for variable, made in self._weights:
            variable.trainable = self._trainable and made
        for layer in self.sublayers():
            layer.trainable = self._trainable

    def get_weights(self) -> list[np.ndarray]:
        """Copy out the values of the weights, in their order."""
        return [np.array(v.data) for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """
        Replace the values of all weights, or of none if any does not fit.

        Parameters
        ----------
        weights : sequence of array
            In the order and the shapes of `get_weights`.

        Raises
        ------
        ShapeError
            If their number or a shape is another.
        """
        variables = self.weights
        if len(weights) != len(variables):
            raise ShapeError(
                f"{self.name!r} has {len(variables)} weights"
                f" ({', '.join(f'{v.path} {v.shape}' for v in variables) or 'none'});"
                f" got {len(weights)}."
            )
        for variable, values in zip(variables, weights, strict=True):
            if np.shape(values) != variable.shape:
                raise ShapeError(
                    f"{variable.path} has shape {variable.shape}; got {np.shape(values)}."
                )
        for variable, values in zip(variables, weights, strict=True):
            variable.assign(values)

    def count_params(self) -> int:
        """
        Count the numbers in its weights.

        Raises
        ------
        StateError
            If it is not built yet.
        """
        if not self.built:
            raise StateError(
                f"layer {self.name!r} has no weights yet: its input's shape is not known."
                " Call it on data, or build it with a shape such as (None, 784)."
            )
        return sum(v.size for v in self.weights)

    # -- name, kind of number, configuration --------------------------------------------------

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def _rename(self, name: str) -> None:
        """Take another name, weights included; what was recorded keeps the old one."""
        self._name, self._output_name = name, f"{name}/output"
        for variable, _ in self._weights:
            variable.path = f"{name}/{variable.path.rpartition('/')[2]}"

    @property
    def dtype(self) -> str:
        """The kind of number of its weights and outputs."""
        return self._dtype.name

    def use_dtype(self, dtype: Any) -> None:
        """Compute in another kind of number, if none was asked for and no weights exist yet."""
        if not (self._dtype_given or self.built):
            self._dtype = float_dtype(dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one, as plain JSON-able data."""
        return {"name": self.name, "dtype": self.dtype, "trainable": self.trainable}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """
        Make a layer from `get_config`'s data.

        Raises
        ------
        OptionError
            If a name is no argument of the layer, or a value is outside its domain.
        """
        return cls(**check_config(cls, config))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"
