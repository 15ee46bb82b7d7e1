"""The quick forms give what NumPy's own functions give: values, shapes, kinds, refusals."""

import itertools

import numpy as np
import pytest

from clearprop.core.namespaces import NUMPY, STANDARD
from clearprop.core.quick import QUICK

RNG = np.random.default_rng(0)
ARRAYS = {
    "3x4": RNG.standard_normal((3, 4)),
    "2x3x4 float32": RNG.standard_normal((2, 3, 4)).astype("float32"),
    "float16": RNG.standard_normal((3, 4)).astype("float16"),
    "one": np.array(2.5),
    "scalar": np.float32(2.5),
    "number": 2.5,
    "empty": np.zeros((0, 3)),
    "bytes": np.arange(200, 212, dtype="uint8").reshape(3, 4),
    "truths": np.array([[True, False], [True, True]]),
    "turned": RNG.standard_normal((4, 3)).T,
}
REDUCTIONS = [{}, {"axis": 0}, {"axis": -1}, {"axis": (0, 1)}, {"axis": 1, "keepdims": True},
              {"keepdims": True}, {"axis": 9}]  # fmt: skip
CALLS = {
    **dict.fromkeys(("sum", "prod", "max", "min", "mean"), REDUCTIONS),
    "reshape": [{"shape": (-1,)}, {"shape": (2, -1)}, {"shape": (5, 5)}, {"shape": ()}],
    "expand_dims": [{"axis": axis} for axis in (0, -1, 1, (0, 2), 7)],
    "matrix_transpose": [{}],
}


def outcome(function, x, params):
    try:
        found = function(x, **params)
    except (ValueError, IndexError, TypeError) as error:
        # That a number is no array is said in several words.
        return ValueError if isinstance(error, ValueError) else type(error)
    return np.asarray(found)


@pytest.mark.filterwarnings("ignore:Mean of empty:RuntimeWarning", "ignore:invalid:RuntimeWarning")
@pytest.mark.parametrize(("name", "array"), list(itertools.product(CALLS, ARRAYS)))
def test_a_form_is_numpy_s_function(name, array):
    for params in CALLS[name]:
        ours = outcome(getattr(NUMPY, name), ARRAYS[array], params)
        numpys = outcome(getattr(np, name), ARRAYS[array], params)
        if isinstance(numpys, type):
            assert isinstance(ours, type), params
            assert issubclass(ours, numpys) or issubclass(numpys, ours), (params, ours, numpys)
            continue
        assert (ours.shape, ours.dtype) == (numpys.shape, numpys.dtype), params
        np.testing.assert_array_equal(ours, numpys, err_msg=str(params))


SHAPES = [((3, 4), (4, 2)), ((1, 4), (4, 2)), ((5, 1), (1, 3)), ((4,), (4, 2)), ((3, 4), (4,)),
          ((4,), (4,)), ((2, 3, 4), (4, 2)), ((3, 0), (0, 2)), ((0, 3), (3, 2)), ((3, 4), (3, 4)),
          ((), (4,))]  # fmt: skip


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "bool", "uint8"])
@pytest.mark.parametrize("shapes", SHAPES)
def test_a_matrix_product_is_numpy_s(shapes, kind):
    for turned in (False, True):
        x1, x2 = (np.asarray(RNG.integers(0, 9, s)).astype(kind) for s in shapes)
        if turned:
            x1, x2 = x1.copy("F"), x2[..., ::-1]
        ours = outcome(lambda x, **_: NUMPY.matmul(x, x2), x1, {})  # noqa: B023
        numpys = outcome(lambda x, **_: np.matmul(x, x2), x1, {})  # noqa: B023
        if isinstance(numpys, type):
            assert ours is numpys
            continue
        assert (ours.shape, ours.dtype) == (numpys.shape, numpys.dtype)
        np.testing.assert_array_equal(ours, numpys)  # whole numbers: exact in every kind


def test_every_form_is_tried_and_is_used():
    assert CALLS.keys() | {"matmul"} == QUICK.keys() <= STANDARD
    assert all(getattr(NUMPY, name) is form for name, form in QUICK.items())


def test_a_form_that_is_not_numpy_s_is_seen(monkeypatch):
    monkeypatch.setitem(vars(NUMPY), "mean", lambda x, **params: np.sum(x, **params) / 3)
    with pytest.raises(AssertionError):
        test_a_form_is_numpy_s_function("mean", "3x4")


@pytest.mark.parametrize("shape", [(3, 5000, 7), (20000, 1), (9, 11, 13, 32), (70, 256)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_short_rows_are_added_up_as_exactly_as_numpy_does_at_the_least(shape, dtype):
    x = RNG.standard_normal(shape).astype(dtype)
    axis = tuple(range(x.ndim - 1))
    ours, numpys = NUMPY.sum(x, axis=axis), np.sum(x, axis=axis)
    assert (ours.shape, ours.dtype) == (numpys.shape, numpys.dtype)
    exact = np.sum(x.astype(np.longdouble), axis=axis)
    error = np.abs(ours - exact).max()
    assert error <= 1.1 * np.abs(numpys - exact).max() + np.finfo(dtype).eps
    assert not np.allclose(NUMPY.sum(x[1:], axis=axis), exact, rtol=0, atol=10 * error)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(
    "axis", [0, 1, -1, 2, (0,), (0, 1), (1, 2), (0, 1, 2), (2,), (1, 0), 3, -4]
)
def test_sums_of_many_numbers_have_numpy_s_shapes_and_refusals(axis, keepdims):
    x = RNG.standard_normal((40, 30, 7))
    for array in (x, x[:, ::-1], x.astype("float32"), np.asfortranarray(x), (9 * x).astype(int)):
        params = {"axis": axis, "keepdims": keepdims}
        ours, numpys = outcome(NUMPY.sum, array, params), outcome(np.sum, array, params)
        if isinstance(numpys, type):
            assert issubclass(ours, numpys)
            continue
        assert (ours.shape, ours.dtype) == (numpys.shape, numpys.dtype)
        rtol = 1e-4 if array.dtype == np.float32 else 1e-12
        np.testing.assert_allclose(ours, numpys, rtol=rtol, atol=rtol)


def test_what_is_no_number_stays_none_in_sums():
    x = np.ones((300, 40))
    x[5, 3], x[7, 4], x[8, 5], x[9, 5] = np.nan, np.inf, np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        for axis in (0, 1):
            np.testing.assert_array_equal(NUMPY.sum(x, axis=axis), np.sum(x, axis=axis))
