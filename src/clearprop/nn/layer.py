"""What every layer is: a name, weights made when the input's shape is known, and a call."""

from __future__ import annotations

import functools
import inspect
import weakref
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from clearprop.core.tensor import Node, Tensor
from clearprop.errors import ClearpropError, DTypeError, ShapeError, no_argument
from clearprop.lang import told
from clearprop.nn import calling
from clearprop.nn.made_with import remembering, unsaid
from clearprop.nn.naming import checked_name
from clearprop.nn.registry import accepted, check_config, serialize
from clearprop.nn.regularizers import get_regularizer
from clearprop.nn.shapes import BatchShape, Shapes, as_batch_shape, as_shapes, inferred
from clearprop.nn.told import Telling

__all__ = ["BatchShape", "Layer", "as_batch_shape"]

MISSING: Any = object()


def _once(build: Callable[..., None]) -> Callable[..., None]:
    """Let `build` run once a layer, whoever calls it and whether or not it calls its base's."""

    @functools.wraps(build)
    def built_once(self: Layer, *shapes: Any, **more: Any) -> None:
        if self._building:  # a subclass's build calls its base's
            build(self, *shapes, **more)
            return
        given = [as_shapes(shape) for shape in shapes]
        named = {key: as_shapes(each) for key, each in more.items()}
        shape: Any = next(iter([*given, *named.values()]))
        if self.built:
            self._check_built_for(shape)
            return
        self._building = True
        try:
            self.settle()
            build(self, *given, **named)
            self.settle()
        except BaseException:
            self._weights.clear()
            raise
        finally:
            self._building = False
        self.built, self.built_for = True, shape
        beside = self.activity_regularizer or self.sublayers() or self.adds_losses
        self._direct = self._may_be_direct and not (beside or self._makes_mask)

    return built_once


def _is_ours(cls: type) -> bool:
    """Tell a class of the library from one of the user's own."""
    return cls.__module__.startswith("clearprop.")


class Layer(Telling):
    """
    A step of a network.

    A layer says in `build` which weights it has, once the shape of its input is known, and in
    `call` what it does, written with operations on tensors, so that every engine can run it and
    every number in it can be asked why. Layers that it holds as attributes, or in lists of such,
    belong to it: their weights are among its own.

    Parameters
    ----------
    name : str, optional
        What it is called, in summaries and in addresses such as ``"dense_1/kernel[0,2]"``;
        by default after its class, numbered within its model.
    dtype : {"float32", "float64"}, optional
        The kind of number of its weights; inputs are converted to it.
    trainable : bool
        Whether training changes its weights.
    activity_regularizer : str, Regularizer or callable, optional
        What the loss is raised by on account of its output, an average over the batch.
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
    built_for : tuple, list, dict or None
        The input's shape it was built for, or a list or dict of shapes of several inputs; the
        batch axis is None.
    supports_masking : bool
        Of a class: whether the mask of its input holds for its output as well.

    Examples
    --------
    >>> class Double(Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> Double()([[1.0, 3.0]]).tolist()
    [[2.0, 6.0]]
    """

    converts_integers: ClassVar[bool] = True  # an embedding takes whole numbers as they are
    supports_masking: bool = False
    knows_output_shape: ClassVar[bool] = False  # without being run
    call_is_own: ClassVar[bool] = False  # whether a user wrote it, and not the library
    adds_losses: ClassVar[bool] = False  # whether its call may
    _may_be_direct: ClassVar[bool] = True
    _takes: ClassVar[tuple[str, ...]] = ()
    _takes_training: ClassVar[bool] = False
    _makes_mask: ClassVar[bool] = False
    _keeps_masks: ClassVar[bool] = False  # whether inputs keep them in `call`, for layers inside
    _build_takes: ClassVar[tuple[str, ...]] = ("input_shape",)

    def __init__(
        self,
        *,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
        activity_regularizer: Any = None,
        input_shape: Sequence[int] | None = None,
        input_dim: int | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument(type(self).__name__, unknown, accepted(type(self)))
        super().__init__(name, dtype, trainable)
        self._building = False
        self._direct = False  # whether a call has nothing to do but `call`
        self.built_for: Any = None
        self.activity_regularizer = get_regularizer(activity_regularizer)
        self.home: weakref.ref[Any] | None = None  # the first layer that it was put into
        self.place: int | None = None  # which one in there
        self.declared_shape = (input_dim,) if input_shape is None and input_dim else input_shape

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = cls.__dict__
        if "__init__" in own and "get_config" not in own and not _is_ours(cls):
            cls.__init__ = remembering(cls.__init__)  # type: ignore[method-assign]
        if "build" in cls.__dict__:
            cls._build_takes = tuple(inspect.signature(cls.build).parameters)[1:]
            cls.build = _once(cls.build)  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            cls._takes = tuple(inspect.signature(cls.call).parameters)[1:]
            cls._takes_training = "training" in cls._takes
            # One of the user's own may call add_loss in there.
            cls.call_is_own = cls.adds_losses = cls._keeps_masks = not _is_ours(cls)
        if "compute_mask" in cls.__dict__:
            cls._makes_mask = True
        if {"output_shape", "compute_output_shape"} & cls.__dict__.keys():
            cls.knows_output_shape = True
            if "compute_output_shape" in cls.__dict__:  # Keras's name for it
                cls.output_shape = cls.compute_output_shape  # type: ignore[method-assign]

    # -- what a layer defines ---------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """
        Make the weights.

        Parameters
        ----------
        input_shape : tuple of (int or None), or a list or dict of such
            The input's shape; the batch axis, the first, is None. A layer whose `call` takes
            several tensors may name their shapes instead: ``build(self, query_shape, value_shape)``
            for ``call(self, query, value)``.

        Raises
        ------
        ShapeError
            If the layer was built for inputs of another shape.
        """

    build = _once(build)

    def build_for_call(self, input_shape: Any) -> None:
        """Make the weights because of a call, which makes those of the layers inside as well."""
        self.build(input_shape)

    @abstractmethod
    def call(self, x: Any, *more: Any, **options: Any) -> Any:
        """
        Compute the output from the input, by operations on tensors.

        A layer that works otherwise in training declares ``call(self, x, training=False)``, one
        that heeds masks ``call(self, x, mask=None)``.
        """

    def output_shape(self, input_shape: Any) -> Any:
        """Give the output's shape for an input of `input_shape`; the batch axis is None."""
        shapes = as_shapes(input_shape)
        self.build(shapes)
        return inferred(partial(calling.tried, self), shapes, self._dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Give the output's shape: Keras's name for `output_shape`."""
        return self.output_shape(input_shape)

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        """
        Give the mask of the output.

        Parameters
        ----------
        x : Tensor, or a list or dict of such
            The input.
        mask : Tensor of bool, or such a list or dict, or None
            Its mask.
        """
        return mask if self.supports_masking else None

    @property
    def final_activation(self) -> str | None:
        """The name of the function that makes its output, such as "softmax"; "linear" for none."""
        return "linear"

    def call_before_activation(self, x: Any) -> Any:
        """Compute what `final_activation` is applied to; for layers that have one."""
        return self.call(x)

    # -- calling ----------------------------------------------------------------------------

    def __call__(
        self, x: Any = MISSING, /, *more: Any, training: bool | None = None, **options: Any
    ) -> Any:
        """
        Apply the layer to a batch; the first call builds it.

        Parameters
        ----------
        x : Tensor or array, shape (N, ...), or a list, tuple or dict of such
            One example a row. An `Input`, or what came of one: the call is noted for a `Model`.
        *more
            What else `call` takes.
        training : bool, optional
            Whether it is for training: dropout drops only then. By default that of the layer
            that calls this one; False if none does.
        **options
            What else `call` takes, by name.

        Returns
        -------
        Tensor, or what else `call` gives
        """
        if (
            not self._direct
            or more
            or options
            or x.__class__ is not Tensor
            or x.node.data.dtype is not self._dtype
        ):
            args = more if x is MISSING else (x, *more)
            return calling.call(self, args, training, options)
        # Paid for on every call of every step: no more than this in the usual case.
        try:
            if self._takes_training:
                training = calling.inherited() if training is None else training
                y = self.call(x, training=training)
            else:
                y = self.call(x)
        except (ClearpropError, ValueError, TypeError) as error:
            error.add_note(self.whereabouts(x))
            raise
        if y.__class__ is Tensor and y.node.name is None:
            y.node.name = self._output_name
        return y

    def pre_activation(self, x: Any, training: bool | None = None) -> Any:
        """
        Compute, as a call does, what `final_activation` is applied to: what a fused loss takes.

        Parameters
        ----------
        x : Tensor or array, shape (N, ...)
            One example a row.
        training : bool, optional
            Whether it is for training.

        Returns
        -------
        Tensor
        """
        if self.final_activation == "linear":
            return self(x, training=training)
        if not self._direct or x.__class__ is not Tensor or x.node.data.dtype is not self._dtype:
            return calling.call(self, (x,), training, {}, before_activation=True)
        try:
            y = self.call_before_activation(x)
        except (ClearpropError, ValueError, TypeError) as error:
            error.add_note(self.whereabouts(x))
            raise
        if y.node.name is None:
            y.node.name = self._sum_name
        return y

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

    def enters(self, x: Any) -> Tensor:
        """Make a tensor of the layer's own kind of number of one input."""
        x = self.converted(x)
        return x if isinstance(x, Tensor) else Tensor(Node(x))

    def add_loss(self, penalty: Any) -> None:
        """
        Raise the loss of the step by a number, to be called in `call`.

        Parameters
        ----------
        penalty : Tensor of one element
        """
        calling.add_loss(self, penalty)

    def whereabouts(self, x: Any) -> str:
        """Say, for a note of an error, which layer it was and what it was given."""
        place = "" if self.place is None else f"{self.place} "
        which = {"layer": f"{place}{self.path!r}", "what": self.describe()}
        return told("layers.in_layer", **which, shape=calling.shapes_of(x))

    def describe(self) -> str:
        """Say in a few words what it is: its class and what it was built for."""
        return type(self).__name__

    def _check_built_for(self, shape: Shapes) -> None:
        if shape != self.built_for and self.weights and not calling.fits(shape, self.built_for):
            raise ShapeError(
                f"layer {self.name!r} was built for inputs of shape {self.built_for} and cannot be"
                f" built again for {shape}; make a new {type(self).__name__} for those."
            )

    # -- configuration ---------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one, as plain JSON-able data."""
        config = {"name": self.name, "dtype": self.dtype, "trainable": self.trainable}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return config | unsaid(self, config)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """
        Make a layer from `get_config`'s data.

        Raises
        ------
        OptionError
            If a name is no argument of the layer, or a value is outside its domain.
        """
        if _is_ours(cls) or not isinstance(config, Mapping):
            return cls(**check_config(cls, config))
        names = accepted(cls)  # one of the user's own may take no name, as Keras's examples do
        apart = {key for key in ("name", "dtype", "trainable") if key not in names} & config.keys()
        made = cls(**check_config(cls, {k: v for k, v in config.items() if k not in apart}))
        if "name" in apart:
            made._auto_named = False
            made._rename(checked_name(config["name"]))
        if "dtype" in apart:
            made.use_dtype(config["dtype"])
        if "trainable" in apart:
            made.trainable = config["trainable"]
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"
