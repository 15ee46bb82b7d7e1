"""How programs lay sequences and a recurrent cell's weights out, found by their shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from clearprop.doctor.derivations.cells import GATES, Operand
from clearprop.doctor.derivations.chain import SAME, TURNED, Layout, Ref

__all__ = [
    "SIDE_BY_SIDE",
    "Arrangement",
    "arrangements",
    "axes_of",
    "memory",
    "of_one_step",
    "oriented",
    "two_memories",
    "weights_of",
]

_AXES = {
    0: ("",),
    1: ("F", "T", "N"),
    2: ("NF", "FN", "TF", "NT", "TN"),
    3: ("TNF", "NTF", "TFN"),
}
_JOINED = (("x", "h"), ("h", "x"))
_WITH_ONE = tuple(permutations(("x", "h", "1")))
Values = Mapping[str, np.ndarray]


def axes_of(shape: tuple[int, ...]) -> tuple[str, ...]:
    """List what the axes of an array may be: T steps, N samples, F numbers."""
    return _AXES.get(len(shape), ())


def oriented(axes: str) -> Layout:
    """Lay an array with these axes out as (T, N, F), and back."""
    order = [axes.index(a) for a in "TNF" if a in axes]
    missing = tuple(i for i, a in enumerate("TNF") if a not in axes)

    def there(a: np.ndarray) -> np.ndarray:
        return np.expand_dims(a.transpose(order), missing)

    def back(a: np.ndarray) -> np.ndarray:
        if a.ndim != 3 or any(a.shape[i] != 1 for i in missing):
            return a
        return np.squeeze(a, missing).transpose(np.argsort(order))

    return Layout(there, back)


def one_hot(classes: int) -> Layout:
    """Lay a row of indices out as steps of zeros and ones; nothing comes back to them."""
    return Layout(lambda a: np.eye(classes)[a.astype(int)][:, None, :], lambda a: np.zeros(len(a)))


def memory(shape: tuple[int, ...], rows: int, units: int) -> Layout | None:
    """Lay a memory at the start out as (N, F)."""
    for axes in (*axes_of(shape)[:2], "TNF"):
        size = {"N": rows, "F": units, "T": 1}
        if len(axes) == len(shape) and tuple(size[a] for a in axes) == shape:
            return of_one_step(oriented(axes))
    return None


def of_one_step(layout: Layout) -> Layout:
    """Make a layout of (1, N, F) one of (N, F)."""
    return Layout(
        lambda a: layout.there(a)[0], lambda a: layout.back(a[None]) if a.ndim == 2 else a
    )


def _columns(a: np.ndarray) -> np.ndarray:
    """Lay two memories, columns side by side, out as (N, 2 F); and the other way about."""
    if a.ndim != 2 or a.shape[1] % 2:
        return a
    return np.concatenate([part.T for part in np.split(a, 2, axis=1)], axis=1)


SIDE_BY_SIDE = Layout(_columns, _columns)


def two_memories(shape: tuple[int, ...], rows: int, units: int) -> Iterator[Layout]:
    """Lay two memories that have an axis of their own out as (N, 2 F)."""
    sizes = {"N": rows, "K": 2, "F": units}
    kept = "NKF" if len(shape) == 3 else "KF"
    if len(shape) != len(kept) or ("N" not in kept and rows != 1):
        return
    for axes in permutations(kept):
        if tuple(sizes[a] for a in axes) != shape:
            continue
        order = [axes.index(a) for a in kept]
        whole = tuple(sizes[a] for a in kept)

        def back(a: np.ndarray, order: Any = order, whole: Any = whole) -> np.ndarray:
            return (
                a.reshape(whole).transpose(np.argsort(order)) if a.size == rows * 2 * units else a
            )

        yield Layout(
            lambda a, order=order: a.transpose(order).reshape(rows, 2 * units),  # type: ignore[misc]
            back,
        )


def weights_of(a: np.ndarray, rows: int, columns: int, turned: bool) -> Layout | None:
    """Lay weights out as (rows, columns), if they are that many."""
    if a.ndim == 2:
        shape = a.shape[::-1] if turned else a.shape
        return (TURNED if turned else SAME) if shape == (rows, columns) else None
    if a.ndim > 2 or a.size != rows * columns or min(rows, columns) != 1:
        return None
    shape = a.shape
    return Layout(
        lambda v: v.reshape(rows, columns), lambda v: v.reshape(shape) if v.size == a.size else v
    )


def gates_of(a: np.ndarray, rows: int, units: int, count: int, turned: bool) -> Layout | None:
    """Lay weights out whose first axis, or the one in the middle, counts the gates."""
    last = (units, rows) if turned else (rows, units)
    for order, shape in (((1, 0, 2), (count, *last)), ((0, 1, 2), (rows, count, units))):
        if a.shape != shape or (turned and order == (0, 1, 2)):
            continue
        move = (order[0], order[1], order[2])
        if turned:
            move = (2, 0, 1)
        kept = tuple(shape[k] for k in move)

        def back(v: np.ndarray, move: tuple[int, ...] = move, kept: Any = kept) -> np.ndarray:
            if v.size != a.size or v.ndim != 2:
                return v
            return v.reshape(kept).transpose(np.argsort(move))

        return Layout(
            lambda v, move=move: v.transpose(move).reshape(rows, -1),  # type: ignore[misc]
            back,
        )
    return None


def biases_of(a: np.ndarray, units: int, count: int = 1) -> Layout | None:
    """Lay biases out as one row; where there are gates, they may be an axis of their own."""
    if count > 1 and a.shape == (count, units // count):
        shape = a.shape
        return Layout(
            lambda v: v.reshape(-1), lambda v: v.reshape(shape) if v.size == a.size else v
        )
    if a.size != units or a.ndim > 2 or (a.ndim == 2 and 1 not in a.shape):
        return None
    column = a.ndim == 2 and a.shape[1] == 1 and units > 1
    return Layout(
        lambda v: v.reshape(-1), lambda v: v.T if column and v.ndim == 2 and len(v) > 1 else v
    )


@dataclass(frozen=True)
class Arrangement:
    """Which of a program's arrays are what in a cell, and which are left for what comes after."""

    operands: tuple[Operand, ...]
    refs: Mapping[str, Ref]
    units: int
    rest: tuple[str, ...]

    @property
    def memory_is_in_input(self) -> bool:
        """Whether the memory has no weights of its own: it came joined with the input."""
        return not any("h" in o.sources for o in self.operands)


def arrangements(
    cell: str,
    names: Sequence[str],
    values: Values,
    features: int,
    turned: bool,
    alone: bool = False,
) -> Iterator[Arrangement]:
    """
    Find what the arrays of a program may be in a cell.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
    names : sequence of str
        The arrays.
    values : mapping
    features : int
        How many numbers come in at a step.
    turned : bool
        Whether weights are (out, in).
    alone : bool
        Whether the memory may be part of what comes in, so that it has no weights of its own.
    """
    count = len(GATES[cell])
    sizes = {s for n in names for s in values[n].shape} | {1}
    for units in sorted(
        {s // count for s in sizes if s % count == 0} | sizes if count > 1 else sizes
    ):
        table = _Table(names, values, features, units, turned)
        for order in permutations(GATES[cell]):
            yield from table.joined(order)
            if count > 1:
                yield from table.apart(order)
            if alone:
                yield from table.of_input(order)
        for two in permutations(("u", "n")) if cell == "gru" else ():
            yield from (_tied(found) for found in table.apart(two))


def _tied(found: Arrangement) -> Arrangement:
    """Let one gate be the reset gate as well: a minimal gated unit."""
    own = (replace(o, tied=("r",)) if o.gates == ("u",) else o for o in found.operands)
    return replace(found, operands=tuple(own))


class _Table:
    """What each array can be, for one number of units."""

    def __init__(
        self, names: Sequence[str], values: Values, features: int, units: int, turned: bool
    ) -> None:
        self.names, self.values, self.turned = names, values, turned
        self.features, self.units = features, units

    def _fitting(self, rows: int, columns: int, count: int = 1) -> list[tuple[str, Layout]]:
        def layout_of(a: np.ndarray) -> Layout | None:
            if a.ndim == 3 and count > 1:
                return gates_of(a, rows, columns // count, count, self.turned)
            return weights_of(a, rows, columns, self.turned)

        found = ((n, layout_of(self.values[n])) for n in self.names)
        return [(n, layout) for n, layout in found if layout is not None]

    def _biases(self, columns: int, taken: set[str], count: int = 1) -> list[tuple[str, Layout]]:
        found = (
            (n, biases_of(self.values[n], columns, count)) for n in self.names if n not in taken
        )
        return [(n, layout) for n, layout in found if layout is not None]

    def _made(self, parts: Sequence[tuple[Operand, str, Layout]]) -> Arrangement:
        taken = {n for _, n, _ in parts}
        return Arrangement(
            tuple(o for o, _, _ in parts),
            {o.role: Ref(n, layout) for o, n, layout in parts},
            self.units,
            tuple(n for n in self.names if n not in taken),
        )

    def joined(self, gates: tuple[str, ...]) -> Iterator[Arrangement]:
        """Try arrays that have all gates side by side, with x and h apart or together."""
        count = len(gates)
        columns = self.units * count
        first: list[list[tuple[Operand, str, Layout]]] = []
        for nx, lx in self._fitting(self.features, columns, count):
            for nh, lh in self._fitting(self.units, columns, count):
                if nx != nh:
                    first.append([
                        (Operand("Wx", ("x",), gates), nx, lx),
                        (Operand("Wh", ("h",), gates), nh, lh),
                    ])  # fmt: skip
        both = self.features + self.units
        for n, layout in self._fitting(both, columns, count):
            for two in _JOINED:
                first.append([(Operand("Wxh", two, gates), n, layout)])
        for n, layout in self._fitting(both + 1, columns, count):
            for three in _WITH_ONE:
                first.append([(Operand("Wxh", three, gates), n, layout)])
        for parts in first:
            taken = {n for _, n, _ in parts}
            flat = self._biases(columns, taken, count)
            for n, layout in flat:
                for m, other in flat:
                    if m != n:
                        pair = [
                            (Operand("b", ("1",), gates), n, layout),
                            (Operand("bh", ("1h",), gates), m, other),
                        ]
                        yield self._made([*parts, *pair])
                yield self._made([*parts, (Operand("b", ("1",), gates), n, layout)])
            yield self._made(parts)

    def apart(self, gates: tuple[str, ...]) -> Iterator[Arrangement]:
        """Try arrays that are of one gate each."""
        count = len(gates)
        of_x, of_h = self._fitting(self.features, self.units), self._fitting(self.units, self.units)
        first: list[list[tuple[Operand, str, Layout]]] = []
        pairs: list[tuple[list[tuple[str, Layout]], list[tuple[str, Layout]]]] = []
        if self.features == self.units == 1 and len(of_x) >= 3 * count:
            yield from self._of_numbers(gates, of_x[: 3 * count])
        elif self.features == self.units:
            if len(of_x) == 2 * count:
                halves = [(of_x[:count], of_x[count:]), (of_x[::2], of_x[1::2])]
                pairs = [*halves, *((b, a) for a, b in halves)]
        elif len(of_x) == count == len(of_h):
            pairs = [(of_x, of_h)]
        for xs, hs in pairs:
            first.append([
                part for k, g in enumerate(gates) for part in (
                    (Operand(f"Wx.{g}", ("x",), (g,)), *xs[k]),
                    (Operand(f"Wh.{g}", ("h",), (g,)), *hs[k]),
                )
            ])  # fmt: skip
        joined = self._fitting(self.features + self.units, self.units)
        longer = self._fitting(self.features + self.units + 1, self.units)
        for some, orders in ((joined, _JOINED), (longer, _WITH_ONE)):
            if len(some) == count:
                for sources in orders:
                    first.append([
                        (Operand(f"Wxh.{g}", sources, (g,)), *some[k])
                        for k, g in enumerate(gates)
                    ])  # fmt: skip
        for parts in first:
            flat = self._biases(self.units, {n for _, n, _ in parts})
            for some in (flat[:count], flat[-count:]) if len(flat) > count else (flat,):
                if len(some) == count:
                    own = [(Operand(f"b.{g}", ("1",), (g,)), *some[k]) for k, g in enumerate(gates)]
                    yield self._made([*parts, *own])
            yield self._made(parts)

    def of_input(self, gates: tuple[str, ...]) -> Iterator[Arrangement]:
        """Try arrays that are multiplied by what comes in, and nothing by the memory."""
        count = len(gates)
        single = self._fitting(self.features, self.units)
        first = [
            [(Operand("Wx", ("x",), gates), n, layout)]
            for n, layout in self._fitting(self.features, self.units * count, count)
        ]
        if len(single) == count:
            first.append([
                (Operand(f"Wx.{g}", ("x",), (g,)), *single[k]) for k, g in enumerate(gates)
            ])  # fmt: skip
        for parts in first:
            yield from self._with_biases(parts, gates)

    def _with_biases(
        self, parts: list[tuple[Operand, str, Layout]], gates: tuple[str, ...]
    ) -> Iterator[Arrangement]:
        """Try biases of one gate each, or of all side by side, or none."""
        count, taken = len(gates), {n for _, n, _ in parts}
        single = self._biases(self.units, taken)
        if len(single) >= count:
            for some in (single[:count], single[-count:]):
                own = [(Operand(f"b.{g}", ("1",), (g,)), *some[k]) for k, g in enumerate(gates)]
                yield self._made([*parts, *own])
        for n, layout in self._biases(self.units * count, taken, count):
            yield self._made([*parts, (Operand("b", ("1",), gates), n, layout)])
        yield self._made(parts)

    def _of_numbers(
        self, gates: tuple[str, ...], found: list[tuple[str, Layout]]
    ) -> Iterator[Arrangement]:
        """Try single numbers, three a gate: gate after gate, or all of x, all of h, all biases."""
        count = len(gates)
        by_gate = [found[k::3] for k in range(3)]
        by_kind = [found[k * count : (k + 1) * count] for k in range(3)]
        for some in (by_gate, by_kind):
            for xs, hs, bs in permutations(some):
                yield self._made([
                    part for k, g in enumerate(gates) for part in (
                        (Operand(f"Wx.{g}", ("x",), (g,)), *xs[k]),
                        (Operand(f"Wh.{g}", ("h",), (g,)), *hs[k]),
                        (Operand(f"b.{g}", ("1",), (g,)), *bs[k]),
                    )
                ])  # fmt: skip
