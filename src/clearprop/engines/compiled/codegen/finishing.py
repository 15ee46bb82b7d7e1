"""What is computed of a product's sums at once, before they leave the cache, or are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import Affine, contiguous, whole
from clearprop.engines.compiled.codegen.body import Body
from clearprop.engines.compiled.codegen.kernels import Kernel, Stage, base
from clearprop.engines.compiled.codegen.maps import memory
from clearprop.engines.compiled.machine.ir import Function, Reg
from clearprop.engines.compiled.operations.blocks import in_one_piece
from clearprop.engines.compiled.operations.layouts import layout
from clearprop.engines.compiled.operations.structured import is_blocked
from clearprop.engines.compiled.program import Program, Value

__all__ = ["Finishing", "finished"]


def finished(program: Program, kernels: list[Kernel]) -> list[Kernel]:
    """
    Let products hand their sums to the one loop over elements that needs them.

    Parameters
    ----------
    program : Program
    kernels : list of Kernel
        In the order in which they run; those that are joined run where the loop was.

    Returns
    -------
    list of Kernel
    """
    readers: dict[Value, list[int]] = {}
    for k, kernel in enumerate(kernels):
        for value in kernel.needs():
            readers.setdefault(value, []).append(k)
    told = {base(value) for value in program.outputs}
    # What becomes a state is written where the state lies, which a tile may not do twice.
    kept = {base(v) for v, s in zip(program.after, program.states, strict=False) if v is not s}
    taken: dict[int, Kernel] = {}
    gone: set[int] = set()
    for k, kernel in enumerate(kernels):
        product = kernel.roots[0]
        if kernel.form != "structured" or product.op != "dot" or product in told:
            continue
        at = set(readers.get(product, ()))
        if len(at) != 1 or at & taken.keys() or not _fits(product, kernels[min(at)]):
            continue
        (last,) = at
        if kept.intersection(kernels[last].roots):
            continue
        maps = kernels[last].stages[0]
        stages = [Stage((), maps=[product]), Stage(maps.columns, maps=list(maps.maps))]
        taken[last] = Kernel("structured", None, stages, kernels[last].cones)
        gone.add(k)
    return [taken.get(k, kernel) for k, kernel in enumerate(kernels) if k not in gone]


def _fits(product: Value, kernel: Kernel) -> bool:
    """Tell whether a loop over elements can be written for a product's tiles."""
    form = layout(product)
    if kernel.form != "rows" or kernel.rows or len(kernel.stages) != 1 or kernel.stages[0].folds:
        return False
    if form.count != 1 or not is_blocked(product) or not in_one_piece(form.sizes):
        return False
    return _groups(product, kernel) is not None


def _groups(product: Value, kernel: Kernel) -> tuple[list[int], list[int]] | None:
    """Tell which axes of a loop are the rows of a product, and which are its columns."""
    extents = kernel.stages[0].columns
    rows, columns, *_ = layout(product).sizes
    cut = next((k for k in range(len(extents)) if math.prod(extents[:k]) == rows), None)
    if cut is None or math.prod(extents[cut:]) != columns:
        return None
    places: list[Affine] = [whole(extents)]
    for cone in kernel.cones.values():
        if cone.extents != extents or cone.root.shape != extents:
            return None
        for value, place in cone.reads:
            if value is product and place != whole(extents):
                return None
            places.append(place)
    outer, inner = (contiguous(places, extents, *span) for span in ((0, cut), (cut, len(extents))))
    if len(outer) != 1 or len(inner) != 1:
        return None
    if any(place[inner[0][-1] + 1] not in (0, 1) for place in places):
        return None
    return outer[0], inner[0]


class Finishing:
    """
    Writes what is computed of a product's sums.

    Parameters
    ----------
    kernel : Kernel
        Of a product, and of what is computed of it.
    pointer : callable ``value -> Reg``
    stored : set of Value
    """

    def __init__(self, kernel: Kernel, pointer: Callable[[Value], Reg], stored: set[Value]) -> None:
        self.kernel, self.pointer, self.stored = kernel, pointer, stored
        self.product = kernel.roots[0]
        self.maps = kernel.stages[1].maps
        self.extents: Shape = kernel.stages[1].columns
        found = _groups(self.product, Kernel("rows", (), [kernel.stages[1]], kernel.cones))
        assert found is not None
        self.row, self.column = (group[-1] for group in found)

    def _body(self, f: Function, row: Reg, column: Reg, width: int) -> Body:
        counters = [(self.row, row), (self.column, column)]
        lanes = (self.column, width, width)
        return Body(f, self.pointer, self.stored, {}, self.extents, counters, lanes)

    def reads(self, f: Function, row: Reg, column: Reg, width: int) -> Iterator[Reg]:
        """Give where elements of other arrays of as many rows and columns will be read."""
        body = self._body(f, row, column, width)
        own = {*self.kernel.roots}
        reads = dict.fromkeys(read for root in self.maps for read in self.kernel.cones[root].reads)
        for value, place in reads:
            if value is None or value in own:
                continue
            if place[self.row + 1] and place[self.column + 1]:
                yield f.at(self.pointer(value), body.offset(place), memory(value.dtype))

    def write(self, f: Function, row: Reg, column: Reg, sums: Reg) -> None:
        """Write what comes of the sums of neighbouring columns of a row."""
        body = self._body(f, row, column, sums.width)
        body.known(self.product, whole(self.extents), sums)
        made = [(root, body.compute(root)) for root in self.maps]
        for root, value in made:
            if root in self.kernel.kept:
                body.store(root, value, whole(root.shape))
