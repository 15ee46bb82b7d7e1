"""What every layer is: a name, weights made when the input's shape is known, and a call."""

from __future__ import annotations

import functools
import inspect
import operator
import weakref
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from clearprop.core.namespaces import no_grad
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import ClearpropError, DTypeError, OptionError, ShapeError, no_argument
from clearprop.nn.holder import Holder
from clearprop.nn.registry import accepted, check_config

__all__ = ["BatchShape", "Layer"]

BatchShape = tuple[int | None, ...]


def _once(build: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Let `build` run once a layer, whoever calls it and whether or not it calls its base's."""

    @functools.wraps(build)
    def built_once(self: Layer, input_shape: Any) -> None:
        if self._building:  # a subclass's build calls its base's
            build(self, input_shape)
            return
        shape = as_batch_shape(input_shape)
        if self.built:
            self._check_built_for(shape)
            return
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
    try:
        sizes = tuple(None if n is None else operator.index(n) for n in shape)
    except TypeError:
        raise ShapeError(
            f"a shape is a tuple such as (None, 784), the batch axis first; got {shape!r}."
        ) from None
    if not sizes:
        raise ShapeError("a layer takes batches: its input's shape needs a batch axis; got ().")
    return (None, *sizes[1:])


class Layer(Holder):
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
    **unknown
        There are no others.

    Raises
    ------
    OptionError
        If there is an argument of another name.

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
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument(type(self).__name__, unknown, accepted(type(self)))
        super().__init__(name, dtype, trainable)
        self._building = False
        self.built_for: BatchShape | None = None
        self.home: weakref.ref[Layer] | None = None  # the (first) chain that holds it
        self.place: int | None = None  # which one in there
        self.declared_shape = (input_dim,) if input_shape is None and input_dim else input_shape

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "build" in cls.__dict__:
            cls.build = _once(cls.build)  # type: ignore[assignment, method-assign]
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

    build = _once(build)  # type: ignore[assignment]

    @abstractmethod
    def call(self, x: Any, *more: Any, **options: Any) -> Any:
        """
        Compute the output from the input, by operations on tensors.

        A layer that works otherwise in training declares ``call(self, x, training=False)``.
        """

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the output's shape for an input of `input_shape`; the batch axis is None."""
        shape = as_batch_shape(input_shape)
        self.build(shape)
        with no_grad():
            y = self(np.zeros((1, *(n or 1 for n in shape[1:])), self._dtype))
        return (None, *y.shape[1:])

    @property
    def final_activation(self) -> str | None:
        """The name of the function that makes its output, such as "softmax"; "linear" for none."""
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
        try:
            # Paid for on every call of every step: no more than this in the usual case.
            if not self.built or x.__class__ is not Tensor or x.node.data.dtype is not self._dtype:
                x = self._entered(x)
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
        try:
            if not self.built or x.__class__ is not Tensor or x.node.data.dtype is not self._dtype:
                x = self._entered(x)
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
        if not hasattr(x, "node") and hasattr(x, "batch_shape"):
            raise OptionError(
                f"layer {self.name!r} was called on an Input, and takes data: models that are put"
                " together by calls (functional models) are not there yet. Put it into a list:"
                " cp.Sequential([cp.Input(...), cp.layers.Dense(...)])."
            )
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
            f" {tuple(np.shape(x))}"
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

    # -- configuration ---------------------------------------------------------------------

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
