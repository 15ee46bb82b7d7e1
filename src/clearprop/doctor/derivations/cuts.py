"""Ways to cut padding off a gradient: the right one, and those that people fall into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["CUTS", "has_padding", "symmetric"]


def has_padding(link: Link, index: int, count: int) -> bool:
    """Tell convolutions that pad what comes in."""
    slide = link.about["slide"]
    return any(slide.before) or any(slide.after)


def symmetric(e: Env, right: Any) -> Any:
    """Keep padding that no window reached, too."""
    s = e.about["slide"]
    more = [(0, max(b - a, 0)) for b, a in zip(s.before, s.after, strict=True)]
    return np.pad(e.d["padded"], ((0, 0), (0, 0), *more))


def _cut_at(rows: Callable[[int, int, int], slice], cols: Callable[[int, int, int], slice]) -> Any:
    """Cut as told by length, padding before and padding behind, by the axis."""

    def cut(e: Env, right: Any) -> Any:
        s, (h, w) = e.about["slide"], e.x.shape[2:]
        some = rows(h, s.before[0], s.after[0]), cols(w, s.before[1], s.after[1])
        return e.d["padded"][:, :, some[0], some[1]]

    return cut


def _near(n: int, before: int, after: int) -> slice:
    return slice(0, n)


def _far(n: int, before: int, after: int) -> slice:
    return slice(before + after, before + after + n)


def _head_only(n: int, before: int, after: int) -> slice:
    return slice(before, None)


def _tail_only(n: int, before: int, after: int) -> slice:
    return slice(0, before + n)


def _all(n: int, before: int, after: int) -> slice:
    return slice(None)


def _right(n: int, before: int, after: int) -> slice:
    return slice(before, before + n)


CUTS = [_cut_at(a, b) for a, b in (
    (_near, _near), (_far, _far), (_head_only, _head_only), (_tail_only, _tail_only),
    (_right, _all), (_all, _right), (_near, _right), (_right, _near),
)]  # fmt: skip
