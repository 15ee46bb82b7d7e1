"""Recurrent layers among the links: what they are made of, in a program's variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link, Part, Ref
from clearprop.doctor.traced.between import Between
from clearprop.doctor.traced.cell import Cell, Table, Walked, shapes_of, simplified
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.layers import Reading
from clearprop.doctor.traced.parts import NotRaised
from clearprop.doctor.traced.recurrence import Block
from clearprop.doctor.traced.refs import ref_of
from clearprop.doctor.traced.unrolled import unrolled_link

__all__ = ["Rolled", "same_blocks"]


def same_blocks(first: Reading, a: Block, other: Reading, b: Any) -> bool:
    """Tell whether two runs have the same recurrent layer in them."""
    return (
        isinstance(b, Block)
        and a.plan == b.plan
        and all(
            (o is None) == (p is None) for o, p in zip(a.start, b.start, strict=True)
        )
        and [_named(first, ids) for ids in _arrays(a)] == [_named(other, ids) for ids in _arrays(b)]
    )  # fmt: skip


def _arrays(block: Block) -> list[np.ndarray]:
    return [ids for gate in block.gates for ids in (*gate.weights.values(), *gate.biases)]


def _named(reading: Reading, ids: np.ndarray) -> list[Any]:
    return [reading.tape.leaf.get(int(u)) for u in ids.ravel()]


class Rolled(Between):
    """Puts recurrent layers among the links."""

    def __init__(self, readings: Any, shapes: Any, seen: Any) -> None:
        super().__init__(readings, shapes, seen)
        self.cells: dict[int, Cell] = {}  # by the group of a block
        self.stepped: dict[int, Cell] = {}  # by link of which the rows are steps

    def cell_of(self, come: np.ndarray) -> Cell | None:
        """Give the recurrent layer whose steps are the rows of a matrix, of the first run."""
        reading = self.readings[0]
        owners = {reading.memory.get(b) for u in come.ravel() for b in reading.base[int(u)]}
        if len(owners) != 1 or None in owners:
            return None
        k = owners.pop()
        block = reading.blocks[k]  # type: ignore[index]
        return self.cells.get(block.group) if len(come) == block.steps * block.samples else None

    def unroll(self, blocks: Sequence[Block]) -> None:
        """Go through a recurrent layer."""
        first = blocks[0]
        alone = not first.come.size  # nothing goes in but what it begins with
        come = [_begun(b) if alone else b.come.reshape(b.steps * b.samples, -1) for b in blocks]
        source, orders = self.resolve(come, movable=True)
        nodes, roots, inner = simplified(first)
        tables, roles = self._tables(first)
        used = self._used(first, self.readings[0])
        shown = sorted({f for f, _ in used})
        cell = Cell(
            first.units, nodes, roots, inner, tables, [g.fixed for g in first.gates], shown,
            list(roles), alone=alone,
        )  # fmt: skip
        starts = [] if alone else self._starts(blocks, roles)
        for r, (block, (rows, columns)) in enumerate(zip(blocks, orders, strict=True)):
            fixed = {
                f: values_of(self.readings[r].tape, ids)
                for f, ids in enumerate(block.start) if ids is not None and f not in starts
            }  # fmt: skip
            if alone:
                rows = _each_step(block, np.asarray(rows))
                fixed = {}
            cell.runs[shapes_of(self.seen[r][0])] = Walked(
                block.steps, block.samples, np.asarray(rows), np.asarray(columns), fixed
            )
        orders = [(cell.run_of(v).rows, columns) for (v, _), (_, columns)
                  in zip(self.seen, orders, strict=True)]  # fmt: skip
        out = [
            np.concatenate([b.out[f].reshape(b.steps * b.samples, -1) for f in shown], axis=1)[rows]
            for b, (rows, _) in zip(blocks, orders, strict=True)
        ]
        self.cells[first.group] = cell
        index = self.add(Part(unrolled_link(cell, list(starts)), roles), (source,), out)
        self.stepped[index] = cell
        if {t for _, t in used} == {first.steps - 1}:
            last = [ids[_of_last(b.steps, b.samples, rows)] for ids, b, (rows, _)
                    in zip(out, blocks, orders, strict=True)]  # fmt: skip
            self.add(Part(last_step(cell)), (index,), last)

    def _tables(self, block: Block) -> tuple[list[Table], dict[str, Any]]:
        """Say where the weights of each gate stand in the program's variables."""
        reading, roles, tables = self.readings[0], {}, []
        by_name: dict[str, str] = {}
        for k, gate in enumerate(block.gates):
            pieces = [(key, ids) for key, ids in gate.weights.items()]
            pieces += [(("1", i), ids) for i, ids in enumerate(gate.biases)]
            for key, ids in pieces:
                cells = [reading.tape.leaf.get(int(u)) for u in ids.ravel()]
                for name in dict.fromkeys(c[0] for c in cells if c is not None):
                    role = by_name.setdefault(name, f"v{len(by_name)}")
                    roles[role] = Ref(name)
                    flat = [c[1] if c is not None and c[0] == name else -1 for c in cells]
                    tables.append(Table(role, k, key, np.array(flat).reshape(ids.shape)))
        return tables, roles

    def _starts(self, blocks: Sequence[Block], roles: dict[str, Any]) -> list[int]:
        """Say which memories begin with variables, and where these stand."""
        found = []
        for f in range(len(blocks[0].start)):
            ids = [b.start[f] for b in blocks]
            if any(i is None or (i < 0).any() for i in ids):
                if all(i is None for i in ids):
                    continue
                raise NotRaised("a memory that begins in part")
            tapes = [r.tape for r in self.readings]
            kinds = {
                tape.op[int(u)] for tape, own in zip(tapes, ids, strict=True)
                if own is not None for u in own.ravel()
            }  # fmt: skip
            if kinds == {"constant"}:
                continue
            if kinds != {"leaf"}:
                raise NotRaised("a memory that begins with what was made")
            cells = [self._cells(r, i) for r, i in zip(self.readings, ids, strict=True)
                     if i is not None]  # fmt: skip
            ref = ref_of(cells, self.shapes)
            if ref is None:
                raise NotRaised("a memory that is laid out in no way")
            roles[f"s{f}"] = ref
            found.append(f)
        return found

    @staticmethod
    def _used(block: Block, reading: Reading) -> set[tuple[int, int]]:
        """List the memories that are used outside, with the steps at which they are."""
        own: Mapping[int, tuple[int, int]] = {
            int(u): (f, t) for f, ids in enumerate(block.out) for t in range(block.steps)
            for u in ids[t].ravel() if u >= 0
        }  # fmt: skip
        waiting = [int(u) for u in reading.output.ravel()]
        for layer in reading.layers:
            waiting += [int(u) for u in layer.come.ravel()]
        found: set[tuple[int, int]] = set()
        seen: set[int] = set()
        while waiting:
            u = waiting.pop()
            if u in seen:
                continue
            seen.add(u)
            if u in own:
                found.add(own[u])
            if u not in reading.memory and u not in reading.units:
                waiting.extend(reading.tape.parents[u])
        if not found:
            raise NotRaised("a layer that nobody uses")
        return found


def _begun(block: Block) -> np.ndarray:
    """Give what a layer begins with, into which nothing else goes."""
    (start,) = block.start
    if start is None or (start < 0).any():
        raise NotRaised("a layer that begins with nothing")
    return start


def _each_step(block: Block, rows: np.ndarray) -> np.ndarray:
    """Give the order of the samples over again for each step."""
    return np.concatenate([t * block.samples + rows for t in range(block.steps)])


def _of_last(steps: int, samples: int, rows: np.ndarray) -> np.ndarray:
    """Give which rows are of the last step."""
    return np.flatnonzero(np.asarray(rows) // samples == steps - 1)


def last_step(cell: Cell) -> Link:
    """Give the link that keeps the memory of the last step alone."""

    def rows(e: Any) -> np.ndarray:
        run = cell.run_of(e.values)
        return _of_last(run.steps, run.samples, run.rows)

    def back(e: Any) -> Any:
        out = np.zeros_like(e.x)
        out[rows(e)] = e.g
        return out

    return Link("last step", "last step", lambda e: e.x[rows(e)], {"x": back})
