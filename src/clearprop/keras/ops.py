"""Keras's `keras.ops`: the operations under the names, and with the arguments, that Keras has."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop import ops
from clearprop.core.deferred import Deferred
from clearprop.core.op import Op
from clearprop.core.tensor import Tensor, as_tensor, tensor
from clearprop.errors import OptionError
from clearprop.keras import more_ops
from clearprop.keras.absent import finder
from clearprop.keras.more_ops import *  # noqa: F403 - all that it lists
from clearprop.losses import binary_crossentropy as _binary
from clearprop.losses import categorical_crossentropy as _categorical
from clearprop.losses import sparse_categorical_crossentropy as _sparse

# Those of ours that Keras has under another name.
SYNONYMS = {
    "absolute": "abs", "amax": "max", "amin": "min", "arccos": "acos", "arccosh": "acosh",
    "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctan2": "atan2",
    "arctanh": "atanh", "concatenate": "concat", "cumprod": "cumulative_prod",
    "cumsum": "cumulative_sum", "fabs": "abs", "fmax": "maximum", "fmin": "minimum",
    "hard_swish": "hard_silu", "mod": "remainder", "power": "pow",
    "swish": "silu", "true_divide": "divide",
}  # fmt: skip
# Those of ours that are no such operations in Keras.
APART = {
    "average_pool", "clip", "conv", "conv_transpose", "max_pool", "one_hot", "pad", "scatter",
    "segment_sum",
}  # fmt: skip

_own = {
    name: getattr(ops, name)
    for name in ops.__all__
    if isinstance(getattr(ops, name), Op) and name not in APART
}
globals().update(_own)
globals().update({name: getattr(ops, own) for name, own in SYNONYMS.items()})

Array = Any


def _float(x: Any) -> Any:
    """Give numbers as Keras does: fractions in the default kind."""
    from clearprop.nn.precision import floatx

    return np.asarray(x, floatx())


def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Array:
    """
    Make a tensor of an array or of numbers.

    Examples
    --------
    >>> convert_to_tensor([1.0, 2.0]).dtype.name
    'float32'
    """
    if isinstance(x, Tensor | Deferred):
        return x if dtype is None else x.astype(dtype)
    if dtype is None and not hasattr(x, "dtype"):
        x = np.asarray(x)
        dtype = _float(0.0).dtype if x.dtype.kind == "f" else None
    return as_tensor(np.asarray(x, dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """Give a tensor's values."""
    values: np.ndarray = tensor(x, requires_grad=False).numpy()
    return values


array = convert_to_tensor


def is_tensor(x: Any) -> bool:
    """Tell a tensor from everything else."""
    return isinstance(x, Tensor | Deferred)


def shape(x: Any) -> tuple[int | None, ...]:
    """Give the size of each axis."""
    return tuple(x.shape)


def ndim(x: Any) -> int:
    """Count the axes."""
    return len(x.shape)


def size(x: Any) -> int:
    """Count the elements."""
    return int(np.prod(x.shape))


def dtype(x: Any) -> str:
    """Name the kind of number."""
    return str(x.dtype)


def cast(x: Any, dtype: Any) -> Array:
    """Convert to another kind of number."""
    return convert_to_tensor(x).astype(dtype)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Array:
    """
    Count from `start` up to, not including, `stop`.

    Examples
    --------
    >>> arange(3).tolist()
    [0, 1, 2]
    """
    made = np.arange(start) if stop is None else np.arange(start, stop, step or 1)
    return as_tensor(made if dtype is None else made.astype(dtype))


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Array:
    """Give `num` numbers, equally far apart."""
    return as_tensor(_float(np.linspace(start, stop, num, endpoint)))


def zeros(shape: Any, dtype: Any = None) -> Array:
    """Give zeros."""
    return as_tensor(np.zeros(shape, dtype or _float(0.0).dtype))


def ones(shape: Any, dtype: Any = None) -> Array:
    """Give ones."""
    return as_tensor(np.ones(shape, dtype or _float(0.0).dtype))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Array:
    """Give one number again and again."""
    return as_tensor(np.full(shape, fill_value, dtype or _float(0.0).dtype))


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Give ones on a diagonal, and zeros elsewhere."""
    return as_tensor(np.eye(N, M, k, dtype or _float(0.0).dtype))


identity = eye


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Give ones on and below a diagonal, and zeros above."""
    return as_tensor(np.tri(N, M, k, dtype or _float(0.0).dtype))


empty, saturate_cast = zeros, cast


def zeros_like(x: Any, dtype: Any = None) -> Array:
    """Give zeros of a tensor's shape."""
    return (x * 0) if dtype is None else (x * 0).astype(dtype)


empty_like = zeros_like


def ones_like(x: Any, dtype: Any = None) -> Array:
    """Give ones of a tensor's shape."""
    return zeros_like(x, dtype) + 1


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Array:
    """Give one number in a tensor's shape."""
    return zeros_like(x, dtype) + fill_value


def transpose(x: Any, axes: Sequence[int] | None = None) -> Array:
    """
    Put the axes in another order; reversed by default.

    Examples
    --------
    >>> transpose(np.zeros((2, 3, 4))).shape
    (4, 3, 2)
    """
    order = tuple(reversed(range(len(x.shape)))) if axes is None else tuple(axes)
    return ops.permute_dims(x, axes=order)


def swapaxes(x: Any, axis1: int, axis2: int) -> Array:
    """Let two axes change places."""
    order = list(range(len(x.shape)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return ops.permute_dims(x, axes=tuple(order))


def ravel(x: Any) -> Array:
    """Put all elements in one row."""
    return ops.reshape(x, shape=(-1,))


def get_item(x: Any, key: Any) -> Array:
    """Give ``x[key]``."""
    return x[key]


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Array:
    """
    Give, for each label, a row of zeros with a one at its place.

    Examples
    --------
    >>> one_hot(np.array([1, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    made = ops.one_hot(x, num_classes=num_classes)
    made = made if axis == -1 else ops.moveaxis(made, source=-1, destination=axis)
    return made.astype(dtype or _float(0.0).dtype)


def clip(x: Any, x_min: Any, x_max: Any) -> Array:
    """Hold elements within bounds."""
    return ops.clip(x, min=x_min, max=x_max)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Array:
    """
    Put a border around a tensor, of one number.

    Raises
    ------
    OptionError
        If `mode` is another than "constant".
    """
    if mode != "constant":
        raise OptionError(f"pad: mode must be 'constant'; got {mode!r}.")
    if isinstance(pad_width, int):
        pad_width = ((pad_width, pad_width),) * len(x.shape)
    widths = tuple((int(a), int(b)) for a, b in pad_width)
    return ops.pad(x, widths=widths, value=constant_values or 0.0)


def average(x: Any, axis: Any = None, weights: Any = None) -> Array:
    """Average elements, by their weights if there are any."""
    if weights is None:
        return ops.mean(x, axis=axis)
    return ops.sum(x * weights, axis=axis) / ops.sum(weights + x * 0, axis=axis)


def dot(x1: Any, x2: Any) -> Array:
    """Multiply vectors or matrices."""
    if not getattr(x1, "shape", ()) or not getattr(x2, "shape", ()):
        return ops.multiply(x1, x2)
    return ops.matmul(x1, x2) if len(x2.shape) < 3 else ops.tensordot(x1, x2, axes=((-1,), (-2,)))


def divide_no_nan(x1: Any, x2: Any) -> Array:
    """Divide, and give 0 where the divisor is 0."""
    safe = ops.where(ops.equal(x2, 0), 1.0, x2)
    return ops.where(ops.equal(x2, 0), 0.0, ops.divide(x1, safe))


def rsqrt(x: Any) -> Array:
    """Give 1 over the root."""
    return ops.divide(1.0, ops.sqrt(x))


def exp2(x: Any) -> Array:
    """Give 2 to the power of each element."""
    return ops.pow(2.0, x)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Give the length of vectors, by the 1-, 2- (the default) or the largest-element norm."""
    if ord in (None, 2, "euclidean", "fro"):
        return ops.sqrt(ops.sum(ops.square(x), axis=axis, keepdims=keepdims))
    if ord == 1:
        return ops.sum(ops.abs(x), axis=axis, keepdims=keepdims)
    if ord in (np.inf, "inf"):
        return ops.max(ops.abs(x), axis=axis, keepdims=keepdims)
    return ops.pow(ops.sum(ops.pow(ops.abs(x), ord), axis=axis, keepdims=keepdims), 1.0 / ord)


def normalize(x: Any, axis: int = -1, order: Any = 2, epsilon: float | None = None) -> Array:
    """Divide vectors by their length."""
    least = 1e-7 if epsilon is None else epsilon
    return ops.divide(x, ops.maximum(norm(x, order, axis, True), least))


def moments(x: Any, axes: Any, keepdims: bool = False) -> tuple[Array, Array]:
    """Give mean and variance."""
    return ops.mean(x, axis=axes, keepdims=keepdims), ops.var(x, axis=axes, keepdims=keepdims)


def hstack(xs: Sequence[Any]) -> Array:
    """Put tensors side by side."""
    return ops.concat(list(xs), axis=0 if len(xs[0].shape) == 1 else 1)


def vstack(xs: Sequence[Any]) -> Array:
    """Put tensors one under the other."""
    rows = [ops.expand_dims(x, axis=0) if len(x.shape) == 1 else x for x in xs]
    return ops.concat(rows, axis=0)


def diff(x: Any, n: int = 1, axis: int = -1) -> Array:
    """Subtract from each element the one before, `n` times."""
    last = ops.moveaxis(x, source=axis, destination=-1)
    for _ in range(n):
        last = last[..., 1:] - last[..., :-1]
    return ops.moveaxis(last, source=-1, destination=axis)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Array:
    """Give the binary cross-entropy of each element."""
    t, y = ops.expand_dims(target, axis=-1), ops.expand_dims(output, axis=-1)
    return _binary(t, y, from_logits=from_logits)


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Array:
    """Give the cross-entropy of each row of shares."""
    return _categorical(target, output, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Array:
    """Give the cross-entropy of each row of shares for the class that is right."""
    return _sparse(target, output, from_logits=from_logits, axis=axis)


__all__ = sorted(
    {*_own, *SYNONYMS, *more_ops.__all__,
     *(n for n, v in list(globals().items()) if n.islower() and n[0] != "_"
                         and getattr(v, "__module__", "") == __name__)}
)  # fmt: skip
nn = numpy = linalg = sys.modules[__name__]  # Keras has its operations there a second time
__getattr__ = finder("ops", __all__)
