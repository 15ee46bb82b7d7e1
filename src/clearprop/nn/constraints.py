"""Bounds that weights are held within: what a weight is put through after each step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, final

from clearprop.core.namespaces import computing_with, no_grad
from clearprop.core.shapes import reduced
from clearprop.core.tensor import RECORDED, Node, Tensor, as_tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.registry import CONSTRAINTS, Configured, OfFunction, found
from clearprop.nn.settings import axes_given, number

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "get_constraint"]

Array = Any

# What Keras adds to a length before it divides by it, so that a weight of zeros stays one.
EPSILON = 1e-7


class Constraint(Configured):
    """
    A rule that gives the nearest weight that is allowed.

    One of your own defines ``rule(self, xp, w)``, pure and written as an operation's rules are;
    or, as it would for Keras, ``__call__(self, w)`` by operations on tensors.

    Examples
    --------
    >>> class Small(Constraint):
    ...     def rule(self, xp, w):
    ...         return xp.clip(w, -1, 1)
    >>> Small()([-3.0, 0.5]).tolist()
    [-1.0, 0.5]
    """

    known = CONSTRAINTS
    kind = "constraint"
    _as_in_keras: ClassVar[Callable[..., Any] | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__call__" in cls.__dict__:  # ours takes xp too, and engines call that
            cls._as_in_keras = cls.__call__
            del cls.__call__

    def __call__(self, xp: Any, w: Any = None) -> Any:
        """
        Give the weight as it is allowed to be.

        Parameters
        ----------
        xp : namespace
            What to compute with; left out in ``constraint(w)``, which gives a tensor.
        w : array
            The weight.
        """
        if w is None:
            return self.rule(RECORDED, as_tensor(xp))
        return self.rule(xp, w)

    def rule(self, xp: Any, w: Array) -> Array:
        """
        Compute, with the arrays of `xp`, the weight as it is allowed to be.

        Raises
        ------
        OptionError
            If a class of one's own has neither a `rule` nor a `__call__`.
        ShapeError
            If what it gives has another shape.
        """
        if self._as_in_keras is None:
            raise OptionError(
                f"the constraint {type(self).__name__} has no rule; define rule(self, xp, w)."
            )
        return on_tensors(self._as_in_keras, xp, w)


class _OfNorms(Constraint):
    """A constraint on the lengths of the vectors that a weight is made of."""

    axis: int | list[int]

    def norms(self, xp: Any, w: Array) -> Array:
        """Give the lengths, with axes of size 1 in place of those that they are along."""
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        try:
            reduced(tuple(w.shape), axis=axis)
        except ShapeError as error:
            error.add_note(f"in the constraint {self!r}, of a weight of shape {tuple(w.shape)}")
            raise
        return xp.sqrt(xp.sum(xp.square(w), axis=axis, keepdims=True))


@final
class MaxNorm(_OfNorms):
    """
    Vectors that are too long are made shorter.

    Parameters
    ----------
    max_value : float
        The greatest length.
    axis : int or list of int
        Along which axes a vector lies: 0 for the weights of a unit of `Dense`, [0, 1, 2] for a
        filter of `Conv2D`.

    Raises
    ------
    OptionError
        If a number is out of range.
    ShapeError
        When applied, if the weight has no such axis.

    Examples
    --------
    >>> MaxNorm(1.0)([[3.0, 0.3], [4.0, 0.4]]).numpy().round(3).tolist()
    [[0.6, 0.3], [0.8, 0.4]]
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0) -> None:
        self.max_value = number("MaxNorm", "max_value", max_value, least=0)
        self.axis = axes_given("MaxNorm", axis)

    def rule(self, xp: Any, w: Array) -> Array:
        norms = self.norms(xp, w)
        return w * (xp.clip(norms, 0, self.max_value) / (norms + EPSILON))


@final
class NonNeg(Constraint):
    """
    Negative elements become 0.

    Examples
    --------
    >>> NonNeg()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    def rule(self, xp: Any, w: Array) -> Array:
        return xp.relu(w)


@final
class UnitNorm(_OfNorms):
    """
    All vectors are made 1 long.

    Parameters
    ----------
    axis : int or list of int
        Along which axes a vector lies: 0 for the weights of a unit of `Dense`, [0, 1, 2] for a
        filter of `Conv2D`.

    Raises
    ------
    OptionError
        If `axis` is no whole number or list of such.
    ShapeError
        When applied, if the weight has no such axis.

    Examples
    --------
    >>> UnitNorm()([[3.0], [4.0]]).numpy().round(3).tolist()
    [[0.6], [0.8]]
    """

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = axes_given("UnitNorm", axis)

    def rule(self, xp: Any, w: Array) -> Array:
        return w / (self.norms(xp, w) + EPSILON)


@final
class MinMaxNorm(_OfNorms):
    """
    Vectors that are too long are made shorter, and those that are too short longer.

    Parameters
    ----------
    min_value, max_value : float
        The least and the greatest length.
    rate : float
        Which part of the way to the nearest length allowed they go in a step, from 0 to 1.
    axis : int or list of int
        Along which axes a vector lies: 0 for the weights of a unit of `Dense`, [0, 1, 2] for a
        filter of `Conv2D`.

    Raises
    ------
    OptionError
        If a number is out of range, or the least length above the greatest.
    ShapeError
        When applied, if the weight has no such axis.

    Examples
    --------
    >>> MinMaxNorm(1.0, 5.0)([[6.0, 0.3], [8.0, 0.4]]).numpy().round(3).tolist()
    [[3.0, 0.6], [4.0, 0.8]]
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | Sequence[int] = 0,
    ) -> None:
        self.min_value = number("MinMaxNorm", "min_value", min_value, least=0)
        self.max_value = number("MinMaxNorm", "max_value", max_value, least=0)
        self.rate = number("MinMaxNorm", "rate", rate, least=0)
        if self.min_value > self.max_value or self.rate > 1:
            raise OptionError(
                "MinMaxNorm: min_value must not be above max_value, and rate not above 1; got"
                f" min_value={min_value!r}, max_value={max_value!r}, rate={rate!r}."
            )
        self.axis = axes_given("MinMaxNorm", axis)

    def rule(self, xp: Any, w: Array) -> Array:
        norms = self.norms(xp, w)
        allowed = xp.clip(norms, self.min_value, self.max_value)
        wanted = self.rate * allowed + (1 - self.rate) * norms
        return w * (wanted / (norms + EPSILON))


@final
class FromFunction(OfFunction, Constraint, listed=False):
    """A function ``(xp, w)`` or ``(w)`` as a constraint; it cannot be saved by name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.takes_xp = _count_arguments(function) == 2

    def rule(self, xp: Any, w: Array) -> Array:
        return self.function(xp, w) if self.takes_xp else on_tensors(self.function, xp, w)


def get_constraint(constraint: Any) -> Any:
    """
    Find a constraint.

    Parameters
    ----------
    constraint : str, dict, Constraint, callable or None
        A name ("max_norm" or "MaxNorm"), what `serialize` wrote, a constraint, a function
        ``(w) -> w`` of a tensor, as for Keras, or a pure rule ``(xp, w) -> w``; None for none.

    Returns
    -------
    Constraint or None
        To be called as ``constraint(xp, w)``.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest. If a function takes other arguments.

    Examples
    --------
    >>> get_constraint("max_norm")
    MaxNorm(max_value=2.0, axis=0)
    """
    if constraint is None:
        return None
    made = found(constraint, Constraint)
    if made is not None:
        return made
    if callable(constraint) and not isinstance(constraint, type):
        return FromFunction(constraint)
    raise OptionError(
        "a constraint is a name, a Constraint, a function of a tensor, or None;"
        f" got {constraint!r}."
    )


def on_tensors(f: Callable[[Tensor], Any], xp: Any, w: Array) -> Array:
    """Apply a function of tensors to what `xp` computes with."""
    if not hasattr(xp, "module"):  # a record or symbols, which take operations as they are
        return _like(f(w), w, f)
    with computing_with(xp), no_grad():
        found = f(Tensor(Node(w)))
    return _like(found.data if isinstance(found, Tensor) else xp.asarray(found), w, f)


def _like(found: Any, w: Array, f: Callable[..., Any]) -> Any:
    if tuple(found.shape) != tuple(w.shape):
        raise ShapeError(
            f"the constraint {f!r} made a weight of shape {tuple(found.shape)} of one of shape"
            f" {tuple(w.shape)}; it must keep the shape."
        )
    return found


def _count_arguments(function: Callable[..., Any]) -> int:
    """Count the arguments that a function has to be given."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # one that is written in C tells nothing
        return 1
    wanted = [
        p
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if len(wanted) not in (1, 2):
        raise OptionError(
            f"a constraint takes (w), or (xp, w); {function!r} takes {len(wanted)} arguments."
        )
    return len(wanted)
