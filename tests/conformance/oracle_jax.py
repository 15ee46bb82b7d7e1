"""
Every operation once more, written plainly with JAX, whose own derivatives are then the answer.

One line each: ``name: f(*arrays, **params)``. Nothing here may come from the library itself.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn
from jax.scipy.special import erf, erfc, logsumexp

from tests.conformance.oracle_recurrence import RECURRENCE
from tests.conformance.oracle_windows import WINDOWS


def others(x, axis=None):
    """Multiply all but one, for each one in turn."""
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    there = sorted(a % x.ndim for a in axes)
    rows = jnp.moveaxis(x, there, range(-len(there), 0))
    flat = rows.reshape(*rows.shape[: x.ndim - len(there)], -1)
    kept = jnp.where(jnp.eye(flat.shape[-1], dtype=bool), 1.0, flat[..., None, :])
    return jnp.moveaxis(jnp.prod(kept, -1).reshape(rows.shape), range(-len(there), 0), there)


def pad(x, widths, value=0.0):
    if not isinstance(widths, int) and all(isinstance(w, int) for w in widths):
        widths = (widths,) * x.ndim
    return jnp.pad(x, widths, constant_values=value)


def added(x, indices, values, axis=0):
    return x.at[(*[slice(None)] * (axis % x.ndim), indices)].add(values)


def segments(values, indices, size, axis=0):
    rank = values.ndim - indices.ndim + 1
    a = axis % rank
    shape = (*values.shape[:a], size, *values.shape[a + indices.ndim :])
    return added(jnp.zeros(shape, values.dtype), indices, values, a)


def added_along(values, indices, size, axis=-1):
    rows, at = jnp.moveaxis(values, axis, -1), jnp.moveaxis(indices, axis, -1)
    return jnp.moveaxis(jnp.einsum("...m,...ms->...s", rows, nn.one_hot(at, size)), -1, axis)


def of_labels(logits, labels, axis=-1):
    at = jnp.expand_dims(labels, axis)
    return -jnp.take_along_axis(nn.log_softmax(logits, axis), at, axis).squeeze(axis)


def take(x, indices, axis=None):
    return jnp.take(x, indices, axis=0 if axis is None else axis)


ARITHMETIC = {
    "alias": lambda x: x,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "floor_divide": lambda a, b: lax.stop_gradient(a // b),
    "remainder": lambda a, b: a - b * lax.stop_gradient(jnp.floor(a / b)),
    "negative": lambda x: -x,
    "positive": lambda x: +x,
    "abs": lambda x: jnp.where(x < 0, -x, x),
    "sign": jnp.sign,
    "copysign": lambda a, b: jnp.where((a < 0) == (b < 0), a, -a),
    "reciprocal": lambda x: 1 / x,
    "square": lambda x: x * x,
    "sqrt": lambda x: x**0.5,
    "pow": lambda a, b: jnp.exp(b * jnp.log(a)),
    "hypot": lambda a, b: jnp.sqrt(a * a + b * b),
    "maximum": jnp.maximum,
    "minimum": jnp.minimum,
    "clip": lambda x, min=None, max=None: jnp.clip(x, min, max),
    "where": jnp.where,
    "keep": lambda x, condition: jnp.where(condition, x, 0.0),
    "floor": jnp.floor,
    "ceil": jnp.ceil,
    "round": jnp.round,
    "trunc": jnp.trunc,
    "astype": lambda x, dtype: x.astype(dtype),
}

COMPARISON = {
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "logical_and": lambda a, b: a & b,
    "logical_or": lambda a, b: a | b,
    "logical_xor": lambda a, b: a ^ b,
    "logical_not": lambda x: ~x,
    "isnan": lambda x: x != x,
    "isinf": lambda x: jnp.abs(x) == jnp.inf,
    "isfinite": lambda x: jnp.abs(x) < jnp.inf,
}

TRANSCENDENTAL = {
    "exp": jnp.exp,
    "expm1": jnp.expm1,
    "log": jnp.log,
    "log2": lambda x: jnp.log(x) / jnp.log(2.0),
    "log10": lambda x: jnp.log(x) / jnp.log(10.0),
    "log1p": jnp.log1p,
    "logaddexp": lambda a, b: jnp.log(jnp.exp(a) + jnp.exp(b)),
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tan": lambda x: jnp.sin(x) / jnp.cos(x),
    "asin": jnp.arcsin,
    "acos": jnp.arccos,
    "atan": jnp.arctan,
    "atan2": jnp.arctan2,
    "sinh": lambda x: (jnp.exp(x) - jnp.exp(-x)) / 2,
    "cosh": lambda x: (jnp.exp(x) + jnp.exp(-x)) / 2,
    "tanh": jnp.tanh,
    "asinh": jnp.arcsinh,
    "acosh": jnp.arccosh,
    "atanh": jnp.arctanh,
    "erf": erf,
    "erfc": erfc,
}

ACTIVATIONS = {
    "sigmoid": nn.sigmoid,
    "log_sigmoid": nn.log_sigmoid,
    "softplus": nn.softplus,
    "relu": nn.relu,
    "relu6": nn.relu6,
    "leaky_relu": lambda x, negative_slope=0.2: nn.leaky_relu(x, negative_slope),
    "threshold": lambda x, threshold, default_value: jnp.where(x > threshold, x, default_value),
    "hard_tanh": nn.hard_tanh,
    "hard_sigmoid": nn.hard_sigmoid,
    "hard_silu": nn.hard_silu,
    "hard_shrink": lambda x, threshold=0.5: jnp.where(jnp.abs(x) > threshold, x, 0),
    "soft_shrink": lambda x, threshold=0.5: nn.relu(x - threshold) - nn.relu(-x - threshold),
    "sparse_plus": nn.sparse_plus,
    "sparse_sigmoid": nn.sparse_sigmoid,
    "elu": lambda x, alpha=1.0: nn.elu(x, alpha),
    "celu": lambda x, alpha=1.0: nn.celu(x, alpha),
    "selu": nn.selu,
    "gelu": lambda x, approximate=False: nn.gelu(x, approximate=approximate),
    "silu": nn.silu,
    "mish": nn.mish,
    "softsign": nn.soft_sign,
    "squareplus": lambda x, b=4.0: nn.squareplus(x, b),
    "tanh_shrink": lambda x: x - jnp.tanh(x),
    "stop_gradient": lax.stop_gradient,
}

REDUCTIONS = {
    "sum": jnp.sum,
    "mean": jnp.mean,
    "prod": jnp.prod,
    "prod_of_others": others,
    "max": jnp.max,
    "min": jnp.min,
    "var": lambda x, correction=0.0, **along: jnp.var(x, ddof=correction, **along),
    "std": lambda x, correction=0.0, **along: jnp.std(x, ddof=correction, **along),
    "logsumexp": logsumexp,
    "all": jnp.all,
    "any": jnp.any,
    "argmax": jnp.argmax,
    "argmin": jnp.argmin,
    "count_nonzero": lambda x, **along: jnp.sum(x != 0, **along),
    "cumulative_sum": lambda x, axis=0: jnp.cumsum(x, axis),
    "cumulative_prod": lambda x, axis=0: jnp.cumprod(x, axis),
}

SHAPES = {
    "reshape": jnp.reshape,
    "broadcast_to": jnp.broadcast_to,
    "permute_dims": lambda x, axes: jnp.transpose(x, axes),
    "matrix_transpose": lambda x: jnp.swapaxes(x, -1, -2),
    "moveaxis": jnp.moveaxis,
    "squeeze": lambda x, axis=None: jnp.squeeze(x, axis),
    "expand_dims": lambda x, axis=0: jnp.expand_dims(x, axis),
    "flip": lambda x, axis=None: jnp.flip(x, axis),
    "roll": lambda x, shift, axis=None: jnp.roll(x, shift, axis),
    "repeat": lambda x, repeats, axis=None: jnp.repeat(x, np.asarray(repeats), axis),
    "tile": lambda x, repetitions: jnp.tile(x, repetitions),
    "pad": pad,
    "tril": jnp.tril,
    "triu": jnp.triu,
    "concat": lambda *xs, axis=0: jnp.concatenate(xs, axis),
    "stack": lambda *xs, axis=0: jnp.stack(xs, axis),
}

PLACES = {
    "index": lambda x, key: x[key],
    "scatter": lambda x, key, shape: jnp.zeros(shape, x.dtype).at[key].add(x),
    "scatter_add": added,
    "scatter_along_axis": added_along,
    "segment_sum": segments,
    "take": take,
    "take_along_axis": lambda x, indices, axis=-1: jnp.take_along_axis(x, indices, axis),
    "one_hot": lambda i, num_classes, dtype="float64": nn.one_hot(i, num_classes, dtype=dtype),
}

PRODUCTS = {
    "matmul": lambda a, b: jnp.matmul(a, b),
    "einsum": lambda *xs, subscripts: jnp.einsum(subscripts, *xs),
    "tensordot": lambda a, b, axes=2: jnp.tensordot(a, b, axes),
    "outer": lambda a, b: a[:, None] * b[None, :],
    "vecdot": lambda a, b, axis=-1: jnp.sum(a * b, axis),
    "diagonal": lambda x, offset=0: jnp.diagonal(x, offset, -2, -1),
    "trace": lambda x, offset=0: jnp.trace(x, offset, -2, -1),
}


def sparsemax(x, axis=-1):
    """Project on the simplex: of all thresholds, that of the most elements which stay above it."""
    falling = -jnp.sort(-jnp.moveaxis(x, axis, -1), -1)
    thresholds = (jnp.cumsum(falling, -1) - 1) / jnp.arange(1, falling.shape[-1] + 1)
    above = jnp.sum(falling > thresholds, -1, keepdims=True)
    threshold = jnp.take_along_axis(thresholds, above - 1, -1)
    return jnp.maximum(x - jnp.moveaxis(threshold, -1, axis), 0)


SCORES = {
    "sparsemax": sparsemax,
    "softmax": lambda x, axis=-1: nn.softmax(x, axis),
    "log_softmax": lambda x, axis=-1: nn.log_softmax(x, axis),
    "softmax_cross_entropy": lambda z, t, axis=-1: -jnp.sum(t * nn.log_softmax(z, axis), axis),
    "sparse_softmax_cross_entropy": of_labels,
    "sigmoid_cross_entropy": lambda z, t: -t * nn.log_sigmoid(z) - (1 - t) * nn.log_sigmoid(-z),
    "dropout": lambda x, mask, rate: jnp.where(mask, x / (1 - rate), 0),
}

ORACLE = (
    ARITHMETIC | COMPARISON | TRANSCENDENTAL | ACTIVATIONS
    | REDUCTIONS | SHAPES | PLACES | PRODUCTS | SCORES | WINDOWS | RECURRENCE
)  # fmt: skip


def answers(name, arrays, params, floating, g):
    """Give the value, and the gradient for upstream `g` with respect to each `floating` input."""

    def f(*moving):
        inputs = list(arrays)
        for i, x in zip(floating, moving, strict=True):
            inputs[i] = x
        return ORACLE[name](*inputs, **params)

    if g is None or not floating:
        return ORACLE[name](*arrays, **params), ()
    y, pull = jax.vjp(f, *(arrays[i] for i in floating))
    return y, pull(g.astype(y.dtype))
