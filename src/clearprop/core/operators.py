"""The operators and methods that tensors and symbols share, by the array API standard's names."""

from __future__ import annotations

import operator
from typing import Any, Self, TypeAlias

import numpy as np

from clearprop.errors import DTypeError

__all__ = ["Operators"]

Operand: TypeAlias = Any
Axis: TypeAlias = int | tuple[int, ...] | None


# What NumPy calls otherwise than the array API standard does.
SPELLED = {
    "absolute": "abs", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh",
    "arctan": "atan", "arctan2": "atan2", "arctanh": "atanh", "power": "pow", "rint": "round",
}  # fmt: skip
SIGNS = {"bitwise_and": "and_", "bitwise_or": "or_", "bitwise_xor": "xor", "invert": "invert"}


def _only_none(dtype: Any, out: Any) -> None:
    """Refuse what NumPy's functions hand on and is not done here."""
    if dtype is not None or out is not None:
        raise TypeError("a tensor takes neither dtype nor out; convert it by .astype(dtype).")


class Operators:
    """Spell ``x + y`` as ``xp.add(x, y)``, with the namespace `xp` of whatever `x` is."""

    __slots__ = ()
    _xp: Any  # the namespace of the subclass

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Do for NumPy's functions, and for an ndarray on the left, what the namespace does."""
        name = ufunc.__name__
        if set(options) == {"out"} and options["out"][0] is inputs[0]:
            options = {}  # ``array += x``: what is called so from now on is the tensor
        if method == "__call__" and not options:
            if name in SIGNS and len(inputs) == 2:
                sign = getattr(operator, SIGNS[name])
                a, b = inputs
                return sign(b, a) if b is self else sign(a, b)
            own = getattr(self._xp, SPELLED.get(name, name), None)
            if own is not None:
                return own(*inputs)
        call = name if method == "__call__" else f"{name}.{method}"
        given = f" with {', '.join(options)}" if options else ""
        raise TypeError(
            f"np.{call}{given} is not done on tensors. clearprop.ops has functions that are; "
            "x.numpy() gives the numbers alone, and ends the way back."
        )

    def __add__(self, other: Operand) -> Self:
        return self._xp.add(self, other)

    def __radd__(self, other: Operand) -> Self:
        return self._xp.add(other, self)

    def __sub__(self, other: Operand) -> Self:
        return self._xp.subtract(self, other)

    def __rsub__(self, other: Operand) -> Self:
        return self._xp.subtract(other, self)

    def __mul__(self, other: Operand) -> Self:
        return self._xp.multiply(self, other)

    def __rmul__(self, other: Operand) -> Self:
        return self._xp.multiply(other, self)

    def __truediv__(self, other: Operand) -> Self:
        return self._xp.divide(self, other)

    def __rtruediv__(self, other: Operand) -> Self:
        return self._xp.divide(other, self)

    def __floordiv__(self, other: Operand) -> Self:
        return self._xp.floor_divide(self, other)

    def __rfloordiv__(self, other: Operand) -> Self:
        return self._xp.floor_divide(other, self)

    def __mod__(self, other: Operand) -> Self:
        return self._xp.remainder(self, other)

    def __rmod__(self, other: Operand) -> Self:
        return self._xp.remainder(other, self)

    def __pow__(self, other: Operand) -> Self:
        return self._xp.pow(self, other)

    def __rpow__(self, other: Operand) -> Self:
        return self._xp.pow(other, self)

    def __matmul__(self, other: Operand) -> Self:
        return self._xp.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> Self:
        return self._xp.matmul(other, self)

    def __neg__(self) -> Self:
        return self._xp.negative(self)

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self._xp.abs(self)

    def __invert__(self) -> Self:
        return self._xp.logical_not(_truths("~", self))

    def __and__(self, other: Operand) -> Self:
        return self._xp.logical_and(_truths("&", self), _truths("&", other))

    __rand__ = __and__

    def __or__(self, other: Operand) -> Self:
        return self._xp.logical_or(_truths("|", self), _truths("|", other))

    __ror__ = __or__

    def __xor__(self, other: Operand) -> Self:
        return self._xp.logical_xor(_truths("^", self), _truths("^", other))

    __rxor__ = __xor__

    def __lt__(self, other: Operand) -> Self:
        return self._xp.less(self, other)

    def __le__(self, other: Operand) -> Self:
        return self._xp.less_equal(self, other)

    def __gt__(self, other: Operand) -> Self:
        return self._xp.greater(self, other)

    def __ge__(self, other: Operand) -> Self:
        return self._xp.greater_equal(self, other)

    def __eq__(self, other: Operand) -> Self:  # type: ignore[override]
        return self._xp.equal(self, other)

    def __ne__(self, other: Operand) -> Self:  # type: ignore[override]
        return self._xp.not_equal(self, other)

    __hash__ = object.__hash__  # identity, although == compares elements

    def __getitem__(self, key: Any) -> Self:
        if type(key) is not int and type(key) is not slice:
            key = _static(key)
        return self._xp.index(self, key=key)

    @property
    def T(self) -> Self:  # noqa: N802 - NumPy's name
        """The matrix transposed (two axes only)."""
        return self._xp.matrix_transpose(self)

    @property
    def mT(self) -> Self:  # noqa: N802
        """The last two axes swapped."""
        return self._xp.matrix_transpose(self)

    # NumPy's functions of these names call them, with None for its `dtype` and `out`: np.mean(x).

    def sum(
        self, axis: Axis = None, dtype: None = None, out: None = None, *, keepdims: bool = False
    ) -> Self:
        """Add the elements along `axis`."""
        _only_none(dtype, out)
        return self._xp.sum(self, axis=axis, keepdims=keepdims)

    def mean(
        self, axis: Axis = None, dtype: None = None, out: None = None, *, keepdims: bool = False
    ) -> Self:
        """Average the elements along `axis`."""
        _only_none(dtype, out)
        return self._xp.mean(self, axis=axis, keepdims=keepdims)

    def prod(
        self, axis: Axis = None, dtype: None = None, out: None = None, *, keepdims: bool = False
    ) -> Self:
        """Multiply the elements along `axis`."""
        _only_none(dtype, out)
        return self._xp.prod(self, axis=axis, keepdims=keepdims)

    def max(
        self, axis: Axis = None, dtype: None = None, out: None = None, *, keepdims: bool = False
    ) -> Self:
        """Find the largest element along `axis`."""
        _only_none(dtype, out)
        return self._xp.max(self, axis=axis, keepdims=keepdims)

    def min(
        self, axis: Axis = None, dtype: None = None, out: None = None, *, keepdims: bool = False
    ) -> Self:
        """Find the smallest element along `axis`."""
        _only_none(dtype, out)
        return self._xp.min(self, axis=axis, keepdims=keepdims)

    def var(
        self, axis: Axis = None, dtype: None = None, out: None = None, ddof: float = 0.0, *,
        correction: float = 0.0, keepdims: bool = False,
    ) -> Self:  # fmt: skip
        """Average the squared distance from the mean along `axis`."""
        _only_none(dtype, out)
        return self._xp.var(self, axis=axis, correction=correction or ddof, keepdims=keepdims)

    def std(
        self, axis: Axis = None, dtype: None = None, out: None = None, ddof: float = 0.0, *,
        correction: float = 0.0, keepdims: bool = False,
    ) -> Self:  # fmt: skip
        """Take the root of `var`."""
        _only_none(dtype, out)
        return self._xp.std(self, axis=axis, correction=correction or ddof, keepdims=keepdims)

    def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Self:
        """Find the place of the largest element along `axis`."""
        return self._xp.argmax(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Self:
        """Arrange the same elements in another shape, one size of which may be -1."""
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return self._xp.reshape(self, shape=tuple(sizes))

    def astype(self, dtype: Any) -> Self:
        """Convert the elements to another kind of number."""
        return self._xp.astype(self, dtype=dtype)


def _static(key: Any) -> Any:
    """Replace tensors and lists in an index by the numbers they hold now: it is no input."""
    if isinstance(key, tuple):
        return tuple(map(_static, key))
    if isinstance(key, list):
        return np.asarray(key) if key else np.zeros(0, np.int64)
    return np.asarray(key) if isinstance(key, Operators) else key


def _truths(sign: str, x: Operand) -> Operand:
    """Refuse numbers: on bits, these signs would mean something else in every array library."""
    dtype = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    if dtype != np.bool:
        raise DTypeError(
            f"{sign} works on booleans; got {dtype}. Compare first, as in (x > 0) {sign} (y > 0),"
            " or call cp.logical_and, logical_or, logical_xor or logical_not."
        )
    return x
