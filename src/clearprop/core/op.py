"""One operation, defined once: forward, a rule per input, its shape, its words and its tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import Parameter
from typing import Any, NoReturn, final

import numpy as np

from clearprop.core.cases import Case, Sample
from clearprop.errors import ClearpropError, DTypeError, OptionError

__all__ = [
    "ATOM",
    "LOGIC",
    "POWER",
    "PRODUCT",
    "REGISTRY",
    "RELATION",
    "SIGN",
    "SUM",
    "Op",
    "Shape",
    "op",
]

Shape = tuple[int, ...]
Rule = Callable[..., Any]

# How tightly the words of an operation bind; a looser operand is put in parentheses.
LOGIC, RELATION, SUM, PRODUCT, SIGN, POWER, ATOM = -1, 0, 1, 2, 3, 4, 5

REGISTRY: dict[str, Op] = {}


@final
class Op:
    """
    An operation: how to compute it, and how its inputs share in a change of its output.

    Parameters
    ----------
    forward : callable ``(xp, *inputs, **params) -> array``
        Written with operators and functions of the namespace `xp` that the engine hands in.
        Positional parameters are inputs, keyword-only ones are parameters; ``*inputs`` makes
        an operation on a sequence (`concat`).
    words, latex : str
        What it reads like, with ``{name}`` where an input's or parameter's own words go.
    shape : callable ``(*input_shapes, **params) -> shape``
        The shape rule, by hand because its `ShapeError` is what a user reads.
    cases : sequence of Case or Sample
        Inputs it is tested on.
    dtype : {"promote", "bool", "index"} or callable ``(*dtypes, **params) -> dtype``
        Kind of number of the result.
    level : int
        How tightly the words bind, `LOGIC` to `ATOM`.
    elementwise : bool
        Whether each output element depends on the input elements at its own place alone.
    strict : bool
        Whether the shape rule is asked before every call, because the array library would
        accept shapes that make no sense; otherwise it is asked only when the call fails.
    stops : bool
        Whether it lets no gradient through although its result is a real number.
    impl : mapping of str to callable, optional
        Another `forward` for one array library ("numpy", "jax"), where only its own way works.

    Attributes
    ----------
    rules : dict of str to callable
        By input name, ``(xp, g, y, *inputs, **params) -> gradient``; of a sequence operation
        ``(xp, g, y, i, *inputs, **params)`` for the i-th input.
    discrete : bool
        Whether no gradient flows through it: its result is true or false, a place or a count, or
        it is there to stop them.
    together : callable or None
        ``(xp, wanted, g, y, *inputs, **params) -> gradients``: the gradients of all inputs at
        once, where they share most of the work; None for an input that is not wanted.
    reading : callable or None
        ``(index, *arrays, **params) -> Reading``: what one element of the output is made of.
        An elementwise operation needs none: its words, at that element, say it.
    composition : callable or None
        ``(xp, *inputs, **params) -> array``: the same result from simpler operations, for a
        fused operation; explanations follow it, and a test holds the two equal.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        words: str,
        latex: str,
        *,
        shape: Callable[..., Shape],
        cases: Sequence[Case | Sample],
        dtype: str | Callable[..., Any],
        level: int,
        elementwise: bool,
        strict: bool,
        stops: bool,
        impl: Mapping[str, Callable[..., Any]] | None,
    ) -> None:
        self.name = forward.__name__.rstrip("_")
        self.__doc__ = forward.__doc__
        self.__module__ = forward.__module__
        self.forward, self.impl = forward, dict(impl or {})
        self.words, self.latex, self.level = words, latex, level
        self.shape, self.dtype, self.strict = shape, dtype, strict
        self.elementwise = elementwise
        self.discrete = stops or dtype in ("bool", "index")
        self.cases = tuple(c if isinstance(c, Case) else Case((c,)) for c in cases)
        self.rules: dict[str, Rule] = {}
        self.in_parts = False  # whether a rule says which part of its input it is the gradient of
        self.together: Callable[..., Sequence[Any]] | None = None
        self.impl_together: dict[str, Rule] = {}
        self.reading: Callable[..., Any] | None = None
        self.composition: Callable[..., Any] | None = None
        self._read_signature()

    def _read_signature(self) -> None:
        parameters = list(inspect.signature(self.forward).parameters.values())[1:]
        self.variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
        self.params = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
        self.inputs = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)

    def __getattr__(self, name: str) -> Any:
        """Make the signature that `help` and editors show, if one looks: a call on tensors."""
        if name != "__signature__":
            raise AttributeError(f"the operation {self.name} has no {name!r}.")
        _, *parameters = inspect.signature(self.forward).parameters.values()
        return inspect.Signature(
            [p if p.kind is p.KEYWORD_ONLY else p.replace(kind=p.POSITIONAL_ONLY)
             for p in parameters]
        )  # fmt: skip

    def __deepcopy__(self, memo: dict[int, Any]) -> Op:
        return self  # there is one of each, however often what uses it is copied

    def vjp(self, **rules: Rule) -> Op:
        """
        State the vector-Jacobian product of inputs, one rule each.

        Raises
        ------
        OptionError
            If a name is no input of the operation.
        """
        for name, rule in rules.items():
            if name not in self.inputs:
                raise OptionError(
                    f"{self.name}.vjp: {name!r} is no input; its inputs are {self.inputs}."
                )
            self.rules[name] = rule
            self.in_parts = self.in_parts or hasattr(rule, "part")
        return self

    def vjp_together(
        self, impl: Mapping[str, Callable[..., Any]] | None = None
    ) -> Callable[[Rule], Rule]:
        """State the vector-Jacobian products of all inputs in one rule; used as a decorator."""

        def state(rule: Rule) -> Rule:
            self.impl_together = {"": rule, **(impl or {})}
            self.together = self._all_at_once
            for i, name in enumerate(self.inputs):
                self.rules[name] = partial(self._one_of, i)
            return rule

        return state

    def _all_at_once(self, xp: Any, *args: Any, **params: Any) -> Sequence[Any]:
        rules = self.impl_together
        found: Sequence[Any] = rules.get(xp.kind, rules[""])(xp, *args, **params)
        return found

    def _one_of(self, i: int, xp: Any, g: Any, y: Any, *inputs: Any, **params: Any) -> Any:
        """Give the gradient of the i-th input alone, of an operation with one rule for all."""
        assert self.together is not None
        wanted = tuple(k == i for k in range(len(inputs)))
        return self.together(xp, wanted, g, y, *inputs, **params)[i]

    def read(self, reading: Callable[..., Any]) -> Callable[..., Any]:
        """State what one output element is made of; used as a decorator."""
        self.reading = reading
        return reading

    def compose(self, composition: Callable[..., Any]) -> Callable[..., Any]:
        """State the same result in simpler operations; used as a decorator."""
        self.composition = composition
        return composition

    def rule(self, i: int) -> Rule | None:
        """Return the rule of the i-th input, called alike for fixed and sequence inputs."""
        if not self.variadic:
            return self.rules.get(self.inputs[i])
        rule = self.rules.get(self.inputs[0])
        if rule is None:
            return None
        return lambda xp, g, y, *inputs, **params: rule(xp, g, y, i, *inputs, **params)

    def input_name(self, i: int) -> str:
        """Name the i-th input; all those of a sequence operation have one name."""
        return self.inputs[0 if self.variadic else i]

    def compute(self, xp: Any, *inputs: Any, **params: Any) -> Any:
        """Run the forward function with the arrays of one library; nothing is recorded."""
        return self.impl.get(xp.kind, self.forward)(xp, *inputs, **params)

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Apply the operation to tensors, arrays or numbers; the result is a `Tensor`."""
        raise NotImplementedError  # tensor.py, which knows what a Tensor is, puts its own here

    def bind(self, args: tuple[Any, ...], params: dict[str, Any]) -> tuple[Any, ...]:
        """Sort positional arguments into inputs and parameters (in place); give the inputs."""
        count = 1 if self.variadic else len(self.inputs)
        if len(args) < count:
            raise TypeError(
                f"{self.name}() needs {count} array(s) ({', '.join(self.inputs)}); got {len(args)}."
            )
        for name, value in zip(self.params, args[count:], strict=False):
            if name in params:
                raise TypeError(f"{self.name}() got {name!r} twice.")
            params[name] = value
        if len(args) - count > len(self.params) or not params.keys() <= self.params.keys():
            known = ", ".join([*self.inputs, *self.params])
            raise TypeError(f"{self.name}() takes ({known}); got {len(args)} positional arguments"
                            f" and {sorted(params)}.")  # fmt: skip
        missing = [n for n, p in self.params.items() if p is Parameter.empty and n not in params]
        if missing:
            raise TypeError(f"{self.name}() needs {missing[0]!r} too, as in {missing[0]}=...")
        return tuple(args[0]) if self.variadic else args[:count]

    def fail(self, error: Exception, inputs: Sequence[Any], params: dict[str, Any]) -> NoReturn:
        """Raise what the signature or the shape rule has to say of a call, else its own `error`."""
        try:
            if not self.variadic:
                self.bind(tuple(inputs), params)
            for i, x in enumerate(inputs):
                _refuse_what_is_no_number(x, f"{self.name}: {self.input_name(i)}")
            shapes = [shape_of(x) for x in inputs]
            try:
                self.shape(*shapes, **params)
            except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError) as refusal:
                if isinstance(refusal, ClearpropError):
                    if not str(refusal).startswith(self.name):  # a shape rule that several share
                        refusal.add_note(f"in {self.name} of shapes {shapes}")
                    raise
            if not isinstance(error, ClearpropError):
                error.add_note(f"in {self.name} of shapes {shapes}")
            raise error
        finally:
            del error  # else its traceback and this frame would hold each other, and the arrays

    def __repr__(self) -> str:
        return f"<op {self.name}({', '.join([*self.inputs, *self.params])})>"


def _refuse_what_is_no_number(x: Any, what: str) -> None:
    if not hasattr(x, "dtype") and not isinstance(x, int | float):
        raise DTypeError(f"{what} is {x!r}; it takes tensors, arrays and numbers.")
    if isinstance(x, np.ndarray) and x.dtype.kind not in "biuf":
        raise DTypeError(f"{what} has dtype {x.dtype}; it takes real numbers and booleans.")


def shape_of(x: Any) -> Shape:
    """Return the shape of an array; a number has none: ``()``."""
    return tuple(x.shape) if hasattr(x, "shape") else ()


def op(
    words: str,
    latex: str,
    *,
    shape: Callable[..., Shape],
    cases: Sequence[Case | Sample],
    dtype: str | Callable[..., Any] = "promote",
    level: int = ATOM,
    elementwise: bool | None = None,
    strict: bool = False,
    stops: bool = False,
    impl: Mapping[str, Callable[..., Any]] | None = None,
) -> Callable[[Callable[..., Any]], Op]:
    """
    Turn a forward function into an operation of the registry; see `Op` for the parameters.

    Raises
    ------
    OptionError
        If another module has an operation of that name.

    Examples
    --------
    >>> from clearprop.core.cases import real
    >>> from clearprop.core.shapes import same
    >>> @op("{x} cubed", r"{x}^3", shape=same, cases=[real(3)])
    ... def cube(xp, x):
    ...     return x * x * x
    >>> _ = cube.vjp(x=lambda xp, g, y, x: 3 * g * x * x)
    >>> cube(2.0).item()
    8.0
    """

    def define(forward: Callable[..., Any]) -> Op:
        by_place = getattr(shape, "by_place", False) if elementwise is None else elementwise
        defined = Op(
            forward, words, latex, shape=shape, cases=cases, dtype=dtype, level=level,
            elementwise=by_place, strict=strict, stops=stops, impl=impl,
        )  # fmt: skip
        known = REGISTRY.get(defined.name)
        if known is not None and known.__module__ != defined.__module__:
            raise OptionError(
                f"an operation {defined.name!r} is defined in {known.__module__} already;"
                " give this one another name."
            )
        REGISTRY[defined.name] = defined
        return defined

    return define
