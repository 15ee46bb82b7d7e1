"""Weights: tensors under a lasting name whose values training replaces."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.core.tensor import Node, Tensor
from clearprop.errors import NumericsError, OptionError, ShapeError
from clearprop.lang import told

__all__ = ["Variable"]

NUMBERS = (np.ndarray, np.generic)


class Variable(Tensor):
    """
    A weight of a layer.

    The handle stays; `assign` puts a fresh leaf under it. What was recorded with the old values
    keeps them, so yesterday's prediction can still be asked why.

    Parameters
    ----------
    data : array
        The first values, as they are.
    path : str
        Where it belongs, such as ``"dense_1/kernel"``; explanations call it that.
    trainable : bool
        Whether training changes it, and gradients are kept for it.

    Raises
    ------
    OptionError
        If no layer makes it, so that it belongs nowhere.

    Attributes
    ----------
    regularizer : callable ``(w) -> number``, or None
        What the loss is raised by on its account.
    constraint : callable ``(xp, w) -> w``, or None
        What it is put through after every step of training.

    Examples
    --------
    >>> import numpy as np
    >>> w = Variable(np.zeros(2), path="dense/bias")
    >>> before = w + 1.0
    >>> w.assign([1, 2])
    >>> w.tolist(), before.tolist()
    ([1.0, 2.0], [1.0, 1.0])
    """

    __slots__ = ("_holder", "_path", "_trainable", "constraint", "regularizer")

    regularizer: Callable[[Tensor], Any] | None
    constraint: Callable[[Any, Any], Any] | None

    def __init__(
        self, data: Any, *others: Any, path: str = "", trainable: bool = True, **more: Any
    ) -> None:
        if not path or others or more:  # as Keras's users write one of their own
            raise OptionError(told("layers.variable_alone"))
        self._path = path
        self._trainable = trainable
        self._grad = self.regularizer = self.constraint = None
        self._holder: weakref.ref[Tensor] = weakref.ref(self)
        self.hold(data)

    @property
    def path(self) -> str:
        """Where it belongs: the layer's name, a slash, its own."""
        return self._path

    @path.setter
    def path(self, path: str) -> None:
        self._path = path
        self.hold(self.node.data)

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return self._trainable

    @trainable.setter
    def trainable(self, trainable: bool) -> None:
        self._trainable = bool(trainable)
        self.hold(self.node.data)

    def hold(self, data: Any) -> None:
        """Put a fresh leaf under the handle, trusting `data`: an array of its shape and kind."""
        node = Node(data, needs_grad=self._trainable and data.dtype.kind == "f")
        node.name = self._path
        node.holder = self._holder
        self.node = node

    def assign(self, values: Any) -> None:
        """
        Replace the values; a copy is kept, in the variable's own kind of number.

        Parameters
        ----------
        values : array, shape of the variable
            The new values.

        Raises
        ------
        ShapeError
            If the shape is another.
        NumericsError
            If finite numbers do not fit the variable's kind of number.
        OptionError
            If the values are no numbers of this process, as while a step is looked at.
        """
        now = self.node.data
        plain = values.__class__ is np.ndarray
        if plain and values.dtype == now.dtype and values.shape == now.shape:  # the usual case
            self._assign(values.copy())
            return
        given = values.data if isinstance(values, Tensor) else np.asarray(values)
        if not isinstance(given, NUMBERS):  # of another library, or none yet
            name = self._path.rpartition("/")[2]
            raise OptionError(told("compiling.assigned", path=self._path, name=f"self.{name}"))
        kind = now.dtype
        if given.shape != now.shape:
            raise ShapeError(
                f"{self._path} has shape {self.shape}; got values of shape {tuple(given.shape)}."
            )
        if given.dtype == kind:
            self._assign(np.array(given))
            return
        with np.errstate(over="ignore"):
            new = np.array(given, dtype=kind)
        if not np.array_equal(np.isinf(new), np.isinf(given)):
            raise NumericsError(
                f"{self._path} holds {self.dtype}; some values are too large for it."
            )
        self._assign(new)

    def _assign(self, own: np.ndarray) -> None:
        """Hold an array that nobody else has."""
        own.flags.writeable = False
        self.hold(own)

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        made = Variable(self.node.data, path=self._path, trainable=self._trainable)
        made._grad = self._grad
        made.regularizer, made.constraint = self.regularizer, self.constraint
        return made

    def __repr__(self) -> str:
        values = np.array2string(self.numpy(), separator=", ", threshold=20)
        return f"<variable {self._path} {self.shape} {self.dtype}: {values}>"
