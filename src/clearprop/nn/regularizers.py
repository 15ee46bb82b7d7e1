"""Penalties on weights and outputs: what raises the loss although no target was missed."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.nn.registry import REGULARIZERS, Configured, OfFunction, found
from clearprop.nn.settings import number

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "get_regularizer",
]


class Regularizer(Configured):
    """
    A rule for a penalty: called with a tensor, it gives the number that the loss is raised by.

    One of your own defines ``__call__(self, x)`` by operations on tensors, and keeps its arguments
    as attributes of their names, or says in `get_config` which they are; then models that hold it
    can be saved and loaded.

    Examples
    --------
    >>> import clearprop as cp
    >>> class Spread(Regularizer):
    ...     def __init__(self, factor=0.1):
    ...         self.factor = factor
    ...
    ...     def __call__(self, x):
    ...         return self.factor * cp.var(x)
    >>> Spread(0.5)(cp.tensor([1.0, 3.0])).item()
    0.5
    """

    known = REGULARIZERS
    kind = "regularizer"

    def __call__(self, x: Tensor) -> Any:
        """
        Compute the penalty.

        Parameters
        ----------
        x : Tensor
            A weight or an output.

        Returns
        -------
        Tensor, shape ()
        """
        raise OptionError(
            f"the regularizer {type(self).__name__} has no rule; define __call__(self, x)."
        )


@final
class L1L2(Regularizer):
    r"""
    The sum of absolute values, and that of squares, each times a factor.

    .. math:: \lambda_1 \sum |w| + \lambda_2 \sum w^2

    Parameters
    ----------
    l1, l2 : float
        The factors, at least 0.

    Raises
    ------
    OptionError
        If a factor is negative or not finite.

    Examples
    --------
    >>> import clearprop as cp
    >>> L1L2(l1=1.0, l2=2.0)(cp.tensor([-1.0, 3.0])).item()
    24.0
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = number("L1L2", "l1", 0.0 if l1 is None else l1, least=0)
        self.l2 = number("L1L2", "l2", 0.0 if l2 is None else l2, least=0)

    def __call__(self, x: Tensor) -> Any:
        x = as_tensor(x)
        if self.l1 and self.l2:
            return self.l1 * ops.sum(ops.abs(x)) + self.l2 * ops.sum(ops.square(x))
        if self.l1:
            return self.l1 * ops.sum(ops.abs(x))
        if self.l2:
            return self.l2 * ops.sum(ops.square(x))
        return as_tensor(np.zeros((), x.dtype))


@final
class L1(Regularizer):
    r"""
    The sum of absolute values, times a factor: draws what is of little use to 0.

    .. math:: \lambda_1 \sum |w|

    Parameters
    ----------
    l1 : float
        The factor, at least 0.

    Raises
    ------
    OptionError
        If it is negative or not finite.

    Examples
    --------
    >>> import clearprop as cp
    >>> L1(0.5)(cp.tensor([-1.0, 3.0])).item()
    2.0
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = number("L1", "l1", 0.01 if l1 is None else l1, least=0)

    def __call__(self, x: Tensor) -> Any:
        return self.l1 * ops.sum(ops.abs(x))


@final
class L2(Regularizer):
    r"""
    The sum of squares, times a factor: keeps everything small.

    There is no half in it.

    .. math:: \lambda_2 \sum w^2

    Parameters
    ----------
    l2 : float
        The factor, at least 0.

    Raises
    ------
    OptionError
        If it is negative or not finite.

    Examples
    --------
    >>> import clearprop as cp
    >>> L2(0.5)(cp.tensor([-1.0, 3.0])).item()
    5.0
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = number("L2", "l2", 0.01 if l2 is None else l2, least=0)

    def __call__(self, x: Tensor) -> Any:
        return self.l2 * ops.sum(ops.square(x))


@final
class OrthogonalRegularizer(Regularizer):
    """
    How far the rows (or columns) of a matrix are from being at right angles to each other.

    The mean, over all pairs, of the size of their products once each has length 1, times a factor.

    Parameters
    ----------
    factor : float
        The factor, at least 0.
    mode : {"rows", "columns"}
        What is compared.

    Raises
    ------
    OptionError
        If `factor` is negative or not finite, or `mode` neither.
    ShapeError
        When called, if it is no matrix of two rows (columns) at least.

    Examples
    --------
    >>> import clearprop as cp
    >>> round(OrthogonalRegularizer(1.0)(cp.tensor([[3.0, 0.0], [4.0, 3.0]])).item(), 6)
    0.8
    """

    MODES = ("rows", "columns")

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = number("OrthogonalRegularizer", "factor", factor, least=0)
        if mode not in self.MODES:
            raise unknown("mode", mode, self.MODES)
        self.mode = mode

    def __call__(self, x: Tensor) -> Any:
        along = 1 if self.mode == "rows" else 0
        n = x.shape[1 - along] if x.ndim == 2 else 0
        if n < 2:
            raise ShapeError(
                f"OrthogonalRegularizer compares the {self.mode} of a matrix, two of them at least;"
                f" got shape {x.shape}."
            )
        # 1e-14 is the square of Keras's smallest length, 1e-7; below it, a length counts as that.
        length = ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=along, keepdims=True), 1e-14))
        unit = x / length
        rows = unit if self.mode == "rows" else ops.matrix_transpose(unit)
        products = ops.matmul(rows, ops.matrix_transpose(rows))  # (n, n)
        others = ops.keep(products, ~np.eye(n, dtype=bool))
        return ops.sum(ops.abs(others)) * (self.factor / (n * (n - 1)))


@final
class FromFunction(OfFunction, Regularizer, listed=False):
    """A function ``(x) -> number`` as a regularizer; it cannot be saved by name."""

    def __call__(self, x: Tensor) -> Any:
        penalty = as_tensor(self.function(x))
        if penalty.size != 1:
            raise ShapeError(
                f"a regularizer gives one number; {self.function!r} gave shape {penalty.shape}."
                " Add up what it gives: cp.sum(...)."
            )
        return penalty if not penalty.ndim else ops.reshape(penalty, shape=())


def get_regularizer(regularizer: Any) -> Any:
    """
    Find a regularizer.

    Parameters
    ----------
    regularizer : str, dict, Regularizer, callable or None
        A name ("l2" or "L2"), what `serialize` wrote, a regularizer, a function ``(x) -> number``
        of a tensor, or None for none.

    Returns
    -------
    Regularizer or None

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get_regularizer("l2")
    L2(l2=0.01)
    """
    if regularizer is None:
        return None
    made = found(regularizer, Regularizer, {"l1_l2": "L1L2"})
    if made is not None:
        return made
    if callable(regularizer) and not isinstance(regularizer, type):
        return FromFunction(regularizer)
    raise OptionError(
        "a regularizer is a name, a Regularizer, a function of a tensor, or None;"
        f" got {regularizer!r}."
    )
