"""A function to be checked: its inputs as arrays, its results as a row of numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, no_grad, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Tensor, as_tensor, leaf
from clearprop.core.tree import flatten, paths, unflatten
from clearprop.errors import DTypeError, GradientError

__all__ = ["Direction", "Measured", "along"]

Index = tuple[int, ...]
Direction = Index | np.ndarray  # one entry of an input, or all of them together


class Measured:
    """
    A function and where it is looked at.

    Parameters
    ----------
    f : callable
        From arrays or trees of them to an array or a tree of them.
    inputs : sequence
        Its arguments.

    Attributes
    ----------
    arrays : list of ndarray
        The inputs, taken apart.
    names : list of str
        What each is called in `f`.
    moving : list of int
        Which have gradients.
    held : list of (str, str)
        The names and kinds of number of the rest.

    Raises
    ------
    GradientError
        If no input has gradients.
    """

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any]) -> None:
        self.f = f
        leaves, self.form = flatten(list(inputs))
        self.arrays = [_array(x) for x in leaves]
        self.names = [_name(f, path) for path in paths(list(inputs))]
        pairs = list(enumerate(zip(self.names, self.arrays, strict=True)))
        self.moving = [i for i, (_, x) in pairs if x.dtype.kind == "f"]
        self.held = [(name, str(x.dtype)) for _, (name, x) in pairs if x.dtype.kind != "f"]
        if not self.moving:
            kinds = ", ".join(" ".join(pair) for pair in self.held) or "no array"
            raise GradientError(f"gradcheck needs an input of floating-point numbers; got {kinds}.")

    def numbers(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """Compute the function, unrecorded, and give all numbers of its result in a row."""
        with no_grad():
            results, _ = self._results([leaf(x, requires_grad=False) for x in arrays])
        return np.concatenate([np.asarray(y.data, np.float64).reshape(-1) for y in results])

    def recorded(self) -> Recorded:
        """Compute the function on a record."""
        with recording():
            starts = [leaf(x, requires_grad=i in self.moving) for i, x in enumerate(self.arrays)]
            return Recorded(starts, *self._results(starts))

    def _results(self, tensors: Sequence[Tensor]) -> tuple[list[Tensor], list[str]]:
        made = self.f(*unflatten(self.form, tensors))
        leaves, _ = flatten(made)
        if not leaves:
            raise GradientError("gradcheck: the function gave no array. Does it lack a return?")
        results = [as_tensor(y) for y in leaves]
        for y in results:
            if y.dtype.kind != "f":
                raise GradientError(
                    f"gradcheck: the function's result has dtype {y.dtype}, which has no gradients."
                )
        return results, paths(made)

    def path(
        self, i: int, direction: Direction, weights: np.ndarray
    ) -> Callable[[float], np.ndarray]:
        """Give the weighted sums of the results while the i-th input moves."""

        @cache
        def sums(step: float) -> np.ndarray:
            moved = self.arrays[i].copy()
            if isinstance(direction, tuple):
                moved[direction] += step
            else:
                moved += (step * direction).astype(moved.dtype)
            at = [moved if k == i else x for k, x in enumerate(self.arrays)]
            found: np.ndarray = weights @ self.numbers(at)
            return found

        return sums

    def precision(self) -> float:
        """Tell the relative rounding error of the least precise input."""
        return max(float(np.finfo(self.arrays[i].dtype).eps) for i in self.moving)


class Recorded:
    """One recorded call of the function, to take gradients back through."""

    def __init__(
        self, starts: Sequence[Tensor], results: Sequence[Tensor], names: Sequence[str]
    ) -> None:
        self.starts, self.results = starts, results
        self.names = [
            name + (f"[{', '.join(map(str, at))}]" if at else "")
            for y, name in zip(results, names, strict=True)
            for at in np.ndindex(y.shape)
        ]

    def gradients(self, weights: np.ndarray) -> list[np.ndarray | None]:
        """Differentiate the weighted sum of the results; None where no record leads."""
        total: list[np.ndarray | None] = [None] * len(self.starts)
        at = 0
        for y in self.results:
            seed = weights[at : at + y.size].reshape(y.shape).astype(y.dtype)
            at += y.size
            if not y.requires_grad:
                continue
            shares = walk(y.node, seed, [t.node for t in self.starts], NUMPY, plain)
            total = [
                b if a is None else a if b is None else a + b
                for a, b in zip(total, shares, strict=True)
            ]
        return total


def along(gradient: np.ndarray, direction: Direction) -> float:
    """Tell how fast things change in a direction."""
    if isinstance(direction, tuple):
        return float(gradient[direction])
    return float(np.sum(gradient * direction))


def _array(x: Any) -> np.ndarray:
    """Copy an input; Python's whole numbers are meant as real ones, as in `tensor`."""
    values = np.array(x.data if isinstance(x, Tensor) else x)
    if values.dtype.kind not in "biuf":
        raise DTypeError(f"gradcheck takes arrays and numbers; got {type(x).__name__} {x!r}.")
    return values.astype(np.float64) if type(x) is int else values


def _name(f: Callable[..., Any], path: str) -> str:
    """Name an input as the function does: ``[0]['w']`` is ``p['w']``."""
    number, _, rest = path[1:].partition("]")
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # some built-in functions do not tell
        parameters = []
    named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if int(number) < len(named):
        return named[int(number)].name + rest
    return f"inputs[{number}]{rest}"
