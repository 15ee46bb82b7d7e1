"""Convolution and pooling once more, written plainly with JAX: what a window sees, laid out."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


def each(value, rank):
    return (value,) * rank if isinstance(value, int) else tuple(value)


def margins(sizes, spans, strides, padding):
    """Give what is added before and behind each axis of space."""
    if isinstance(padding, str):
        return lax.padtype_to_pads(sizes, spans, strides, padding.upper())
    if isinstance(padding, int):
        return [(padding, padding)] * len(sizes)
    return [each(p, 2) for p in padding]


def conv(x, w, strides=1, padding="valid", dilation=1, groups=1):
    rank = x.ndim - 2
    strides, dilation = each(strides, rank), each(dilation, rank)
    spans = [(k - 1) * d + 1 for k, d in zip(w.shape, dilation, strict=False)][:rank]
    space = "DHW"[-rank:]
    return lax.conv_general_dilated(
        x, w, strides, margins(x.shape[1:-1], spans, strides, padding), rhs_dilation=dilation,
        feature_group_count=groups, dimension_numbers=(f"N{space}C", f"{space}IO", f"N{space}C"),
    )  # fmt: skip


def conv_transpose(x, w, size, groups=1, **params):
    """Take back through `conv`: by JAX's derivative of it."""
    image = jnp.zeros((x.shape[0], *size, w.shape[-2] * groups), x.dtype)
    return jax.vjp(lambda z: conv(z, w, groups=groups, **params), image)[1](x)[0]


def conv_kernel(x, delta, window, groups=1, **params):
    kernel = jnp.zeros((*window, x.shape[-1] // groups, delta.shape[-1]), x.dtype)
    return jax.vjp(lambda k: conv(x, k, groups=groups, **params), kernel)[1](delta)[0]


def seen(x, window, strides=None, padding="valid", fill=0.0):
    """Lay out what the window sees along one more axis at the end, for each place and channel."""
    rank = x.ndim - 2
    window = each(window, rank)
    strides = window if strides is None else each(strides, rank)
    around = margins(x.shape[1:-1], window, strides, padding)
    padded = jnp.pad(x, [(0, 0), *around, (0, 0)], constant_values=fill)
    counts = [(n - k) // s + 1 for n, k, s in zip(padded.shape[1:-1], window, strides, strict=True)]
    places = [np.arange(n) * s for n, s in zip(counts, strides, strict=True)]
    views = [
        padded[:, *np.ix_(*(p + o for p, o in zip(places, offset, strict=True)))]
        for offset in itertools.product(*map(range, window))
    ]
    return jnp.stack(views, axis=-1)


def sum_pool(x, **params):
    return jnp.sum(seen(x, **params), -1)


def max_pool_at(values, x, **params):
    at = jnp.argmax(seen(x, fill=-jnp.inf, **params), -1, keepdims=True)
    return jnp.take_along_axis(seen(values, **params), at, -1)[..., 0]


def max_unpool(values, x, **params):
    return jax.vjp(lambda v: max_pool_at(v, x, **params), jnp.zeros_like(x))[1](values)[0]


def sum_unpool(x, size, **params):
    image = jnp.zeros((x.shape[0], *size, x.shape[-1]), x.dtype)
    return jax.vjp(lambda v: sum_pool(v, **params), image)[1](x)[0]


WINDOWS = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "conv_kernel": conv_kernel,
    "sum_pool": sum_pool,
    "sum_unpool": sum_unpool,
    "average_pool": lambda x, **p: sum_pool(x, **p) / sum_pool(jnp.ones_like(x), **p),
    "max_pool": lambda x, **p: jnp.max(seen(x, fill=-jnp.inf, **p), -1),
    "max_pool_at": max_pool_at,
    "max_unpool": max_unpool,
}
