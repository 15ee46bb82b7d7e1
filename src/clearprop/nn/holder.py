"""What holds weights: their making, their values, their names and their kind of number."""

from __future__ import annotations

import math
from abc import ABC
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from clearprop.core.copying import Copied
from clearprop.core.random import fresh_stream
from clearprop.errors import OptionError, ShapeError, StateError
from clearprop.lang import told
from clearprop.nn.constraints import get_constraint
from clearprop.nn.first_values import drawn_here, first_values
from clearprop.nn.initializers.base import get_initializer
from clearprop.nn.memory import ensure_fits
from clearprop.nn.naming import auto_name, checked_name, free_name
from clearprop.nn.precision import float_dtype
from clearprop.nn.regularizers import get_regularizer
from clearprop.nn.variable import Variable

__all__ = ["Holder"]

# A weight is held once as itself, once as its gradient, and about twice by the optimizer.
COPIES_IN_TRAINING = 4


class Holder(Copied, ABC):
    """A named thing with weights; the half of a layer that knows nothing of calls."""

    kept_by: ClassVar[str] = (
        "a model by model.save('net.safetensors'), which clearprop.load reads, or weights alone by"
        " model.save_weights or layer.get_weights()"
    )

    built: bool  # whether the weights exist

    def __init__(self, name: str | None, dtype: Any, trainable: bool) -> None:
        self._auto_named = name is None
        self._dtype, self._dtype_given = float_dtype(dtype), dtype is not None
        self._trainable = bool(trainable)
        self._weights: list[tuple[Variable, bool]] = []  # and whether it was made trainable
        self.built = False
        self._prefix = ""  # the path of what holds it, with a slash behind
        self._rename(self._usual_name() if name is None else checked_name(name))

    if not TYPE_CHECKING:  # for which there would be every attribute

        def __getattr__(self, name: str) -> Any:
            if "_weights" in vars(self) or name.startswith("__"):
                return object.__getattribute__(self, name)  # and say why not as it did
            words = f"{type(self).__name__}: its __init__ must begin with super().__init__()."
            raise AttributeError(words, name=name, obj=self)

    def _usual_name(self) -> str:
        """Give the name that it has, but for a number, if it was given none."""
        return auto_name(type(self))

    # -- name and kind of number ----------------------------------------------------------------

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def path(self) -> str:
        """Its name, behind the names of the layers that it is inside of: "block/dense"."""
        return self._prefix + self._name

    def _rename(self, name: str, prefix: str = "") -> None:
        """Take another name, weights included; what was recorded keeps the old one."""
        self._name, self._prefix = name, prefix
        path = self.path
        self._output_name, self._sum_name = f"{path}/output", f"{path}/sum"
        for variable, _ in self._weights:
            variable.path = f"{path}/{variable.path.rpartition('/')[2]}"

    @property
    def dtype(self) -> str:
        """The kind of number of its weights and outputs."""
        return self._dtype.name

    def use_dtype(self, dtype: Any) -> None:
        """Compute in another kind of number, if none was asked for and no weights exist yet."""
        if not (self._dtype_given or self.built):
            self._dtype = float_dtype(dtype)

    # -- weights --------------------------------------------------------------------------------

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        name: str | None = None,
        regularizer: Any = None,
        constraint: Any = None,
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
        regularizer : str or callable ``(w) -> number``, optional
            What the loss is raised by on its account.
        constraint : str or callable ``(xp, w) -> w``, optional
            What it is put through after every step of training.

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
        path, shape = f"{self.path}/{name}", tuple(int(n) for n in shape)
        kind = self._dtype if dtype is None else np.dtype(dtype)
        if drawn_here():
            ensure_fits(
                COPIES_IN_TRAINING * math.prod(shape) * kind.itemsize,
                told("layers.training_weight", path=path, shape=shape, dtype=kind),
                told("layers.fewer_of_both"),
            )
        initialize = get_initializer("glorot_uniform" if initializer is None else initializer)
        values = first_values(
            path, shape, kind, lambda: initialize(shape, kind, rng=fresh_stream(path))
        )
        variable = Variable(values, path=path, trainable=trainable and self._trainable)
        variable.regularizer = get_regularizer(regularizer)
        variable.constraint = get_constraint(constraint)
        self._weights.append((variable, trainable))
        return variable

    def sublayers(self) -> Sequence[Holder]:
        """List the layers inside this one, in order."""
        return ()

    @property
    def weights(self) -> list[Variable]:
        """
        All weights: its own, trainable ones first, then those of the layers inside it.

        Those of a layer that stands in several places are listed once, where it is met first.
        """
        found: dict[int, Variable] = {}
        self._gather(found)
        return list(found.values())

    def _gather(self, found: dict[int, Variable]) -> None:
        """Add its weights, each once, to those of the layers before it."""
        later = []
        for v, made in self._weights:
            if made:
                found.setdefault(id(v), v)
            else:
                later.append(v)
        for v in later:
            found.setdefault(id(v), v)
        for layer in self.sublayers():
            if type(layer).weights is Holder.weights:
                layer._gather(found)
            else:  # which somebody lists in a way of their own
                for v in layer.weights:
                    found.setdefault(id(v), v)

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
            shape = values.shape if type(values) is np.ndarray else np.shape(values)
            if shape != variable.node.data.shape:
                raise ShapeError(f"{variable.path} has shape {variable.shape}; got {shape}.")
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
