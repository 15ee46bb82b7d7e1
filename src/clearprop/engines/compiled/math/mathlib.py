"""Mathematical functions for every vector width, written into a module where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clearprop.engines.compiled.machine.ir import Function, Module, Reg
from clearprop.engines.compiled.machine.registers import mangled
from clearprop.engines.compiled.math import circular as circular
from clearprop.engines.compiled.math import elementary as elementary
from clearprop.engines.compiled.math import errors as errors
from clearprop.engines.compiled.math import exponentials as exponentials
from clearprop.engines.compiled.math import logarithms as logarithms
from clearprop.engines.compiled.math.lanes import Lanes

__all__ = ["FUNCTIONS", "math"]

#: Those that have a formula in float32 as well as float64, and those that float32 borrows.
_BOTH = (
    exponentials.exp, exponentials.expm1, exponentials.tanh, exponentials.sigmoid, logarithms.log,
    logarithms.pow, errors.erf, circular.sin, circular.cos, circular.tan,
    elementary.remainder, elementary.floor_divide,
)  # fmt: skip
_DOUBLE = (
    exponentials.sinh, exponentials.cosh, logarithms.log1p, logarithms.log2, logarithms.log10,
    logarithms.asinh, logarithms.acosh, logarithms.atanh, errors.erfc,
    circular.asin, circular.acos, circular.atan, circular.atan2,
    elementary.hypot,
)  # fmt: skip


def _borrowing(formula: Callable[..., Lanes]) -> Callable[..., Lanes]:
    """Compute in float64 what is float32."""

    def borrowed(*xs: Lanes) -> Lanes:
        if xs[0].double:
            return formula(*xs)
        return formula(*(x.widened() for x in xs)).narrowed()

    return borrowed


#: What can be called: each name's formula, of lanes.
FUNCTIONS: Mapping[str, Callable[..., Lanes]] = {
    **{formula.__name__: formula for formula in _BOTH},
    **{formula.__name__: _borrowing(formula) for formula in _DOUBLE},
}


def math(f: Function, name: str, *xs: Reg) -> Reg:
    """
    Call a mathematical function of vectors, or of single numbers, of float32 or float64.

    Parameters
    ----------
    f : Function
        Which calls; its module gets what is called, once for every type.
    name : str
        One of `FUNCTIONS`.
    *xs : Reg
        Of one type.

    Returns
    -------
    Reg
        Of the same type.
    """
    type_ = xs[0].type
    full = f"clearprop.{name}.{mangled(type_)}"
    f.module.need(full, lambda: _written(f.module, full, name, type_, len(xs)))
    return f.call(full, type_, *xs)


def _written(module: Module, full: str, name: str, type_: str, count: int) -> str:
    """Write a function."""
    arguments = [Reg(f"%a{i}", type_) for i in range(count)]
    f = Function(module, full, arguments, type_, "alwaysinline #0", "internal")
    return f.text(FUNCTIONS[name](*(Lanes(f, a) for a in arguments)).reg)
