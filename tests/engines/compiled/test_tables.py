"""The tangent that is looked up: as precise as the computed one, everywhere, whatever is asked."""

import numpy as np
import pytest

from clearprop.engines.compiled.machine.native import host_target
from clearprop.engines.compiled.math import tables
from clearprop.engines.compiled.math.tables import by_table
from tests.engines.compiled.mapped import applied, text_of
from tests.engines.compiled.test_mathlib import LONG, ROOM, errors, generic, worst

FUSING = "+fma" in host_target().features or host_target().triple.startswith(("aarch64", "arm64"))


def off(x):
    exact = np.tanh(x.astype(LONG))
    return float(errors(applied("tanh", x, width=1), exact).max()) - ROOM


def test_all_numbers_that_are_looked_up():
    near = np.concatenate([np.linspace(0, 21, 200_001), np.exp(np.linspace(-60, 0, 50_001))])
    assert off(np.concatenate([near, -near])) < 1.3


def test_between_any_two_rows():
    one = np.array([k / 32 for k in range(33)])
    edges = np.concatenate([(1 + one) * 2**k - 1 for k in range(5)])
    halves = (edges[1:] + edges[:-1]) / 2
    at = np.concatenate([edges, halves])
    beside = np.concatenate([at, np.nextafter(at, 0), np.nextafter(at, 50), at * (1 + 1e-13)])
    assert off(np.concatenate([beside, -beside])) < 1.3


def test_numbers_of_all_sizes_and_ends():
    assert worst("tanh", "float64", width=1) < 1.3
    huge = np.array([20.0, 20.1, 31.5, 32, 33, 63, 64, 127.5, 255, 256, 1e10, 1e300, np.inf])
    np.testing.assert_array_equal(applied("tanh", huge, width=1), np.ones(len(huge)))
    np.testing.assert_array_equal(applied("tanh", -huge, width=1), -np.ones(len(huge)))
    small = np.array([5e-324, 1e-310, 1e-300, 1e-20, 0.0])
    np.testing.assert_array_equal(applied("tanh", small, width=1), small)
    assert np.signbit(applied("tanh", np.array([-0.0]), width=1))[0]
    assert np.isnan(applied("tanh", np.array([np.nan, -np.nan]), width=1)).all()


def test_a_wrong_row_would_be_seen(monkeypatch):
    if not FUSING:
        return
    rows = {place: list(row) for place, row in tables._rows().items()}
    place = sorted(rows)[40]
    rows[place][4] *= 1 + 1e-9
    monkeypatch.setattr(tables, "_rows", lambda: rows)
    assert off(np.linspace(0, 21, 100_001)) > 1.3


@pytest.mark.parametrize(("width", "dtype"), [(2, "float64"), (4, "float64"), (1, "float32")])
def test_others_are_computed(width, dtype):
    assert tables.NAME not in text_of("tanh", np.dtype(dtype), 1, host_target(), width)


def test_it_is_for_processors_that_fuse():
    text = text_of("tanh", np.dtype("float64"), 1, host_target(), 1)
    assert (tables.NAME in text) is FUSING
    assert tables.NAME not in text_of("tanh", np.dtype("float64"), 1, generic(), 1)
    assert not by_table(None, "float")
