"""Mistakes in the gates of a computation graph, and in the walk back through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, Said, again, at, several
from clearprop.doctor.catalogue.order import MISTAKES as OF_ORDER
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES"]

_SAID = {mistake.id: mistake for mistake in OF_ORDER}


def _op(*names: str) -> Callable[[Link, int, int], bool]:
    return lambda link, index, count: link.name in names


def _last(parts: Any) -> Any:
    return parts[-1][1]


def _first(parts: Any) -> Any:
    return parts[0][1]


def _set_by(*ops: str) -> Callable[[Any], Any]:
    """Let some operations write over what others have added."""

    def collect(parts: Any) -> Any:
        total: Any = 0.0
        for op, part in parts:
            total = part if op in ops else total + part
        return total

    return collect


class _Of:
    """Only some of the paths that lead to a variable, or to all."""

    def __init__(self, keep: Callable[[int, int], bool], at: int | None = None) -> None:
        self._keep = keep
        if at is not None:
            self.at = at  # the place of the variable among all

    def __call__(self, parts: Any) -> Any:
        total: Any = np.zeros_like(parts[0][1])
        for i, (_, part) in enumerate(parts):
            if self._keep(i, len(parts)):
                total = total + part
        return total


def _some_paths() -> list[Edit]:
    """List the ways to lose paths to one variable, and those to lose one of many to all."""
    edits = [_collect(_Of(_but(k))) for k in range(4)]
    for place in range(4):
        edits += [_collect(_Of(_but(k), place)) for k in range(4)]
        edits += [_collect(_Of(_alone(k), place)) for k in range(3)]
    return edits


def _but(k: int) -> Callable[[int, int], bool]:
    """Leave the k-th path out; of two, keep it alone."""
    return lambda i, n: (i != k and n > 2) or (n == 2 and i == k)


def _alone(k: int) -> Callable[[int, int], bool]:
    return lambda i, n: i == k


def _forwards(nodes: Any, root: Any) -> Any:
    return nodes


def _as_visited(nodes: Any, root: Any, *, turned: bool) -> Any:
    """Give the order in which a depth-first walk from the root comes across nodes."""
    order: list[Any] = []
    seen: set[int] = set()

    def visit(node: Any) -> None:
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(root)
    return order[::-1] if turned else order


def _by_breadth(nodes: Any, root: Any) -> Any:
    order, seen, k = [root], {id(root)}, 0
    while k < len(order):
        for parent in order[k].parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                order.append(parent)
        k += 1
    return order


def _walk(change: Any) -> Edit:
    return Edit("", {("walk", "walk"): change})


def _collect(change: Any) -> Edit:
    return Edit("", {("walk", "collect"): change})


def _ignored(e: Env, right: Any) -> Any:
    return np.where(e.g != 0, right / np.where(e.g != 0, e.g, 1.0), right)


def _formula(link: Link, gradients: int, count: int) -> bool:
    return link.kind == "formula of a loss"


def _of_output(link: Link, index: int, count: int) -> bool:
    return bool(link.about.get("output"))


def _own_factor(e: Env, right: Any) -> Any:
    """Give an inner product's gradient with the number's own value in place of the other's."""
    return e.W * e.g if e.N == 1 and np.size(e.g) == 1 else right


def _own_input(e: Env, right: Any) -> Any:
    return e.x * e.g if e.N == 1 and np.size(e.g) == 1 else right


MISTAKES = (
    again("twice-too-large", at("all", "all", lambda e, right: right * 2, where=_formula)),
    again("half-too-small", at("all", "all", lambda e, right: right / 2, where=_formula)),
    again(
        "output-instead-of-loss",
        at("gate", "upstream", lambda e, right: np.ones_like(right), where=_of_output),
        at("activation", "upstream", lambda e, right: np.ones_like(right), where=_of_output),
    ),
    Mistake(
        "multiply-not-swapped",
        "z = x·y  ⇒  ∂L/∂x = ∂L/∂z · y, ∂L/∂y = ∂L/∂z · x",
        Said(
            "The product's gradient uses the input's own value, not the other's.",
            "Each factor's slope is the other factor.",
            "Swap them: dx = dout * y, dy = dout * x.",
        ),
        Said(
            "곱셈의 기울기에 상대가 아니라 자기 값을 썼습니다.",
            "한 인수의 미분은 다른 인수의 값입니다.",
            "서로 바꾸십시오: dx = dout * y, dy = dout * x.",
        ),
        (
            several("gate", a=lambda e, right: e.g * e.a if e.about["op"] == "mul" else right,
                    b=lambda e, right: e.g * e.b if e.about["op"] == "mul" else right),
            at("gate", "a", lambda e, right: e.g * e.a, where=_op("mul")),
            at("gate", "b", lambda e, right: e.g * e.b, where=_op("mul")),
            at("gate", "a", lambda e, right: e.g * e.y, where=_op("mul")),
            at("gate", "b", lambda e, right: e.g * e.y, where=_op("mul")),
            several("affine", W=_own_factor, x=_own_input),
            at("affine", "W", _own_factor),
        ),
    ),
    Mistake(
        "sign-one",
        "∂(a − b)/∂b = −1, ∂(1/x)/∂x = −1/x²",
        Said("", "", ""),
        Said("", "", ""),
        (
            at("gate", "a", lambda e, right: -right),
            at("gate", "b", lambda e, right: -right),
        ),
        gives_way_to=("sign-delta", "sign-update"),
    ),
    Mistake(
        "upstream-ignored",
        "∂L/∂x = ∂L/∂y · ∂y/∂x",
        Said("", "", ""),
        Said("", "", ""),
        (
            at("gate", "a", _ignored),
            at("gate", "b", _ignored),
            several("gate", a=_ignored, b=_ignored),
        ),
        gives_way_to=("output-instead-of-loss", "twice-too-large", "half-too-small", "sign-delta"),
    ),
    Mistake(
        "upstream-twice",
        "∂L/∂x = ∂L/∂y · ∂y/∂x",
        Said("", "", ""),
        Said("", "", ""),
        (
            at("gate", "a", lambda e, right: right * e.g),
            at("gate", "b", lambda e, right: right * e.g),
            several("gate", a=lambda e, right: right * e.g, b=lambda e, right: right * e.g),
        ),
    ),
    Mistake(
        "paths-not-summed",
        _SAID["paths-not-summed"].line,
        _SAID["paths-not-summed"].en,
        _SAID["paths-not-summed"].ko,
        (
            _collect(_last),
            _collect(_first),
            _collect(_set_by("mul")),
            _collect(_set_by("add")),
            _collect(_set_by("add", "mul", "sub", "div", "pow")),
            *_some_paths(),
        ),
    ),
    Mistake(
        "backward-order",
        _SAID["backward-order"].line,
        _SAID["backward-order"].en,
        _SAID["backward-order"].ko,
        (
            _walk(_forwards),
            _walk(lambda nodes, root: _as_visited(nodes, root, turned=False)),
            _walk(lambda nodes, root: _as_visited(nodes, root, turned=True)),
            _walk(_by_breadth),
        ),
    ),
)  # fmt: skip
