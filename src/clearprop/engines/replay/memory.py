"""Memory that is used again within a step: whoever needs none any more leaves it to the next."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeAlias, final

from clearprop.engines.compiled.kept import aligned
from clearprop.engines.replay.spots import Root

__all__ = ["Block", "Memory"]

Array: TypeAlias = Any

ROOM = 2  # how many times larger than needed a block may be


@final
class Block:
    """A piece that one root after another lies in."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self.array: Array = None


@final
class Memory:
    """
    Who lies where, and until when.

    A root is held by those who read it; when the last lets go, its block is free.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._free: list[Block] = []  # what was used last stands last: it may be in the cache
        self._count: dict[Root, int] = {}
        self._held: dict[Hashable, list[Root]] = {}

    @property
    def nbytes(self) -> int:
        """How much there is of it."""
        return sum(block.nbytes for block in self.blocks)

    def hold(self, root: Root, holder: Hashable) -> None:
        """Keep a root until this holder, and all others, let go."""
        self._count[root] = self._count.get(root, 0) + 1
        self._held.setdefault(holder, []).append(root)

    def alone(self, root: Root, holder: Hashable) -> bool:
        """Tell whether nobody else holds a root."""
        return self._count.get(root) == 1 and root in self._held.get(holder, ())

    def begin(self, root: Root) -> None:
        """Give a root its block, if it has none yet."""
        if root.leaf is not None or root.block is not None:
            return
        fitting = [b for b in self._free if root.nbytes <= b.nbytes <= ROOM * root.nbytes]
        if fitting:
            root.block = min(reversed(fitting), key=lambda block: block.nbytes)
            self._free.remove(root.block)
        else:
            root.block = Block(root.nbytes)
            self.blocks.append(root.block)

    def end(self, holder: Hashable) -> None:
        """Let go of everything that a holder holds."""
        for root in self._held.pop(holder, ()):
            self._count[root] -= 1
            if not self._count[root] and root.block is not None:
                self._free.append(root.block)

    def array(self, root: Root) -> Array:
        """Give the memory of a root."""
        block: Block = root.block
        if block.array is None:
            block.array = aligned((block.nbytes,), "u1")
        return block.array
