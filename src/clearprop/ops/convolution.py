"""
Convolution over one, two or three spatial axes, and the two operations that are its gradients.

Layout: channels last. Images are (N, *space, C), kernels (*window, C / groups, O), results
(N, *places, O). As everywhere in this field the kernel is not flipped. With groups, the channels
of images and results are cut into so many equal runs, and each run of O sees its run of C only.
The three operations share one sum, x · w · result over all that meet; each is linear in its two
inputs, and each one's rules are the other two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import PRODUCT, Shape, op
from clearprop.core.reading import Elements, Index, Total
from clearprop.errors import OptionError, ShapeError
from clearprop.ops import convolution_jax, convolution_numpy
from clearprop.ops.windows import Padding, Sizes, windows

__all__ = ["conv", "conv_kernel", "conv_transpose"]

Array = Any


def _kernel_fits(what: str, x: Shape, w: Shape, groups: int) -> None:
    """Raise unless images with axes as `x` can be seen through a kernel `w`."""
    if not 3 <= len(x) == len(w) <= 5:
        raise ShapeError(
            f"{what}: x is {x}, the kernel {w}; x must be (N, *space, C) and the kernel"
            " (*window, C / groups, O), with one to three axes of space."
        )
    if 0 in w:
        raise ShapeError(f"{what}: a kernel {w} has no elements; every axis needs at least one.")
    if groups < 1 or w[-1] % groups:
        raise OptionError(
            f"{what}: groups must divide the kernel's last axis ({w[-1]}); got {groups!r}."
        )


def _convolved(
    x: Shape, w: Shape, *, strides: Sizes = 1, padding: Padding = "valid", dilation: Sizes = 1,
    groups: int = 1,
) -> Shape:  # fmt: skip
    _kernel_fits("conv", x, w, groups)
    if x[-1] != w[-2] * groups:
        first = x[1] == w[-2] * groups
        raise ShapeError(
            f"conv: x is {x}, so it has {x[-1]} channels; the kernel {w} with groups={groups} is"
            f" for {w[-2] * groups}."
            + (" Channels come last; move them with moveaxis(x, 1, -1)." if first else "")
        )
    grid = windows(x[1:-1], w[:-2], strides=strides, padding=padding, dilation=dilation)
    return (x[0], *grid.out, w[-1])


def _by_group(x: Array, groups: int, xp: Any) -> Array:
    """Bring (..., C) to (groups, rows, C / groups)."""
    rows = xp.reshape(x, (-1 if x.size else 0, groups, x.shape[-1] // groups))
    return xp.permute_dims(rows, (1, 0, 2))


_CASES = [
    case(real(2, 5, 2), real(3, 2, 3)),
    case(real(1, 4, 5, 2), real(2, 3, 2, 1), padding="same"),
    case(real(2, 5, 6, 4), real(3, 2, 2, 6), strides=(2, 1), padding="same", groups=2),
    case(real(1, 6, 5, 2), real(2, 2, 2, 2), dilation=(2, 3), padding=((1, 0), (0, 2))),
    case(real(2, 5, 5, 3), real(3, 3, 1, 6), groups=3, strides=2, padding=1, dilation=2),
    case(real(1, 3, 4, 3, 1), real(2, 3, 1, 1, 2), strides=(1, 2, 2)),
    case(real(2, 3, 3, 2), real(1, 1, 2, 3)),
    case(real(0, 3, 3, 1), real(2, 2, 1, 2)),
]


@op(
    "conv({x}, {w})",
    "{x} * {w}",
    shape=_convolved,
    level=PRODUCT,
    strict=True,
    cases=_CASES,
    impl={"numpy": convolution_numpy.conv, "jax": convolution_jax.conv},
)
def conv(
    xp: Any, x: Array, w: Array, *, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Sum of products of a kernel and what lies under it, at each of its places."""
    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    x = xp.pad(x, widths=grid.widths)
    total = None
    for offset in grid.offsets():
        seen = _by_group(x[grid.under(offset)], groups, xp)
        part = xp.matmul(seen, _by_group(w[(*offset, ...)], groups, xp))
        total = part if total is None else total + part
    return xp.reshape(xp.permute_dims(total, (1, 0, 2)), (x.shape[0], *grid.out, w.shape[-1]))


@conv.read
def _under_the_window(
    index: Index, x: Array, w: Array, *, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Total:  # fmt: skip
    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    n, *place, o = index
    seen = grid.seen_from(tuple(place))
    channels = np.arange(w.shape[-2])
    first = o // (w.shape[-1] // groups) * w.shape[-2]
    at, under = _with_last(seen[0], channels), _with_last(seen[1], channels + first)
    return Total((Elements(0, (n, *under)), Elements(1, (*at, o))))


def _with_last(points: list[np.ndarray], last: np.ndarray) -> list[np.ndarray]:
    """Combine points with each of `last`, as one more axis."""
    count = len(points[0])
    return [np.repeat(axis, len(last)) for axis in points] + [np.tile(last, count)]


def _untransposed(
    x: Shape, w: Shape, *, size: Shape, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Shape:  # fmt: skip
    _kernel_fits("conv_transpose", x, w, groups)
    grid = windows(size, w[:-2], strides=strides, padding=padding, dilation=dilation)
    if x[1:-1] != grid.out or x[-1] != w[-1]:
        raise ShapeError(
            f"conv_transpose: x is {x}; what a kernel {w} makes of a grid {tuple(size)} is"
            f" {(x[0], *grid.out, w[-1])}."
        )
    return (x[0], *size, w[-2] * groups)


@op(
    "conv_transpose({x}, {w})",
    r"{x} *^{\mathsf{T}} {w}",
    shape=_untransposed,
    level=PRODUCT,
    strict=True,
    cases=[
        case(real(2, 3, 3), real(3, 2, 3), size=(5,)),
        case(real(1, 3, 3, 2), real(2, 3, 1, 2), size=(5, 6), strides=2, padding="same"),
        case(real(1, 2, 2, 6), real(2, 2, 2, 6), size=(5, 4), dilation=3, padding=1, groups=2,
             strides=(2, 2)),
        case(real(2, 2, 2, 4), real(2, 2, 1, 4), size=(3, 3), groups=4),
    ],
    impl={"numpy": convolution_numpy.conv_transpose, "jax": convolution_jax.conv_transpose},
)  # fmt: skip
def conv_transpose(
    xp: Any, x: Array, w: Array, *, size: Shape, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Each element of `x` times the kernel, added up over a grid of `size` where it lay in conv."""
    grid = windows(size, w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    rows = _by_group(x, groups, xp)
    N, C = x.shape[0], w.shape[-2] * groups
    total = xp.zeros((N, *grid.padded, C), dtype=xp.result_type(x, w))
    for offset in grid.offsets():
        kernel = xp.matrix_transpose(_by_group(w[(*offset, ...)], groups, xp))
        part = xp.permute_dims(xp.matmul(rows, kernel), (1, 0, 2))
        part = xp.reshape(part, (N, *grid.out, C))
        total = total + xp.scatter(part, key=grid.under(offset), shape=(N, *grid.padded, C))
    return total[grid.inside]


@conv_transpose.read
def _over_the_point(
    index: Index, x: Array, w: Array, *, size: Shape, strides: Sizes = 1,
    padding: Padding = "valid", dilation: Sizes = 1, groups: int = 1,
) -> Total:  # fmt: skip
    grid = windows(size, w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    n, *point, c = index
    found = grid.that_see(tuple(point))
    run = w.shape[-1] // groups
    channels = np.arange(run) + c // w.shape[-2] * run
    *at, o = _with_last(found[0], channels)
    places = _with_last(found[1], channels)
    return Total((Elements(0, (n, *places)), Elements(1, (*at, c % w.shape[-2], o))))


def _kernel_shape(
    x: Shape, delta: Shape, *, window: Shape, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Shape:  # fmt: skip
    if len(x) < 3 or len(delta) != len(x):
        raise ShapeError(
            f"conv_kernel: x is {x}, delta {delta}; they must be (N, *space, C), (N, *places, O)."
        )
    kernel = (*window, x[-1] // max(groups, 1), delta[-1])
    expected = _convolved(
        x, kernel, strides=strides, padding=padding, dilation=dilation, groups=groups
    )
    if delta != expected:
        raise ShapeError(
            f"conv_kernel: delta is {delta}; what a window {window} makes of x {x} is {expected}."
        )
    return kernel


@op(
    "conv_kernel({x}, {delta})",
    r"{x} \star {delta}",
    shape=_kernel_shape,
    level=PRODUCT,
    strict=True,
    cases=[
        case(real(2, 5, 2), real(2, 3, 3), window=(3,)),
        case(real(2, 5, 4, 1), real(2, 3, 2, 2), window=(2, 3), strides=2, padding="same"),
        case(real(1, 5, 4, 4), real(1, 2, 2, 6), window=(2, 2), dilation=3, padding=1, groups=2,
             strides=(2, 2)),
        case(real(2, 3, 3, 4), real(2, 2, 2, 4), window=(2, 2), groups=4),
    ],
    impl={"numpy": convolution_numpy.conv_kernel, "jax": convolution_jax.conv_kernel},
)  # fmt: skip
def conv_kernel(
    xp: Any, x: Array, delta: Array, *, window: Shape, strides: Sizes = 1,
    padding: Padding = "valid", dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """For each element of a kernel, the sum of products of what it sees and what is made of it."""
    grid = windows(x.shape[1:-1], window, strides=strides, padding=padding, dilation=dilation)
    x = xp.pad(x, widths=grid.widths)
    rows = _by_group(delta, groups, xp)
    parts = []
    for offset in grid.offsets():
        seen = _by_group(x[grid.under(offset)], groups, xp)
        parts.append(xp.permute_dims(xp.matmul(xp.matrix_transpose(seen), rows), (1, 0, 2)))
    return xp.reshape(
        xp.stack(parts, axis=0), (*grid.window, x.shape[-1] // groups, delta.shape[-1])
    )


@conv_kernel.read
def _wherever_it_was(
    index: Index, x: Array, delta: Array, *, window: Shape, strides: Sizes = 1,
    padding: Padding = "valid", dilation: Sizes = 1, groups: int = 1,
) -> Total:  # fmt: skip
    grid = windows(x.shape[1:-1], window, strides=strides, padding=padding, dilation=dilation)
    *offset, c, o = index
    found = grid.seen_by(tuple(offset))
    *places, n = _with_last(found[0], np.arange(len(x)))
    *under, _ = _with_last(found[1], np.arange(len(x)))
    channel = o // (delta.shape[-1] // groups) * (x.shape[-1] // groups) + c
    return Total((Elements(0, (n, *under, channel)), Elements(1, (n, *places, o))))


conv.vjp(
    x=lambda xp, g, y, x, w, **how: xp.conv_transpose(g, w, size=tuple(x.shape[1:-1]), **how),
    w=lambda xp, g, y, x, w, **how: xp.conv_kernel(x, g, window=tuple(w.shape[:-2]), **how),
)
conv_transpose.vjp(
    x=lambda xp, g, y, x, w, size, **how: xp.conv(g, w, **how),
    w=lambda xp, g, y, x, w, size, **how: xp.conv_kernel(g, x, window=tuple(w.shape[:-2]), **how),
)
conv_kernel.vjp(
    x=lambda xp, g, y, x, delta, window, **how: xp.conv_transpose(
        delta, g, size=tuple(x.shape[1:-1]), **how
    ),
    delta=lambda xp, g, y, x, delta, window, **how: xp.conv(x, g, **how),
)
