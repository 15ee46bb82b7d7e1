"""Networks of units that each hold their own weights and bias."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import ROW, SAME, Chain, Grid, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE, Observed
from clearprop.doctor.derivations.numbers import of_parts

__all__ = ["ORDER", "Stacked", "chains"]

ORDER = 13
_OF_UNIT = re.compile(r"^(.*)\[(\d+)\]\.(\w+)$")


@dataclass(frozen=True)
class Stacked:
    """
    The weights of several units, side by side: those of unit j are column j.

    Attributes
    ----------
    names : tuple of str
        The weights of each unit.
    """

    names: tuple[str, ...]

    def read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give them as (in, out)."""
        return np.stack([values[n] for n in self.names], axis=1)

    def write(self, found: dict[str, Any], g: Any) -> None:
        """Give each unit its column."""
        g = np.asarray(g)
        if g.ndim == 2 and g.shape[1] == len(self.names):
            found.update({n: g[:, j] for j, n in enumerate(self.names)})


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the layers that units make."""
    values, _ = observed[0]
    layers: dict[str, dict[str, list[str]]] = {}
    for name in subject.parameters:
        match = _OF_UNIT.match(name)
        if match is None or values[name].ndim > 1:
            return
        kind = "W" if values[name].ndim else "b"
        layers.setdefault(match[1], {}).setdefault(kind, []).append(name)
    if not layers or subject.target is None or len(subject.inputs) != 1:
        return
    parts = []
    for kinds in layers.values():
        widths = {values[n].size for n in kinds.get("W", [])}
        if len(widths) != 1:
            return
        roles: dict[str, Any] = {"W": Stacked(tuple(kinds["W"]))}
        if "b" in kinds:
            roles["b"] = Grid(np.array(kinds["b"], dtype=object))
        parts.append(Part(AFFINE, roles))
    x, t = (
        Ref(n, ROW if values[n].ndim == 1 else SAME) for n in (subject.inputs[0], subject.target)
    )
    yield from of_parts(x, t, parts, observed)
