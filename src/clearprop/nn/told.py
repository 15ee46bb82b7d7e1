"""What a layer tells of itself: what goes in and out, the weights, the kind of number."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from clearprop.core.tensor import Tensor
from clearprop.nn.family import Family
from clearprop.nn.variable import Variable

__all__ = ["Telling", "unless_set"]


class unless_set:  # noqa: N801 - it reads as the decorator that it is
    """
    A property that gives way to an attribute of the same name.

    Whoever derives a class may call an attribute `output`.

    Examples
    --------
    >>> class Box:
    ...     @unless_set
    ...     def size(self):
    ...         return 1
    >>> box = Box()
    >>> box.size
    1
    >>> box.size = 5
    >>> box.size
    5
    """

    def __init__(self, tell: Callable[[Any], Any]) -> None:
        self.tell, self.__doc__ = tell, tell.__doc__

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else self.tell(owner)


class Telling(Family):
    """A layer's answers to questions about itself, under the names that Keras has for them."""

    first_call: Any = None  # the first call on placeholders, noted
    added_losses: tuple[Tensor, ...] = ()  # of the last call, if no training asked for them
    added_in: object | None = None  # that call

    def noted_call(self) -> Any:
        """
        Give the call, on placeholders, that tells what goes in and out.

        Raises
        ------
        AttributeError
            If there was none.
        """
        home = None if self.home is None else self.home()
        call = None if home is None else home.noted_call_of(self)
        call = self.first_call if call is None else call
        if call is None:
            raise AttributeError(
                f"layer {self.name!r} has no input and no output as yet: it was called on no"
                " Input. That is known of layers of a functional model, and of a Sequential whose"
                " input's shape is known."
            )
        return call

    def noted_call_of(self, layer: Any) -> Any:
        """Give the call of a layer inside this one, if its order is known here."""

    @unless_set
    def input(self) -> Any:
        """What the layer is called on, where that is yet to come; see `Model`."""
        args = self.noted_call().args
        return args[0] if len(args) == 1 else list(args)

    @unless_set
    def output(self) -> Any:
        """What the layer gives, where that is yet to come; for ``Model(inputs, layer.output)``."""
        return self.noted_call().outputs

    # -- weights --------------------------------------------------------------------------------

    @unless_set
    def variables(self) -> list[Variable]:
        """All weights; Keras's second name for `weights`."""
        return self.weights

    @unless_set
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes; Keras's second name for `trainable_weights`."""
        return self.trainable_weights

    @unless_set
    def non_trainable_variables(self) -> list[Variable]:
        """The weights that training leaves; Keras's second name for `non_trainable_weights`."""
        return self.non_trainable_weights

    @unless_set
    def losses(self) -> list[Tensor]:
        """
        What the loss is raised by: penalties of weights, and what the last call added.

        Examples
        --------
        >>> from clearprop.nn import Dense
        >>> layer = Dense(1, kernel_initializer="ones", kernel_regularizer="l2")
        >>> layer.build((None, 3))
        >>> [round(float(penalty), 3) for penalty in layer.losses]
        [0.03]
        """
        penalties = [w.regularizer(w) for w in self.trainable_weights if w.regularizer is not None]
        return penalties + self._added()

    def _added(self) -> list[Tensor]:
        found = {id(loss): loss for loss in self.added_losses}  # once each, of shared layers too
        for layer in self.sublayers():
            found.update((id(loss), loss) for loss in layer._added())
        return list(found.values())

    # -- kinds of number ------------------------------------------------------------------------

    @unless_set
    def compute_dtype(self) -> str:
        """The kind of number that it computes in: that of its weights."""
        return self.dtype

    @unless_set
    def variable_dtype(self) -> str:
        """The kind of number of its weights."""
        return self.dtype

    @unless_set
    def dtype_policy(self) -> Any:
        """Its kind of number, as Keras tells it: with a `name`."""
        return SimpleNamespace(name=self.dtype, compute_dtype=self.dtype, variable_dtype=self.dtype)
