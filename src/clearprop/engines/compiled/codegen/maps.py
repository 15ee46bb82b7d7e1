"""Functions of single elements, as instructions for one number or a vector of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from clearprop.engines.compiled.machine.ir import F32, F64, I1, I8, Function, Reg, literal, vector
from clearprop.engines.compiled.math.mathlib import math
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.lang import told

__all__ = ["COSTS", "MAPS", "kind", "memory", "register"]

Write: TypeAlias = Callable[[Function, Value, Sequence[Reg]], Reg]

# In additions, about; what is not listed is one.
COSTS = dict.fromkeys(
    """exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
    sigmoid erf erfc pow atan2 hypot""".split(),  # noqa: SIM905 - quoted, they would fill the page
    12,
) | {"divide": 4, "sqrt": 4, "reciprocal": 4, "remainder": 12, "floor_divide": 12}


def register(dtype: Any) -> str:
    """Name the type that an element has while it is worked with."""
    dtype = np.dtype(dtype)
    match dtype.kind, dtype.itemsize:
        case "b", _:
            return I1
        case "f", 4:
            return F32
        case "f", 8:
            return F64
        case (("i" | "u"), size):
            return f"i{size * 8}"
        case _:
            raise NotCompilable(told("compiling.numbers_of_kind", kind=dtype))


def memory(dtype: Any) -> str:
    """Name the type that an element has in memory."""
    found = register(dtype)
    return I8 if found == I1 else found


def kind(value: Value) -> str:
    """Tell of what kind the numbers are that a function takes: "f", "i", "u" or "b"."""
    return str(value.inputs[-1].dtype.kind)


def _plain(float_: str, whole: str, truth: str = "") -> Write:
    """Give what is one instruction, by the kind of number."""

    def write(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
        of = kind(value)
        return f.binary(float_ if of == "f" else truth if of == "b" else whole, *args)

    return write


def _compare(ordered: str, signed: str) -> Write:
    def write(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
        of = kind(value)
        if of == "f":
            return f.compare(f"fcmp {ordered}", *args)
        plain = signed in ("eq", "ne")
        return f.compare(f"icmp {'' if plain else 's' if of == 'i' else 'u'}{signed}", *args)

    return write


def _divide(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    return f.binary("fdiv", *args) if kind(value) == "f" else _quotient(f, kind(value), *args)


def _quotient(f: Function, of: str, a: Reg, b: Reg) -> Reg:
    """Divide whole numbers; by 0 it is 0, as NumPy has it, where the processor would give up."""
    if of == "b":
        return f.binary("and", a, b)
    none = f.compare("icmp eq", b, _number(b, 0))
    if of == "u":
        made = f.binary("udiv", a, f.select(none, _number(b, 1), b))
    else:  # the smallest number has no opposite: dividing it by -1 is too much, too
        opposite = f.compare("icmp eq", b, _number(b, -1))
        odd = f.binary("or", none, opposite)
        made = f.binary("sdiv", a, f.select(odd, _number(b, 1), b))
        made = f.select(opposite, f.binary("sub", _number(a, 0), a), made)
    return f.select(none, _number(a, 0), made)


def larger(f: Function, of: str, a: Reg, b: Reg, *, largest: bool = True) -> Reg:
    """Give the larger (or the smaller) of two; not a number, if one of both is not a number."""
    if of == "b":
        return f.binary("or" if largest else "and", a, b)
    if of != "f":
        name = ("" if of == "i" else "u") + ("max" if largest else "min")
        return f.intrinsic(f"llvm.{'s' if of == 'i' else ''}{name}", a.type, a, b)
    way = "fcmp ogt" if largest else "fcmp olt"
    if b.text[0] != "%" and a.text[0] == "%":
        a, b = b, a
    if a.text[0] != "%" and "0x7FF8" not in a.text:  # not NaN: one instruction of the processor's
        return f.select(f.compare(way, a, b), a, b)
    chosen = f.select(f.compare(way, a, b), a, b)
    return f.select(f.compare("fcmp uno", a, a), a, chosen)


def _larger(largest: bool) -> Write:
    return lambda f, value, args: larger(f, kind(value), *args, largest=largest)


def _number(a: Reg, value: float) -> Reg:
    """Write a number as one of the same type as another."""
    return literal(value, a.type)


def _negative(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    (a,) = args
    if kind(value) == "f":
        return f.give(a.type, f"fneg {a.type} {a.text}")
    return f.binary("sub", _number(a, 0), a)


def _abs(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    (a,) = args
    match kind(value):
        case "f":
            return f.intrinsic("llvm.fabs", a.type, a)
        case "i":
            return f.intrinsic("llvm.smax", a.type, a, f.binary("sub", _number(a, 0), a))
        case _:
            return a


def _sign(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    (a,) = args
    of = kind(value)
    more, less = ("fcmp ogt", "fcmp olt") if of == "f" else ("icmp sgt", "icmp slt")
    if of in "ub":
        more = "icmp ne"
    zero = _number(a, 0)
    up = f.select(f.compare(more, a, zero), _number(a, 1), a)
    if of in "ub":
        return up
    return f.select(f.compare(less, a, zero), _number(a, -1), up)


def _own(name: str) -> Write:
    """Give what LLVM has a function of its own for; whole numbers stay what they are."""

    def write(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
        if kind(value) != "f":
            return args[0]
        return f.intrinsic(f"llvm.{name}", args[0].type, *args)

    return write


def _mathematics(name: str) -> Write:
    return lambda f, value, args: math(f, name, *args)


def _pow(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    a, b = args
    of = kind(value)
    if of == "f":
        return math(f, "pow", a, b)
    # By squaring, a bit of the exponent at a time: exact, as far as the numbers reach.
    result, one = _number(a, 1), _number(a, 1)
    for _ in range(6 if Reg("", a.element).text != "i8" else 3):
        odd = f.compare("icmp ne", f.binary("and", b, one), _number(a, 0))
        result = f.select(odd, f.binary("mul", result, a), result)
        a, b = f.binary("mul", a, a), f.binary("lshr", b, one)
    return result


def _whole_division(f: Function, of: str, a: Reg, b: Reg) -> tuple[Reg, Reg]:
    """Give how often one whole number goes into another, rounded down, and what is left."""
    zero = _number(a, 0)
    times = _quotient(f, of, a, b)
    rest = f.binary("sub", a, f.binary("mul", times, b))
    rest = f.select(f.compare("icmp eq", b, zero), zero, rest)
    if of == "u":
        return times, rest
    below = f.compare("icmp slt", f.binary("xor", rest, b), zero)
    below = f.binary("and", f.compare("icmp ne", rest, zero), below)
    less = f.binary("sub", times, _number(a, 1))
    return f.select(below, less, times), f.select(below, f.binary("add", rest, b), rest)


def _remainder(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    a, b = args
    if kind(value) != "f":
        return _whole_division(f, kind(value), a, b)[1]
    zero = _number(a, 0)
    rest = f.binary("frem", a, b)
    signs = f.binary("xor", f.compare("fcmp olt", rest, zero), f.compare("fcmp olt", b, zero))
    some = f.compare("fcmp une", rest, zero)
    moved = f.select(f.binary("and", some, signs), f.binary("fadd", rest, b), rest)
    return f.select(some, moved, f.intrinsic("llvm.copysign", a.type, rest, b))


def _floor_divide(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    a, b = args
    if kind(value) != "f":
        return _whole_division(f, kind(value), a, b)[0]
    rest = _remainder(f, value, args)
    quotient = f.binary("fdiv", f.binary("fsub", a, rest), b)
    down = f.intrinsic("llvm.roundeven", a.type, quotient)
    plain = f.binary("fdiv", a, b)  # by zero, or of what is not finite
    zero = f.compare("fcmp oeq", b, _number(b, 0))
    return f.select(zero, plain, f.intrinsic("llvm.copysign", a.type, down, plain))


def _where(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    return f.select(*args)


def _not(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    truth = as_truth(f, value.inputs[0].dtype.kind, args[0])
    return f.binary("xor", truth, _number(truth, 1))


def _logical(op: str) -> Write:
    def write(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
        pairs = zip(value.inputs, args, strict=True)
        return f.binary(op, *(as_truth(f, x.dtype.kind, a) for x, a in pairs))

    return write


def as_truth(f: Function, of: str, a: Reg) -> Reg:
    """Tell whether numbers are not zero."""
    if of == "b":
        return a
    return f.compare("fcmp une" if of == "f" else "icmp ne", a, _number(a, 0))


def _finite(way: str) -> Write:
    """Compare the size of numbers with infinity; whole numbers are always finite."""

    def write(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
        (a,) = args
        if kind(value) != "f":
            return literal(int(way == "one"), vector(I1, a.width))
        if way == "uno":
            return f.compare("fcmp uno", a, a)
        size = f.intrinsic("llvm.fabs", a.type, a)
        return f.compare(f"fcmp {way}", size, _number(a, float("inf")))

    return write


def _cast(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    return cast(f, args[0], value.inputs[0].dtype, value.dtype)


def cast(f: Function, a: Reg, before: Any, after: Any) -> Reg:
    """Make numbers of one kind ones of another."""
    before, after = np.dtype(before), np.dtype(after)
    if before == after:
        return a
    type_ = vector(register(after), a.width)
    was, is_ = before.kind, after.kind
    if is_ == "b":
        return as_truth(f, was, a)
    if was == "f" and is_ == "f":
        return f.convert("fpext" if after.itemsize > before.itemsize else "fptrunc", a, type_)
    if was == "f":
        return f.give(type_, f"freeze {type_} {_whole(f, a, type_, is_).text}")
    if is_ == "f":
        return f.convert("sitofp" if was == "i" else "uitofp", a, type_)
    if after.itemsize == before.itemsize and was != "b":
        return Reg(a.text, type_)
    if after.itemsize < before.itemsize:
        return f.convert("trunc", a, type_)
    return f.convert("sext" if was == "i" else "zext", a, type_)


def _whole(f: Function, a: Reg, type_: str, of: str) -> Reg:
    return f.convert("fptosi" if of == "i" else "fptoui", a, type_)


def _square(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    return f.binary("fmul contract" if kind(value) == "f" else "mul", args[0], args[0])


def _reciprocal(f: Function, value: Value, args: Sequence[Reg]) -> Reg:
    return _divide(f, value, [_number(args[0], 1), args[0]])


MAPS: dict[str, Write] = {
    "add": _plain("fadd contract", "add", "or"),
    "subtract": _plain("fsub contract", "sub"),
    "multiply": _plain("fmul contract", "mul", "and"),
    "divide": _divide, "remainder": _remainder, "floor_divide": _floor_divide, "pow": _pow,
    "negative": _negative, "abs": _abs, "sign": _sign, "square": _square,
    "reciprocal": _reciprocal, "sqrt": _own("sqrt"), "copysign": _own("copysign"),
    "floor": _own("floor"), "ceil": _own("ceil"), "trunc": _own("trunc"),
    "round": _own("roundeven"),
    "maximum": _larger(largest=True), "minimum": _larger(largest=False),
    "less": _compare("olt", "lt"), "less_equal": _compare("ole", "le"),
    "greater": _compare("ogt", "gt"), "greater_equal": _compare("oge", "ge"),
    "equal": _compare("oeq", "eq"), "not_equal": _compare("une", "ne"),
    "logical_and": _logical("and"), "logical_or": _logical("or"), "logical_xor": _logical("xor"),
    "logical_not": _not, "where": _where, "cast": _cast,
    "isfinite": _finite("one"), "isnan": _finite("uno"), "isinf": _finite("oeq"),
}  # fmt: skip
MAPS |= {
    name: _mathematics(name) for name, cost in COSTS.items() if cost == 12 and name not in MAPS
}
