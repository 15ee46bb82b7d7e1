"""What comes in from behind: taken for ones, or multiplied in twice."""

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        (lambda g, s: g | {"W": s.u.T @ np.ones_like(s.g)}, "upstream-ignored"),
        (lambda g, s: g | {"b": np.full(3, float(len(s.g)))}, "upstream-ignored"),
        (lambda g, s: g | {"x": np.ones_like(s.g) @ s.W.T * s.steep}, "upstream-ignored"),
        (lambda g, s: g | {"W": s.u.T @ s.g**2}, "upstream-twice"),
        (lambda g, s: g | {"x": s.g**2 @ s.W.T * s.steep}, "upstream-twice"),
        (lambda g, s: g | {"x": g["x"] * s.g}, "upstream-twice"),
    ],
)
def test_it_is_named(named, slip, name):
    assert named.layer(slip) == [name]


def test_three_times_has_no_name(named):
    assert named.layer(lambda g, s: g | {"W": s.u.T @ s.g**3}) == []
