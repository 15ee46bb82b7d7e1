"""Convolution the way JAX does it: one call that accelerators have kernels for."""

from __future__ import annotations

from typing import Any

from clearprop.core.op import Shape
from clearprop.ops.windows import Padding, Sizes, windows

Array = Any


def conv(
    xp: Any, x: Array, w: Array, *, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Convolve; see `clearprop.ops.convolution.conv`."""
    from jax import lax

    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    space = "DHW"[-len(grid.size) :]
    kind = xp.result_type(x, w)
    return lax.conv_general_dilated(
        x.astype(kind), w.astype(kind), grid.strides, grid.margins, rhs_dilation=grid.dilation,
        dimension_numbers=(f"N{space}C", f"{space}IO", f"N{space}C"), feature_group_count=groups,
    )  # fmt: skip


def conv_transpose(
    xp: Any, x: Array, w: Array, *, size: Shape, groups: int = 1, **how: Any
) -> Array:
    """Transpose `conv` in its images."""
    import jax

    shape = (x.shape[0], *size, w.shape[-2] * groups)
    images = jax.ShapeDtypeStruct(shape, xp.result_type(x, w))
    back = jax.linear_transpose(lambda z: conv(xp, z, w, groups=groups, **how), images)
    return back(x.astype(images.dtype))[0]


def conv_kernel(
    xp: Any, x: Array, delta: Array, *, window: Shape, groups: int = 1, **how: Any
) -> Array:
    """Transpose `conv` in its kernel."""
    import jax

    shape = (*window, x.shape[-1] // groups, delta.shape[-1])
    kernel = jax.ShapeDtypeStruct(shape, xp.result_type(x, delta))
    back = jax.linear_transpose(lambda z: conv(xp, x, z, groups=groups, **how), kernel)
    return back(delta.astype(kernel.dtype))[0]
