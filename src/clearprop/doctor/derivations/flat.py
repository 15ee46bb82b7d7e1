"""Networks whose weights and biases stand in one row of numbers, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Chain, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE, Observed
from clearprop.doctor.derivations.numbers import of_parts

__all__ = ["ORDER", "Slice", "chains"]

ORDER = 12
_WIDEST = 64  # hidden units


@dataclass(frozen=True)
class Slice:
    """
    A piece of a row of numbers.

    Attributes
    ----------
    name : str
        The row.
    start : int
        Where the piece starts.
    shape : tuple of int
        As the program shapes it.
    size : int
        How long the row is.
    turned : bool
        Whether weights are (out, in) there.
    """

    name: str
    start: int
    shape: tuple[int, ...]
    size: int
    turned: bool = False

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the piece, laid out as ours."""
        stop = self.start + int(np.prod(self.shape))
        piece = values[self.name][self.start : stop].reshape(self.shape)
        return piece.T if self.turned else piece

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Put its gradient into the row's; a piece of another size makes it unlike any."""
        row = found.setdefault(self.name, np.zeros(self.size))
        g = np.asarray(g)
        flat = (g.T if self.turned else g).ravel()
        stop = self.start + int(np.prod(self.shape))
        row[self.start : stop] = flat if flat.size == stop - self.start else np.nan

    @property
    def names(self) -> tuple[str, ...]:
        """The variable that it is of."""
        return (self.name,)


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the network that a row of numbers is cut to."""
    values, _ = observed[0]
    data = [n for n in getattr(subject, "data", ()) if values[n].ndim == 2]
    if len(subject.parameters) != 1 or not subject.is_loss or len(data) < 2:
        return
    (name,) = subject.parameters
    if values[name].ndim != 1:
        return
    for x in data:
        for t in data:
            if x == t:
                continue
            inputs, outputs = values[x].shape[1], values[t].shape[1]
            for parts in _cut(name, values[name].size, inputs, outputs):
                yield from of_parts(Ref(x), Ref(t), parts, observed)


def _cut(name: str, size: int, inputs: int, outputs: int) -> Iterator[list[Part]]:
    for hidden in range(1, _WIDEST):
        weights = hidden * (inputs + outputs)
        if weights > size:
            return
        shapes = [(inputs, hidden), (hidden, outputs)]
        orders = {
            weights: [[(0, "W"), (1, "W")]],
            weights + hidden + outputs: [
                [(0, "W"), (0, "b"), (1, "W"), (1, "b")],
                [(0, "W"), (1, "W"), (0, "b"), (1, "b")],
            ],
        }
        for order in orders.get(size, []):
            for turned in (False, True):
                roles: list[dict[str, Any]] = [{}, {}]
                start = 0
                for layer, role in order:
                    i, o = shapes[layer]
                    shape = (o,) if role == "b" else (o, i) if turned else (i, o)
                    flip = turned and role == "W"
                    roles[layer][role] = Slice(name, start, shape, size, flip)
                    start += int(np.prod(shape))
                yield [Part(AFFINE, r) for r in roles]
