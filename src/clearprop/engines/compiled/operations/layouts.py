"""Where the matrices of a product lie: sizes, and how far apart rows and whole matrices are."""

from __future__ import annotations

import math
from dataclasses import dataclass

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import strides
from clearprop.engines.compiled.machine.ir import Function, Reg
from clearprop.engines.compiled.operations.blocks import Sizes
from clearprop.engines.compiled.program import Value

__all__ = ["Layout", "layout"]


@dataclass(frozen=True)
class Layout:
    """
    A stack of products.

    Attributes
    ----------
    stack : tuple of int
        How many products there are, by axis.
    sizes : Sizes
        Of each.
    steps : three tuples of int
        How far apart the matrices lie along each axis of the stack: of both operands, and results.
    """

    stack: Shape
    sizes: Sizes
    steps: tuple[Shape, Shape, Shape]

    @property
    def count(self) -> int:
        """How many products there are."""
        return math.prod(self.stack)

    @property
    def name(self) -> str:
        """All that it is, as part of the name of a function."""
        *sizes, apart = self.sizes
        steps = [s for listed in self.steps for s in listed]
        return "_".join(str(int(n)) for n in (*self.stack, *sizes, *apart, *steps))

    def offsets(self, f: Function, number: Reg) -> list[Reg]:
        """Give where the matrices of the how-maniest product begin."""
        places = [f.index(0)] * 3
        for axis, (size, inner) in enumerate(zip(self.stack, strides(self.stack), strict=True)):
            at = number if inner == 1 else f.binary("udiv", number, f.index(inner))
            if any(self.stack[:axis]) and size != self.count:
                at = f.binary("urem", at, f.index(size))
            places = [
                f.add(place, f.mul(at, step[axis]))
                for place, step in zip(places, self.steps, strict=True)
            ]
        return places


def layout(value: Value) -> Layout:
    """Tell where the matrices of a value that is a product lie."""
    ta, tb = bool(value.params.get("ta")), bool(value.params.get("tb"))
    rank = value.ndim
    plain = tuple(range(rank))
    axes_a, axes_b, axes_c = value.params.get("axes", (plain, plain, plain))
    (a, apart_a), (b, apart_b) = (
        ([x.shape[k] for k in axes], [strides(x.shape)[k] for k in axes])
        for x, axes in zip(value.inputs, (axes_a, axes_b), strict=True)
    )
    own = strides(value.shape)
    apart_c = [own[axes_c.index(k)] for k in plain]
    sizes = Sizes(
        a[-1 if ta else -2], b[-2 if tb else -1], a[-2 if ta else -1], ta, tb,
        (apart_a[-2], apart_b[-2], apart_c[-2]),
    )  # fmt: skip
    steps = (tuple(apart_a[:-2]), tuple(apart_b[:-2]), tuple(apart_c[:-2]))
    return Layout(tuple(a[:-2]), sizes, steps)
