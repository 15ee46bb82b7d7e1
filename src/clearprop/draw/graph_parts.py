"""What a computation graph is made of, and how groups of its nodes become one box."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from clearprop.draw.ranking import find_cycle
from clearprop.errors import OptionError, unknown

__all__ = ["KINDS", "Edge", "Node", "check_graph", "collapse"]

KINDS = ("input", "parameter", "op", "output", "group")


@final
@dataclass(frozen=True, slots=True)
class Node:
    """
    One value of a computation and what makes it.

    Parameters
    ----------
    id : str
        Its key; no two nodes share one.
    label : str
        What it is called: ``"x1"``, ``"matmul"``.
    value, grad : str, optional
        The value and the gradient as they are to be shown, or a word where there is none.
    kind : str, optional
        ``"input"``, ``"parameter"``, ``"op"`` or ``"output"``; ``"group"`` is a collapsed group.
    tip : str, optional
        More about it, shown when a pointer rests on it.
    lines : tuple of str, optional
        What else is written in its box, a line each.
    """

    id: str
    label: str
    value: str = ""
    grad: str = ""
    kind: str = "op"
    tip: str = ""
    lines: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow: the value of `source` goes into `target`."""

    source: str
    target: str


def check_graph(
    nodes: Sequence[Node], edges: Iterable[Edge], groups: Mapping[str, Sequence[str]]
) -> None:
    """
    Refuse a graph that cannot be drawn, and say which of its parts is wrong.

    Raises
    ------
    OptionError
        If an id or a member is given twice or is not known, or a kind is not known.
    """
    ids: set[str] = set()
    for node in nodes:
        if node.id in ids:
            raise OptionError(f"graph: two nodes have the id {node.id!r}; give each its own.")
        if node.kind not in KINDS:
            raise unknown(f"kind of node {node.id!r}", node.kind, KINDS)
        ids.add(node.id)
    ends = [end for edge in edges for end in (edge.source, edge.target)]
    members = [member for group in groups.values() for member in group]
    for key in (*ends, *members):
        if key not in ids:
            raise unknown("node", key, ids)
    if len(set(members)) < len(members):
        twice = next(key for key in members if members.count(key) > 1)
        raise OptionError(f"graph: node {twice!r} is in two groups; a node can be in one only.")


def collapse(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    groups: Mapping[str, Sequence[str]],
    collapsed: Collection[str],
) -> tuple[list[Node], list[Edge], list[str]]:
    """
    Replace groups by one node each, where that makes no circle.

    Parameters
    ----------
    nodes, edges, groups
        A graph that `check_graph` accepts.
    collapsed : collection of str
        The groups to replace.

    Returns
    -------
    nodes : list of Node
        A group stands where its first member stood; its ``value`` is the number of members.
    edges : list of Edge
        Those inside a replaced group are gone; the others may now be several between two nodes.
    left_open : list of str
        Groups that stay as they were, since an arrow leads out of them and back into them.

    Raises
    ------
    OptionError
        If a group is not known.
    """
    for name in collapsed:
        if name not in groups:
            raise unknown("group", name, groups)
    own = {node.id: node for node in nodes}
    whole = _as_nodes(groups, own)
    stands_for = {key: key for key in own}
    left_open = []
    for name, group in groups.items():
        if name not in collapsed or not group:
            continue
        trial = {**stands_for, **dict.fromkeys(group, whole[name].id)}
        if find_cycle(list(dict.fromkeys(trial.values())), _pairs(edges, trial)):
            left_open.append(name)
        else:
            stands_for = trial
    drawn = own | {node.id: node for node in whole.values()}
    kept = [drawn[key] for key in dict.fromkeys(stands_for.values())]
    return kept, [Edge(*pair) for pair in _pairs(edges, stands_for)], left_open


def _as_nodes(groups: Mapping[str, Sequence[str]], taken: Collection[str]) -> dict[str, Node]:
    """A node for each group, with a key that is no other node's."""
    whole: dict[str, Node] = {}
    for name, group in groups.items():
        key = f"group {name}"
        while key in taken or any(key == node.id for node in whole.values()):
            key += "'"
        whole[name] = Node(key, name, str(len(group)), kind="group")
    return whole


def _pairs(edges: Sequence[Edge], stands_for: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ends of the edges, but for those that are now inside a group."""
    return [
        (stands_for[edge.source], stands_for[edge.target])
        for edge in edges
        # An edge from a node to itself stays: it is a circle, and is to be refused as one.
        if stands_for[edge.source] != stands_for[edge.target] or edge.source == edge.target
    ]
