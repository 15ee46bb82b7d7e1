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


def test_every_form_is_tried_and_is_used():
    assert CALLS.keys() == QUICK.keys() <= STANDARD
    assert all(getattr(NUMPY, name) is form for name, form in QUICK.items())


def test_a_form_that_is_not_numpy_s_is_seen(monkeypatch):
    monkeypatch.setitem(vars(NUMPY), "mean", lambda x, **params: np.sum(x, **params) / 3)
    with pytest.raises(AssertionError):
        test_a_form_is_numpy_s_function("mean", "3x4")
