"""Programs without loops: what is done in each turn is written out, and a few sums are joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, final

from clearprop.engines.compiled.passes.rewriting import remade
from clearprop.engines.compiled.program import Loop, NotCompilable, Value, in_order
from clearprop.engines.compiled.trace.building import reshape, sliced

__all__ = ["SUM_OF_PRODUCTS", "TURNS", "Outputs", "unrolled"]

TURNS = "turns"  # the results of a loop's turns, one after another
SUM_OF_PRODUCTS = "sum of products"
MOST = 20_000  # values, of all turns


class Outputs(NamedTuple):
    """What a step hands out: states after it, and results."""

    after: list[Value]
    results: list[Value]


def unrolled(outputs: Outputs) -> Outputs:
    """
    Write out every turn of every loop, and make sums of products one function each.

    Raises
    ------
    NotCompilable
        If that would be too long.
    """
    made = _Unrolling().copied([*outputs.after, *outputs.results], {})
    made = _products_joined(made)
    return Outputs(made[: len(outputs.after)], made[len(outputs.after) :])


@final
class _Unrolling:
    def __init__(self) -> None:
        self.count = 0

    def copied(self, roots: Sequence[Value], known: dict[Value, Value]) -> list[Value]:
        """Give `roots` anew, with other values in the places of those that are known."""
        now, loops = dict(known), dict[Value, list[Value]]()
        for value in in_order(roots):
            if value in now:
                continue
            self.count += 1
            if self.count > MOST:
                raise NotCompilable("loops over so many turns by NumPy")
            if not value.op:
                now[value] = value
            elif value.op == "scan":
                loops[value] = self._turns(value, [now[x] for x in value.inputs])
                now[value] = value  # nobody but its parts asks for it
            elif value.op == "part":
                now[value] = loops[value.inputs[0]][value.params["index"]]
            else:
                now[value] = remade(value, [now[x] for x in value.inputs])
        return [now[root] for root in roots]

    def _turns(self, scan: Value, inputs: Sequence[Value]) -> list[Value]:
        """Give what the turns of a loop tell, and what the last one hands on."""
        body: Loop = scan.params["body"]
        length, first = scan.params["length"], len(body.fixed)
        then = first + len(body.states)
        fixed = dict(zip(body.fixed, inputs[:first], strict=True))
        carried, told = list(inputs[first:then]), list[list[Value]]()
        turns = range(length)
        for t in reversed(turns) if scan.params["reverse"] else turns:
            own = [_turn(x, t) for x in inputs[then:]]
            known = fixed | dict(zip(body.states, carried, strict=True))
            made = self.copied(body.outputs, known | dict(zip(body.data, own, strict=True)))
            carried = made[: len(carried)]
            told.append(made[len(carried) :])
        if scan.params["reverse"]:
            told.reverse()
        sequences = [
            Value(TURNS, [each[k] for each in told], {}, (length, *x.shape), x.dtype)
            for k, x in enumerate(body.results)
        ]
        return [*sequences, *carried]


def _turn(x: Value, t: int) -> Value:
    """Give a turn's own part of a sequence."""
    if x.op == TURNS:
        return x.inputs[t]
    starts, steps = (t, *(0,) * (x.ndim - 1)), (1,) * x.ndim
    return reshape(sliced(x, starts, steps, (1, *x.shape[1:])), x.shape[1:])


def _products_joined(roots: Sequence[Value]) -> list[Value]:
    """Add products up without writing them down first, where nobody else asks for them."""
    uses = dict.fromkeys(roots, 2)
    order = in_order(roots)
    for value in order:
        for x in value.inputs:
            uses[x] = uses.get(x, 0) + 1
    now: dict[Value, Value] = {}
    for value in order:
        inputs = [now[x] for x in value.inputs]
        now[value] = remade(value, inputs) if value.op else value
        if value.op != "sum" or value.dtype.kind != "f" or uses[value.inputs[0]] > 1:
            continue
        (x,) = inputs
        if x.op == "multiply" and x.size and _at_an_end(value.params["axes"], x.ndim):
            now[value] = Value(
                SUM_OF_PRODUCTS, x.inputs, value.params, value.shape, value.dtype
            )  # fmt: skip
    return [now[root] for root in roots]


def _at_an_end(axes: Iterable[int], rank: int) -> bool:
    """Tell whether what is summed is the last axis, or all but the last."""
    return tuple(axes) in ((rank - 1,), tuple(range(rank - 1)))
