"""A function beside its derivative, f(x) and f′(x): nothing comes in, and nothing is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.handing import is_output
from clearprop.doctor.submitted.signature import (
    BACKWARD,
    DERIVATIVE,
    FORWARD,
    FUNCTION,
    LOSS,
    arguments,
    first_of,
    roles,
)
from clearprop.doctor.submitted.snapshot import Snapshot, functions_of
from clearprop.doctor.submitted.subject import Asked
from clearprop.doctor.submitted.variables import is_numbers, places

__all__ = ["Local", "local_of", "local_of_object"]

_DERIVATIVE = re.compile(r"(?i)prime|deriv|slope|^d_?[a-z]+$|_d$|grad|미분|도함수|기울기")


class Local(NamedTuple):
    """
    A function with its derivative, as a way forward and a way back.

    Attributes
    ----------
    forward, backward : callable
        ``x → (y, what the derivative is taken of)``, ``(dout, that) → dx``.
    of_output : bool
        Whether the derivative is handed the output.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    of_output: bool


def local_of(f: Any, slope: Any, asked: Asked, budget: Budget, name: str = "") -> Local | None:
    """
    Take a function and its derivative for a layer; None where the second is a way back.

    A way back knows where the function was: it remembers, or is handed the gradient that comes
    in, to which its result is proportional. A derivative is neither.

    Parameters
    ----------
    f, slope : callable
    asked : Asked
    budget : Budget
    name : str
        The second's, if it is not its own.
    """
    if len(asked.xs) != 1 or asked.t is not None or asked.params is not None:
        return None
    needed, x = arguments(slope)[0], asked.xs[0]
    if len(needed) != 1 or len(arguments(f)[0]) != 1 or not is_numbers(x):
        return None
    if roles(needed).get(needed[0]) == "upstream":
        return None
    x = np.array(x, dtype=np.float64) if np.ndim(x) else float(x)
    title = name or getattr(slope, "__name__", "")
    before = Snapshot(f, slope)
    try:
        y, d = _at(budget, f, slope, x)
        if np.shape(y) != np.shape(x) or not _fits(d, x):
            return None
        if _remembers(budget, f, slope, x, d):
            return None
        linear = _same(_of(budget, slope, 2 * x), 2 * d) and _same(_of(budget, slope, -x), -d)
        if linear and _same(_of(budget, f, 2 * x), 2 * y):
            return None
        if linear and not _DERIVATIVE.search(title) and not _right(budget, f, slope, x):
            return None
        of_output = _of_output(budget, f, slope, x, needed[0])
    except Failed:
        return None
    finally:
        before.restore()

    def forward(x: Any) -> Any:
        y = f(x)
        return y, (y if of_output else x)

    def backward(dout: Any, cache: Any) -> Any:
        return _multiplied(dout, np.asarray(slope(cache)))

    return Local(forward, backward, of_output)


def local_of_object(thing: Any, asked: Asked, budget: Budget) -> Local | None:
    """
    Find a function and its derivative among an object's methods.

    Parameters
    ----------
    thing : object
    asked : Asked
    budget : Budget
    """
    if asked.t is not None or len(asked.xs) != 1 or places(thing, numbers_too=False):
        return None
    functions = functions_of(thing)
    ahead = first_of((*FORWARD, *FUNCTION), functions)
    if ahead is None or first_of(LOSS, functions) is not None:
        return None
    rest = {n: f for n, f in functions.items() if n != ahead}
    back = first_of((*BACKWARD, *DERIVATIVE), rest)
    if back is None:
        return None
    return local_of(functions[ahead], functions[back], asked, budget, back)


def _of(budget: Budget, f: Any, x: Any) -> np.ndarray:
    y = budget.call("forward", f, x if np.ndim(x) == 0 else np.array(x))
    if not is_numbers(y):
        raise Failed("raised", "forward")
    return np.asarray(y, dtype=np.float64)


def _at(budget: Budget, f: Any, slope: Any, x: Any) -> tuple[np.ndarray, np.ndarray]:
    return _of(budget, f, x), _of(budget, slope, x)


def _fits(d: np.ndarray, x: Any) -> bool:
    """Tell slopes entry by entry, and Jacobians: of a vector, or of each row."""
    shape = np.shape(x)
    return d.shape == shape or (1 <= len(shape) <= 2 and d.shape == (*shape, shape[-1]))


def _remembers(budget: Budget, f: Any, slope: Any, x: Any, d: np.ndarray) -> bool:
    """Tell whether what the second gives depends on where the first was asked before."""
    _of(budget, f, 0.5 * x + 0.3)
    return not _same(_of(budget, slope, x), d)


def _of_output(budget: Budget, f: Any, slope: Any, x: Any, name: str) -> bool:
    """Tell whether a derivative is meant to be handed the output: where that alone is right."""
    if _right(budget, f, slope, x):
        return False
    return _right(budget, f, slope, x, _of(budget, f, x)) or is_output(name)


def _right(budget: Budget, f: Any, slope: Any, x: Any, at: Any = None) -> bool:
    """Tell whether a derivative is that of a function, taken of x, or of what is given."""
    h = 1e-5
    due = (_of(budget, f, x + h) - _of(budget, f, x - h)) / (2 * h)
    given = _multiplied(np.ones(np.shape(x)), _of(budget, slope, x if at is None else at))
    return np.shape(given) == due.shape and bool(np.allclose(given, due, rtol=1e-4, atol=1e-6))


def _multiplied(dout: Any, d: np.ndarray) -> Any:
    g = np.asarray(dout)
    return g * d if d.ndim == g.ndim else np.einsum("...k,...kj->...j", g, d)


def _same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))
