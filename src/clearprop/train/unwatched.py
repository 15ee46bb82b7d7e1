"""Whether code of somebody's own may read what nobody can watch, such as the environment."""

from __future__ import annotations

import abc
import builtins
import dis
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["OURS", "class_reads", "function_reads", "is_compared"]

# Whose code computes the same from the same, or draws from what is looked at beside it.
OURS = frozenset({"clearprop", "builtins", "numpy", "weakref", "abc", "math", "operator"})
OUTSIDE = frozenset({"open", "input", "globals", "locals", "eval", "exec", "compile", "id", "hash",
                     "__import__", "breakpoint", "memoryview"})  # fmt: skip
NUMBERS = (int, float, str, np.ndarray, np.generic, type(None))


def function_reads(function: types.FunctionType) -> bool:
    """
    Tell whether a function may read what is no argument, and nothing that it holds or names.

    Examples
    --------
    >>> import os
    >>> function_reads(lambda x: x * float(os.environ["FACTOR"]))
    True
    >>> factor = [2.0]
    >>> function_reads(lambda x: np.tanh(x) * factor[0])
    False
    """
    named = function.__globals__
    return any(_reads(name, named, strict=False) for name in _asked(function.__code__))


def is_compared(value: Any) -> bool:
    """Tell whether a value that a class has or its methods name is compared with what it was."""
    if isinstance(value, tuple):
        return all(isinstance(each, (str, int, float, type(None))) for each in value)
    return isinstance(value, NUMBERS)


def class_reads(kind: type) -> bool:
    """Tell the same of the methods of a class, of what they name only some is watched."""
    own = [each for each in kind.__mro__ if not _is_ours(each)]
    return any(
        _member_reads(name, value, own) for each in own for name, value in vars(each).items()
    )


def _member_reads(name: str, value: Any, own: list[type]) -> bool:
    if isinstance(value, property):
        each = [value.fget, value.fset, value.fdel]
        return any(_member_reads(name, one, own) for one in each if one is not None)
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if not isinstance(value, types.FunctionType):
        aside = (name[:2] == "__" == name[-2:]) or name.startswith("_abc")
        return not aside and not is_compared(value)
    around = str(value.__globals__.get("__name__")).split(".")[0] in OURS  # put around theirs by us
    held = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
    for each in [*held, *(value.__defaults__ or ())]:
        if isinstance(each, types.FunctionType):
            if _member_reads(name, each, own):
                return True
        elif not (around or is_compared(each) or each in own):
            return True
    asked = () if around else _asked(value.__code__)
    return any(_reads(each, value.__globals__, strict=True) for each in asked)


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _asked(code: types.CodeType) -> Iterator[str]:
    """List the globals that code names, and "import x" for what it imports."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"):
            yield str(step.argval)
        elif step.opname == "IMPORT_NAME":
            yield f"import {step.argval}"
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _asked(inner)


def _reads(name: str, named: dict[str, Any], *, strict: bool) -> bool:
    if name.startswith("import "):
        return name.split()[1].split(".")[0] not in OURS
    if name not in named:
        return name in OUTSIDE or not hasattr(builtins, name)
    value = named[name]
    if isinstance(value, types.ModuleType):
        return value.__name__.split(".")[0] not in OURS
    if isinstance(value, type):
        return not _is_ours(value)
    if callable(value) and str(getattr(value, "__module__", "")).split(".")[0] in OURS:
        return False
    if isinstance(value, types.BuiltinFunctionType):
        return True
    return strict and not is_compared(value)


def _is_ours(kind: type) -> bool:
    if kind.__module__ == "abc":  # so does a class say of itself that `type` made of layers
        return kind is abc.ABC
    return kind.__module__.split(".")[0] in OURS
