"""The inside of a loop: the instructions that give an element, or a vector of neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import Affine, Index, flat, identity, through, whole
from clearprop.engines.compiled.codegen.kernels import FOLDS, base
from clearprop.engines.compiled.codegen.maps import MAPS, as_truth, cast, memory, register
from clearprop.engines.compiled.machine.ir import F64, I1, I32, I64, Function, Reg, literal, vector
from clearprop.engines.compiled.machine.registers import bytes_of, mangled
from clearprop.engines.compiled.program import Value

__all__ = ["Body", "Counters", "spread"]

Counters = list[tuple[int, Reg]]  # the axis whose step counts, and the counter


def spread(f: Function, a: Reg, width: int) -> Reg:
    """Give a number in all lanes; a vector stays what it is."""
    return a if a.width == width else f.splat(a, width)


class Body:
    """
    One turn of a loop.

    Parameters
    ----------
    f : Function
    pointer : callable ``value -> Reg``
        Where a value begins in memory.
    stored : container of Value
        What is in memory, or computed in this kernel.
    numbers : dict
        What is in registers already for this row.
    extents : tuple of int
        How far each counter goes.
    counters : list of (int, Reg)
    lanes : (int, int, int)
        The axis along which the lanes lie, -1 if there is one only; how many there are; and how
        many of them count: the others are neither read nor written.
    """

    def __init__(
        self,
        f: Function,
        pointer: Callable[[Value], Reg],
        stored: Sequence[Value] | set[Value],
        numbers: dict[Value, Reg],
        extents: Shape,
        counters: Counters,
        lanes: tuple[int, int, int] = (-1, 1, 1),
    ) -> None:
        self.f, self.pointer, self.stored, self.numbers = f, pointer, stored, numbers
        self.extents, self.counters = extents, counters
        self.axis, self.width, self.active = lanes
        self.here = identity(len(extents))
        self._elements: dict[tuple[Value, Index], Reg] = {}
        self._read: dict[tuple[Value, Affine], Reg] = {}
        self._offsets: dict[Affine, Reg] = {}

    def known(self, value: Value, place: Affine, made: Reg) -> None:
        """Take an element that lies at a place in memory for what it is known to be."""
        self._read[value, place] = made

    def compute(self, root: Value) -> Reg:
        """Give what a map's element is here, or what a reduction takes in."""
        if root.op in FOLDS:
            return self.element(root.inputs[0], self.here)
        made = self._made(root, self.here)
        self._read[root, whole(root.shape)] = made
        return made

    def element(self, value: Value, index: Index) -> Reg:
        """Give an element of a value."""
        key = (value, index)
        found = self._elements.get(key)
        if found is None:
            below = base(value)
            if below.kind or below in self.stored:
                found = self._stored(below, value, index)
            else:
                found = self._made(value, index)
            self._elements[key] = found
        return found

    def _stored(self, below: Value, value: Value, index: Index) -> Reg:
        if below in self.numbers:
            return self.numbers[below]
        if below.kind == "constant" and not below.shape:
            return literal(below.array.item(), register(below.dtype))
        place = flat(value.shape, index, len(self.extents))
        found = self._read.get((below, place))
        if found is None:
            found = self._read[below, place] = self.load(below, place)
        return found

    def _made(self, value: Value, index: Index) -> Reg:
        if value.op == "iota":
            return self._counted(value, index[value.params["axis"]])
        if value.op in MAPS:
            args = [self.element(each, index) for each in value.inputs]
            width = max(a.width for a in args)
            return MAPS[value.op](self.f, value, [spread(self.f, a, width) for a in args])
        moved = through(value, index, self.extents)
        assert moved is not None, f"{value} was to be stored"
        return self.element(value.inputs[0], moved)

    def _counted(self, value: Value, place: Affine) -> Reg:
        """Give a place along an axis as a number."""
        number, step = self.offset(place), self._step(place)
        if step:
            count = range(self.width)
            lanes = ", ".join(f"i64 {step * k}" for k in count)
            steps = Reg(f"<{lanes}>", vector(I64, self.width))
            number = self.f.binary("add", self.f.splat(number, self.width), steps)
        if number.text[0] != "%":
            return literal(int(number.text), register(value.dtype))
        return cast(self.f, number, "int64", value.dtype)

    # -- memory -------------------------------------------------------------------------------

    def _step(self, place: Affine) -> int:
        """Tell how far apart lanes lie; 0 if they are all the same, or there is only one."""
        return place[self.axis + 1] if self.width > 1 else 0

    def offset(self, place: Affine) -> Reg:
        """Give where the first lane lies."""
        found = self._offsets.get(place)
        if found is None:
            found = self.f.index(0)
            for axis, counter in self.counters:
                found = self.f.add(found, self.f.mul(counter, place[axis + 1]))
            found = self._offsets[place] = self.f.add(found, place[0])
        return found

    def load(self, value: Value, place: Affine) -> Reg:
        """Read an element, or a vector of those that lie a step apart."""
        f, step = self.f, self._step(place)
        if value.kind == "scalar":
            number = f.load(F64, f.at(self.pointer(value), self.offset(place), F64))
            return cast(f, number, "float64", value.dtype)
        type_ = memory(value.dtype)
        start = f.at(self.pointer(value), self.offset(place), type_)
        if step == 0:
            found = f.load(type_, start)
        elif step == 1 and self.active < self.width:
            found = self._masked_load(vector(type_, self.width), start)
        elif step == 1:
            found = f.load(vector(type_, self.width), start)
        elif step == -1 and self.active == self.width:
            first = f.at(start, 1 - self.width, type_)
            found = self._turned(f.load(vector(type_, self.width), first))
        else:
            found = Reg("zeroinitializer", vector(type_, self.width))
            for lane in range(self.active):
                found = f.insert(found, f.load(type_, f.at(start, lane * step, type_)), lane)
        return as_truth(f, "i", found) if value.dtype.kind == "b" else found

    def _mask(self) -> Reg:
        bits = ", ".join(f"i1 {int(lane < self.active)}" for lane in range(self.width))
        return Reg(f"<{bits}>", vector(I1, self.width))

    def _masked_load(self, type_: str, start: Reg) -> Reg:
        f, mask = self.f, self._mask()
        name = f"llvm.masked.load.{mangled(type_)}.p0"
        f.module.need(name, lambda: f"declare {type_} @{name}(ptr, i32, {mask.type}, {type_})")
        align = Reg(str(bytes_of(Reg("", type_).element)), I32)
        return f.call(name, type_, start, align, mask, Reg("zeroinitializer", type_))

    def _masked_store(self, made: Reg, start: Reg) -> None:
        f, mask = self.f, self._mask()
        name = f"llvm.masked.store.{mangled(made.type)}.p0"
        f.module.need(name, lambda: f"declare void @{name}({made.type}, ptr, i32, {mask.type})")
        align = Reg(str(bytes_of(made.element)), I32)
        f.call(name, "void", made, start, align, mask)

    def _turned(self, a: Reg) -> Reg:
        lanes = ", ".join(f"i32 {k}" for k in reversed(range(a.width)))
        text = f"shufflevector {a.type} {a.text}, {a.type} poison, <{a.width} x i32> <{lanes}>"
        return self.f.give(a.type, text)

    def store(self, value: Value, made: Reg, place: Affine) -> None:
        """Write an element, or a vector of those that lie a step apart."""
        f, step = self.f, self._step(place)
        type_ = memory(value.dtype)
        made = spread(f, made, self.width)
        if made.element == I1:
            made = f.convert("zext", made, vector(type_, made.width))
        start = f.at(self.pointer(value), self.offset(place), type_)
        if step == 1 and self.active < self.width:
            self._masked_store(made, start)
            return
        if made.width == 1 or step == 1:
            f.store(made, start)
            return
        for lane in range(self.active):
            f.store(f.extract(made, lane), f.at(start, lane * step, type_))
