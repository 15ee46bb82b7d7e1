"""The slopes of operations on single numbers, held to differences of what they give."""

import numpy as np
import pytest

from clearprop.doctor.traced.arithmetic import ARITHMETIC

COUNTS = {"sum": 3, "dot": 4, "max": 3, "min": 3} | dict.fromkeys(
    ("add", "sub", "mul", "div", "pow", "logaddexp", "hypot"), 2
)


def differs(rule, count) -> bool:
    """Tell whether an operation's slopes are not those of its values."""
    rng = np.random.default_rng(0)
    v, h = [rng.uniform(0.2, 1.8, 5) for _ in range(count)], 1e-6
    y, slopes = rule(v)
    assert np.shape(y) == (5,)
    for k, slope in enumerate(slopes):
        ends = [rule([a + s * h * (i == k) for i, a in enumerate(v)])[0] for s in (1, -1)]
        if not np.allclose((ends[0] - ends[1]) / (2 * h), slope, rtol=1e-6, atol=1e-8):
            return True
    return len(slopes) != count


@pytest.mark.parametrize("name", ARITHMETIC)
def test_slopes_are_those_of_the_values(name):
    assert not differs(ARITHMETIC[name], COUNTS.get(name, 1))


def test_a_wrong_slope_is_seen():
    assert differs(lambda v: (v[0] * v[1], [v[0], v[1]]), 2)
    assert differs(lambda v: (np.sin(v[0]), [-np.cos(v[0])]), 1)


def test_of_equal_ones_the_first_has_the_slope():
    for name in ("max", "min"):
        y, slopes = ARITHMETIC[name]([np.float64(2.0), np.float64(2.0)])
        assert (y, *slopes) == (2.0, 1.0, 0.0)
