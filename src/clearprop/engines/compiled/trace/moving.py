"""Values moved into the body of a loop: what they are made of there stands for what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, final

from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace.scan import Looping

__all__ = ["Moving", "depending"]


def depending(
    roots: Iterable[Value], leaves: Iterable[Value], *, since: int
) -> tuple[list[Value], set[Value]]:
    """
    List what `roots` are made of, in order, and tell what of it depends on `leaves`.

    Parameters
    ----------
    roots : iterable of Value
    leaves : iterable of Value
    since : int
        What was made before the value of this number is not looked into.

    Returns
    -------
    order : list of Value
    dependent : set of Value
        With the leaves.
    """
    order: list[Value] = []
    entered: set[Value] = set()
    dependent = set(leaves)
    stack: list[tuple[Value, bool]] = [(root, False) for root in roots]
    while stack:
        value, opened = stack.pop()
        if opened:
            order.append(value)
            if any(x in dependent for x in value.inputs):
                dependent.add(value)
        elif value.number >= since and value not in entered and value not in dependent:
            entered.add(value)
            stack.append((value, True))
            stack.extend((x, False) for x in value.inputs)
    return order, dependent


@final
class Moving:
    """
    Moves values into a loop's body.

    Parameters
    ----------
    loop : Looping
    dependent : set of Value
        What differs from turn to turn; all else is worked out before the loop, apart from views,
        which cost nothing.
    known : mapping of Value to Value
        What stands for values in the body already.
    """

    def __init__(self, loop: Looping, dependent: set[Value], known: Mapping[Value, Value]) -> None:
        self.loop, self.dependent = loop, dependent
        self.known: dict[Value, Any] = dict(known)

    def now(self, value: Value) -> Value:
        """Give what stands for a value in the body."""
        found: Value | Callable[[], Value] | None = self.known.get(value)
        if found is None:
            if value.kind == "constant":
                return value
            found = self.loop.fixed(value)
        elif not isinstance(found, Value):  # made when first asked for
            found = found()
        self.known[value] = found
        return found

    def take(self, order: Iterable[Value]) -> None:
        """Move values, each after those that it is made from."""
        for value in order:
            if value in self.known or not value.op:
                continue
            if value not in self.dependent and PRIMITIVES[value.op].kind != "view":
                continue
            inputs = [self.now(x) for x in value.inputs]
            self.known[value] = Value(
                value.op, inputs, value.params, value.shape, value.dtype, weak=value.weak
            )
