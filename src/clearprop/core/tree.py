"""Trees: nested dicts, lists and tuples with arrays at the leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clearprop.errors import ShapeError

__all__ = ["flatten", "map_tree", "paths", "unflatten"]

LEAF = object()


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """
    Take a tree apart into its leaves and its form; dicts in the order of their keys' insertion.

    Examples
    --------
    >>> leaves, form = flatten({"w": 1, "b": (2, None)})
    >>> leaves
    [1, 2]
    >>> unflatten(form, [10, 20])
    {'w': 10, 'b': (20, None)}
    """
    leaves: list[Any] = []

    def form_of(x: Any) -> Any:
        if isinstance(x, dict):
            return type(x)((k, form_of(v)) for k, v in x.items())
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*map(form_of, x))
        if isinstance(x, list | tuple):
            return type(x)(map(form_of, x))
        if x is None:
            return None
        leaves.append(x)
        return LEAF

    return leaves, form_of(tree)


def unflatten(form: Any, leaves: Sequence[Any]) -> Any:
    """
    Put leaves into a form.

    Raises
    ------
    ShapeError
        If the number of leaves is not that of the form.
    """
    rest = iter(leaves)

    def built(x: Any) -> Any:
        if x is LEAF:
            return next(rest)
        if isinstance(x, dict):
            return type(x)((k, built(v)) for k, v in x.items())
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return type(x)(*map(built, x))
        if isinstance(x, list | tuple):
            return type(x)(map(built, x))
        return x

    want = len(flatten(form)[0])
    if len(leaves) != want:
        raise ShapeError(f"a tree of {want} leaves cannot hold {len(leaves)}.")
    return built(form)


def map_tree(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """
    Apply `f` leaf by leaf to trees of one form.

    Examples
    --------
    >>> map_tree(lambda w, g: w - g, {"w": 3}, {"w": 1})
    {'w': 2}
    """
    leaves, form = flatten(tree)
    rows = [flatten(other)[0] for other in others]
    for row in rows:
        if len(row) != len(leaves):
            raise ShapeError(f"trees of {len(leaves)} and {len(row)} leaves do not match.")
    return unflatten(form, [f(*group) for group in zip(leaves, *rows, strict=True)])


def paths(tree: Any) -> list[str]:
    """
    Name each leaf's place, as one would write it in Python.

    Examples
    --------
    >>> paths({"w": 1, "b": [2, 3]})
    ["['w']", "['b'][0]", "['b'][1]"]
    """
    return list(_paths(tree, ""))


def _paths(tree: Any, prefix: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _paths(value, f"{prefix}[{key!r}]")
    elif isinstance(tree, list | tuple):
        for i, value in enumerate(tree):
            yield from _paths(value, f"{prefix}[{i}]")
    elif tree is not None:
        yield prefix
