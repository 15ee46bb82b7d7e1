"""Slopes of all outputs along all entries, kinks and single precision included."""

import numpy as np
import pytest

from clearprop.doctor.measuring.slopes import Clock, jacobian
from clearprop.doctor.submitted.guard import Failed

X = np.array([0.4, -1.2, 0.7])


def test_slopes_of_several_outputs():
    found = jacobian(lambda v: np.array([np.sum(v["x"] ** 3), v["x"][0]]), {"x": X}, "x", Clock(5))
    np.testing.assert_allclose(found.slopes, [3 * X**2, [1, 0, 0]], atol=1e-9)
    g = np.array([2.0, -1.0])
    np.testing.assert_allclose(found.back(g), 6 * X**2 - np.array([1, 0, 0]), atol=1e-8)
    assert np.all(found.off(g) < 1e-6)


def test_at_a_kink_no_slope_is_known():
    found = jacobian(lambda v: np.abs(v["x"]), {"x": np.array([0.0, 1.0])}, "x", Clock(5))
    assert np.isnan(found.slopes[0, 0])
    assert found.slopes[1, 1] == pytest.approx(1)


def test_single_precision_is_measured_with_wide_steps():
    def forward(values):
        return np.sin(values["x"].astype(np.float32))

    found = jacobian(forward, {"x": X}, "x", Clock(5))
    np.testing.assert_allclose(np.diag(found.slopes), np.cos(X), atol=1e-4)
    assert 1e-7 < found.doubt.max() < 1e-3


def test_what_cannot_be_run_beside_the_point_is_not_measured():
    def forward(values):
        if not np.array_equal(values["x"], X):
            raise Failed("raised", "forward")
        return values["x"]

    assert jacobian(forward, {"x": X}, "x", Clock(5)) is None


def test_it_ends_in_time():
    with pytest.raises(TimeoutError):
        jacobian(lambda v: v["x"], {"x": X}, "x", Clock(-1))
