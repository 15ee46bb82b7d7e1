"""Which whole numbers among the data a program can look up without going wrong."""

from __future__ import annotations

from clearprop.engines.compiled.program import Program, Value, in_order

__all__ = ["limits_of"]

# What leaves numbers as they are, so far as whole ones go.
_THE_SAME = frozenset(["broadcast", "cast", "permute", "reshape", "slice", "concat"])


def limits_of(program: Program) -> list[tuple[int, int, int]]:
    """
    Find the bounds of data that are places in other arrays.

    Parameters
    ----------
    program : Program

    Returns
    -------
    list of (int, int, int)
        Which of the data, the smallest whole number that may be among them, and the first that
        is too large.
    """
    known: dict[Value, int] = {}
    for value in in_order(program.outputs):
        if value.op in ("take", "take_along"):
            size = value.inputs[0].shape[value.params["axis"]]
        elif value.op in ("scatter_add", "scatter_along"):
            size = value.params["size"]
        else:
            continue
        for source in _sources(value.inputs[1]):
            known[source] = min(size, known.get(source, size))
    places = {value: i for i, value in enumerate(program.data)}
    return [(places[value], -size, size) for value, size in known.items() if value in places]


def _sources(x: Value) -> list[Value]:
    """List the leaves that an array's numbers are taken from, as they are."""
    if x.op in _THE_SAME:
        return [source for each in x.inputs for source in _sources(each)]
    return [] if x.op else [x]
