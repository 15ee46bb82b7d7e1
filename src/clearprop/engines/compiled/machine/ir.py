"""Writing LLVM's language: a function, its blocks, and loops that look like loops."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, final

from clearprop.engines.compiled.machine.registers import (
    F32,
    F64,
    I1,
    I8,
    I32,
    I64,
    PTR,
    Reg,
    bytes_of,
    literal,
    mangled,
    vector,
)

__all__ = [
    "F32", "F64", "I1", "I8", "I32", "I64", "PTR",
    "Function", "Module", "Reg", "Target", "literal", "vector",
]  # fmt: skip


class Target(NamedTuple):
    """
    What is compiled for.

    Parameters
    ----------
    triple, cpu, features : str
        As LLVM calls them.
    bytes : int
        The size of a vector register: 64, 32 or 16.
    threads : int
        How many threads run a program together.
    guarded : bool
        Whether zones around every array are to show writes out of bounds.
    """

    triple: str
    cpu: str
    features: str
    bytes: int
    threads: int = 1
    guarded: bool = False

    def lanes(self, element: str) -> int:
        """Tell how many elements of a type (LLVM's name) a vector register holds."""
        return max(1, self.bytes // bytes_of(element))


@final
class Module:
    """
    All functions of a program.

    Parameters
    ----------
    target : Target
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._texts: dict[str, str] = {}

    def define(self, name: str, text: str) -> None:
        """Take in a function, a declaration or a constant."""
        self._texts[name] = text

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def need(self, name: str, make: Callable[[], str]) -> None:
        """Take in what `make` writes, unless something of that name is there already."""
        if name not in self._texts:
            self._texts[name] = ""  # what is being written may need itself
            self._texts[name] = make()

    def text(self) -> str:
        """Give the whole module."""
        bits = self.target.bytes * 8
        return "\n".join([
            f'target triple = "{self.target.triple}"',
            *self._texts.values(),
            (f'attributes #0 = {{ nounwind "prefer-vector-width"="{bits}"'
            f' "min-legal-vector-width"="{bits}" }}'),
            '!9 = distinct !{!9, !10, !11}',
            '!10 = !{!"llvm.loop.unroll.disable"}',
            '!11 = !{!"llvm.loop.vectorize.enable", i1 false}',
            "",
        ])  # fmt: skip


@final
class Function:
    """
    A function that is being written.

    Loop counters and accumulators are slots on the stack, which LLVM makes registers of.

    Parameters
    ----------
    module : Module
        Of which it becomes a part.
    name : str
    arguments : sequence of Reg
        With names such as ``%x``.
    returns : str
        A type, or "void".
    attributes : str
        What stands behind the arguments, such as ``alwaysinline #0``.
    linkage : str
        What stands before the type, such as ``internal``.
    """

    def __init__(
        self,
        module: Module,
        name: str,
        arguments: Sequence[Reg],
        returns: str = "void",
        attributes: str = "#0",
        linkage: str = "",
    ) -> None:
        listed = ", ".join(f"{a.type} {a.text}" for a in arguments)
        self.head = f"define {linkage} {returns} @{name}({listed}) {attributes} {{".replace(
            "  ", " "
        )
        self.module, self.target = module, module.target
        self.name, self.arguments, self.returns = name, list(arguments), returns
        self.thread: Reg | None = None  # which of the target's threads runs this, if several do
        self.slots: list[str] = []
        self.lines: list[str] = []
        self._count = 0

    def fresh(self) -> str:
        """Name something new."""
        self._count += 1
        return f"%x{self._count}"

    def put(self, line: str) -> None:
        """Write a line that gives nothing."""
        self.lines.append(line)

    def give(self, type_: str, text: str) -> Reg:
        """Write a line that gives a value of a type."""
        made = Reg(self.fresh(), type_)
        self.lines.append(f"{made.text} = {text}")
        return made

    # -- arithmetic ---------------------------------------------------------------------------

    def binary(self, op: str, a: Reg, b: Reg) -> Reg:
        """Write an instruction of two operands of one type: ``fadd``, ``mul``, ``and`` ..."""
        return self.give(a.type, f"{op} {a.type} {a.text}, {b.text}")

    def fma(self, a: Reg, b: Reg, c: Reg) -> Reg:
        """Multiply and add: ``a * b + c``, rounded once where the processor can."""
        return self.intrinsic("llvm.fmuladd", a.type, a, b, c)

    def intrinsic(self, name: str, type_: str, *args: Reg) -> Reg:
        """Call one of LLVM's own functions, overloaded by the type it gives."""
        full = f"{name}.{mangled(type_)}"
        kinds = ", ".join(a.type for a in args)
        self.module.need(full, lambda: f"declare {type_} @{full}({kinds})")
        return self.call(full, type_, *args)

    def call(self, name: str, type_: str, *args: Reg) -> Reg:
        """Call a function that gives something; the module declares what it does not define."""
        listed = ", ".join(f"{a.type} {a.text}" for a in args)
        if type_ == "void":
            self.put(f"call void @{name}({listed})")
            return Reg("", "void")
        return self.give(type_, f"call {type_} @{name}({listed})")

    def compare(self, op: str, a: Reg, b: Reg) -> Reg:
        """Compare: ``fcmp olt``, ``icmp slt`` ..."""
        return self.give(vector(I1, a.width), f"{op} {a.type} {a.text}, {b.text}")

    def select(self, condition: Reg, a: Reg, b: Reg) -> Reg:
        """Give `a` where the condition is true, `b` elsewhere."""
        return self.give(
            a.type,
            f"select {condition.type} {condition.text}, {a.type} {a.text}, {b.type} {b.text}",
        )

    def convert(self, op: str, a: Reg, type_: str) -> Reg:
        """Convert: ``sitofp``, ``fptrunc``, ``zext``, ``bitcast`` ..."""
        return self.give(type_, f"{op} {a.type} {a.text} to {type_}")

    def splat(self, a: Reg, width: int) -> Reg:
        """Give a vector with the same number in all lanes."""
        if width == 1:
            return a
        type_ = vector(a.type, width)
        if a.text[0] != "%":
            return Reg("<" + ", ".join([f"{a.type} {a.text}"] * width) + ">", type_)
        first = self.give(type_, f"insertelement {type_} poison, {a.type} {a.text}, i64 0")
        return self.give(
            type_,
            f"shufflevector {type_} {first.text}, {type_} poison, <{width} x i32> zeroinitializer",
        )

    def extract(self, a: Reg, lane: int) -> Reg:
        """Give one lane."""
        return self.give(a.element, f"extractelement {a.type} {a.text}, i64 {lane}")

    def insert(self, a: Reg, value: Reg, lane: int) -> Reg:
        """Give a vector with another value in one lane."""
        return self.give(
            a.type, f"insertelement {a.type} {a.text}, {value.type} {value.text}, i64 {lane}"
        )

    # -- whole numbers, folded where both are literal ------------------------------------------

    def index(self, value: int) -> Reg:
        """Give a literal index."""
        return Reg(str(value), I64)

    def add(self, a: Reg, b: Reg | int) -> Reg:
        """Add indices."""
        b = Reg(str(b), I64) if isinstance(b, int) else b
        if b.text == "0":
            return a
        if a.text == "0":
            return b
        if a.text[0] != "%" and b.text[0] != "%":
            return Reg(str(int(a.text) + int(b.text)), I64)
        return self.binary("add nsw", a, b)

    def mul(self, a: Reg, b: Reg | int) -> Reg:
        """Multiply indices."""
        b = Reg(str(b), I64) if isinstance(b, int) else b
        if "0" in (a.text, b.text):
            return Reg("0", I64)
        if b.text == "1":
            return a
        if a.text == "1":
            return b
        if a.text[0] != "%" and b.text[0] != "%":
            return Reg(str(int(a.text) * int(b.text)), I64)
        return self.binary("mul nsw", a, b)

    # -- memory -------------------------------------------------------------------------------

    def at(self, base: Reg, index: Reg | int, element: str) -> Reg:
        """Give the address of an element; a type of `i8` counts bytes."""
        text = str(index) if isinstance(index, int) else index.text
        if text == "0":
            return base
        return self.give(PTR, f"getelementptr inbounds {element}, ptr {base.text}, i64 {text}")

    def load(self, type_: str, address: Reg, align: int = 0) -> Reg:
        """Read; `align` in bytes, by default that of one element."""
        return self.give(
            type_, f"load {type_}, ptr {address.text}, align {align or bytes_of(type_)}"
        )

    def store(self, value: Reg, address: Reg, align: int = 0) -> None:
        """Write; `align` in bytes, by default that of one element."""
        align = align or bytes_of(value.type)
        self.put(f"store {value.type} {value.text}, ptr {address.text}, align {align}")

    def slot(self, type_: str, count: int = 1, align: int = 64) -> Reg:
        """Make room on the stack for the time of the call."""
        name = self.fresh()
        self.slots.append(f"{name} = alloca {type_}, i64 {count}, align {align}")
        return Reg(name, PTR)

    # -- control ------------------------------------------------------------------------------

    def block(self, label: str) -> None:
        """Go on in a block that the one before falls into."""
        self.put(f"br label %{label}")
        self.put(f"{label}:")

    @contextlib.contextmanager
    def loop(
        self, stop: Reg | int, start: Reg | int = 0, step: int = 1, *, unroll: int | None = None
    ) -> Iterator[Reg]:
        """
        Count from `start` up to, but without, `stop`; the body is written in the ``with``.

        Parameters
        ----------
        stop, start : Reg or int
        step : int
        unroll : int, optional
            1 forbids to unroll; LLVM decides otherwise.
        """
        first = str(start) if isinstance(start, int) else start.text
        last = str(stop) if isinstance(stop, int) else stop.text
        if first[0] != "%" and last[0] != "%":
            turns = -(-(int(last) - int(first)) // step)
            if turns == 1:
                yield Reg(first, I64)
                return
        label = self.fresh()[1:]
        counter = self.slot(I64, align=8)
        self.put(f"store i64 {first}, ptr {counter.text}")
        self.put(f"br label %test{label}")
        self.put(f"test{label}:")
        now = self.give(I64, f"load i64, ptr {counter.text}")
        more = self.give(I1, f"icmp slt i64 {now.text}, {last}")
        self.put(f"br i1 {more.text}, label %body{label}, label %done{label}")
        self.put(f"body{label}:")
        yield now
        following = self.give(I64, f"add nsw i64 {now.text}, {step}")
        self.put(f"store i64 {following.text}, ptr {counter.text}")
        note = "" if unroll != 1 else ", !llvm.loop !9"
        self.put(f"br label %test{label}{note}")
        self.put(f"done{label}:")

    @contextlib.contextmanager
    def when(self, condition: Reg) -> Iterator[None]:
        """Write what is done only if a condition (i1) holds."""
        label = self.fresh()[1:]
        self.put(f"br i1 {condition.text}, label %then{label}, label %else{label}")
        self.put(f"then{label}:")
        yield
        self.put(f"br label %else{label}")
        self.put(f"else{label}:")

    def share(self, count: int, grain: int = 1) -> tuple[Reg, Reg]:
        """
        Tell which of `count` things this thread is to do: from the first to before the last.

        Parameters
        ----------
        count : int
        grain : int
            What is divided between threads is a multiple of it.
        """
        if self.thread is None or self.target.threads == 1:
            return self.index(0), self.index(count)
        each = -(-count // (self.target.threads * grain)) * grain
        all_ = self.index(count)
        first = self.mul(self.thread, each)
        first = self.intrinsic("llvm.smin", I64, first, all_)
        last = self.intrinsic("llvm.smin", I64, self.add(first, each), all_)
        return first, last

    def text(self, result: Reg | None = None) -> str:
        """End the function by a return, and give it as it is written."""
        end = "ret void" if result is None else f"ret {result.type} {result.text}"
        return "\n".join([self.head, "entry:", *self.slots, *self.lines, end, "}"])

    def done(self, result: Reg | None = None) -> None:
        """End the function by a return, and put it into the module."""
        self.module.define(self.name, self.text(result))
