"""Windows of convolutions on grids with three axes of space, and margins around images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clearprop.engines.compiled.machine.ir import F32, F64, Function, Reg, Target
from clearprop.engines.compiled.operations.products import cut
from clearprop.engines.compiled.program import Value
from clearprop.ops.windows import windows

__all__ = [
    "ELEMENTS", "Grid", "backwards", "frame", "grid_of", "grids_of", "place_of", "room_of_conv",
    "rounded", "runs_of", "three",
]  # fmt: skip

Three = tuple[int, int, int]
ELEMENTS = {"float32": F32, "float64": F64}


@dataclass(frozen=True)
class Grid:
    """
    A window on a grid, both with three axes of space, and channels in groups.

    Parameters
    ----------
    size, window, strides, dilation, low, padded, out : tuple of 3 int
        `low` is the margin before each axis, `padded` the size with both margins.
    C, O, groups : int
        Channels of the grid and of the results.
    """

    size: Three
    window: Three
    strides: Three
    dilation: Three
    low: Three
    padded: Three
    out: Three
    C: int
    O: int
    groups: int

    @property
    def alone(self) -> bool:
        """Whether each channel has a window of its own."""
        return self.groups == self.C == self.O and self.groups > 1

    @property
    def framed(self) -> bool:
        """Whether there are margins, or the last of the grid is out of the windows' sight."""
        return self.padded != self.size


def three(axes: Sequence[int], fill: int) -> Three:
    """Give one to three axes as three, filled up in front."""
    a, b, c = (fill,) * (3 - len(axes)) + tuple(axes)
    return a, b, c


def grid_of(x: Any, w: Any, how: dict[str, Any]) -> Grid:
    """Lay the window of a kernel of shape `w` over images of shape `x`."""
    groups = how.get("groups", 1)
    grid = windows(
        tuple(x[1:-1]), tuple(w[:-2]), strides=how.get("strides", 1),
        padding=how.get("padding", "valid"), dilation=how.get("dilation", 1),
    )  # fmt: skip
    return Grid(
        three(grid.size, 1), three(grid.window, 1), three(grid.strides, 1),
        three(grid.dilation, 1), three([a for a, _ in grid.margins], 0),
        three(grid.padded, 1), three(grid.out, 1), x[-1], w[-1], groups,
    )  # fmt: skip


def backwards(grid: Grid) -> Grid:
    """Give the grid on which results lie apart by the strides, so that the window goes by ones."""
    padded = tuple(
        n + (k - 1) * d for n, k, d in zip(grid.size, grid.window, grid.dilation, strict=True)
    )
    low = tuple(
        (k - 1) * d - m for k, d, m in zip(grid.window, grid.dilation, grid.low, strict=True)
    )
    return Grid(
        grid.out, grid.window, (1, 1, 1), grid.dilation, three(low, 0), three(padded, 1),
        grid.size, grid.O, grid.C, grid.groups,
    )  # fmt: skip


def room_of_conv(value: Value, target: Target) -> int:
    """Tell how many bytes a convolution needs: an image with its margins, a kernel turned."""
    if not value.size:
        return 0
    grid, back = grids_of(value)
    size = value.dtype.itemsize
    image = math.prod(back.padded) * back.C if back.framed or value.op == "conv_transpose" else 0
    kernel = 0
    if value.op == "conv_transpose":
        kernel = math.prod(grid.window) * grid.C // grid.groups * grid.O
    return (rounded(image * size) + rounded(kernel * size)) * target.threads


def rounded(size: int) -> int:
    """Round bytes up to what keeps the next aligned, and a bit more."""
    return -(-size // 64) * 64 + 64 if size else 0


def grids_of(value: Value) -> tuple[Grid, Grid]:
    """Give the grid of an operation, and the one on which its sums run."""
    x, other = value.inputs
    if value.op == "conv":
        grid = grid_of(x.shape, other.shape, value.params)
    elif value.op == "conv_kernel":
        grid = grid_of(x.shape, value.shape, value.params)
    else:
        grid = grid_of(value.shape, other.shape, value.params)
        return grid, backwards(grid)
    return grid, grid


def place_of(f: Function, at: Sequence[Reg | int], sizes: Three, channels: int) -> Reg:
    """Give the distance of a point from the first, in elements."""
    total = f.index(0)
    for i, n in zip(at, sizes, strict=True):
        total = f.mul(total, n)
        total = f.add(total, i)
    return f.mul(total, channels)


def frame(
    f: Function, element: str, image: Reg, target: Reg, grid: Grid, apart: Three = (1, 1, 1)
) -> None:
    """
    Copy an image to where its margins, set to zero before, are around it.

    Parameters
    ----------
    apart : tuple of 3 int
        How far its points lie apart there.
    """
    ranges = [
        [o for o in range(n) if 0 <= low + o * s < room]
        for n, low, s, room in zip(grid.size, grid.low, apart, grid.padded, strict=True)
    ]
    if not all(ranges):
        return
    (d0, *_), (h0, *_), (w0, *_) = ranges
    row = len(ranges[2]) * grid.C
    with f.loop(d0 + len(ranges[0]), d0) as d, f.loop(h0 + len(ranges[1]), h0) as h:
        source = f.at(image, place_of(f, (d, h, w0), grid.size, grid.C), element)
        at = [f.add(f.mul(i, s), low) for i, s, low in zip((d, h), apart, grid.low, strict=False)]
        start = place_of(f, (*at, w0 * apart[2] + grid.low[2]), grid.padded, grid.C)
        place = f.at(target, start, element)
        if apart[2] == 1:
            _copy(f, element, source, place, row)
        else:
            with f.loop(len(ranges[2])) as w:
                _copy(f, element, f.at(source, f.mul(w, grid.C), element),
                      f.at(place, f.mul(w, grid.C * apart[2]), element), grid.C)  # fmt: skip


def _copy(f: Function, element: str, source: Reg, target: Reg, count: int) -> None:
    name = "llvm.memcpy.p0.p0.i64"
    f.module.need(name, lambda: f"declare void @{name}(ptr, ptr, i64, i1)")
    size = count * (4 if element == F32 else 8)
    f.put(f"call void @{name}(ptr {target.text}, ptr {source.text}, i64 {size}, i1 false)")


def runs_of(lanes: int, count: int) -> list[tuple[int, int, int]]:
    """Cut a row into runs of vectors of one width: (start, width, how many)."""
    runs: list[tuple[int, int, int]] = []
    for start, width in cut(lanes, count):
        if runs and runs[-1][1] == width:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((start, width, 1))
    return runs
