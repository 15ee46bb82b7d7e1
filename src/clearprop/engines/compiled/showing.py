"""What a program does, for people: its loops in words, and the formulas that each computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import final

import numpy as np

from clearprop.engines.compiled.emit import Built
from clearprop.engines.compiled.fuse import fuse
from clearprop.engines.compiled.kernels import FOLDS, Kernel, base
from clearprop.engines.compiled.program import Value
from clearprop.lang import say

__all__ = ["listed", "told"]

INFIX: Mapping[str, str] = {
    "add": "{} + {}", "subtract": "{} − {}", "multiply": "{} × {}", "divide": "{} / {}",
    "less": "{} < {}", "less_equal": "{} ≤ {}", "greater": "{} > {}", "greater_equal": "{} ≥ {}",
    "equal": "{} == {}", "not_equal": "{} ≠ {}", "logical_and": "{} and {}",
    "logical_or": "{} or {}", "pow": "{}^{}", "remainder": "{} mod {}",
    "where": "{1} if {0} else {2}", "square": "{}²", "negative": "−{}",
}  # fmt: skip
TIGHT = frozenset({"square", "negative", "pow"})  # what needs brackets within, but none around
NAMES: Mapping[str, str] = {
    "maximum": "max", "minimum": "min", "reciprocal": "1 /", "logical_not": "not",
}  # fmt: skip
SILENT = frozenset({"broadcast", "reshape", "cast"})  # the same numbers in another form


def told(kind: str, batch: int, built: Built) -> str:
    """
    Say what a program does, with a heading.

    Parameters
    ----------
    kind : str
        "train", "judge" or "answer".
    batch : int
    built : Built
    """
    lines = listed(built)
    head = say(
        "train.program_head" if built.kernels else "train.program_straight",
        kind=say(f"train.program_{kind}"), batch=batch,
        loops=len(built.kernels), memory=_bytes(built.arena),
    )  # fmt: skip
    primes = [say("train.program_primes")] if any("′" in line for line in lines) else []
    return "\n".join([head, *primes, *lines])


def _bytes(count: int) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count = count / 1000  # type: ignore[assignment]
    return f"{count:.3g} GB"


def listed(built: Built, names: Mapping[Value, str] | None = None) -> list[str]:
    """
    Write down what a program does in each step.

    Parameters
    ----------
    built : Built
    names : mapping of Value to str, optional
        What leaves are to be called, if not by their own names.

    Returns
    -------
    list of str
        A heading for each loop, and beneath it a line for each array that it makes.
    """
    return list(_Listing(built, dict(names or {})).lines())


@final
class _Listing:
    """The names of what is stored, as they come up."""

    def __init__(self, built: Built, names: dict[Value, str]) -> None:
        self.built, self.names = built, names
        program = built.program
        self.kernels = built.kernels or fuse(program)  # what is tiny is one line after another
        for k, value in enumerate(program.data):
            self.names.setdefault(value, f"{value.name or 'data'}{_of(program.data, value, k)}")
        for value in [*program.states, *program.scalars, *program.draws]:
            self.names.setdefault(value, value.name or "?")
        self.told: dict[Value, list[str]] = {}
        self._count = 0
        for before, after in zip(program.states, program.after, strict=True):
            if after is not before:
                self.told.setdefault(base(after), []).append(f"{self.names[before]}′")
        for k, value in enumerate(program.results):
            name = f"→{k}" if k else say("train.told_loss")
            self.told.setdefault(base(value), []).append(name)

    def lines(self) -> Iterator[str]:
        for kernel in self.kernels:
            if self.built.kernels:
                yield self._heading(kernel)
            for root in kernel.roots:
                written = self._formula(root)
                own = [*self.told.get(root, ())]
                name = own[0] if own else self._next()
                self.names[root] = name
                shape = "×".join(map(str, root.shape))
                yield f"    {' = '.join(own or [name])}{f' [{shape}]' if shape else ''} = {written}"

    def _next(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def _heading(self, kernel: Kernel) -> str:
        (root, *_) = kernel.roots
        if kernel.form == "structured":
            return say("train.loop_structured", op=say_op(root))
        extents = kernel.cones[root].extents if root in kernel.cones else root.shape
        rows, columns = extents[:-1], extents[-1:]
        if root.op in FOLDS and kernel.form == "columns":
            return say("train.loop_sums", count="×".join(map(str, extents)) or "1")
        if not extents:
            return say("train.loop_once")
        count = "×".join(map(str, rows)) or "1"
        if not rows:
            return say("train.loop_each", count=columns[0])
        return say("train.loop_rows", count=count, columns=columns[0])

    def _formula(self, root: Value) -> str:
        return self._made(root, around=False)

    def _text(self, value: Value, *, around: bool = True) -> str:
        if value in self.names:
            return self.names[value]
        if value.kind == "constant":
            array = np.asarray(value.array)
            return f"{array.item():.6g}" if array.size == 1 else f"constant{list(array.shape)}"
        return self._made(value, around=around)

    def _made(self, value: Value, *, around: bool) -> str:
        op, inputs = value.op, value.inputs
        if op in SILENT:
            return self._text(inputs[0], around=around)
        if op == "permute":
            return f"{self._text(inputs[0])}ᵀ"
        if op == "dot":
            a, b = (self._text(x) for x in inputs)
            ta, tb = (value.params.get(each, False) for each in ("ta", "tb"))
            return f"{a}{'ᵀ' * bool(ta)} · {b}{'ᵀ' * bool(tb)}"
        if op == "part":
            return f"{self._text(inputs[0])}[{value.params['index']}]"
        if op in INFIX:
            text = INFIX[op].format(*(self._text(x) for x in inputs))
            return f"({text})" if around and op not in TIGHT else text
        if op in FOLDS:
            return f"{op}({self._text(inputs[0], around=False)})"
        listed_ = ", ".join(self._text(x, around=False) for x in inputs)
        return f"{NAMES.get(op, op)}({listed_})"


def say_op(value: Value) -> str:
    """Name a structured operation with its sizes."""
    if value.op == "dot":
        a, b = (x.shape for x in value.inputs)
        return f"{_size(a)} · {_size(b)}"
    if value.op == "scan":
        return f"scan {value.params['length']}"
    return f"{value.op} {' , '.join(_size(x.shape) for x in value.inputs)}"


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "1"


def _of(values: list[Value], value: Value, k: int) -> str:
    """Number those that share a name."""
    alike = [each for each in values if each.name == value.name]
    return f"[{alike.index(value)}]" if len(alike) > 1 else ""
