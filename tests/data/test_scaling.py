"""Scaling: there and back is the same, no column divides by zero, no damage passes from a file."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clearprop.data import Scaler
from clearprop.errors import DataError, DTypeError, FormatError, NumericsError, ShapeError

KINDS = {"standard": Scaler.standard, "min_max": Scaler.min_max}
any_kind = pytest.mark.parametrize("learn", KINDS.values(), ids=KINDS)
TABLES = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=6),
    elements=st.floats(-1e300, 1e300),
)


@any_kind
@given(x=TABLES)
def test_there_and_back(learn, x):
    scaler = learn(x)
    scaled = scaler.transform(x)
    assert np.isfinite(scaled).all()
    size = abs(x).max(axis=0) + np.finfo(float).tiny
    assert np.all(abs(scaler.inverse(scaled) - x) <= 1e-14 * size)


@given(x=TABLES)
def test_min_max_reaches_from_zero_to_one(x):
    scaled = Scaler.min_max(x).transform(x)
    varied = np.ptp(x, axis=0) > 0
    assert np.all(scaled.min(axis=0) == 0)
    assert np.all(np.where(varied, scaled.max(axis=0) == 1, scaled.max(axis=0) == 0))


def test_standard_gives_mean_0_and_deviation_1():
    x = np.random.default_rng(0).normal([5, -300], [0.1, 40], (1000, 2))
    scaled = Scaler.standard(x).transform(x)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    np.testing.assert_allclose(Scaler.standard(x).shift, x.mean(axis=0))
    np.testing.assert_allclose(Scaler.standard(x).scale, x.std(axis=0))


@any_kind
def test_a_constant_column_becomes_zeros(learn):
    x = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])  # the mean of 0.1s is not quite 0.1
    scaler = learn(x)
    assert scaler.scale[0] == 1.0
    assert scaler.transform(x)[:, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("factor", [1e-320, 1e-200, 1.0, 1e200, 1e308])
@any_kind
def test_no_size_of_number_overflows_or_vanishes(learn, factor):
    x = np.array([0.0, 1.0, 1.5]) * factor
    expected = learn(np.array([0.0, 1.0, 1.5])).transform([0.0, 1.0, 1.5])
    np.testing.assert_allclose(learn(x).transform(x), expected, rtol=2e-3)


@any_kind
def test_types(learn):
    x = np.array([[1, 2], [3, 8]])
    assert learn(x).transform(x).dtype == np.float64
    assert learn(x).transform(x.astype(np.float32)).dtype == np.float32
    assert learn(x.astype(np.float32)).transform(x.astype(np.uint8)).dtype == np.float64


@any_kind
@given(x=TABLES)
def test_state_survives_json(learn, x):
    scaler = learn(x)
    again = Scaler.from_json_dict(json.loads(json.dumps(scaler.to_json_dict())))
    np.testing.assert_array_equal(again.shift, scaler.shift)
    np.testing.assert_array_equal(again.scale, scaler.scale)


FAULTS = {
    "no shift": (lambda state: state.pop("shift"), "scaler: 'shift' is missing"),
    "unknown": (lambda state: state.update(code="print()"), "scaler: unknown 'code'"),
    "text": (lambda state: state["shift"].__setitem__(0, "1"), "'shift': expected 2 finite"),
    "nan": (lambda state: state["shift"].__setitem__(0, float("nan")), "'shift': expected 2"),
    "true": (lambda state: state["shift"].__setitem__(0, True), "'shift': expected 2 finite"),
    "huge": (lambda state: state["shift"].__setitem__(0, 10**400), "'shift': expected 2 finite"),
    "too many": (lambda state: state["scale"].append(1.0), "'scale': expected 2 finite"),
    "scale 0": (lambda state: state["scale"].__setitem__(0, 0.0), "numbers above 0; got"),
    "shape": (lambda state: state.update(shape=[-2]), "'shape': expected a shape"),
    "huge shape": (lambda state: state.update(shape=[2**30, 2**30]), "expected 11529215046068469"),
    "nested": (lambda state: state.update(shift=[[1.0], [2.0]]), "'shift': expected 2 finite"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), FAULTS.values(), ids=FAULTS)
def test_a_spoilt_state_is_refused(spoil, words):
    state = copy.deepcopy(Scaler.standard([[1.0, 2.0], [5.0, 3.0]]).to_json_dict())
    spoil(state)
    with pytest.raises(FormatError, match=words):
        Scaler.from_json_dict(state)


def test_a_state_that_is_no_object_is_refused():
    with pytest.raises(FormatError, match=r"scaler: expected an object; got \[1\]"):
        Scaler.from_json_dict([1])


WRONG = {
    "text": (lambda: Scaler.standard(["a"]), DTypeError, "got <U1"),
    "a number": (lambda: Scaler.standard(3.0), ShapeError, "single number"),
    "no rows": (lambda: Scaler.min_max(np.zeros((0, 3))), DataError, r"shape \(0, 3\)"),
    "nan": (
        lambda: Scaler.standard([[1.0, 2.0], [3.0, np.nan]]),
        NumericsError,
        r"the value at \[1, 1\] is nan; replace it",
    ),
    "two nans": (lambda: Scaler.min_max([np.nan, np.inf]), NumericsError, "one of 2 that are not"),
    "range": (lambda: Scaler.min_max([-1e308, 1.7e308]), NumericsError, "larger than float64"),
    "columns": (
        lambda: Scaler.standard([[1.0, 2.0]]).transform([[1.0, 2.0, 3.0]]),
        ShapeError,
        r"the shape \(3,\); the scaler learnt from rows of \(2,\)",
    ),
    "transform nan": (
        lambda: Scaler.standard([1.0, 2.0]).transform([np.nan]), NumericsError, r"at \[0\] is nan",
    ),
    "overflow": (
        lambda: Scaler.standard([1.0, 2.0]).transform([1.7e308]), NumericsError, "beyond float64",
    ),
    "float32 overflow": (
        lambda: Scaler.min_max([0.0, 1e-30]).transform(np.array([1e20], np.float32)),
        NumericsError,
        "inf; it is beyond float32 after scaling",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
