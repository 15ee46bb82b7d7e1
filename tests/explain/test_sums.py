"""Long sums cut to their largest parts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.errors import OptionError
from clearprop.explain.sums import Cut, cut

PARTS = st.lists(st.floats(-1e6, 1e6), max_size=200)


@given(PARTS, st.integers(1, 20))
def test_the_largest_are_kept_and_the_rest_is_all_of_the_rest(parts, top):
    kept, others, rest = cut(parts, top)
    left_out = set(range(len(parts))) - set(kept)
    assert len(kept) == min(len(parts), top) or (others == 0 and len(parts) == top + 1)
    assert others == len(left_out)
    assert others != 1
    assert rest == math.fsum(parts[place] for place in left_out)
    sizes = [abs(parts[place]) for place in kept]
    assert sizes == sorted(sizes, reverse=True)
    assert all(abs(parts[place]) <= sizes[-1] for place in left_out)


def test_equal_parts_stay_in_order():
    assert cut([1.0, -1.0, 1.0, 1.0, 0.5], 2) == Cut((0, 1), 3, 2.5)


def test_all_are_kept_if_asked_for():
    assert cut([1.0, 3.0, 2.0], None) == Cut((1, 2, 0), 0, 0.0)
    assert cut([], 3) == Cut((), 0, 0.0)


def test_nan_is_not_hidden_in_the_rest():
    assert cut([1.0, 2.0, math.nan, 3.0], 1).kept == (2,)


def test_top_must_be_positive():
    with pytest.raises(OptionError, match="top must be 1 or more, or None for all; got 0"):
        cut([1.0], 0)
