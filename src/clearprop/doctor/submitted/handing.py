"""What a way back is handed besides the gradient that comes in: inputs, the output, a cache."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from clearprop.doctor.submitted.signature import roles

__all__ = ["handed", "is_output"]

_OUTPUT = re.compile(
    r"(?i)^(y_?(hat|pred|out)?\d?|a\d?|o|h|s|out(put)?s?|pred\w*|p|probs?|act(ivated|ivation)?"
    r"|fx|result|출력\w*|예측\w*|결과)$"
)


def is_output(name: str) -> bool:
    """Tell names that stand for what came out of a function."""
    return bool(_OUTPUT.match(name))


def handed(
    needed: Sequence[str], given: Mapping[str, Any], output: Any, rest: Sequence[Any], g: Any
) -> list[Any] | None:
    """
    Put values to what a way back asks for, by name; None where its names do not say enough.

    Parameters
    ----------
    needed : sequence of str
        The names of its arguments.
    given : mapping of str to object
        What forward was given, by the names of its arguments.
    output : object
        What it gave.
    rest : sequence of object
        What it gave besides: a cache.
    g : array
        The gradient that comes in.

    Examples
    --------
    >>> handed(["x", "dout"], {"x": 1}, 2, (), 3), handed(["dout", "y"], {"x": 1}, 2, (), 3)
    ([1, 3], [3, 2])
    >>> handed(["cache", "grad"], {"x": 1}, 2, ("kept",), 3)
    ['kept', 3]
    """
    known = roles(list(needed))
    found: dict[str, Any] = {}
    for name in needed:
        if name in given:
            found[name] = given[name]
        elif known.get(name) == "cache" and rest:
            found[name] = rest[0] if len(rest) == 1 else tuple(rest)
        elif known.get(name) == "upstream" and not any(v is g for v in found.values()):
            found[name] = g
        elif is_output(name):
            found[name] = output
    left = [n for n in needed if n not in found]
    has_gradient = any(value is g for value in found.values())
    if not has_gradient and left:
        found[left.pop(0)] = g
        has_gradient = True
    if left and len(left) == len(rest):
        found |= dict(zip(left, rest, strict=True))
        left = []
    return [found[n] for n in needed] if has_gradient and not left else None
