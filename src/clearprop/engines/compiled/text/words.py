"""A program in words: its fused loops, in the order in which they run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clearprop.engines.compiled.codegen.emit import Built
from clearprop.engines.compiled.codegen.fuse import fuse, reduced
from clearprop.engines.compiled.codegen.kernels import Kernel, Stage, base
from clearprop.engines.compiled.program import Loop, Program, Value
from clearprop.engines.compiled.text.formulas import formula
from clearprop.lang import told

__all__ = ["Line", "described", "dump"]


class Line(NamedTuple):
    """
    A line of a program's description.

    Attributes
    ----------
    depth : int
        Within how many loops it stands.
    text : str
        What `clearprop.lang.in_language` says in any language, or a formula.
    """

    depth: int
    text: str


def dump(program: Program) -> str:
    """
    Write down each value of a program, a line each.

    Examples
    --------
    >>> x = Value("", (), {}, (2, 3), "float32", kind="data", name="x")
    >>> print(dump(Program([x], results=[Value("exp", (x,), {}, (2, 3), "float32")])))
    x = data float32[2, 3]
    t0 = exp(x)  float32[2, 3]
    result 0: t0
    """
    names: dict[Value, str] = {}
    lines = []
    for value in program.values():
        kind = f"{value.dtype}{list(value.shape)}"
        if value.kind:
            names[value] = value.name or f"{value.kind} {len(names)}"
            if value.kind == "constant" and value.array.size == 1:
                names[value] = f"{value.array.reshape(()).item():.6g}"
            else:
                lines.append(f"{names[value]} = {value.kind} {kind}")
            continue
        inputs = ", ".join(names[x] for x in value.inputs)
        params = "".join(
            f", {name}={each}" for name, each in value.params.items() if name != "body"
        )
        names[value] = f"t{sum(name[0] == 't' and name[1:].isdigit() for name in names.values())}"
        lines.append(f"{names[value]} = {value.op}({inputs}{params})  {kind}")
    for state, after in zip(program.states, program.after, strict=False):
        if after is not state:
            lines.append(f"{names.get(state, state.name)} becomes {names[after]}")
    lines += [f"result {k}: {names[each]}" for k, each in enumerate(program.results)]
    return "\n".join(lines)


def described(built: Built) -> list[Line]:
    """
    Tell what a program does, loop after loop.

    Parameters
    ----------
    built : Built

    Returns
    -------
    list of Line
    """
    return list(_lines(built.program, built.kernels, registers=not built.kernels))


def _lines(
    program: Program, kernels: list[Kernel], *, registers: bool, given: Sequence[str] = ()
) -> Iterator[Line]:
    if registers:
        yield Line(0, told("programs.registers"))
        kernels = fuse(program)
    names = _names(program, kernels, given)
    depth = int(registers)
    for kernel in kernels:
        if kernel.form == "structured":
            yield from _structured(kernel, names, depth)
        elif kernel.form == "columns":
            yield from _columns(kernel, names, depth)
        else:
            yield from _rows(kernel, names, depth)


def _names(program: Program, kernels: list[Kernel], given: Sequence[str]) -> dict[Value, str]:
    """Name all that lies in memory: what is handed in and out by its own name."""
    names: dict[Value, str] = {}
    if isinstance(program, Loop):
        for what, leaves in (("w", program.fixed), ("h", program.states), ("x", program.data)):
            names |= {leaf: f"{what}{k}" + "[t]" * (what == "x") for k, leaf in enumerate(leaves)}
        told_of = [f"{name}[t]" for name in given]
    else:
        for kind in ("data", "draws", "scalars", "states"):
            leaves = getattr(program, kind)
            names |= {leaf: leaf.name or f"{kind} {k}" for k, leaf in enumerate(leaves)}
        told_of = [f"result {k}" for k in range(len(program.results))]
        if program.results and not program.results[0].shape:
            told_of[0] = "loss"
    for state, after in zip(program.states, program.after, strict=False):
        if base(after) is not state:
            names.setdefault(base(after), names[state] + "′")
    for each, name in zip(program.results, told_of, strict=True):
        names.setdefault(base(each), name)
    letter, count = "u" if isinstance(program, Loop) else "t", 0
    for kernel in kernels:
        for root in kernel.roots:
            if root not in names and root.op != "scan":
                count += 1
                names[root] = f"{letter}{count}"
    return names


def _rows(kernel: Kernel, names: dict[Value, str], depth: int) -> Iterator[Line]:
    rows = math.prod(kernel.rows or ())
    if kernel.rows and rows > 1:
        yield Line(depth, told("programs.rows", n=rows))
        depth += 1
    for stage in kernel.stages:
        yield from _stage(stage, names, depth)


def _stage(stage: Stage, names: dict[Value, str], depth: int) -> Iterator[Line]:
    n = math.prod(stage.columns)
    if n != 1 and stage.maps:
        yield Line(depth, told("programs.elements", n=n))
    for root in stage.maps:
        yield Line(depth + (n != 1), f"{names[root]} = {formula(root, names)}")
    for root in stage.folds:
        yield Line(depth, f"{names[root]} = {formula(root, names)}")


def _columns(kernel: Kernel, names: dict[Value, str], depth: int) -> Iterator[Line]:
    (first, *_) = folds = kernel.stages[0].folds
    shape = first.inputs[0].shape
    over = math.prod(shape[a] for a in reduced(first))
    yield Line(depth, told("programs.columns", n=math.prod(first.shape), over=over))
    for root in folds:
        yield Line(depth + 1, f"{names[root]} = {formula(root, names)}")


def _structured(kernel: Kernel, names: dict[Value, str], depth: int) -> Iterator[Line]:
    value, parts = kernel.roots[0], kernel.roots[1:]
    if value.op != "scan":
        shapes = " × ".join(str(list(x.shape)) for x in value.inputs)
        yield Line(depth, f"{names[value]} = {formula(value, names)}   {shapes}")
        for stage in kernel.stages[1:]:
            yield from _stage(stage, names, depth + 1)
        if value.params.get("skip"):
            yield Line(depth + 1, told("programs.skips"))
        return
    body: Loop = value.params["body"]
    turns = {"n": value.params["length"], "what": body.what or "loop"}
    apart = value.params.get("apart")
    head = told("programs.rows", n=turns["n"]) if apart else told("programs.turns", **turns)
    yield Line(depth, head)
    leaves = [*body.fixed, *body.states, *body.data]
    named = _names(body, [], [""] * len(body.results))
    for leaf, x in zip(leaves, value.inputs, strict=True):
        yield Line(depth + 1, f"{named[leaf]}: {names.get(base(x)) or formula(x, names)}")
    given = [names[part] for part in parts]
    yield from (
        Line(line.depth + depth + 1, line.text)
        for line in _lines(body, fuse(body), registers=False, given=given[: len(body.results)])
    )
    for part, leaf in zip(parts[len(body.results) :], body.states, strict=True):
        yield Line(depth, f"{names[part]} = {named[leaf]}")
