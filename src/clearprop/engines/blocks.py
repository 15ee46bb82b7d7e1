"""
An optimizer's rule run through in blocks: few temporary arrays, and numbers that stay in the cache.

The rule is asked once, in symbols, what it does. What it answers is a list of NumPy's elementwise
functions, which are then run over one block of the weight after another, each writing where the
next one reads. The rule stays the only definition, and the result is the same to the last bit.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, final

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.symbols import SYMBOLS, Expression, symbol
from clearprop.engines.engine import Array, LeafRule, Rule, State

__all__ = ["InBlocks", "Updates"]

BLOCK = 1 << 19  # bytes of each array in a block, so that all of them fit in the caches
SMALLEST = 1 << 15  # bytes; what is smaller costs less as it is
GRADIENT = 1  # the place of the gradient

ON_ARRAYS: Mapping[str, Callable[..., Any]] = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "negative": np.negative, "sqrt": np.sqrt, "square": np.square, "abs": np.abs, "sign": np.sign,
    "maximum": np.maximum, "minimum": np.minimum, "pow": lambda x, y, out: np.copyto(out, x**y),
}  # fmt: skip
ON_NUMBERS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "negative": operator.neg, "pow": operator.pow,
}  # fmt: skip


class Line(NamedTuple):
    """One function, with the places of what it reads and of what it writes."""

    function: Callable[..., Any]
    reads: tuple[int, ...]
    writes: int


@final
class Updates:
    """
    The updates of weights by one rule, each in the way that costs least.

    Parameters
    ----------
    rule : Rule
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._programs: dict[Any, InBlocks | None] = {}
        # A rule that somebody else wrote may ask for values, which symbols do not have.
        self._readable = type(rule).__module__.startswith("clearprop.")

    def __call__(
        self,
        w: Array,
        gradients: list[Array],
        i: int,
        state: State,
        step: int,
        lr: float,
        own: LeafRule | None = None,
    ) -> tuple[Array, State]:
        """
        Take a step of one weight.

        Parameters
        ----------
        w : array
            The weight.
        gradients : list of array
            The gradients of all weights; that of this one may be written over if only the list
            holds it.
        i : int
            Which of them is this weight's.
        state, step, lr
            As the rule's `update` takes them.
        own : LeafRule, optional
            The rule with what else is done in this weight's step, if there is more to do; what is
            done must be the same for rules that are equal.
        """
        rule = self.rule if own is None else own
        if w.nbytes < SMALLEST or not self._readable:
            return rule.update(NUMPY, w, gradients[i], state, step, lr)
        key = own, tuple(state), _is_ours_alone(gradients, i)
        if key not in self._programs:
            self._programs[key] = _program(rule, state, spend=key[2])
        program = self._programs[key]
        if program is None:
            return rule.update(NUMPY, w, gradients[i], state, step, lr)
        return program(w, gradients[i], state, step, lr)


def _program(rule: LeafRule, state: State, *, spend: bool) -> InBlocks | None:
    numbers = tuple(name for name, array in state.items() if not np.ndim(array))
    try:
        return InBlocks(rule, tuple(state), spend=spend, numbers=numbers)
    except LookupError:
        return None


def _is_ours_alone(gradients: list[Array], i: int) -> bool:
    """Tell whether nothing but the list holds an array or a view of it."""
    if sys.getrefcount(gradients[i]) != _ALONE:
        return False
    flags = gradients[i].flags  # which hold the array too
    return bool(flags.owndata and flags.writeable and flags.c_contiguous)


_probe = [object()]
_ALONE = sys.getrefcount(_probe[0])


@final
class InBlocks:
    """
    The program of a rule.

    Places hold, in this order: the weight, its gradient and its state; the numbers that are the
    same for all elements; and what is written, some of which is the result.

    Parameters
    ----------
    rule : LeafRule
    names : tuple of str
        The names of a weight's state.
    spend : bool
        Whether the gradient may be written over once it was read.
    numbers : tuple of str
        Which of the state are single numbers, and not arrays like the weight.

    Raises
    ------
    LookupError
        If the rule is made of anything but the elementwise functions that are known here.
    """

    def __init__(
        self,
        rule: LeafRule,
        names: tuple[str, ...],
        *,
        spend: bool = False,
        numbers: tuple[str, ...] = (),
    ) -> None:
        self.names, self.given = names, numbers
        state: Any = {name: symbol(name, () if name in numbers else (1,)) for name in names}
        w, g = (symbol(name, (1,)) for name in ("w", "g"))
        rate: Any = symbol("lr")
        step: Any = symbol("step")
        new, after = rule.update(SYMBOLS, w, g, state, step, rate)
        self.after = tuple(after)
        results = [new, *after.values()]
        steps = _in_order(results)
        operands = [x for each in steps for x in each.inputs] + results
        self.numbers = list({id(x): x for x in operands if _is_number(x)}.values())
        for x in self.numbers:  # one that cannot be computed is met here
            _value(x, {"lr": 0.1, "step": 1, **dict.fromkeys(numbers, 0.5)})
        # By identity: `==` between formulas would make a formula.
        self.arrays = [name for name in names if name not in numbers]
        held = [w, g, *(state[name] for name in self.arrays), *self.numbers]
        places = {id(x): i for i, x in enumerate(held)}
        self.lines, self.whole = _lines(
            steps, places, {id(x) for x in results if not _is_number(x)}, spend
        )
        self.results = [places[id(x)] for x in results]
        self._spare: dict[tuple[int, Any], list[Array]] = {}

    def __call__(
        self, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        """Do what the rule's `update` does."""
        arrays = [w, g, *(state[name] for name in self.arrays)]
        read = [a.reshape(-1) for a in arrays]
        given = {"lr": lr, "step": step, **{name: state[name] for name in self.given}}
        numbers = [_value(x, given) for x in self.numbers]
        made = [np.empty(w.shape, w.dtype) if whole else None for whole in self.whole]
        length = min(w.size, BLOCK // w.itemsize)
        kept = self._kept(length, w.dtype)
        for start in range(0, w.size, length):
            end = min(start + length, w.size)
            block = [a[start:end] for a in read] + numbers
            for m, k in zip(made, kept, strict=True):
                block.append(k[: end - start] if m is None else m.reshape(-1)[start:end])
            for function, reads, writes in self.lines:
                function(*[block[i] for i in reads], out=block[writes])
        places = [*arrays, *numbers, *made]
        new, *after = [places[i] for i in self.results]
        return new, dict(zip(self.after, after, strict=True))

    def _kept(self, length: int, dtype: Any) -> list[Array]:
        """Give the blocks for what is written but is no result; they serve call after call."""
        key = length, dtype
        if key not in self._spare:
            self._spare[key] = [np.empty(0 if whole else length, dtype) for whole in self.whole]
        return self._spare[key]


def _lines(
    steps: list[Expression], places: dict[int, int], results: set[int], spend: bool
) -> tuple[list[Line], list[bool]]:
    """Give each step a place to write to; tell which places are whole arrays, which one block."""
    first = len(places)
    whole: list[bool] = []
    free: list[int] = []
    last = {id(x): i for i, step in enumerate(steps) for x in step.inputs}
    lines = []
    for i, step in enumerate(steps):
        if step.op is None or step.params:
            raise LookupError(f"{step!r} is no function of arrays alone")
        for x in {id(x) for x in step.inputs if last[id(x)] == i} - results:
            if places[x] >= first or (spend and places[x] == GRADIENT):
                free.append(places[x])
        reads = tuple(places[id(x)] for x in step.inputs)
        wanted = id(step) in results
        fitting = [p for p in free if p < first or whole[p - first] or not wanted]
        if fitting:
            place = min(fitting)
            free.remove(place)
        else:
            place = first + len(whole)
            whole.append(wanted or sum(whole) + spend < len(results))
        places[id(step)] = place
        lines.append(Line(ON_ARRAYS[step.op.name], reads, place))
    return lines, whole


def _in_order(results: list[Expression]) -> list[Expression]:
    """List the steps of arrays that lead to `results`, each after those it is made from."""
    done: dict[int, Expression] = {}

    def visit(x: Any) -> None:
        if not _is_number(x) and x.op is not None and id(x) not in done:
            for each in x.inputs:
                visit(each)
            done[id(x)] = x

    for each in results:
        visit(each)
    return list(done.values())


def _is_number(x: Any) -> bool:
    """Tell what is the same for all elements: a constant, or a formula of rate and step."""
    return not isinstance(x, Expression) or x.shape == ()


def _value(x: Any, values: Mapping[str, float]) -> Any:
    """Compute such a number, by the operators that the rule itself would use on numbers."""
    if not isinstance(x, Expression):
        return x
    if x.op is None:
        return values[x.plain_name]
    return ON_NUMBERS[x.op.name](*(_value(each, values) for each in x.inputs))
