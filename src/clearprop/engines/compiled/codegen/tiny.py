"""Tiny programs: a step as single numbers, so that all of it stays in the processor's registers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from clearprop.engines.compiled.codegen.affine import VIEWS
from clearprop.engines.compiled.codegen.folds import combine, neutral
from clearprop.engines.compiled.codegen.kernels import FOLDS, SEARCHES, base
from clearprop.engines.compiled.codegen.maps import COSTS, MAPS, as_truth, cast, memory, register
from clearprop.engines.compiled.codegen.plan import Place
from clearprop.engines.compiled.machine.ir import F64, I1, I64, Function, Reg, literal, vector
from clearprop.engines.compiled.math.tables import by_table
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value

__all__ = ["Tiny", "is_tiny"]

Registers: TypeAlias = Any  # an array of what numbers are in

MOST = 600  # instructions of a step, about; above, loops over memory are compiled sooner
FEW = 4  # numbers that are looked up in a table as fast as they are computed together
KNOWN = VIEWS | FOLDS | frozenset(MAPS) | {"dot", "concat", "iota"}


def is_tiny(program: Program) -> bool:
    """Tell whether a step is so little that it needs no loops."""
    total = 0
    for value in program.values():
        if value.op:
            if value.op not in KNOWN:
                return False
            total += _work(value)
        elif value.kind == "state":
            total += value.size
        if total > MOST:
            return False
    return bool(program.outputs)


def _work(value: Value) -> int:
    if value.op in VIEWS or value.op == "concat":
        return 0
    if value.op in FOLDS:
        return value.inputs[0].size
    if value.op == "dot":
        return value.size * value.inputs[0].shape[-2 if value.params.get("ta") else -1]
    return value.size * min(4, COSTS.get(value.op, 1))


class Tiny:
    """
    A step in single numbers, being written.

    Parameters
    ----------
    f : Function
    program : Program
    """

    def __init__(self, f: Function, program: Program) -> None:
        self.f, self.program = f, program
        self.slots: dict[Value, list[Reg]] = {}
        self.fixed: dict[Value, Registers] = {}
        self.changing = [
            (state, after)
            for state, after in zip(program.states, program.after, strict=False)
            if base(after) is not state
        ]

    def begin(self, address: Callable[[Place], Reg]) -> None:
        """Read the states, before the first step."""
        changing = {state for state, _ in self.changing}
        for k, state in enumerate(self.program.states):
            read = self._read(state, address(Place("state", k)))
            if state not in changing:
                self.fixed[state] = read
                continue
            self.slots[state] = slots = []
            for each in read.flat:
                slot = self.f.slot(each.type, align=8)
                slots.append(slot)
                self.f.put(f"store {each.type} {each.text}, ptr {slot.text}")

    def step(self, address: Callable[[Place], Reg]) -> None:
        """Write a step."""
        f, program = self.f, self.program
        known: dict[Value, Registers] = dict(self.fixed)
        for state, slots in self.slots.items():
            type_ = register(state.dtype)
            listed = [f.give(type_, f"load {type_}, ptr {slot.text}") for slot in slots]
            known[state] = _array(listed, state.shape)
        for where, leaves in (("data", program.data), ("draw", program.draws)):
            for k, leaf in enumerate(leaves):
                known[leaf] = self._read(leaf, address(Place(where, k)))  # type: ignore[arg-type]
        for k, leaf in enumerate(program.scalars):
            number = f.load(F64, address(Place("scalar", k)))
            known[leaf] = _array([cast(f, number, "float64", leaf.dtype)], ())
        for value in program.values():
            if value not in known:
                known[value] = self._made(value, [known[x] for x in value.inputs])
        for k, value in enumerate(program.results):
            self._write(value, known[value], address(Place("result", k)))
        for state, after in self.changing:
            for each, slot in zip(known[after].flat, self.slots[state], strict=True):
                f.put(f"store {each.type} {each.text}, ptr {slot.text}")

    def end(self, address: Callable[[Place], Reg]) -> None:
        """Write the states back, after the last step."""
        for k, state in enumerate(self.program.states):
            if state in self.slots:
                type_ = register(state.dtype)
                slots = self.slots[state]
                listed = [self.f.give(type_, f"load {type_}, ptr {s.text}") for s in slots]
                self._write(state, _array(listed, state.shape), address(Place("state", k)))

    # -- memory -------------------------------------------------------------------------------

    def _read(self, value: Value, start: Reg) -> Registers:
        f, type_ = self.f, memory(value.dtype)
        listed = [f.load(type_, f.at(start, k, type_)) for k in range(value.size)]
        if value.dtype.kind == "b":
            listed = [as_truth(f, "i", each) for each in listed]
        return _array(listed, value.shape)

    def _write(self, value: Value, made: Registers, start: Reg) -> None:
        f, type_ = self.f, memory(value.dtype)
        for k, each in enumerate(made.flat):
            held = f.convert("zext", each, type_) if each.type == I1 else each
            f.store(held, f.at(start, k, type_))

    # -- primitives ---------------------------------------------------------------------------

    def _made(self, value: Value, inputs: Sequence[Registers]) -> Registers:
        type_ = register(value.dtype)
        if value.kind == "constant":
            return _array([literal(x, type_) for x in value.array.reshape(-1)], value.shape)
        if value.op == "iota":
            places = PRIMITIVES["iota"].reference(**value.params)
            return _array([literal(x, type_) for x in places.reshape(-1)], value.shape)
        if value.op in VIEWS or value.op == "concat":
            return PRIMITIVES[value.op].reference(*inputs, **value.params)
        if value.op == "dot":
            return self._dot(value, *inputs)
        if value.op in FOLDS:
            return self._fold(value, inputs[0])
        if COSTS.get(value.op, 1) >= 12 and value.dtype.kind == "f":
            return self._together(value, inputs)
        columns = zip(*(x.flat for x in inputs), strict=True)
        return _array([MAPS[value.op](self.f, value, args) for args in columns], value.shape)

    def _together(self, value: Value, inputs: Sequence[Registers]) -> Registers:
        """Compute what is dear for several elements at once."""
        f = self.f
        lists = [list(x.flat) for x in inputs]
        most = f.target.lanes(register(value.dtype))
        if value.op == "tanh" and value.size <= FEW and by_table(f, register(value.dtype)):
            most = 1  # a step waits for one after the other
        made: list[Reg] = []
        while len(made) < value.size:
            left = value.size - len(made)
            width = min(most, 1 << (left - 1).bit_length())
            args = [self._packed(x[len(made) : len(made) + width], width) for x in lists]
            got = MAPS[value.op](f, value, args)
            made += [got] if width == 1 else [f.extract(got, k) for k in range(min(width, left))]
        return _array(made, value.shape)

    def _packed(self, numbers: list[Reg], width: int) -> Reg:
        if width == 1:
            return numbers[0]
        type_ = vector(numbers[0].type, width)
        made = Reg("poison", type_)
        for k in range(width):
            made = self.f.insert(made, numbers[min(k, len(numbers) - 1)], k)
        return made

    def _dot(self, value: Value, a: Registers, b: Registers) -> Registers:
        a = np.swapaxes(a, -1, -2) if value.params.get("ta") else a
        b = np.swapaxes(b, -1, -2) if value.params.get("tb") else b
        made = []
        for *stack, i, j in np.ndindex(*value.shape):
            row, column = list(a[(*stack, i)]), list(b[(*stack, slice(None), j)])
            made.append(self._sum_of_products(value, row, column))
        return _array(made, value.shape)

    def _sum_of_products(self, value: Value, row: list[Reg], column: list[Reg]) -> Reg:
        f, of = self.f, value.dtype.kind
        if not row:
            return literal(0, register(value.dtype))
        if of == "b":
            total = f.binary("and", row[0], column[0])
        else:
            total = f.binary("fmul" if of == "f" else "mul", row[0], column[0])
        for x, y in zip(row[1:], column[1:], strict=True):
            if of == "f":
                total = f.fma(x, y, total)
            elif of == "b":
                total = f.binary("or", total, f.binary("and", x, y))
            else:
                total = f.binary("add", total, f.binary("mul", x, y))
        return total

    def _fold(self, value: Value, x: Registers) -> Registers:
        """Put elements together in pairs, so that none waits long for another."""
        gone = value.params.get("axes", (value.params.get("axis"),))
        kept = [a for a in range(x.ndim) if a not in gone]
        size = math.prod(value.shape)
        rows = np.transpose(x, (*kept, *gone)).reshape(size, -1 if size else 1)
        single = self._place_of_best if value.op in SEARCHES else self._pairs
        return _array([single(value, list(row)) for row in rows], value.shape)

    def _pairs(self, value: Value, parts: list[Reg]) -> Reg:
        while len(parts) > 1:
            joined = [
                combine(self.f, value, a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)
            ]
            parts = joined + parts[len(joined) * 2 :]
        return parts[0] if parts else neutral(value, 1)

    def _place_of_best(self, value: Value, row: list[Reg]) -> Reg:
        f, of = self.f, value.inputs[0].dtype.kind
        best, place = row[0], f.index(0)
        more = "gt" if value.op == "argmax" else "lt"
        for k, each in enumerate(row[1:], 1):
            if of == "f":
                number = f.compare("fcmp ord", best, best)
                better = f.binary("and", f.compare(f"fcmp u{more}", each, best), number)
            else:
                better = f.compare(f"icmp {'s' if of == 'i' else 'u'}{more}", each, best)
            best = f.select(better, each, best)
            place = f.select(better, Reg(str(k), I64), place)
        return place


def _array(listed: Sequence[Any], shape: tuple[int, ...]) -> Registers:
    made = np.empty(len(listed), object)
    for k, each in enumerate(listed):
        made[k] = each
    return made.reshape(shape)
