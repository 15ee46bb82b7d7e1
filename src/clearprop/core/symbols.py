"""The symbol namespace: run a rule on names and read off its formula, in plain text or LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from clearprop.core.namespaces import NUMPY, ArrayNamespace, constant_maker, is_array
from clearprop.core.op import ATOM, REGISTRY, SIGN, Op, Shape, shape_of
from clearprop.core.operators import Operators
from clearprop.core.wording import Worded, fill

__all__ = ["SYMBOLS", "Expression", "rule_in_symbols", "symbol"]


class Expression(Operators):
    """
    A formula: an operation on other formulas, or a named leaf with a shape.

    Attributes
    ----------
    op : Op or None
        None for a leaf.
    inputs : tuple of Expression or constant
    params : dict
    shape : tuple of int
    dtype : numpy.dtype
    plain_name, latex_name : str
        What a leaf is called.
    value : array or None
        What a constant leaf is; None for a symbol that `evaluate` must be told.
    """

    __slots__ = ("dtype", "inputs", "latex_name", "op", "params", "plain_name", "shape", "value")
    _xp: Any

    def __init__(
        self, op: Op | None, inputs: Sequence[Any], params: dict[str, Any], shape: Shape, dtype: Any
    ) -> None:
        self.op, self.inputs, self.params = op, tuple(inputs), params
        self.shape, self.dtype = shape, dtype
        self.plain_name = self.latex_name = ""
        self.value: Any = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))

    def plain(self) -> str:
        """Write the formula in plain text."""
        return _write(self, latex=False).text

    def latex(self) -> str:
        """Write the formula in LaTeX."""
        return _write(self, latex=True).text

    def evaluate(self, values: Mapping[str, Any], xp: ArrayNamespace = NUMPY) -> Any:
        """
        Compute the formula.

        Parameters
        ----------
        values : mapping of str to array
            By plain name, what each symbol stands for.
        xp : namespace
            The arrays to compute with.
        """
        if self.op is None:
            return values[self.plain_name] if self.value is None else self.value
        inputs = [x.evaluate(values, xp) if isinstance(x, Expression) else x for x in self.inputs]
        return self.op.compute(xp, *inputs, **self.params)

    def __repr__(self) -> str:
        return self.plain()

    __hash__ = object.__hash__


def symbol(
    name: str, shape: Shape = (), dtype: Any = np.float64, *, latex: str | None = None
) -> Expression:
    """
    Name a quantity of a known shape.

    Examples
    --------
    >>> import clearprop as cp
    >>> a, b = symbol("a"), symbol("b")
    >>> (a * (b + 1)).plain()
    'a · (b + 1)'
    """
    made = Expression(None, (), {}, tuple(shape), np.dtype(dtype))
    made.plain_name, made.latex_name = name, latex if latex is not None else name
    return made


def rule_in_symbols(op: Op, i: int, inputs: Sequence[Any], params: Mapping[str, Any]) -> Expression:
    """
    Read the rule of an operation's i-th input as a formula in ``g``, ``y`` and the inputs' names.

    Parameters
    ----------
    op : Op
    i : int
        Which input.
    inputs : sequence of array or number
        Sample inputs: their shapes and kinds of number are used, not their values.
    params : mapping
        The parameters of the call.

    Examples
    --------
    >>> import clearprop as cp
    >>> rule_in_symbols(cp.tanh, 0, [0.0], {}).plain()
    'g · (1 − y · y)'
    """
    names = op.inputs if not op.variadic else [f"{op.inputs[0]}{k + 1}" for k in range(len(inputs))]
    leaves = [symbol(n, shape_of(x), np.result_type(x)) for n, x in zip(names, inputs, strict=True)]
    result = _apply(op, leaves, dict(params))
    g = symbol("g", result.shape, result.dtype, latex=r"\bar{y}")
    y = symbol("y", result.shape, result.dtype)
    rule = op.rule(i)
    if rule is None:
        raise LookupError(f"{op.name} has no rule for input {i}.")
    found = rule(SYMBOLS, g, y, *leaves, **params)
    return found if isinstance(found, Expression) else _constant(found)


class Symbols:
    """The namespace whose functions build formulas."""

    kind = "symbols"

    def __getattr__(self, name: str) -> Any:
        """Find an operation, or a function that makes constants, by name."""
        if name in REGISTRY:
            op = REGISTRY[name]

            def build(*args: Any, **params: Any) -> Expression:
                return _apply(op, op.bind(args, params), params)

            return build
        own = constant_maker(name)
        if not callable(own) or isinstance(own, type):
            return own

        def make(*args: Any, **params: Any) -> Any:
            stand_ins = [
                np.zeros(x.shape, x.dtype) if isinstance(x, Expression) else x for x in args
            ]
            made = own(*stand_ins, **params)
            return _constant(made, name, args) if is_array(made) else made

        return make


def _apply(op: Op, inputs: Sequence[Any], params: dict[str, Any]) -> Expression:
    shape = op.shape(*map(shape_of, inputs), **params)
    return Expression(op, inputs, params, shape, result_dtype(op, inputs, params))


def result_dtype(op: Op, inputs: Sequence[Any], params: Mapping[str, Any]) -> np.dtype[Any]:
    """Tell what kind of number an operation gives, from its inputs' kinds alone."""
    kinds = [x.dtype if hasattr(x, "dtype") else x for x in inputs]
    if callable(op.dtype):
        return cast("np.dtype[Any]", np.dtype(op.dtype(*kinds, **params)))
    if op.dtype == "bool":
        return np.dtype(np.bool)
    if op.dtype == "index":
        return np.dtype(np.int64)
    return np.result_type(*kinds)


def _constant(value: Any, maker: str = "", args: Sequence[Any] = ()) -> Expression:
    array = np.asarray(value)
    short = {"zeros": "0", "ones": "1", "eye": "I"}.get(maker.removesuffix("_like"))
    if short is None and array.size and (array == array.flat[0]).all():
        short = _number(array.flat[0])
    if short is None:
        short = f"{maker}({', '.join(str(a) for a in args if not isinstance(a, Expression))})"
    made = symbol(short, array.shape, array.dtype, latex=_in_latex(short))
    made.value = array
    return made


def _number(value: Any) -> str:
    if isinstance(value, bool | np.bool):
        return str(bool(value))
    return f"{value:.6g}".replace("-", "−").replace("inf", "∞")


def _in_latex(text: str) -> str:
    return text.replace("−", "-").replace("∞", r"\infty ").rstrip()


def _write(x: Any, *, latex: bool) -> Worded:
    """Write a formula, and tell how tightly it binds."""
    if not isinstance(x, Expression):
        text = _param(x)
        return Worded(_in_latex(text) if latex else text, SIGN if text[:1] == "−" else ATOM)
    if x.op is None:
        return Worded(x.latex_name if latex else x.plain_name)
    op = x.op
    named: dict[str, Any] = dict(op.params) | x.params
    if op.variadic:
        named[op.inputs[0]] = list(x.inputs)
    else:
        named |= zip(op.inputs, x.inputs, strict=True)

    def word(name: str) -> Worded:
        value = named[name]
        if isinstance(value, list):
            return Worded(", ".join(_write(each, latex=latex).text for each in value))
        if name == "key" and isinstance(value, tuple):  # as in x[0, 1:], without parentheses
            return Worded(", ".join(map(_param, value)))
        return _write(value, latex=latex)

    template = op.latex if latex else op.words
    if template[1:-1] in named and template[0] == "{":  # another name, or shape, of the same
        return word(template[1:-1])
    return Worded(fill(template, tuple(named), word, op.level, latex=latex), op.level)


def _param(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return _number(value)
    if isinstance(value, slice):
        step = () if value.step is None else (value.step,)
        return ":".join("" if p is None else _param(p) for p in (value.start, value.stop, *step))
    if value is Ellipsis:
        return "..."
    if isinstance(value, type):  # a kind of number
        return value.__name__
    if isinstance(value, tuple):
        return f"({', '.join(map(_param, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, np.ndarray):
        return str(value.tolist()) if value.size <= 12 else f"{value.dtype} of shape {value.shape}"
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)


SYMBOLS = Symbols()
Expression._xp = SYMBOLS
