"""Spacing: gaps are kept, order is kept, and nothing is moved more than it must be."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clearprop.draw.spacing import spaced

ITEMS = st.lists(
    st.tuples(st.floats(-100, 100), st.floats(0, 20), st.floats(0.1, 10)), min_size=1, max_size=8
)


def cost(places, wanted, weights):
    return sum(w * (p - q) ** 2 for p, q, w in zip(places, wanted, weights, strict=True))


@given(ITEMS)
def test_gaps_are_kept(items):
    wanted, gaps, weights = zip(*items, strict=True)
    places = spaced(wanted, gaps[:-1], weights)
    for (a, b), gap in zip(pairwise(places), gaps, strict=False):
        assert b - a >= gap - 1e-9


@given(ITEMS, st.integers(0, 7), st.floats(-5, 5))
def test_no_allowed_move_is_better(items, which, step):
    """A convex problem: what no small move of a tail or a head improves is the best."""
    wanted, gaps, weights = zip(*items, strict=True)
    best = spaced(wanted, gaps[:-1], weights)
    for moved in ([p + step * (k >= which) for k, p in enumerate(best)],
                  [p + step * (k <= which) for k, p in enumerate(best)],
                  [p + step * (k == which) for k, p in enumerate(best)]):  # fmt: skip
        allowed = all(b - a >= gap for (a, b), gap in zip(pairwise(moved), gaps, strict=False))
        if allowed:
            assert cost(moved, wanted, weights) >= cost(best, wanted, weights) - 1e-6


def test_what_is_far_enough_apart_stays():
    assert spaced([1.0, 5.0, 20.0], [2.0, 2.0]) == [1.0, 5.0, 20.0]


def test_the_heavy_moves_less():
    light, heavy = spaced([0.0, 0.0], [10.0], [1.0, 9.0])
    assert (light, heavy) == (-9.0, 1.0)
