"""How precisely numbers are given, and what a measured slope can refute."""

from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor import truth

RNG = np.random.default_rng(0)
FULL = RNG.normal(size=8)


@pytest.mark.parametrize(
    ("values", "coarse"),
    [
        (FULL, 1e-15),
        (FULL.astype(np.float32), 1.2e-7),
        (np.array([0.5, 3.0, -1.25]), 1e-15),  # simple numbers tell nothing
        (np.zeros(3), 1e-15),
    ],
)
def test_grain(values, coarse):
    assert truth.grain(values) == coarse


def test_four_decimals_are_coarse_unless_they_do_not_count():
    assert truth.grain(np.round(FULL, 4)) > 1e-6
    assert truth.grain(np.round(FULL, 4), decimals=False) == 1e-15


@pytest.mark.parametrize(
    ("values", "band"), [(np.round(FULL, 4), 5e-5), (np.round(FULL, 6), 5e-7), (FULL, 0.0)]
)
def test_rounding(values, band):
    assert truth.rounding(values) == pytest.approx(band)


def test_numbers_handed_in_may_be_short_by_chance():
    assert truth.precisions([np.array([0.1, 0.7]), FULL]) == [1e-15, 1e-15]
    assert min(truth.precisions([np.round(FULL, 4), np.array([0.3123])])) > 1e-6


@pytest.mark.parametrize(("kind", "coarse"), [(np.float32, 1.2e-7), (np.float64, 0.0)])
def test_how_coarsely_a_program_takes_its_input(kind, coarse):
    def forward(values):
        return np.sin(values["x"].astype(kind)).astype(np.float64)

    assert truth.of_input(forward, {"x": FULL}, "x", forward({"x": FULL})) == coarse


def test_a_slope_refutes_what_is_off_by_more_than_a_band():
    measured = truth.Measured("x", np.arange(2), np.array([1.0, 2.0]), np.zeros(2))
    assert not measured.refutes(np.array([1.0, 2.0]))
    assert measured.refutes(np.array([1.0, 2.01]))
    assert not measured.refutes(np.array([1.0, 2.01]), band=0.02)
    assert measured.refutes(np.array([1.0, np.nan]))


def at_ends(f, x, single=False):
    """Measure a function of one number at a point."""
    given = np.array([x])

    def forward(values):
        y = f(values["x"].astype(np.float32) if single else values["x"])
        return np.asarray(y, dtype=np.float64)

    trial = SimpleNamespace(values={"x": given}, upstream=None, output=forward({"x": given}))
    return truth.measured(SimpleNamespace(forward=forward), trial, "x")


@pytest.mark.parametrize("near", [1e-6, 1e-4, 4e-4, 1e-3, 2e-3, 4e-3])
def test_a_corner_inside_a_wide_step_refutes_neither_side(near):
    relu = lambda x: np.sum(np.maximum(x, 0) + np.float32(0.3) * x)
    found = at_ends(relu, near, single=True)
    assert not found.refutes([1.3])
    assert at_ends(relu, 0.5, single=True).refutes([0.3])


def test_at_a_lowest_point_numbers_are_as_precise_as_elsewhere():
    values = {"x": np.array([0.5, 0.5])}
    square = lambda v: np.asarray(np.sum((v["x"] - 0.5) ** 2) + 0.25)
    rough = lambda v: square({"x": v["x"].astype(np.float32).astype(np.float64)})
    assert truth.of_input(square, values, "x", square(values)) == 0.0
    assert truth.of_input(rough, values, "x", rough(values)) == 1.2e-7
