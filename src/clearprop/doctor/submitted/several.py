"""Programs with several outputs: joined to one array, and its gradient parted again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.variables import is_numbers, plain

__all__ = ["Joined", "coming_in"]

_GRADIENT = re.compile(
    r"(?i)^((d|g|grad|delta)_?(out(put)?|next|new|prev|h|c|a|y|s|cell|state|hidden|memory|\d)"
    r"(_\w+|[st\d])?|g|grad|delta|upstream)$"
)


def coming_in(needed: Sequence[str]) -> int:
    """
    Count the gradients that a backward pass takes first, by their names.

    Examples
    --------
    >>> coming_in(["dnext_h", "dnext_c", "cache"]), coming_in(["dout", "x", "w"])
    (2, 1)
    >>> coming_in(["g", "gamma"]), coming_in(["da_next", "dc_next", "cache"])
    (1, 2)
    """
    count = 0
    for name in needed:
        if not _GRADIENT.match(name):
            break
        count += 1
    return count


class Joined:
    """
    Several arrays that came out of a forward pass, as one.

    Parameters
    ----------
    parts : sequence of array
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = [plain(p) for p in parts]
        shapes = {p.shape for p in self.parts}
        column = all(p.ndim == 2 and p.shape[1] == 1 < p.shape[0] for p in self.parts)
        self.axis = 0 if column else -1
        self.alike = len(shapes) == 1

    @staticmethod
    def of(result: Any, gradients: int) -> Joined | None:
        """Join what a forward pass gave, if backward takes a gradient of each of several."""
        if not isinstance(result, tuple) or not 2 <= gradients <= len(result):
            return None
        parts = result[:gradients]
        thick = all(is_numbers(p) and np.ndim(p) for p in parts)
        return Joined(parts) if thick else None

    @property
    def whole(self) -> np.ndarray:
        """Give all of them in one array."""
        if self.alike:
            return np.concatenate(self.parts, axis=self.axis)
        return np.concatenate([p.ravel() for p in self.parts])

    def parted(self, upstream: np.ndarray) -> list[np.ndarray]:
        """Give each its own part of a gradient of the whole."""
        if self.alike:
            return np.split(np.asarray(upstream), len(self.parts), axis=self.axis)
        ends = np.cumsum([p.size for p in self.parts])[:-1]
        pieces = np.split(np.ravel(upstream), ends)
        return [g.reshape(p.shape) for g, p in zip(pieces, self.parts, strict=True)]
