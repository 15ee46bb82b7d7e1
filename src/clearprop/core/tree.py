"""Trees: nested dicts, lists and tuples with arrays at the leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

from clearprop.errors import ShapeError

__all__ = ["flatten", "leaves_as_in", "map_tree", "paths", "unflatten"]

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
    return leaves, _form(tree, leaves)


# These take what they fill or use up as an argument: a function within a function that calls
# itself would be held in a cycle with its leaves, and they would wait for the collector.


def _form(x: Any, leaves: list[Any]) -> Any:
    if isinstance(x, dict | list | tuple):
        return _alike(x, _form, leaves)
    if x is None:
        return None
    leaves.append(x)
    return LEAF


def _filled(form: Any, leaves: Iterator[Any]) -> Any:
    if form is LEAF:
        return next(leaves)
    return _alike(form, _filled, leaves) if isinstance(form, dict | list | tuple) else None


def _alike(x: Any, change: Callable[[Any, Any], Any], leaves: Any) -> Any:
    """Rebuild a dict, list or tuple of the same kind with its values changed."""
    if isinstance(x, dict):
        again = copy(x)  # not type(x)(...), which a defaultdict would misread
        again.update([(k, change(v, leaves)) for k, v in x.items()])
        return again
    values = [change(v, leaves) for v in x]
    return x._make(values) if hasattr(x, "_make") else type(x)(values)


def unflatten(form: Any, leaves: Sequence[Any]) -> Any:
    """
    Put leaves into a form.

    Raises
    ------
    ShapeError
        If the number of leaves is not that of the form.
    """
    want = len(flatten(form)[0])
    if len(leaves) != want:
        raise ShapeError(f"a tree of {want} leaves cannot hold {len(leaves)}.")
    return _filled(form, iter(leaves))


def map_tree(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """
    Apply `f` leaf by leaf to trees of one form.

    Examples
    --------
    >>> map_tree(lambda w, g: w - g, {"w": 3}, {"w": 1})
    {'w': 2}
    """
    leaves, form = flatten(tree)
    rows = [leaves_as_in(form, other) for other in others]
    return unflatten(form, [f(*group) for group in zip(leaves, *rows, strict=True)])


def leaves_as_in(form: Any, tree: Any) -> list[Any]:
    """
    List the leaves of a tree in the order of a form; keys, not their order, say what is what.

    Raises
    ------
    ShapeError
        If the tree is of another form; the message names the place.

    Examples
    --------
    >>> leaves_as_in(flatten({"w": 1, "b": 2})[1], {"b": 20, "w": 10})
    [10, 20]
    """
    return list(_as_in(form, tree, ""))


def _as_in(form: Any, tree: Any, place: str) -> Iterator[Any]:
    if form is LEAF and tree is not None and not isinstance(tree, dict | list | tuple):
        yield tree
    elif isinstance(form, dict) and isinstance(tree, dict) and form.keys() == tree.keys():
        for key, part in form.items():
            yield from _as_in(part, tree[key], f"{place}[{key!r}]")
    elif (
        isinstance(form, list | tuple) and isinstance(tree, list | tuple) and len(form) == len(tree)
    ):
        for i, part in enumerate(form):
            yield from _as_in(part, tree[i], f"{place}[{i}]")
    elif form is not None or tree is not None:
        raise ShapeError(
            f"trees do not match{f' at {place}' if place else ''}:"
            f" one has {_described(form)}, the other {_described(tree)}."
        )


def _described(x: Any) -> str:
    if isinstance(x, dict):
        return f"a dict with the keys {list(x)}"
    if isinstance(x, list | tuple):
        return f"a {type(x).__name__} of {len(x)}"
    return "nothing (None)" if x is None else "one array"


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
