"""What operations of several families share: kinds of numbers, and the rule of what is flat."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["flat", "floating", "totalled"]

Array = Any


def flat(xp: Any, g: Array, y: Array, *inputs: Array, **params: Any) -> Array:
    """Give the gradient of what is constant between its jumps: zero, at the jumps too."""
    return xp.zeros_like(g)


def floating(*kinds: Any, **_: Any) -> np.dtype[Any]:
    """Tell the kind of number of a result that has fractions even if the inputs have none."""
    kind = np.result_type(*kinds)
    return np.dtype(np.float64) if kind.kind in "biu" else kind


def totalled(*kinds: Any, **_: Any) -> np.dtype[Any]:
    """Tell the kind of number of a sum or product of many: whole numbers get the widest."""
    kind = np.result_type(*kinds)
    wide = {"b": np.int64, "i": np.int64, "u": np.uint64}.get(kind.kind, kind)
    return np.dtype(wide)
